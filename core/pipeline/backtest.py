"""Back-test: forecast past windows as a forecast of their day would have been, and count the hits.

Blocks of windows are done side by side, here or on a cluster, and each result is kept as soon as it
is there: a back-test that was stopped goes on where it was.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.backtest.budgets import Budget
from evenbeat.core.backtest.contest import contest_budgets, require_contest
from evenbeat.core.backtest.document import join_scores, main_budget, write_document
from evenbeat.core.backtest.results import from_arrays, to_arrays
from evenbeat.core.backtest.rolling import Backtest, BlockResult, choose_for, run_block
from evenbeat.core.backtest.schedule import Schedule
from evenbeat.core.errors import BacktestError, ConfigError
from evenbeat.core.features.knowledge import IncidentRecords
from evenbeat.core.models.selection import Choice
from evenbeat.core.pipeline.backtest_request import AREA_SHARES, BacktestRequest
from evenbeat.core.pipeline.context import Context, code_version, cutoff_of
from evenbeat.core.pipeline.fit import model_inputs, read_layers, weighed_incidents
from evenbeat.core.pipeline.forecasts import save_forecasts
from evenbeat.core.pipeline.ingest import susceptibility_gate
from evenbeat.core.pipeline.workers import do_tasks
from evenbeat.core.policy.modelled import require_modelled
from evenbeat.core.policy.severity import load_severity
from evenbeat.core.reports.backtest import BacktestMap, write_backtest
from evenbeat.core.store.files import fingerprint, read_json, replacing_file, write_json

if TYPE_CHECKING:
    from pandas import DataFrame

    from evenbeat.core.shifts import ShiftCalendar
    from evenbeat.core.store.workspace import Workspace

CHOICE_DAYS = 364
"""Kinds of models are chosen anew after a year."""
_CONTEST = {"week": "1 week", "2-weeks": "2 weeks", "month": "1 month", "2-months": "2 months",
            "3-months": "3 months"}  # fmt: skip


@dataclass(frozen=True)
class BacktestOutcome:
    """What one back-test made."""

    backtest_id: str
    folder: Path
    page: Path
    document: dict[str, Any]
    blocks: int
    reused_blocks: int


def run_backtest(
    context: Context,
    request: BacktestRequest,
    *,
    out: Path | None = None,
    forecasts: Path | None = None,
    jobs: int | None = None,
    scheduler: str | None = None,
    force: bool = False,
) -> BacktestOutcome:
    """Back-test the models of a workspace and write the report.

    Parameters
    ----------
    context
        The workspace.
    request
        What to test.
    out
        Folder of the report; by default ``backtests/<id>`` in the workspace.
    forecasts
        Folder to which every issued forecast is written as Zarr, or None.
    jobs, scheduler
        Processes on this machine, or the address of a Dask scheduler; the results are the same.
    force
        Do blocks again that are done.

    Raises
    ------
    BacktestError
        The dates, the horizon, the areas or the contest's rules do not fit.
    PolicyError
        A type must not be modelled.
    """
    workspace = context.workspace
    backtest = _assemble(workspace, request)
    inputs = _inputs(workspace, backtest, request)
    backtest_id = f"{request.first}-{request.last}-{fingerprint(inputs)[:12]}"
    folder = out or workspace.root / "backtests" / backtest_id
    blocks = backtest.schedule.blocks
    done = {} if force else _read_blocks(folder, backtest_id, forecasts is not None)
    reused = len(done)
    for asked in (folder, *(() if forecasts is None else (forecasts,))):
        _require_writable(asked)
    choices = _choose(context, backtest, folder, backtest_id, jobs, scheduler, force=force)
    waiting = [block for block in blocks if block.number not in done]
    tasks = [(block, choices[_period(backtest, block.first)]) for block in waiting]
    for position, result in do_tasks(run_block, backtest, tasks, jobs=jobs, scheduler=scheduler):
        _keep(folder, backtest_id, result, with_forecasts=forecasts is not None)
        if forecasts is not None:
            save_forecasts(forecasts / backtest_id, backtest, result, backtest_id)
        done[result.number] = result.without_forecasts()
        context.progress(
            f"{waiting[position].first} to {waiting[position].last} forecast and scored",
            0.1 + 0.85 * len(done) / len(blocks),
        )
    results = [done[block.number] for block in blocks]
    document = write_document(
        backtest, results, rules=request.rules,
        provenance={
            "id": backtest_id, "code_version": code_version(),
            "input_fingerprint": fingerprint(inputs), "seed": str(backtest.settings.seed),
            "command": request.command,
            "data_cutoff_rule": "each window knows what was known at the local midnight that "
            "starts it; fits and choices know less",
        },
    )  # fmt: skip
    write_json(folder / "backtest.json", document)
    page = write_backtest(
        folder / "backtest.html", document=document, maps=_maps(backtest, results)
    )
    context.log(
        "backtest",
        {"backtest_id": backtest_id, "inputs": inputs, "seed": backtest.settings.seed,
         "document": fingerprint(document)},
    )  # fmt: skip
    context.progress("report written", 1.0)
    return BacktestOutcome(backtest_id, folder, page, document, len(blocks), reused)


def _require_writable(folder: Path) -> None:
    """Make a folder and try to write to it, before any work.

    Raises
    ------
    ConfigError
        It cannot be made, or not be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be written: {error.strerror}. Choose another folder."
        ) from error


def _require_data(incidents: DataFrame, last: dt.date, calendar: ShiftCalendar) -> None:
    """Refuse a period that ends after the data do.

    Raises
    ------
    BacktestError
        Days without data would count as days without crime.
    """
    newest = incidents["occurred_from"].max().tz_convert(calendar.zone).date()
    if last > newest:
        raise BacktestError(
            f"The newest incident is of {newest}; days up to {last} without data would count as "
            f"days without crime. Choose --to {newest} or earlier, or ingest newer exports."
        )


def _assemble(workspace: Workspace, request: BacktestRequest) -> Backtest:
    """Gather what is tested."""
    settings = workspace.settings.model
    changes: dict[str, Any] = {}
    if request.crime_types:
        changes["crime_types"] = tuple(dict.fromkeys(request.crime_types))
    settings = settings.model_copy(update=changes)
    require_modelled(settings.crime_types)
    grid, calendar = workspace.grid(), workspace.calendar
    schedule = Schedule(
        request.first, request.last, request.horizon, request.refit_days or settings.refit_days,
        len(calendar), request.lag_days,
    )  # fmt: skip
    incidents = weighed_incidents(
        workspace, susceptibility_gate(workspace), cutoff_of(workspace, request.first)
    )
    _require_data(incidents, request.last, calendar)
    records = IncidentRecords.of(
        incidents, grid=grid, reporting_lag_days=settings.reporting_lag_days
    )
    return Backtest(
        grid, calendar, workspace.settings.agency, records,
        read_layers(workspace), settings, schedule, _budgets(grid, request), load_severity(),
    )  # fmt: skip


def _budgets(grid: Any, request: BacktestRequest) -> tuple[Budget, ...]:
    if request.rules == "nij":
        if request.horizon not in _CONTEST:
            raise BacktestError(
                f"The contest's horizons are {', '.join(_CONTEST)}, got {request.horizon}."
            )
        if request.area_shares != AREA_SHARES or request.boxes_per_district:
            raise BacktestError(
                "The contest's rules set the flagged areas: 0.25, 0.5 and 0.75 square miles. Leave "
                "out --area and --boxes, or --rules."
            )
        require_contest(grid, _CONTEST[request.horizon])
        return contest_budgets(grid)
    shares = sorted({round(share, 6) for share in request.area_shares})
    budgets = [Budget.of_area(share, grid) for share in shares]
    if request.boxes_per_district:
        budgets.append(Budget.of_boxes(request.boxes_per_district, grid))
    return tuple(budgets)


def _inputs(workspace: Workspace, backtest: Backtest, request: BacktestRequest) -> dict[str, Any]:
    """Return the fingerprints of everything the result depends on."""
    return {
        **model_inputs(workspace, cutoff_of(workspace, request.first)),
        "model": backtest.settings.model_dump(mode="json"),
        "request": {
            "first": request.first.isoformat(), "last": request.last.isoformat(),
            "horizon": request.horizon, "refit_days": backtest.schedule.refit_days,
            "budgets": [budget.key for budget in backtest.budgets], "rules": request.rules,
            "lag_days": request.lag_days,
        },
        "severity": dict(backtest.severity),
    }  # fmt: skip


def _period(backtest: Backtest, date: dt.date) -> int:
    """Return the number of the year of choices that a date is in."""
    return min((date - backtest.schedule.first).days // CHOICE_DAYS, _n_periods(backtest) - 1)


def _n_periods(backtest: Backtest) -> int:
    """Return the number of years of choices; less than half a year more belongs to the last."""
    days = (backtest.schedule.blocks[-1].last - backtest.schedule.first).days + 1
    return max(1, round(days / CHOICE_DAYS))


def _choose(
    context: Context, backtest: Backtest, folder: Path, backtest_id: str, jobs: int | None,
    scheduler: str | None, *, force: bool,
) -> list[dict[str, Choice]]:  # fmt: skip
    """Return each year's choices, made on the past of its first day; what is known is reused."""
    path = folder / "choices.json"
    stored = None if force else read_json(path)
    if stored is not None and stored["backtest_id"] == backtest_id:
        return [
            {name: Choice(**facts) for name, facts in period.items()}
            for period in stored["periods"]
        ]
    starts = [
        backtest.schedule.first + dt.timedelta(days=CHOICE_DAYS * number)
        for number in range(_n_periods(backtest))
    ]
    asked = [(start, name) for start in starts for name in backtest.settings.crime_types]
    periods: list[dict[str, Choice]] = [{} for _ in starts]
    tasks = do_tasks(choose_for, backtest, asked, jobs=jobs, scheduler=scheduler)
    for n_done, (position, choice) in enumerate(tasks, start=1):
        start, name = asked[position]
        periods[starts.index(start)][name] = choice
        context.progress(
            f"kind of model chosen for {name.replace('_', ' ')}", 0.1 * n_done / len(asked)
        )
    write_json(path, {"backtest_id": backtest_id, "periods": [
        {name: period[name].to_dict() for name in backtest.settings.crime_types}
        for period in periods
    ]})  # fmt: skip
    return periods


def _keep(folder: Path, backtest_id: str, result: BlockResult, *, with_forecasts: bool) -> None:
    """Write a block's result, whole or not at all."""
    arrays = to_arrays(result, with_forecasts=with_forecasts)
    path = folder / "blocks" / f"block-{result.number:04}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing_file(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, backtest_id=np.array(backtest_id), **arrays)


def _read_blocks(folder: Path, backtest_id: str, with_forecasts: bool) -> dict[int, BlockResult]:
    """Return the blocks that are done, of this very back-test; what is damaged is done again."""
    found = {}
    for path in sorted((folder / "blocks").glob("block-*.npz")):
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                arrays = dict(stored)
            if str(arrays.pop("backtest_id")) != backtest_id:
                continue
            result = from_arrays(arrays)
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error):
            continue
        kept = all(len(told.issued) for told in result.types.values())
        if kept or not with_forecasts:
            found[result.number] = result.without_forecasts()
    return found


def _maps(backtest: Backtest, results: Sequence[BlockResult]) -> dict[str, BacktestMap]:
    """Return where each type was flagged and where it happened, at the budget told first."""
    grid, main = backtest.grid, main_budget(backtest)

    def raster(values: Any) -> Any:
        out = np.zeros(grid.mask.size)
        out[grid.inside_index] = values
        return out.reshape(grid.shape)

    maps = {}
    for name in backtest.settings.crime_types:
        flagged = join_scores(results, name).flagged[main][0]
        observed = np.sum([result.types[name].observed_cells for result in results], axis=0)
        hits = np.sum([result.types[name].hit_cells[main] for result in results], axis=0)
        maps[name] = BacktestMap(
            flagged=raster(np.bincount(flagged.ravel(), minlength=grid.n_inside)),
            hits=raster(hits), misses=raster(observed - hits), inside=grid.mask,
            bounds=grid.bounds,
        )  # fmt: skip
    return maps
