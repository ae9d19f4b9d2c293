"""The service's addresses under ``/v1``."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from evenbeat.core.store.manifest import DATE_ID, LAYER_ID, SHIFT_ID, VERSION_ID
from evenbeat.tile_server.access.grants import Grant
from evenbeat.tile_server.access.ring import KeyRing
from evenbeat.tile_server.access.sight import Viewer, require_zoom
from evenbeat.tile_server.access.signatures import sign_prefix
from evenbeat.tile_server.answers import answer, answer_json
from evenbeat.tile_server.documents import (
    dates_document,
    identity,
    layers_document,
    tilejson_document,
)
from evenbeat.tile_server.published import LATEST, Found, NotPublishedError, Publication, Snapshot
from evenbeat.tile_server.reading import cell_at, describe_cell
from evenbeat.tile_server.settings import ServiceSettings
from evenbeat.tile_server.styles import STYLE_ID, Style, legend
from evenbeat.tile_server.tiles import Tiles

router = APIRouter(prefix="/v1")


@dataclass(frozen=True, slots=True)
class Service:
    """What every route is given, kept on the application as ``app.state.service``."""

    settings: ServiceSettings
    publication: Publication
    styles: dict[str, Style]
    viewer: Viewer
    ring: KeyRing | None = None
    tiles: Tiles = field(init=False)

    def __post_init__(self) -> None:
        tiles = Tiles(self.publication, maximum_zoom=self.settings.maximum_zoom, fresh=self.fresh)
        object.__setattr__(self, "tiles", tiles)

    def signed(self, found: Found, style: Style, request: Request) -> str:
        """Return the query that opens a raster's tiles for a while; nothing without a key."""
        grant: Grant | None = request.scope.get("state", {}).get("grant")
        book = self.ring.book if self.ring is not None else None
        if grant is None or grant.is_public or book is None:
            return ""
        return sign_prefix(
            f"/v1/tiles/{found.layer_id}/v/{found.raster.version}/{style.id}/",
            key_id=grant.key_id, secret=book.signing_secret,
            expires_s=int(time.time()) + self.settings.signature_seconds,
        )  # fmt: skip

    @property
    def fresh(self) -> str:
        """Return the caching of what may change."""
        return f"public, max-age={self.settings.fresh_seconds}"


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


The = Annotated[Service, Depends(_service)]


def _now(request: Request, service: The) -> Snapshot:
    return service.viewer.see(request.scope)


def _style(service: The, style: Annotated[str, Path(pattern=STYLE_ID)]) -> Style:
    if style not in service.styles:
        raise NotPublishedError("No such style; /v1/styles lists them.")
    return service.styles[style]


Now = Annotated[Snapshot, Depends(_now)]
LayerId = Annotated[str, Path(pattern=f"^{LAYER_ID.pattern}$")]


def _raster(
    now: Now,
    layer: LayerId,
    date: Annotated[str, Path(pattern=f"^({DATE_ID.pattern}|{LATEST})$")],
    shift: Annotated[str, Path(pattern=f"^{SHIFT_ID.pattern}$")],
) -> Found:
    return now.find(layer, date, shift)


def _version(
    now: Now, layer: LayerId, version: Annotated[str, Path(pattern=f"^{VERSION_ID.pattern}$")]
) -> Found:
    return now.find_version(layer, version)


Raster = Annotated[Found, Depends(_raster)]
Version = Annotated[Found, Depends(_version)]
Painted = Annotated[Style, Depends(_style)]
Zoom = Annotated[int, Path(ge=0, le=22)]
Index = Annotated[int, Path(ge=0, lt=2**22)]


@router.get("/layers")
def layers(request: Request, service: The, now: Now) -> Response:
    """List the layers."""
    return answer_json(request, layers_document(now), caching=service.fresh)


@router.get("/layers/{layer}/dates")
def dates(request: Request, service: The, now: Now, layer: LayerId) -> Response:
    """List a layer's dates and shifts."""
    return answer_json(request, dates_document(now, layer), caching=service.fresh)


@router.get("/styles")
def styles(request: Request, service: The) -> Response:
    """List the styles."""
    document = [style.model_dump() for style in service.styles.values()]
    return answer_json(request, document, caching=service.fresh)


@router.get("/districts.geojson")
def districts(request: Request, service: The, now: Now) -> Response:
    """Return the districts' outlines."""
    file = now.manifest.districts
    if file is None:
        raise NotPublishedError("No district outlines are published.")
    content = (now.folder / file.path).read_bytes()
    return answer(request, content, media_type="application/geo+json", caching=service.fresh)


@router.get("/tiles/{layer}/v/{version}/{style}/{z}/{x}/{y}.png")
async def version_tile(
    request: Request, service: The, found: Version, style: Painted, z: Zoom, x: Index, y: Index
) -> Response:
    """Return a tile of one version; it never changes."""
    return await _tile(request, service, found, style, (z, x, y), immutable=True)


@router.get("/tiles/{layer}/{date}/{shift}/{style}/{z}/{x}/{y}.png")
async def tile(
    request: Request, service: The, found: Raster, style: Painted, z: Zoom, x: Index, y: Index
) -> Response:
    """Return a tile of what is published now for a date, or the latest date."""
    return await _tile(request, service, found, style, (z, x, y), immutable=False)


@router.get("/tiles/{layer}/{date}/{shift}/{style}/tilejson.json")
def tilejson(request: Request, service: The, found: Raster, style: Painted) -> Response:
    """Return TileJSON of the version that is published now."""
    document = tilejson_document(
        found, style, service.settings, query=service.signed(found, style, request)
    )
    return answer_json(request, document, caching=service.fresh)


@router.get("/tiles/{layer}/{date}/{shift}/{style}/legend.json")
def legend_json(request: Request, service: The, found: Raster, style: Painted) -> Response:
    """Return what the colours mean."""
    entries = legend(style, found.raster.classes)
    document = {**identity(found), "style": style.id, "entries": entries}
    return answer_json(request, document, caching=service.fresh)


@router.get("/tiles/{layer}/{date}/{shift}/point")
def point(
    request: Request,
    service: The,
    found: Raster,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
) -> Response:
    """Return the value of the cell that holds a point."""
    cell = cell_at(found, lon, lat)
    document = {**identity(found), "lon": lon, "lat": lat, **describe_cell(found, cell)}
    return answer_json(request, document, caching=service.fresh)


async def _tile(
    request: Request,
    service: Service,
    found: Found,
    style: Style,
    place: tuple[int, int, int],
    *,
    immutable: bool,
) -> Response:
    """Return a tile whose address `TileRoute` left, because it is not of the plainest form."""
    require_zoom(request.scope, place[0])
    known = request.headers.get("if-none-match")
    told = await service.tiles.answer(found, style, place, immutable=immutable, known=known)
    answered = Response(told.content, 304 if told.content is None else 200)
    answered.raw_headers = told.headers
    return answered
