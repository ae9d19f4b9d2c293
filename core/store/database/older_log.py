"""Bringing over the log that older workspaces kept in a file of its own."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from evenbeat.core.errors import AuditError
from evenbeat.core.store.database.chain import AuditEntry, check_chain
from evenbeat.core.store.database.rows import add_rows
from evenbeat.core.store.database.schema import AUDIT_LOG

if TYPE_CHECKING:
    from evenbeat.core.store.database.connect import Database

_COLUMNS = "entry, at, actor, action, detail, previous_hash, hash"


def bring_over(database: Database, path: Path) -> int:
    """Move an older log into an empty database, every hash unchanged; return the rows moved.

    The file is renamed to end in ``.moved`` when all is in the database. After a crash between the
    two, the rows are found there and the file is only renamed.

    Raises
    ------
    AuditError
        The older log is broken, or the database has other entries already.
    """
    if not path.is_file():
        return 0
    entries = _entries(path)
    found = check_chain(entries)
    if not found.intact:
        raise AuditError(
            f"The older log {path} is broken, so it is not brought over: {found.fault}. Keep it as "
            "it is and compare it with a backup."
        )
    with database.transaction() as connection:
        query = sa.select(AUDIT_LOG).order_by(AUDIT_LOG.c.entry).limit(len(entries))
        present = [AuditEntry(*row) for row in connection.execute(query)]
        if present not in ([], entries):
            raise AuditError(
                f"The database {database.location} has a log of its own, so {path} cannot come "
                "before it. Give this workspace a database of its own, or move the file away."
            )
        if not present and entries:
            add_rows(connection, AUDIT_LOG, [asdict(entry) for entry in entries])
    # Two commands may have come here at once; the other one has renamed it then.
    with contextlib.suppress(FileNotFoundError):
        path.rename(path.with_name(path.name + ".moved"))
    return 0 if present else len(entries)


def _entries(path: Path) -> list[AuditEntry]:
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM audit_log ORDER BY entry")  # noqa: S608
            return [AuditEntry(*row) for row in rows]
    except sqlite3.DatabaseError as error:
        raise AuditError(f"The older log {path} cannot be read: {error}.") from error
