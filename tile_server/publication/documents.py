"""The JSON documents that tell clients what is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from evenbeat.core.store.manifest import PublishedRaster
from evenbeat.tile_server.publication.published import Found, Snapshot


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
    name: str, description: str, bounds: Sequence[float], prefix: str, *, query: str, deepest: int
) -> dict[str, Any]:
    """Return TileJSON 3.0 of pictures.

    Parameters
    ----------
    bounds
        West, south, east and north in degrees.
    prefix
        Address of the tiles up to the zoom.
    query
        Signature that opens the tiles; empty where none is needed.
    deepest
        Last zoom that this client can ask for; clients enlarge its tiles for deeper ones.
    """
    west, south, east, north = bounds
    return {
        "tilejson": "3.0.0",
        "name": name,
        "description": description,
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [f"{prefix}{{z}}/{{x}}/{{y}}.png{f'?{query}' if query else ''}"],
        "minzoom": 0,
        "maxzoom": deepest,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, min(10, deepest)],
    }


def _facts(raster: PublishedRaster, zone: ZoneInfo) -> dict[str, Any]:
    """Return what a client may want to know of a raster; times as the agency's clocks show."""
    return {
        "start": raster.shift_start.astimezone(zone).isoformat(),
        "end": raster.shift_end.astimezone(zone).isoformat(),
        "version": raster.version,
        "run_id": raster.run_id,
        "total": raster.total,
        "as_of": raster.as_of.astimezone(dt.UTC).isoformat(),
    }
