"""What totals depend on: the clock, the calendar, holidays and the weather, as columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.features.catalogue import MOMENTS

Floats = npt.NDArray[np.float64]
Moments = npt.NDArray[np.float32]

WEATHER = ("temperature", "precipitation", "snow")
_POSITION = {feature.name: position for position, feature in enumerate(MOMENTS)}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SEASON = ("yearly cosine", "yearly sine", "half-yearly cosine", "half-yearly sine")
_HOLIDAYS = ("a holiday", "the day before a holiday")
_WEATHER_WORDS = ("10 degrees C warmer", "10 mm of rain", "100 mm of snow")
_WEATHER_UNITS = (10.0, np.log1p(10.0), np.log1p(100.0))


@dataclass(frozen=True, eq=False)
class WeatherRange:
    """The weather that was learned from; what lies beyond counts as the most extreme of it.

    Parameters
    ----------
    mean, low, high
        Of temperature (degrees C), and of the logarithms of 1 + rain and of 1 + snow (mm), shape
        ``(3,)``; what is missing counts as the mean.
    """

    mean: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, moments: Moments, weight: Floats) -> WeatherRange:
        """Return the range of days, recent ones weighing more.

        Parameters
        ----------
        moments
            Shape ``(moments, rows)``.
        weight
            Weight of each row.
        """
        values = _measured(moments)
        known = ~np.isnan(values)
        share = np.where(known, weight, 0.0)
        total = share.sum(axis=1)
        sums = (np.where(known, values, 0.0) * share).sum(axis=1)
        mean = np.divide(sums, total, out=np.zeros(3), where=total > 0)
        filled = np.where(known, values, mean[:, None])
        return cls(mean, filled.min(axis=1), filled.max(axis=1))

    def columns(self, moments: Moments) -> Floats:
        """Return departures from the mean in tens of degrees, 10 mm of rain and 100 mm of snow."""
        values = _measured(moments)
        values = np.where(np.isnan(values), self.mean[:, None], values)
        within = np.clip(values, self.low[:, None], self.high[:, None])
        return np.asarray((within - self.mean[:, None]) / np.array(_WEATHER_UNITS)[:, None])


@dataclass(frozen=True)
class Term:
    """A group of columns, and what it takes to learn their coefficients.

    Parameters
    ----------
    name
        What totals depend on.
    least_days
        With fewer days of history the term is left out.
    spread
        Standard deviation of the normal prior around 0 of each coefficient, the logarithm of a
        factor.
    columns
        Makes the columns, shape ``(columns, rows)``, of moments, the number of shifts, and the
        range of the weather.
    labels
        What each column is, of the number of shifts.
    """

    name: str
    least_days: int
    spread: float
    columns: Callable[[Moments, int, WeatherRange], Floats]
    labels: Callable[[int], list[str]]


def list_terms(n_days: int, n_shifts: int) -> tuple[str, ...]:
    """Return the terms that a history is long enough for.

    Examples
    --------
    >>> list_terms(14, 3), list_terms(60, 1)
    (('shift',), ('shift', 'weekday'))
    """
    return tuple(
        term.name
        for term in TERMS.values()
        if n_days >= term.least_days and (n_shifts > 1 or "by shift" not in term.name)
    )


def make_design(
    terms: tuple[str, ...], moments: Moments, n_shifts: int, weather: WeatherRange
) -> Floats:
    """Return the constant and the columns of some terms, shape ``(rows, columns)``.

    Parameters
    ----------
    terms
        Names out of `TERMS`.
    moments
        In the order of `catalogue.MOMENTS`, shape ``(moments, rows)``.
    n_shifts
        Shifts of a day.
    weather
        The range of the weather that was learned from.
    """
    constant = np.ones((1, moments.shape[1]))
    parts = [TERMS[name].columns(moments, n_shifts, weather) for name in terms]
    return np.ascontiguousarray(np.concatenate([constant, *parts]).T)


def list_labels(terms: tuple[str, ...], n_shifts: int) -> list[tuple[str, str]]:
    """Return term and meaning of each column but the constant."""
    return [(name, label) for name in terms for label in TERMS[name].labels(n_shifts)]


def list_precisions(terms: tuple[str, ...], n_shifts: int) -> Floats:
    """Return the inverse variance of the prior of each column; 0 of the constant."""
    spreads = [TERMS[name].spread for name, _ in list_labels(terms, n_shifts)]
    return np.array([0.0, *(spread**-2 for spread in spreads)])


def _measured(moments: Moments) -> Floats:
    temperature, rain, snow = (moments[_POSITION[name]].astype(np.float64) for name in WEATHER)
    return np.stack([temperature, np.log1p(rain.clip(min=0)), np.log1p(snow.clip(min=0))])


def _indicators(values: Floats, n: int) -> Floats:
    return np.asarray(values == np.arange(n)[:, None], dtype=np.float64)


def _take(moments: Moments, *names: str) -> Floats:
    return np.stack([moments[_POSITION[name]].astype(np.float64) for name in names])


def _shifts(moments: Moments, n_shifts: int, _: WeatherRange) -> Floats:
    return _indicators(moments[_POSITION["shift_of_day"]].astype(np.float64), n_shifts)


def _weekdays(moments: Moments, _: int, __: WeatherRange) -> Floats:
    return _indicators(moments[_POSITION["weekday"]].astype(np.float64), 7)


def _seasons(moments: Moments, _: int, __: WeatherRange) -> Floats:
    cosine, sine = _take(moments, "season_cosine", "season_sine")
    return np.stack([cosine, sine, 2 * cosine**2 - 1, 2 * cosine * sine])


def _holidays(moments: Moments, _: int, __: WeatherRange) -> Floats:
    return _take(moments, "holiday", "holiday_eve")


def _weather(moments: Moments, _: int, weather: WeatherRange) -> Floats:
    return weather.columns(moments)


def _by_shift(columns: Callable[[Moments, int, WeatherRange], Floats]) -> Callable[..., Floats]:
    """Return every product of a column and a shift."""

    def products(moments: Moments, n_shifts: int, weather: WeatherRange) -> Floats:
        each = columns(moments, n_shifts, weather)[:, None]
        return (each * _shifts(moments, n_shifts, weather)).reshape(-1, moments.shape[1])

    return products


def _of(*names: str) -> Callable[[int], list[str]]:
    return lambda n_shifts: list(names)


def _on_shifts(*names: str) -> Callable[[int], list[str]]:
    return lambda n_shifts: [f"{name}, shift {k}" for name in names for k in range(n_shifts)]


TERMS: dict[str, Term] = {
    term.name: term
    for term in (
        # A shift of seven times or a seventh of the mean is one prior deviation from it.
        Term("shift", 0, 2.0, _shifts, lambda n_shifts: [f"shift {k}" for k in range(n_shifts)]),
        # Every weekday four times: fewer, and one big incident makes a weekday.
        Term("weekday", 28, 0.3, _weekdays, _of(*_WEEKDAYS)),
        Term("weekday by shift", 56, 0.2, _by_shift(_weekdays), _on_shifts(*_WEEKDAYS)),
        # Half a year: its cold and its warm days.
        Term("weather", 182, 0.2, _weather, _of(*_WEATHER_WORDS)),
        # A whole year: of less, part of the season would be a guess.
        Term("season", 365, 0.3, _seasons, _of(*_SEASON)),
        Term("holiday", 365, 0.4, _holidays, _of(*_HOLIDAYS)),
        Term("holiday by shift", 365, 0.3, _by_shift(_holidays), _on_shifts(*_HOLIDAYS)),
    )
}
"""[choice] Days and prior deviations, by name; deviations of 0.3 let a factor be 0.55 to 1.8."""
