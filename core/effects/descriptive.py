"""Grade C: two rates side by side. It describes; it tells no effect."""

from __future__ import annotations

import math

from evenbeat.core.effects.detectable import minimum_detectable_effect
from evenbeat.core.effects.estimate import CONFIDENCE, GRADES, Estimate, verdict_of
from evenbeat.core.effects.wording import sentence_of_description
from evenbeat.core.errors import EffectError

_NOTES = (
    "Confounded: where and when patrol went was chosen, so rates differ for other reasons too.",
    "After an unusually bad spell, counts fall by themselves.",
    "The interval is that of Poisson counts; weeks and boxes that resemble each other widen it.",
)


def descriptive(
    *, events_treated: int, n_treated: int, events_control: int, n_control: int,
    names: tuple[str, str] = ("the visited boxes", "the other boxes"),
    outcome: str = "reported incidents",
) -> Estimate:  # fmt: skip
    """Return the ratio of two Poisson rates with its exact interval, and no effect.

    Given the sum of both counts, the first is binomial; the limits of its share (Clopper &
    Pearson) are turned into limits of the ratio. The verdict is always that it cannot tell what
    patrol did: the sentence says which rate was lower.

    Parameters
    ----------
    events_treated, events_control
        Incidents: of boxes with and without patrol, or of the same boxes after and before.
    n_treated, n_control
        Boxes times periods in which they were counted.
    names
        What to call the two.
    outcome
        What is counted, in words.

    Raises
    ------
    EffectError
        A count is negative or no whole number, or one side has no exposure.

    References
    ----------
    Clopper & Pearson 1934, The use of confidence or fiducial limits illustrated in the case of the
    binomial, doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> found = descriptive(events_treated=10, n_treated=100, events_control=20, n_control=100)
    >>> round(found.ratio_low, 3), round(found.ratio_high, 3), found.verdict
    (0.209, 1.119, 'cannot tell')
    """
    from scipy.stats import binomtest

    counts, sizes = (events_treated, events_control), (n_treated, n_control)
    if min(counts) < 0 or min(sizes) <= 0 or any(int(count) != count for count in counts):
        raise EffectError(
            "Two rates need whole counts of at least 0 and exposures above 0, got counts "
            f"{counts} and exposures {sizes}."
        )
    total, share = int(sum(counts)), n_treated / sum(sizes)
    if total == 0:
        p_value, low, high, percent = math.nan, math.nan, math.nan, math.nan
    else:
        test = binomtest(int(events_treated), total, share)
        limits = test.proportion_ci(CONFIDENCE, method="exact")
        low, high = (_odds(limit) * n_control / n_treated for limit in (limits.low, limits.high))
        p_value = float(test.pvalue)
        percent = minimum_detectable_effect(events=total, treated_share=share)
    treated_rate, control_rate = events_treated / n_treated, events_control / n_control
    ratio = treated_rate / control_rate if control_rate > 0 else (math.inf if total else math.nan)
    less, more = _difference_limits(counts, sizes)
    return Estimate(
        grade="C", design=GRADES["C"], outcome=outcome, treated_rate=treated_rate,
        control_rate=control_rate, ratio=ratio, ratio_low=low, ratio_high=high,
        difference=treated_rate - control_rate, difference_low=less, difference_high=more,
        p_value=p_value, n_treated=n_treated, n_control=n_control,
        events_treated=float(events_treated), events_control=float(events_control),
        minimum_detectable_percent=percent, verdict="cannot tell",
        sentence=sentence_of_description(
            verdict_of(low, high), limits=(ratio, low, high), outcome=outcome, names=names
        ),
        notes=_NOTES,
    )  # fmt: skip


def _odds(share: float) -> float:
    return math.inf if share >= 1.0 else share / (1.0 - share)


def _difference_limits(counts: tuple[int, int], sizes: tuple[int, int]) -> tuple[float, float]:
    """Return limits of a difference from exact limits of each rate (Newcombe's square and add)."""
    from scipy.stats import chi2

    tail = 1.0 - (1.0 - CONFIDENCE) / 2.0
    rates = [count / size for count, size in zip(counts, sizes, strict=True)]
    lows = [float(chi2.ppf(1.0 - tail, 2 * c)) / 2 / n if c else 0.0
            for c, n in zip(counts, sizes, strict=True)]  # fmt: skip
    highs = [float(chi2.ppf(tail, 2 * c + 2)) / 2 / n for c, n in zip(counts, sizes, strict=True)]
    gap = rates[0] - rates[1]
    return (
        gap - math.hypot(rates[0] - lows[0], highs[1] - rates[1]),
        gap + math.hypot(highs[0] - rates[0], rates[1] - lows[1]),
    )
