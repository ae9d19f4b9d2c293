"""The application, made from settings; importing this module does nothing."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from evenbeat.core.errors import ConfigError
from evenbeat.tile_server.access.grants import ANONYMOUS, Grant
from evenbeat.tile_server.access.journal import RequestLog
from evenbeat.tile_server.access.middleware import AccessMiddleware, Guard
from evenbeat.tile_server.access.rates import Rates
from evenbeat.tile_server.access.ring import KeyRing
from evenbeat.tile_server.access.sight import Viewer
from evenbeat.tile_server.answering.errors import answer_errors
from evenbeat.tile_server.answering.headers import HeadersMiddleware
from evenbeat.tile_server.consumers import ROUTERS
from evenbeat.tile_server.publication.published import Publication
from evenbeat.tile_server.service import Service
from evenbeat.tile_server.settings import ServiceSettings
from evenbeat.tile_server.styles.style_files import load_styles
from evenbeat.tile_server.tiles.hot_path import TileRoute


def create_app(settings: ServiceSettings) -> FastAPI:
    """Return the service for one publication.

    Parameters
    ----------
    settings
        Where the publication is and how the service is reached.
    """
    publication = Publication(settings.publication)
    app = FastAPI(
        title="Evenbeat tile service",
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    answer_errors(app)
    ring = KeyRing(settings.keys_file) if settings.keys_file is not None else None
    viewer = Viewer(publication)
    service = Service(settings, publication, load_styles(), viewer, ring)
    app.state.service = service
    app.router.routes.append(TileRoute(service.tiles, viewer, service.styles))
    for each in ROUTERS:
        app.include_router(each)
    pages = Path(str(resources.files("evenbeat.tile_server").joinpath("static")))
    app.mount("/static", StaticFiles(directory=pages), name="static")

    @app.get("/healthz")
    def healthz() -> dict[str, Any]:
        dates = publication.snapshot().manifest.dates
        return {"status": "ok", "dates": len(dates), "newest_date": dates[-1] if dates else None}

    @app.get("/map", include_in_schema=False)
    def map_page() -> Response:
        return FileResponse(
            pages / "map.html", media_type="text/html", headers={"Cache-Control": "no-cache"}
        )

    @app.get("/", include_in_schema=False)
    def front() -> Response:
        return RedirectResponse("/map")

    if ring is not None or settings.request_log is not None:
        log = None if settings.request_log is None else RequestLog(settings.request_log)
        app.add_middleware(AccessMiddleware, guard=Guard(ring, _public(settings), Rates()), log=log)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.accepted_hosts))
    app.add_middleware(HeadersMiddleware)
    return app


def _public(settings: ServiceSettings) -> Grant | None:
    """Return what is open without a key: everything published, unless keys are asked for."""
    if settings.keys_file is None:
        return Grant(ANONYMOUS, rights=("download",))
    if not settings.public_layers:
        return None
    return Grant(
        ANONYMOUS, settings.public_layers, settings.public_newest_lag_days,
        maximum_zoom=settings.public_maximum_zoom,
    )  # fmt: skip


def serve(settings: ServiceSettings, *, announce: Callable[[str], object]) -> None:
    """Serve until the process is told to end; requests under way are finished first.

    Parameters
    ----------
    settings
        Port 0 takes a free port.
    announce
        Told the address as soon as connections are accepted.

    Raises
    ------
    ConfigError
        The address cannot be listened on.
    """
    with _listen(settings) as listener:
        actual = settings.model_copy(update={"port": listener.getsockname()[1]})
        config = uvicorn.Config(
            create_app(actual), log_level="warning", access_log=False, server_header=False,
            proxy_headers=False, timeout_graceful_shutdown=10,
        )  # fmt: skip
        announce(actual.base_url)
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def _listen(settings: ServiceSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        reason = "is in use" if error.errno == errno.EADDRINUSE else f"fails: {error.strerror}"
        raise ConfigError(
            f"Listening on {settings.host} port {settings.port} {reason}. "
            "Choose another with --port, or 0 for a free one."
        ) from error
