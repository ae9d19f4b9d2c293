"""Gather what the ledger is kept of: minutes, plans, crime and forecasts by day and cell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.equity import Entries
from evenbeat.core.errors import WorkspaceError
from evenbeat.core.pipeline.accounts.crime import read_incidents_of
from evenbeat.core.pipeline.accounts.period import Period
from evenbeat.core.pipeline.equity.plans import PlannedDays, planned_days
from evenbeat.core.pipeline.patrol.days import day_store
from evenbeat.core.store.cubes import read_cube
from evenbeat.core.store.database import plans_between

if TYPE_CHECKING:
    from evenbeat.core.store.workspace import Workspace

Floats = npt.NDArray[np.float64]
QUARTER_DAYS = 91
_DAY_S = 86_400.0
_RISK = "risk.zarr"


@dataclass(frozen=True)
class Gathered:
    """The entries of a period, and what a reader must know of them.

    Parameters
    ----------
    entries
        For the ledger.
    run_ids
        Runs of the forecasts and plans behind them.
    incidents_left_out
        Reported incidents that are in no day or cell.
    plans
        The plans that stood.
    """

    entries: Entries
    run_ids: tuple[str, ...]
    incidents_left_out: int
    plans: PlannedDays


def equity_period(workspace: Workspace, first: dt.date | None, last: dt.date | None) -> Period:
    """Return the period asked for; by default the 91 days up to the newest planned or measured day.

    Raises
    ------
    WorkspaceError
        Nothing was planned or measured in it, or it ends before it begins.
    """
    with workspace.database.reading() as connection:
        planned = {one.service_date for one in plans_between(connection, dt.date.min, dt.date.max)}
    known = planned | set(day_store(workspace).dates())
    if not known:
        raise WorkspaceError(
            "Nothing was planned or measured yet, so there is nothing to account for. Run: "
            "evenbeat plan, or evenbeat dosage"
        )
    chosen_last = last or max(known)
    chosen_first = first or max(min(known), chosen_last - dt.timedelta(days=QUARTER_DAYS - 1))
    if chosen_first > chosen_last:
        raise WorkspaceError(
            f"The period ends on {chosen_last}, before it begins on {chosen_first}. Give an "
            "earlier first day."
        )
    if not any(chosen_first <= date <= chosen_last for date in known):
        raise WorkspaceError(
            f"No day from {chosen_first} to {chosen_last} was planned or measured; known are "
            f"{min(known)} to {max(known)}."
        )
    return Period(workspace, chosen_first, chosen_last)


def gather(period: Period) -> Gathered:
    """Return the entries of a period."""
    plans = planned_days(period)
    dates = sorted({*plans.dates, *period.dates})
    if not dates:
        raise WorkspaceError(
            f"The days from {period.first} to {period.last} were planned and measured on other "
            "cells than the workspace has now. Measure them again: evenbeat dosage"
        )
    delivered, measured = _delivered(period, dates)
    expected, forecast, runs = _expected(period, dates)
    harm, harm_before, observed, left_out = _crime(period, dates)
    newest = period.newest_incident
    entries = Entries(
        dates=tuple(map(str, dates)), measured=measured,
        with_plan=np.array([date in plans.dates for date in dates], bool),
        reported=np.array([newest is not None and date <= newest for date in dates], bool),
        forecast=forecast, delivered=delivered, planned=plans.minutes_on(dates), harm=harm,
        harm_before=harm_before, observed=observed, expected=expected, flagged=plans.flagged,
        follows=plans.follows, overrides=plans.overrides,
    )  # fmt: skip
    return Gathered(
        entries, tuple(sorted({*runs, *(plan.run_id for plan in period.plans)})), left_out,
        plans,
    )  # fmt: skip


def _delivered(period: Period, dates: list[dt.date]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the minutes of patrol by day and cell, and which days have them."""
    grid = period.grid
    whole = np.zeros((len(dates), grid.mask.size))
    measured = np.zeros(len(dates), bool)
    for at, date in enumerate(dates):
        cells = period.store.patrol(date) if date in period.dates else None
        if cells is not None:
            measured[at] = True
            flat = cells["row"].to_numpy(np.int64) * grid.shape[1] + cells["column"].to_numpy()
            np.add.at(whole[at], flat, cells["minutes"].to_numpy(np.float64))
    return whole[:, grid.inside_index], measured


def _expected(
    period: Period, dates: list[dt.date]
) -> tuple[Floats, npt.NDArray[np.bool_], list[str]]:
    """Return what the day's forecast expected by cell, which days have one, and their runs."""
    workspace, grid = period.workspace, period.grid
    found = np.zeros((len(dates), grid.n_inside))
    known, runs = np.zeros(len(dates), bool), []
    for at, date in enumerate(dates):
        run_id = workspace.current_run(date)
        folder = workspace.run_folder(date, run_id or "none") / _RISK
        if run_id is None or not folder.is_dir():
            continue
        counts = read_cube(folder)["expected_count"].transpose("crime_type", "shift", "y", "x")
        if counts.shape[2:] != grid.shape or not np.array_equal(counts["x"], grid.eastings):
            continue
        summed = counts.values.sum(axis=(0, 1), dtype=np.float64)
        found[at] = np.nan_to_num(summed.ravel()[grid.inside_index])
        known[at] = True
        runs.append(run_id)
    return found, known, runs


def _crime(period: Period, dates: list[dt.date]) -> tuple[Floats, Floats, Floats, int]:
    """Return severity by day and cell, the same before the day, incidents, and how many are out."""
    grid, calendar = period.grid, period.workspace.calendar
    before_s = period.workspace.settings.equity.harm_days * _DAY_S
    edges = [calendar.shifts_on(date) for date in dates]
    starts = [day[0].start.timestamp() for day in edges]
    ends = [day[-1].end.timestamp() for day in edges]
    past = read_incidents_of(period, starts[0] - before_s, ends[-1])
    position = position_of_cells(period)

    def by_cell(low: float, high: float, weights: Any) -> Floats:
        chosen = past.between(low, high)
        at = position[past.cell[chosen]]
        return np.asarray(np.bincount(at, weights[chosen], grid.n_inside), dtype=np.float64)

    once = np.ones(past.severity.size)
    harm = np.stack([by_cell(*span, past.severity) for span in zip(starts, ends, strict=True)])
    count = np.stack([by_cell(*span, once) for span in zip(starts, ends, strict=True)])
    before = np.stack([by_cell(start - before_s, start, past.severity) for start in starts])
    left_out = read_incidents_of(period, starts[0], ends[-1]).left_out
    return harm, before, count, left_out


def position_of_cells(period: Period) -> npt.NDArray[np.int64]:
    """Return the place of each flat cell among the inside cells; -1 outside."""
    position = np.full(period.grid.mask.size, -1, dtype=np.int64)
    position[period.grid.inside_index] = np.arange(period.grid.n_inside)
    return position
