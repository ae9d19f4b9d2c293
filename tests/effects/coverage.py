"""Studies of many simulated runs: how often an interval holds the truth."""

import math
from dataclasses import dataclass

import numpy as np
from effects.simulated_panels import make_panel
from effects.simulated_quarters import count_next_shift_too, draw_resting, run_quarter
from scipy.stats import binom

from evenbeat.core.effects import matched_difference, randomised_effect


@dataclass(frozen=True)
class Study:
    """Counts of runs in which the intervals hold the truth, and in which an effect is told."""

    covered: int
    covered_difference: int
    told: int
    diverged: int
    mean_ratio: float
    mean_detectable: float
    mean_events: float


def within_chance(count, runs, share):
    """Whether a count of runs is one that a share would give in 999 of 1,000 studies."""
    low, high = binom.ppf([0.0005, 0.9995], runs, share)
    return low <= count <= high


def truth_of(quarter, against):
    """Ratio and difference of the boxes compared, weighted as the estimate is."""
    rows, share = quarter.draws.compared(against)
    rate, share, ratio = quarter.rate[rows], share[rows], quarter.ratio[rows]
    ratio = 1.0 + (ratio - 1.0) * quarter.delivered
    common = (share * (1 - share) * rate * ratio).sum() / (share * (1 - share) * rate).sum()
    weight = share * (1 - share) / (common * share + 1 - share)
    return common, (weight * rate * (ratio - 1)).sum() / weight.sum()


def study_lottery(
    frame, *, runs, seed, redraws=999, against="held_out", severity=False, resting=False,
    next_too=False,
):  # fmt: skip
    """Grade A over many runs of one frame.

    severity: outcomes are weighted by harm. resting: boxes drawn stay out of the next pools.
    next_too: the window reaches over the next shift; its truth is known without an effect alone.
    """
    found = []
    for run in range(runs):
        now, drawn = draw_resting(frame, [seed, run, 2]) if resting else (frame, None)
        quarter = run_quarter(now, [seed, run], drawn=drawn)
        outcomes = quarter.outcomes
        if next_too:
            outcomes = count_next_shift_too(now, outcomes)
        ratio, gap = truth_of(quarter, against)
        if severity:
            harm = np.random.default_rng([seed, run, 1]).lognormal(0.0, 1.0, len(outcomes))
            outcomes, gap = outcomes * harm, gap * math.exp(0.5)
        told = randomised_effect(
            quarter.draws, outcomes, seed=run, redraws=redraws, against=against
        )
        found.append((told, ratio, gap, False))
    return summed(found)


def study_panels(scene, *, runs, seed):
    """Grade B over many panels."""
    found = []
    for run in range(runs):
        panel = make_panel(scene, [seed, run])
        told = matched_difference(
            panel.counts, panel.treated, start=scene.start, match_weeks=scene.match_weeks, seed=run
        )
        found.append((told.estimate, 1.0 - scene.effect, math.nan, told.trend.p_value < 0.05))
    return summed(found)


def summed(found):
    estimates = [told for told, *_ in found]
    logs = [math.log(told.ratio) for told in estimates if 0 < told.ratio < math.inf]
    return Study(
        covered=sum(told.ratio_low <= ratio <= told.ratio_high for told, ratio, *_ in found),
        covered_difference=sum(
            told.difference_low <= gap <= told.difference_high for told, _, gap, _ in found
        ),
        told=sum(told.p_value < 0.05 for told in estimates),
        diverged=sum(diverged for *_, diverged in found),
        mean_ratio=math.exp(np.mean(logs)),
        mean_detectable=float(np.nanmean([t.minimum_detectable_percent for t in estimates])),
        mean_events=float(np.mean([told.events_treated for told in estimates])),
    )
