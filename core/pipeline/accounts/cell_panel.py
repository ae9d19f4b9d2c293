"""Weekly counts of cells, by how often patrol was assigned there: for what is not by lot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.pipeline.accounts.crime import read_incidents_of
from evenbeat.core.pipeline.accounts.draws import BoxShifts

if TYPE_CHECKING:
    from evenbeat.core.pipeline.accounts.period import Period

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
MATCH_WEEKS, BEFORE_WEEKS = 26, 12
FEWEST_ASSIGNED = 5
"""Box-shifts from which a cell counts as treated. [choice]"""
WEEK_S = 7 * 86_400.0


@dataclass(frozen=True, eq=False)
class CellPanel:
    """Cells by how often they were assigned, with their weekly counts before and during.

    Parameters
    ----------
    cells
        Flat cells inside the jurisdiction.
    counts
        Reported incidents, shape ``(cells, weeks)``.
    treated, untouched
        Cells assigned often enough; cells never assigned.
    start
        First week of the period.
    """

    cells: npt.NDArray[np.int64]
    counts: Floats
    treated: Flags
    untouched: Flags
    start: int


def cell_panel(period: Period, boxes: BoxShifts) -> CellPanel:
    """Return weekly counts of every cell, from 38 weeks before the period to its end."""
    grid, start_s = period.grid, start_of(period)
    weeks = max(1, int(((period.last - period.first).days + 1) // 7))
    begin = start_s - (MATCH_WEEKS + BEFORE_WEEKS) * WEEK_S
    end = start_s + weeks * WEEK_S
    found = read_incidents_of(period, begin, end)
    columns = MATCH_WEEKS + BEFORE_WEEKS + weeks
    week = ((found.time_s - begin) // WEEK_S).astype(np.int64)
    counts = np.zeros((grid.mask.size, columns))
    np.add.at(counts, (found.cell, week), 1.0)
    assigned = np.zeros(grid.mask.size, np.int64)
    for record in boxes.records:
        if record.outcome == "assigned":
            for row, column in record.cells:
                assigned[row * grid.shape[1] + column] += 1
    inside = grid.inside_index
    return CellPanel(
        inside, counts[inside], assigned[inside] >= FEWEST_ASSIGNED, assigned[inside] == 0,
        MATCH_WEEKS + BEFORE_WEEKS,
    )  # fmt: skip


def start_of(period: Period) -> float:
    """Return when a period begins, seconds since 1970 UTC."""
    return period.workspace.calendar.shifts_on(period.first)[0].start.timestamp()
