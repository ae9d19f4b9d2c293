"""A simulated city's values as tables: the columns that ingest stores."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from evenbeat.core.grid import Grid
from evenbeat.core.policy.features import category_of
from evenbeat.core.shifts import Shift
from evenbeat.core.simulate.conditions import BURN_IN_DAYS, seconds_of, stamps_of
from evenbeat.core.simulate.frame import Floats, random_stream
from evenbeat.core.simulate.places import ALWAYS_S, FOREVER_S
from evenbeat.core.simulate.streets import Streets

if TYPE_CHECKING:
    import geopandas as gpd
    import xarray as xr

    from evenbeat.core.simulate.city import City

FORECAST_DAYS = 7
DATASOURCE = "rms"
LEGACY_DATASOURCE = "legacy_rms"
SENSOR_DATASOURCE = "acoustic"
_TREES = (
    "Oak", "Elm", "Maple", "Cedar", "Walnut", "Birch", "Ash", "Willow", "Chestnut", "Linden",
    "Poplar", "Spruce", "Hazel", "Alder", "Juniper", "Laurel", "Magnolia", "Sycamore", "Aspen",
    "Cherry",
)  # fmt: skip
_PARTS = ("Park", "Hill", "Heights", "Grove", "Square", "Gardens")
_STREET_CATEGORIES = ("street", "arterial_street", "arterial_street")
_ISSUED_HOURS_BEFORE = 6
_WEATHER = ("temperature_c", "precipitation_mm", "snow_mm", "wind_kmh")


def known_incidents(city: City, cutoff: dt.datetime) -> pd.DataFrame:
    """Return modelled incidents of the history reported before a cut-off, in stored columns."""
    true = city.incidents
    known = (true["period"] == "history") & true["modelled"] & (true["reported_at"] < cutoff)
    rows = true[known]
    sensor = (rows["source_kind"] == "sensor").to_numpy()
    legacy = export_of(city, rows["day"].to_numpy()) == "legacy"
    reported_to = np.where(legacy, LEGACY_DATASOURCE, DATASOURCE)
    table = pd.DataFrame(
        {
            "source": np.where(sensor, SENSOR_DATASOURCE, reported_to),
            "incident_id": rows["incident_id"],
            "crime_type": rows["crime_type"].astype("str"),
            "class_code": np.where(legacy, rows["ucr"], rows["nibrs"]),
            "occurred_from": rows["occurred_from"],
            "occurred_to": rows["occurred_to"],
            "reported_at": rows["reported_at"],
            "last_updated": rows["last_updated"],
            "easting": rows["easting"],
            "northing": rows["northing"],
            "source_kind": rows["source_kind"].astype("str"),
            "weight": (rows["source_kind"] != "discovered").astype("float32"),
            "geocode_quality": "unknown",
        }
    )
    table = table.astype({"source": "str", "class_code": "str", "geocode_quality": "str"})
    order = ["occurred_from", "source", "incident_id"]
    return table.sort_values(order, ignore_index=True)


def export_of(city: City, day: npt.NDArray[np.int64]) -> npt.NDArray[np.str_]:
    """Return the file that holds the records of each local day: ``legacy, month`` or ``main``.

    The first third of the history comes from a system that was replaced, and the month after it
    from a spreadsheet that stood in.
    """
    first = city.days // 3
    second = first + min(30, max(city.days // 6, 1))
    return np.array(["legacy", "month", "main"])[np.digitize(day - BURN_IN_DAYS, [first, second])]


def street_names(streets: Streets) -> npt.NDArray[np.object_]:
    """Return the name of each street segment; one line of the street grid has one name."""
    lines = np.unique(streets.line)
    diagonal = set(np.unique(streets.line[streets.kind == 2]).tolist())
    run = np.abs(streets.end - streets.start)
    upright = dict(zip(streets.line.tolist(), (run[:, 1] > run[:, 0]).tolist(), strict=True))
    names = {}
    for number, line in enumerate(lines.tolist(), start=1):
        if line in diagonal:
            names[line] = f"{_TREES[number % len(_TREES)]} Diagonal"
        elif upright[line]:
            turn = number // len(_TREES)
            names[line] = f"{_TREES[number % len(_TREES)]} {'Ave' if turn == 0 else f'Ave {turn}'}"
        else:
            names[line] = f"{number} St"
    return np.array([names[line] for line in streets.line.tolist()], dtype=object)


def neighbourhoods(city: City) -> gpd.GeoDataFrame:
    """Return the neighbourhoods."""
    shapes = city.ground.neighbourhood_shapes
    numbers = range(len(shapes))
    columns = {
        "neighbourhood_id": [f"N{number + 1:02d}" for number in numbers],
        "name": [
            f"{_TREES[number % len(_TREES)]} {_PARTS[number // len(_TREES)]}" for number in numbers
        ],
    }
    return city.frame.table(columns, shapes)


def streets(city: City) -> gpd.GeoDataFrame:
    """Return the street segments."""
    value = city.ground.streets
    columns = {
        "street_id": [f"S{number:06d}" for number in range(1, value.line.size + 1)],
        "name": street_names(value),
        "category": np.array(_STREET_CATEGORIES, dtype=object)[value.kind],
    }
    shapes = shapely.linestrings(np.stack([value.start, value.end], axis=1))
    return city.frame.table(columns, shapes)


def _stamps_or_nat(seconds: npt.NDArray[np.int64]) -> pd.Series[pd.Timestamp]:
    """Return UTC stamps, NaT where a time is unbounded."""
    bounded = (seconds != ALWAYS_S) & (seconds != FOREVER_S)
    return stamps_of(np.where(bounded, seconds, 0)).where(pd.Series(bounded))


def places(city: City) -> gpd.GeoDataFrame:
    """Return the places that policy allows; those without known dates have none."""
    table = all_places(city)
    allowed = table["category"].map(lambda name: category_of(name) is not None)
    return table[allowed].reset_index(drop=True)


def all_places(city: City) -> gpd.GeoDataFrame:
    """Return every place of the city, also of categories that policy refuses."""
    value = city.place_values
    rank = pd.Series(value.category).groupby(value.category).cumcount() + 1
    ids = pd.Series(value.category).str.cat(rank.astype("str").str.zfill(5), sep="-")
    opened = _stamps_or_nat(value.opened_s)
    closed = _stamps_or_nat(value.closed_s)
    columns = {
        "place_id": ids.astype("str"),
        "category": pd.Series(value.category).astype("str"),
        "valid_from": opened,
        "valid_to": closed,
        "dated": value.dated,
        "source": pd.Series(["simulated"] * len(ids)).astype("str"),
    }
    return city.frame.table(columns, value.shape)


def events(city: City) -> gpd.GeoDataFrame:
    """Return the planned events of the history and the horizon."""
    value = city.event_values
    shown = np.flatnonzero(value.start_s >= city.hours.midnights_s[BURN_IN_DAYS])
    columns = {
        "event_id": pd.Series(value.event_id[shown]).astype("str"),
        "category": pd.Series(value.category[shown]).astype("str"),
        "starts_at": stamps_of(value.start_s[shown]),
        "ends_at": stamps_of(value.end_s[shown]),
        "known_at": stamps_of(value.known_s[shown]),
        "expected_attendance": value.attendance[shown],
        "source": pd.Series(["simulated"] * shown.size).astype("str"),
    }
    points = np.column_stack([value.east_m, value.north_m])[shown].round(1)
    return city.frame.table(columns, shapely.points(points))


def weather(city: City) -> pd.DataFrame:
    """Return observed weather through the history, then a forecast that errs more each day."""
    rng = random_stream(city.seed, "weather forecast")
    last = BURN_IN_DAYS + city.days
    truth = city.weather_truth.iloc[BURN_IN_DAYS : last + min(FORECAST_DAYS, city.horizon_days)]
    table = truth[["date", *_WEATHER]].reset_index(drop=True)
    ahead = np.maximum(np.arange(len(table)) - city.days + 1, 0)
    noise = rng.standard_normal((2, len(table)))
    table["temperature_c"] = (table["temperature_c"] + 0.8 * np.sqrt(ahead) * noise[0]).round(1)
    factor = np.exp(0.3 * np.sqrt(ahead) * noise[1])
    table["precipitation_mm"] = (table["precipitation_mm"] * factor).round(1)
    table["kind"] = pd.Series(np.where(ahead > 0, "forecast", "observed")).astype("str")
    table["source"] = pd.Series(["simulated"] * len(table)).astype("str")
    issued = pd.Timestamp(city.cutoff) - pd.Timedelta(hours=_ISSUED_HOURS_BEFORE)
    table["issued_at"] = pd.Series(issued, index=table.index).where(ahead > 0)
    table["issued_at"] = table["issued_at"].astype("datetime64[us, UTC]")
    table["date"] = table["date"].astype("datetime64[us]")
    return table


def block_groups(city: City) -> gpd.GeoDataFrame:
    """Return block groups and their residents: a neutral count."""
    ground = city.ground
    size = len(ground.block_group_shapes)
    residents = np.bincount(ground.addresses.block_group, ground.addresses.residents, size)
    columns = {
        "block_group_id": [f"BG{number:05d}" for number in range(1, size + 1)],
        "residents": residents.round().astype(np.int64),
    }
    return city.frame.table(columns, ground.block_group_shapes)


def demographics(city: City) -> pd.DataFrame:
    """Return the residents of three simulated groups by block group.

    The groups live apart to a degree and unevenly with disadvantage, as in real cities, so that
    an equity ledger has something to find. They have no other meaning.
    """
    rng = random_stream(city.seed, "demographics")
    ground, table = city.ground, city.block_groups
    size = len(table)
    people = np.maximum(np.bincount(ground.addresses.block_group, minlength=size), 1)
    level: Floats = np.bincount(
        ground.addresses.block_group, ground.addresses.disadvantage, size
    ) / people  # fmt: skip
    score = np.column_stack(
        [-0.9 * level + 0.4, 0.9 * level, np.full(size, -0.3)]
    ) + 0.6 * rng.standard_normal((size, 3))  # fmt: skip
    share = np.exp(score)
    share /= share.sum(axis=1, keepdims=True)
    residents = table["residents"].to_numpy()
    first = np.floor(residents * share[:, 0]).astype(np.int64)
    second = np.floor(residents * share[:, 1]).astype(np.int64)
    return pd.DataFrame(
        {
            "block_group_id": table["block_group_id"],
            "group_1": first,
            "group_2": second,
            "group_3": residents - first - second,
        }
    )


def shift_dataset(parts: dict[str, Floats], shifts: list[Shift], grid: Grid) -> xr.Dataset:
    """Return arrays ``(n_shifts, n_cells)`` as a labelled dataset on a grid."""
    import xarray as xr

    starts = pd.Series([pd.Timestamp(shift.start) for shift in shifts])
    coords = {
        "shift": [shift.id for shift in shifts],
        "y": grid.northings,
        "x": grid.eastings,
        "start": ("shift", seconds_of(starts)),
    }
    arrays = {
        name: (("shift", "y", "x"), values.reshape(len(shifts), *grid.shape))
        for name, values in parts.items()
    }
    return xr.Dataset(arrays, coords=coords)
