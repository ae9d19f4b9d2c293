"""Areas that are kept out of plans, or that are to get a box of their own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from evenbeat.core.store.database.plans import insert
from evenbeat.core.store.database.records import AreaLift, AreaRecord
from evenbeat.core.store.database.rows import rows_of
from evenbeat.core.store.database.schema import AREA, AREA_LIFT


@dataclass(frozen=True, slots=True)
class AreasKnown:
    """Identifiers of the areas that were drawn, and of those that were lifted, up to a moment."""

    drawn: frozenset[str]
    lifted: frozenset[str]


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
    connection: sa.Connection, date: dt.date, *, known: AreasKnown | None = None
) -> list[AreaRecord]:
    """Return the areas that count on a day: not lifted and not expired, the oldest first.

    Parameters
    ----------
    date
        The day.
    known
        Count only these areas, and only these as lifted; by default all that are there.
    """
    lifted = sa.select(AREA_LIFT.c.area_id)
    query = sa.select(AREA).where(sa.or_(AREA.c.expires_on.is_(None), AREA.c.expires_on >= date))
    if known is None:
        query = query.where(AREA.c.area_id.not_in(lifted))
    else:
        there = sorted(known.drawn - known.lifted)
        query = query.where(AREA.c.area_id.in_(there))
    return rows_of(connection, AreaRecord, query.order_by(AREA.c.fid))
