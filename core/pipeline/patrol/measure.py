"""Dosage: vehicle logs become measured days; a day whose inputs changed is measured anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.dosage.day import MeasuredDay
from evenbeat.core.dosage.directed import officer_rows
from evenbeat.core.errors import EvenbeatError, WorkspaceError
from evenbeat.core.pipeline.patrol.day_tasks import (
    DayTask,
    Logs,
    Shared,
    day_tasks,
    measure_task,
)
from evenbeat.core.pipeline.patrol.days import DayStore, day_store
from evenbeat.core.pipeline.patrol.logs import read_all_activities, read_all_commitments
from evenbeat.core.pipeline.patrol.ping_logs import read_logs
from evenbeat.core.pipeline.patrol.planned import fixed_sites
from evenbeat.core.pipeline.patrol.planner_table import update_planner_table
from evenbeat.core.pipeline.patrol.retention import removed_dates
from evenbeat.core.pipeline.patrol.secrets import private_folder
from evenbeat.core.pipeline.workers import do_tasks
from evenbeat.core.store.files import replacing_file, sweep_temporaries

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.workspace import Workspace

FOLDER = "dosage"
_FEW_DAYS = 2
_FEW_NOTES = 3


@dataclass
class DosageOutcome:
    """What one measuring did."""

    files: list[dict[str, Any]] = field(default_factory=list)
    measured: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    days: dict[str, dict[str, Any]] = field(default_factory=dict)
    activities: dict[str, Any] = field(default_factory=dict)
    committed: dict[str, Any] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    taken_back: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def run_dosage(
    context: Context, *, dates: Sequence[dt.date] | None = None, force: bool = False,
    jobs: int | None = None, scheduler: str | None = None,
) -> DosageOutcome:  # fmt: skip
    """Read vehicle logs that changed, and measure the days whose inputs changed.

    A day is measured from its pings, its assignments as they stand, its logged activities and the
    settings; pings that come late open only their own day again. A day without pings any more is
    measured no more, unless `evenbeat retention` removed them.

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
        No file can be read, or a wanted day has no pings.
    WorkspaceError
        The workspace cannot be written.
    """
    if scheduler is not None:
        # Without a task it only makes sure that one answers, before anything is read.
        list(do_tasks(measure_task, None, (), scheduler=scheduler))
    try:
        with context.workspace.writing():
            return _run(context, dates, force, jobs, scheduler)
    except EvenbeatError:
        raise  # some of them are an OSError too
    except OSError as error:
        where = error.filename or context.workspace.root
        raise WorkspaceError(
            f"{where} cannot be read or written: {error.strerror or error}. Run as a user who may "
            "write to the workspace, see that there is room, or copy the workspace."
        ) from error


def _run(
    context: Context, dates: Sequence[dt.date] | None, force: bool, jobs: int | None,
    scheduler: str | None,
) -> DosageOutcome:  # fmt: skip
    workspace, outcome = context.workspace, DosageOutcome()
    _sweep(workspace)
    grid = workspace.grid()
    reading = read_logs(_part(context, 0.0, 0.4), grid, force=force)
    outcome.files, outcome.notes = reading.accounts, reading.notes
    outcome.unread, outcome.taken_back = reading.unread, reading.taken_back
    logs = Logs(read_all_activities(workspace), read_all_commitments(workspace))
    outcome.activities = logs.activities.report.to_dict()
    outcome.committed = logs.commitments.report.to_dict()
    shared = Shared(grid, workspace.calendar, workspace.settings.dosage, fixed_sites(workspace))
    outcome.notes += _closed_notes({*reading.closed, *_closed(workspace, dates)})
    tasks = day_tasks(workspace, shared, reading.store, logs, dates)
    store = day_store(workspace)
    if dates is None:
        _remove_days(workspace, store, {task.date for task in tasks}, outcome)
    due = [task for task in tasks if force or _is_due(store, task)]
    outcome.unchanged = [str(task.date) for task in tasks if task not in due]
    if due:
        _measure(context, shared, due, outcome, jobs, scheduler)
        update_planner_table(workspace, store, [task.date for task in due])
    if outcome.files or outcome.taken_back or outcome.removed or outcome.unread or due:
        _log(context, outcome)
    context.progress("done", 1.0)
    return outcome


def _sweep(workspace: Workspace) -> None:
    """Remove what a killed run left half written; the workspace's lock is held."""
    root = workspace.root / FOLDER
    for folder in (root, root / "parts", root / "days", private_folder(workspace),
                   private_folder(workspace) / "officers"):  # fmt: skip
        sweep_temporaries(folder)


def _closed(workspace: Workspace, dates: Sequence[dt.date] | None) -> list[dt.date]:
    gone = removed_dates(workspace)
    return [date for date in dates or () if str(date) in gone]


def _closed_notes(closed: set[dt.date]) -> list[str]:
    stays = "as measured: the pings were removed by evenbeat retention"
    if len(closed) > _FEW_NOTES:
        return [f"{len(closed)} days from {min(closed)} to {max(closed)} stay {stays}"]
    return [f"{date} stays {stays}" for date in sorted(closed)]


def _remove_days(
    workspace: Workspace, store: DayStore, with_pings: set[dt.date], outcome: DosageOutcome
) -> None:
    """Remove measured days that have no pings of their own any more, unless they were closed."""
    gone = removed_dates(workspace)
    lost = [date for date in store.dates() if date not in with_pings and str(date) not in gone]
    if not lost:
        return
    # The table before the day itself: a run that is killed between them finds the day again.
    for date in lost:
        store.forget_patrol(date)
    update_planner_table(workspace, store, lost)
    for date in lost:
        (private_folder(workspace) / "officers" / f"{date}.parquet").unlink(missing_ok=True)
        store.remove(date)
        outcome.removed.append(str(date))
        outcome.notes.append(
            f"{date} is measured no more: its vehicle log holds no pings of that day any longer"
        )


def _is_due(store: DayStore, task: DayTask) -> bool:
    facts = store.facts(task.date)
    return facts is None or facts["fingerprint"] != task.fingerprint


def _measure(
    context: Context, shared: Shared, due: Sequence[DayTask], outcome: DosageOutcome,
    jobs: int | None, scheduler: str | None,
) -> None:  # fmt: skip
    store, progress = day_store(context.workspace), context.part(0.4, 0.97)
    arguments = [(task,) for task in due]
    # One or two days are measured sooner than processes start.
    jobs = jobs or (1 if len(due) <= _FEW_DAYS else None)
    results = do_tasks(
        measure_task, shared, arguments, jobs=jobs, scheduler=scheduler, progress=progress
    )
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


def _facts(task: DayTask, measured: MeasuredDay) -> dict[str, Any]:
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


def _keep_officers(workspace: Workspace, task: DayTask, measured: MeasuredDay) -> None:
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
        "files": {one["id"]: {"sha256": one["sha256"], "bytes": one["bytes"]}
                  for one in outcome.files},
        "dropped": {one["id"]: one["dropped"] for one in outcome.files},
        "unread": outcome.unread, "taken_back": outcome.taken_back, "removed": outcome.removed,
        "activities": outcome.activities, "committed": outcome.committed,
        "days": {date: {"fingerprint": facts["fingerprint"], "account": facts["account"],
                        "output_sha256": facts["output_sha256"]}
                 for date, facts in found.items()},
        "table": context.workspace.table("dosage").version,
    })  # fmt: skip


def _part(context: Context, first: float, last: float) -> Context:
    return replace(context, progress=context.part(first, last))
