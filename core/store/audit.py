"""The audit log: append-only, hash-chained rows that nobody can quietly change."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from evenbeat.core.errors import AuditError
from evenbeat.core.store.files import canonical_json

GENESIS = "0" * 64

_METADATA = sa.MetaData()
_LOG = sa.Table(
    "audit_log",
    _METADATA,
    sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("previous_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
)
_GUARDS = ("audit_log_no_update", "audit_log_no_delete", "audit_log_only_next")
_TRIGGERS = (
    *(
        sa.text(
            f"CREATE TRIGGER IF NOT EXISTS audit_log_no_{verb} BEFORE {verb.upper()} ON audit_log "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
        for verb in ("update", "delete")
    ),
    # REPLACE deletes without firing the trigger above, so nothing but the next number may enter.
    sa.text(
        "CREATE TRIGGER IF NOT EXISTS audit_log_only_next BEFORE INSERT ON audit_log "
        "WHEN NEW.entry <> (SELECT COALESCE(MAX(entry), 0) + 1 FROM audit_log) "
        "OR EXISTS (SELECT 1 FROM audit_log WHERE hash = NEW.hash) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    ),
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row of the log; ``hash`` covers all other fields."""

    entry: int
    at: str
    actor: str
    action: str
    detail: str
    previous_hash: str
    hash: str

    def computed_hash(self) -> str:
        """Return the SHA-256 that the row should carry."""
        return _hash(self.entry, self.at, self.actor, self.action, self.detail, self.previous_hash)


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking the chain found."""

    entries: int
    head: str
    fault: str | None

    @property
    def intact(self) -> bool:
        """Return whether every row is as it was written."""
        return self.fault is None


class AuditLog:
    """The log of one workspace, in a SQLite file.

    Parameters
    ----------
    path
        The database file; made when absent.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(
            f"sqlite:///{path}", connect_args={"timeout": 30}, poolclass=sa.pool.NullPool
        )
        # SQLite's driver would otherwise begin only at the first write, after the head was read.
        sa.event.listen(self._engine, "connect", _manual_transactions)
        sa.event.listen(self._engine, "begin", _begin_immediate)
        with self._engine.begin() as connection:
            if not sa.inspect(connection).has_table(_LOG.name):
                _METADATA.create_all(connection)
                for trigger in _TRIGGERS:
                    connection.execute(trigger)

    def append(
        self, action: str, detail: dict[str, Any], *, actor: str, at: dt.datetime
    ) -> AuditEntry:
        """Add one row and return it.

        Parameters
        ----------
        action
            What was done, e.g. ``"ingest"``.
        detail
            JSON-ready facts: fingerprints of inputs and outputs, settings, seed, counts.
        actor
            Who did it.
        at
            Aware time.

        Raises
        ------
        AuditError
            The database refused the row.
        """
        try:
            with self._engine.begin() as connection:
                last = connection.execute(
                    sa.select(_LOG.c.entry, _LOG.c.hash).order_by(_LOG.c.entry.desc()).limit(1)
                ).first()
                number, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
                time_text = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
                text = canonical_json(detail)
                digest = _hash(number, time_text, actor, action, text, previous)
                row = AuditEntry(number, time_text, actor, action, text, previous, digest)
                connection.execute(
                    _LOG.insert().values(
                        entry=number, at=time_text, actor=actor, action=action, detail=text,
                        previous_hash=previous, hash=digest,
                    )
                )  # fmt: skip
        except DatabaseError as error:
            raise AuditError(f"The audit log refused an entry: {error.orig}.") from error
        return row

    def entries(self) -> Iterator[AuditEntry]:
        """Yield every row in order."""
        with self._engine.connect() as connection:
            for row in connection.execute(sa.select(_LOG).order_by(_LOG.c.entry)):
                yield AuditEntry(*row)

    def _missing_guards(self) -> list[str]:
        """Return the triggers that someone took away."""
        question = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        with self._engine.connect() as connection:
            present = {str(row[0]) for row in connection.execute(question)}
        return [name for name in _GUARDS if name not in present]

    def verify(self, *, anchored_head: str | None = None) -> Verification:
        """Check the chain from the first row to the last.

        Parameters
        ----------
        anchored_head
            A head hash kept elsewhere; it must occur in the chain, or rows were cut off.
        """
        previous, number, seen_anchor = GENESIS, 0, anchored_head in (None, GENESIS)
        for row in self.entries():
            number += 1
            fault = _fault(row, number, previous)
            if fault:
                return Verification(number, previous, fault)
            previous = row.hash
            seen_anchor = seen_anchor or row.hash == anchored_head
        fault = None if seen_anchor else f"the anchored head {anchored_head} is not in the log"
        unguarded = self._missing_guards()
        if fault is None and unguarded:
            fault = f"the guard {unguarded[0]} was removed, so rows may have been cut off"
        return Verification(number, previous, fault)


def _fault(row: AuditEntry, number: int, previous: str) -> str | None:
    """Return what is wrong with a row that should be the given number after the given hash."""
    if row.entry != number:
        return f"entry {number} is missing: the next row is entry {row.entry}"
    if row.previous_hash != previous:
        return f"entry {number} does not follow the entry before it: a row was changed or inserted"
    if row.hash != row.computed_hash():
        return f"entry {number} ({row.action}, {row.at}) was changed after it was written"
    return None


def _hash(entry: int, at: str, actor: str, action: str, detail: str, previous: str) -> str:
    return hashlib.sha256(
        canonical_json([entry, at, actor, action, detail, previous]).encode()
    ).hexdigest()


def _manual_transactions(connection: Any, _record: Any) -> None:
    connection.isolation_level = None


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
