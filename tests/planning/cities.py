"""Small random cities for the tests of planning and briefing."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import xarray as xr
from hypothesis import strategies as st

from evenbeat.core.grid import Grid
from evenbeat.core.planning.metering.past import PastBox, PastUse
from evenbeat.core.shifts import ShiftCalendar
from evenbeat.core.variables import EXPECTED_COUNT, label

DATE = dt.date(2017, 1, 3)
TYPES = ("homicide", "robbery", "burglary", "theft")
CALENDARS = (
    ShiftCalendar.three_by_eight("America/Chicago"),
    ShiftCalendar("America/Chicago", (("early", dt.time(4)), ("late", dt.time(22)))),
    ShiftCalendar(
        "Europe/Paris", (("one", dt.time(6)), ("two", dt.time(7)), ("three", dt.time(11)))
    ),
)
FEET, METRES = "EPSG:2913", "EPSG:26971"


def city_grid(
    *,
    height: int,
    width: int,
    districts: int,
    cell_size: float = 250.0,
    crs: str = METRES,
    seed: int = 0,
) -> Grid:
    """Return a grid with ragged districts in vertical bands and holes outside."""
    rng = np.random.default_rng(seed)
    band = (np.arange(width) * districts) // width
    district = np.tile(band, (height, 1)).astype(np.int16)
    district[rng.random((height, width)) < 0.1] = -1
    if not (district >= 0).any():
        district[0, 0] = 0
    ids = tuple(f"{index:02d}" for index in range(districts))
    return Grid(crs, cell_size, 10 * cell_size, 500 * cell_size, district, ids)


def risk_cube(
    grid: Grid, calendar: ShiftCalendar, *, seed: int = 0, levels: int | None = None
) -> xr.Dataset:
    """Return a random risk cube; ``levels`` makes ties."""
    rng = np.random.default_rng(seed)
    shape = (len(TYPES), len(calendar), *grid.shape)
    values = rng.gamma(0.3, 0.02, shape)
    if levels is not None:
        values = rng.integers(0, levels, shape) / 64.0
    values[..., ~grid.mask] = np.nan
    coords = {
        "crime_type": list(TYPES),
        "shift": list(calendar.names),
        "y": grid.northings,
        "x": grid.eastings,
    }
    return xr.Dataset({"expected_count": label(EXPECTED_COUNT, values, coords)})


def explain(shift: str, cells: list[tuple[int, int]]) -> list[list[dict[str, object]]]:
    """Return one fixed reason per cell."""
    return [
        [
            {
                "feature": "count_365",
                "crime_type": "robbery",
                "words": f"many on {shift}",
                "value": 1.0,
                "percentile": 99.0,
                "effect": 2.0,
            }
        ]
        for _ in cells
    ]


def no_history() -> pd.DataFrame:
    return pd.DataFrame(columns=["service_date", "shift", "row", "column", "district_id"])


def past_of(grid: Grid, calendar: ShiftCalendar, history: pd.DataFrame, date: dt.date) -> PastUse:
    """Return a table of single-cell boxes as the past of a date."""
    boxes = []
    for row in history.itertuples():
        day = dt.date.fromisoformat(str(row.service_date)[:10])
        ends = {shift.name: shift.end.timestamp() for shift in calendar.shifts_on(day)}
        end = ends.get(row.shift, -np.inf)
        boxes.append(PastBox(day, ((int(row.row), int(row.column)),), 45.0, end))
    return PastUse.of(grid, date, boxes)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Draw a city, in metres or feet, with small or large cells."""
    crs = draw(st.sampled_from([METRES, FEET]))
    size = draw(st.sampled_from([100.0, 150.0, 250.0, 600.0] if crs == METRES else [500.0, 820.0]))
    return city_grid(
        height=draw(st.integers(1, 14)), width=draw(st.integers(1, 14)),
        districts=draw(st.integers(1, 4)), cell_size=size, crs=crs,
        seed=draw(st.integers(0, 2**16)),
    )  # fmt: skip
