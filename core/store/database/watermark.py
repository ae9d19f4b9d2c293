"""A watermark: whether anything was added to the database since it was read."""

from __future__ import annotations

import sqlalchemy as sa

from evenbeat.core.store.database.schema import AREA, AREA_LIFT, ASSIGNMENT, PLAN, REVIEW_EVENT

_TABLES = (PLAN, ASSIGNMENT, REVIEW_EVENT, AREA, AREA_LIFT)


def watermark(connection: sa.Connection) -> tuple[int, ...]:
    """Return the newest row of every table that a plan depends on.

    Rows are only ever added, so two equal watermarks mean that nothing changed between them.
    """
    newest = [sa.select(sa.func.max(table.c.fid)).scalar_subquery() for table in _TABLES]
    row = connection.execute(sa.select(*newest)).one()
    return tuple(int(value or 0) for value in row)
