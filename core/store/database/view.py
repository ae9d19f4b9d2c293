"""The view of every assignment with its newest state, for the code and for QGIS alike."""

from __future__ import annotations

import sqlalchemy as sa

from evenbeat.core.store.database.schema import ASSIGNMENT

NAME = "assignment_now"


def create_view(connection: sa.Connection) -> None:
    """Make the view anew.

    The first column is a unique integer, by which GDAL and QGIS know a feature; expressions are
    cast, because QGIS takes a column without a declared type for text.
    """
    quote = connection.dialect.identifier_preparer.quote
    described = ", ".join(
        f"a.{quote(column.name)}"
        for column in ASSIGNMENT.c
        if column.name not in ("fid", "geometry")
    )
    flag = "BOOLEAN" if connection.dialect.name == "postgresql" else "INTEGER"
    connection.exec_driver_sql(f"DROP VIEW IF EXISTS {NAME}")
    connection.exec_driver_sql(
        f"CREATE VIEW {NAME} AS SELECT a.fid AS ogc_fid, {described}, "  # noqa: S608
        "CAST(COALESCE(e.state_after, 'proposed') AS TEXT) AS state, "
        "CAST(COALESCE(e.version, 0) AS INTEGER) AS version, e.action AS last_action, "
        "e.actor AS reviewer, e.reason AS reason, e.at AS reviewed_at, "
        "CAST(EXISTS (SELECT 1 FROM review_event o WHERE o.assignment_id = a.assignment_id "
        f"AND o.overridden) AS {flag}) AS ever_overridden, a.geometry FROM assignment a "
        "LEFT JOIN review_event e ON e.assignment_id = a.assignment_id AND e.version = "
        "(SELECT MAX(n.version) FROM review_event n WHERE n.assignment_id = a.assignment_id)"
    )
