"""Lets a request in or not, before any route sees it; plain ASGI."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evenbeat.tile_server.access.guard import Admitted, Guard, Refusal
from evenbeat.tile_server.access.journal import RequestLog
from evenbeat.tile_server.access.keys import without_keys
from evenbeat.tile_server.answering.errors import problem

# Everything else is guarded. Metrics have a token of their own.
_OPEN = frozenset(
    ("/", "/map", "/favicon.ico", "/healthz", "/readyz", "/metrics", "/v1/openapi.json")
)
_OPEN_BELOW = "/static/"
_TILE = re.compile(
    r"/v1/tiles/(?P<layer>[^/]+)/(?:v/(?P<version>[^/]+)|(?P<date>[^/]+)/(?P<shift>[^/]+))"
    r"/(?P<style>[^/]+)"
    r"/(?P<z>\d+)/(?P<x>\d+)/(?P<y>\d+)\.\w+"
)
# One address shows more to one key than to another; keys in addresses make other addresses.
_VARY = (b"vary", b"X-API-Key, Authorization")
_CREDENTIALS = ("key", "kid", "exp", "sig")


class AccessMiddleware:
    """Asks the guard, hands the grant to the routes as ``scope["state"]["grant"]``, and logs.

    Parameters
    ----------
    guard
        Decides.
    log
        Where a line goes for each request; None for nowhere.
    refused
        Told the reason of each refusal, for the metrics.
    """

    def __init__(
        self, app: ASGIApp, guard: Guard, log: RequestLog | None = None,
        refused: Callable[[str], None] | None = None,
    ) -> None:  # fmt: skip
        self.app, self._guard, self._log, self._refused = app, guard, log, refused
        self._vary = [_VARY] if guard.ring is not None or guard.identity is not None else []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through, or refuse it."""
        path: str = scope.get("path", "")
        if scope["type"] != "http" or path in _OPEN or path.startswith(_OPEN_BELOW):
            await self.app(scope, receive, send)
            return
        begin = time.perf_counter()
        client = scope.get("client")
        found = await self._guard.admit(
            path, scope["headers"], _query(scope), address=client[0] if client else ""
        )
        told: dict[str, Any] = {"status": 0, "tag": "", "bytes": 0}

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"], told["tag"] = message["status"], _tag(message["headers"])
                message["headers"] = [*message["headers"], *self._vary]
                if isinstance(found, Admitted) and not found.grant.is_public:
                    _make_private(message)
            elif message["type"] == "http.response.body":
                told["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            if isinstance(found, Refusal):
                await self._refuse(found, scope, receive, send_on)
            else:
                state = {**scope.get("state", {}), "grant": found.grant, "who": found.who}
                await self.app({**scope, "state": state}, receive, send_on)
        finally:
            if self._log is not None:
                self._log.add(_line(path, found, told, time.perf_counter() - begin))

    async def _refuse(
        self, refusal: Refusal, scope: Scope, receive: Receive, send: Send
    ) -> None:  # fmt: skip
        if self._refused is not None:
            self._refused(refusal.reason)
        answer = problem(refusal.status, refusal.detail)
        if refusal.wait_s:
            answer.headers["Retry-After"] = str(refusal.wait_s)
        if refusal.status == 401:
            answer.headers["WWW-Authenticate"] = self._guard.challenge
        await answer(scope, receive, send)


def _query(scope: Scope) -> dict[str, str]:
    raw: bytes = scope.get("query_string", b"")
    if not raw or len(raw) > 8192:
        return {}
    pairs = (
        parse_qsl(raw.decode("latin-1"), max_num_fields=64, keep_blank_values=True)
        if (raw.count(b"&") < 64)
        else []
    )
    return {name: value for name, value in pairs if name in _CREDENTIALS}


def _tag(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the entity tag: it says which version was seen, also where ``latest`` was asked."""
    return next(
        (text.decode("latin-1").strip('"') for name, text in headers if name == b"etag"), ""
    )


def _make_private(message: Message) -> None:
    """Keep answers to keys out of shared caches."""
    headers = message["headers"]
    for at, (name, caching) in enumerate(headers):
        if name == b"cache-control":
            headers[at] = (name, caching.replace(b"public", b"private"))


def _line(
    path: str, found: Admitted | Refusal, told: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """Return the line of a request; what came in the query stays out."""
    tile = _TILE.fullmatch(path)
    where = (
        {name: part for name, part in tile.groupdict().items() if part is not None}
        if tile
        else {"path": without_keys(path)[:200]}
    )
    return {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
        "key": found.who if isinstance(found, Admitted) else "",
        **where, **told, "ms": round(1000 * seconds, 2),
    }  # fmt: skip
