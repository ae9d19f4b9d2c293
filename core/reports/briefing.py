"""The briefing: one self-contained page per district and shift, and an index with a map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.config import AgencySettings
from evenbeat.core.errors import CubeError
from evenbeat.core.grid import Grid
from evenbeat.core.progress import Progress, silent
from evenbeat.core.reports.briefing_edition import Edition, edition_of
from evenbeat.core.reports.briefing_maps import DistrictMap
from evenbeat.core.reports.briefing_pages import index_facts, natural_order, page_facts, page_names
from evenbeat.core.reports.briefing_tours import VisitTimes
from evenbeat.core.reports.page import render_page
from evenbeat.core.shifts import ShiftCalendar

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from geopandas import GeoDataFrame


def write_briefings(
    folder: Path,
    *,
    assignments: GeoDataFrame,
    risk: xr.Dataset,
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
    notes: Sequence[dict[str, Any]] = (),
    reporting_lag_days: int = 0,
    visits: VisitTimes | None = None,
    log_head: str = "",
    progress: Progress = silent,
) -> list[Path]:
    """Write the pages that officers and supervisors read before a shift.

    Nothing in a page is fetched from elsewhere, and equal input gives equal bytes.

    Parameters
    ----------
    folder
        Where to write; it is made when missing.
    assignments
        The day's boxes, as `plan_day` returns them.
    risk
        The day's risk cube; its crime types are named on the index.
    priority
        ``(shift, y, x)``, drawn on the maps.
    grid, calendar, date
        Where and when.
    incidents
        The store's incidents; only those known at the cut-off and of the last 14 days are used.
    places, events, weather
        Further layers, or None.
    districts
        Polygons with ``district_id`` and, if known, ``name``.
    agency
        The name, time zone and country.
    run_id, provenance
        Printed on every page. ``provenance["data_cutoff"]`` says up to when incidents count; by
        default the start of the first shift.
    notes
        ``plan_notes`` of the plan: which rules left fewer boxes than asked.
    reporting_lag_days
        Days until an incident without a report time counts as known.
    visits
        Assignment id -> (unit, start) of each planned visit, in any order.
    log_head
        Number and hash of the audit log's newest entry, printed so that a page anchors the log.
    progress
        Told after each district.

    Returns
    -------
    The paths: ``index.html``, then the pages by district and shift.

    Raises
    ------
    CubeError
        The priority does not have one layer per shift on the grid.
    """
    shifts = calendar.shifts_on(date)
    if priority.shape != (len(shifts), *grid.shape):
        raise CubeError(
            f"The priority needs shape {(len(shifts), *grid.shape)}, got {priority.shape}."
        )
    folder.mkdir(parents=True, exist_ok=True)
    edition = edition_of(
        assignments=assignments, crime_types=[str(name) for name in risk["crime_type"].values],
        priority=priority, grid=grid, calendar=calendar, date=date, incidents=incidents,
        places=places, events=events, weather=weather, districts=districts, agency=agency,
        run_id=run_id, provenance=provenance, notes=notes, reporting_lag_days=reporting_lag_days,
        visits=visits or {}, log_head=log_head,
    )  # fmt: skip
    pages, ids = page_names(edition), edition.surroundings.ids
    order = sorted(range(len(ids)), key=lambda index: natural_order(ids[index]))
    paths = [folder / "index.html"]
    for done, index in enumerate(order):
        paths.extend(_write_district(folder, edition, index, pages))
        progress("writing the briefing", (done + 1) / (len(order) + 1))
    _write(paths[0], "briefing_index.html", index_facts(edition, pages, order))
    progress("writing the briefing", 1.0)
    return paths


def _write_district(
    folder: Path, edition: Edition, index: int, pages: dict[tuple[str, str], str]
) -> list[Path]:
    """Write the pages of one district, a page a shift."""
    drawn = DistrictMap(
        index, edition.surroundings, edition.grid, edition.recent, feet=edition.feet
    )
    paths = []
    for shift in edition.shifts:
        path = folder / pages[shift.name, edition.surroundings.ids[index]]
        _write(path, "briefing.html", page_facts(edition, index, shift, drawn, pages))
        paths.append(path)
    return paths


def _write(path: Path, template: str, facts: dict[str, Any]) -> None:
    path.write_bytes(render_page(template, **facts).encode("utf-8"))
