"""Histories drawn from the true process: the branching form of a self-exciting process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evenbeat.core.simulate.conditions import HOUR_S
from evenbeat.core.simulate.frame import Floats, Indices, random_stream
from evenbeat.core.simulate.geography import Geography
from evenbeat.core.simulate.near_repeats import near_repeat_kernel, repeat_lag_shares
from evenbeat.core.simulate.process import CrimeProcess


@dataclass(frozen=True)
class Happenings:
    """True incidents of one type: arrays of one length, in no order."""

    address: Indices
    hour: Indices
    second: Indices
    generation: Indices

    def __len__(self) -> int:
        return self.address.size


def draw_happenings(seed: int, process: CrimeProcess, ground: Geography) -> Happenings:
    """Draw a whole history from the process, generation after generation."""
    rng = random_stream(seed, f"happenings {process.profile.crime_type}")
    address, hour = _draw_background(rng, process)
    generations = [(address, hour)]
    while generations[-1][0].size:
        generations.append(_draw_triggered(rng, process, ground, *generations[-1]))
    sizes = [part[0].size for part in generations]
    total = sum(sizes)
    return Happenings(
        np.concatenate([part[0] for part in generations]),
        np.concatenate([part[1] for part in generations]),
        rng.integers(0, HOUR_S, total),
        np.repeat(np.arange(len(sizes)), sizes),
    )


def _pick(rng: np.random.Generator, weight: Floats, count: int) -> Indices:
    """Return indices drawn in proportion to weights."""
    cumulative = np.cumsum(weight)
    found = np.searchsorted(cumulative, rng.random(count) * cumulative[-1], side="right")
    return np.asarray(np.minimum(found, weight.size - 1), dtype=np.int64)


def _draw_background(rng: np.random.Generator, process: CrimeProcess) -> tuple[Indices, Indices]:
    addresses, hours = [], []
    for component, rate in process.hourly.items():
        count = int(rng.poisson(rate.sum()))
        addresses.append(_pick(rng, process.spatial(component), count))
        hours.append(_pick(rng, rate, count))
    for source, hour, rate in process.local_rates():
        count = int(rng.poisson(rate.sum()))
        if count:
            chosen = _pick(rng, process.local.weight[source], count)
            addresses.append(process.local.address[source][chosen])
            hours.append(hour[_pick(rng, rate, count)])
    return np.concatenate(addresses), np.concatenate(hours)


def _draw_triggered(
    rng: np.random.Generator, process: CrimeProcess, ground: Geography, address: Indices,
    hour: Indices,
) -> tuple[Indices, Indices]:  # fmt: skip
    """Return the addresses and hours of the incidents that some incidents trigger."""
    count = rng.poisson(process.profile.branching, address.size)
    origin = np.repeat(address, count)
    day = np.repeat(process.hours.day[hour], count)
    day = day + _pick(rng, repeat_lag_shares(), origin.size)
    known = day < process.hours.n_days
    origin, day = origin[known], day[known]
    cumulative = np.cumsum(process.hour_share)
    when = np.searchsorted(cumulative, day + rng.random(day.size), side="right")
    when = np.minimum(when, len(process.hours) - 1).astype(np.int64)
    return _near(rng, ground, origin), when


def _near(rng: np.random.Generator, ground: Geography, origin: Indices) -> Indices:
    """Return one address near each origin."""
    found = np.empty_like(origin)
    for begin in range(0, origin.size, 50_000):
        part = origin[begin : begin + 50_000]
        index, weight = near_repeat_kernel(ground, part)
        cumulative = np.cumsum(weight, axis=1)
        draw = rng.random((part.size, 1)) * cumulative[:, -1:]
        column = np.minimum((cumulative <= draw).sum(axis=1), index.shape[1] - 1)
        found[begin : begin + 50_000] = index[np.arange(part.size), column]
    return found
