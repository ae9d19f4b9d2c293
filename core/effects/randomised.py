"""Grade A: boxes drawn for patrol against boxes held out, both by the logged lottery."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.effects.detectable import minimum_detectable_effect
from evenbeat.core.effects.draws import ASSIGNED, Against, Draws
from evenbeat.core.effects.estimate import GRADES, Estimate, verdict_of
from evenbeat.core.effects.redraws import (
    REDRAWS,
    RatioDistribution,
    limits_of,
    redraw,
    solve_ratio,
)
from evenbeat.core.effects.wording import sentence_by_lot
from evenbeat.core.errors import EffectError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_CONTROLS = {"held_out": "hold-outs", "not_assigned": "boxes passed over"}
_PASSED_OVER = (
    "Boxes that were passed over may have been patrolled all the same, which hides a part of the "
    "effect.",
)
_NOTES = (
    "By intention: what was drawn counts, whether it was patrolled or not.",
    "Incidents that moved from patrolled boxes to hold-outs would make a reduction look larger.",
    "These are reported incidents; patrol may change how many are reported.",
)


@dataclass(frozen=True, eq=False)
class _Comparison:
    """The box-shifts that are compared: outcome, whether patrolled, and the chance of that."""

    count: Floats
    patrolled: Flags
    share: Floats

    def happened(self) -> _Comparison:
        """Return the box-shifts with an outcome above 0."""
        kept = self.count > 0.0
        return _Comparison(self.count[kept], self.patrolled[kept], self.share[kept])

    def base_rate(self, ratio: float) -> float:
        """Return the rate without patrol of the boxes in balance, were this the ratio.

        The weight of a box-shift is ``e (1 - e) / q`` with ``q = ratio e + 1 - e``: the most for
        boxes that could well have gone either way.
        """
        level = ratio * self.share + 1.0 - self.share
        weight = self.share * (1.0 - self.share) / level
        return float((self.count * weight / level).sum() / weight.sum())


def randomised_effect(
    draws: Draws, outcomes: npt.ArrayLike, *, seed: int, outcome: str = "reported incidents",
    against: Against = "held_out", redraws: int = REDRAWS,
) -> Estimate:  # fmt: skip
    """Return the effect of being drawn for patrol, by randomisation inference.

    Each box-shift that was drawn or held out is weighted by its logged chances, so that boxes of
    every risk count on both sides alike: ``(1 - e) / q`` for drawn boxes and ``e / q`` for the
    others, with ``e`` the chance of having been drawn and ``q = ratio e + 1 - e``. At a ratio of 1
    these are the overlap weights of Li, Morgan & Zaslavsky (2018); the ratio is the one that they
    themselves give. The rates are those of boxes in balance: the rate without patrol from the
    incidents of both sides, and the ratio times it. The p-value and the interval draw the lottery
    again: see the module ``redraws``. The interval of the difference also draws the total anew,
    gamma with the variance of the observed counts.

    Parameters
    ----------
    draws
        The lotteries' candidates.
    outcomes
        What happened in each, shape ``(candidates,)``, at least 0: a count, or a sum of weights.
    seed
        Seed of the redraws.
    outcome
        What is counted, in words.
    against
        See `Draws.compared`.
    redraws
        Number of redraws.

    Raises
    ------
    EffectError
        There is not one finite outcome of at least 0 for each candidate.

    References
    ----------
    Imbens & Rubin 2015, chapter 5, doi:10.1017/CBO9781139025751. Li, Morgan & Zaslavsky 2018,
    Balancing covariates via propensity score weighting, doi:10.1080/01621459.2016.1260466.

    Examples
    --------
    >>> words = np.repeat(["assigned", "held_out"], [300, 100])
    >>> draws = Draws(words, np.full(400, 0.3), np.full(400, 0.1))
    >>> happened = np.zeros(400)
    >>> happened[:60] = 1
    >>> happened[300:340] = 1
    >>> found = randomised_effect(draws, happened, seed=1)
    >>> found.verdict, round(found.ratio, 6)
    ('reduced', 0.5)
    """
    rows, share = draws.compared(against)
    count = _checked(outcomes, len(rows))
    compared = _Comparison(count[rows], (draws.outcome == ASSIGNED)[rows], share[rows])
    happened = compared.happened()
    ratio = solve_ratio(happened.count, happened.patrolled, happened.share)
    by_lot = redraw(happened.count, happened.patrolled, happened.share, seed=seed, redraws=redraws)
    return _told(compared, happened, ratio, by_lot, seed=seed, outcome=outcome, against=against)


def _told(
    compared: _Comparison, happened: _Comparison, ratio: float, by_lot: RatioDistribution, *,
    seed: int, outcome: str, against: Against,
) -> Estimate:  # fmt: skip
    known = not math.isnan(ratio)
    low, high = by_lot.limits() if known else (math.nan, math.nan)
    base = compared.base_rate(ratio) if known and not math.isinf(ratio) else math.nan
    less, more = _difference_limits(compared, happened, ratio, by_lot, seed)
    percent = _detectable(compared)
    verdict = verdict_of(low, high)
    patrolled = compared.patrolled
    treated = (float(compared.count[patrolled].sum()), int(patrolled.sum()))
    control = (float(compared.count[~patrolled].sum()), int((~patrolled).sum()))
    return Estimate(
        grade="A", design=GRADES["A"], outcome=outcome,
        treated_rate=base * ratio, control_rate=base,
        ratio=ratio, ratio_low=low, ratio_high=high,
        difference=base * (ratio - 1.0), difference_low=less, difference_high=more,
        p_value=by_lot.p_value() if known else math.nan,
        n_treated=treated[1], n_control=control[1],
        events_treated=treated[0], events_control=control[0],
        minimum_detectable_percent=percent, verdict=verdict,
        sentence=sentence_by_lot(
            verdict, limits=(ratio, low, high), treated=treated, control=control, outcome=outcome,
            controls=_CONTROLS[against], percent=percent,
        ),
        notes=_NOTES if against == "held_out" else _NOTES + _PASSED_OVER,
    )  # fmt: skip


def _difference_limits(
    compared: _Comparison, happened: _Comparison, ratio: float, by_lot: RatioDistribution, seed: int
) -> tuple[float, float]:
    """Return limits of the difference: the base rate at each ratio, with a total drawn anew."""
    if math.isnan(ratio) or math.isinf(ratio):
        return math.nan, math.nan
    total = float(happened.count.sum())
    shape = total**2 / float((happened.count**2).sum())
    values = by_lot.log_ratio
    finite = values[np.isfinite(values)]
    if len(finite) < len(values) / 4:
        return math.nan, math.nan
    grid = np.linspace(finite.min() - 1e-9, finite.max() + 1e-9, 64)
    bases = np.array([compared.base_rate(math.exp(point)) for point in grid])
    rng = np.random.default_rng([seed, 1])
    scale = rng.gamma(shape, 1.0 / shape, size=len(values))
    base = np.interp(values, grid, bases) * scale
    excess = np.where(np.isposinf(values), np.inf, base * np.expm1(np.minimum(values, 700.0)))
    return limits_of(excess)


def _detectable(compared: _Comparison) -> float:
    total = float(compared.count.sum())
    if total == 0.0 or not compared.patrolled.any() or compared.patrolled.all():
        return math.nan
    share = float((compared.count * compared.share).sum() / total)
    return minimum_detectable_effect(
        events=total, treated_share=share,
        design_effect=float((compared.count**2).sum()) / total,
    )  # fmt: skip


def _checked(outcomes: npt.ArrayLike, length: int) -> Floats:
    count = np.asarray(outcomes, dtype=np.float64)
    if count.shape != (length,) or not np.isfinite(count).all() or count.min(initial=0.0) < 0.0:
        raise EffectError(
            f"An effect needs one finite outcome of at least 0 for each of {length} candidates, "
            f"got shape {count.shape}. Count the incidents of every box-shift, 0 included."
        )
    return count
