"""The effect of the lottery, scaled to minutes that were really delivered."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.effects.draws import ASSIGNED, Against, Draws
from evenbeat.core.effects.estimate import Estimate, finite_dict
from evenbeat.core.errors import EffectError

_TOLD_AT = 4.0


@dataclass(frozen=True, kw_only=True)
class DoseEffect:
    """The effect of each stretch of delivered minutes; NaN where the lottery moved too few.

    Parameters
    ----------
    step_minutes
        The stretch.
    minutes_treated, minutes_control
        Mean minutes of patrol a box-shift, drawn and held out, weighted as in the estimate.
    contrast_minutes, contrast_standard_error
        Their difference.
    ratio, ratio_low, ratio_high
        Rate ratio of one stretch, if each stretch multiplies alike.
    difference, difference_low, difference_high
        Incidents a box-shift of one stretch, if each stretch adds alike.
    """

    step_minutes: float
    minutes_treated: float
    minutes_control: float
    contrast_minutes: float
    contrast_standard_error: float
    ratio: float
    ratio_low: float
    ratio_high: float
    difference: float
    difference_low: float
    difference_high: float

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON holds them: None where a number is not finite."""
        return finite_dict(self)


def scale_to_dose(
    estimate: Estimate, draws: Draws, minutes: npt.ArrayLike, *, step_minutes: float = 15.0,
    against: Against = "held_out",
) -> DoseEffect:  # fmt: skip
    """Return the effect by stretch of delivered patrol, with the lottery as instrument.

    The Wald ratio: the effect of being drawn over the minutes that being drawn brought. For the
    rate ratio, ``ratio ** (step / contrast)``; for the difference, ``difference * step /
    contrast``. The contrast counts as known: over thousands of box-shifts it is, beside the
    counts. Where it is less than four standard errors above 0 everything is NaN.

    Parameters
    ----------
    estimate
        From `randomised_effect`, of the same draws.
    draws
        The lotteries' candidates.
    minutes
        Delivered in each box-shift, shape ``(candidates,)``, at least 0; unknown minutes are none.
    step_minutes
        The stretch that an effect is told for.
    against
        As in the estimate.

    Raises
    ------
    EffectError
        There is not one finite number of at least 0 for each candidate.
        The stretch is not above 0, or the estimate is not of grade A.

    References
    ----------
    Angrist, Imbens & Rubin 1996, Identification of causal effects using instrumental variables,
    doi:10.1080/01621459.1996.10476902.
    """
    rows, share = draws.compared(against)
    dose = np.asarray(minutes, dtype=np.float64)
    if dose.shape != rows.shape or not np.isfinite(dose).all() or dose.min(initial=0.0) < 0.0:
        raise EffectError(
            f"A dose needs finite minutes of at least 0 for each of {len(rows)} candidates, got "
            f"shape {dose.shape}."
        )
    if not step_minutes > 0 or estimate.grade != "A":
        raise EffectError(
            "A dose scales an estimate of grade A to a stretch above 0 minutes, got grade "
            f"{estimate.grade} and {step_minutes} minutes."
        )
    drawn = draws.outcome == ASSIGNED
    treated, error = _weighted_mean(dose[rows & drawn], 1.0 - share[rows & drawn])
    control, other = _weighted_mean(dose[rows & ~drawn], share[rows & ~drawn])
    contrast, spread = treated - control, math.hypot(error, other)
    scale = step_minutes / contrast if contrast > _TOLD_AT * spread else math.nan
    return DoseEffect(
        step_minutes=step_minutes, minutes_treated=treated, minutes_control=control,
        contrast_minutes=contrast, contrast_standard_error=spread,
        ratio=_power(estimate.ratio, scale), ratio_low=_power(estimate.ratio_low, scale),
        ratio_high=_power(estimate.ratio_high, scale), difference=estimate.difference * scale,
        difference_low=estimate.difference_low * scale,
        difference_high=estimate.difference_high * scale,
    )  # fmt: skip


def _weighted_mean(
    values: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]
) -> tuple[float, float]:
    """Return a Hajek mean and its standard error."""
    if not len(values):
        return math.nan, math.nan
    mean = float((weight * values).sum() / weight.sum())
    error = math.sqrt(float((weight**2 * (values - mean) ** 2).sum())) / float(weight.sum())
    return mean, error


def _power(ratio: float, exponent: float) -> float:
    # NaN ** 0 and 1 ** NaN are 1, so what cannot be told is passed on by hand.
    return math.nan if math.isnan(ratio) or math.isnan(exponent) else ratio**exponent
