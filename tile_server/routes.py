"""The service's addresses under ``/v1``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from evenbeat.core.store.manifest import DATE_ID, LAYER_ID, SHIFT_ID, VERSION_ID
from evenbeat.tile_server.answers import IMMUTABLE, answer, answer_json, is_known, unchanged
from evenbeat.tile_server.documents import (
    dates_document,
    identity,
    layers_document,
    tilejson_document,
)
from evenbeat.tile_server.pictures import empty_picture, picture
from evenbeat.tile_server.published import LATEST, Found, NotPublishedError, Publication, Snapshot
from evenbeat.tile_server.reading import TILE_SIZE, cell_at, describe_cell, tile_pixels
from evenbeat.tile_server.settings import ServiceSettings
from evenbeat.tile_server.styles import STYLE_ID, Style, legend

router = APIRouter(prefix="/v1")
_EMPTY = empty_picture(TILE_SIZE)


@dataclass(frozen=True, slots=True)
class Service:
    """What every route is given, kept on the application as ``app.state.service``."""

    settings: ServiceSettings
    publication: Publication
    styles: dict[str, Style]

    @property
    def fresh(self) -> str:
        """Return the caching of what may change."""
        return f"public, max-age={self.settings.fresh_seconds}"


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


The = Annotated[Service, Depends(_service)]


def _now(service: The) -> Snapshot:
    return service.publication.snapshot()


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
def version_tile(
    request: Request, service: The, found: Version, style: Painted, z: Zoom, x: Index, y: Index
) -> Response:
    """Return a tile of one version; it never changes."""
    return _tile(request, service, found, style, (z, x, y), caching=IMMUTABLE)


@router.get("/tiles/{layer}/{date}/{shift}/{style}/{z}/{x}/{y}.png")
def tile(
    request: Request, service: The, found: Raster, style: Painted, z: Zoom, x: Index, y: Index
) -> Response:
    """Return a tile of what is published now for a date, or the latest date."""
    return _tile(request, service, found, style, (z, x, y), caching=service.fresh)


@router.get("/tiles/{layer}/{date}/{shift}/{style}/tilejson.json")
def tilejson(request: Request, service: The, found: Raster, style: Painted) -> Response:
    """Return TileJSON of the version that is published now."""
    document = tilejson_document(found, style, service.settings)
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


def _tile(
    request: Request,
    service: Service,
    found: Found,
    style: Style,
    place: tuple[int, int, int],
    *,
    caching: str,
) -> Response:
    """Return one tile; without data it is a transparent picture, which every client takes."""
    zoom, column, row = place
    if zoom > service.settings.maximum_zoom or max(column, row) >= 2**zoom:
        raise NotPublishedError(f"Tiles reach from zoom 0 to {service.settings.maximum_zoom}.")
    tag = f"{found.raster.version}-{style.revision}"
    if is_known(request, tag):
        return unchanged(tag, caching=caching)
    part = tile_pixels(found, zoom, column, row)
    content = picture(TILE_SIZE, TILE_SIZE, style.palette, part) if part else _EMPTY
    return answer(request, content, media_type="image/png", caching=caching, tag=tag)
