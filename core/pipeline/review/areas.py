"""Areas that people draw: kept out of plans, or given a box of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from evenbeat.core.errors import ReviewError
from evenbeat.core.grid import Grid
from evenbeat.core.pipeline.review.caps import cells_of_area
from evenbeat.core.pipeline.review.change import Change, changing
from evenbeat.core.pipeline.review.grid import review_grid
from evenbeat.core.pipeline.review.ground import require_boxes, require_inside
from evenbeat.core.pipeline.review.terms import last_day, require_days
from evenbeat.core.planning.review import STANDING, last_decision, require_text
from evenbeat.core.store.database import (
    AreaLift,
    AreaRecord,
    AssignmentRecord,
    CurrentAssignment,
    areas_on,
    current_assignments,
    events_of,
)
from evenbeat.core.store.database.rows import rows_of
from evenbeat.core.store.database.schema import AREA, AREA_LIFT

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon
    from sqlalchemy import Connection

    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.database.records import AreaKind


# Of a box's outline; less is the drawing's inaccuracy.
_TAKEN = 0.01


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
    if strange:
        raise ReviewError(
            f"An area counts on shifts of {', '.join(names)}; got {', '.join(map(repr, strange))}."
        )
    expires_on = last_day(first, require_days(days) - 1)
    require_inside(grid, geometry)
    with changing(context, kind, reason=reason) as change:
        area = _area(change, kind, geometry, expires_on, shifts)
        cells = cells_of_area(grid, area)
        if kind == "custom":
            require_boxes(grid, cells)
        elif not cells:
            raise ReviewError(
                "The area takes less than 1 % of every cell that it touches, so no plan would "
                f"leave anything out for it. Draw it larger; a cell is {grid.cell_size:g} wide."
            )
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
    with changing(context, "lift", reason=reason) as change:
        area = lift_in(change, area_id)
        if area is None:
            raise ReviewError(
                f"There is no area {area_id!r} that still counts. List them with: "
                "evenbeat review areas"
            )
    return _told(change, grid, area)


def lift_in(change: Change, area_id: str) -> AreaRecord | None:
    """End an area with a change; None where there is none that was not lifted yet."""
    require_text("The area's name", area_id)
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
    for box in _standing_in(change.connection, grid, area, first):
        if box.assignment.assignment_id != main:
            note_approval(change, box)
            change.plan_for(box.assignment.service_date)
            detail = {"area": area.area_id, **({"with": main} if main else {})}
            change.events.append(change.event(box, "rejected", detail=detail))


def note_approval(change: Change, box: CurrentAssignment) -> None:
    """Tell whose approval a change takes back, where it was another person's."""
    if box.state != "approved":
        return
    name = box.assignment.assignment_id
    events = events_of(change.connection, name)
    version = last_decision([
        (event.version, event.action, event.detail.get("undone", ())) for event in events
    ])  # fmt: skip
    for event in events:
        if event.version == version and event.actor != change.reviewer.actor:
            change.notes.append(
                f"{name} had been approved by {event.actor} ({event.role}); this takes it back."
            )


def _standing_in(
    connection: Connection, grid: Grid, area: AreaRecord, first: dt.date
) -> list[CurrentAssignment]:
    """Return the boxes that stand in an area on its shifts, from a day on.

    A box stands there when the area takes more than 1 % of its outline, or one of its cells, which
    no plan could choose then.
    """
    import shapely

    covered, width = cells_of_area(grid, area), grid.shape[1]
    boxes = [
        box for box in current_assignments(
            connection, first=first, last=area.expires_on, states=STANDING, superseded=False
        )
        if not area.shifts or box.assignment.shift in area.shifts
    ]  # fmt: skip
    outlines = [box.assignment.geometry for box in boxes]
    taken = shapely.area(shapely.intersection(outlines, area.geometry))
    inside = taken > _TAKEN * shapely.area(outlines)
    return [
        box for box, is_in in zip(boxes, inside, strict=True)
        if is_in or any(row * width + column in covered for row, column in box.assignment.cells)
    ]  # fmt: skip


def _area(
    change: Change, kind: AreaKind, geometry: Any, expires_on: dt.date, shifts: Sequence[str]
) -> AreaRecord:
    count = change.connection.execute(sa.select(sa.func.count()).select_from(AREA)).scalar_one()
    return AreaRecord(
        area_id=f"area-{count + 1}", kind=kind, geometry=geometry, district_id=None,
        shifts=tuple(shifts), reason=str(change.reason), author=change.reviewer.actor,
        created_at=change.at, expires_on=expires_on,
    )  # fmt: skip


def _told(change: Change, grid: Grid, area: AreaRecord) -> AreaChange:
    return AreaChange(
        area_id=area.area_id, kind=area.kind, cells=len(cells_of_area(grid, area)),
        expires_on=area.expires_on,
        rejected=tuple(event.assignment_id for event in change.events),
        audit_entry=change.audit_entry, notes=(*change.reviewer.notes, *change.notes),
    )  # fmt: skip
