"""The view of every assignment with its newest state, for the code and for QGIS alike."""

from __future__ import annotations

import re

import sqlalchemy as sa

from evenbeat.core.store.database.schema import ASSIGNMENT

NAME = "assignment_now"
_DEFINITION = sa.text(
    "SELECT pg_get_viewdef(oid) FROM pg_class WHERE relname = :name AND relkind = 'v' "
    "AND relnamespace = current_schema()::regnamespace"
)
# PostgreSQL writes a view's query anew: with other spaces, brackets, quotes and the literal's type.
_NOT_MEANT = re.compile(r'::text|[\s()";]')


def create_view(connection: sa.Connection) -> None:
    """Make the view anew."""
    connection.exec_driver_sql(f"DROP VIEW IF EXISTS {NAME}")
    connection.exec_driver_sql(f"CREATE VIEW {NAME} AS {_query(connection)}")


def is_as_made(connection: sa.Connection) -> bool:
    """Return whether the view is there and asks what `create_view` had it ask."""
    wanted = _query(connection)
    if connection.dialect.name != "postgresql":
        query = "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?"
        stored = connection.exec_driver_sql(query, (NAME,)).scalar()
        return bool(stored == f"CREATE VIEW {NAME} AS {wanted}")
    stored = connection.execute(_DEFINITION, {"name": NAME}).scalar()
    return stored is not None and _NOT_MEANT.sub("", stored) == _NOT_MEANT.sub("", wanted)


def _query(connection: sa.Connection) -> str:
    """Return what the view asks, on PostgreSQL in the words in which the server keeps it.

    The first column is a unique integer, by which GDAL and QGIS know a feature; in a GeoPackage
    expressions are cast, because QGIS takes a column without a declared type for text.
    """
    quote = connection.dialect.identifier_preparer.quote
    described = ", ".join(
        f"a.{quote(column.name)}"
        for column in ASSIGNMENT.c
        if column.name not in ("fid", "geometry")
    )
    state, version = "COALESCE(e.state_after, 'proposed')", "COALESCE(e.version, 0)"
    overridden = (
        "(EXISTS (SELECT 1 FROM review_event o WHERE o.assignment_id = a.assignment_id "
        "AND o.overridden))"
    )
    if connection.dialect.name != "postgresql":
        state, version = f"CAST({state} AS TEXT)", f"CAST({version} AS INTEGER)"
        overridden = f"CAST({overridden} AS INTEGER)"
    return (
        f"SELECT a.fid AS ogc_fid, {described}, {state} AS state, {version} AS version, "  # noqa: S608
        f"e.action AS last_action, e.actor AS reviewer, e.reason, e.at AS reviewed_at, "
        f"{overridden} AS ever_overridden, a.geometry FROM assignment a "
        "LEFT JOIN review_event e ON e.assignment_id = a.assignment_id AND e.version = "
        "(SELECT max(n.version) AS max FROM review_event n WHERE n.assignment_id = a.assignment_id)"
    )
