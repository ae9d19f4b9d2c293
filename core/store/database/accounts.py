"""Whether the rows are those that the log speaks of, each as it was logged, none more or less."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from evenbeat.core.store.database.chain import AuditEntry
from evenbeat.core.store.database.digests import RECORDS
from evenbeat.core.store.database.guards import ARRIVED
from evenbeat.core.store.database.records import (
    AreaLift,
    AreaRecord,
    AssignmentRecord,
    CandidateRecord,
    PlanRecord,
    ReviewEvent,
    VisitRecord,
)
from evenbeat.core.store.database.rows import TABLES, digest, digest_of_all, record_of
from evenbeat.core.store.database.schema import REVIEW_EVENT

_SIGN = f'"{RECORDS}":'
_NONE = digest_of_all([])
# Name in the log, record, and the column that names it.
_ONE_BY_ONE: tuple[tuple[str, type[Any], str], ...] = (
    ("plan", PlanRecord, "plan_id"),
    ("assignment", AssignmentRecord, "assignment_id"),
    ("event", ReviewEvent, "event_id"),
    ("area", AreaRecord, "area_id"),
    ("lift", AreaLift, "area_id"),
)
_TOGETHER: tuple[tuple[str, type[Any], str], ...] = (
    ("candidates", CandidateRecord, "plan_id"),
    ("visits", VisitRecord, "assignment_id"),
)


@dataclass
class Accounts:
    """What the log says of the rows, gathered entry by entry."""

    logged: dict[str, tuple[int, str]] = field(default_factory=dict)
    repeated: str | None = None
    arrived: int = 0

    def note(self, entry: AuditEntry) -> None:
        """Take in one entry."""
        if entry.action == ARRIVED:
            self.arrived = entry.entry
        if _SIGN not in entry.detail:
            return
        names = json.loads(entry.detail).get(RECORDS)
        for name, sha256 in names.items() if isinstance(names, dict) else ():
            first, known = self.logged.setdefault(name, (entry.entry, sha256))
            # A later entry must not be able to cover up a change of what an earlier one recorded.
            if first != entry.entry and known != sha256 and self.repeated is None:
                self.repeated = (
                    f"entry {entry.entry} records {_words(name)} again and differently "
                    f"than entry {first}"
                )

    def fault(self, connection: sa.Connection) -> str | None:
        """Return the first difference between the log and the rows, or None.

        Parameters
        ----------
        connection
            The reading connection from which the entries came.
        """
        if self.repeated is not None:
            return self.repeated
        unseen = dict(self.logged)
        for name, sha256, entry in _present(connection):
            logged = unseen.pop(name, None)
            if logged is None:
                return f"{_words(name)} is in no entry of the log"
            if logged[1] != sha256:
                return f"{_words(name)} is not as it was logged in entry {logged[0]}"
            if entry not in (None, logged[0]):
                return f"{_words(name)} points to entry {entry}, but entry {logged[0]} records it"
        for name, (number, sha256) in unseen.items():
            if sha256 != _NONE:
                return f"entry {number} records {_words(name)}, which is gone"
        return _login_fault(connection, self.arrived)


def _words(name: str) -> str:
    kind, _, identifier = name.partition(":")
    of = {"candidates": "the pool of plan", "visits": "the visits of assignment"}
    return f"{of.get(kind, kind)} {identifier}"


def _present(connection: sa.Connection) -> Iterator[tuple[str, str, int | None]]:
    """Yield name, digest and entry number (where the row has one) of every row."""
    for prefix, kind, key in _ONE_BY_ONE:
        for record in _records(connection, kind, TABLES[kind].c.fid):
            name = f"{prefix}:{getattr(record, key)}"
            yield name, digest(record), getattr(record, "audit_entry", None)
    for prefix, kind, key in _TOGETHER:
        ordered = _records(connection, kind, TABLES[kind].c[key])
        for identifier, group in groupby(ordered, key=lambda record: getattr(record, key)):
            yield f"{prefix}:{identifier}", digest_of_all(group), None


def _login_fault(connection: sa.Connection, arrived: int) -> str | None:
    """Return the first event that names another login than the one that the server let in.

    In what was copied from another database, up to entry ``arrived``, the login is the copier's.
    """
    events = REVIEW_EVENT.c
    query = (
        sa.select(events.event_id, events.actor, events.detail, events.login)
        .where(events.audit_entry > arrived, events.login.is_not(None))
        .order_by(events.fid)
    )
    for event_id, actor, detail, login in connection.execute(query):
        said = detail.get("login")
        if said is not None and (said, actor) != (login, login):
            return (
                f"event {event_id} says that {actor} (login {said}) acted, but the server had let "
                f"in {login}"
            )
    return None


def _records(connection: sa.Connection, kind: type[Any], order: Any) -> Iterator[Any]:
    query = sa.select(TABLES[kind]).order_by(order)
    with connection.execute(query, execution_options={"yield_per": 1_000}) as rows:
        for row in rows.mappings():
            yield record_of(kind, row)
