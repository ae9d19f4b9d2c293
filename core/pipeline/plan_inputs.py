"""What a plan is made from beside the forecast: the past, and what is around."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.planning.metering.past import MONTH_DAYS, PastBox, PastUse
from evenbeat.core.store.database import (
    AreasKnown,
    AssignmentRecord,
    areas_on,
    current_assignments,
    events_of_all,
    plans_between,
)

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from sqlalchemy import Connection

    from evenbeat.core.grid import Grid
    from evenbeat.core.planning import Surroundings
    from evenbeat.core.planning.patrol.streets import StreetNetwork
    from evenbeat.core.store.workspace import Workspace

_TOUCH = 0.01
# An expired box was on the briefing and nobody refused it, so it may well have been patrolled.
COUNTED_STATES = ("proposed", "approved", "expired")


@dataclass(frozen=True, slots=True)
class AsOf:
    """A moment in the log: for making a plan again, what came later is left out.

    Parameters
    ----------
    entry
        Number of the log entry that recorded the plan.
    plan_ids
        Plans that were recorded before it.
    areas
        Areas that people had drawn and lifted before it.
    """

    entry: int
    plan_ids: frozenset[str]
    areas: AreasKnown


@dataclass(frozen=True)
class Known:
    """What a plan is made from beside the forecast, read at one moment."""

    past: PastUse
    around: Surroundings


def known_of(
    workspace: Workspace, connection: Connection, date: dt.date, *, as_of: AsOf | None = None
) -> Known:
    """Read what a plan of a date is made from.

    Parameters
    ----------
    as_of
        Leave out of the database what came after this moment.
    """
    grid = workspace.grid()
    return Known(
        past_use(workspace, connection, grid, date, as_of=as_of),
        surroundings(workspace, connection, grid, date, as_of=as_of),
    )


def past_use(
    workspace: Workspace,
    connection: Connection,
    grid: Grid,
    date: dt.date,
    *,
    as_of: AsOf | None = None,
) -> PastUse:
    """Return what every cell was given on the 27 days before and after a date.

    Later days count too: a past day that is planned again must not break the cap of a window
    that holds them both. On days whose dosage was measured, minutes delivered stand in place of
    minutes planned.
    """
    reach = dt.timedelta(days=MONTH_DAYS - 1)
    if as_of is None:
        found = [
            box.assignment
            for box in current_assignments(
                connection, first=date - reach, last=date + reach, states=COUNTED_STATES,
                superseded=False,
            )
        ]  # fmt: skip
    else:
        found = _as_they_were(connection, date - reach, date + reach, as_of)
    boxes = [
        PastBox(
            box.service_date, box.cells, box.minutes,
            dt.datetime.fromisoformat(box.shift_end).timestamp(),
            dt.datetime.fromisoformat(box.shift_start).timestamp(),
        )
        for box in found
        if box.service_date != date
    ]  # fmt: skip
    return PastUse.of(
        grid, date, boxes, dosage=workspace.delivered(date - reach, date + reach),
        counts_minutes=workspace.settings.plan.dose_counts_minutes,
    )  # fmt: skip


def _as_they_were(
    connection: Connection, first: dt.date, last: dt.date, as_of: AsOf
) -> list[AssignmentRecord]:
    """Return the boxes that counted at a moment, by the events that the log had then."""
    plans = [p for p in plans_between(connection, first, last) if p.plan_id in as_of.plan_ids]
    newest = {plan.plan_id for plan in plans} - {plan.supersedes for plan in plans}
    boxes = [
        box.assignment
        for box in current_assignments(connection, first=first, last=last)
        if box.assignment.plan_id in newest
    ]
    state: dict[str, str] = {}
    for event in events_of_all(connection, [box.assignment_id for box in boxes]):
        if event.audit_entry < as_of.entry:
            state[event.assignment_id] = event.state_after
    return [
        box for box in boxes
        if state.get(box.assignment_id, _first_state(box)) in COUNTED_STATES
    ]  # fmt: skip


def _first_state(box: AssignmentRecord) -> str:
    """Return the state before any event; what a reviewer made is there only from its event on."""
    return "absent" if box.chosen_by == "reviewer" else "proposed"


def surroundings(
    workspace: Workspace,
    connection: Connection,
    grid: Grid,
    date: dt.date,
    *,
    as_of: AsOf | None = None,
) -> Surroundings:
    """Return the city around a plan: places, neighbourhoods, streets, areas that people drew."""
    from evenbeat.core.planning import Surroundings

    excluded: dict[str, list[int]] = {}
    custom: dict[str, list[tuple[int, ...]]] = {}
    for area in areas_on(connection, date, known=None if as_of is None else as_of.areas):
        for shift in area.shifts or workspace.calendar.names:
            if area.kind == "exclude":
                excluded.setdefault(shift, []).extend(touched_cells(grid, area.geometry))
            else:
                boxes = _by_district(grid, covered_cells(grid, area.geometry))
                custom.setdefault(shift, []).extend(boxes)
    streets = workspace.read_optional("streets")
    network = None if streets is None or streets.empty else _network(workspace, streets, grid)
    return Surroundings(
        places=workspace.read_optional("places"),
        neighbourhoods=workspace.read_optional("neighbourhoods"),
        districts=_district_polygons(workspace),
        blocks=None if network is None else network.blocks(workspace.jurisdiction()),
        travel=network, excluded=excluded, custom=custom,
    )  # fmt: skip


def covered_cells(grid: Grid, polygon: Any) -> list[int]:
    """Return the flat cells whose centres a polygon covers; the nearest one where it has none."""
    import shapely

    row, column = np.divmod(grid.inside_index, grid.shape[1])
    easting, northing = grid.eastings[column], grid.northings[row]
    shapely.prepare(polygon)
    inside = shapely.intersects_xy(polygon, easting, northing)
    if inside.any():
        return [int(cell) for cell in grid.inside_index[inside]]
    point = polygon.representative_point()
    nearest = int(np.argmin(np.hypot(easting - point.x, northing - point.y)))
    return [int(grid.inside_index[nearest])]


def touched_cells(grid: Grid, polygon: Any) -> list[int]:
    """Return the flat cells of which a polygon takes more than 1 % of the area.

    Ground that is kept out of plans is kept out wherever a box would reach into it.
    """
    import shapely

    row, column = np.divmod(grid.inside_index, grid.shape[1])
    half = grid.cell_size / 2
    easting, northing = grid.eastings[column], grid.northings[row]
    squares = shapely.box(easting - half, northing - half, easting + half, northing + half)
    shapely.prepare(polygon)
    near = np.flatnonzero(shapely.intersects(polygon, squares))
    taken = shapely.area(shapely.intersection(np.asarray(squares)[near], polygon))
    return [int(cell) for cell in grid.inside_index[near[taken > _TOUCH * grid.cell_size**2]]]


def _by_district(grid: Grid, cells: list[int]) -> list[tuple[int, ...]]:
    """Return a custom box as one box per district that it reaches into."""
    home = grid.district.reshape(-1)
    return [
        tuple(cell for cell in cells if home[cell] == district)
        for district in sorted({int(home[cell]) for cell in cells})
    ]


def _network(workspace: Workspace, streets: GeoDataFrame, grid: Grid) -> StreetNetwork:
    from evenbeat.core.planning.patrol.streets import StreetNetwork

    return StreetNetwork.from_streets(streets, grid, speed_kmh=workspace.settings.plan.speed_kmh)


def _district_polygons(workspace: Workspace) -> dict[str, Any]:
    """Return the district polygons within the jurisdiction, as the grid was cut from them."""
    districts = workspace.districts()
    shapes = districts.geometry
    if workspace.table("boundary").exists:
        shapes = shapes.intersection(workspace.jurisdiction())
    return {
        str(name): shape
        for name, shape in zip(districts["district_id"], shapes, strict=True)
        if not shape.is_empty
    }
