"""Review: people approve, reject, suppress, move, resize, add, note and undo assignments.

Each function is one operation, for the command line and the engine alike: it takes the context and
plain values, changes everything in one transaction or nothing, and returns what it did. ``version``
is the one that the reviewer saw; by default the one when the operation begins.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evenbeat.core.errors import ReviewError
from evenbeat.core.pipeline.review.areas import area_of_box, note_approval, reject_standing_in
from evenbeat.core.pipeline.review.caps import claims_on, judge
from evenbeat.core.pipeline.review.change import changing
from evenbeat.core.pipeline.review.expiry import expire_past
from evenbeat.core.pipeline.review.found import Decision, claim_of, seen_version
from evenbeat.core.pipeline.review.grid import review_grid
from evenbeat.core.pipeline.review.place import add, move, resize
from evenbeat.core.pipeline.review.roles import reviewer_of
from evenbeat.core.pipeline.review.terms import (
    as_planned,
    is_over,
    last_day,
    require_days,
    require_open,
)
from evenbeat.core.pipeline.review.undo import undo
from evenbeat.core.planning.review import Action, next_state
from evenbeat.core.store.database import current_assignments

if TYPE_CHECKING:
    import datetime as dt

    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.workspace import Workspace

__all__ = [
    "Decision",
    "add",
    "approve",
    "approve_all",
    "expire",
    "move",
    "note",
    "reject",
    "resize",
    "suppress",
    "undo",
]


def approve(
    context: Context,
    assignment_id: str,
    *,
    reason: str | None = None,
    version: int | None = None,
    override: bool = False,
) -> Decision:
    """Approve a proposed assignment.

    Raises
    ------
    ReviewError
        It is not proposed, the caps do not allow it, or who acts may not.
    ConflictError
        Someone changed it since the version that was seen.
    """
    seen = seen_version(context, assignment_id, version)
    with changing(context, "approve", reason=reason, override=override) as change:
        box = change.box(assignment_id, seen)
        plan = change.plan_for(box.assignment.service_date, box)
        state = next_state(assignment_id, box.state, "approve")
        require_open(box.assignment, plan, change.at)
        change.judged(plan, standing=[claim_of(box.assignment)])
        change.events.append(change.event(box, state))
    return change.decision(change.events[0])


def reject(
    context: Context, assignment_id: str, *, reason: str, version: int | None = None
) -> Decision:
    """Reject a proposed or approved assignment.

    Raises
    ------
    ReviewError
        It is neither, there is no reason, or who acts may not.
    ConflictError
        Someone changed it since the version that was seen.
    """
    return _plainly(context, assignment_id, "reject", reason, version)


def note(
    context: Context, assignment_id: str, text: str, *, version: int | None = None
) -> Decision:
    """Write something down about an assignment; its state stays.

    Raises
    ------
    ReviewError
        The text is too short, or who acts may not.
    ConflictError
        Someone changed it since the version that was seen.
    """
    return _plainly(context, assignment_id, "note", text, version)


def _plainly(
    context: Context, assignment_id: str, action: Action, reason: str, version: int | None
) -> Decision:
    """Do what no cap can forbid."""
    seen = seen_version(context, assignment_id, version)
    with changing(context, action, reason=reason) as change:
        box = change.box(assignment_id, seen)
        plan = (
            None if action == "note" else change.plan_for(box.assignment.service_date, box)
        )  # fmt: skip
        state = next_state(assignment_id, box.state, action)
        if plan is not None:
            require_open(box.assignment, plan, change.at)
        change.events.append(change.event(box, state))
    return change.decision(change.events[0])


def suppress(
    context: Context,
    assignment_id: str,
    *,
    reason: str,
    days: int | None = None,
    version: int | None = None,
) -> Decision:
    """Reject an assignment and keep its place out of every plan for some days.

    Boxes of other shifts and of days already planned that stand there are rejected with it.

    Parameters
    ----------
    days
        Days after the box's own; by default ``review.suppress_days``.

    Raises
    ------
    ReviewError
        It is neither proposed nor approved, there is no reason, or who acts may not.
    ConflictError
        Someone changed it since the version that was seen.
    """
    seen, study = seen_version(context, assignment_id, version), review_grid(context.workspace)
    length = context.workspace.settings.review.suppress_days if days is None else days
    require_days(length)
    with changing(context, "suppress", reason=reason) as change:
        box = change.box(assignment_id, seen)
        first = box.assignment.service_date
        plan = change.plan_for(first, box)
        state = next_state(assignment_id, box.state, "suppress")
        require_open(box.assignment, plan, change.at)
        area = area_of_box(change, study.grid, box.assignment, last_day(first, length))
        change.areas.append(area)
        detail = {"area": area.area_id}
        note_approval(change, box)
        change.events.append(change.event(box, state, detail=detail))
        reject_standing_in(change, study.grid, area, first=first, main=assignment_id)
    return change.decision(change.events[0], area_id=area.area_id)


def approve_all(
    context: Context, date: dt.date, *, district_id: str | None = None, shift: str | None = None,
    reason: str | None = None,
) -> tuple[list[Decision], dict[str, str]]:  # fmt: skip
    """Approve every proposed box of a day, of one district or shift if given.

    Returns
    -------
    What was approved, in one transaction; and each box that was left with the cap it breaks.

    Raises
    ------
    ReviewError
        The day has no plan, there is no such district or shift, or who acts may not.
    """
    with changing(context, "approve", reason=reason) as change:
        plan = change.plan_for(date)
        _require_known(as_planned(context.workspace, plan), shift, district_id)
        boxes = current_assignments(
            change.connection, first=date, last=date, shift=shift, district_id=district_id,
            states=["proposed"], plan_id=plan.plan_id,
        )  # fmt: skip
        left = {
            box.assignment.assignment_id: f"{box.assignment.assignment_id}: the shift is over"
            for box in boxes if is_over(box.assignment, plan, change.at)
        }  # fmt: skip
        names = {box.assignment.assignment_id for box in boxes} - set(left)
        for breach in judge(
            context.workspace, change.connection, plan,
            claims=claims_on(change.connection, date), about=names,
        ):  # fmt: skip
            left |= {name: breach.words for name in breach.box_ids if name in names}
        kept = [box for box in boxes if box.assignment.assignment_id not in left]
        change.events += [change.event(box, "approved") for box in kept]
    return [replace(change.decision(event), also={}) for event in change.events], left


def _require_known(workspace: Workspace, shift: str | None, district_id: str | None) -> None:
    """Refuse a shift or district that there is not, rather than find nothing in it."""
    for what, name, known in (
        ("shift", shift, workspace.calendar.names),
        ("district", district_id, review_grid(workspace).grid.district_ids),
    ):
        if name is not None and name not in known:
            raise ReviewError(
                f"There is no {what} {name!r}; there are {', '.join(known[:30])}"
                f"{' and others' if len(known) > 30 else ''}."
            )


def expire(context: Context) -> int:
    """Let proposed assignments whose shift is over expire, on a person's word; return how many.

    Raises
    ------
    ReviewError
        Who acts may not.
    """
    with context.workspace.database.reading() as connection:
        reviewer = reviewer_of(context, connection)
    reviewer.decider()
    return expire_past(replace(context, actor=reviewer.actor))
