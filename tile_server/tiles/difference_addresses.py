"""Addresses of differences: ``/v1/tiles/{layer}/{date}/{shift}/minus/{other}/...``."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from evenbeat.core.store.manifest import DATE_ID, LAYER_ID, SHIFT_ID, VERSION_ID
from evenbeat.tile_server.access.sight import require_zoom
from evenbeat.tile_server.answering.answers import answer, answer_json, is_known, unchanged
from evenbeat.tile_server.answering.links import To
from evenbeat.tile_server.publication.documents import identity, tilejson_document
from evenbeat.tile_server.publication.published import LATEST
from evenbeat.tile_server.service import Index, Now, Service, The, Zoom, named_style
from evenbeat.tile_server.styles.legend_entries import legend
from evenbeat.tile_server.styles.legend_pictures import legend_picture
from evenbeat.tile_server.styles.raster_styles import maplibre_style
from evenbeat.tile_server.styles.style_models import STYLE_ID, Style
from evenbeat.tile_server.tiles.differences import (
    DAYS_BACK,
    DayPair,
    describe_difference,
    find_pair,
    pair_of,
)
from evenbeat.tile_server.tiles.painting import require_fit
from evenbeat.tile_server.tiles.pictures import TILE_SIZE, empty_picture

router = APIRouter(prefix="/v1/tiles/{layer}", tags=["differences"])
_EMPTY = empty_picture(TILE_SIZE)
_OTHER = rf"^({DATE_ID.pattern}|{'|'.join(DAYS_BACK)})$"
LayerId = Annotated[str, Path(pattern=f"^{LAYER_ID.pattern}$")]
VersionId = Annotated[str, Path(pattern=f"^{VERSION_ID.pattern}$")]


async def _by_date(
    now: Now,
    layer: LayerId,
    date: Annotated[str, Path(pattern=f"^({DATE_ID.pattern}|{LATEST})$")],
    shift: Annotated[str, Path(pattern=f"^{SHIFT_ID.pattern}$")],
    other: Annotated[str, Path(pattern=_OTHER)],
) -> DayPair:
    return find_pair(now, layer, date, shift, other)


async def _by_version(now: Now, layer: LayerId, version: VersionId, other: VersionId) -> DayPair:
    return pair_of(now.find_version(layer, version), now.find_version(layer, other))


async def _style(
    service: The, now: Now, layer: LayerId, style: Annotated[str, Path(pattern=STYLE_ID)]
) -> Style:
    painted = named_style(service, style)
    require_fit(painted, now.layer(layer).units, difference=True)
    return painted


Dated = Annotated[DayPair, Depends(_by_date)]
Pinned = Annotated[DayPair, Depends(_by_version)]
Painted = Annotated[Style, Depends(_style)]


# Before the route by date, which would take "v" for a date.
@router.get("/v/{version}/minus/{other}/{style}/{z}/{x}/{y}.png")
async def version_tile(
    request: Request, service: The, pair: Pinned, style: Painted, z: Zoom, x: Index, y: Index
) -> Response:
    """Return a tile of one version less another; it never changes."""
    return await _tile(request, service, pair, style, (z, x, y), immutable=True)


@router.get("/{date}/{shift}/minus/{other}/{style}/{z}/{x}/{y}.png")
async def tile(
    request: Request, service: The, pair: Dated, style: Painted, z: Zoom, x: Index, y: Index
) -> Response:
    """Return a tile of a day less another: a date, ``day-before`` or ``week-before``."""
    return await _tile(request, service, pair, style, (z, x, y), immutable=False)


@router.get("/{date}/{shift}/minus/{other}/{style}/tilejson.json")
async def tilejson(request: Request, service: The, pair: Dated, style: Painted) -> Response:
    """Return TileJSON with addresses of the two versions that are published now."""
    found, other = pair.found, pair.other
    prefix = (f"/v1/tiles/{found.layer_id}/v/{found.raster.version}/minus/{other.raster.version}"
              f"/{style.id}/")  # fmt: skip
    document = tilejson_document(
        pair.title, f"Difference of {found.layer.long_name}: {found.layer.comment}",
        found.grid.bounds_wgs84, f"{service.settings.base_url}{prefix}",
        query=service.sign(prefix, request), deepest=service.deepest_zoom(request),
    )  # fmt: skip
    return answer_json(request, document, caching=service.fresh)


@router.get("/{date}/{shift}/minus/{other}/{style}/legend.json")
async def legend_json(request: Request, service: The, pair: Dated, style: Painted) -> Response:
    """Return what the colours mean, in the layer's unit."""
    document = {
        **_identity(pair), "style": style.id, "units": pair.scale.units,
        "entries": legend(style, pair.scale),
    }  # fmt: skip
    return answer_json(request, document, caching=service.fresh)


@router.get("/{date}/{shift}/minus/{other}/{style}/legend.png")
async def legend_png(
    request: Request, service: The, pair: Dated, style: Painted,
    scale: Annotated[int, Query(ge=1, le=3)] = 1,
) -> Response:  # fmt: skip
    """Return what the colours mean, as a picture."""
    layer = pair.found.layer
    unit = "" if layer.units in ("", "1") else f", in {layer.units}"
    content = await service.drawing.run(partial(
        legend_picture, legend(style, pair.scale), title=f"{layer.title}: change", scale=scale,
        subtitle=f"{pair.found.date} minus {pair.other.date}, {pair.found.shift}",
        note=f"Values: {layer.long_name}{unit}, of the first day less the other. "
        "A change from one day to another is no effect of anything by itself.",
    ))  # fmt: skip
    return answer(request, content, media_type="image/png", caching=service.fresh)


@router.get("/{date}/{shift}/minus/{other}/{style}/style.json")
async def style_maplibre(
    request: Request, service: The, pair: Dated, style: Painted, links: To
) -> Response:
    """Return a whole MapLibre style with the tiles of the difference."""
    given, found = request.path_params, pair.found
    path = f"/tiles/{found.layer_id}/{given['date']}/{found.shift}/minus/{given['other']}"
    document = maplibre_style(
        f"{found.layer_id}-{found.shift}-change", pair.title, found.grid.bounds_wgs84,
        legend(style, pair.scale), links.to(f"{path}/{style.id}/tilejson.json"),
    )  # fmt: skip
    return answer_json(request, document, caching=service.fresh)


@router.get("/{date}/{shift}/minus/{other}/point")
async def point(
    request: Request,
    service: The,
    pair: Dated,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
) -> Response:
    """Return the values of the cell that holds a point on both days, and their difference."""
    told = await service.drawing.run(partial(describe_difference, pair, lon, lat))
    document = {**_identity(pair), "lon": lon, "lat": lat, **told}
    return answer_json(request, document, caching=service.fresh)


def _identity(pair: DayPair) -> dict[str, Any]:
    return {**identity(pair.found), "minus": identity(pair.other)}


async def _tile(
    request: Request, service: Service, pair: DayPair, style: Style, place: tuple[int, int, int],
    *, immutable: bool,
) -> Response:  # fmt: skip
    require_zoom(request.scope, place[0])
    service.tiles.require_place(place)
    caching = service.tiles.caching(style, immutable=immutable)
    tag = f"{pair.name}-{style.revision}"
    if is_known(request, tag):
        return unchanged(tag, caching=caching)
    content = service.differences.kept(pair, style, place)
    if content is None:
        content = await service.drawing.run(partial(service.differences.make, pair, style, place))
    return answer(request, content or _EMPTY, media_type="image/png", caching=caching, tag=tag)
