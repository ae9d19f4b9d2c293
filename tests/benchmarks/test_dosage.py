"""Pings to minutes beside shapely and movingpandas; and how near to the truth the minutes come."""

import datetime as dt
import json
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage import clean_pings, count_minutes
from evenbeat.core.dosage.minutes import Room
from evenbeat.core.simulate import simulate_city
from tests.benchmarks import bench_pings
from tests.benchmarks.interleave import (
    Comparison,
    interleave,
    measure_process,
    median_seconds,
)
from tests.dosage.scene import seen_every, shift_edges, true_dosage

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3600)]

CELL = 25.0
DAYS = 10
MANY_DAYS = 106
N_PINGS = 10_000_000
SETTINGS = DosageSettings()
YEAR = 365


def write_days(folder, *, days, size_km=20.0, seconds=4):
    """Write simulated pings, a file a day in the order of time; return the city and the edges."""
    city = simulate_city(
        seed=3, size_km=size_km, start=dt.date(2023, 1, 1), days=days + 30, ping_days=days,
        ping_seconds=seconds, crime_types=("homicide",),
    )  # fmt: skip
    calendar = city.calendar()
    first = city.forecast_date - dt.timedelta(days=days)
    edges = [calendar.edges(first + dt.timedelta(days=day), 1).astype(float) for day in range(days)]
    batches = city.fleet.ping_batches(city.frame)
    for day in range(days):
        table = pd.concat(islice(batches, len(calendar)))
        table.to_parquet(folder / f"day-{day:03}.parquet", index=False)
    return city, edges


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Files of a city of 20 km: 44 units a shift that report every 4 seconds."""
    folder = tmp_path_factory.mktemp("pings")
    city, edges = write_days(folder, days=DAYS)
    return city.grid(CELL), sorted(folder.glob("day-*.parquet")), edges


@pytest.fixture(scope="module")
def days(scene):
    """The pings of each day as they are read, with the edges of its shifts."""
    grid, files, edges = scene
    return [(bench_pings.read_day(path, grid)[0], edge)
            for path, edge in zip(files, edges, strict=True)]  # fmt: skip


def count_days(days, grid, each=lambda dosage: None):
    """Clean and count day by day, to labelled cubes; return what is asked of each day."""
    room = Room()
    return [each(bench_pings.count_day(pings, grid, edges, room)[1]) for pings, edges in days]


def assert_conserved(days, grid):
    assert max(count_days(days, grid, lambda dosage: dosage.imbalance)) <= 1e-6
    assert min(count_days(days, grid, lambda dosage: dosage.unit.sum())) > 0


def test_dosage__cleaning_to_cube(scene, days, table):
    grid, files, _ = scene
    n_pings = sum(len(pings) for pings, _ in days)
    assert n_pings >= 0.9 * N_PINGS
    rows = [bench_pings.read_day(path, grid)[1].rows_kept for path in files]
    assert sum(rows) == n_pings

    reading = median_seconds(lambda: [bench_pings.read_day(f, grid) for f in files], rounds=3)
    seconds = median_seconds(lambda: count_days(days, grid), rounds=5)

    assert_conserved(days, grid)
    job = f"pings to minutes, {n_pings / 1e6:.1f} M pings, 25 m cells"
    table.add_limit(f"{job}, cleaning to cube", seconds / n_pings * 1e9, "ns a ping", at_most=60)
    table.add_note(f"{job}, reading from Parquet", f"{reading / n_pings * 1e9:.3g} ns a ping")


@pytest.mark.parametrize(("seconds", "size_km"), [(15, 16.0), (60, 20.0)])
def test_dosage__pings_that_come_less_often(tmp_path, table, seconds, size_km):
    city, edges = write_days(tmp_path, days=3, size_km=size_km, seconds=seconds)
    grid = city.grid(CELL)
    files = sorted(tmp_path.glob("day-*.parquet"))
    days = [(bench_pings.read_day(path, grid)[0], edge)
            for path, edge in zip(files, edges, strict=True)]  # fmt: skip
    n_pings = sum(len(pings) for pings, _ in days)

    spent = median_seconds(lambda: count_days(days, grid), rounds=5)

    assert_conserved(days, grid)
    units = len(days[0][0].unit_ids) // (days[0][1].size - 1)
    table.add_note(
        f"cleaning to cube, pings every {seconds} s, {units} units on duty, 25 m cells",
        f"{spent / n_pings * 1e9:.3g} ns a ping, {spent / len(days) * 1e3:.3g} ms a day",
    )


def test_dosage__peak_memory_of_many_days(tmp_path, table):
    city, edges = write_days(tmp_path, days=MANY_DAYS)
    bench_pings.write_grid(city.grid(CELL), edges, tmp_path)

    used = measure_process([sys.executable, Path(bench_pings.__file__), tmp_path])

    told = json.loads(used.stdout.splitlines()[-1])
    assert told["pings"] >= 100_000_000
    assert 0.99 * told["pings"] <= told["kept"] <= told["pings"]
    assert told["imbalance"] <= 1e-6
    assert told["unit_minutes"] > 0
    job = f"Parquet to cubes, {told['pings'] / 1e6:.0f} M pings in {MANY_DAYS} files, as a process"
    table.add_limit(f"{job}, peak", used.peak_mb / 1e3, "GB", at_most=1.5)
    table.add_note(f"{job}, CPU in all", f"{used.cpu_s / told['pings'] * 1e9:.3g} ns a ping")


def cells_along(grid, ends):
    """Return the rows and columns of the cells around each way, west to east, north to south."""
    low = grid.locate(ends[:, [0, 2]].min(1), ends[:, [1, 3]].max(1))
    high = grid.locate(ends[:, [0, 2]].max(1), ends[:, [1, 3]].min(1))
    return [
        [(row, column) for row in range(north, south + 1) for column in range(west, east + 1)]
        for north, west, south, east in zip(*low, *high, strict=True)
    ]


def ways_from(kept, first):
    """Return eastings and northings of both ends of the ways that begin at some pings."""
    return np.stack([kept.easting[first], kept.northing[first], kept.easting[first + 1],
                     kept.northing[first + 1]], axis=1)  # fmt: skip


def our_jobs(pings, kept, grid, edges):
    """Return what is set beside a peer: counting alone, as the peer does, and with cleaning."""
    room = Room()
    return {
        "cleaned pings to minutes, a ping": lambda: count_minutes(
            kept, grid, edges, SETTINGS, room=room
        ),
        "pings to minutes, cleaned on our side only, a ping": lambda: count_minutes(
            clean_pings(pings, SETTINGS)[0], grid, edges, SETTINGS, room=room
        ),
    }


def a_ping(both, n_ours, n_theirs):
    """Return a comparison a ping: the peer is given fewer of them."""
    return Comparison(
        tuple(s / n_ours for s in both.ours_s), tuple(s / n_theirs for s in both.theirs_s)
    )


def test_dosage__shapely(scene, days, table):
    grid = scene[0]
    pings, edges = days[0]
    kept, _ = clean_pings(pings, SETTINGS)
    ways = np.flatnonzero((np.diff(kept.unit) == 0) & (np.diff(kept.easting) != 0))
    some = np.sort(np.random.default_rng(16).choice(ways, 4000, replace=False))
    ends, step = ways_from(kept, some), np.diff(kept.time_s)[some]

    def cut():
        """Return the minutes of each cell: intersections of the ways with the cells around them."""
        minutes = np.zeros(grid.shape)
        lines = shapely.linestrings(ends.reshape(-1, 2, 2))
        for line, cells, seconds in zip(lines, cells_along(grid, ends), step, strict=True):
            for cell in cells:
                part = shapely.intersection(line, grid.box(*cell))
                minutes[cell] += shapely.length(part) / shapely.length(line) * seconds / 60
        return minutes

    inside = step[(np.array(grid.locate(ends[:, 0], ends[:, 1])) >= 0).all(0)].sum() / 60
    assert cut().sum() == pytest.approx(inside, rel=0.01)
    for name, ours in our_jobs(pings, kept, grid, edges).items():
        both = interleave(ours, cut, rounds=5)
        table.add_ratio(
            name, "shapely intersection, 4,000 of the ways",
            a_ping(both, len(kept), some.size), at_least=500, unit="ns",
        )  # fmt: skip


@pytest.mark.filterwarnings("ignore")  # movingpandas asks for what it does not need here
def test_dosage__movingpandas(scene, days, table):
    import geopandas as gpd

    mpd = pytest.importorskip("movingpandas")
    grid = scene[0]
    pings, edges = days[0]
    kept, _ = clean_pings(pings, SETTINGS)
    drive = kept.take(np.arange(1000, 1301))
    assert np.unique(drive.unit).size == 1
    points = gpd.GeoDataFrame(
        {"time": pd.to_datetime(drive.time_s, unit="s")},
        geometry=gpd.points_from_xy(drive.easting, drive.northing), crs=grid.crs,
    )  # fmt: skip
    around = cells_along(grid, ways_from(drive, np.arange(len(drive) - 1)))

    def clip(piece=25):
        """Return the minutes of each cell: trajectories of 25 ways clipped by the cells around."""
        minutes = np.zeros(grid.shape)
        for first in range(0, len(drive) - 1, piece):
            way = mpd.Trajectory(points.iloc[first : first + piece + 1], first, t="time")
            for cell in sorted({cell for some in around[first : first + piece] for cell in some}):
                for part in way.clip(grid.box(*cell)):
                    minutes[cell] += part.get_duration().total_seconds() / 60
        return minutes

    def stop():
        """Return stops of a minute: less than minutes by cell, but what one would turn to."""
        whole = mpd.Trajectory(points, 0, t="time")
        return mpd.TrajectoryStopDetector(whole).get_stop_segments(
            max_diameter=CELL, min_duration=pd.Timedelta(60, "s")
        )

    alone = count_minutes(drive, grid, drive.time_s[[0, -1]], SETTINGS)
    np.testing.assert_allclose(clip(), alone.unit[0], atol=1e-4)
    for name, ours in our_jobs(pings, kept, grid, edges).items():
        for peer, job in (("clip, 300 of the ways", clip), ("stop detection, 301 pings", stop)):
            both = interleave(ours, job, rounds=5)
            table.add_ratio(
                name, f"movingpandas {peer}", a_ping(both, len(kept), len(drive) - 1),
                at_least=1000, unit="ns",
            )  # fmt: skip


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


def test_dosage__a_year_on_a_cluster(table):
    """1,000 units every 15 s for a year: the same bytes here and on a Dask cluster."""
    from distributed import LocalCluster

    from tests.benchmarks.dosage_year import count_days

    here_s, here = count_days(YEAR)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        cluster_s, distributed = count_days(YEAR, scheduler=cluster.scheduler_address)
    assert distributed == here
    assert max(imbalance for _, _, imbalance, _ in here.values()) <= 1e-6
    pings = sum(count for count, _, _, _ in here.values())
    table.add_note(
        f"a year of 1,000 units every 15 s, {pings / 1e9:.2f} billion pings, the same bytes",
        f"here {here_s:.0f} s, Dask cluster of two workers {cluster_s:.0f} s",
    )
