"""What a model learns from: cells on shifts, what happened there, and what was known before."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from evenbeat.core.features.catalogue import Catalogue
from evenbeat.core.features.history import share_out
from evenbeat.core.features.knowledge import DAY_S, KnownIncidents
from evenbeat.core.features.timeline import Rows, Timeline
from evenbeat.core.grid import Grid
from evenbeat.core.kernels.density import gaussian_density

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_FEWEST_EMPTY = 120_000
_UNIFORM_SHARE = 0.5
_SPREAD_M = 400.0
_TRUNCATE = 3.0
_LONGEST_SETTLING_DAYS = 28
_SETTLED_SHARE = 0.9


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """A weighted sample that stands for every cell on every shift of the training days.

    Parameters
    ----------
    catalogue
        The features.
    n_shifts, n_days
        Shifts of a day, and days of the timeline.
    matrix
        Predictors, shape ``(features, rows)``.
    rows
        Day, shift and cell of each row.
    count
        What happened: the sum of the aoristic shares of the incidents.
    weight
        How many cell-shifts a row stands for.
    """

    catalogue: Catalogue
    n_shifts: int
    n_days: int
    matrix: npt.NDArray[np.float32]
    rows: Rows
    count: Floats
    weight: Floats

    def take(self, chosen: npt.NDArray[np.bool_] | Integers) -> TrainingRows:
        """Return some of the rows."""
        return TrainingRows(
            self.catalogue, self.n_shifts, self.n_days, self.matrix[:, chosen],
            self.rows.take(chosen), self.count[chosen], self.weight[chosen],
        )  # fmt: skip

    def thin(self, n_rows: int, rng: np.random.Generator) -> TrainingRows:
        """Return at most so many of the rows by lot, re-weighted to stand for all of them."""
        if len(self.rows) <= n_rows:
            return self
        chosen = np.sort(rng.choice(len(self.rows), n_rows, replace=False))
        fewer = self.take(chosen)
        return replace(fewer, weight=fewer.weight * (len(self.rows) / n_rows))

    def until(self, day: int) -> TrainingRows:
        """Return the rows before a day, which then is the end of the timeline."""
        return replace(self.take(self.rows.day < day), n_days=day)


@dataclass(frozen=True, eq=False)
class Sample:
    """Which cell-shifts to learn from, what happened in each, and what it stands for."""

    rows: Rows
    count: Floats
    weight: Floats


def settling_days(incidents: KnownIncidents) -> int:
    """Return after how many days nine tenths of the incidents are known, at most 28.

    Newer days are left out of training: they would look emptier than they were.
    """
    if not len(incidents):
        return 0
    delay = (incidents.known_s - incidents.to_s) / DAY_S
    usual = float(np.quantile(delay, _SETTLED_SHARE))
    return int(np.clip(np.ceil(usual), 0, _LONGEST_SETTLING_DAYS))


def draw_sample(
    incidents: KnownIncidents,
    *,
    grid: Grid,
    timeline: Timeline,
    empty_cells_per_incident: float,
    maximum_rows: int,
    rng: np.random.Generator,
) -> Sample:
    """Draw training rows: where something happened, and a sample of where nothing did.

    Empty cell-shifts are drawn with replacement, half of them uniformly and half in proportion to
    the smoothed number of incidents, and weighted by the inverse of their probability, so that
    weighted sums over the sample estimate sums over all cell-shifts without bias.

    Parameters
    ----------
    incidents
        Incidents of one type.
    grid, timeline
        Where and when.
    empty_cells_per_incident
        Empty rows per row with incidents; at least 120,000 are drawn, and at most half as many as
        there are cell-shifts.
    maximum_rows
        Largest number of rows.
    rng
        Source of randomness.
    """
    slot, cell, count = _tally(incidents, grid, timeline)
    weight = np.ones(slot.size)
    most = maximum_rows // 2
    kept = np.arange(slot.size)
    if slot.size > most:
        kept = np.sort(rng.choice(slot.size, most, replace=False))
        weight *= slot.size / most
    n_empty = int(max(kept.size * empty_cells_per_incident, _FEWEST_EMPTY))
    n_slots = timeline.n_days * len(timeline.calendar)
    n_empty = min(n_empty, maximum_rows - kept.size, n_slots * grid.n_inside // 2)
    chance = _chances(incidents, grid)
    drawn = rng.choice(grid.n_inside, n_empty, p=chance)
    drawn_slot = rng.integers(0, n_slots, n_empty)
    drawn_weight = 1.0 / (n_empty * chance[drawn] / n_slots)
    drawn_cell = grid.inside_index[drawn]
    size = grid.mask.size
    empty = ~np.isin(drawn_slot * size + drawn_cell, slot * size + cell)
    slot = np.concatenate([slot[kept], drawn_slot[empty]])
    cell = np.concatenate([cell[kept], drawn_cell[empty]])
    order = np.lexsort((cell, slot))
    n_shifts = len(timeline.calendar)
    rows = Rows(slot[order] // n_shifts, slot[order] % n_shifts, cell[order])
    nothing = np.zeros(int(empty.sum()))
    return Sample(
        rows,
        np.concatenate([count[kept], nothing])[order],
        np.concatenate([weight[kept], drawn_weight[empty]])[order],
    )


def _tally(
    incidents: KnownIncidents, grid: Grid, timeline: Timeline
) -> tuple[Integers, Integers, Floats]:
    """Return shift, cell and sum of shares of every inside cell-shift with incidents."""
    slot, cell, share = share_out(incidents, grid, timeline)
    found, where = np.unique(slot * grid.mask.size + cell, return_inverse=True)
    count = np.bincount(where, share, minlength=found.size)
    return found // grid.mask.size, found % grid.mask.size, count.astype(np.float64)


def _chances(incidents: KnownIncidents, grid: Grid) -> Floats:
    """Return the probability with which each inside cell is drawn."""
    on = incidents.cell[incidents.cell >= 0]
    counts = np.bincount(on, minlength=grid.mask.size).astype(np.float64).reshape(grid.shape)
    smooth, scratch = np.empty(grid.shape), np.empty(grid.shape)
    gaussian_density(counts, _SPREAD_M / grid.cell_size_m, _TRUNCATE, scratch, smooth)
    likely = smooth.ravel()[grid.inside_index]
    uniform = np.full(grid.n_inside, 1.0 / grid.n_inside)
    if likely.sum() <= 0:
        return uniform
    return np.asarray(_UNIFORM_SHARE * uniform + (1 - _UNIFORM_SHARE) * likely / likely.sum())
