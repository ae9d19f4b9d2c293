"""Fit all types and forecast a day on three years of Chicago at 150 m; print what each step took.

Run it with the folder of the real data: ``python tests/benchmarks/bench_fit.py ../shared/data``.
"""

import datetime as dt
import json
import resource
import sys
import time
from pathlib import Path

import geopandas as gpd
import pandas as pd

from evenbeat.core.config import AgencySettings, IngestSettings, ModelSettings, SourceSettings
from evenbeat.core.features import Layers
from evenbeat.core.forecast import explain_cells, fit_models, forecast_day
from evenbeat.core.grid import Grid
from evenbeat.core.ingest.formats import read_table
from evenbeat.core.ingest.incidents import read_incidents, upsert_incidents
from evenbeat.core.policy.crime_types import CrimeTypeTable
from evenbeat.core.shifts import ShiftCalendar

CRS, ZONE = "EPSG:26971", "America/Chicago"
DATE, CUTOFF = dt.date(2017, 1, 3), dt.datetime(2017, 1, 3, 6, tzinfo=dt.UTC)
AGENCY = AgencySettings(timezone=ZONE, subdivision="IL")
SETTINGS = ModelSettings(
    crime_types=("homicide", "aggravated_assault", "robbery", "burglary", "motor_vehicle_theft",
                 "theft", "arson")
)  # fmt: skip


def read_incidents_of(folder: Path, boundary) -> pd.DataFrame:
    stored = None
    for path in sorted(folder.glob("portal_export_*.csv.xz")):
        incoming, _ = read_incidents(
            read_table(path), source=SourceSettings(role="incidents", path=str(path)),
            settings=IngestSettings(), timezone=ZONE, crs=CRS, boundary=boundary,
            crime_types=CrimeTypeTable.load(),
        )  # fmt: skip
        stored, _ = upsert_incidents(stored, incoming)
    return stored


def main(folder: Path) -> dict[str, float]:
    beats = gpd.read_parquet(folder / "beats_dec2012.parquet").to_crs(CRS)
    beats = beats.rename(columns={"beat_num": "district_id"})
    grid = Grid.from_districts(beats, crs=CRS, cell_size=150.0)
    calendar = ShiftCalendar.three_by_eight(ZONE)
    incidents = read_incidents_of(folder, beats.union_all())
    given = {"grid": grid, "calendar": calendar, "layers": Layers(), "agency": AGENCY,
             "cutoff": CUTOFF, "incidents": incidents}  # fmt: skip
    taken, started = {"incidents": float(len(incidents))}, time.perf_counter()
    models = fit_models(settings=SETTINGS, **given)
    taken["fit_s"] = time.perf_counter() - started
    started = time.perf_counter()
    day = forecast_day(models=models, date=DATE, provenance={}, **given)
    taken["forecast_s"] = time.perf_counter() - started
    total = day.risk["expected_count"].sel(shift="evening").sum("crime_type").fillna(0.0).values
    cells = [divmod(int(flat), total.shape[1]) for flat in (-total).argsort(axis=None)[:800]]
    started = time.perf_counter()
    explain_cells(models=models, day=day, grid=grid, shift="evening", cells=cells,
                  priority_weights=dict.fromkeys(models.crime_types, 1.0))  # fmt: skip
    taken["explain_800_cells_s"] = time.perf_counter() - started
    taken["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return taken


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]) / "chicago"), indent=1))
