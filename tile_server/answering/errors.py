"""From errors to HTTP answers: one table, ``application/problem+json``, nothing internal."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from rasterio.errors import RasterioIOError
from starlette.exceptions import HTTPException

from evenbeat.core.errors import PublishError
from evenbeat.tile_server.publication.published import NotPublishedError, RetractedError

# The most particular first; None takes the error's own words, which its raiser wrote for clients.
STATUSES: tuple[tuple[type[Exception], HTTPStatus, str | None], ...] = (
    (RetractedError, HTTPStatus.GONE, None),
    (NotPublishedError, HTTPStatus.NOT_FOUND, None),
    (
        PublishError,
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Nothing is published here yet, or it cannot be read just now. Try later.",
    ),
    (RasterioIOError, HTTPStatus.SERVICE_UNAVAILABLE, "The raster was just replaced. Try again."),
)


def problem(status: HTTPStatus, detail: str, **extra: Any) -> Response:
    """Return an answer that says what is wrong and what to do (RFC 9457)."""
    document = {"type": "about:blank", "title": status.phrase, "status": int(status),
                "detail": detail, **extra}  # fmt: skip
    headers = {"Cache-Control": "no-store"}
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "5"
    return JSONResponse(document, int(status), headers, media_type="application/problem+json")


def answer_errors(app: FastAPI) -> None:
    """Make an application answer every error by the table."""

    def by_table(request: Request, error: Exception) -> Response:
        for kind, status, detail in STATUSES:
            if isinstance(error, kind):
                return problem(status, str(error) if detail is None else detail)
        raise error

    def unusable(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        faults = [(".".join(map(str, fault["loc"])), fault["msg"]) for fault in error.errors()]
        in_path = any(place.startswith("path.") for place, _ in faults)
        status = HTTPStatus.NOT_FOUND if in_path else HTTPStatus.UNPROCESSABLE_ENTITY
        detail = "; ".join(f"{place}: {message}" for place, message in faults)
        return problem(status, f"{detail}. See /v1/openapi.json.")

    def by_status(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        answer = problem(HTTPStatus(error.status_code), "See /v1/openapi.json for what there is.")
        answer.headers.update(error.headers or {})
        return answer

    for kind, _, _ in STATUSES:
        app.add_exception_handler(kind, by_table)
    app.add_exception_handler(RequestValidationError, unusable)
    app.add_exception_handler(HTTPException, by_status)
