"""Which schema a database has, and which this code wants."""

from __future__ import annotations

import sqlalchemy as sa

from evenbeat.core.errors import StoreError

# In order; a test compares them with the files in `migrations/versions`.
REVISIONS = ("0001",)
VERSION_TABLE = "store_revision"


def stored_revision(connection: sa.Connection) -> str | None:
    """Return the revision of the schema, or None where there is none."""
    if connection.dialect.name == "postgresql":
        known = connection.execute(
            sa.text("SELECT to_regclass(:name) IS NOT NULL"), {"name": VERSION_TABLE}
        ).scalar_one()
    else:
        known = connection.exec_driver_sql(
            "SELECT 1 FROM sqlite_master WHERE name = ?", (VERSION_TABLE,)
        ).scalar()
    if not known:
        return None
    query = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608
    found = connection.exec_driver_sql(query).scalar()
    return None if found is None else str(found)


def is_current(connection: sa.Connection) -> bool:
    """Return whether the schema is the one that this code wants.

    Raises
    ------
    StoreError
        A newer Evenbeat made it.
    """
    found = stored_revision(connection)
    if found is not None and found not in REVISIONS:
        raise StoreError(
            f"The database has schema {found}, made by a newer Evenbeat; this one knows schemas up "
            f"to {REVISIONS[-1]}. Update Evenbeat on this machine; the database is as it was."
        )
    return found == REVISIONS[-1]
