"""Pings to minutes beside cutting with shapely; and how near to the truth the minutes come."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import shapely

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage import clean_pings, count_minutes
from evenbeat.core.dosage.minutes import Room
from evenbeat.core.simulate import simulate_city
from tests.benchmarks.interleave import Comparison, interleave, median_seconds
from tests.dosage.scene import pings_of, seen_every, shift_edges, true_dosage

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

CELL = 25.0
DAYS = 10
N_PINGS = 10_000_000
SETTINGS = DosageSettings()


@pytest.fixture(scope="module")
def city():
    """A city of 20 km: 43 units a shift that report every 4 seconds or so."""
    return simulate_city(
        seed=3, size_km=20.0, start=dt.date(2023, 1, 1), days=40, ping_days=DAYS, ping_seconds=4,
        crime_types=("homicide",),
    )  # fmt: skip


@pytest.fixture(scope="module")
def days(city):
    """The pings of each day, in order of time as a log has them, with the edges of its shifts."""
    calendar = city.calendar()
    first = city.forecast_date - dt.timedelta(days=DAYS)
    edges = [calendar.edges(first + dt.timedelta(days=day), 1).astype(float) for day in range(DAYS)]
    batches = list(city.fleet.ping_batches(city.frame))
    by_day = []
    for day in range(DAYS):
        parts = batches[len(calendar) * day : len(calendar) * (day + 1)]
        by_day.append((pings_of(pd.concat(parts)), edges[day]))
    return by_day


def count_days(days, grid, settings=SETTINGS):
    """Clean and count day by day; return the unit minutes and the largest imbalance."""
    room, total, worst = Room(), 0.0, 0.0
    for pings, edges in days:
        kept, _ = clean_pings(pings, settings)
        dosage = count_minutes(kept, grid, edges, settings, room=room)
        total += float(dosage.unit.sum(dtype=np.float64))
        worst = max(worst, dosage.imbalance)
    return total, worst


def test_dosage__cleaning_to_cube(city, days, table):
    grid = city.grid(CELL)
    n_pings = sum(len(pings) for pings, _ in days)
    assert n_pings >= 0.9 * N_PINGS

    seconds = median_seconds(lambda: count_days(days, grid), rounds=3)

    _, worst = count_days(days, grid)
    assert worst <= 1e-6
    job = f"pings to minutes, {n_pings / 1e6:.1f} M pings, 25 m cells, cleaning to cube"
    table.add_limit(job, seconds / n_pings * 1e9, "ns a ping", at_most=60)


def test_dosage__shapely(city, days, table):
    grid = city.grid(CELL)
    pings, edges = days[0]
    kept, _ = clean_pings(pings, SETTINGS)
    room = Room()
    ways = np.flatnonzero((np.diff(kept.unit) == 0) & (np.diff(kept.easting) != 0))
    some = np.sort(np.random.default_rng(16).choice(ways, 4000, replace=False))
    ends = np.stack([kept.easting[some], kept.northing[some], kept.easting[some + 1],
                     kept.northing[some + 1]], axis=1)  # fmt: skip
    step = np.diff(kept.time_s)[some]

    def cut():
        """Return the minutes of each cell: intersections of the ways with the cells around them."""
        minutes = np.zeros(grid.shape)
        lines = shapely.linestrings(ends.reshape(-1, 2, 2))
        low = grid.locate(ends[:, [0, 2]].min(1), ends[:, [1, 3]].max(1))
        high = grid.locate(ends[:, [0, 2]].max(1), ends[:, [1, 3]].min(1))
        for item, line in enumerate(lines):
            rows = range(low[0][item], high[0][item] + 1)
            for row in rows:
                for column in range(low[1][item], high[1][item] + 1):
                    part = shapely.intersection(line, grid.box(row, column))
                    share = shapely.length(part) / shapely.length(line)
                    minutes[row, column] += share * step[item] / 60
        return minutes

    both = interleave(lambda: count_minutes(kept, grid, edges, SETTINGS, room=room), cut, rounds=5)

    whole = Comparison(
        tuple(s / len(kept) for s in both.ours_s), tuple(s / some.size for s in both.theirs_s)
    )
    inside = step[(np.array(grid.locate(ends[:, 0], ends[:, 1])) >= 0).all(0)].sum() / 60
    assert cut().sum() == pytest.approx(inside, rel=0.01)
    job = "cleaned pings to minutes, a ping"
    table.add_ratio(job, "shapely intersection, 4,000 of the ways", whole,
                    at_least=500)  # fmt: skip


def test_dosage__error_by_interval(table):
    city = simulate_city(
        seed=21, size_km=8.0, start=dt.date(2023, 3, 1), days=40, ping_days=2, ping_seconds=15,
        crime_types=("homicide",),
    )  # fmt: skip
    edges = shift_edges(city, 2)
    for cell in (100.0, 250.0):
        grid = city.grid(cell)
        truth = true_dosage(city, grid, edges)
        errors = []
        for seconds in (5, 30, 60, 120, 300):
            seen = count_minutes(seen_every(city, seconds), grid, edges, SETTINGS)
            assert seen.imbalance <= 1e-6
            moved = np.abs(seen.unit.astype(float) - truth.unit).sum() / 2 / truth.unit.sum()
            errors.append(moved)
            table.add_note(
                f"minutes in the wrong cell, pings every {seconds} s, {cell:g} m cells",
                f"{moved:.2%}, unknown {seen.unknown_total.sum() / seen.elapsed_total.sum():.2%}",
            )
        assert errors == sorted(errors)
