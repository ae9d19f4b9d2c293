"""The application, made from settings; importing this module does nothing."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.responses import RedirectResponse, Response

from evenbeat.tile_server.access.grants import ANONYMOUS, Grant
from evenbeat.tile_server.access.guard import Guard
from evenbeat.tile_server.access.journal import RequestLog
from evenbeat.tile_server.access.middleware import AccessMiddleware
from evenbeat.tile_server.access.rates import Rates
from evenbeat.tile_server.access.ring import KeyRing
from evenbeat.tile_server.access.sight import Viewer
from evenbeat.tile_server.answering.errors import answer_errors
from evenbeat.tile_server.answering.origins import CrossOrigin, Hosts
from evenbeat.tile_server.answering.refusals import answer_refusals
from evenbeat.tile_server.consumers import ROUTERS
from evenbeat.tile_server.operations.admin import admin_router
from evenbeat.tile_server.operations.board import Board
from evenbeat.tile_server.operations.description import describe
from evenbeat.tile_server.operations.edge import Edge, Entrance
from evenbeat.tile_server.operations.health import health_router
from evenbeat.tile_server.pages.map_page import map_page_router
from evenbeat.tile_server.publication.opening import open_publication
from evenbeat.tile_server.service import Service
from evenbeat.tile_server.settings import ServiceSettings
from evenbeat.tile_server.standards.tile_route import StandardTileRoute
from evenbeat.tile_server.styles.style_book import StyleBook
from evenbeat.tile_server.tiles.hot_path import TileRoute

if TYPE_CHECKING:
    from evenbeat.tile_server.access.oidc import Identity


def create_app(
    settings: ServiceSettings, *, board: Board | None = None, rates: Rates | None = None,
    reload: Callable[[], None] | None = None,
) -> FastAPI:  # fmt: skip
    """Return the service for one publication.

    Parameters
    ----------
    settings
        Where the publication is and how the service is reached.
    board, rates
        What this worker shares with others; by default its own.
    reload
        Makes all workers read their settings again.
    """
    board, rates = board or Board(), rates or Rates()
    publication = open_publication(settings)
    app = _without_routes()
    ring = KeyRing(settings.keys_file) if settings.keys_file is not None else None
    viewer = Viewer(publication)
    service = Service(settings, publication, StyleBook(settings.styles), viewer, ring)
    app.state.service = service
    app.router.routes.append(TileRoute(service.tiles, viewer, service.styles))
    app.router.routes.append(StandardTileRoute(service))
    for each in ROUTERS:
        app.include_router(each)
    app.include_router(map_page_router(settings))
    app.include_router(health_router(board))
    app.include_router(admin_router(board, reload))

    @app.get("/", include_in_schema=False)
    def front() -> Response:
        return RedirectResponse(f"{settings.prefix}/map")

    describe(app, keys=ring is not None, tokens=settings.oidc_issuer is not None)
    _guard(app, service, board, rates)
    app.add_middleware(Edge, entrance=_entrance(settings), board=board)
    if settings.otlp_endpoint is not None:
        from evenbeat.tile_server.operations.tracing import Tracing  # noqa: PLC0415  # an extra

        app.state.tracing = Tracing.to(settings.otlp_endpoint)
        app.add_middleware(app.state.tracing.layer)
    return app


def _without_routes() -> FastAPI:
    app = FastAPI(
        title="Evenbeat tile service",
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_life,
    )
    answer_errors(app)
    answer_refusals(app)
    return app


@contextlib.asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """Write what waits for the log and the traces when the application ends."""
    yield
    app.state.service.publication.close()
    if app.state.log is not None:
        app.state.log.close()
    if hasattr(app.state, "tracing"):
        app.state.tracing.close()


def _entrance(settings: ServiceSettings) -> Entrance:
    return Entrance(
        Hosts(settings.accepted_hosts), CrossOrigin(settings.cors_origins), settings.prefix,
        settings.maximum_body_bytes,
    )  # fmt: skip


def _guard(app: FastAPI, service: Service, board: Board, rates: Rates) -> None:
    """Put the guard before the routes where somebody asks for keys, rates or a log."""
    settings = service.settings
    log = None if settings.request_log is None else RequestLog(settings.request_log)
    app.state.log = log
    needed = settings.asks_for_keys or settings.public_rate_per_minute is not None
    if needed or log is not None:
        guard = Guard(
            service.ring, _public(settings), rates, identity=_identity(settings),
            guesses_per_minute=settings.guesses_per_minute,
        )  # fmt: skip
        app.add_middleware(AccessMiddleware, guard=guard, log=log, refused=board.refuse)


def _identity(settings: ServiceSettings) -> Identity | None:
    if settings.oidc_issuer is None or settings.oidc_audience is None:
        return None
    from evenbeat.tile_server.access.issuer_keys import IssuerKeys  # noqa: PLC0415  # jwt is slow
    from evenbeat.tile_server.access.oidc import Identity, Terms  # noqa: PLC0415

    terms = Terms(
        settings.oidc_issuer, settings.oidc_audience, settings.oidc_algorithms,
        settings.oidc_roles_claim, settings.oidc_grants,
    )  # fmt: skip
    return Identity(terms, IssuerKeys(settings.oidc_issuer, settings.oidc_jwks_url))


def _public(settings: ServiceSettings) -> Grant | None:
    """Return what is open without a key: everything published, unless keys are asked for."""
    rate = settings.public_rate_per_minute
    if not settings.asks_for_keys:
        return Grant(ANONYMOUS, rights=("download",), rate_per_minute=rate)
    if not settings.public_layers:
        return None
    return Grant(
        ANONYMOUS, settings.public_layers, settings.public_newest_lag_days,
        maximum_zoom=settings.public_maximum_zoom, rate_per_minute=rate,
    )  # fmt: skip
