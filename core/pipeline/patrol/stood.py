"""The plan that stood on a day: what was on the briefing, whatever was drawn or decided later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evenbeat.core.store.database import (
    AssignmentRecord,
    PlanRecord,
    current_assignments,
    events_of_all,
    plans_between,
)
from evenbeat.core.store.database.records import PROPOSED

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from evenbeat.core.grid import Grid
    from evenbeat.core.store.workspace import Workspace

ON_THE_BRIEFING = ("proposed", "approved")
_BY_REVIEWER = "reviewer"


@dataclass(frozen=True)
class StoodPlan:
    """The plan of a day that counts for what became of it.

    Parameters
    ----------
    plan
        The newest one that was drawn before the day ended; where none was, the first one.
    after_the_fact
        Whether it was drawn only after the day, as in training or on data of other years.
    drawn_later
        Plans of the day that were drawn after it, and do not count.
    """

    plan: PlanRecord
    after_the_fact: bool
    drawn_later: int


@dataclass(frozen=True)
class StoodBox:
    """A box with its state at the end of its shift."""

    assignment: AssignmentRecord
    state: str


def plan_that_stood(plans: Sequence[PlanRecord], day_end: dt.datetime) -> StoodPlan | None:
    """Return the plan of a day that counts, or None without any.

    Parameters
    ----------
    plans
        Of that day, in the order in which they were drawn.
    day_end
        End of its last shift.
    """
    if not plans:
        return None
    in_time = [plan for plan in plans if plan.issued_at < day_end]
    if in_time:
        return StoodPlan(in_time[-1], after_the_fact=False, drawn_later=len(plans) - len(in_time))
    return StoodPlan(plans[0], after_the_fact=True, drawn_later=len(plans) - 1)


def stood_plans(
    workspace: Workspace, connection: Connection, first: dt.date, last: dt.date
) -> list[StoodPlan]:
    """Return the plans that stood on some days, by day."""
    by_day: dict[dt.date, list[PlanRecord]] = {}
    for plan in plans_between(connection, first, last):
        by_day.setdefault(plan.service_date, []).append(plan)
    found = []
    for date, plans in sorted(by_day.items()):
        stood = plan_that_stood(plans, workspace.calendar.shifts_on(date)[-1].end)
        if stood is not None:
            found.append(stood)
    return found


def boxes_that_stood(
    workspace: Workspace, connection: Connection, date: dt.date
) -> tuple[StoodPlan | None, list[StoodBox]]:
    """Return the plan that stood on a day with the boxes that were on the briefing in the end.

    What people decided after a shift does not change what its crew had in hand. Where a plan was
    drawn only after the day, all that was decided about it before another one counts.
    """
    plans = plans_between(connection, date, date)
    stood = plan_that_stood(plans, workspace.calendar.shifts_on(date)[-1].end)
    if stood is None:
        return None, []
    every = current_assignments(connection, plan_id=stood.plan.plan_id)
    boxes = [one.assignment for one in every]
    later = [plan.issued_at for plan in plans if plan.supersedes == stood.plan.plan_id]
    state = {
        box.assignment_id: "absent" if box.chosen_by == _BY_REVIEWER else PROPOSED for box in boxes
    }
    limit = {box.assignment_id: _limit(box, stood, later) for box in boxes}
    for event in events_of_all(connection, list(state)):
        until = limit[event.assignment_id]
        if until is None or event.at < until:
            state[event.assignment_id] = event.state_after
    return stood, [
        StoodBox(box, state[box.assignment_id])
        for box in sorted(boxes, key=lambda one: one.assignment_id)
        if state[box.assignment_id] in (*ON_THE_BRIEFING, "expired")
    ]


def _limit(
    box: AssignmentRecord, stood: StoodPlan, later: Sequence[dt.datetime]
) -> dt.datetime | None:
    """Return until when decisions about a box count; None for always."""
    if not stood.after_the_fact:
        return dt.datetime.fromisoformat(box.shift_end)
    return min(later) if later else None


def fits_grid(boxes: Sequence[AssignmentRecord], grid: Grid) -> bool:
    """Return whether the rows and columns of boxes are those of a grid.

    A study's cells may be cut anew; rows and columns of plans before that mean other places.
    """
    height, width = grid.shape
    return all(
        0 <= box.row < height and 0 <= box.column < width
        and box.geometry.intersects(grid.box(box.row, box.column).buffer(-grid.cell_size / 20))
        for box in boxes
    )  # fmt: skip
