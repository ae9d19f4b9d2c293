"""A small city with risk, priority and districts, for tests of what is published."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
from shapely.geometry import box

from evenbeat.core.grid import Grid
from evenbeat.core.shifts import ShiftCalendar
from evenbeat.core.variables import EXPECTED_COUNT, PRIORITY, label

CALENDAR = ShiftCalendar.three_by_eight("America/Chicago")
DATE = dt.date(2017, 1, 3)
WHEN = dt.datetime(2017, 1, 3, 6, 0, tzinfo=dt.UTC)
CRIME_TYPES = ("burglary", "motor_vehicle_theft", "robbery")
PROVENANCE = {"input_fingerprint": "f00d", "model_version": "trees 1", "seed": "20170103"}


def districts(columns=4, rows=3, edge=2400.0):
    """Return districts in a lattice in Chicago's state plane; one corner is missing."""
    west, south = 358_000.0, 570_000.0
    cells = [(row, column) for row in range(rows) for column in range(columns)][1:]
    return gpd.GeoDataFrame(
        {"district_id": [f"{row}{column}" for row, column in cells],
         "name": [f"District {row}-{column}" for row, column in cells]},
        geometry=[box(west + column * edge, south + row * edge,
                      west + (column + 1) * edge, south + (row + 1) * edge)
                  for row, column in cells],
        crs="EPSG:26971",
    )  # fmt: skip


def grid(cell_size=150.0):
    return Grid.from_districts(districts(), crs="EPSG:26971", cell_size=cell_size)


def risk(where, *, seed=1, crime_types=CRIME_TYPES):
    """Return a risk cube with a few hot spots."""
    random = np.random.default_rng(seed)
    height, width = where.shape
    rows, columns = np.mgrid[0:height, 0:width]
    shape = (len(crime_types), len(CALENDAR), height, width)
    values = 0.0005 + 0.0005 * random.random(shape)
    for cells in values.reshape(-1, height, width):
        for _ in range(4):
            row, column = random.random(2) * where.shape
            distance = (rows - row) ** 2 + (columns - column) ** 2
            cells[...] += 0.02 * random.random() * np.exp(-distance / 18.0)
    values[..., ~where.mask] = np.nan
    coords = {"crime_type": list(crime_types), "shift": list(CALENDAR.names),
              "y": where.northings, "x": where.eastings}  # fmt: skip
    cube = label(EXPECTED_COUNT, values.astype(np.float32), coords).to_dataset()
    return cube.assign_coords(spatial_ref=0)


def priority(cube):
    summed = cube["expected_count"].sum("crime_type", skipna=False) * 3.0
    coords = {name: summed[name].values for name in ("shift", "y", "x")}
    return label(PRIORITY, summed.values, coords)


def assignments(where, *, status):
    """Return one box per shift, with the status given for each shift."""
    names = list(CALENDAR.names)
    cells = [(5 + i, 20 + i) for i in range(len(names))]
    return gpd.GeoDataFrame(
        {"assignment_id": [f"{DATE}-{name}-01-01" for name in names], "run_id": "r",
         "service_date": str(DATE), "shift": names, "district_id": "01", "rank": 1,
         "status": [status[name] for name in names], "visits": 3, "visit_minutes": 15.0,
         "minutes": 45.0, "percentile": 99.9, "dominant_type": "robbery",
         "why": '[{"words": "recent robberies"}]', "reviewer": "someone"},
        geometry=[where.box(row, column) for row, column in cells],
        crs=where.crs,
    )  # fmt: skip


def arguments(*, date=DATE, run_id="run-a", seed=1, plan=None, crime_types=CRIME_TYPES, **others):
    """Return the keyword arguments of ``publish_day`` for one day."""
    where = grid()
    cube = risk(where, seed=seed, crime_types=crime_types)
    return {
        "risk": cube, "priority": priority(cube), "grid": where, "calendar": CALENDAR,
        "date": date, "run_id": run_id, "provenance": PROVENANCE, "assignments": plan,
        "districts": districts(), "when": WHEN, **others,
    }  # fmt: skip
