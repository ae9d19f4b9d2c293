"""Moving a database to another place, every row and hash as they are."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from evenbeat.core.errors import StoreError
from evenbeat.core.store.database.audit_log import AuditLog, head_of
from evenbeat.core.store.database.connect import Database
from evenbeat.core.store.database.crs import with_crs
from evenbeat.core.store.database.guards import ARRIVED, MOVED
from evenbeat.core.store.database.rows import add_rows
from evenbeat.core.store.database.schema import (
    AREA,
    AREA_LIFT,
    ASSIGNMENT,
    AUDIT_LOG,
    CANDIDATE,
    PLAN,
    REVIEW_EVENT,
    VISIT,
)

# A row comes after the rows that it names.
_IN_ORDER = (AUDIT_LOG, PLAN, ASSIGNMENT, CANDIDATE, VISIT, REVIEW_EVENT, AREA, AREA_LIFT)
_ROWS = 2_000


def copy_database(source: Database, target: Database) -> dict[str, int]:
    """Copy every row into an empty database, in one transaction there.

    Where the last entry closes the source because it moves, the copy goes on with one that says
    that it arrived, at the same time and by the same person.

    Parameters
    ----------
    source
        What is copied; as it stands at one moment.
    target
        Empty, with its CRS known where the source has boxes.

    Returns
    -------
    Rows of each table.

    Raises
    ------
    StoreError
        The target holds rows already.
    """
    counts = {}
    with source.reading() as reading, target.transaction() as writing:
        for table in _IN_ORDER:
            if writing.execute(sa.select(table).limit(1)).first() is not None:
                raise StoreError(
                    f"{target.location} already holds rows of {table.name}, so nothing is copied. "
                    "Give an empty database."
                )
        for table in _IN_ORDER:
            order = table.c.entry if table is AUDIT_LOG else table.c.fid
            found = reading.execute(sa.select(table).order_by(order)).mappings()
            counts[table.name] = 0
            for part in found.partitions(_ROWS):
                # The numbers of rows are each database's own; their order stays.
                rows = [{name: row[name] for name in row if name != "fid"} for row in part]
                if "geometry" in table.c:
                    rows = with_crs(writing, rows)
                add_rows(writing, table, rows)
                counts[table.name] += len(rows)
        head = head_of(reading)
        if head is not None and head.action == MOVED:
            AuditLog(target).append(
                ARRIVED, {"from": source.location, "head": head.hash}, actor=head.actor,
                at=dt.datetime.fromisoformat(head.at), connection=writing,
            )  # fmt: skip
    return counts
