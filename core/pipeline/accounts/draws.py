"""The logged lotteries of a period with what happened in each of their boxes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.effects import Draws
from evenbeat.core.pipeline.accounts.crime import Incidents, read_incidents_of
from evenbeat.core.store.database import CandidateRecord, candidates_of

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    import xarray as xr

    from evenbeat.core.grid import Grid
    from evenbeat.core.pipeline.accounts.period import Period

Floats = npt.NDArray[np.float64]
GROUPS = {"assigned": "assigned", "held_out": "held_out", "not_drawn": "elsewhere"}
HOUR_S = 3600.0


@dataclass(frozen=True, eq=False)
class BoxShifts:
    """Every box that was in a draw on a measured day, a row each.

    Parameters
    ----------
    records
        The candidates as they were logged.
    dates
        Day of service of each.
    start_s, end_s
        Its shift, seconds since 1970 UTC.
    count, severity
        Reported incidents in the box during the shift and the hours after, and their weights.
    minutes
        Minutes in its cells during the shift with a unit on no incident: the mean over its cells.
    """

    records: list[CandidateRecord]
    dates: list[dt.date]
    start_s: Floats
    end_s: Floats
    count: Floats
    severity: Floats
    minutes: Floats

    @property
    def draws(self) -> Draws:
        """Return the draws with their logged chances."""
        return Draws.from_records(self.records)

    def outcome(self) -> npt.NDArray[np.str_]:
        """Return what the draw made of each box."""
        return np.array([record.outcome for record in self.records], dtype=np.str_)

    def by_lot(self) -> npt.NDArray[np.bool_]:
        """Return which boxes were in the lottery of the pool."""
        return np.array([record.chosen_by == "lottery" for record in self.records], bool)


def box_shifts(period: Period, *, hours_after: float) -> tuple[BoxShifts, Incidents]:
    """Return the boxes of the draws of a period, and the incidents of its days.

    Parameters
    ----------
    hours_after
        Hours after the shift in which incidents count as well.
    """
    calendar = period.workspace.calendar
    measured, records, dates, windows = set(period.dates), [], [], []
    with period.workspace.database.reading() as connection:
        for plan in period.plans:
            if plan.service_date not in measured or plan.plan_id in period.of_other_cells:
                continue
            shifts = {one.name: one for one in calendar.shifts_on(plan.service_date)}
            for record in candidates_of(connection, plan.plan_id):
                shift = shifts.get(record.shift)
                if shift is None:
                    continue
                records.append(record)
                dates.append(plan.service_date)
                windows.append((shift.start.timestamp(), shift.end.timestamp()))
    edges = np.array(windows, float).reshape(-1, 2)
    first = calendar.shifts_on(period.dates[0])[0].start.timestamp()
    last = calendar.shifts_on(period.dates[-1])[-1].end.timestamp()
    found = read_incidents_of(period, first, last + hours_after * HOUR_S)
    count, severity = incidents_in(
        [record.cells for record in records], edges[:, 0], edges[:, 1] + hours_after * HOUR_S,
        found, period.grid,
    )  # fmt: skip
    minutes = _minutes(period, records, dates)
    return BoxShifts(records, dates, edges[:, 0], edges[:, 1], count, severity, minutes), found


def incidents_in(
    cells: list[tuple[tuple[int, int], ...]], start_s: Floats, end_s: Floats, found: Incidents,
    grid: Grid,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return how many incidents, and of what weight, each box had in its span of time."""
    of_cell: dict[int, list[int]] = defaultdict(list)
    for position, cell in enumerate(found.cell.tolist()):
        of_cell[cell].append(position)
    times = {cell: found.time_s[positions] for cell, positions in of_cell.items()}
    sums = {
        cell: np.concatenate([[0.0], np.cumsum(found.severity[positions])])
        for cell, positions in of_cell.items()
    }
    count, severity = np.zeros(len(cells)), np.zeros(len(cells))
    for box, own in enumerate(cells):
        for row, column in own:
            cell = row * grid.shape[1] + column
            if cell not in times:
                continue
            low, high = np.searchsorted(times[cell], [start_s[box], end_s[box]])
            count[box] += high - low
            severity[box] += sums[cell][high] - sums[cell][low]
    return count, severity


def _minutes(period: Period, records: list[CandidateRecord], dates: list[dt.date]) -> Floats:
    minutes = np.zeros(len(records))
    cube: xr.Dataset | None = None
    opened: dt.date | None = None
    for at, (record, date) in enumerate(zip(records, dates, strict=True)):
        if date != opened:
            cube, opened = period.store.cube(date), date
            presence = cube["free_minutes"].values
            position = {str(name): number for number, name in enumerate(cube["shift"].values)}
        own = [presence[position[record.shift], row, column] for row, column in record.cells]
        minutes[at] = float(np.mean(own))
    return minutes


def weekly_table(boxes: BoxShifts) -> pd.DataFrame:
    """Return incidents and minutes by week and by what the lottery made of boxes.

    Returns
    -------
    Columns ``week`` (its Monday), ``group`` (assigned, held_out or elsewhere), ``box_shifts,
    incidents, severity, presence_minutes, incidents_per_1000_box_shifts``.
    """
    import pandas as pd

    day = pd.to_datetime(pd.Series(boxes.dates, dtype="datetime64[s]"))
    table = pd.DataFrame({
        "week": (day - pd.to_timedelta(day.dt.day_of_week, unit="D")).dt.strftime("%Y-%m-%d"),
        "group": [GROUPS.get(name, "") for name in boxes.outcome()],
        "box_shifts": 1, "incidents": boxes.count, "severity": boxes.severity,
        "presence_minutes": boxes.minutes,
    })  # fmt: skip
    table = table[boxes.by_lot() & (table["group"] != "")]
    summed = table.groupby(["week", "group"], as_index=False).sum()
    summed["incidents_per_1000_box_shifts"] = 1000.0 * summed["incidents"] / summed["box_shifts"]
    return summed
