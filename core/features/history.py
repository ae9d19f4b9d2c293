"""Sums over past incidents, each day from what was known at that day's cut-off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.features.declarations import HistorySum
from evenbeat.core.features.knowledge import DAY_S, KnownIncidents
from evenbeat.core.features.sums import SEASON_DAYS, SEASON_YEARS
from evenbeat.core.features.timeline import Rows, Timeline
from evenbeat.core.grid import Grid
from evenbeat.core.kernels.aoristic import count_overlaps, fill_overlaps
from evenbeat.core.kernels.history import carry_history, list_cells_within

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

TRUNCATE = 3.0  # reach of a Gaussian footprint in standard deviations
_LEAST_HISTORY_DAYS = 28.0
_YEAR_S = 364 * DAY_S  # whole weeks, so that an anniversary falls on the same day of the week


@dataclass(frozen=True, eq=False)
class Occurrences:
    """Incidents, or shares of incidents, at flat cells, and from when until when they count."""

    cell: Integers
    weight: Floats
    occurred_s: Floats
    enters_s: Floats
    leaves_s: Floats


def overlap_shifts(
    incidents: KnownIncidents, edges_s: Integers
) -> tuple[Integers, Integers, Floats]:
    """Return the shifts that occurrence windows overlap.

    Returns
    -------
    Position of the incident, position of the shift, and share of the window, by pair.
    """
    counts = np.zeros(len(incidents), dtype=np.int64)
    count_overlaps(incidents.from_s, incidents.to_s, edges_s, counts)
    offset = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    shift, share = np.empty(offset[-1], dtype=np.int64), np.empty(offset[-1])
    fill_overlaps(incidents.from_s, incidents.to_s, edges_s, offset, shift, share)
    return np.repeat(np.arange(len(incidents)), counts), shift, share


def are_inside(incidents: KnownIncidents, grid: Grid) -> npt.NDArray[np.bool_]:
    """Return which incidents lie in a cell of the jurisdiction, shape ``(incidents,)``."""
    on = incidents.cell >= 0
    return on & grid.mask.ravel()[np.where(on, incidents.cell, 0)]


def share_out(
    incidents: KnownIncidents, grid: Grid, timeline: Timeline
) -> tuple[Integers, Integers, Floats]:
    """Return the aoristic shares of the incidents inside: where, when, and how much of each.

    A share is the part of an occurrence window that falls in a shift, times the incident's weight.

    Returns
    -------
    Position of the shift in the timeline, flat cell, and share, by pair.
    """
    within = incidents.take(np.flatnonzero(are_inside(incidents, grid)))
    position, slot, share = overlap_shifts(within, timeline.edges_s)
    return slot, within.cell[position], share * within.weight[position]


def shares_by_shift(incidents: KnownIncidents, timeline: Timeline) -> Floats:
    """Return the share of each incident in each shift of the day, shape ``(shift, incident)``."""
    n_shifts = len(timeline.calendar)
    shares = np.zeros((n_shifts, len(incidents)))
    if not len(incidents):
        return shares
    _, edges = _edges_around(incidents, timeline)
    position, shift, share = overlap_shifts(incidents, edges)
    np.add.at(shares, (shift % n_shifts, position), share)
    return shares


def find_weekdays(incidents: KnownIncidents, timeline: Timeline) -> Integers:
    """Return the day of the week of each incident's service date, 0 for Monday."""
    if not len(incidents):
        return np.zeros(0, dtype=np.int64)
    first, edges = _edges_around(incidents, timeline)
    day = np.searchsorted(edges[:: len(timeline.calendar)], incidents.occurred_s, "right") - 1
    return np.asarray((first.weekday() + day) % 7, dtype=np.int64)


def _edges_around(incidents: KnownIncidents, timeline: Timeline) -> tuple[dt.date, Integers]:
    """Return the edges of all shifts in which incidents occurred, and the first service date."""
    first = dt.datetime.fromtimestamp(int(incidents.from_s.min()), dt.UTC).date()
    last = dt.datetime.fromtimestamp(int(incidents.to_s.max()), dt.UTC).date()
    first -= dt.timedelta(days=2)
    return first, timeline.calendar.edges(first, (last - first).days + 3)


def gather_sum(
    entry: HistorySum,
    incidents: KnownIncidents,
    *,
    grid: Grid,
    timeline: Timeline,
    rows: Rows,
    shares: Floats | None = None,
) -> npt.NDArray[np.float32]:
    """Return one sum for every row.

    Where the history is shorter than the window, the sum is scaled up to the whole window.

    Parameters
    ----------
    entry
        The declaration.
    incidents
        Incidents of the types that it sums.
    grid, timeline, rows
        Where and when.
    shares
        Share of each incident in each shift of the day, for sums by shift; computed when missing.
    """
    out = np.zeros(len(rows), dtype=np.float32)
    scale = scale_up(entry, timeline, incidents.since_s)
    for asked, weight in _phases(entry, incidents, timeline, rows, shares):
        found = _occurrences(entry, incidents, weight, grid)
        part = rows.take(asked)
        out[asked] = _carry(entry, found, grid, timeline, part) * scale[part.day]
    return out


def _phases(
    entry: HistorySum, incidents: KnownIncidents, timeline: Timeline, rows: Rows,
    shares: Floats | None,
) -> Iterator[tuple[slice | Integers, Floats]]:  # fmt: skip
    """Yield the rows of each phase, and the weight that each incident has in it."""
    if entry.phase == "shift":
        by_shift = shares_by_shift(incidents, timeline) if shares is None else shares
        for shift, share in enumerate(by_shift):
            yield np.flatnonzero(rows.shift == shift), incidents.weight * share
    elif entry.phase == "weekday":
        happened = find_weekdays(incidents, timeline)
        asked = (timeline.first.weekday() + rows.day) % 7
        for weekday in np.unique(asked):
            same = happened == weekday
            yield np.flatnonzero(asked == weekday), incidents.weight * same
    else:
        yield slice(None), incidents.weight


def _occurrences(
    entry: HistorySum, incidents: KnownIncidents, weight: Floats, grid: Grid
) -> Occurrences:
    """Return the incidents at their cells, or at every cell within the radius."""
    if entry.radius_m is None:
        chosen = np.flatnonzero((incidents.cell >= 0) & (weight > 0))
        cell = incidents.cell[chosen]
    else:
        chosen, cell = _pairs_within(incidents, entry.radius_m, grid)
    occurred, known = incidents.occurred_s[chosen], incidents.known_s[chosen].astype(np.float64)
    if entry.phase == "season":
        years = np.arange(1, SEASON_YEARS + 1).repeat(chosen.size)
        happened, reach = np.tile(occurred, SEASON_YEARS), SEASON_DAYS * DAY_S
        anniversary = happened + years * _YEAR_S
        return Occurrences(
            np.tile(cell, SEASON_YEARS), np.tile(weight[chosen], SEASON_YEARS), anniversary,
            np.maximum(np.tile(known, SEASON_YEARS), anniversary - reach),
            np.minimum(anniversary + reach, happened + entry.window_days * DAY_S),
        )  # fmt: skip
    leaves = occurred + entry.window_days * DAY_S
    return Occurrences(cell, weight[chosen], occurred, known, leaves)


def _pairs_within(
    incidents: KnownIncidents, radius_m: float, grid: Grid
) -> tuple[Integers, Integers]:
    """Return every incident with every cell whose centre is that near."""
    chosen, cell = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    for _ in range(2):  # once to learn how many, once to write them
        n_pairs = list_cells_within(
            incidents.easting, incidents.northing, grid.west, grid.north, grid.cell_size,
            radius_m / grid.metres_per_unit, grid.shape, chosen, cell,
        )  # fmt: skip
        if chosen.size < n_pairs:
            chosen, cell = np.empty(n_pairs, dtype=np.int64), np.empty(n_pairs, dtype=np.int64)
    return chosen, cell


def _carry(
    entry: HistorySum, found: Occurrences, grid: Grid, timeline: Timeline, rows: Rows
) -> Floats:
    """Carry one sum through the days of the timeline."""
    fade = np.ones(timeline.n_days)
    if entry.half_life_days is not None:
        fade[1:] = 0.5 ** (np.diff(timeline.cutoffs_s) / DAY_S / entry.half_life_days)
    start, cell, weight = _changes(entry, found, timeline, grid.mask.size)
    taps = gaussian_taps(entry.bandwidth_m / grid.cell_size_m)
    state, out = np.zeros(grid.shape), np.empty(len(rows))
    asked = rows.starts(timeline.n_days)
    carry_history(fade, start, cell, weight, taps, asked, rows.cell, state, out)
    return out


def gaussian_taps(sigma_cells: float) -> Floats:
    """Return one dimension of a Gaussian footprint that sums to 1; ``[1.0]`` without spread."""
    radius = int(TRUNCATE * sigma_cells + 0.5)
    if radius == 0:
        return np.ones(1)
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma_cells) ** 2)
    return np.asarray(taps / taps.sum())


def _changes(
    entry: HistorySum, found: Occurrences, timeline: Timeline, n_cells: int
) -> tuple[Integers, Integers, Floats]:
    """Return what enters and leaves the sum on each day, one change per day and cell."""
    cutoffs = timeline.cutoffs_s
    enter = np.searchsorted(cutoffs, found.enters_s, side="right")  # known before, not at it
    leave = np.searchsorted(cutoffs, found.leaves_s, side="right")
    comes = np.flatnonzero(enter < leave)
    goes = comes[leave[comes] < cutoffs.size]
    moment = np.concatenate([enter[comes], leave[goes]])
    who = np.concatenate([comes, goes])
    weight = found.weight[who].copy()
    if entry.half_life_days is not None:
        age = (cutoffs[moment] - found.occurred_s[who]) / DAY_S
        weight *= 0.5 ** (age / entry.half_life_days)
    weight[comes.size :] *= -1.0
    key = moment * n_cells + found.cell[who]
    order = np.argsort(key, kind="stable")
    key, weight = key[order], weight[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    total = np.add.reduceat(weight, first) if first.size else weight
    moments = key[first] // n_cells
    start = np.searchsorted(moments, np.arange(timeline.n_days + 1)).astype(np.int64)
    return start, key[first] % n_cells, total


def scale_up(entry: HistorySum, timeline: Timeline, since_s: int) -> Floats:
    """Return by how much a short history is scaled up to the whole window, by day."""
    known_days = np.maximum((timeline.cutoffs_s - since_s) / DAY_S, _LEAST_HISTORY_DAYS)
    if entry.phase == "season":
        covered_s = np.minimum(known_days, entry.window_days) * DAY_S
        years = np.clip((covered_s + SEASON_DAYS * DAY_S) // _YEAR_S, 1, SEASON_YEARS)
        return np.asarray(SEASON_YEARS / years)
    covered = np.minimum(known_days, entry.window_days)
    if entry.half_life_days is None:
        return np.asarray(entry.window_days / np.maximum(covered, 1.0)).clip(min=1.0)
    whole = 1.0 - 0.5 ** (entry.window_days / entry.half_life_days)
    return np.asarray(whole / (1.0 - 0.5 ** (covered / entry.half_life_days)))
