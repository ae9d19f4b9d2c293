"""Refusals that say what to do, and what a request's key allows beyond looking."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import Response

from evenbeat.tile_server.access.grants import Grant
from evenbeat.tile_server.access.keys import Right
from evenbeat.tile_server.answering.errors import problem

_WHY = {
    "download": "Downloads of rasters need a key with the right download.",
    "assignments": "Assignments are only for keys with the right assignments.",
    "admin": "This is only for keys with the right admin.",
}


class RefusalError(Exception):
    """A request is understood and not granted; the text is for the client.

    Parameters
    ----------
    status
        What to answer.
    detail
        What is wrong and what to do.
    """

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def answer_refusals(app: FastAPI) -> None:
    """Make an application answer every ``RefusalError`` as problem+json."""

    def tell(request: Request, error: Exception) -> Response:
        assert isinstance(error, RefusalError)
        return problem(error.status, error.detail)

    app.add_exception_handler(RefusalError, tell)


def grant_of(request: Request) -> Grant | None:
    """Return what the request's key opens, None where the service has no keys."""
    grant: Grant | None = request.scope.get("state", {}).get("grant")
    return grant


def demand(request: Request, right: Right) -> None:
    """Refuse a request that lacks a right.

    Without keys a service shows what is public, and its rasters are; where officers will be
    is not, so assignments always need a key.

    Raises
    ------
    RefusalError
        The request lacks the right.
    """
    grant = grant_of(request)
    allowed = right == "download" if grant is None else right in grant.rights
    if not allowed:
        raise RefusalError(
            HTTPStatus.FORBIDDEN, f"{_WHY[right]} The agency that publishes gives out keys."
        )
