"""Learn a temporal profile: factors of the whole, shares of districts, and what events add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.models.dispersion import estimate_size
from evenbeat.core.models.expectation import HALF_AN_INCIDENT
from evenbeat.core.models.log_linear import fit_log_linear
from evenbeat.core.models.profile_history import TotalsHistory
from evenbeat.core.models.profile_terms import (
    WeatherRange,
    list_precisions,
    list_terms,
    make_design,
)

Floats = npt.NDArray[np.float64]

_MOST_ROUNDS = 20
_CLOSE = 1e-6
_FEWEST_PRIOR_INCIDENTS = 1.0  # [choice] so that no district is ever told to be safe
_EVENT_SPREAD = 0.3  # [choice] prior deviation of the elasticity: one event, a factor of 0.8 to 1.2


@dataclass(frozen=True, eq=False)
class ProfileParts:
    """What `profile.FittedProfile` is made of."""

    terms: tuple[str, ...]
    weather: WeatherRange
    coefficients: Floats
    shares: Floats
    event_elasticity: float


def fit_profile(history: TotalsHistory, half_life_days: float) -> ProfileParts:
    """Fit totals, shares and events in turns, until the events no longer change.

    Parameters
    ----------
    history
        The totals.
    half_life_days
        Days after which a day counts half: its counts and its exposure are both halved.
    """
    n_days, n_shifts, n_districts = history.counts.shape
    weight = 0.5 ** (np.arange(n_days)[::-1] / half_life_days)
    flat = history.moments.reshape(len(history.moments), -1)
    terms, weather = list_terms(n_days, n_shifts), WeatherRange.of(flat, weight.repeat(n_shifts))
    design = make_design(terms, flat, n_shifts, weather)
    precision = list_precisions(terms, n_shifts)
    count = history.counts * weight[:, None, None]
    total = count.sum(axis=2)
    if not total.any():
        total = np.full(total.shape, HALF_AN_INCIDENT / total.size)
    hours = history.hours * weight[:, None]
    shares, elasticity = np.full((n_shifts, n_districts), 1.0 / n_districts), 0.0
    start: Floats | None = None
    for _ in range(_MOST_ROUNDS):
        boost = (1 + history.events) ** elasticity
        exposure = hours * (boost * shares).sum(axis=2)
        coefficients, _ = fit_log_linear(design, total.ravel(), exposure.ravel(), precision, start)
        start = coefficients
        base = hours * np.exp(design @ coefficients).reshape(hours.shape)
        shares = share_out(count.sum(axis=0), (base[:, :, None] * boost).sum(axis=0))
        before, elasticity = elasticity, _learn_events(history.events, count, base, shares)
        if abs(elasticity - before) < _CLOSE:
            break
    return ProfileParts(terms, weather, coefficients, shares, elasticity)


def share_out(count: Floats, whole: Floats) -> Floats:
    """Return the share of each district in each shift of the day.

    A district's share of the day is drawn towards that of all districts, and its shares of the
    shifts towards its share of the day: both are means of gamma posteriors, whose priors are as
    narrow as the districts are alike.

    Parameters
    ----------
    count
        Incidents by shift and district, shape ``(shifts, districts)``.
    whole
        What each district would be expected to have, were it the whole jurisdiction; of the same
        shape and positive.

    Returns
    -------
    Positive shares of shape ``(shifts, districts)``; those of a shift sum to 1.

    References
    ----------
    Clayton & Kaldor 1987, Empirical Bayes estimates of age-standardized relative risks,
    doi:10.2307/2532003.

    Examples
    --------
    >>> share_out(np.array([[90.0, 0.0, 0.0]]), np.full((1, 3), 90.0)).round(2).tolist()
    [[0.98, 0.01, 0.01]]
    """
    equal = whole.sum(axis=0) / count.shape[1]
    of_day = _draw(count.sum(axis=0), equal) / count.shape[1]
    shares = of_day * _draw(count, whole * of_day)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _draw(count: Floats, expected: Floats) -> Floats:
    """Return ratios of count to expected, drawn towards 1 as far as they are alike."""
    shape = max(estimate_size(count, expected), _FEWEST_PRIOR_INCIDENTS)
    return np.asarray((count + shape) / (expected + shape))


def _learn_events(events: Floats, count: Floats, base: Floats, shares: Floats) -> float:
    """Return the elasticity of totals to one more than the number of events."""
    there = events > 0
    if not there.any():
        return 0.0
    expected = (base[:, :, None] * shares)[there]
    design = np.log1p(events[there])[:, None]
    precision = np.array([_EVENT_SPREAD**-2])
    return float(fit_log_linear(design, count[there], expected, precision)[0][0])


def trailing_levels(
    observed: Floats, expected: Floats, half_life_days: float, prior_incidents: float
) -> Floats:
    """Return observed over expected of all days before each, fading, drawn to 1.

    Parameters
    ----------
    observed, expected
        By day, shape ``(days,)``.
    half_life_days
        Days after which a day counts half.
    prior_incidents
        Added to both.

    Returns
    -------
    Levels before each day and after the last, shape ``(days + 1,)``.

    Examples
    --------
    >>> trailing_levels(np.array([30.0, 40.0]), np.array([20.0, 20.0]), 28, 10).round(2).tolist()
    [1.0, 1.33, 1.6]
    """
    kept = 0.5 ** (1.0 / half_life_days)
    levels = np.ones(observed.size + 1)
    seen = told = 0.0
    for day in range(observed.size):
        seen, told = kept * seen + observed[day], kept * told + expected[day]
        levels[day + 1] = (seen + prior_incidents) / (told + prior_incidents)
    return levels
