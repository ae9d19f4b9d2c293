"""Displacement and diffusion: what the rings around the boxes say beside the boxes.

Letters as in the literature: R the target, C the control, D the target's ring (its displacement
area), E the control's ring; a and b are after and before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from evenbeat.core.effects.estimate import CONFIDENCE, Verdict, finite_dict, verdict_of
from evenbeat.core.errors import EffectError


@dataclass(frozen=True)
class Change:
    """Incidents of one area before and after, over spans of equal length."""

    before: float
    after: float

    def __post_init__(self) -> None:
        if not (0 <= self.before < math.inf and 0 <= self.after < math.inf):
            raise EffectError(
                f"Incidents before and after must be finite and at least 0, got {self.before} "
                f"and {self.after}."
            )

    @property
    def change(self) -> float:
        """Return after less before."""
        return self.after - self.before


@dataclass(frozen=True, kw_only=True)
class Displacement:
    """A weighted displacement difference; below 0 is a benefit.

    Parameters
    ----------
    difference, standard_error, low, high
        In incidents, with the 95 % interval.
    p_value
        Two-sided, of no difference.
    verdict, sentence
        The answer, and the same in plain words.
    """

    difference: float
    standard_error: float
    low: float
    high: float
    p_value: float
    verdict: Verdict
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON holds them: None where a number is not finite."""
        return finite_dict(self)


_NOTHING = Change(0.0, 0.0)


def weighted_displacement_difference(
    target: Change, control: Change, ring: Change = _NOTHING, control_ring: Change = _NOTHING, *,
    dispersion: float = 1.0,
) -> Displacement:  # fmt: skip
    """Return the weighted displacement difference: WDD = (dR - dC) + (dD - dE).

    d is after less before, so **below 0 is a benefit**: fewer incidents in target and ring than
    the control and its ring lead to expect. The variance of independent Poisson counts is the sum
    of all eight. Control areas should have about as many incidents as the target: what is
    compared are numbers, not rates.

    Parameters
    ----------
    target, control
        The boxes with patrol, and the others.
    ring, control_ring
        What lies around them, from `ring_counts`; left out, the difference is that of the boxes.
    dispersion
        Variance of such counts over that of Poisson counts, as known from earlier spans.

    Raises
    ------
    EffectError
        The dispersion is not a finite number above 0.

    References
    ----------
    Wheeler & Ratcliffe 2018, A simple weighted displacement difference test to evaluate place
    based crime interventions, doi:10.1186/s40163-018-0085-5.

    Examples
    --------
    >>> found = weighted_displacement_difference(Change(20, 20), Change(20, 10))
    >>> found.difference, round(found.standard_error, 2), found.verdict
    (10.0, 8.37, 'cannot tell')
    """
    from scipy.special import ndtr, ndtri

    if not 0.0 < dispersion < math.inf:
        raise EffectError(f"A dispersion must be above 0, got {dispersion}. Poisson counts have 1.")
    areas = (target, control, ring, control_ring)
    gap = (target.change - control.change) + (ring.change - control_ring.change)
    error = math.sqrt(dispersion * sum(area.before + area.after for area in areas))
    half = float(ndtri((1.0 + CONFIDENCE) / 2.0)) * error
    low, high = (gap - half, gap + half) if error else (math.nan, math.nan)
    verdict = verdict_of(low, high, none=0.0)
    side = "fewer" if gap < 0 else "more"
    seen = (
        f"boxes and rings had {abs(gap):,.0f} reported incidents {side} than their controls lead "
        f"to expect (from {low:+,.0f} to {high:+,.0f})"
    )
    sentence = f"{verdict.capitalize()}: {seen}." if error else "Cannot tell: nothing was counted."
    return Displacement(
        difference=gap, standard_error=error, low=low, high=high,
        p_value=float(2.0 * ndtr(-abs(gap) / error)) if error else math.nan,
        verdict=verdict, sentence=sentence,
    )  # fmt: skip


def weighted_displacement_quotient(target: Change, control: Change, ring: Change) -> float:
    """Return WDQ = (Da/Ca - Db/Cb) / (Ra/Ca - Rb/Cb), only where the target fared better.

    Above 0 the ring fared better too (diffusion of benefit), above 1 by more than the target;
    below 0 incidents moved into the ring (displacement), below -1 more than the target lost.

    Returns
    -------
    NaN where the denominator is not below 0, as there is then no benefit that could have moved,
    or where the control had no incidents.

    References
    ----------
    Bowers & Johnson 2003, Measuring the geographical displacement and diffusion of benefit effects
    of crime prevention activity, doi:10.1023/A:1024909009240.

    Examples
    --------
    >>> weighted_displacement_quotient(Change(40, 20), Change(40, 40), Change(20, 25))
    -0.25
    >>> weighted_displacement_quotient(Change(20, 20), Change(20, 10), Change(20, 20))
    nan
    """
    if control.after <= 0 or control.before <= 0:
        return math.nan
    success = target.after / control.after - target.before / control.before
    if success >= 0:
        return math.nan
    return (ring.after / control.after - ring.before / control.before) / success


def total_net_effect(target: Change, control: Change, ring: Change) -> float:
    """Return TNE = [Rb (Ca/Cb) - Ra] + [Db (Ca/Cb) - Da]: incidents prevented, net of what moved.

    **Above 0 is a benefit**, the opposite sign of the weighted displacement difference.

    Returns
    -------
    NaN where the control had no incidents before.

    References
    ----------
    Guerette 2009, Analyzing crime displacement and diffusion, Problem-Oriented Guides for Police,
    tool guide 10.

    Examples
    --------
    >>> total_net_effect(Change(40, 20), Change(40, 40), Change(20, 25))
    15.0
    """
    if control.before <= 0:
        return math.nan
    drift = control.after / control.before
    return (target.before * drift - target.after) + (ring.before * drift - ring.after)
