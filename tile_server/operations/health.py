"""Whether the service is alive, whether it has something to show, and its metrics."""

from __future__ import annotations

import datetime as dt
import hmac
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from evenbeat.core.errors import PublishError
from evenbeat.tile_server.answering.errors import problem
from evenbeat.tile_server.operations.board import Board
from evenbeat.tile_server.publication.published import Publication
from evenbeat.tile_server.service import The
from evenbeat.tile_server.settings import ServiceSettings

_FRESH = {"Cache-Control": "no-store"}


def readiness(publication: Publication, settings: ServiceSettings, now: dt.datetime) -> Response:
    """Return whether the publication can be shown, how old it is, or why it cannot."""
    try:
        snapshot = publication.snapshot()
    except PublishError:
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "The publication cannot be read.",
            reason="unreadable-publication",
        )  # fmt: skip
    manifest, newest = snapshot.manifest, snapshot.newest_as_of
    if newest is None:
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "Nothing is published.", reason="empty-publication"
        )  # fmt: skip
    hours = (now - newest).total_seconds() / 3600.0
    told: dict[str, Any] = {
        "dates": len(manifest.dates), "newest_date": manifest.dates[-1],
        "as_of": newest.isoformat(timespec="seconds"), "age_hours": round(hours, 2),
        "stale_seconds": round(publication.stale_seconds, 1),
    }  # fmt: skip
    if settings.ready_within_hours is not None and hours > settings.ready_within_hours:
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"The newest raster is {hours:.1f} hours old; it may be "
            f"{settings.ready_within_hours:g}. Look after evenbeat daily.",
            reason="old-publication", **told,
        )  # fmt: skip
    return JSONResponse({"status": "ready", **told}, headers=_FRESH)


def health_router(board: Board) -> APIRouter:
    """Return the routes of health and metrics.

    Parameters
    ----------
    board
        What the workers count.
    """
    router = APIRouter(tags=["operations"])

    @router.get("/healthz")
    async def healthz() -> Response:
        """Return that this process answers."""
        return JSONResponse({"status": "ok"}, headers=_FRESH)

    @router.get("/readyz", responses={503: {"description": "Not ready; `reason` says why."}})
    def readyz(service: The) -> Response:
        """Return whether there is something to show, and how old it is."""
        return readiness(service.publication, service.settings, dt.datetime.now(dt.UTC))

    @router.get("/metrics", include_in_schema=False)
    def metrics(request: Request, service: The) -> Response:
        expected = service.settings.metrics_token
        if expected is None:
            return problem(HTTPStatus.NOT_FOUND, "Metrics are not shown here; see docs/deploy.md.")
        sent = request.headers.get("authorization", "")
        if not hmac.compare_digest(sent.encode(), f"Bearer {expected}".encode()):
            refused = problem(HTTPStatus.UNAUTHORIZED, "Metrics need their bearer token.")
            refused.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
            return refused
        from evenbeat.tile_server.operations.metrics import exposition  # noqa: PLC0415

        content, media_type = exposition(board)
        return Response(content, headers={**_FRESH, "Content-Type": media_type})

    return router
