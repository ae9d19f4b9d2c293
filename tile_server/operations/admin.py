"""For those who run the service: who am I, how is it, and read the settings again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from evenbeat.core.errors import PublishError
from evenbeat.tile_server.access.grants import Grant
from evenbeat.tile_server.answering.refusals import RefusalError, demand, grant_of
from evenbeat.tile_server.operations.board import Board
from evenbeat.tile_server.service import Service, The

_FRESH = {"Cache-Control": "no-store"}
_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "No key, or an unknown one."},
    403: {"description": "The key has not the right admin, or came in the address."},
}


def admin_router(board: Board, reload: Callable[[], None] | None) -> APIRouter:
    """Return the routes for those who run the service.

    Parameters
    ----------
    board
        What the workers count.
    reload
        Makes all workers read their settings again; None where nothing looks after them.
    """
    router = APIRouter(prefix="/admin", tags=["operations"], responses=_REFUSED)

    @router.get("/whoami")
    def whoami(request: Request) -> Response:
        """Return what the key of this request opens."""
        _admit(request)
        told = dataclasses.asdict(grant_of(request) or Grant(""))
        return JSONResponse({"who": request.scope["state"]["who"], **told}, headers=_FRESH)

    @router.get("/state")
    def state(request: Request, service: The) -> Response:
        """Return the workers, and what this one keeps."""
        _admit(request)
        workers = [{"pid": pid, **shown} for pid, shown in board.workers()]
        return JSONResponse({"workers": workers, "here": _here(service)}, headers=_FRESH)

    @router.post("/reload", status_code=HTTPStatus.ACCEPTED)
    def reload_settings(request: Request) -> Response:
        """Make all workers read settings, keys and styles again."""
        _admit(request)
        if reload is None:
            raise RefusalError(
                HTTPStatus.SERVICE_UNAVAILABLE, "This service was not started by evenbeat serve."
            )
        reload()
        return JSONResponse({"status": "reloading"}, HTTPStatus.ACCEPTED, headers=_FRESH)

    return router


def _admit(request: Request) -> None:
    """Refuse who has not the right, and keys in addresses, which stand in many a log."""
    demand(request, "admin")
    if "key" in request.query_params:
        raise RefusalError(
            HTTPStatus.FORBIDDEN, "Send the key in the header X-API-Key here, not in the address."
        )


def _here(service: Service) -> dict[str, Any]:
    try:
        manifest = service.publication.snapshot().manifest
        published: dict[str, Any] = {
            "layers": len(manifest.layers), "dates": len(manifest.dates),
            "newest_date": manifest.dates[-1] if manifest.dates else None,
        }  # fmt: skip
    except PublishError:
        published = {"layers": 0, "dates": 0, "newest_date": None}
    return {
        "publication": published,
        "styles": sorted(service.styles),
        "archives": service.tiles.open_archives,
        "work": {"running": service.workers.running, "waiting": service.workers.waiting},
        "drawing": {"running": service.drawing.running, "waiting": service.drawing.waiting},
    }
