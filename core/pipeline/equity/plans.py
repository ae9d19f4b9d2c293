"""The plans of a period as the ledger counts them: minutes, flags and people's decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.equity import Override
from evenbeat.core.pipeline.patrol.stood import StoodPlan, boxes_that_stood
from evenbeat.core.planning.review import BY_SYSTEM, STANDING
from evenbeat.core.store.database import current_assignments, events_of_all

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from evenbeat.core.pipeline.accounts.period import Period
    from evenbeat.core.store.database import AssignmentRecord

Floats = npt.NDArray[np.float64]
Cells = dict[tuple[int, int], int]
_BY_REVIEWER = "reviewer"


@dataclass(frozen=True, eq=False)
class PlannedDays:
    """The plans that stood.

    Parameters
    ----------
    dates
        Days with a plan on the cells of now.
    minutes
        Planned minutes by day and inside cell.
    flagged
        Whether a cell was part of a box that stood, by shift and inside cell.
    follows
        Whether each shift follows the one before it without a gap.
    overrides
        Decisions of people that added or removed minutes in time.
    other_cells
        Days whose plan was made on other cells, and is left out.
    issued, approved
        Boxes that stood, and those of them that were approved.
    """

    dates: tuple[dt.date, ...]
    minutes: Floats
    flagged: npt.NDArray[np.bool_]
    follows: npt.NDArray[np.bool_]
    overrides: tuple[Override, ...]
    other_cells: int
    issued: int
    approved: int

    def minutes_on(self, dates: Sequence[dt.date]) -> Floats:
        """Return the planned minutes of some days, 0 where there was no plan."""
        found = np.zeros((len(dates), self.minutes.shape[1]))
        for at, date in enumerate(dates):
            if date in self.dates:
                found[at] = self.minutes[self.dates.index(date)]
        return found


def planned_days(period: Period) -> PlannedDays:
    """Return the plans that stood on the days of a period."""
    grid, calendar = period.grid, period.workspace.calendar
    position = {divmod(int(flat), grid.shape[1]): at for at, flat in enumerate(grid.inside_index)}
    dates, minutes, flagged, follows = [], [], [], []
    overrides: list[Override] = []
    end: dt.datetime | None = None
    issued = approved = 0
    with period.workspace.database.reading() as connection:
        for stood in period.stood:
            if stood.plan.plan_id in period.of_other_cells:
                continue
            date = stood.plan.service_date
            _, boxes = boxes_that_stood(period.workspace, connection, date)
            dates.append(date)
            issued += len(boxes)
            approved += sum(box.state == "approved" for box in boxes)
            of_day = np.zeros(grid.n_inside)
            for shift in calendar.shifts_on(date):
                flags = np.zeros(grid.n_inside, bool)
                for box in boxes:
                    if box.assignment.shift == shift.name:
                        own = _places(box.assignment, position)
                        flags[own] = True
                        of_day[own] += box.assignment.minutes / max(len(own), 1)
                flagged.append(flags)
                follows.append(shift.start == end)
                end = shift.end
            minutes.append(of_day)
            overrides += _overrides(connection, stood, position)
    return PlannedDays(
        tuple(dates), np.array(minutes).reshape(-1, grid.n_inside),
        np.array(flagged, bool).reshape(-1, grid.n_inside), np.array(follows, bool),
        tuple(overrides), len(period.of_other_cells), issued, approved,
    )  # fmt: skip


def _places(box: AssignmentRecord, position: Cells) -> list[int]:
    return [position[cell] for cell in map(tuple, box.cells) if cell in position]


def _overrides(connection: Connection, stood: StoodPlan, position: Cells) -> list[Override]:
    """Return what people decided about the boxes of a plan before their shift ended."""
    boxes = {
        one.assignment.assignment_id: one.assignment
        for one in current_assignments(connection, plan_id=stood.plan.plan_id)
    }
    found = []
    for event in events_of_all(connection, list(boxes)):
        box = boxes[event.assignment_id]
        late = event.at >= dt.datetime.fromisoformat(box.shift_end)
        if event.action in BY_SYSTEM or (late and not stood.after_the_fact):
            continue
        # A box that a reviewer made was not there before its first event.
        made = event.version == 1 and box.chosen_by == _BY_REVIEWER
        before = event.state_before in STANDING and not made
        change = int(event.state_after in STANDING) - int(before)
        if change and box.minutes > 0:
            found.append(Override(
                event.event_id, str(box.service_date), box.shift, event.action, event.role,
                change * box.minutes, tuple(_places(box, position)),
            ))  # fmt: skip
    return found
