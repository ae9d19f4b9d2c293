"""Addresses of figures: one cell over time, and all cells within a polygon."""

from __future__ import annotations

import datetime as dt
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from evenbeat.core.store.manifest import SHIFT_ID
from evenbeat.tile_server.answering.answers import answer, answer_json
from evenbeat.tile_server.answering.refusals import RefusalError
from evenbeat.tile_server.data.areas import point_series, polygon_statistics
from evenbeat.tile_server.data.polygons import parse_box, parse_polygon, read_body
from evenbeat.tile_server.data.tables import series_table
from evenbeat.tile_server.publication.documents import identity
from evenbeat.tile_server.service import LayerId, Now, Raster, The

router = APIRouter(prefix="/v1/tiles", tags=["figures"])
MOST_RASTERS = 400
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/geo+json": {"schema": {"type": "object"}}},
    }
}


async def _asked_series(
    service: The,
    now: Now,
    layer: LayerId,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
    first: Annotated[dt.date | None, Query(alias="from")] = None,
    last: Annotated[dt.date | None, Query(alias="to")] = None,
    shift: Annotated[str | None, Query(pattern=f"^{SHIFT_ID.pattern}$")] = None,
) -> dict[str, Any]:
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
    figures = await service.workers.run(partial(point_series, chosen, lon, lat))
    return {"layer": layer, "title": published.title, "units": published.units,
            "lon": lon, "lat": lat, **figures}  # fmt: skip


AskedSeries = Annotated[dict[str, Any], Depends(_asked_series)]


@router.get("/{layer}/series")
async def series(request: Request, service: The, found: AskedSeries) -> Response:
    """Return the values of the cell that holds a point, over the published dates."""
    return answer_json(request, found, caching=service.fresh)


@router.get("/{layer}/series.csv")
async def series_csv(request: Request, service: The, found: AskedSeries) -> Response:
    """Return the same as a table for spreadsheets, a row a shift; times are the agency's."""
    told = answer(request, series_table(found), media_type="text/csv; charset=utf-8",
                  caching=service.fresh)  # fmt: skip
    told.headers["Content-Disposition"] = f'attachment; filename="{found["layer"]}-series.csv"'
    return told


@router.get("/{layer}/{date}/{shift}/statistics")
async def box_statistics(
    request: Request,
    service: The,
    found: Raster,
    bbox: Annotated[str, Query(max_length=128, description="west,south,east,north in degrees")],
) -> Response:
    """Return figures of the cells whose centres lie within a box."""
    figures = await service.workers.run(partial(polygon_statistics, found, parse_box(bbox)))
    return answer_json(request, {**identity(found), **figures}, caching=service.fresh)


@router.post("/{layer}/{date}/{shift}/statistics", openapi_extra=_BODY)
async def statistics(request: Request, service: The, found: Raster) -> Response:
    """Return figures of the cells whose centres lie within a polygon."""
    polygon = parse_polygon(await read_body(request))
    figures = await service.workers.run(partial(polygon_statistics, found, polygon))
    return answer_json(request, {**identity(found), **figures}, caching="no-store")
