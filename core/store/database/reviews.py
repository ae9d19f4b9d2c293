"""Review events: append-only, each one version after the one its reviewer saw."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from evenbeat.core.errors import ConflictError, StoreError
from evenbeat.core.store.database.records import PROPOSED, ReviewEvent
from evenbeat.core.store.database.rows import rows_of, write
from evenbeat.core.store.database.schema import ASSIGNMENT, REVIEW_EVENT


def append_event(connection: sa.Connection, event: ReviewEvent) -> None:
    """Write the next event of an assignment.

    The event's ``audit_entry`` must be the number of the log row that was appended before in the
    same transaction.

    Raises
    ------
    ConflictError
        Someone changed the assignment since the version that the event follows; the message says
        who, when and to what.
    StoreError
        There is no such assignment, the version skips one, or ``state_before`` is not its state.
    """
    newest = newest_event(connection, event.assignment_id)
    _check_follows(connection, event, newest)
    try:
        # The transaction must survive a refusal, so that the message can say who was faster.
        with connection.begin_nested():
            write(connection, [event])
    except DBAPIError as error:
        faster = newest_event(connection, event.assignment_id)
        if faster is not None and faster.version >= event.version:
            raise _conflict(event, faster) from error
        raise StoreError(
            f"The database refused event {event.event_id}: {str(error.orig).strip()}. Append its "
            "log entry first, give every event a new event_id, and use a login that may add rows."
        ) from error


def newest_event(connection: sa.Connection, assignment_id: str) -> ReviewEvent | None:
    """Return the event that gives an assignment its state, or None while it has none."""
    query = (
        sa.select(REVIEW_EVENT)
        .where(REVIEW_EVENT.c.assignment_id == assignment_id)
        .order_by(REVIEW_EVENT.c.version.desc())
        .limit(1)
    )
    found = rows_of(connection, ReviewEvent, query)
    return found[0] if found else None


def events_of(connection: sa.Connection, assignment_id: str) -> list[ReviewEvent]:
    """Return an assignment's events, the first version first."""
    return events_of_all(connection, [assignment_id])


def events_of_all(connection: sa.Connection, ids: Collection[str]) -> list[ReviewEvent]:
    """Return the events of assignments, by assignment and version."""
    query = (
        sa.select(REVIEW_EVENT)
        .where(REVIEW_EVENT.c.assignment_id.in_(list(ids)))
        .order_by(REVIEW_EVENT.c.assignment_id, REVIEW_EVENT.c.version)
    )
    return rows_of(connection, ReviewEvent, query)


def _check_follows(
    connection: sa.Connection, event: ReviewEvent, newest: ReviewEvent | None
) -> None:
    version, state = (newest.version, newest.state_after) if newest else (0, PROPOSED)
    if newest is not None and event.version <= version:
        raise _conflict(event, newest)
    if event.version != version + 1:
        raise StoreError(
            f"Assignment {event.assignment_id} is at version {version}, so its next event has "
            f"version {version + 1}, got {event.version}. Read it again."
        )
    if event.state_before != state:
        raise StoreError(
            f"Assignment {event.assignment_id} is {state}, got an event that starts from "
            f"{event.state_before}. Read it again."
        )
    if newest is None and not _exists(connection, event.assignment_id):
        raise StoreError(
            f"There is no assignment {event.assignment_id}. List them with: evenbeat review list"
        )


def _exists(connection: sa.Connection, assignment_id: str) -> bool:
    query = sa.select(ASSIGNMENT.c.fid).where(ASSIGNMENT.c.assignment_id == assignment_id)
    return connection.execute(query).first() is not None


def _conflict(event: ReviewEvent, newest: ReviewEvent) -> ConflictError:
    when = newest.at.isoformat(sep=" ", timespec="seconds")
    return ConflictError(
        f"{newest.actor} ({newest.role}) changed assignment {event.assignment_id} at {when}: "
        f"{newest.action}, now {newest.state_after} (version {newest.version}; you saw version "
        f"{event.version - 1}). Look at it with: evenbeat review show {event.assignment_id}   "
        "and decide again."
    )
