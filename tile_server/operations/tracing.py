"""Traces of requests for OpenTelemetry; nothing of it is loaded where it is off."""

from __future__ import annotations

from collections.abc import Callable

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evenbeat.tile_server.access.keys import without_keys
from evenbeat.tile_server.operations.routes import class_of

_CARRIED = (b"traceparent", b"tracestate")


class Tracing:
    """Makes a span of each request, and sends spans in batches from a thread.

    A span has method, class and path of the address and the status. The query is left out, because
    keys stand there.

    Parameters
    ----------
    exporter
        Where spans go.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._provider = TracerProvider(resource=Resource.create({"service.name": "evenbeat"}))
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("evenbeat.tile_server")
        self._carrier = TraceContextTextMapPropagator()

    @classmethod
    def to(cls, endpoint: str) -> Tracing:
        """Return tracing that sends to an address of OTLP over HTTP."""
        return cls(OTLPSpanExporter(endpoint=endpoint))

    def layer(self, app: ASGIApp) -> Callable[[Scope, Receive, Send], object]:
        """Return an application with a span around each request."""

        async def traced(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            path, method = scope["path"], scope["method"]
            kind = class_of(path)
            with self._tracer.start_as_current_span(
                f"{method} {kind}", context=self._parent(scope), kind=SpanKind.SERVER,
                attributes={"http.request.method": method, "url.path": without_keys(path)[:500],
                            "evenbeat.route": kind},
            ) as span:  # fmt: skip

                async def send_on(message: Message) -> None:
                    if message["type"] == "http.response.start":
                        span.set_attribute("http.response.status_code", message["status"])
                        if message["status"] >= 500:
                            span.set_status(StatusCode.ERROR)
                    await send(message)

                await app(scope, receive, send_on)

        return traced

    def close(self) -> None:
        """Send what waits, then end."""
        self._provider.shutdown()

    def _parent(self, scope: Scope) -> Context:
        carried = {
            name.decode(): text.decode("latin-1")
            for name, text in scope["headers"] if name in _CARRIED
        }  # fmt: skip
        return self._carrier.extract(carried)
