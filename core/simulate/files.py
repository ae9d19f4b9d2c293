"""Everything that a simulated agency hands in, as files that `evenbeat ingest` reads."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from evenbeat.core.errors import InputError
from evenbeat.core.progress import Progress, silent
from evenbeat.core.simulate import tables
from evenbeat.core.simulate.exports import write_gunfire_file, write_incident_files
from evenbeat.core.simulate.ping_files import write_pings
from evenbeat.core.simulate.readme import write_readme
from evenbeat.core.simulate.settings_file import write_settings
from evenbeat.core.simulate.texts import TimeStyle, iso_utc
from evenbeat.core.store.vectors import write_geopackage

if TYPE_CHECKING:
    import geopandas as gpd

    from evenbeat.core.simulate.city import City

_POINT_CATEGORIES = ("bar", "liquor_outlet", "grocery", "gas_station", "school")


def write_agency_files(
    city: City, folder: Path, *, dirt: bool = True, progress: Progress = silent
) -> list[Path]:
    """Write what an agency would hand in, and an ``evenbeat.toml`` that says how to read it.

    ``AUDIT_ONLY/`` holds demographics for the equity ledger and ``truth/`` what the simulation
    knows; neither is a source. The same city gives the same bytes.

    Parameters
    ----------
    folder
        New or existing folder; files of the same names are replaced.
    dirt
        Put in the dirt of real exports; ``truth/truth.json`` counts every kind.

    Returns
    -------
    The files, in the order of writing.

    Raises
    ------
    InputError
        ``folder`` is a file.
    """
    folder = Path(folder)
    if folder.is_file():
        raise InputError(f"{folder} is a file; give a folder to write the city to.")
    for part in ("truth", "AUDIT_ONLY"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    progress("writing incidents", 0.0)
    facts = write_incident_files(city, folder, dirt=dirt)
    facts["gunfire.csv"] = write_gunfire_file(city, folder / "gunfire.csv", dirt=dirt)
    progress("writing layers", 0.4)
    written = [folder / name for name in facts]
    written += _write_areas(city, folder)
    written += _write_places(city, folder)
    written += _write_days(city, folder)
    progress("writing vehicle locations", 0.6)
    ping_path, ping_facts = write_pings(city, folder, dirt=dirt)
    facts[ping_path.name] = ping_facts
    written += [ping_path, *_write_duty(city, folder)]
    progress("writing the truth", 0.9)
    written += _write_truth(city, folder / "truth", facts)
    written.append(write_settings(city, folder / "evenbeat.toml", pings=ping_path.name))
    written.append(write_readme(city, folder / "README.md", pings=ping_path.name))
    progress("written", 1.0)
    return written


def _when(city: City) -> dt.datetime:
    """Return the instant that files with a date of their own carry."""
    return city.cutoff


def _write_geojson(table: gpd.GeoDataFrame, path: Path) -> Path:
    """Write features in WGS 84 with seven decimals, attributes as text or numbers."""
    import pyogrio

    shown = table.to_crs("EPSG:4326")
    for name in shown.columns:
        if isinstance(shown[name].dtype, pd.DatetimeTZDtype):
            shown[name] = iso_utc(shown[name])
    pyogrio.write_dataframe(
        shown, path, driver="GeoJSON", RFC7946="YES", COORDINATE_PRECISION=7, WRITE_NAME="NO"
    )
    return path


def _write_areas(city: City, folder: Path) -> list[Path]:
    when, facts = _when(city), {"city": city.name}
    return [
        _write_geojson(city.boundary, folder / "boundary.geojson"),
        _write_geojson(city.districts, folder / "districts.geojson"),
        _write_geojson(city.neighbourhoods, folder / "neighbourhoods.geojson"),
        _write_geojson(city.block_groups, folder / "block_groups.geojson"),
        write_geopackage(
            folder / "streets.gpkg", {"streets": city.streets}, when=when, metadata=facts
        ),
        _write_csv(city.demographics, folder / "AUDIT_ONLY" / "demographics.csv"),
    ]


def _write_places(city: City, folder: Path) -> list[Path]:
    """Write places as points, lines and polygons, in four formats."""
    every = tables.all_places(city).drop(columns=["dated", "source"])

    def of(*categories: str) -> gpd.GeoDataFrame:
        return every[every["category"].isin(categories)].reset_index(drop=True)

    stops = of("transit_stop")
    longitude, latitude = city.frame.to_degrees(stops.geometry.x, stops.geometry.y)
    stop_table = pd.DataFrame(
        {
            "stop_id": stops["place_id"],
            "longitude": longitude.round(6),
            "latitude": latitude.round(6),
        }
    )
    parcels = of("vacant_parcel")
    for name in ("valid_from", "valid_to"):
        parcels[name] = iso_utc(parcels[name])
    railway = of("railway").drop(columns=["valid_from", "valid_to"])
    railway.to_parquet(folder / "railways.parquet", index=False)
    return [
        _write_geojson(of(*_POINT_CATEGORIES), folder / "places.geojson"),
        _write_geojson(of("park").drop(columns=["valid_from", "valid_to"]),
                       folder / "parks.geojson"),
        write_geopackage(folder / "vacant_parcels.gpkg", {"vacant_parcels": parcels},
                         when=_when(city), metadata={"city": city.name}),
        _write_csv(stop_table, folder / "transit_stops.csv"),
        folder / "railways.parquet",
    ]  # fmt: skip


def _write_csv(table: pd.DataFrame, path: Path) -> Path:
    table.to_csv(path, index=False, lineterminator="\n")
    return path


def _write_days(city: City, folder: Path) -> list[Path]:
    """Write events that were known by the end of the history, and the weather."""
    events = city.events
    events = events[events["known_at"] < city.cutoff].reset_index(drop=True)
    longitude, latitude = city.frame.to_degrees(events.geometry.x, events.geometry.y)
    style = TimeStyle("offset", city.timezone)
    listed = pd.DataFrame(
        {
            "event_id": events["event_id"],
            "category": events["category"],
            "starts_at": style.write(events["starts_at"]),
            "ends_at": style.write(events["ends_at"]),
            "known_at": style.write(events["known_at"]),
            "expected_attendance": events["expected_attendance"].astype("int64"),
            "longitude": longitude.round(6),
            "latitude": latitude.round(6),
        }
    )
    weather = city.weather.drop(columns="source")
    weather["date"] = weather["date"].dt.strftime("%Y-%m-%d")
    weather["issued_at"] = iso_utc(weather["issued_at"])
    return [_write_csv(listed, folder / "events.csv"), _write_csv(weather, folder / "weather.csv")]


def _write_duty(city: City, folder: Path) -> list[Path]:
    roster, activities = city.roster(), city.fleet.activities()
    for table, columns in ((roster, ("on_duty_from", "on_duty_to")),
                           (activities, ("started_at", "ended_at"))):  # fmt: skip
        for column in columns:
            table[column] = iso_utc(table[column])
    return [
        _write_csv(roster, folder / "roster.csv"),
        _write_csv(activities, folder / "activities.csv"),
    ]


def _write_truth(city: City, folder: Path, facts: dict[str, dict[str, Any]]) -> list[Path]:
    """Write what the simulation knows: the dirt, the incidents, the true paths."""
    true = city.incidents
    counted = true.groupby(["period", "crime_type"], observed=True).size()
    late = (true["period"] == "history") & (true["reported_at"] >= city.cutoff)
    document = {
        "seed": city.seed,
        "forecast_date": city.forecast_date.isoformat(),
        "residents": round(float(city.ground.addresses.residents.sum())),
        "area_km2": round(city.ground.boundary.area / 1e6, 3),
        "incidents": {
            period: {str(name): int(number) for name, number in part.droplevel(0).items()}
            for period, part in counted.groupby(level=0, observed=True)
        },
        "history_not_yet_reported": int(late.sum()),
        "files": facts,
    }
    path = folder / "truth.json"
    path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", "utf-8")
    written = true.drop(columns=["nibrs", "ucr", "address", "modelled"])
    written.to_parquet(folder / "incidents.parquet", index=False)
    paths = city.true_unit_paths().round({"easting": 2, "northing": 2, "time_s": 2})
    paths.to_parquet(folder / "unit_paths.parquet", index=False)
    return [path, folder / "incidents.parquet", folder / "unit_paths.parquet"]
