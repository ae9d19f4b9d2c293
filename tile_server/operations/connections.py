"""Connections with limits: how many, how long a client may take, how much it may say at first.

uvicorn closes a connection that is idle between requests. One that sends its headers letter by
letter, sends a body and stops, or takes no part of its answer, it would keep for ever.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_SWEEP_S = 1.0
_LINGER_S = 1.0
_DETAILS = {
    HTTPStatus.BAD_REQUEST: "This is not a request of HTTP/1.1.",
    HTTPStatus.REQUEST_TIMEOUT: "The request took too long to arrive.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The address or the headers are too long.",
}


@dataclass(frozen=True)
class Limits:
    """What one connection, one address and one worker may take.

    Parameters
    ----------
    head_bytes
        Longest address and headers together.
    head_seconds, body_seconds, stalled_seconds
        Time to send the headers, to send the body after them, and without taking any of an answer.
    connections, connections_per_address
        At once, in one worker.
    trusted
        Networks of proxies, which have many clients behind one address.
    """

    head_bytes: int = 32_768
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    stalled_seconds: float = 60.0
    connections: int = 4000
    connections_per_address: int = 400
    trusted: tuple[str, ...] = ()

    def trusts(self, address: str) -> bool:
        """Return whether an address is one of the proxies."""
        try:
            return any(ip_address(address) in ip_network(each, strict=False)
                       for each in self.trusted)  # fmt: skip
        except ValueError:
            return False


@dataclass
class Connections:
    """Makes the protocol of each connection, and looks after them once a second.

    Parameters
    ----------
    limits
        What they may take.
    refused
        Counts of connections that were ended, by reason.
    """

    limits: Limits
    refused: Counter[str] = field(default_factory=Counter)
    is_ending: bool = False
    _open: set[BoundedProtocol] = field(default_factory=set)
    _by_address: Counter[str] = field(default_factory=Counter)
    _sweeping: asyncio.TimerHandle | None = None

    def __call__(self, **parts: Any) -> BoundedProtocol:
        """Return the protocol of one connection, as uvicorn asks for it."""
        return BoundedProtocol(self, **parts)

    def __len__(self) -> int:
        """Return how many are open."""
        return len(self._open)

    def enter(self, protocol: BoundedProtocol, address: str) -> bool:
        """Count a connection; return whether there is room for it."""
        limits = self.limits
        crowded = (
            self._by_address[address] >= limits.connections_per_address
            and not limits.trusts(address)
        )  # fmt: skip
        if len(self._open) >= limits.connections or crowded:
            self.refused["crowd"] += 1
            return False
        self._open.add(protocol)
        self._by_address[address] += 1
        if self._sweeping is None:
            self._sweep()
        return True

    def leave(self, protocol: BoundedProtocol, address: str) -> None:
        """Count a connection no more."""
        if protocol not in self._open:
            return
        self._open.discard(protocol)
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def _sweep(self) -> None:
        now = asyncio.get_running_loop().time()
        for protocol in [each for each in self._open if each.is_over_time(now, self.limits)]:
            self.refused["slow"] += 1
            protocol.end()
        self._sweeping = None
        if self._open:
            loop = asyncio.get_running_loop()
            self._sweeping = loop.call_later(_SWEEP_S, self._sweep)


class BoundedProtocol(HttpToolsProtocol):
    """A connection that cannot be held up by its client.

    Parameters
    ----------
    connections
        Those that it is one of.
    """

    def __init__(self, connections: Connections, **parts: Any) -> None:
        super().__init__(**parts)
        self._connections = connections
        self._most_bytes = connections.limits.head_bytes
        self._begun_s: float | None = None  # when the request began that has not arrived yet
        self._in_head, self._received = True, 0
        self._stalled_s: float | None = None
        self._address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection where there is room."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._begun_s = self.loop.time()
        if not self._connections.enter(self, self._address):
            transport.abort()
        elif self._connections.is_ending:
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._connections.leave(self, self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read a part of a request, if its head is not too long."""
        if self._begun_s is None:
            self._begun_s = self.loop.time()
        self._received += len(data)
        super().data_received(data)
        if self._in_head and self._received > self._most_bytes and not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """Start to answer."""
        # One read may bring more than a head; only then its parts are added up.
        if self._received > self._most_bytes:
            said = len(self.url) + sum(len(name) + len(text) + 4 for name, text in self.headers)
            if said > self._most_bytes:
                self._connections.refused["head"] += 1
                raise httptools.HttpParserError("head")
        self._in_head = False
        super().on_headers_complete()
        if self._connections.is_ending and self.cycle is not None:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """End the reading of a request."""
        self._begun_s, self._in_head, self._received = None, True, 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Say that a request cannot be read."""
        too_long = self._in_head and self._received > self._most_bytes
        self._refuse(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if too_long else HTTPStatus.BAD_REQUEST
        )

    def shutdown(self) -> None:
        """End after the request under way, or after one that may be on its way already."""
        self._connections.is_ending = True
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
        else:
            self.loop.call_later(_LINGER_S, self._end_if_quiet)

    def _end_if_quiet(self) -> None:
        if not self._received and not self.transport.is_closing():
            self.transport.close()

    def pause_writing(self) -> None:
        """Note that the client takes nothing."""
        self._stalled_s = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that it does."""
        self._stalled_s = None
        super().resume_writing()

    def is_over_time(self, now_s: float, limits: Limits) -> bool:
        """Return whether the client keeps the connection for too long."""
        if self._stalled_s is not None and now_s - self._stalled_s > limits.stalled_seconds:
            return True
        if self._begun_s is None:
            return False
        allowed = limits.head_seconds + (0.0 if self._in_head else limits.body_seconds)
        return now_s - self._begun_s > allowed

    def end(self) -> None:
        """End a connection that is over its time."""
        answered = self.cycle is not None and not self.cycle.response_complete
        if self._stalled_s is not None or answered or not self._received:
            self.transport.abort()
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _refuse(self, status: HTTPStatus) -> None:
        document = {"type": "about:blank", "title": status.phrase, "status": int(status),
                    "detail": _DETAILS[status]}  # fmt: skip
        body = json.dumps(document).encode()
        self.transport.write(
            b"HTTP/1.1 %d %s\r\ncontent-type: application/problem+json\r\ncontent-length: %d\r\n"
            b"x-content-type-options: nosniff\r\ncache-control: no-store\r\nconnection: close\r\n"
            b"\r\n%s" % (status, status.phrase.encode(), len(body), body)
        )
        self.transport.close()
