"""The ``evenbeat.toml`` of a simulated agency."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.simulate.tables import LEGACY_DATASOURCE, SENSOR_DATASOURCE

if TYPE_CHECKING:
    from evenbeat.core.simulate.city import City

_LEGACY_COLUMNS = {
    "incident_id": "Case No", "class_code": "UCR", "occurred_from": "Occurred From",
    "occurred_to": "Occurred To", "reported_at": "Reported", "longitude": "Longitude",
    "latitude": "Latitude", "last_updated": "Updated", "arrest": "Arrest",
    "source_kind": "How Reported",
}  # fmt: skip
_GUNFIRE_COLUMNS = {
    "incident_id": "alert_id", "occurred_from": "detected_at",
    "reported_at": "alerted_at", "last_updated": "reviewed_at", "longitude": "longitude",
    "latitude": "latitude",
}  # fmt: skip
_HUNCHLAB_COLUMNS = {"source_kind": "how_reported", "arrest": "arrest"}


def sources(city: City) -> list[dict[str, Any]]:
    """Return the sources of the city's files, as the settings say them."""
    degrees = {"crs": "EPSG:4326"}
    hunchlab = {
        "role": "incidents", "preset": "hunchlab", "class_system": "nibrs",
        "columns": _HUNCHLAB_COLUMNS, **degrees,
    }  # fmt: skip
    return [
        {"role": "boundary", "path": "boundary.geojson"},
        {"role": "districts", "path": "districts.geojson"},
        {"role": "neighbourhoods", "path": "neighbourhoods.geojson"},
        {"role": "streets", "path": "streets.gpkg"},
        {"path": "incidents.csv", **hunchlab},
        {"path": "incidents_month.csv", **hunchlab},
        {
            "role": "incidents", "path": "incidents_legacy.csv", "preset": "generic",
            "class_system": "fbi", "columns": _LEGACY_COLUMNS,
            "constants": {"source": LEGACY_DATASOURCE}, **degrees,
        },
        {
            "role": "gunfire", "path": "gunfire.csv", "source_kind": "sensor",
            "columns": _GUNFIRE_COLUMNS, "constants": {"source": SENSOR_DATASOURCE}, **degrees,
        },
        {"role": "places", "path": "places.geojson"},
        {"role": "places", "path": "parks.geojson", "category": "park"},
        {"role": "places", "path": "vacant_parcels.gpkg", "category": "vacant_parcel"},
        {"role": "places", "path": "transit_stops.csv", "category": "transit_stop",
         "columns": {"place_id": "stop_id", "longitude": "longitude", "latitude": "latitude"},
         **degrees},
        {"role": "places", "path": "railways.parquet", "category": "railway"},
        {"role": "places", "path": "streets.gpkg", "columns": {"place_id": "street_id",
                                                              "category": "category"}},
        {"role": "events", "path": "events.csv", **degrees},
        {"role": "weather", "path": "weather.csv"},
    ]  # fmt: skip


def write_settings(city: City, path: Path, *, pings: str) -> Path:
    """Write settings that read every file of the agency and suit the length of its history.

    Parameters
    ----------
    pings
        Name of the file of vehicle locations.
    """
    agency = {
        "name": city.name, "timezone": city.timezone, "crs": city.crs, "country": city.country,
    }  # fmt: skip
    if city.subdivision is not None:
        agency["subdivision"] = city.subdivision
    parts = [
        "# Settings of a simulated agency; docs/parameters.md describes every key.",
        _section("[agency]", agency),
        _section("[grid]", {"cell_size": round(250.0 * city.frame.units_per_metre, 6)}),
        _section(
            "[model]",
            {
                "history_days": min(1095, max(city.days, 28)),
                "training_days": min(365, max(city.days // 2, 14)),
                "maximum_rows": 60_000,
            },
        ),
        *(_section("[[sources]]", source) for source in sources(city)),
        _section("[[dosage.sources]]", {"path": pings, "crs": "EPSG:4326"}),
        _section("[[dosage.activities]]", {"path": "activities.csv"}),
    ]
    path.write_text("\n\n".join(parts) + "\n", "utf-8")
    return path


def _section(head: str, values: dict[str, Any]) -> str:
    return "\n".join([head, *(f"{key} = {_toml(value)}" for key, value in values.items())])


def _toml(value: Any) -> str:
    """Return a value as TOML; JSON strings and numbers are TOML too."""
    if isinstance(value, dict):
        return (
            "{ "
            + ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items())
            + " }"
        )
    return json.dumps(value)
