"""Addresses of figures: one cell over time, and all cells within a polygon."""

from __future__ import annotations

import datetime as dt
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from evenbeat.core.store.manifest import SHIFT_ID
from evenbeat.tile_server.answering.answers import answer_json
from evenbeat.tile_server.answering.refusals import RefusalError, RefusalRoute
from evenbeat.tile_server.answering.workers import Workers
from evenbeat.tile_server.data.areas import point_series, polygon_statistics
from evenbeat.tile_server.data.polygons import parse_polygon, read_body
from evenbeat.tile_server.publication.documents import identity
from evenbeat.tile_server.service import LayerId, Now, Raster, The

router = APIRouter(prefix="/v1/tiles", route_class=RefusalRoute, tags=["figures"])
MOST_RASTERS = 400
_WORKERS = Workers()
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/geo+json": {"schema": {"type": "object"}}},
    }
}


@router.get("/{layer}/series")
async def series(
    request: Request,
    service: The,
    now: Now,
    layer: LayerId,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
    first: Annotated[dt.date | None, Query(alias="from")] = None,
    last: Annotated[dt.date | None, Query(alias="to")] = None,
    shift: Annotated[str | None, Query(pattern=f"^{SHIFT_ID.pattern}$")] = None,
) -> Response:
    """Return the values of the cell that holds a point, over the published dates."""
    if first is not None and last is not None and first > last:
        raise RefusalError(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"from must not be after to, got {first} and {last}."
        )
    published = now.layer(layer)
    chosen = [
        now.find(layer, date, name)
        for date in sorted(published.dates)
        if (first is None or date >= first.isoformat()) and (last is None or date <= str(last))
        for name, _ in published.shifts_of(date)
        if shift in (None, name)
    ]
    if len(chosen) > MOST_RASTERS:
        raise RefusalError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"A series may have {MOST_RASTERS} shifts, got {len(chosen)}. Narrow from and to, "
            "or name a shift.",
        )
    figures = await _WORKERS.run(partial(point_series, chosen, lon, lat))
    document = {"layer": layer, "title": published.title, "units": published.units,
                "lon": lon, "lat": lat, **figures}  # fmt: skip
    return answer_json(request, document, caching=service.fresh)


@router.post("/{layer}/{date}/{shift}/statistics", openapi_extra=_BODY)
async def statistics(request: Request, found: Raster) -> Response:
    """Return figures of the cells whose centres lie within a polygon."""
    polygon = parse_polygon(await read_body(request))
    figures = await _WORKERS.run(partial(polygon_statistics, found, polygon))
    return answer_json(request, {**identity(found), **figures}, caching="no-store")
