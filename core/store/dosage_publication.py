"""Publish minutes of patrol: late, in large cells, and without anything about single units."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import GridError
from evenbeat.core.grid import OUTSIDE, Grid
from evenbeat.core.store.day_files import DayFiles, Hourly, completed
from evenbeat.core.store.files import sweep_temporaries
from evenbeat.core.store.folders import one_publisher
from evenbeat.core.store.manifest import (
    DOSAGE_LAYER,
    PublishedLayer,
    is_dosage,
    read_manifest,
)
from evenbeat.core.store.pointers import write_pointers
from evenbeat.core.variables import UNIT_MINUTES

if TYPE_CHECKING:
    from evenbeat.core.shifts import Shift

Minutes = npt.NDArray[np.float32]


def publish_dosage(
    target: Path,
    *,
    by_shift: Minutes,
    by_hour: Minutes,
    hour_starts: tuple[dt.datetime, ...],
    grid: Grid,
    shifts: tuple[Shift, ...],
    timezone: str,
    run_id: str,
    provenance: Mapping[str, str],
    when: dt.datetime,
    cell_m: float,
    again: bool = False,
) -> list[Path]:
    """Publish one service date's unit minutes as the layer ``dosage``; other layers stay.

    Cells are added up to larger ones, which is exact for unit minutes. Each raster has the same by
    hour beside it, a band an hour.

    Parameters
    ----------
    target
        The publication's folder.
    by_shift, by_hour
        Unit minutes, shapes ``(shifts, y, x)`` and ``(hours, y, x)``.
    hour_starts
        When each hour begins.
    grid, shifts
        Where and when the minutes are.
    run_id
        Names what was measured: the same minutes under the same name change no byte.
    provenance, when
        Facts stored in every raster; the time of publication to record.
    cell_m
        Published cells are at least this large.
    again
        Whether to publish again what was retracted; else it stays out.

    Returns
    -------
    The files of the day, the pointers last.

    Raises
    ------
    GridError
        The minutes do not have the shape of the grid, the shifts and the hours.
    PublishError
        The folder cannot be written, or another publication is being written.
    """
    _require_shape("by_shift", by_shift, (len(shifts), *grid.shape))
    _require_shape("by_hour", by_hour, (len(hour_starts), *grid.shape))
    factor = max(1, math.ceil(cell_m / grid.cell_size_m - 1e-9))
    coarse = coarser_grid(grid, factor)
    layer = PublishedLayer(
        title="Dosage", long_name=UNIT_MINUTES.long_name, comment=UNIT_MINUTES.comment,
        units=UNIT_MINUTES.units, variable=UNIT_MINUTES.name, crime_type=None, dates={},
    )  # fmt: skip
    date = shifts[0].service_date
    with one_publisher(target):
        sweep_temporaries(target)
        before = read_manifest(target)
        day = DayFiles(target, coarse, date.isoformat(), run_id, dict(provenance), when, before,
                       owns=is_dosage, again=again)  # fmt: skip
        for position, shift in enumerate(shifts):
            hours = [at for at, start in enumerate(hour_starts) if shift.start <= start < shift.end]
            hourly = Hourly(
                np.stack([coarsened(by_hour[at], factor) for at in hours]),
                tuple(hour_starts[at].isoformat() for at in hours),
            )
            cells = coarsened(by_shift[position], factor)
            day.add_raster(DOSAGE_LAYER, layer, shift, cells, hourly=hourly)
        manifest = day.manifest(timezone)
        pointers = write_pointers(target, manifest)
    return [*day.files, *pointers]


def _require_shape(name: str, cells: Minutes, expected: tuple[int, ...]) -> None:
    """Refuse cells of another grid: summed to larger cells they could look as if they fitted."""
    if cells.shape != expected:
        raise GridError(f"{name} must have the shape {expected}, got {cells.shape}.")


def withdraw_dosage(target: Path, dates: Collection[str]) -> None:
    """Take the dosage of some dates out of a publication; other layers stay.

    The files are removed by the next pruning after the grace period, as those of any version that
    nothing refers to any more.

    Raises
    ------
    PublishError
        Another publication is being written.
    """
    with one_publisher(target):
        before = read_manifest(target)
        layers = dict(before.layers)
        layer = layers.pop(DOSAGE_LAYER)
        kept = {date: shifts for date, shifts in layer.dates.items() if date not in dates}
        if kept:
            layers[DOSAGE_LAYER] = layer.model_copy(update={"dates": kept})
        manifest = completed(before.model_copy(update={"layers": layers}), before)
        write_pointers(target, manifest)


def coarsened(cells: Minutes, factor: int) -> Minutes:
    """Return sums over squares of ``factor x factor`` cells; the last ones may be smaller.

    Examples
    --------
    >>> coarsened(np.ones((2, 3), np.float32), 2)
    array([[4., 2.]], dtype=float32)
    """
    height, width = (-(-size // factor) * factor for size in cells.shape)
    padded = np.zeros((height, width))
    padded[: cells.shape[0], : cells.shape[1]] = cells
    squares = padded.reshape(height // factor, factor, width // factor, factor)
    return np.asarray(squares.sum(axis=(1, 3)), np.float32)


def coarser_grid(grid: Grid, factor: int) -> Grid:
    """Return the grid of squares of cells; each is of the district of most of its cells."""
    if factor == 1:
        return grid
    height, width = (-(-size // factor) for size in grid.shape)
    padded = np.full((height * factor, width * factor), OUTSIDE, np.int16)
    padded[: grid.shape[0], : grid.shape[1]] = grid.district
    squares = padded.reshape(height, factor, width, factor).transpose(0, 2, 1, 3)
    flat = squares.reshape(height, width, -1)
    counts = np.stack([(flat == one).sum(-1) for one in range(len(grid.district_ids))])
    district = np.where(counts.max(axis=0) > 0, counts.argmax(axis=0), OUTSIDE).astype(np.int16)
    return Grid(
        grid.crs, grid.cell_size * factor, grid.west, grid.north, district, grid.district_ids
    )
