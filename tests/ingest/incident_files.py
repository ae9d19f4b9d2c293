"""Small incident files for the tests: one good row to vary, and a jurisdiction to put it in."""

import pandas as pd
import shapely

from evenbeat.core.config import IngestSettings, SourceSettings
from evenbeat.core.ingest.formats import RawTable
from evenbeat.core.ingest.incidents import read_incidents
from evenbeat.core.policy.crime_types import CrimeTypeTable

CRS = "EPSG:26971"
TIMEZONE = "America/Chicago"
# 10 km around the Loop, in metres of CRS.
BOUNDARY = shapely.box(353_000, 574_000, 363_000, 584_000)
GOOD = {
    "datasource": "rms", "id": "1", "class": "120", "datetimefrom": "2016-05-04 22:15:00",
    "datetimeto": "2016-05-04 22:15:00", "report_time": "2016-05-04 22:40:00",
    "pointx": "-87.65", "pointy": "41.87", "address": "1200 block of Oak Ave",
    "last_updated": "2016-05-10 08:00:00",
}  # fmt: skip
CRIME_TYPES = CrimeTypeTable.load()


def raw_table(rows, **options):
    """Rows as dicts; what a row leaves out is as in the good row, with an id of its own."""
    filled = [{**GOOD, "id": str(number), **row} for number, row in enumerate(rows, start=1)]
    return RawTable(pd.DataFrame(filled, dtype="str"), name="events.csv", format="csv", **options)


def read(raw, *, settings=None, boundary=BOUNDARY, now=None, **source):
    """Read with a preset that is detected unless the source says otherwise."""
    return read_incidents(
        raw,
        source=SourceSettings(role=source.pop("role", "incidents"), path="events.csv", **source),
        settings=settings or IngestSettings(),
        timezone=TIMEZONE,
        crs=CRS,
        boundary=boundary,
        crime_types=CRIME_TYPES,
        now=now,
    )
