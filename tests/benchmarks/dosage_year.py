"""A year of pings of 1,000 units, counted here and on a Dask cluster of this machine's cores.

``python -m tests.benchmarks.dosage_year --days 365 --picture docs/images/dosage-scaling.png``

Every day's pings come from its own seed, so that no worker needs a file: what is timed is making,
cleaning and counting them. Both runs must give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from pathlib import Path

import numpy as np

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage import Pings, clean_pings, count_minutes
from evenbeat.core.grid import Grid
from evenbeat.core.pipeline.workers import do_tasks

UNITS, PING_S, DAY_S = 1_000, 15, 86_400
CELLS, CELL_M = 200, 100.0
_LEG_S = 600.0
Days = dict[int, tuple[int, float, float, str]]


def the_grid() -> Grid:
    """Return a city of 20 km in cells of 100 m."""
    return Grid("EPSG:26971", CELL_M, 0.0, CELLS * CELL_M, np.zeros((CELLS, CELLS), np.int16))


def day_of_pings(day: int) -> Pings:
    """Return a day's pings: every unit drives from one random point to the next."""
    rng = np.random.default_rng([2024, day])
    legs = int(DAY_S / _LEG_S) + 2
    knots = rng.uniform(0.0, CELLS * CELL_M, (2, UNITS, legs))
    # Legs of at most 3 km, so that speeds are those of cars.
    knots = np.cumsum(rng.normal(0.0, 1_200.0, knots.shape), axis=2) + knots[..., :1]
    width = CELLS * CELL_M
    knots = np.abs((knots + width) % (2 * width) - width)
    seconds = np.arange(0, DAY_S, PING_S, dtype=float)
    leg, part = np.divmod(seconds / _LEG_S, 1.0)
    leg = leg.astype(np.int64)
    where = knots[:, :, leg] * (1.0 - part) + knots[:, :, leg + 1] * part
    where += rng.normal(0.0, 4.0, where.shape)
    size = seconds.size
    return Pings.of(
        tuple(f"u{unit:04d}" for unit in range(UNITS)), np.repeat(np.arange(UNITS), size),
        np.tile(seconds + day * DAY_S, UNITS), where[0].ravel(), where[1].ravel(),
    )  # fmt: skip


def count_day(grid: Grid, day: int) -> tuple[int, float, float, str]:
    """Return pings, unit minutes, imbalance, and the SHA-256 of all minutes of a day."""
    pings = day_of_pings(day)
    settings = DosageSettings()
    kept, _ = clean_pings(pings, settings)
    edges = day * DAY_S + np.linspace(0, DAY_S, 4)
    found = count_minutes(kept, grid, edges, settings)
    digest = hashlib.sha256()
    for values in (found.presence, found.unit, found.officer, found.unknown, found.visits):
        digest.update(b"none" if values is None else values.tobytes())
    return len(pings), float(found.unit.sum(dtype=float)), found.imbalance, digest.hexdigest()


def count_days(
    days: int, **where: object
) -> tuple[float, dict[int, tuple[int, float, float, str]]]:
    """Return the seconds that some days take, and what each gives."""
    started = time.perf_counter()
    found = dict(do_tasks(count_day, the_grid(), [(day,) for day in range(days)], **where))
    return time.perf_counter() - started, found


def scaling(days: int) -> dict[int, float]:
    """Return the seconds of some days on clusters of one worker and of two."""
    from distributed import LocalCluster

    seconds = {}
    for workers in (1, 2):
        with LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None
        ) as cluster:
            count_days(workers, scheduler=cluster.scheduler_address)  # kernels are loaded
            seconds[workers] = count_days(days, scheduler=cluster.scheduler_address)[0]
    return seconds


def draw(seconds: dict[int, float], days: int, path: Path) -> None:
    """Draw days a minute by workers, beside a line through the origin."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.2, 3.0), layout="constrained")
    axes = figure.subplots()
    rate = {workers: 60.0 * days / taken for workers, taken in seconds.items()}
    axes.plot([0, 2], [0, 2 * rate[1]], color="0.6", linestyle="--", label="in proportion")
    axes.plot(list(rate), list(rate.values()), marker="o", color="#0b5d8f", label="measured")
    axes.set(xlabel="Dask workers, one thread each", ylabel="days a minute", xticks=[1, 2],
             xlim=(0.8, 2.2), ylim=(0, None), title="A day is 5.8 million pings")  # fmt: skip
    axes.legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)


def main() -> None:
    from distributed import LocalCluster

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--scaling-days", type=int, default=16)
    parser.add_argument("--picture", type=Path)
    given = parser.parse_args()
    local_s, local = count_days(given.days)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        cluster_s, distributed = count_days(given.days, scheduler=cluster.scheduler_address)
    same = local == distributed
    worst = max(imbalance for _, _, imbalance, _ in local.values())
    pings = sum(count for count, _, _, _ in local.values())
    print(f"{given.days} days, {pings / 1e9:.2f} billion pings, imbalance {worst:.1e}")
    print(f"here {local_s:.0f} s, cluster of two workers {cluster_s:.0f} s, same bytes: {same}")
    seconds = scaling(given.scaling_days)
    print(f"{given.scaling_days} days: {seconds[1]:.0f} s with one worker, {seconds[2]:.0f} s "
          f"with two: {seconds[1] / seconds[2]:.2f} times as fast")  # fmt: skip
    if given.picture:
        draw(seconds, given.scaling_days, given.picture)
    if not same:
        raise SystemExit("The cluster gave other numbers.")


if __name__ == "__main__":
    main()
