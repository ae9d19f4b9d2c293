"""Small studies for the tests of features and models."""

import datetime as dt

import numpy as np
import pandas as pd

from evenbeat.core.grid import Grid
from evenbeat.core.shifts import ShiftCalendar

CALENDAR = ShiftCalendar.three_by_eight("America/Chicago")
CUTOFF = dt.datetime(2016, 11, 20, 6, tzinfo=dt.UTC)  # midnight; a clock change two weeks before


def make_grid(shape=(9, 8), crs="EPSG:26971", cell_size=250.0):
    district = np.zeros(shape, dtype=np.int16)
    district[0, 0] = -1
    return Grid(crs, cell_size, 1000.0, 5000.0, district)


def make_incidents(seed, grid, n=150, *, days=120, cutoff=CUTOFF, crime_type="burglary"):
    """Incidents in and around the grid; some have windows, late reports or no report time."""
    rng = np.random.default_rng(seed)
    west, south, east, north = grid.bounds
    start = pd.Timestamp(cutoff) - pd.to_timedelta(rng.uniform(0.1, days, n), unit="D")
    length = np.where(rng.random(n) < 0.5, 0.0, rng.uniform(0, 40, n))
    start = pd.Series(start).dt.round("s")
    end = (start + pd.to_timedelta(length, unit="h")).dt.round("s")
    reported = end + pd.to_timedelta(rng.exponential(1.5, n), unit="D").round("s")
    reported[rng.random(n) < 0.2] = pd.NaT
    table = pd.DataFrame(
        {
            "source": "records",
            "incident_id": [f"{seed}-{i}" for i in range(n)],
            "crime_type": crime_type,
            "occurred_from": start.astype("datetime64[us, UTC]"),
            "occurred_to": end.astype("datetime64[us, UTC]"),
            "reported_at": reported.astype("datetime64[us, UTC]"),
            "easting": rng.uniform(west - 300, east + 300, n),
            "northing": rng.uniform(south - 300, north + 300, n),
            "weight": np.where(rng.random(n) < 0.1, 0.0, 1.0).astype(np.float32),
        }
    )
    return table.sort_values(["occurred_from", "incident_id"], ignore_index=True)
