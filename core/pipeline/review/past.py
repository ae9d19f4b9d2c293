"""What the cells of one box were given on the days around, without reading all boxes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from evenbeat.core.grid import Grid
from evenbeat.core.pipeline.plan_inputs import COUNTED_STATES
from evenbeat.core.planning import PastBox, PastUse
from evenbeat.core.planning.metering.past import MONTH_DAYS, Cell
from evenbeat.core.store.database.schema import ASSIGNMENT_NOW, PLAN

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from evenbeat.core.store.workspace import Workspace

# The most cells of a box, in the settings and from a reviewer's hand.
MOST_CELLS = 9


def past_of_cells(
    workspace: Workspace, connection: Connection, grid: Grid, date: dt.date, cells: Sequence[Cell]
) -> PastOfCells:
    """Return the past of cells, as `plan_inputs.past_use` does for all; elsewhere it is empty.

    A box has few cells, so only boxes that begin near can hold one of these; the others are not
    read.
    """
    now, reach = ASSIGNMENT_NOW.c, dt.timedelta(days=MONTH_DAYS - 1)
    rows, columns = [cell[0] for cell in cells], [cell[1] for cell in cells]
    query = sa.select(
        now.service_date, now.cells, now.minutes, now.shift_end, now.shift_start
    ).where(
        now.service_date >= date - reach, now.service_date <= date + reach,
        now.service_date != date,
        now.row.between(min(rows) - MOST_CELLS, max(rows) + MOST_CELLS),
        now.column.between(min(columns) - MOST_CELLS, max(columns) + MOST_CELLS),
        now.state.in_(COUNTED_STATES), unsuperseded(),
    )  # fmt: skip
    boxes = [
        PastBox(
            row[0],
            row[1],
            row[2],
            dt.datetime.fromisoformat(row[3]).timestamp(),
            dt.datetime.fromisoformat(row[4]).timestamp(),
        )
        for row in connection.execute(query)
    ]
    past = PastUse.of(
        grid, date, boxes, dosage=workspace.delivered(date - reach, date + reach),
        counts_minutes=workspace.settings.plan.dose_counts_minutes,
    )  # fmt: skip
    return PastOfCells(
        past.date, past.used, past.minutes, past.last_end,
        max(past.first_day, _first_day(connection, date)), past.next_start, tuple(cells),
    )  # fmt: skip


@dataclass(frozen=True)
class PastOfCells(PastUse):
    """The use of a few cells; counting days in windows is done for these alone."""

    cells: tuple[Cell, ...]

    def most_days(self, days: int) -> npt.NDArray[np.int64]:
        """Return what `PastUse.most_days` does for the cells, 0 elsewhere."""
        rows, columns = (list(side) for side in zip(*self.cells, strict=True))
        few = PastUse(
            self.date, self.used[:, None, rows, columns], self.minutes[:, None, rows, columns],
            self.last_end[None, rows, columns], self.first_day,
            self.next_start[None, rows, columns],
        )  # fmt: skip
        counts = np.zeros(self.last_end.shape, dtype=np.int64)
        counts[rows, columns] = few.most_days(days)[0]
        return counts


def _first_day(connection: Connection, date: dt.date) -> int:
    """Return how many days before a date the oldest box of the last 27 is; 0 where there is none.

    Rejected ones count too: they show that the agency planned already.
    """
    day = PLAN.c.service_date
    query = sa.select(sa.func.min(day)).where(
        day >= date - dt.timedelta(days=MONTH_DAYS - 1), day < date
    )
    oldest = connection.execute(query).scalar()
    return 0 if oldest is None else (date - oldest).days


def unsuperseded() -> Any:
    """Return the condition that no later plan supersedes the box's."""
    later = sa.select(PLAN.c.supersedes).where(PLAN.c.supersedes.is_not(None))
    return ASSIGNMENT_NOW.c.plan_id.not_in(later)
