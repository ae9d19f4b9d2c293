"""The audit log: append-only, hash-chained rows that nobody can quietly change."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from evenbeat.core.errors import AuditError
from evenbeat.core.store.database import guards
from evenbeat.core.store.database.chain import (
    GENESIS,
    AuditEntry,
    Verification,
    check_chain,
    entry_hash,
)
from evenbeat.core.store.database.rows import add_rows
from evenbeat.core.store.database.schema import AUDIT_LOG
from evenbeat.core.store.database.types import instant_text, json_text, sound_text

if TYPE_CHECKING:
    from evenbeat.core.store.database.connect import Database

_BLOCK = 10_000
# Alone it lets go of the lock before the disk has it, see `postgis.FLUSH`.
_APPEND = sa.text(
    "SELECT evenbeat_audit_append(:at, :actor, :action, :detail), "
    "set_config('synchronous_commit', 'off', true)"
)


class AuditLog:
    """The log of a database.

    Parameters
    ----------
    database
        The opened database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self,
        action: str,
        detail: dict[str, Any],
        *,
        actor: str,
        at: dt.datetime,
        connection: sa.Connection | None = None,
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
        connection
            A write transaction of the same database that the row is to be part of; by default one
            of its own, which is on the disk when this returns.

        Raises
        ------
        AuditError
            The database refused the row, or the log was moved away.
        StoreError
            A text is not valid Unicode, or the database is held by another program.
        """
        values = {
            "at": instant_text(at), "actor": sound_text(actor, "The actor"),
            "action": sound_text(action, "The action"), "detail": json_text(detail),
        }  # fmt: skip
        if connection is not None:
            return _append(connection, values)
        with self._database.appending() as own:
            return _append(own, values)

    def entries(self, first: int = 1) -> Iterator[AuditEntry]:
        """Yield every row from a number on, in order, as they stood when it began."""
        with self._database.reading() as connection:
            yield from entries_of(connection, first)

    def actors(self, action: str, key: str) -> dict[str, str]:
        """Return who first did an action, by what the rows' details have under a key.

        Examples: ``actors("forecast", "run_id")`` tells who made each run.
        """
        wanted = sa.select(AUDIT_LOG.c.actor, AUDIT_LOG.c.detail).where(
            AUDIT_LOG.c.action == action
        )
        found: dict[str, str] = {}
        with self._database.reading() as connection:
            for actor, detail in connection.execute(wanted.order_by(AUDIT_LOG.c.entry)):
                known = detail if isinstance(detail, dict) else json.loads(detail)
                if known.get(key) is not None:
                    found.setdefault(str(known[key]), str(actor))
        return found

    def head(self) -> AuditEntry | None:
        """Return the newest row, or None while there is none."""
        with self._database.reading() as connection:
            return head_of(connection)

    def verify(
        self,
        anchored_head: str | None = None,
        *,
        seen: Callable[[AuditEntry], None] | None = None,
        connection: sa.Connection | None = None,
    ) -> Verification:
        """Check the chain from the first row to the last, and that nobody touched what guards it.

        Parameters
        ----------
        anchored_head
            A head hash kept elsewhere; it must occur in the chain, or rows were cut off.
        seen
            Called with every row before it is checked, for who compares more than the chain.
        connection
            A reading connection, when what is compared must be of the same moment.
        """
        if connection is None:
            with self._database.reading() as own:
                return self.verify(anchored_head, seen=seen, connection=own)
        entries = entries_of(connection)
        if seen is not None:
            entries = _shown(entries, seen)
        found = check_chain(entries, anchored_head=anchored_head)
        unguarded = guards.missing(connection) if found.intact else []
        if not unguarded:
            return found
        fault = f"{unguarded[0]}, so rows may have been changed, hidden or cut off"
        return Verification(found.entries, found.head, fault)


def entries_of(connection: sa.Connection, first: int = 1) -> Iterator[AuditEntry]:
    """Yield the rows from a number on, in order, without holding them all."""
    query = sa.select(AUDIT_LOG).order_by(AUDIT_LOG.c.entry)
    if first > 1:
        query = query.where(AUDIT_LOG.c.entry >= first)
    # Closed at once when the reader stops early, as verification does at the first fault.
    with connection.execute(query, execution_options={"yield_per": _BLOCK}) as rows:
        for block in rows.partitions():
            for row in block:
                yield AuditEntry(*row)


def _shown(
    entries: Iterator[AuditEntry], seen: Callable[[AuditEntry], None]
) -> Iterator[AuditEntry]:
    for entry in entries:
        seen(entry)
        yield entry


def head_of(connection: sa.Connection) -> AuditEntry | None:
    """Return the newest row, or None while there is none."""
    query = sa.select(AUDIT_LOG).order_by(AUDIT_LOG.c.entry.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else AuditEntry(*row)


def _append(connection: sa.Connection, values: dict[str, str]) -> AuditEntry:
    try:
        if connection.dialect.name == "postgresql":
            return _append_at_once(connection, values)
        return _append_after_head(connection, values)
    except DatabaseError as error:
        raise AuditError(f"The audit log refused an entry: {error.orig}.") from error


def _append_at_once(connection: sa.Connection, values: dict[str, str]) -> AuditEntry:
    made = connection.execute(_APPEND, values).scalar_one()
    if len(made) == 2:
        raise _closed(int(made[0]), made[1])
    number, previous, digest = made
    return AuditEntry(int(number), **values, previous_hash=previous, hash=digest)


def _append_after_head(connection: sa.Connection, values: dict[str, str]) -> AuditEntry:
    last = head_of(connection)
    if last is not None and last.action == guards.MOVED and values["action"] != guards.ARRIVED:
        raise _closed(last.entry, last.detail)
    number, previous = (last.entry + 1, last.hash) if last else (1, GENESIS)
    digest = entry_hash(number, **values, previous_hash=previous)
    row = AuditEntry(number, **values, previous_hash=previous, hash=digest)
    add_rows(connection, AUDIT_LOG, [asdict(row)])
    return row


def _closed(entry: int, detail: str) -> AuditError:
    to = json.loads(detail).get("to")
    return AuditError(
        f"This log ended with entry {entry}, which moved it to {to}. Nothing may be added here: "
        "name that database as url under [store] of evenbeat.toml. Where it is still empty, the "
        "move was interrupted; run it again: evenbeat audit move"
    )
