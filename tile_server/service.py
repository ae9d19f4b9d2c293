"""The service as every route is given it, and what a checked address stands for."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Path, Request

from evenbeat.core.store.manifest import DATE_ID, LAYER_ID, SHIFT_ID, VERSION_ID
from evenbeat.tile_server.access.ring import KeyRing
from evenbeat.tile_server.access.sight import Viewer
from evenbeat.tile_server.access.signatures import sign_prefix
from evenbeat.tile_server.answering.refusals import grant_of
from evenbeat.tile_server.answering.workers import Workers
from evenbeat.tile_server.publication.published import (
    LATEST,
    Found,
    NotPublishedError,
    Publication,
    Snapshot,
)
from evenbeat.tile_server.settings import ServiceSettings
from evenbeat.tile_server.styles.style_book import StyleBook
from evenbeat.tile_server.styles.style_models import STYLE_ID, Style
from evenbeat.tile_server.tiles.differences import Differences
from evenbeat.tile_server.tiles.hot_path import Tiles
from evenbeat.tile_server.tiles.painting import require_fit

# Some seconds' worth: one map asks for dozens at once where a proxy speaks HTTP/2.
_MOST_TILES_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Service:
    """What every route is given, kept on the application as ``app.state.service``.

    ``workers`` do work on cells that somebody asks for once; ``drawing`` those that maps ask for
    by the dozen, so that neither has to wait for the other.
    """

    settings: ServiceSettings
    publication: Publication
    styles: StyleBook
    viewer: Viewer
    ring: KeyRing | None = None
    tiles: Tiles = field(init=False)
    workers: Workers = field(init=False)
    drawing: Workers = field(init=False)
    differences: Differences = field(init=False, default_factory=Differences)

    def __post_init__(self) -> None:
        seconds = self.settings.work_seconds
        object.__setattr__(self, "workers", Workers(seconds=seconds))
        object.__setattr__(self, "drawing", Workers(waiting=_MOST_TILES_WAITING, seconds=seconds))
        tiles = Tiles(
            self.publication, maximum_zoom=self.settings.maximum_zoom, fresh=self.fresh,
            workers=self.drawing,
        )  # fmt: skip
        object.__setattr__(self, "tiles", tiles)

    def sign(self, prefix: str, request: Request) -> str:
        """Return the query that opens tiles below a path for a while; nothing without a key."""
        grant = grant_of(request)
        book = self.ring.book if self.ring is not None else None
        if grant is None or grant.is_public or book is None:
            return ""
        return sign_prefix(
            prefix, key_id=request.scope["state"]["who"], secret=book.signing_secret,
            expires_s=int(time.time()) + self.settings.signature_seconds,
        )  # fmt: skip

    def deepest_zoom(self, request: Request) -> int:
        """Return the deepest zoom that the service has and the request's key opens."""
        grant, own = grant_of(request), self.settings.maximum_zoom
        if grant is None or grant.maximum_zoom is None:
            return own
        return min(own, grant.maximum_zoom)

    @property
    def fresh(self) -> str:
        """Return the caching of what may change."""
        return f"public, max-age={self.settings.fresh_seconds}"


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


The = Annotated[Service, Depends(_service)]


async def _now(request: Request, service: The) -> Snapshot:
    return service.viewer.see(request.scope)


def named_style(service: Service, style_id: str) -> Style:
    """Return a style, or a variant of it.

    Raises
    ------
    NotPublishedError
        There is none.
    """
    style = service.styles.get(style_id)
    if style is None:
        raise NotPublishedError("No such style; /v1/styles lists them.")
    return style


Now = Annotated[Snapshot, Depends(_now)]


async def _style(
    request: Request, service: The, now: Now, style: Annotated[str, Path(pattern=STYLE_ID)]
) -> Style:
    painted = named_style(service, style)
    require_fit(painted, now.layer(request.path_params["layer"]).units)
    return painted


LayerId = Annotated[str, Path(pattern=f"^{LAYER_ID.pattern}$")]


async def _raster(
    now: Now,
    layer: LayerId,
    date: Annotated[str, Path(pattern=f"^({DATE_ID.pattern}|{LATEST})$")],
    shift: Annotated[str, Path(pattern=f"^{SHIFT_ID.pattern}$")],
) -> Found:
    return now.find(layer, date, shift)


async def _version(
    now: Now, layer: LayerId, version: Annotated[str, Path(pattern=f"^{VERSION_ID.pattern}$")]
) -> Found:
    return now.find_version(layer, version)


Raster = Annotated[Found, Depends(_raster)]
Version = Annotated[Found, Depends(_version)]
Painted = Annotated[Style, Depends(_style)]
Zoom = Annotated[int, Path(ge=0, le=22)]
Index = Annotated[int, Path(ge=0, lt=2**22)]
