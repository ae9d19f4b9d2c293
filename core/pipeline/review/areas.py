"""Areas that people draw: kept out of plans, or given a box of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from evenbeat.core.errors import ReviewError
from evenbeat.core.grid import Grid
from evenbeat.core.pipeline.review.caps import cells_of_area
from evenbeat.core.pipeline.review.change import Change, changing
from evenbeat.core.pipeline.review.grid import review_grid
from evenbeat.core.pipeline.review.past import unsuperseded
from evenbeat.core.planning.boxes.rows import cell_squares
from evenbeat.core.planning.review import STANDING
from evenbeat.core.store.database import (
    AreaLift,
    AreaRecord,
    AssignmentRecord,
    areas_on,
    current_assignments,
)
from evenbeat.core.store.database.rows import rows_of
from evenbeat.core.store.database.schema import AREA, AREA_LIFT, ASSIGNMENT_NOW

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon
    from sqlalchemy import Connection

    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.database.records import AreaKind


@dataclass(frozen=True)
class AreaChange:
    """What was done to an area.

    Parameters
    ----------
    area_id, kind, cells
        The area and how many cells it covers.
    expires_on
        Its last day.
    rejected
        Boxes that stood there and were rejected with it.
    audit_entry, notes
        Number of the log entry, and what else the person should know.
    """

    area_id: str
    kind: str
    cells: int
    expires_on: dt.date | None
    rejected: tuple[str, ...]
    audit_entry: int
    notes: tuple[str, ...] = ()


def draw_area(
    context: Context,
    kind: AreaKind,
    geometry: MultiPolygon | Polygon,
    *,
    first: dt.date,
    days: int,
    reason: str,
    shifts: Sequence[str] = (),
) -> AreaChange:
    """Keep an area out of plans, or give it a box in each coming one.

    Boxes that stand in an excluded area from the first day on are rejected with it.

    Parameters
    ----------
    kind
        ``exclude`` or ``custom``.
    geometry
        In the grid's CRS.
    first, days
        The first day, and how many days the area counts from then on.
    shifts
        Only these; all by default.

    Raises
    ------
    ReviewError
        The area is outside the jurisdiction, a number or a shift is impossible, there is no
        reason, or who acts may not.
    """
    grid, names = review_grid(context.workspace).grid, context.workspace.calendar.names
    strange = sorted(set(shifts) - set(names))
    if days < 1 or strange:
        raise ReviewError(
            f"An area counts at least 1 day, on shifts of {', '.join(names)}; got {days} days"
            f"{f' and {strange}' if strange else ''}."
        )
    _require_inside(grid, geometry)
    with changing(context, "suppress", reason=reason) as change:
        area = _area(change, kind, geometry, first + dt.timedelta(days=days - 1), shifts)
        change.areas.append(area)
        if kind == "exclude":
            reject_standing_in(change, grid, area, first=first)
    return _told(change, grid, area)


def lift(context: Context, area_id: str, *, reason: str) -> AreaChange:
    """End an area before it expires; boxes that were rejected with it stay rejected.

    Raises
    ------
    ReviewError
        There is no such area, it was lifted before, there is no reason, or who acts may not.
    """
    grid = review_grid(context.workspace).grid
    with changing(context, "undo", reason=reason) as change:
        area = lift_in(change, area_id)
        if area is None:
            raise ReviewError(
                f"There is no area {area_id!r} that still counts. List them with: "
                "evenbeat review areas"
            )
    return _told(change, grid, area)


def lift_in(change: Change, area_id: str) -> AreaRecord | None:
    """End an area with a change; None where there is none that was not lifted yet."""
    found = rows_of(
        change.connection, AreaRecord,
        sa.select(AREA).where(
            AREA.c.area_id == area_id, AREA.c.area_id.not_in(sa.select(AREA_LIFT.c.area_id))
        ),
    )  # fmt: skip
    if not found:
        return None
    change.lifts.append(AreaLift(
        area_id=area_id, actor=change.reviewer.actor, reason=str(change.reason), at=change.at
    ))  # fmt: skip
    return found[0]


def areas_that_count(context: Context, date: dt.date) -> list[AreaRecord]:
    """Return the areas that count on a day, the oldest first."""
    with context.workspace.database.reading() as connection:
        return areas_on(connection, date)


def area_of_box(
    change: Change, grid: Grid, box: AssignmentRecord, expires_on: dt.date
) -> AreaRecord:
    """Return the area that keeps a box's place out of plans.

    An outline that was snapped to blocks may miss the centre of a cell; the cell's square is added
    then, so that the cell itself is out.
    """
    import shapely

    area = _area(change, "exclude", box.geometry, expires_on, ())
    covered, width = cells_of_area(grid, area), grid.shape[1]
    missed = [cell for cell in box.cells if cell[0] * width + cell[1] not in covered]
    if not missed:
        return area
    whole = shapely.union_all([box.geometry, *(grid.box(row, column) for row, column in missed)])
    return _area(change, "exclude", whole, expires_on, ())


def reject_standing_in(
    change: Change, grid: Grid, area: AreaRecord, *, first: dt.date, main: str | None = None
) -> None:
    """Add to a change the rejection of every box that stands in an excluded area.

    Parameters
    ----------
    first
        The first day that is meant; the area's last day ends it.
    main
        The box whose suppression made the area; it is not rejected again.
    """
    names = _standing_in(change.connection, grid, area, first)
    for box in current_assignments(change.connection, ids=names):
        if box.assignment.assignment_id != main:
            detail = {"area": area.area_id, **({"with": main} if main else {})}
            change.events.append(change.event(box, "rejected", detail=detail))


def _standing_in(connection: Connection, grid: Grid, area: AreaRecord, first: dt.date) -> list[str]:
    """Return the boxes that stand with a cell in an area on its shifts, from a day on."""
    seat, covered, width = ASSIGNMENT_NOW.c, cells_of_area(grid, area), grid.shape[1]
    query = sa.select(seat.assignment_id, seat.shift, seat.cells).where(
        seat.service_date >= first, seat.service_date <= area.expires_on,
        seat.state.in_(STANDING), unsuperseded(),
    )  # fmt: skip
    return [
        name
        for name, shift, cells in connection.execute(query)
        if (not area.shifts or shift in area.shifts)
        and any(row * width + column in covered for row, column in cells)
    ]


def _area(
    change: Change, kind: AreaKind, geometry: Any, expires_on: dt.date, shifts: Sequence[str]
) -> AreaRecord:
    count = change.connection.execute(sa.select(sa.func.count()).select_from(AREA)).scalar_one()
    return AreaRecord(
        area_id=f"area-{count + 1}", kind=kind, geometry=geometry, district_id=None,
        shifts=tuple(shifts), reason=str(change.reason), author=change.reviewer.actor,
        created_at=change.at, expires_on=expires_on,
    )  # fmt: skip


def _require_inside(grid: Grid, geometry: MultiPolygon | Polygon) -> None:
    import shapely

    row, column = np.divmod(grid.inside_index, grid.shape[1])
    west, south, east, north = geometry.bounds
    near = (
        (np.abs(grid.eastings[column] - (west + east) / 2) <= (east - west + grid.cell_size) / 2)
        & (np.abs(grid.northings[row] - (south + north) / 2)
           <= (north - south + grid.cell_size) / 2)
    )  # fmt: skip
    if not shapely.intersects(cell_squares(grid, grid.inside_index[near]), geometry).any():
        raise ReviewError(
            f"The area lies outside the jurisdiction: it reaches from {west:.0f}, {south:.0f} to "
            f"{east:.0f}, {north:.0f}, the grid from {grid.bounds[0]:.0f}, {grid.bounds[1]:.0f} "
            f"to {grid.bounds[2]:.0f}, {grid.bounds[3]:.0f} in {grid.crs}. Check its coordinates."
        )


def _told(change: Change, grid: Grid, area: AreaRecord) -> AreaChange:
    return AreaChange(
        area_id=area.area_id, kind=area.kind, cells=len(cells_of_area(grid, area)),
        expires_on=area.expires_on,
        rejected=tuple(event.assignment_id for event in change.events),
        audit_entry=change.audit_entry, notes=tuple(change.reviewer.notes),
    )  # fmt: skip
