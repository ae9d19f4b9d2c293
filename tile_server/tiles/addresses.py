"""The service's plain addresses under ``/v1``: lists, tiles, TileJSON, points."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from evenbeat.tile_server.access.sight import require_zoom
from evenbeat.tile_server.answering.answers import answer, answer_json
from evenbeat.tile_server.publication.documents import (
    dates_document,
    identity,
    layers_document,
    tilejson_document,
)
from evenbeat.tile_server.publication.published import Found, NotPublishedError
from evenbeat.tile_server.service import (
    Index,
    LayerId,
    Now,
    Painted,
    Raster,
    Service,
    The,
    Version,
    Zoom,
)
from evenbeat.tile_server.styles.legend_entries import legend
from evenbeat.tile_server.styles.style_models import Style
from evenbeat.tile_server.styles.value_scale import ValueScale
from evenbeat.tile_server.tiles.reading import cell_at, describe_cell

router = APIRouter(prefix="/v1")


@router.get("/layers")
async def layers(request: Request, service: The, now: Now) -> Response:
    """List the layers."""
    return answer_json(request, layers_document(now), caching=service.fresh)


@router.get("/layers/{layer}/dates")
async def dates(request: Request, service: The, now: Now, layer: LayerId) -> Response:
    """List a layer's dates and shifts."""
    return answer_json(request, dates_document(now, layer), caching=service.fresh)


@router.get("/districts.geojson")
def districts(request: Request, service: The, now: Now) -> Response:
    """Return the districts' outlines."""
    file = now.manifest.districts
    if file is None:
        raise NotPublishedError("No district outlines are published.")
    content = now.files.local(file).read_bytes()
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
async def tilejson(request: Request, service: The, found: Raster, style: Painted) -> Response:
    """Return TileJSON of the version that is published now."""
    prefix = f"/v1/tiles/{found.layer_id}/v/{found.raster.version}/{style.id}/"
    document = tilejson_document(
        f"{found.layer.title}, {found.date}, {found.shift}",
        f"{found.layer.long_name}: {found.layer.comment}", found.grid.bounds_wgs84,
        f"{service.settings.base_url}{prefix}", query=service.sign(prefix, request),
        deepest=service.deepest_zoom(request),
    )  # fmt: skip
    return answer_json(request, document, caching=service.fresh)


@router.get("/tiles/{layer}/{date}/{shift}/{style}/legend.json")
async def legend_json(request: Request, service: The, found: Raster, style: Painted) -> Response:
    """Return what the colours mean."""
    entries = legend(style, ValueScale.of(found))
    document = {
        **identity(found),
        "style": style.id,
        "units": found.layer.units,
        "entries": entries,
    }
    return answer_json(request, document, caching=service.fresh)


@router.get("/tiles/{layer}/{date}/{shift}/point")
async def point(
    request: Request,
    service: The,
    found: Raster,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
) -> Response:
    """Return the value of the cell that holds a point."""
    cell = await service.drawing.run(partial(cell_at, found, lon, lat))
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
