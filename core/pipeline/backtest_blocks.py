"""Do the blocks of a back-test side by side, here or on a cluster, and keep each as it is done.

A back-test that was stopped goes on where it was.
"""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from evenbeat.core.backtest.results import from_arrays, to_arrays
from evenbeat.core.backtest.rolling import BlockResult, choose_for, run_block
from evenbeat.core.backtest.subject import Backtest
from evenbeat.core.models.selection import Choice
from evenbeat.core.pipeline.forecasts import save_forecasts
from evenbeat.core.pipeline.workers import do_tasks
from evenbeat.core.progress import Progress
from evenbeat.core.store.files import read_json, replacing_file, write_json

CHOICE_DAYS = 364
"""Kinds of models are chosen anew after a year."""


@dataclass(frozen=True)
class Work:
    """How the work of one back-test is done, and where it is kept.

    Parameters
    ----------
    backtest_id
        Of the very back-test; what is stored under another is not taken for its own.
    folder
        Keeps ``choices.json`` and ``blocks``.
    forecasts
        Folder to which every issued forecast is written as Zarr, or None.
    jobs, scheduler
        Processes on this machine, or the address of a Dask scheduler.
    force
        Do again what is done.
    """

    backtest_id: str
    folder: Path
    forecasts: Path | None = None
    jobs: int | None = None
    scheduler: str | None = None
    force: bool = False


@dataclass(frozen=True, eq=False)
class DoneBlocks:
    """The results of all blocks in order, and how many of them were there before."""

    results: list[BlockResult] = field(default_factory=list)
    reused: int = 0


def do_blocks(backtest: Backtest, work: Work, progress: Progress) -> DoneBlocks:
    """Choose the kinds of models, and do every block that is not done.

    Parameters
    ----------
    backtest
        What is tested.
    work
        How, and where it is kept.
    progress
        Told after each step.
    """
    blocks = backtest.schedule.blocks
    done = {} if work.force else _read_blocks(work)
    reused = len(done)
    choices = _choose(backtest, work, progress)
    waiting = [block for block in blocks if block.number not in done]
    tasks = [(block, choices[_period(backtest, block.first)]) for block in waiting]
    before = 0.1 + 0.9 * len(done) / len(blocks)
    finished = do_tasks(
        run_block, backtest, tasks, jobs=work.jobs, scheduler=work.scheduler,
        progress=lambda stage, part: progress(stage, before + (1.0 - before) * part),
    )  # fmt: skip
    for position, result in finished:
        _keep(work, result)
        if work.forecasts is not None:
            save_forecasts(work.forecasts / work.backtest_id, backtest, result, work.backtest_id)
        done[result.number] = result.without_forecasts()
        progress(
            f"{waiting[position].first} to {waiting[position].last} forecast and scored",
            0.1 + 0.9 * len(done) / len(blocks),
        )
    return DoneBlocks([done[block.number] for block in blocks], reused)


def _period(backtest: Backtest, date: dt.date) -> int:
    """Return the number of the year of choices that a date is in."""
    return min((date - backtest.schedule.first).days // CHOICE_DAYS, _n_periods(backtest) - 1)


def _n_periods(backtest: Backtest) -> int:
    """Return the number of years of choices; less than half a year more belongs to the last."""
    days = (backtest.schedule.blocks[-1].last - backtest.schedule.first).days + 1
    return max(1, round(days / CHOICE_DAYS))


def _choose(backtest: Backtest, work: Work, progress: Progress) -> list[dict[str, Choice]]:
    """Return each year's choices, made on the past of its first day; what is known is reused."""
    path = work.folder / "choices.json"
    stored = None if work.force else read_json(path)
    if stored is not None and stored["backtest_id"] == work.backtest_id:
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
    tasks = do_tasks(
        choose_for, backtest, asked, jobs=work.jobs, scheduler=work.scheduler,
        progress=lambda stage, part: progress(stage, 0.1 * part),
    )  # fmt: skip
    for n_done, (position, choice) in enumerate(tasks, start=1):
        start, name = asked[position]
        periods[starts.index(start)][name] = choice
        progress(f"kind of model chosen for {name.replace('_', ' ')}", 0.1 * n_done / len(asked))
    write_json(path, {"backtest_id": work.backtest_id, "periods": [
        {name: period[name].to_dict() for name in backtest.settings.crime_types}
        for period in periods
    ]})  # fmt: skip
    return periods


def _keep(work: Work, result: BlockResult) -> None:
    """Write a block's result, whole or not at all."""
    arrays = to_arrays(result, with_forecasts=work.forecasts is not None)
    path = work.folder / "blocks" / f"block-{result.number:04}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing_file(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, backtest_id=np.array(work.backtest_id), **arrays)


def _read_blocks(work: Work) -> dict[int, BlockResult]:
    """Return the blocks that are done, of this very back-test; what is damaged is done again."""
    found = {}
    for path in sorted((work.folder / "blocks").glob("block-*.npz")):
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                arrays = dict(stored)
            if str(arrays.pop("backtest_id")) != work.backtest_id:
                continue
            result = from_arrays(arrays)
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error):
            continue
        kept = all(len(told.issued) for told in result.types.values())
        if kept or work.forecasts is None:
            found[result.number] = result.without_forecasts()
    return found
