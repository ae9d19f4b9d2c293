"""An edition: everything that the pages of one briefing share, prepared once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from evenbeat.core.config import AgencySettings
from evenbeat.core.grid import Grid
from evenbeat.core.planning.boxes.nearby import categories_beside, places_on
from evenbeat.core.reports import briefing_facts as facts
from evenbeat.core.reports import maps, wording
from evenbeat.core.reports.briefing_maps import STREETS, Surroundings
from evenbeat.core.reports.briefing_tours import VisitTimes
from evenbeat.core.shifts import Shift, ShiftCalendar

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from geopandas import GeoDataFrame

_MOST_PLACES = 6


@dataclass(frozen=True)
class Edition:
    """The common ground of the pages of one day.

    Parameters
    ----------
    agency, grid, calendar, date
        Whose day, where and when.
    names
        District id -> name for people.
    surroundings, recent
        Geometry of the maps and the incidents before the cut-off.
    events
        Shift -> the events during it.
    rows
        (shift, district id) -> rows of the assignments in rank order.
    position, places
        Assignment id -> longitude and latitude; places in the box or beside it.
    notes
        (shift, district id or empty) -> what the rules took away, in words.
    classes
        Shift -> classes of priority.
    visits
        Assignment id -> (unit, start) of each planned visit.
    head
        What every template is given.
    """

    agency: AgencySettings
    grid: Grid
    calendar: ShiftCalendar
    date: dt.date
    names: dict[str, str]
    surroundings: Surroundings
    recent: facts.RecentIncidents
    events: dict[str, GeoDataFrame | None]
    rows: dict[tuple[str, str], list[dict[str, Any]]]
    position: dict[str, tuple[float, float]]
    places: dict[str, list[tuple[str, int]]]
    notes: dict[tuple[str, str], list[str]]
    classes: dict[str, npt.NDArray[np.uint8]]
    visits: VisitTimes
    head: dict[str, Any]

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """Return the shifts of the day."""
        return self.calendar.shifts_on(self.date)

    @property
    def feet(self) -> bool:
        """Return whether people of the agency think in feet."""
        return self.agency.country.upper() == "US"


def edition_of(
    *,
    assignments: GeoDataFrame,
    crime_types: Sequence[str],
    priority: xr.DataArray,
    grid: Grid,
    calendar: ShiftCalendar,
    date: dt.date,
    incidents: pd.DataFrame,
    places: GeoDataFrame | None,
    events: GeoDataFrame | None,
    weather: pd.DataFrame | None,
    districts: GeoDataFrame,
    agency: AgencySettings,
    run_id: str,
    provenance: dict[str, str],
    notes: Sequence[dict[str, Any]],
    reporting_lag_days: int,
    visits: VisitTimes,
    log_head: str,
) -> Edition:
    """Prepare an edition; the parameters are those of `write_briefings`."""
    shifts, zone = calendar.shifts_on(date), calendar.zone
    given = provenance.get("data_cutoff")
    cutoff = dt.datetime.fromisoformat(given) if given else shifts[0].start
    areas, valid = _district_areas(districts, grid), places_on(places, date)
    during = {
        shift.name: facts.events_near(
            events, start=shift.start, end=shift.end, cutoff=cutoff, zone=zone
        )
        for shift in shifts
    }
    return Edition(
        agency=agency,
        grid=grid,
        calendar=calendar,
        date=date,
        names=_district_names(areas),
        surroundings=Surroundings.of(areas, valid),
        recent=facts.RecentIncidents.of(
            incidents, cutoff=cutoff, zone=zone, reporting_lag_days=reporting_lag_days
        ),
        events=during,
        rows=_rows_by_page(assignments),
        position=_positions(assignments, grid),
        places=_places_beside(assignments, valid, grid),
        notes=_notes_by_page(notes),
        classes={
            shift.name: maps.priority_classes(np.asarray(priority.values[i]), grid)
            for i, shift in enumerate(shifts)
        },
        visits=visits,
        head={
            "agency": agency.name,
            "date": wording.day(date),
            "weather": facts.weather_text(weather, date, cutoff=cutoff, country=agency.country),
            "freshness": facts.freshness(
                incidents, cutoff=cutoff, zone=zone, reporting_lag_days=reporting_lag_days
            ),
            "cutoff": wording.moment(cutoff, zone),
            "run_id": run_id,
            "log_head": log_head,
            "provenance": dict(sorted(provenance.items())),
            "crime_types": list(crime_types),
            "recent_days": facts.RECENT_DAYS,
            "near": wording.length(facts.NEAR_M, feet=agency.country.upper() == "US"),
        },
    )


def _rows_by_page(assignments: GeoDataFrame) -> dict[tuple[str, str], list[dict[str, Any]]]:
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    table = assignments.drop(columns="geometry").sort_values("rank", kind="stable")
    for row in table.to_dict("records"):
        rows.setdefault((str(row["shift"]), str(row["district_id"])), []).append(row)
    return rows


def _notes_by_page(notes: Sequence[dict[str, Any]]) -> dict[tuple[str, str], list[str]]:
    said: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        page = (str(note["shift"]), str(note["district_id"]))
        said.setdefault(page, []).append(str(note["words"]))
    return said


def _district_names(areas: GeoDataFrame) -> dict[str, str]:
    given = areas["name"] if "name" in areas else areas["district_id"]
    return {
        key: f"District {key}" if str(name).strip() in {"", key, "nan", "None"} else str(name)
        for key, name in zip(areas["district_id"], given, strict=True)
    }


def _district_areas(districts: GeoDataFrame, grid: Grid) -> GeoDataFrame:
    """Return the polygons in the grid's CRS, one row per district."""
    areas = districts.to_crs(grid.crs).assign(district_id=districts["district_id"].astype(str))
    if areas["district_id"].duplicated().any():
        areas = areas.dissolve("district_id", sort=True).reset_index()
    return areas


def _places_beside(
    assignments: GeoDataFrame, places: GeoDataFrame | None, grid: Grid
) -> dict[str, list[tuple[str, int]]]:
    """Return the places in each box or beside it by category, the most frequent first."""
    named = None if places is None else places[~places["category"].isin(STREETS)]
    counts = categories_beside(assignments.geometry.array, named, grid)
    ids = assignments["assignment_id"].astype(str)
    return {
        key: list(of_box.items())[:_MOST_PLACES] for key, of_box in zip(ids, counts, strict=True)
    }


def _positions(assignments: GeoDataFrame, grid: Grid) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of the boxes' centres."""
    if assignments.empty:
        return {}
    to_degrees = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    longitude, latitude = to_degrees.transform(
        assignments["easting"].to_numpy(), assignments["northing"].to_numpy()
    )
    ids = assignments["assignment_id"].astype(str)
    return {
        key: (float(lon), float(lat))
        for key, lon, lat in zip(ids, longitude, latitude, strict=True)
    }
