"""The true expected counts of a simulated city, exact on any grid and for any shifts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from evenbeat.core.simulate.frame import Floats, Indices
from evenbeat.core.simulate.geography import Geography
from evenbeat.core.simulate.near_repeats import (
    REPEAT_LAST_DAY,
    near_repeat_kernel,
    repeat_lag_shares,
)
from evenbeat.core.simulate.process import CrimeProcess

_CHUNK = 100_000


@dataclass(frozen=True)
class CellMap:
    """Which cell of a raster holds each address; -1 where none does."""

    cell: Indices
    n_cells: int

    def add_up(self, address: Indices, weight: Floats) -> Floats:
        """Return the weights of addresses added up by cell."""
        cell = self.cell[address]
        on = cell >= 0
        return np.asarray(np.bincount(cell[on], weight[on], minlength=self.n_cells), dtype=float)


def background_counts(
    process: CrimeProcess, cells: CellMap, start_s: Floats, end_s: Floats
) -> dict[str, Floats]:
    """Return expected background counts by component.

    Parameters
    ----------
    start_s, end_s
        UTC seconds of the intervals.

    Returns
    -------
    Component (and ``"events"``, ``"dated_places"``) to an array ``(n_intervals, n_cells)``.
    """
    overlaps = [process.hours.overlap(*pair) for pair in zip(start_s, end_s, strict=True)]
    every = np.arange(cells.cell.size)
    found = {}
    for component, rate in process.hourly.items():
        amount = np.array([rate[hour] @ share for hour, share in overlaps])
        found[component] = np.outer(amount, cells.add_up(every, process.spatial(component)))
    found["events"] = np.zeros((len(overlaps), cells.n_cells))
    found["dated_places"] = np.zeros((len(overlaps), cells.n_cells))
    covered = _coverage(overlaps, len(process.hours))
    for source, hour, rate in process.local_rates(min(start_s), max(end_s)):
        hourly = np.zeros(len(process.hours))
        hourly[hour] = rate
        amount = covered @ hourly
        kind = "events" if process.local.component[source] == "events" else "dated_places"
        where = cells.add_up(process.local.address[source], process.local.weight[source])
        found[kind] += np.outer(amount, where)
    return found


def _coverage(overlaps: list[tuple[Indices, Floats]], n_hours: int) -> sparse.csr_array:
    """Return which share of each hour each interval covers, shape ``(n_intervals, n_hours)``."""
    row = np.repeat(np.arange(len(overlaps)), [hour.size for hour, _ in overlaps])
    column = np.concatenate([hour for hour, _ in overlaps])
    share = np.concatenate([share for _, share in overlaps])
    return sparse.csr_array(
        sparse.coo_array((share, (row, column)), shape=(len(overlaps), n_hours))
    )


def triggered_counts(
    process: CrimeProcess, ground: Geography, cells: CellMap, start_s: Floats, end_s: Floats,
    address: Indices, day: Indices, until_day: int | None = None,
    everywhere: Callable[[], sparse.csr_array] | None = None,
) -> Floats:  # fmt: skip
    """Return expected counts triggered by incidents, shape ``(n_intervals, n_cells)``.

    Parameters
    ----------
    address, day
        The true incidents: address and index of the local date.
    until_day
        Only incidents of earlier local dates are known; what happens from that date on enters by
        its expectation. Without it every incident of an earlier date than the hour triggers.
    everywhere
        Gives the city's ``near_repeat_matrix`` when it is needed, once ``until_day`` is passed.
    """
    shares = _day_shares(process, start_s, end_s)
    needed = np.unique(shares.indices)
    if not needed.size or process.profile.branching == 0.0:
        return np.zeros((len(start_s), cells.n_cells))
    first, last = max(int(needed[0]) - REPEAT_LAST_DAY, 0), int(needed[-1])
    if until_day is not None:
        first = max(min(first, until_day - REPEAT_LAST_DAY), 0)
    causes = _causes(ground, cells, address, day, first, last, until_day)
    if until_day is not None and until_day < last:
        matrix = near_repeat_matrix(ground) if everywhere is None else everywhere()
        causes = causes + _expected_causes(
            process, matrix, cells, address, day, until_day, first, last
        )
    lag = repeat_lag_shares()
    gap = np.arange(first, last + 1)[:, None] - np.arange(first, last + 1)[None]
    decay = np.where((gap > 0) & (gap <= REPEAT_LAST_DAY), lag[np.clip(gap, 0, lag.size - 1)], 0.0)
    response = sparse.csr_array(decay) @ causes
    amount = shares[:, first : last + 1] @ response
    return np.asarray(process.profile.branching * amount.toarray())


def _day_shares(process: CrimeProcess, start_s: Floats, end_s: Floats) -> sparse.csr_array:
    """Return which share of each local date's triggered incidents each interval holds."""
    hours = process.hours
    overlaps = [hours.overlap(*pair) for pair in zip(start_s, end_s, strict=True)]
    per_hour = _coverage(overlaps, len(hours)) * process.hour_share
    by_day = sparse.csr_array(
        (np.ones(len(hours)), hours.day, np.arange(len(hours) + 1)),
        shape=(len(hours), hours.n_days),
    )
    return sparse.csr_array(per_hour @ by_day)


def _causes(
    ground: Geography, cells: CellMap, address: Indices, day: Indices, first: int, last: int,
    until_day: int | None,
) -> sparse.csr_array:  # fmt: skip
    """Return the near-repeat mass of incidents by local date and cell."""
    stop = last if until_day is None else min(last, until_day)
    known = (day >= first) & (day < stop)
    address, day = address[known], day[known] - first
    shape = (last - first + 1, cells.n_cells)
    total = sparse.csr_array(shape)
    for begin in range(0, address.size, _CHUNK):
        part = slice(begin, begin + _CHUNK)
        index, weight = near_repeat_kernel(ground, address[part])
        cell = cells.cell[index]
        row = np.broadcast_to(day[part, None], cell.shape)
        on = cell >= 0
        total = total + sparse.csr_array(
            sparse.coo_array((weight[on], (row[on], cell[on])), shape=shape)
        )
    return total


def _expected_causes(
    process: CrimeProcess, everywhere: sparse.csr_array, cells: CellMap, address: Indices,
    day: Indices, until_day: int, first: int, last: int,
) -> sparse.csr_array:  # fmt: skip
    """Return the near-repeat mass of what is expected from ``until_day`` on.

    The expected incidents of a date are its background plus what earlier dates trigger, known or
    expected; the recursion over dates is exact because every lag is at least one date.
    """
    lag, branching = repeat_lag_shares(), process.profile.branching
    spread: dict[int, npt.NDArray[np.float64]] = {}
    size = cells.cell.size
    for date in range(max(until_day - REPEAT_LAST_DAY, 0), until_day):
        counts = np.bincount(address[day == date], minlength=size).astype(float)
        spread[date] = everywhere.T @ counts
    rows = [np.zeros(cells.n_cells) for _ in range(last - first + 1)]
    every = np.arange(size)
    for date in range(until_day, last):
        expected = background_at_addresses(process, date, size)
        for earlier, mass in spread.items():
            if 0 < date - earlier <= REPEAT_LAST_DAY:
                expected = expected + branching * lag[date - earlier] * mass
        spread[date] = everywhere.T @ expected
        rows[date - first] = cells.add_up(every, spread[date])
    return sparse.csr_array(np.array(rows))


def background_at_addresses(process: CrimeProcess, day: int, size: int) -> Floats:
    """Return the expected background count of each address on one local date."""
    hours = process.hours
    today = hours.day == day
    expected = np.zeros(size)
    for component, rate in process.hourly.items():
        expected += rate[today].sum() * process.spatial(component)
    for source, hour, rate in process.local_rates(*hours.midnights_s[day : day + 2]):
        amount = rate[today[hour]].sum()
        if amount > 0.0:
            np.add.at(
                expected, process.local.address[source], amount * process.local.weight[source]
            )
    return expected


def near_repeat_matrix(ground: Geography) -> sparse.csr_array:
    """Return where each address's triggered incidents happen; rows sum to one."""
    size = len(ground.addresses)
    blocks = []
    for begin in range(0, size, _CHUNK):
        origin = np.arange(begin, min(begin + _CHUNK, size))
        index, weight = near_repeat_kernel(ground, origin)
        edges = np.arange(origin.size + 1) * index.shape[1]
        blocks.append(
            sparse.csr_array(
                (weight.ravel(), index.ravel().astype(np.int32), edges), shape=(origin.size, size)
            )
        )
    return sparse.csr_array(sparse.vstack(blocks))
