"""The terms of a review: the settings that a day was planned with, and until when people decide."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from evenbeat.core.errors import AuditError, ReviewError
from evenbeat.core.store.kept_settings import kept_settings

if TYPE_CHECKING:
    from evenbeat.core.pipeline.review.roles import Reviewer
    from evenbeat.core.store.database import AssignmentRecord, PlanRecord, ReviewEvent
    from evenbeat.core.store.workspace import Workspace

LONGEST_DAYS = 366


def as_planned(workspace: Workspace, plan: PlanRecord) -> Workspace:
    """Return the workspace with the settings that a plan was made with.

    Who may do what, the store and how dosage is measured are still those of today: they are no
    part of what a plan is a function of.

    Raises
    ------
    ReviewError
        This seat neither kept those settings nor has the same ones.
    """
    needed, own = plan.settings_fingerprint, workspace.settings
    if own.fingerprint == needed:
        return workspace
    try:
        kept = kept_settings(workspace.root, needed)
    except AuditError as error:
        raise ReviewError(
            f"{plan.plan_id} was made with the settings {needed[:12]}, and caps are judged by "
            f"those; evenbeat.toml here has {own.fingerprint[:12]}, and data/settings does not "
            f"hold them. Copy data/settings/{needed}.json, or that evenbeat.toml, from the seat "
            "that made the plan."
        ) from error
    today = {name: getattr(own, name) for name in ("store", "review", "dosage")}
    return replace(workspace, settings=kept.model_copy(update=today))


def last_day(first: dt.date, days: int) -> dt.date:
    """Return the day that comes so many days after another.

    Raises
    ------
    ReviewError
        The calendar ends before it.
    """
    try:
        return first + dt.timedelta(days=days)
    except OverflowError as error:
        raise ReviewError(
            f"{days} days after {first} is beyond the calendar's end. Give an earlier day."
        ) from error


def require_days(days: int) -> int:
    """Return a number of days that an area may count.

    Raises
    ------
    ReviewError
        It is not 1 to 366.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise ReviewError(
            f"An area counts at least 1 and at most {LONGEST_DAYS} days, got {days}. Draw it again "
            "when it expires."
        )
    return days


def is_over(box: AssignmentRecord, plan: PlanRecord | None, at: dt.datetime) -> bool:
    """Return whether the shift of a box has ended.

    A day that was planned after the fact, as for training or on data of other years, has no such
    end: nothing that is decided about it can rewrite what was patrolled.
    """
    end = dt.datetime.fromisoformat(box.shift_end)
    return at >= end and (plan is None or plan.issued_at < end)


def require_open(box: AssignmentRecord, plan: PlanRecord | None, at: dt.datetime) -> None:
    """Refuse a decision about a box whose shift has ended.

    Raises
    ------
    ReviewError
        It has.
    """
    if is_over(box, plan, at):
        raise ReviewError(
            f"{box.assignment_id}: the shift is over, it ended at {box.shift_end}. Allowed there: "
            "note, and on the same day undo of your own decision."
        )


def may_undo_late(
    workspace: Workspace, box: AssignmentRecord, decision: ReviewEvent, reviewer: Reviewer,
    at: dt.datetime,
) -> bool:  # fmt: skip
    """Return whether an undo may come after the shift: one's own decision, on the day it ended."""
    zone = workspace.calendar.zone
    end = dt.datetime.fromisoformat(box.shift_end).astimezone(zone).date()
    return decision.actor == reviewer.actor and at.astimezone(zone).date() <= end
