"""What is left to review: boxes of a day by shift, district and state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from evenbeat.core.pipeline.review.past import unsuperseded
from evenbeat.core.store.database.schema import ASSIGNMENT_NOW

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context


@dataclass(frozen=True, slots=True)
class Count:
    """How many boxes of a shift and district are in a state."""

    shift: str
    district_id: str
    state: str
    boxes: int


def count_states(context: Context, date: dt.date) -> list[Count]:
    """Return how many boxes of a day are in each state; of the plan that counts."""
    now = ASSIGNMENT_NOW.c
    columns = (now.shift, now.district_id, now.state)
    query = (
        sa.select(*columns, sa.func.count())
        .where(now.service_date == date, unsuperseded())
        .group_by(*columns)
        .order_by(*columns)
    )
    with context.workspace.database.reading() as connection:
        return [Count(*row) for row in connection.execute(query)]
