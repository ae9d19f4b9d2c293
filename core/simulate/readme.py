"""The README that comes with a simulated agency's files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evenbeat.core.simulate.city import City

_TEXT = """\
# {name}: a simulated agency

Nothing here is about a real place or person. The city was made with seed {seed}: {size} km across,
{days} days of history from {start}, forecast day {forecast_date}. The same seed gives the same
bytes.

Run the day in this folder:

    evenbeat daily --date {forecast_date}

| file | what |
| --- | --- |
| incidents.csv | records system: HunchLab columns, NIBRS codes, ISO times with offset |
| incidents_month.csv | one month in the same columns, with line ends of carriage returns only |
| incidents_legacy.csv | the system before: semicolons, byte-order mark, FBI codes, local times |
| gunfire.csv | alerts of an acoustic sensor, UTC |
| boundary.geojson, districts.geojson | jurisdiction and districts |
| neighbourhoods.geojson | parts of the city, across districts, for evenness of patrol |
| places.geojson | bars and other points, some with dates |
| parks.geojson, vacant_parcels.gpkg | places as polygons |
| transit_stops.csv, railways.parquet | more places: points in a table, lines |
| streets.gpkg | street segments: places for the models, outlines and ways for the plan |
| events.csv | planned events, with the time they became known |
| weather.csv | observed weather, then a forecast of 7 days |
| block_groups.geojson | residents by block group, a neutral count; no source of a model |
| {pings} | vehicle locations of the last days |
| roster.csv, activities.csv | units on duty, logged directed patrols |
| AUDIT_ONLY/ | simulated population groups, for the equity ledger alone |
| truth/ | dirt by kind (truth.json), every incident's true time, true paths of the units |
| evenbeat.toml | settings that read the files above |

The files are dirty on purpose, as real exports are; columns about persons are there to be dropped,
and places that policy refuses (schools) to be refused.
"""


def write_readme(city: City, path: Path, *, pings: str) -> Path:
    """Write what each file is; ``pings`` names the file of vehicle locations."""
    text = _TEXT.format(
        name=city.name, seed=city.seed, size=city.size_km, start=city.start, days=city.days,
        forecast_date=city.forecast_date, pings=pings,
    )  # fmt: skip
    path.write_text(text, "utf-8")
    return path
