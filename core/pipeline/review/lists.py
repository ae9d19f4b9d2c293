"""What there is to review, and everything about one assignment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from evenbeat.core.errors import ReviewError
from evenbeat.core.pipeline.review.found import find_box
from evenbeat.core.pipeline.review.roles import Reviewer, reviewer_of
from evenbeat.core.pipeline.review.terms import is_over
from evenbeat.core.pipeline.review.undo import can_undo
from evenbeat.core.planning.review import STATES, allowed_actions, may_decide, require_text
from evenbeat.core.store.database import (
    CurrentAssignment,
    PlanRecord,
    ReviewEvent,
    VisitRecord,
    current_assignments,
    events_of,
    plan_of,
    visits_of,
)
from evenbeat.core.store.database.schema import ASSIGNMENT_NOW, PLAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from evenbeat.core.pipeline.context import Context


@dataclass(frozen=True)
class Listing:
    """The boxes of a day that were asked for.

    Parameters
    ----------
    date
        The day.
    boxes
        By district, shift and rank; of the plan that counts.
    to_review
        Boxes of the day that are still proposed, all districts and shifts.
    """

    date: dt.date
    boxes: tuple[CurrentAssignment, ...]
    to_review: int


@dataclass(frozen=True)
class Whole:
    """One assignment with its history, and what may be done next.

    Parameters
    ----------
    box, events, visits
        The assignment as it stands, what was done to it, and its planned visits.
    replaced_by
        The assignment that stands in its place, if any.
    allowed
        What the person who asks may do to it now.
    reviewer
        Who that is.
    """

    box: CurrentAssignment
    events: tuple[ReviewEvent, ...]
    visits: tuple[VisitRecord, ...]
    replaced_by: str | None
    allowed: tuple[str, ...]
    reviewer: Reviewer


def day_to_review(context: Context, date: dt.date | None = None) -> dt.date:
    """Return the day given; else today where it has a plan, else the newest day that has one."""
    if date is not None:
        return date
    today = context.now().astimezone(context.workspace.calendar.zone).date()
    with context.workspace.database.reading() as connection:
        if plan_of(connection, today) is not None:
            return today
        newest = connection.execute(sa.select(sa.func.max(PLAN.c.service_date))).scalar()
    return today if newest is None else newest


def list_boxes(
    context: Context,
    date: dt.date,
    *,
    district_id: str | None = None,
    shift: str | None = None,
    states: Sequence[str] | None = None,
) -> Listing:
    """Return the boxes of a day, of one district, shift or some states if given.

    Raises
    ------
    ReviewError
        There is no such state.
    """
    strange = sorted(set(states or ()) - set(STATES))
    if strange:
        raise ReviewError(f"There is no state {strange[0]!r}; there are {', '.join(STATES)}.")
    for text in (district_id, shift):
        require_text("The district's or shift's name", text or "")
    with context.workspace.database.reading() as connection:
        boxes = current_assignments(
            connection, first=date, last=date, shift=shift, district_id=district_id, states=states,
            superseded=False,
        )  # fmt: skip
        return Listing(date, tuple(boxes), to_review(connection, date))


def to_review(connection: Connection, date: dt.date) -> int:
    """Return how many boxes of a day are still proposed."""
    seat = ASSIGNMENT_NOW.c
    query = sa.select(sa.func.count()).where(seat.service_date == date, seat.state == "proposed")
    return int(connection.execute(query).scalar_one())


def count_to_review(context: Context, date: dt.date) -> int:
    """Return how many boxes of a day are still proposed."""
    with context.workspace.database.reading() as connection:
        return to_review(connection, date)


def show_box(context: Context, assignment_id: str) -> Whole:
    """Return one assignment with its history, visits, and what may be done next.

    Raises
    ------
    ReviewError
        There is none of that id.
    """
    with context.workspace.database.reading() as connection:
        box = find_box(connection, assignment_id)
        events = events_of(connection, assignment_id)
        plan, reviewer = plan_of(connection, box.assignment.service_date), (
            reviewer_of(context, connection)
        )  # fmt: skip
        visits = visits_of(connection, [assignment_id])
    allowed = _allowed(context, box, events, plan, reviewer)
    replaced = [event.detail["replaced_by"] for event in events if "replaced_by" in event.detail]
    return Whole(
        box, tuple(events), tuple(visits),
        replaced[-1] if replaced and box.state == "replaced" else None,
        allowed if may_decide(reviewer.role) else (), reviewer,
    )  # fmt: skip


def _allowed(
    context: Context, box: CurrentAssignment, events: list[ReviewEvent], plan: PlanRecord | None,
    reviewer: Reviewer,
) -> tuple[str, ...]:  # fmt: skip
    """Return what may be done to a box: by its state, the plan that counts, and the clock."""
    if plan is None or plan.plan_id != box.assignment.plan_id:
        return ("note",)
    at = context.now()
    late = is_over(box.assignment, plan, at)
    undoable = can_undo(context.workspace, box, events, plan, reviewer, at)
    return tuple(
        action for action in allowed_actions(box.state)
        if action == "note" or (undoable if action == "undo" else not late)
    )  # fmt: skip


def versions_of(context: Context, ids: Sequence[str]) -> dict[str, int]:
    """Return the present version of each assignment that there is."""
    ids = [require_text("The assignment's name", name) for name in ids]
    seat = ASSIGNMENT_NOW.c
    query = sa.select(seat.assignment_id, seat.version).where(seat.assignment_id.in_(list(ids)))
    with context.workspace.database.reading() as connection:
        return {str(name): int(version) for name, version in connection.execute(query)}


def next_step(context: Context, date: dt.date) -> str:
    """Return the command that brings a day without boxes further."""
    with context.workspace.database.reading() as connection:
        planned = plan_of(connection, date) is not None
    root = context.workspace.root
    if planned:
        return f"evenbeat review list -w {root} --date {date}"
    if context.workspace.current_run(date) is None:
        return f"evenbeat daily -w {root} --date {date}"
    return f"evenbeat plan -w {root} --date {date}"
