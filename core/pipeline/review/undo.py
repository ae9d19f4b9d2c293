"""Undo: the last decision about an assignment taken back, with everything that belonged to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from evenbeat.core.errors import ReviewError
from evenbeat.core.pipeline.review.areas import lift_in
from evenbeat.core.pipeline.review.change import Change, changing
from evenbeat.core.pipeline.review.found import Decision, claim_of, find_box, seen_version
from evenbeat.core.pipeline.review.terms import is_over, may_undo_late, require_open
from evenbeat.core.planning.review import (
    BY_SYSTEM,
    STANDING,
    State,
    last_decision,
    may_override,
    require_undoable,
)
from evenbeat.core.store.database import CurrentAssignment, ReviewEvent, areas_on, events_of
from evenbeat.core.store.database.schema import REVIEW_EVENT

if TYPE_CHECKING:
    import datetime as dt

    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.review.roles import Reviewer
    from evenbeat.core.store.database import PlanRecord
    from evenbeat.core.store.workspace import Workspace

_REPLACING = ("move", "resize")


def undo(
    context: Context,
    assignment_id: str,
    *,
    reason: str,
    version: int | None = None,
    override: bool = False,
) -> Decision:
    """Take back the last decision about an assignment that was not taken back yet.

    Of a move or resize, named by the old or the new assignment, the old one gets its state back
    and the new one is rejected. Of a suppression also the area is lifted, and the boxes that were
    rejected with it stand again. Of a box that was rejected with an excluded area only that box
    comes back, and only when the area no longer counts. An added box is rejected.

    Raises
    ------
    ReviewError
        There is no decision, the system made it, another person decided about what it would take
        away, the caps do not allow what it would bring back, there is no reason, or who acts may
        not.
    ConflictError
        Someone changed the assignment since the version that was seen.
    """
    seen = seen_version(context, assignment_id, version)
    with changing(context, "undo", reason=reason, override=override) as change:
        box = change.box(assignment_id, seen)
        decision = _decision_of(change, box)
        if box.assignment.replaces and decision.version == 1:
            # The new box of a move has no state of its own to go back to: the move is undone.
            box = change.box(box.assignment.replaces)
            decision = _decision_of(change, box)
        plan = change.plan_for(box.assignment.service_date, box)
        if not may_undo_late(
            context.workspace, box.assignment, decision, change.reviewer, change.at
        ):
            require_open(box.assignment, plan, change.at)
        if decision.action == "exclude":
            _require_lifted(change, box, str(decision.detail["area"]))
        back: State = "rejected" if decision.action == "add" else decision.state_before
        change.events.append(_undone(change, box, back, [decision]))
        returning, leaving, area_id = [], [], None
        if box.state not in STANDING and back in STANDING:
            returning.append(box)
        if decision.action in _REPLACING:
            leaving = _withdraw(change, str(decision.detail["replaced_by"]))
        if decision.action == "suppress" and "with" not in decision.detail:
            area_id = str(decision.detail["area"])
            lift_in(change, area_id)
            returning += _bring_back(change, decision)
        for date in sorted({one.assignment.service_date for one in returning}):
            change.judged(
                change.plan_for(date), leaving=leaving, without_area=area_id,
                standing=[claim_of(one.assignment) for one in returning
                          if one.assignment.service_date == date],
            )  # fmt: skip
    return change.decision(change.events[0], area_id=area_id)


def can_undo(
    workspace: Workspace, box: CurrentAssignment, events: list[ReviewEvent], plan: PlanRecord,
    reviewer: Reviewer, at: dt.datetime,
) -> bool:  # fmt: skip
    """Return whether there is a decision of a box that the person may take back now."""
    decision = _last(events)
    return (
        decision is not None and decision.action not in BY_SYSTEM
        and (not is_over(box.assignment, plan, at)
             or may_undo_late(workspace, box.assignment, decision, reviewer, at))
    )  # fmt: skip


def _decision_of(change: Change, box: CurrentAssignment) -> ReviewEvent:
    """Return the event that an undo takes back."""
    name = box.assignment.assignment_id
    decision = _last(events_of(change.connection, name))
    require_undoable(name, None if decision is None else decision.action)
    assert decision is not None
    return decision


def _last(events: list[ReviewEvent]) -> ReviewEvent | None:
    version = last_decision([
        (event.version, event.action, event.detail.get("undone", ())) for event in events
    ])  # fmt: skip
    return next((event for event in events if event.version == version), None)


def _undone(
    change: Change, box: CurrentAssignment, back: State, decisions: list[ReviewEvent]
) -> ReviewEvent:
    versions = [decision.version for decision in decisions]
    return change.event(box, back, detail={"undone": versions})


def _withdraw(change: Change, name: str) -> list[str]:
    """Reject the box that stood in for another one, for good; return it.

    Raises
    ------
    ReviewError
        It was moved on itself, or its shift is over.
    """
    box = find_box(change.connection, name)
    if box.state in ("replaced", "expired"):
        raise ReviewError(
            f"{name} took its place and is {box.state}. "
            + ("Undo that first: evenbeat review undo " + name if box.state == "replaced"
               else "Its shift is over, so the move stands.")
        )  # fmt: skip
    _require_mine(change, name)
    # Nothing of it is left to undo: it would otherwise stand beside the one it stood in for.
    change.events.append(
        _undone(change, box, "rejected", events_of(change.connection, name))
    )  # fmt: skip
    return [name]


def _require_mine(change: Change, name: str) -> None:
    """Refuse to take away what another person decided about, unless a supervisor does it.

    Raises
    ------
    ReviewError
        Someone else decided about the box after it was made.
    """
    decision = _last(events_of(change.connection, name))
    if decision is None or decision.version == 1 or decision.actor == change.reviewer.actor:
        return
    done = f"{name} was decided by {decision.actor} ({decision.role}): {decision.action}"
    if not may_override(change.role):
        raise ReviewError(
            f"{done}, now {decision.state_after}. Ask {decision.actor} to undo that first, or a "
            "supervisor to undo the move."
        )
    change.notes.append(f"{done}; this takes it back.")


def _require_lifted(change: Change, box: CurrentAssignment, area_id: str) -> None:
    """Refuse to bring back a box while the area that it was rejected with still counts.

    Raises
    ------
    ReviewError
        The area counts on the box's day.
    """
    date = box.assignment.service_date
    if area_id in {area.area_id for area in areas_on(change.connection, date)}:
        raise ReviewError(
            f"{box.assignment.assignment_id} was rejected with {area_id}, which still counts on "
            f"{date}. Lift it first: evenbeat review lift {area_id} --reason '...'"
        )


def _bring_back(change: Change, suppression: ReviewEvent) -> list[CurrentAssignment]:
    """Give the boxes that were rejected with a suppressed one their state back; return them.

    Those that were decided about since, or whose plan no longer counts, stay as they are.
    """
    together = sa.select(REVIEW_EVENT.c.assignment_id).where(
        REVIEW_EVENT.c.audit_entry == suppression.audit_entry,
        REVIEW_EVENT.c.assignment_id != suppression.assignment_id,
    )
    returning = []
    for name in change.connection.execute(together).scalars():
        box = find_box(change.connection, name)
        decision = _last(events_of(change.connection, name))
        plan = change.plan_for(box.assignment.service_date)
        if (
            decision is not None and decision.audit_entry == suppression.audit_entry
            and box.state == "rejected" and box.assignment.plan_id == plan.plan_id
        ):  # fmt: skip
            change.events.append(_undone(change, box, decision.state_before, [decision]))
            returning.append(box)
    return returning
