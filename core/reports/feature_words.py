"""What the features of a model mean, read off their names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from evenbeat.core.reports.page import number, words

_MOMENTS: dict[str, str] = {
    "shift_of_day": "which shift of the day it is",
    "hour_of_week": "hour of the week at which the shift starts",
    "weekday": "day of the week",
    "weekend": "whether it is a weekend",
    "holiday": "whether it is a public holiday",
    "holiday_eve": "whether the next day is a public holiday",
    "season_cosine": "time of the year, winter against summer",
    "season_sine": "time of the year, spring against autumn",
    "temperature": "temperature",
    "precipitation": "rain and melted snow",
    "snow": "snow",
    "wind": "wind speed",
    "events_near": "planned events close by during the shift",
    "expected_attendance_near": "people expected at events close by",
}
UNITS: dict[str, str] = {
    "1": "", "degC": "°C", "per km2": "per km²", "thousand people": "thousands of people",
}  # fmt: skip


def _days(text: str) -> str:
    days = int(text)
    if days >= 730 and days % 365 < 5:
        return f"{days // 365} years"
    return "12 months" if days == 365 else f"{number(days)} days"


def _spread(metres: str) -> str:
    return "in the cell" if metres == "0" else f"in and around the cell (spread over {metres} m)"


@dataclass(frozen=True, slots=True)
class _Wording:
    """How names of one form are told: a label for figures, and what it means."""

    form: str
    label: Callable[..., str]
    meaning: Callable[..., str]


_WORDINGS = (
    _Wording(r"count_(\d+)d", lambda d: f"crimes in the cell, {_days(d)}",
             lambda d: f"crimes in the cell in the last {_days(d)}"),
    _Wording(r"near_(\d+)d_(\d+)m", lambda d, m: f"crimes within {m} m, {_days(d)}",
             lambda d, m: f"crimes within {m} m in the last {_days(d)}"),
    _Wording(r"decay_(\d+)d_(\d+)m", lambda d, m: f"fading crimes, {d} days, {m} m",
             lambda d, m: f"past crimes {_spread(m)}, half as important after {_days(d)}"),
    _Wording(r"density_(\d+)d_(\d+)m", lambda d, m: f"crime density, {_days(d)}, {m} m",
             lambda d, m: f"crimes {_spread(m)} in the last {_days(d)}"),
    _Wording(r"same_shift_(\d+)d_(\d+)m", lambda d, m: f"on the same shift, {_days(d)}, {m} m",
             lambda d, m: f"crimes {_spread(m)} on the same shift of the day in the last"
             f" {_days(d)}"),
    _Wording(r"same_weekday_(\d+)m", lambda m: f"on the same weekday, {m} m",
             lambda m: f"past crimes {_spread(m)} on the same day of the week"),
    _Wording(r"same_season_(\d+)m", lambda m: f"at the same time of year, {m} m",
             lambda m: f"crimes {_spread(m)} at the same time of earlier years"),
    _Wording(r"(violent|property)_(\d+)d_(\d+)m",
             lambda kind, d, m: f"all {kind}, {_days(d)}, {m} m",
             lambda kind, d, m: f"{kind} crimes of all types {_spread(m)} in the last {_days(d)}"),
    _Wording(r"(violent|property)_decay_(\d+)d_(\d+)m",
             lambda kind, d, m: f"fading {kind}, {d} days, {m} m",
             lambda kind, d, m: f"past {kind} crimes of all types {_spread(m)}, half as important"
             f" after {_days(d)}"),
    _Wording(r"(\D+)_decay_(\d+)d_(\d+)m",
             lambda kind, d, m: f"fading {words(kind)}, {d} days, {m} m",
             lambda kind, d, m: f"past {words(kind)} {_spread(m)}, half as important after"
             f" {_days(d)}"),
    _Wording(r"distance_(\D+)", lambda place: f"distance, {words(place)}",
             lambda place: f"distance to the nearest place of kind {words(place)}"),
    _Wording(r"density_(\D+)", lambda place: f"density, {words(place)}",
             lambda place: f"places of kind {words(place)} in and around the cell"),
    _Wording(r"length_(\D+)", lambda place: f"length, {words(place)}",
             lambda place: f"length of {words(place)} in the cell"),
    _Wording(r"share_(\D+)", lambda place: f"share, {words(place)}",
             lambda place: f"share of the cell that is {words(place)}"),
)  # fmt: skip


def feature_meaning(name: str) -> str:
    """Return what a feature measures, in words; its name as words where that is all there is.

    Examples
    --------
    >>> feature_meaning("near_28d_250m")
    'crimes within 250 m in the last 28 days'
    >>> feature_meaning("distance_liquor_outlet"), feature_meaning("foot_traffic")
    ('distance to the nearest place of kind liquor outlet', 'foot traffic')
    """
    if name in _MOMENTS:
        return _MOMENTS[name]
    for wording in _WORDINGS:
        if found := re.fullmatch(wording.form, name, re.ASCII):
            return wording.meaning(*found.groups())
    return words(name)


def feature_label(name: str) -> str:
    """Return a short name of a feature for a figure.

    Examples
    --------
    >>> feature_label("near_28d_250m"), feature_label("decay_60d_0m"), feature_label("snow")
    ('crimes within 250 m, 28 days', 'fading crimes, 60 days, 0 m', 'snow')
    """
    for wording in _WORDINGS:
        if found := re.fullmatch(wording.form, name, re.ASCII):
            return wording.label(*found.groups())
    return words(name)


def feature_unit(unit: str) -> str:
    """Return a unit as people write it.

    Examples
    --------
    >>> feature_unit("degC"), feature_unit("1"), feature_unit("m")
    ('°C', '', 'm')
    """
    return UNITS.get(unit, unit)
