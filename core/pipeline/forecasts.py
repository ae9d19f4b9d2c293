"""Write issued forecasts as cubes, so that anybody can score them again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evenbeat.core.backtest.rolling import BlockResult, TypeResult
from evenbeat.core.backtest.schedule import Block
from evenbeat.core.backtest.subject import Backtest
from evenbeat.core.features import Timeline
from evenbeat.core.grid import spatial_ref
from evenbeat.core.pipeline.context import code_version
from evenbeat.core.store.cubes import write_cube
from evenbeat.core.variables import ISSUED_COUNT, label, validate

if TYPE_CHECKING:
    import xarray as xr


def save_forecasts(
    folder: Path, backtest: Backtest, result: BlockResult, backtest_id: str
) -> list[Path]:
    """Write one Zarr a crime type of a block: ``<type>/<first day>.zarr``.

    Parameters
    ----------
    folder
        Where to write.
    backtest, result
        What was tested, and what came of a block, forecasts included.
    backtest_id
        Written into each cube.

    Returns
    -------
    The cubes' folders.
    """
    written = []
    block = backtest.schedule.blocks[result.number]
    for name, found in result.types.items():
        path = folder / name / f"{block.first}.zarr"
        path.parent.mkdir(parents=True, exist_ok=True)
        cube = _cube(backtest, block, found)
        cube.attrs |= {"crime_type": name, "backtest_id": backtest_id}
        write_cube(path, cube)
        written.append(path)
    return written


def _cube(backtest: Backtest, block: Block, found: TypeResult) -> xr.Dataset:
    """Return the forecasts of a block with the cut-off of each."""
    import xarray as xr

    grid, n_windows = backtest.grid, len(found.issued)
    timeline = Timeline.of_windows(
        backtest.calendar, block.first, block.window_days, gap_days=backtest.schedule.gap_days
    )
    n_shifts = len(timeline.calendar)
    opening = np.cumsum([0, *block.window_days[:-1]])
    if backtest.schedule.length.by_shift:
        starts, ends = timeline.edges_s[:-1], timeline.edges_s[1:]
        cutoffs = timeline.cutoffs_s.repeat(n_shifts)
    else:
        starts = timeline.edges_s[opening * n_shifts]
        ends = timeline.edges_s[np.cumsum(block.window_days) * n_shifts]
        cutoffs = timeline.cutoffs_s[opening]
    values = np.full((n_windows, grid.mask.size), np.nan, dtype=np.float32)
    values[:, grid.inside_index] = found.issued

    def times(seconds: np.ndarray[tuple[int], np.dtype[np.int64]], words: str) -> object:
        moments = seconds.astype("datetime64[s]").astype("datetime64[ns]")
        return ("window", moments, {"long_name": words})

    coords = {
        "window": block.first_window + np.arange(n_windows),
        "window_start": times(starts, "start of the window, UTC"),
        "window_end": times(ends, "end of the window, UTC"),
        "data_cutoff": times(cutoffs, "nothing known later entered the forecast, UTC"),
        "y": ("y", grid.northings), "x": ("x", grid.eastings), "spatial_ref": spatial_ref(grid),
    }  # fmt: skip
    array = label(ISSUED_COUNT, values.reshape(n_windows, *grid.shape), coords)
    latest = np.datetime64(int(cutoffs.max()), "s")
    attributes = {
        "data_cutoff_latest": f"{latest}Z", "model_cutoff": found.facts["cutoff"],
        "model_version": found.facts["version"], "code_version": code_version(),
    }  # fmt: skip
    return validate(xr.Dataset({ISSUED_COUNT.name: array}, attrs=attributes))
