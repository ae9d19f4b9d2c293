"""Dosage: vehicle logs become measured days; a day whose inputs changed is measured anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage.activities import LoggedActivity, officer_rows
from evenbeat.core.dosage.boxes import AssignedBox
from evenbeat.core.dosage.commitments import Commitment
from evenbeat.core.dosage.day import MeasuredDay, day_window, measure_day
from evenbeat.core.dosage.pseudonyms import pseudonym
from evenbeat.core.errors import InputError
from evenbeat.core.pipeline.context import code_version
from evenbeat.core.pipeline.patrol.days import DayStore, day_store
from evenbeat.core.pipeline.patrol.logs import (
    Activities,
    Commitments,
    read_all_activities,
    read_all_commitments,
    read_logs,
)
from evenbeat.core.pipeline.patrol.parts import PartStore, read_parts
from evenbeat.core.pipeline.patrol.planned import assigned_boxes, fixed_sites
from evenbeat.core.pipeline.patrol.planner_table import update_planner_table
from evenbeat.core.pipeline.patrol.retention import removed_dates
from evenbeat.core.pipeline.patrol.secrets import private_folder, pseudonym_key
from evenbeat.core.pipeline.workers import do_tasks
from evenbeat.core.store.files import fingerprint, replacing_file

if TYPE_CHECKING:
    import numpy.typing as npt

    from evenbeat.core.grid import Grid
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.shifts import ShiftCalendar
    from evenbeat.core.store.workspace import Workspace

FOLDER = "dosage"
_FEW_DAYS = 2


@dataclass
class DosageOutcome:
    """What one measuring did."""

    files: list[dict[str, Any]] = field(default_factory=list)
    measured: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    days: dict[str, dict[str, Any]] = field(default_factory=dict)
    activities: dict[str, Any] = field(default_factory=dict)
    committed: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Shared:
    """What every day is measured with."""

    grid: Grid
    calendar: ShiftCalendar
    settings: DosageSettings
    fixed_sites: npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Logs:
    """What people and dispatch wrote down beside the pings."""

    activities: Activities
    commitments: Commitments


@dataclass(frozen=True)
class _Task:
    """One day to measure."""

    date: dt.date
    parts: tuple[Path, ...]
    boxes: tuple[AssignedBox, ...]
    activities: tuple[LoggedActivity, ...]
    commitments: tuple[Commitment, ...]
    inputs: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.inputs)


def run_dosage(
    context: Context, *, dates: Sequence[dt.date] | None = None, force: bool = False,
    jobs: int | None = None, scheduler: str | None = None,
) -> DosageOutcome:  # fmt: skip
    """Read vehicle logs that changed, and measure the days whose inputs changed.

    A day is measured from its pings, its assignments as they stand, its logged activities and the
    settings; pings that come late open only their own day again.

    Parameters
    ----------
    dates
        Only these days; every day of the logs by default.
    force
        Read every file and measure every day again.
    jobs, scheduler
        As for the back-test: processes here, or the address of a Dask scheduler whose workers see
        the workspace's folder.

    Raises
    ------
    ConfigError
        No vehicle log is configured.
    InputError
        A file cannot be read, or a wanted day has no pings.
    """
    workspace = context.workspace
    with workspace.writing():
        grid = workspace.grid()
        outcome = DosageOutcome()
        reading = _part(context, 0.0, 0.4)
        outcome.files = read_logs(reading, grid, force=force)
        logs = _Logs(read_all_activities(workspace), read_all_commitments(workspace))
        outcome.activities = logs.activities.report.to_dict()
        outcome.committed = logs.commitments.report.to_dict()
        shared = _Shared(
            grid, workspace.calendar, workspace.settings.dosage, fixed_sites(workspace)
        )
        tasks = _tasks(workspace, shared, logs, dates)
        store = day_store(workspace)
        due = [task for task in tasks if force or _is_due(store, task)]
        gone = removed_dates(workspace)
        outcome.notes = [
            f"{task.date} stays as it was measured: its pings were removed by evenbeat retention"
            for task in due if str(task.date) in gone
        ]  # fmt: skip
        due = [task for task in due if str(task.date) not in gone]
        outcome.unchanged = [str(task.date) for task in tasks if task not in due]
        if due:
            _measure(context, shared, due, outcome, jobs, scheduler)
            update_planner_table(workspace, store, [task.date for task in due])
        if outcome.files or due:
            _log(context, outcome)
        context.progress("done", 1.0)
    return outcome


def _tasks(
    workspace: Workspace, shared: _Shared, logs: _Logs, dates: Sequence[dt.date] | None
) -> list[_Task]:
    parts = PartStore(workspace.root / FOLDER / "parts")
    known = parts.dates()
    missing = [str(date) for date in dates or () if date not in known]
    if missing:
        raise InputError(
            f"No pings of {', '.join(missing)} are known. Add the vehicle log of that day under "
            "[[dosage.sources]] of evenbeat.toml, or leave --date out."
        )
    return [
        _task(workspace, shared, parts, logs, date)
        for date in known
        if (date in dates if dates else _has_own_pings(parts, shared, date))
    ]


def _has_own_pings(parts: PartStore, shared: _Shared, date: dt.date) -> bool:
    """Return whether a day has pings of its own, not only those near its edge."""
    import pyarrow.parquet as pq

    start, end = (float(edge) for edge in shared.calendar.edges(date, 1)[[0, -1]])
    for path in parts.of_day(date):
        times = pq.read_table(path, columns=["time_s"])["time_s"].to_numpy()
        if ((times >= start) & (times < end)).any():
            return True
    return False


def _task(
    workspace: Workspace, shared: _Shared, parts: PartStore, logs: _Logs, date: dt.date
) -> _Task:
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
    return _Task(date, tuple(parts.of_day(date)), tuple(boxes), tuple(logged), tuple(committed),
                 inputs)  # fmt: skip


def _is_due(store: DayStore, task: _Task) -> bool:
    facts = store.facts(task.date)
    return facts is None or facts["fingerprint"] != task.fingerprint


def measure_task(shared: _Shared, task: _Task) -> MeasuredDay:
    """Measure one day; a task for any worker that sees the parts."""
    shifts = shared.calendar.shifts_on(task.date)
    pings = read_parts(task.parts).between(*day_window(shifts, shared.settings))
    return measure_day(
        pings, grid=shared.grid, shifts=shifts, settings=shared.settings, boxes=task.boxes,
        activities=task.activities, fixed_sites=shared.fixed_sites, commitments=task.commitments,
    )  # fmt: skip


def _measure(
    context: Context, shared: _Shared, due: Sequence[_Task], outcome: DosageOutcome,
    jobs: int | None, scheduler: str | None,
) -> None:  # fmt: skip
    store, progress = day_store(context.workspace), context.part(0.4, 0.97)
    arguments = [(task,) for task in due]
    # One or two days are measured sooner than processes start.
    jobs = jobs or (1 if len(due) <= _FEW_DAYS else None)
    results = do_tasks(measure_task, shared, arguments, jobs=jobs, scheduler=scheduler)
    for done, (position, measured) in enumerate(results, start=1):
        task = due[position]
        shifts = shared.calendar.shifts_on(task.date)
        facts = store.write(task.date, measured, shifts, _facts(task, measured))
        _keep_officers(context.workspace, task, measured)
        outcome.days[str(task.date)] = {
            name: facts[name] for name in ("account", "totals", "median_interval_s", "outcomes")
        }
        progress(f"measured {task.date}", done / len(due))
    outcome.measured = sorted(outcome.days)


def _facts(task: _Task, measured: MeasuredDay) -> dict[str, Any]:
    median, newest = measured.shifts.median_interval_s, measured.newest_ping_s
    outcomes = measured.tables["delivered"]["outcome"].value_counts()
    return {
        "fingerprint": task.fingerprint, "inputs": task.inputs,
        "account": measured.account.to_dict(),
        "median_interval_s": median if np.isfinite(median) else None,
        "newest_ping": dt.datetime.fromtimestamp(newest, dt.UTC).isoformat(timespec="seconds")
        if np.isfinite(newest) else "",
        "imbalance": measured.shifts.imbalance, "assignments": len(task.boxes),
        "visits_counted": measured.shifts.visits is not None,
        "outcomes": {str(name): int(count) for name, count in sorted(outcomes.items())},
    }  # fmt: skip


def _keep_officers(workspace: Workspace, task: _Task, measured: MeasuredDay) -> None:
    """Write who took part where only the owner may read it; remove it where nobody is named."""
    rows = officer_rows(task.activities, measured.tables["activities"])
    path = private_folder(workspace) / "officers" / f"{task.date}.parquet"
    if rows.empty:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with replacing_file(path) as private:
        private.touch(mode=0o600)
        rows.to_parquet(private, index=False)


def _log(context: Context, outcome: DosageOutcome) -> None:
    store = day_store(context.workspace)
    found = {date: store.facts(dt.date.fromisoformat(date)) or {} for date in outcome.measured}
    context.log("dosage", {
        "files": {one["file"]: one["sha256"] for one in outcome.files},
        "dropped": {one["file"]: one["dropped"] for one in outcome.files},
        "activities": outcome.activities, "committed": outcome.committed,
        "days": {date: {"fingerprint": facts["fingerprint"], "account": facts["account"],
                        "output_sha256": facts["output_sha256"]}
                 for date, facts in found.items()},
        "table": context.workspace.table("dosage").version,
    })  # fmt: skip


def _part(context: Context, first: float, last: float) -> Context:
    return replace(context, progress=context.part(first, last))
