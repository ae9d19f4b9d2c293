"""Where requests enter and answers leave: host, prefix, preflight, headers, failures, counts.

All of it is one layer of plain ASGI, because each layer costs every tile.
"""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evenbeat.tile_server.access.keys import without_keys
from evenbeat.tile_server.answering.errors import problem
from evenbeat.tile_server.answering.headers import with_security
from evenbeat.tile_server.answering.origins import CrossOrigin, Hosts
from evenbeat.tile_server.operations.board import Board
from evenbeat.tile_server.operations.routes import class_of

_LOG = logging.getLogger(__name__)
_ANY_HOST = ("/healthz", "/readyz")  # those who ask go by the machine's address
_GONE = 499  # the client left before its answer; nginx's number for it


@dataclass(frozen=True)
class Entrance:
    """What is checked of every request.

    Parameters
    ----------
    prefix
        Path below which a proxy shows the service. It may strip it or not.
    most_bytes
        Longest body.
    """

    hosts: Hosts
    cross_origin: CrossOrigin
    prefix: str = ""
    most_bytes: int = 1_048_576

    def answer(
        self, method: str, path: str, host: bytes, origin: bytes | None, length: bytes
    ) -> tuple[Response | None, str]:
        """Return the answer to a request that goes no further, and for a refused one why."""
        if path not in _ANY_HOST and not self.hosts.accept(host):
            return problem(
                HTTPStatus.BAD_REQUEST, "This service does not go by the name in the header Host."
            ), "host"
        if method == "OPTIONS":
            return _bare(self.cross_origin.preflight(origin)), ""
        if length.isdigit() and (len(length) > 15 or int(length) > self.most_bytes):
            return problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The body of a request may have {self.most_bytes} bytes. Send a shorter one.",
            ), "head"
        return None, ""


class Edge:
    """The outermost layer.

    Parameters
    ----------
    app
        What answers.
    entrance
        What is checked.
    board
        Where requests are counted.
    """

    def __init__(self, app: ASGIApp, entrance: Entrance, board: Board) -> None:
        self.app, self._entrance, self._board = app, entrance, board

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        begin, status, size, head = time.perf_counter(), 0, 0, scope["method"] == "HEAD"
        host, origin, length = _asked(scope)
        cross_origin = self._entrance.cross_origin.headers(origin)

        async def send_on(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = with_security(message["headers"], cross_origin)
            elif message["type"] == "http.response.body":
                if head:
                    message = {**message, "body": b""}
                size += len(message.get("body", b""))
            await send(message)

        inner = self._inside(scope, head=head)
        try:
            answer, reason = self._entrance.answer(
                scope["method"], inner["path"], host, origin, length
            )
            if answer is None:
                await self.app(inner, receive, send_on)
            else:
                if reason:
                    self._board.refuse(reason)
                await answer(scope, receive, send_on)
        except ClientDisconnect:
            status = status or _GONE
        except Exception:
            failed = _failed(inner)
            if status:
                raise  # part of an answer is on its way: the connection is cut
            await failed(scope, receive, send_on)
        finally:
            seconds = time.perf_counter() - begin
            self._board.count(class_of(inner["path"]), status or _GONE, size, seconds)

    def _inside(self, scope: Scope, *, head: bool) -> Scope:
        """Return the request as routes see it: without a prefix, and ``HEAD`` as ``GET``."""
        prefix, path = self._entrance.prefix, scope["path"]
        if prefix and (path == prefix or path.startswith(f"{prefix}/")):
            scope = {**scope, "path": path[len(prefix) :] or "/", "raw_path": None}
        return {**scope, "method": "GET"} if head else scope


def _asked(scope: Scope) -> tuple[bytes, bytes | None, bytes]:
    """Return the headers ``Host``, ``Origin`` and ``Content-Length``."""
    host, origin, length = b"", None, b""
    for name, text in scope["headers"]:
        if name == b"host":
            host = text
        elif name == b"origin":
            origin = text
        elif name == b"content-length":
            length = text
    return host, origin, length


def _bare(headers: list[tuple[bytes, bytes]]) -> Response:
    answer = Response(status_code=HTTPStatus.NO_CONTENT)
    answer.raw_headers = headers
    return answer


def _failed(scope: Scope) -> Response:
    """Write a failure into the log, with its trace and without the query; answer its number."""
    number = secrets.token_hex(6)
    path = without_keys(scope["path"])
    _LOG.exception("failure %s: %s %.200r", number, scope["method"], path)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The service failed. Tell its operators this number; their log says why.",
        failure=number,
    )  # fmt: skip
