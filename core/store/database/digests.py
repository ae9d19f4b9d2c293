"""What a log entry says of the rows that were written with it.

An entry that records rows has, under ``records`` of its detail, a mapping from the row's name to
its SHA-256: ``plan:ID``, ``candidates:PLAN_ID`` (all of a plan in one), ``assignment:ID``,
``visits:ASSIGNMENT_ID`` (all of an assignment in one), ``event:ID``, ``area:ID`` and
``lift:AREA_ID``. `logged_records` makes it.
"""

from __future__ import annotations

from collections.abc import Iterable

from evenbeat.core.store.database.records import (
    AreaLift,
    AreaRecord,
    AssignmentRecord,
    CandidateRecord,
    PlanRecord,
    ReviewEvent,
    VisitRecord,
)
from evenbeat.core.store.database.rows import digest, digest_of_all

RECORDS = "records"


def event_digest(event: ReviewEvent) -> str:
    """Return the SHA-256 of an event; ``audit_entry`` is no part of it."""
    return digest(event)


def plan_digest(plan: PlanRecord) -> str:
    """Return the SHA-256 of a plan's own row."""
    return digest(plan)


def assignment_digest(assignment: AssignmentRecord) -> str:
    """Return the SHA-256 of an assignment."""
    return digest(assignment)


def logged_records(
    *,
    plan: PlanRecord | None = None,
    assignments: Iterable[AssignmentRecord] = (),
    candidates: Iterable[CandidateRecord] = (),
    visits: Iterable[VisitRecord] = (),
    events: Iterable[ReviewEvent] = (),
    areas: Iterable[AreaRecord] = (),
    lifts: Iterable[AreaLift] = (),
) -> dict[str, str]:
    """Return name to SHA-256 of every row given, for ``detail["records"]`` of the log entry.

    ``candidates`` must be all of the plan, ``visits`` all of each assignment that they name.

    Examples
    --------
    ``log.append("review", {"records": logged_records(events=[event])}, actor=..., at=...,
    connection=connection)`` and then ``append_event(connection, replace(event,
    audit_entry=entry.entry))``.
    """
    names: dict[str, str] = {}
    if plan is not None:
        names[f"plan:{plan.plan_id}"] = digest(plan)
        names[f"candidates:{plan.plan_id}"] = digest_of_all(candidates)
    by_assignment: dict[str, list[VisitRecord]] = {}
    for visit in visits:
        by_assignment.setdefault(visit.assignment_id, []).append(visit)
    names |= {f"visits:{key}": digest_of_all(rows) for key, rows in by_assignment.items()}
    names |= {f"assignment:{row.assignment_id}": digest(row) for row in assignments}
    names |= {f"event:{event.event_id}": digest(event) for event in events}
    names |= {f"area:{area.area_id}": digest(area) for area in areas}
    return names | {f"lift:{lift.area_id}": digest(lift) for lift in lifts}
