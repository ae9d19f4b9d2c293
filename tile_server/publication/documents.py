"""The JSON documents that tell clients what is published."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from evenbeat.core.store.manifest import PublishedRaster
from evenbeat.tile_server.publication.published import Found, Snapshot
from evenbeat.tile_server.settings import ServiceSettings
from evenbeat.tile_server.styles.style_models import Style


def layers_document(now: Snapshot) -> list[dict[str, Any]]:
    """Return the layers, priority first."""
    ordered = sorted(
        now.manifest.layers.items(), key=lambda pair: (pair[1].crime_type is not None, pair[0])
    )
    return [
        {
            "id": layer_id, "title": layer.title, "long_name": layer.long_name,
            "comment": layer.comment, "units": layer.units, "crime_type": layer.crime_type,
            "newest_date": max(layer.dates), "dates": len(layer.dates),
        }
        for layer_id, layer in ordered
    ]  # fmt: skip


def dates_document(now: Snapshot, layer_id: str) -> list[dict[str, Any]]:
    """Return a layer's dates, newest first, each with its shifts in order of time.

    What was retracted stands beside them: when, and of which kind the reason was. A date of which
    nothing is left has no shifts.
    """
    retracted = now.retracted(layer_id)
    dates = {one.date for one in retracted}
    layer = now.manifest.layers.get(layer_id) if dates else now.layer(layer_id)
    published = {} if layer is None else layer.dates
    zone = ZoneInfo(now.manifest.timezone)
    return [
        {
            "date": date,
            "shifts": [
                {"shift": shift, **_facts(raster, zone),
                 "bounds": now.manifest.grids[raster.grid].bounds_wgs84}
                for shift, raster in (layer.shifts_of(date) if layer is not None else ())
            ],
            "retracted": [
                {"shift": one.shift, "version": one.version, "category": one.category,
                 "at": one.at.astimezone(dt.UTC).isoformat()}
                for one in retracted if one.date == date
            ],
        }
        for date in sorted({*published, *dates}, reverse=True)
    ]  # fmt: skip


def identity(found: Found) -> dict[str, Any]:
    """Return which raster an answer is about."""
    return {
        "layer": found.layer_id, "title": found.layer.title, "date": found.date,
        "shift": found.shift, **_facts(found.raster, ZoneInfo(found.timezone)),
    }  # fmt: skip


def tilejson_document(
    found: Found, style: Style, settings: ServiceSettings, *, query: str = ""
) -> dict[str, Any]:
    """Return TileJSON 3.0 with tile addresses of this very version.

    Parameters
    ----------
    query
        Signature that opens the tiles; empty where none is needed.
    """
    west, south, east, north = found.grid.bounds_wgs84
    address = f"{settings.base_url}/v1/tiles/{found.layer_id}/v/{found.raster.version}/{style.id}"
    return {
        "tilejson": "3.0.0",
        "name": f"{found.layer.title}, {found.date}, {found.shift}",
        "description": f"{found.layer.long_name}: {found.layer.comment}",
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [f"{address}/{{z}}/{{x}}/{{y}}.png{f'?{query}' if query else ''}"],
        "minzoom": 0,
        "maxzoom": settings.maximum_zoom,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, 10],
    }


def _facts(raster: PublishedRaster, zone: ZoneInfo) -> dict[str, Any]:
    """Return what a client may want to know of a raster; times as the agency's clocks show."""
    return {
        "start": raster.shift_start.astimezone(zone).isoformat(),
        "end": raster.shift_end.astimezone(zone).isoformat(),
        "version": raster.version,
        "run_id": raster.run_id,
        "total": raster.total,
        "published_at": raster.published_at.astimezone(dt.UTC).isoformat(),
    }
