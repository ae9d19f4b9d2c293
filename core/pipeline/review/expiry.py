"""Expiry: proposed assignments whose shift is over, turned into expired ones by the system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from evenbeat.core.pipeline.context import SYSTEM
from evenbeat.core.pipeline.review.change import logged_settings
from evenbeat.core.pipeline.review.terms import last_day
from evenbeat.core.planning.review import next_state
from evenbeat.core.store.database import (
    CurrentAssignment,
    PlanRecord,
    ReviewEvent,
    append_event,
    current_assignments,
    logged_records,
)
from evenbeat.core.store.database.rows import rows_of
from evenbeat.core.store.database.schema import ASSIGNMENT_NOW, PLAN

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from evenbeat.core.pipeline.context import Context


def expire_past(context: Context, *, before: dt.date | None = None) -> int:
    """Turn proposed assignments whose shift is over into expired ones; return how many.

    Parameters
    ----------
    before
        Only of earlier service dates; by default of all days.
    """
    workspace, now = context.workspace, context.now()
    with workspace.database.reading() as connection:
        if not _over(connection, now, before):
            return 0
    with workspace.database.transaction() as connection:
        boxes = current_assignments(connection, ids=_over(connection, now, before))
        events = [_expired(box, now) for box in boxes]
        if not events:
            return 0
        entry = context.log(
            "review", {"review": "expire", "role": "system", "overridden": False,
                       "settings": logged_settings(
                           plans_of(connection, boxes), workspace.settings.fingerprint),
                       "assignments": [event.assignment_id for event in events],
                       "records": logged_records(events=events)},
            connection=connection,
        )  # fmt: skip
        for event in events:
            append_event(connection, replace(event, audit_entry=entry.entry))
    return len(events)


def plans_of(connection: Connection, boxes: Iterable[CurrentAssignment]) -> list[PlanRecord]:
    """Return the plans that boxes belong to."""
    names = sorted({box.assignment.plan_id for box in boxes})
    return rows_of(connection, PlanRecord, sa.select(PLAN).where(PLAN.c.plan_id.in_(names)))


def _over(connection: Connection, now: dt.datetime, before: dt.date | None) -> list[str]:
    """Return the proposed assignments whose shift is over."""
    seat = ASSIGNMENT_NOW.c
    latest = last_day(now.date(), 1)
    if before is not None:
        latest = min(latest, before - dt.timedelta(days=1))
    query = sa.select(seat.assignment_id, seat.shift_end).where(
        seat.state == "proposed", seat.service_date <= latest
    )
    return [
        name for name, end in connection.execute(query)
        if dt.datetime.fromisoformat(end) <= now
    ]  # fmt: skip


def _expired(box: CurrentAssignment, now: dt.datetime) -> ReviewEvent:
    name, version = box.assignment.assignment_id, box.version + 1
    return ReviewEvent(
        event_id=f"{name}#{version}", assignment_id=name, version=version, action="expire",
        state_before=box.state, state_after=next_state(name, box.state, "expire"), actor=SYSTEM,
        role="system", reason="the shift ended without a decision", at=now,
    )  # fmt: skip
