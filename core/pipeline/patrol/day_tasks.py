"""What there is to measure: each day with its pings, its assignments and what was written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage.activities import LoggedActivity
from evenbeat.core.dosage.boxes import AssignedBox
from evenbeat.core.dosage.commitments import Commitment
from evenbeat.core.dosage.day import MeasuredDay, day_window, measure_day
from evenbeat.core.dosage.pseudonyms import pseudonym
from evenbeat.core.errors import InputError
from evenbeat.core.pipeline.context import code_version
from evenbeat.core.pipeline.patrol.logs import Activities, Commitments
from evenbeat.core.pipeline.patrol.parts import PartStore, count_own, read_parts
from evenbeat.core.pipeline.patrol.planned import assigned_boxes
from evenbeat.core.pipeline.patrol.retention import removed_dates
from evenbeat.core.pipeline.patrol.secrets import pseudonym_key
from evenbeat.core.store.files import fingerprint

if TYPE_CHECKING:
    import numpy.typing as npt

    from evenbeat.core.grid import Grid
    from evenbeat.core.shifts import ShiftCalendar
    from evenbeat.core.store.workspace import Workspace


@dataclass(frozen=True)
class Shared:
    """What every day is measured with."""

    grid: Grid
    calendar: ShiftCalendar
    settings: DosageSettings
    fixed_sites: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Logs:
    """What people and dispatch wrote down beside the pings."""

    activities: Activities
    commitments: Commitments


@dataclass(frozen=True)
class DayTask:
    """One day to measure."""

    date: dt.date
    parts: tuple[Path, ...]
    boxes: tuple[AssignedBox, ...]
    activities: tuple[LoggedActivity, ...]
    commitments: tuple[Commitment, ...]
    inputs: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        """Return what tells these inputs from other ones."""
        return fingerprint(self.inputs)


def day_tasks(
    workspace: Workspace, shared: Shared, parts: PartStore, logs: Logs,
    dates: Sequence[dt.date] | None,
) -> list[DayTask]:  # fmt: skip
    """Return what to measure: every day with pings of its own, or the wanted ones of them.

    Raises
    ------
    InputError
        A wanted day has no pings of its own, and not because they were kept long enough.
    """
    gone = removed_dates(workspace)
    known = [
        date for date in parts.dates()
        if (dates is None or date in dates) and str(date) not in gone
        and count_own(parts.of_day(date), date, shared.calendar)
    ]  # fmt: skip
    missing = [str(date) for date in dates or () if date not in known and str(date) not in gone]
    if missing:
        raise InputError(
            f"No pings of {', '.join(missing)} are known. Add the vehicle log of that day under "
            "[[dosage.sources]] of evenbeat.toml, or leave --date out."
        )
    return [_task(workspace, shared, parts, logs, date) for date in known]


def _task(
    workspace: Workspace, shared: Shared, parts: PartStore, logs: Logs, date: dt.date
) -> DayTask:
    shifts = shared.calendar.shifts_on(date)
    key = pseudonym_key(workspace)
    boxes = assigned_boxes(workspace, date, key=key)
    window = (shifts[0].start.timestamp(), shifts[-1].end.timestamp())
    logged, committed = logs.activities.within(*window), logs.commitments.within(*window)
    measuring = shared.settings.model_dump(mode="json", exclude={
        "sources", "activities", "committed", "keep_pings_days", "keep_officers_days",
        "publish_delay_hours",
        "publish_cell_m",
    })  # fmt: skip
    inputs = {
        "date": date.isoformat(), "pings": parts.fingerprint(date), "settings": measuring,
        "boxes": fingerprint([[box.facts, box.outline.wkt] for box in boxes]),
        "activities": fingerprint([
            [one.activity_id, one.unit, one.officers, one.assignment_id, one.tactic, one.started_s,
             one.ended_s, one.note, [pseudonym(name, key) for name in one.officer_ids]]
            for one in logged
        ]),
        "commitments": fingerprint([[one.unit, one.start_s, one.end_s] for one in committed]),
        "grid": shared.grid.fingerprint, "code_version": code_version(),
        "shifts": [[shift.id, shift.start.isoformat(), shift.end.isoformat()] for shift in shifts],
        "fixed_sites": fingerprint(np.round(shared.fixed_sites, 3).tolist()),
    }  # fmt: skip
    return DayTask(date, tuple(parts.of_day(date)), tuple(boxes), tuple(logged), tuple(committed),
                 inputs)  # fmt: skip


def measure_task(shared: Shared, task: DayTask) -> MeasuredDay:
    """Measure one day; a task for any worker that sees the parts."""
    shifts = shared.calendar.shifts_on(task.date)
    pings = read_parts(task.parts).between(*day_window(shifts, shared.settings))
    return measure_day(
        pings, grid=shared.grid, shifts=shifts, settings=shared.settings, boxes=task.boxes,
        activities=task.activities, fixed_sites=shared.fixed_sites, commitments=task.commitments,
    )  # fmt: skip
