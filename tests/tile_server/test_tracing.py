"""Traces: sent to a collector on loopback, without keys; nothing is loaded where it is off."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def collector():
    """Give the address of a collector of OTLP over HTTP, and the spans that it was sent."""
    spans = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            request = ExportTraceServiceRequest()
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                import gzip

                body = gzip.decompress(body)
            request.ParseFromString(body)
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    spans.extend(scope.spans)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/traces", spans
    server.shutdown()
    server.server_close()
    thread.join()


def test_tracing__a_span_for_each_request_and_no_key_in_it(published, connect, collector):
    endpoint, spans = collector
    client = connect(published, otlp_endpoint=endpoint)
    with client:  # spans that wait are sent when the application ends
        client.get(
            "/v1/layers?key=evb_secret", headers={"traceparent": f"00-{TRACE}-{'1' * 16}-01"}
        )
        client.get("/v1/tiles/nothing/latest/day/heat/1/0/0.png")
    found = {span.name: span for span in spans}
    assert set(found) == {"GET lists", "GET tile"}
    assert found["GET lists"].trace_id.hex() == TRACE
    told = {
        each.key: each.value.string_value or each.value.int_value
        for each in found["GET tile"].attributes
    }  # fmt: skip
    assert told["http.response.status_code"] == 404
    assert told["url.path"] == "/v1/tiles/nothing/latest/day/heat/1/0/0.png"
    assert not any("evb_secret" in str(span) for span in spans)


OFF = """
import json, sys
from evenbeat.tile_server.app import create_app
from evenbeat.tile_server.settings import ServiceSettings
create_app(ServiceSettings(publication=sys.argv[1]))
heavy = ("opentelemetry.sdk", "opentelemetry.exporter", "prometheus_client", "jwt")
print(json.dumps([name for name in heavy if name in sys.modules]))
"""


def test_tracing__off_nothing_of_it_is_loaded(published):
    done = subprocess.run(
        [sys.executable, "-c", OFF, str(published)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []
