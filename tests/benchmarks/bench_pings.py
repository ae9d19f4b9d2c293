"""Files of pings, one a day, to cubes: run as a process of its own, so that its peak is its own.

``python bench_pings.py FOLDER`` reads ``grid.json``, ``district.npy`` and ``day-*.parquet``, and
prints how many pings it counted, their unit minutes, and the largest imbalance.
"""

import json
import sys
from pathlib import Path

import numpy as np

from evenbeat.core.config import DosageSettings, PingSourceSettings
from evenbeat.core.dosage import (
    PingReport,
    clean_pings,
    count_minutes,
    dosage_cube,
    join_pings,
    read_pings,
)
from evenbeat.core.dosage.minutes import Room
from evenbeat.core.grid import Grid

SETTINGS = DosageSettings()
KEY = b"a key for benchmarks, long enough"


def write_grid(grid, edges_by_day, folder):
    """Write what `main` needs besides the pings."""
    np.save(folder / "district.npy", grid.district)
    place = {"crs": grid.crs, "cell_size": grid.cell_size, "west": grid.west, "north": grid.north,
             "district_ids": grid.district_ids,
             "edges_s": [edges.tolist() for edges in edges_by_day]}  # fmt: skip
    (folder / "grid.json").write_text(json.dumps(place))


def read_day(path, grid):
    """Return one file's pings and the account of reading them."""
    report = PingReport()
    source = PingSourceSettings(path=str(path), crs=grid.crs)
    pings = join_pings(read_pings(path, source, grid=grid, timezone="UTC", key=KEY, report=report))
    report.check_balance()
    return pings, report


def count_day(pings, grid, edges, room):
    """Return a day's cube, its minutes, and the account of cleaning."""
    kept, report = clean_pings(pings, SETTINGS, metres_per_unit=grid.metres_per_unit)
    dosage = count_minutes(kept, grid, edges, SETTINGS, room=room)
    names = [str(number) for number in range(dosage.edges_s.size - 1)]
    return dosage_cube(dosage, names), dosage, report


def main(folder):
    place = json.loads((folder / "grid.json").read_text())
    edges_by_day = place.pop("edges_s")
    place["district_ids"] = tuple(place["district_ids"])
    grid = Grid(**place, district=np.load(folder / "district.npy"))
    told = {"pings": 0, "kept": 0, "unit_minutes": 0.0, "imbalance": 0.0}
    room = Room()
    for path, edges in zip(sorted(folder.glob("day-*.parquet")), edges_by_day, strict=True):
        pings, _ = read_day(path, grid)
        _, dosage, report = count_day(pings, grid, edges, room)
        told["pings"] += len(pings)
        told["kept"] += report.rows_kept
        told["unit_minutes"] += float(dosage.unit.sum(dtype=np.float64))
        told["imbalance"] = max(told["imbalance"], dosage.imbalance)
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
