"""Back-test: forecast past windows as a forecast of their day would have been, and count the hits.

The blocks are done by ``backtest_blocks``; here is what comes before them and after.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from evenbeat.core.backtest.document import main_budget, write_document
from evenbeat.core.backtest.rolling import BlockResult, join_scores
from evenbeat.core.backtest.subject import Backtest
from evenbeat.core.backtest.undated import leave_out_undated
from evenbeat.core.errors import ConfigError
from evenbeat.core.pipeline.backtest_assembly import assemble_backtest, list_inputs
from evenbeat.core.pipeline.backtest_blocks import DoneBlocks, Work, do_blocks
from evenbeat.core.pipeline.backtest_request import BacktestRequest
from evenbeat.core.pipeline.context import Context, code_version
from evenbeat.core.reports.backtest import BacktestMap, write_backtest
from evenbeat.core.store.files import fingerprint, write_json

_WITHOUT = "without-undated"


@dataclass(frozen=True)
class BacktestOutcome:
    """What one back-test made.

    Parameters
    ----------
    backtest_id, folder, page, document
        Its id, where it is, and what it says.
    blocks, reused_blocks
        Blocks in all, and those that were done before; without undated layers they count again.
    """

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
    backtest = assemble_backtest(workspace, request)
    blind = leave_out_undated(backtest) if request.without_undated else None
    inputs = list_inputs(workspace, backtest, request)
    backtest_id = f"{request.first}-{request.last}-{fingerprint(inputs)[:12]}"
    folder = out or workspace.root / "backtests" / backtest_id
    for asked in (folder, *(() if forecasts is None else (forecasts,))):
        _require_writable(asked)
    work = Work(backtest_id, folder, forecasts, jobs, scheduler, force)
    done, without = _do_both(context, backtest, blind, work)
    document = write_document(
        backtest, done.results, blind=without.results,
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
        folder / "backtest.html", document=document, maps=_maps(backtest, done.results)
    )
    context.log(
        "backtest",
        {"backtest_id": backtest_id, "inputs": inputs, "seed": backtest.settings.seed,
         "without_undated": request.without_undated, "document": fingerprint(document)},
    )  # fmt: skip
    context.progress("report written", 1.0)
    return BacktestOutcome(
        backtest_id, folder, page, document, len(done.results) + len(without.results),
        done.reused + without.reused,
    )  # fmt: skip


def _do_both(
    context: Context, backtest: Backtest, blind: Backtest | None, work: Work
) -> tuple[DoneBlocks, DoneBlocks]:
    """Return what came of the back-test, and of the one that leaves out what carries no dates."""
    share = 0.95 if blind is None else 0.475
    done = do_blocks(
        backtest, work, lambda step, fraction: context.progress(step, share * fraction)
    )
    if blind is None:
        return done, DoneBlocks()
    own = replace(work, backtest_id=f"{work.backtest_id}-{_WITHOUT}", folder=work.folder / _WITHOUT)
    without = do_blocks(
        blind, own,
        lambda step, fraction: context.progress(
            f"{step}, without undated layers", share * (1 + fraction)
        ),
    )  # fmt: skip
    return done, without


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
