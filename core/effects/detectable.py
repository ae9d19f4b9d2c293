"""The smallest reduction that a comparison would tell from none in 80 of 100 studies like it."""

from __future__ import annotations

import math
from collections.abc import Callable

from evenbeat.core.errors import EffectError

POWER = 0.8
_LEVEL = 0.05
_STEPS = 60


def minimum_detectable_effect(
    *, events: float, treated_share: float, design_effect: float = 1.0, power: float = POWER
) -> float:
    """Return the minimum detectable reduction in percent of a comparison of two rates.

    Under no effect an incident falls among the treated with the chance ``s``. A ratio of ``r``
    leaves ``n (r s + 1 - s)`` incidents with the share ``r s / (r s + 1 - s)``; the power is that
    of the two-sided score test of a share at 5 %.

    Parameters
    ----------
    events
        n: incidents of both arms together, had there been no effect.
    treated_share
        s: exposure of the treated over all exposure, or the mean chance by the lottery.
    design_effect
        Variance over that of single incidents, such as sum(y^2) / sum(y).
    power
        Share of studies that are to see it.

    Returns
    -------
    NaN where not even the end of all incidents would be seen.

    Raises
    ------
    EffectError
        A count is negative, or the share or the power is not between 0 and 1.

    References
    ----------
    Fleiss, Levin & Paik 2003, Statistical Methods for Rates and Proportions, chapter 4,
    doi:10.1002/0471445428.

    Examples
    --------
    >>> round(minimum_detectable_effect(events=66, treated_share=0.5), 1)
    56.9
    >>> minimum_detectable_effect(events=4, treated_share=0.5)
    nan
    """
    if not events >= 0 or not 0 < treated_share < 1 or not 0 < power < 1 or not design_effect > 0:
        raise EffectError(
            "The smallest effect needs events of at least 0, a share and a power between 0 and 1 "
            f"and a design effect above 0, got {events}, {treated_share}, {power} and "
            f"{design_effect}."
        )
    from scipy.special import ndtri

    critical, wanted = float(ndtri(1.0 - _LEVEL / 2.0)), float(ndtri(power))

    def seen(ratio: float) -> bool:
        level = ratio * treated_share + 1.0 - treated_share
        share, left = ratio * treated_share / level, events * level / design_effect
        shift = math.sqrt(left) * (treated_share - share)
        null = math.sqrt(treated_share * (1.0 - treated_share))
        return shift - critical * null >= wanted * math.sqrt(share * (1.0 - share))

    return _smallest(seen)


def minimum_detectable_difference(
    *, treated_before: float, treated_expected: float, control_before: float,
    control_after: float, design_effect: float = 1.0, power: float = POWER,
) -> float:  # fmt: skip
    """Return the minimum detectable reduction in percent of a difference in differences.

    The standard error of the log ratio is that of four Poisson counts, times the root of the
    design effect; the last count is r times what was expected.

    Parameters
    ----------
    treated_before, control_before, control_after
        Incidents counted.
    treated_expected
        Incidents of the treated afterwards, had they moved like the controls.
    design_effect
        Variance over that of Poisson counts.
    power
        Share of studies that are to see it.

    Returns
    -------
    NaN where a count is 0.

    Examples
    --------
    >>> round(minimum_detectable_difference(
    ...     treated_before=100, treated_expected=100, control_before=100, control_after=100))
    46
    """
    counts = (treated_before, treated_expected, control_before, control_after)
    if min(counts) <= 0 or not math.isfinite(sum(counts)) or not design_effect > 0:
        return math.nan
    from scipy.special import ndtri

    factor = float(ndtri(1.0 - _LEVEL / 2.0)) + float(ndtri(power))
    fixed = 1.0 / treated_before + 1.0 / control_before + 1.0 / control_after

    def seen(ratio: float) -> bool:
        error = math.sqrt(design_effect * (fixed + 1.0 / (ratio * treated_expected)))
        return -math.log(ratio) >= factor * error

    return _smallest(seen)


def _smallest(seen: Callable[[float], bool]) -> float:
    """Return the smallest reduction in percent that is seen, from 0 to 99.9; NaN where none is.

    It is looked for from no effect down, as a count of nearly nothing may hide a strong one.
    """
    last = 1.0
    for step in range(1, 1000):
        ratio = 1.0 - step / 1000.0
        if seen(ratio):
            return 100.0 * (1.0 - _bisect(seen, hidden=last, found=ratio))
        last = ratio
    return math.nan


def _bisect(seen: Callable[[float], bool], *, hidden: float, found: float) -> float:
    for _ in range(_STEPS):
        middle = (hidden + found) / 2.0
        if seen(middle):
            found = middle
        else:
            hidden = middle
    return found
