"""Visits of a box that a reviewer moved: the same unit and times, at the new place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evenbeat.core.pipeline.review.caps import claims_on, times_of
from evenbeat.core.planning.metering.claims import hours_between
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


_EPSILON = 1e-6


def carried_visits(
    connection: Connection, old: AssignmentRecord, new: AssignmentRecord, grid: Grid,
    workspace: Workspace,
) -> tuple[list[VisitRecord], int]:  # fmt: skip
    """Return the visits of a box for the one that takes its place, and how many were dropped.

    They keep unit, order and times, so the rest of the unit's tour stands; the way there is told
    anew, along the straight line. Where the unit changes there are none: its tour was another.
    Those that would not keep the gap to a visit of another box on the same cells are dropped.
    """
    planned = visits_of(connection, [old.assignment_id])
    if not planned or new.unit != old.unit:
        return [], 0
    mine = _rested(connection, planned, old, new, workspace.settings.plan.caps.visit_gap_hours)
    dropped = len(planned) - len(mine)
    if (new.row, new.column) == (old.row, old.column):
        return [replace(visit, assignment_id=new.assignment_id) for visit in mine], dropped
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
    return carried, dropped


def _rested(
    connection: Connection, visits: list[VisitRecord], old: AssignmentRecord,
    new: AssignmentRecord, gap_hours: float,
) -> list[VisitRecord]:  # fmt: skip
    """Return the visits that keep the gap to those of other boxes on the new cells."""
    others = [
        claim.box_id for claim in claims_on(connection, old.service_date)
        if claim.box_id != old.assignment_id and not set(new.cells).isdisjoint(claim.cells)
    ]  # fmt: skip
    there = times_of(visits_of(connection, others))
    return [
        visit for visit in visits
        if hours_between(times_of([visit]), there) >= gap_hours - _EPSILON
    ]  # fmt: skip
