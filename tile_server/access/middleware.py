"""Lets a request in or not, before any route sees it; plain ASGI."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evenbeat.tile_server.access.grants import Grant
from evenbeat.tile_server.access.journal import RequestLog
from evenbeat.tile_server.access.rates import Rates
from evenbeat.tile_server.access.ring import KeyRing
from evenbeat.tile_server.access.signatures import is_signed
from evenbeat.tile_server.answering.errors import problem

_GUARDED = "/v1/"
_OPEN = ("/v1/openapi.json",)
_TILE = re.compile(
    r"/v1/tiles/(?P<layer>[^/]+)/(?P<date>[^/]+)/(?P<shift>[^/]+)/(?P<style>[^/]+)"
    r"/(?P<z>\d+)/(?P<x>\d+)/(?P<y>\d+)\.\w+"
)
_CREDENTIALS = ("key", "kid", "exp", "sig")


@dataclass(frozen=True)
class Refusal:
    """Why a request is not let in."""

    status: HTTPStatus
    detail: str
    wait_s: int = 0


@dataclass(frozen=True)
class Guard:
    """Decides who a request is from.

    Parameters
    ----------
    ring
        The keys; None where the service asks for none.
    public
        What is open without a key; None for nothing.
    """

    ring: KeyRing | None
    public: Grant | None
    rates: Rates
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)

    def admit(
        self, path: str, headers: Iterable[tuple[bytes, bytes]], query: dict[str, str]
    ) -> Grant | Refusal:
        """Return what a request may see, or why it is refused."""
        sent = [value for name, value in headers if name == b"x-api-key"]
        token = sent[0].decode("latin-1") if sent else query.get("key")
        if self.ring is not None and token is not None:
            return self._by_token(token)
        if self.ring is not None and "sig" in query:
            return self._by_signature(path, query)
        if self.public is None:
            return Refusal(
                HTTPStatus.UNAUTHORIZED,
                "This service needs a key: send it in the header X-API-Key, or as ?key= in the "
                "address. The agency that publishes gives out keys.",
            )
        return self._within_rate(self.public)

    def _by_token(self, token: str) -> Grant | Refusal:
        assert self.ring is not None
        record = self.ring.of_token(token)
        if record is None:
            return Refusal(HTTPStatus.UNAUTHORIZED, "The key is not known here. Check its letters.")
        return self._by_state(record.state(self.now()), Grant.of(record))

    def _by_signature(self, path: str, query: dict[str, str]) -> Grant | Refusal:
        assert self.ring is not None
        key_id, book = query.get("kid", ""), self.ring.book
        record = self.ring.of_id(key_id)
        signed = book is not None and record is not None and is_signed(
            path, key_id=key_id, expires=query.get("exp", ""), signature=query.get("sig", ""),
            secret=book.signing_secret, now_s=self.now().timestamp(),
        )  # fmt: skip
        if not signed or record is None:
            return Refusal(
                HTTPStatus.UNAUTHORIZED,
                "The signed address is not valid, or its time is over. Ask TileJSON for a new one.",
            )
        return self._by_state(record.state(self.now()), Grant.of(record))

    def _by_state(self, state: str, grant: Grant) -> Grant | Refusal:
        if state != "active":
            return Refusal(
                HTTPStatus.UNAUTHORIZED,
                f"The key {grant.key_id} is {state}. Ask the agency that publishes for a new one.",
            )
        return self._within_rate(grant)

    def _within_rate(self, grant: Grant) -> Grant | Refusal:
        if grant.rate_per_minute is None:
            return grant
        wait = self.rates.seconds_to_wait(grant.key_id, grant.rate_per_minute, time.monotonic())
        if not wait:
            return grant
        return Refusal(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"More than {grant.rate_per_minute} requests a minute. Wait {wait} seconds.", wait,
        )  # fmt: skip


class AccessMiddleware:
    """Asks the guard, hands the grant to the routes as ``scope["state"]["grant"]``, and logs.

    Parameters
    ----------
    guard
        Decides.
    log
        Where a line goes for each request; None for nowhere.
    """

    def __init__(self, app: ASGIApp, guard: Guard, log: RequestLog | None = None) -> None:
        self.app, self._guard, self._log = app, guard, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through, or refuse it."""
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(_GUARDED) or path in _OPEN:
            await self.app(scope, receive, send)
            return
        begin = time.perf_counter()
        query = _query(scope)
        found = self._guard.admit(path, scope["headers"], query)
        told: dict[str, Any] = {"status": 0, "bytes": 0}

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
                if isinstance(found, Grant) and not found.is_public:
                    _make_private(message)
            elif message["type"] == "http.response.body":
                told["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            if isinstance(found, Refusal):
                answer = problem(found.status, found.detail)
                if found.wait_s:
                    answer.headers["Retry-After"] = str(found.wait_s)
                await answer(scope, receive, send_on)
            else:
                state = {**scope.get("state", {}), "grant": found}
                await self.app({**scope, "state": state}, receive, send_on)
        finally:
            if self._log is not None:
                self._log.add(_line(path, found, told, time.perf_counter() - begin))


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


def _make_private(message: Message) -> None:
    """Keep answers to keys out of shared caches."""
    headers = MutableHeaders(scope=message)
    caching = headers.get("cache-control", "")
    if "public" in caching:
        headers["Cache-Control"] = caching.replace("public", "private")


def _line(
    path: str, found: Grant | Refusal, told: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """Return the line of a request; what came in the query stays out."""
    tile = _TILE.fullmatch(path)
    where = tile.groupdict() if tile else {"path": path[:200]}
    return {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
        "key": found.key_id if isinstance(found, Grant) else "",
        **where, **told, "ms": round(1000 * seconds, 2),
    }  # fmt: skip
