"""Plans and their assignments: written once, read with their newest state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from evenbeat.core.errors import StoreError
from evenbeat.core.store.database.records import (
    AssignmentRecord,
    CandidateRecord,
    CurrentAssignment,
    PlanRecord,
    Record,
    VisitRecord,
)
from evenbeat.core.store.database.rows import TABLES, record_of, rows_of, write
from evenbeat.core.store.database.schema import ASSIGNMENT_NOW, CANDIDATE, PLAN, VISIT


def record_plan(
    connection: sa.Connection,
    plan: PlanRecord,
    assignments: Iterable[AssignmentRecord],
    candidates: Iterable[CandidateRecord] = (),
    visits: Iterable[VisitRecord] = (),
) -> None:
    """Write a plan with its assignments, the logged lottery and the visits.

    Append the log entry with `logged_records` of the same rows in the same transaction.

    Raises
    ------
    StoreError
        A row is there already, lacks a value, or the CRS is not known yet.
    """
    insert(connection, [plan])
    insert(connection, list(assignments))
    insert(connection, list(candidates))
    insert(connection, list(visits))


def add_assignment(
    connection: sa.Connection, row: AssignmentRecord, visits: Iterable[VisitRecord] = ()
) -> None:
    """Write one assignment that a reviewer made, with its visits.

    Raises
    ------
    StoreError
        The row is there already, lacks a value, or names a plan that is not there.
    """
    insert(connection, [row])
    insert(connection, list(visits))


def insert(connection: sa.Connection, records: Sequence[Record]) -> None:
    """Write rows of one table.

    Raises
    ------
    StoreError
        The database refused one.
    """
    if not records:
        return
    try:
        write(connection, records)
    except DBAPIError as error:
        table = TABLES[type(records[0])]
        raise StoreError(
            f"The database refused a row of {table.name}: {str(error.orig).strip()}. Rows are "
            "written once; give a new identifier, or read what is there."
        ) from error


def plan_of(connection: sa.Connection, date: dt.date) -> PlanRecord | None:
    """Return the newest plan of a day, or None."""
    query = sa.select(PLAN).where(PLAN.c.service_date == date).order_by(PLAN.c.fid.desc()).limit(1)
    found = rows_of(connection, PlanRecord, query)
    return found[0] if found else None


def plans_between(connection: sa.Connection, first: dt.date, last: dt.date) -> list[PlanRecord]:
    """Return every plan of the days, both included, in the order they were issued."""
    day = PLAN.c.service_date
    query = sa.select(PLAN).where(day >= first, day <= last).order_by(PLAN.c.fid)
    return rows_of(connection, PlanRecord, query)


def candidates_of(connection: sa.Connection, plan_id: str) -> list[CandidateRecord]:
    """Return the pool of a plan's lottery as it was logged, in the order it was written."""
    query = sa.select(CANDIDATE).where(CANDIDATE.c.plan_id == plan_id).order_by(CANDIDATE.c.fid)
    return rows_of(connection, CandidateRecord, query)


def visits_of(connection: sa.Connection, ids: Collection[str]) -> list[VisitRecord]:
    """Return the planned visits of assignments, by assignment and number."""
    query = (
        sa.select(VISIT)
        .where(VISIT.c.assignment_id.in_(list(ids)))
        .order_by(VISIT.c.assignment_id, VISIT.c.number)
    )
    return rows_of(connection, VisitRecord, query)


def current_assignments(
    connection: sa.Connection,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
    shift: str | None = None,
    district_id: str | None = None,
    states: Collection[str] | None = None,
    ids: Collection[str] | None = None,
    plan_id: str | None = None,
    superseded: bool = True,
) -> list[CurrentAssignment]:
    """Return assignments with their newest state, by day, district, shift, rank and id.

    Parameters
    ----------
    first, last
        Days, both included.
    shift, district_id, states, ids, plan_id
        Only these; None is no condition.
    superseded
        False leaves out those of plans that a later plan supersedes.
    """
    now = ASSIGNMENT_NOW.c
    conditions: list[Any] = []
    if first is not None:
        conditions.append(now.service_date >= first)
    if last is not None:
        conditions.append(now.service_date <= last)
    for column, value in ((now.shift, shift), (now.district_id, district_id)):
        if value is not None:
            conditions.append(column == value)
    for column, values in ((now.state, states), (now.assignment_id, ids)):
        if values is not None:
            conditions.append(column.in_(list(values)))
    if plan_id is not None:
        conditions.append(now.plan_id == plan_id)
    if not superseded:
        later = sa.select(PLAN.c.supersedes).where(PLAN.c.supersedes.is_not(None))
        conditions.append(now.plan_id.not_in(later))
    query = (
        sa.select(ASSIGNMENT_NOW)
        .where(*conditions)
        .order_by(now.service_date, now.district_id, now.shift, now.rank, now.assignment_id)
    )
    return [_current(row) for row in connection.execute(query).mappings()]


def _current(row: Any) -> CurrentAssignment:
    return CurrentAssignment(
        assignment=record_of(AssignmentRecord, row),
        state=row["state"],
        version=row["version"],
        last_action=row["last_action"],
        reviewer=row["reviewer"],
        reason=row["reason"],
        reviewed_at=row["reviewed_at"],
        ever_overridden=bool(row["ever_overridden"]),
    )
