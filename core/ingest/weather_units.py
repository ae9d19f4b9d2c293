"""Which column of a weather file holds what, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.ingest.layer_columns import Flags, Spellings, as_numbers

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Quantity:
    """One thing that weather files measure.

    Parameters
    ----------
    stored
        Our column, with the unit that is stored.
    names
        How files spell it, without a unit, the best first.
    units
        Unit to what a value is multiplied by and what is then added; the stored unit comes first.
    imperial
        Unit when nothing says it and temperatures are in Fahrenheit.
    least, most
        Values beyond are impossible for a day in a city, and are taken as missing.
    """

    stored: str
    names: tuple[str, ...]
    units: dict[str, tuple[float, float]]
    imperial: str
    least: float
    most: float


_CELSIUS = {"c": (1.0, 0.0), "f": (5 / 9, -160 / 9), "k": (1.0, -273.15)}
_LENGTH = {"mm": (1.0, 0.0), "cm": (10.0, 0.0), "in": (25.4, 0.0)}
QUANTITIES = (
    Quantity(
        "temperature_c",
        ("temperature", "temp", "tavg", "tmean", "mean_temp", "avg_temp", "air_temp", "tmpf"),
        _CELSIUS, "f", -60.0, 55.0,
    ),
    Quantity(
        "temperature_max_c",
        ("temperature_max", "temp_max", "tmax", "max_temp", "high_temp", "high"),
        _CELSIUS, "f", -60.0, 60.0,
    ),
    Quantity(
        "temperature_min_c",
        ("temperature_min", "temp_min", "tmin", "min_temp", "low_temp", "low"),
        _CELSIUS, "f", -70.0, 50.0,
    ),
    Quantity(
        "precipitation_mm",
        ("precipitation", "precip", "prcp", "rainfall", "rain"),
        _LENGTH, "in", 0.0, 600.0,
    ),
    Quantity("snow_mm", ("snow", "snowfall", "new_snow"), _LENGTH, "in", 0.0, 2000.0),
    Quantity(
        "wind_kmh",
        ("wind", "wind_speed", "awnd", "windspeed", "avg_wind", "sknt"),
        {"kmh": (1.0, 0.0), "ms": (3.6, 0.0), "mph": (1.609344, 0.0), "kn": (1.852, 0.0)},
        "mph", 0.0, 200.0,
    ),
)  # fmt: skip
_UNIT_WORDS = {
    "c": "c", "celsius": "c", "degc": "c", "f": "f", "fahrenheit": "f", "degf": "f", "k": "k",
    "kelvin": "k", "mm": "mm", "cm": "cm", "in": "in", "inch": "in", "inches": "in", "kmh": "kmh",
    "kph": "kmh", "ms": "ms", "mps": "ms", "mph": "mph", "kn": "kn", "kt": "kn", "kts": "kn",
    "knots": "kn",
}  # fmt: skip
UNIT_NAMES = {
    "c": "degrees Celsius", "f": "degrees Fahrenheit", "k": "kelvin", "mm": "millimetres",
    "cm": "centimetres", "in": "inches", "kmh": "km/h", "ms": "m/s", "mph": "miles per hour",
    "kn": "knots",
}  # fmt: skip
_FIXED_UNITS = {"tmpf": "f", "sknt": "kn"}
_WARMEST_C = 45.0
_FLAG_ROWS = 30


def weather_columns(mapped: Iterable[str] = ()) -> Spellings:
    """Return every name that a weather source may map, and how files spell it.

    A quantity may be mapped with its unit (``temperature_f``, ``wind_mph``) or without
    (``temperature``).

    Parameters
    ----------
    mapped
        Names that the settings map: no other column of the same quantity is looked for.
    """
    taken = set(mapped)
    found: dict[str, tuple[str, ...]] = {
        "date": ("date", "datetime", "time", "timestamp", "valid", "day", "dt", "valid_time"),
        "kind": ("kind",),
        "issued_at": ("issued_at", "issued", "issue_time", "issuance_time"),
        "source": (),
    }
    for quantity in QUANTITIES:
        base = bare_name(quantity)
        ours = [base, *(f"{base}_{unit}" for unit in quantity.units)]
        if taken.intersection(ours):
            found.update({name: () for name in ours if name in taken})
            continue
        for unit in quantity.units:
            found[f"{base}_{unit}"] = tuple(
                f"{name}_{word}"
                for name in quantity.names
                for word, meant in _UNIT_WORDS.items()
                if meant == unit
            )
        found[base] = quantity.names
    return found


def bare_name(quantity: Quantity) -> str:
    """Return a quantity's name without its unit."""
    return quantity.stored.rsplit("_", 1)[0]


@dataclass(frozen=True)
class Measured:
    """The values of one quantity as a file has them.

    Parameters
    ----------
    given
        The column.
    values
        Its numbers, NaN where there is none.
    unread
        Where it holds something else.
    unit
        The unit that the mapping or the column's name says, or None.
    """

    given: pd.Series[Any]
    values: Floats
    unread: Flags
    unit: str | None


def find_quantity(
    quantity: Quantity, chosen: dict[str, pd.Series[Any]], columns: dict[str, str]
) -> Measured | None:
    """Return what a file says of a quantity, or None."""
    base = bare_name(quantity)
    for unit in (*quantity.units, ""):
        ours = f"{base}_{unit}".rstrip("_")
        if ours in chosen:
            values, unread = as_numbers(chosen[ours])
            theirs = columns.get(ours, "").lower()
            said = unit or _FIXED_UNITS.get(theirs) or _unit_in(theirs, quantity)
            return Measured(chosen[ours], values, unread, said)
    return None


def is_yes_or_no(values: pd.Series[Any]) -> bool:
    """Return whether a column only says whether, not how much: many rows of nothing but 0 and 1."""
    numbers, unread = as_numbers(values)
    given = numbers[~np.isnan(numbers)]
    is_long = given.size >= _FLAG_ROWS and not unread.any()
    return bool(is_long and np.array_equal(np.unique(given), (0.0, 1.0)))


def _unit_in(name: str, quantity: Quantity) -> str | None:
    words = re.sub(r"[^a-z]+", " ", name.replace("/", "").replace("°", "")).split()
    said = [_UNIT_WORDS.get(word) for word in words[1:]]
    return next((unit for unit in said if unit in quantity.units), None)


def looks_like_fahrenheit(values: Floats) -> bool:
    """Return whether temperatures are too high for Celsius."""
    return bool(np.nanmax(values, initial=-np.inf, where=values < 150) > _WARMEST_C)


def convert(values: Floats, quantity: Quantity, unit: str) -> Floats:
    """Return values in the stored unit."""
    factor, offset = quantity.units[unit]
    return values * factor + offset
