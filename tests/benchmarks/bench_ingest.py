"""Ingest the three portal exports of Chicago in a process of its own; print what each step took.

Run it with the folder of the real data: ``python tests/benchmarks/bench_ingest.py ../shared/data``.
"""

import json
import sys
import time
from pathlib import Path

import geopandas as gpd

from evenbeat.core.config import IngestSettings, SourceSettings
from evenbeat.core.ingest.formats import read_table
from evenbeat.core.ingest.incidents import read_incidents, upsert_incidents
from evenbeat.core.policy.crime_types import CrimeTypeTable

CRS = "EPSG:26971"


def ingest_exports(folder: Path) -> dict[str, float]:
    """Read, understand and merge the exports; return seconds by step and the rows."""
    beats = gpd.read_parquet(folder / "beats_dec2012.parquet").to_crs(CRS)
    boundary, crime_types = beats.union_all(), CrimeTypeTable.load()
    taken = {"read": 0.0, "understand": 0.0, "merge": 0.0, "rows_in": 0, "rows_kept": 0}
    stored = None
    for path in sorted(folder.glob("portal_export_*.csv.xz")):
        started = time.perf_counter()
        raw = read_table(path)
        was_read = time.perf_counter()
        incidents, report = read_incidents(
            raw, source=SourceSettings(role="incidents", path=str(path)),
            settings=IngestSettings(), timezone="America/Chicago", crs=CRS, boundary=boundary,
            crime_types=crime_types,
        )  # fmt: skip
        understood = time.perf_counter()
        stored, _ = upsert_incidents(stored, incidents, report.withdrawn)
        taken["read"] += was_read - started
        taken["understand"] += understood - was_read
        taken["merge"] += time.perf_counter() - understood
        taken["rows_in"] += report.rows_in
        taken["rows_kept"] += report.rows_kept
    return taken


if __name__ == "__main__":
    print(json.dumps(ingest_exports(Path(sys.argv[1]) / "chicago")))
