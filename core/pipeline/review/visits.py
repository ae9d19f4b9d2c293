"""Visits of a box that a reviewer moved: the same unit and times, at the new place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evenbeat.core.planning.patrol.travel import StraightLine
from evenbeat.core.planning.review import STANDING
from evenbeat.core.store.database import (
    AssignmentRecord,
    VisitRecord,
    current_assignments,
    visits_of,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from evenbeat.core.grid import Grid
    from evenbeat.core.store.workspace import Workspace


def carried_visits(
    connection: Connection, old: AssignmentRecord, new: AssignmentRecord, grid: Grid,
    workspace: Workspace,
) -> list[VisitRecord]:  # fmt: skip
    """Return the visits of a box for the one that takes its place.

    They keep unit, order and times, so the rest of the unit's tour stands; the way there is told
    anew, along the straight line. Where the unit changes there are none: its tour was another.
    """
    mine = visits_of(connection, [old.assignment_id])
    if not mine or new.unit != old.unit:
        return []
    if (new.row, new.column) == (old.row, old.column):
        return [replace(visit, assignment_id=new.assignment_id) for visit in mine]
    places = {
        box.assignment.assignment_id: (box.assignment.easting, box.assignment.northing)
        for box in current_assignments(
            connection, first=old.service_date, last=old.service_date, shift=old.shift,
            states=STANDING, superseded=False,
        )
        if box.assignment.unit == old.unit
    } | {old.assignment_id: (new.easting, new.northing)}  # fmt: skip
    tour = {visit.position: visit for visit in visits_of(connection, places)}
    travel = StraightLine(grid.metres_per_unit, workspace.settings.plan.speed_kmh)
    carried = []
    for visit in mine:
        before = tour.get(visit.position - 1)
        ends = [places[(before or visit).assignment_id], (new.easting, new.northing)]
        minutes = float(travel.minutes_between(ends)[0, 1])
        carried.append(
            replace(visit, assignment_id=new.assignment_id, travel_minutes=minutes)
        )  # fmt: skip
    return carried
