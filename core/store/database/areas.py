"""Areas that are kept out of plans, or that are to get a box of their own."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from evenbeat.core.store.database.plans import insert
from evenbeat.core.store.database.records import AreaLift, AreaRecord
from evenbeat.core.store.database.rows import rows_of
from evenbeat.core.store.database.schema import AREA, AREA_LIFT


def add_area(connection: sa.Connection, area: AreaRecord) -> None:
    """Write an area.

    Raises
    ------
    StoreError
        Its id is taken, a value is missing, or the CRS is not known yet.
    """
    insert(connection, [area])


def lift_area(connection: sa.Connection, lift: AreaLift) -> None:
    """End an area before it expires.

    Raises
    ------
    StoreError
        There is no such area, or it was lifted before.
    """
    insert(connection, [lift])


def areas_on(
    connection: sa.Connection, date: dt.date, *, at: dt.datetime | None = None
) -> list[AreaRecord]:
    """Return the areas that count on a day: not lifted and not expired, the oldest first.

    Parameters
    ----------
    date
        The day.
    at
        Leave out what was drawn or lifted from this moment on; by default nothing.
    """
    lifted = sa.select(AREA_LIFT.c.area_id)
    if at is not None:
        lifted = lifted.where(AREA_LIFT.c.at < at)
    query = (
        sa.select(AREA)
        .where(
            AREA.c.area_id.not_in(lifted),
            sa.or_(AREA.c.expires_on.is_(None), AREA.c.expires_on >= date),
        )
        .order_by(AREA.c.fid)
    )
    if at is not None:
        query = query.where(AREA.c.created_at < at)
    return rows_of(connection, AreaRecord, query)
