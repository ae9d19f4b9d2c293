"""Grade B: boxes with patrol against boxes like them, before and after."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.effects.detectable import minimum_detectable_difference
from evenbeat.core.effects.estimate import GRADES, TAIL, Estimate, verdict_of
from evenbeat.core.effects.four_counts import FourCounts, count_four
from evenbeat.core.effects.matching import Matches, match_boxes
from evenbeat.core.effects.trend import Trend, trend_of
from evenbeat.core.effects.wording import sentence_by_difference
from evenbeat.core.errors import EffectError

Floats = npt.NDArray[np.float64]

_DIVERGED = 0.05
_FEWEST_SETS = 10
_NOTES = (
    "No lottery chose these boxes: the estimate holds only if both groups would have moved alike.",
    "Weeks that boxes were matched on are used for nothing else, so that boxes which had a bad "
    "spell and then return to their own level do not look like an effect.",
    "That the trends before look alike does not prove that they would have stayed alike.",
    "These are reported incidents; patrol may change how many are reported.",
)


@dataclass(frozen=True)
class MatchedDifference:
    """An estimate of grade B with the trend that it stands on.

    Parameters
    ----------
    estimate
        Its ``control_rate`` is what the treated boxes would have had, had they moved as their
        matches did.
    trend
        Treated over matched by block of weeks.
    sets, without
        Treated boxes with matches, and those without, which are left out.
    """

    estimate: Estimate
    trend: Trend
    sets: int
    without: int

    def to_dict(self) -> dict[str, Any]:
        """Return estimate, trend and counts as JSON holds them."""
        return {"estimate": self.estimate.to_dict(), "trend": self.trend.to_dict(),
                "sets": self.sets, "without": self.without}  # fmt: skip


def matched_difference(
    counts: npt.ArrayLike, treated: npt.ArrayLike, *, start: int, match_weeks: int, seed: int,
    level: npt.ArrayLike | None = None, each: int = 2, caliper: float = 0.5,
    outcome: str = "reported incidents",
) -> MatchedDifference:  # fmt: skip
    """Return the ratio of two changes: of treated boxes, and of boxes matched to them.

    ``ratio = (T_after / T_before) / (C_after / C_before)``. The first ``match_weeks`` are for
    matching; "before" are the weeks from there to ``start``. The interval is that of the log
    ratio with a jackknife variance by matched set, so that weeks of one box may resemble each
    other, and the quantiles of Student's t, whose degrees of freedom fall where few sets make up
    the variance. Where the trends before differ (p < 0.05) the verdict is that it cannot tell.

    Parameters
    ----------
    counts
        Shape ``(boxes, weeks)``, at least 0.
    treated
        Which boxes had patrol from ``start`` on, shape ``(boxes,)``. The others never had.
    start
        First week of patrol, counted from 0.
    match_weeks
        Weeks at the beginning that boxes are matched on; 0 if ``level`` is from elsewhere.
    seed
        Seed for ties of the matching.
    level
        What to match on instead, shape ``(boxes,)``: it must not come from the weeks before or
        after that are compared.
    each, caliper
        As of `match_boxes`.
    outcome
        What is counted, in words.

    Raises
    ------
    EffectError
        Counts, flags and weeks do not fit together, or nothing is left to match on.
        Fewer than ten treated boxes have matches.

    References
    ----------
    Card & Krueger 1994, Minimum wages and employment, AER 84, 772-793 (the design). Daw &
    Hatfield 2018, Matching and regression to the mean in difference-in-differences analysis,
    doi:10.1111/1475-6773.12993. Roth 2022, Pretest with caution, doi:10.1257/aeri.20210236.
    """
    panel, flags = _checked(counts, treated, start, match_weeks, level)
    grounds = panel[:, :match_weeks].sum(axis=1) if level is None else level
    matches = match_boxes(grounds, flags, each=each, caliper=caliper, seed=seed)
    sets = len(matches.treated)
    if sets < _FEWEST_SETS:
        raise EffectError(
            f"Only {sets} treated boxes have {each} matches each; at least {_FEWEST_SETS} are "
            "needed. Widen the caliper, ask for fewer matches, or give more boxes."
        )
    mine, theirs = panel[matches.treated], panel[matches.controls].mean(axis=1)
    trend = trend_of(mine, theirs, first=match_weeks, start=start)
    found = count_four(mine, theirs, first=match_weeks, start=start)
    told = _told(found, trend, matches, panel.shape[1] - start, outcome)
    return MatchedDifference(told, trend, sets, matches.without)


def _told(found: FourCounts, trend: Trend, matches: Matches, weeks: int, outcome: str) -> Estimate:
    from scipy.stats import t as student

    sets, each = matches.controls.shape
    known = not math.isnan(found.log_error)
    expected = found.expected if found.control_before > 0 else math.nan
    ratio = found.after / expected if expected > 0 else math.nan
    freedom, size = found.freedom, sets * weeks
    critical = float(student.ppf(1.0 - TAIL, freedom))
    spread = math.exp(min(critical * found.log_error, 700.0))
    low, high = ratio / spread, ratio * spread
    diverged = trend.p_value < _DIVERGED
    verdict = "cannot tell" if diverged else verdict_of(low, high)
    percent = _detectable(found, each) if known else math.nan
    gap, half = (found.after - expected) / size, critical * found.difference_error / size
    return Estimate(
        grade="B", design=GRADES["B"], outcome=outcome,
        treated_rate=found.after / size, control_rate=expected / size,
        ratio=ratio, ratio_low=low, ratio_high=high,
        difference=gap, difference_low=gap - half, difference_high=gap + half,
        p_value=(float(2.0 * student.sf(abs(math.log(ratio)) / found.log_error, freedom))
                 if known else math.nan),
        n_treated=size, n_control=size * each,
        events_treated=found.after, events_control=round(found.control_after * each, 6),
        minimum_detectable_percent=percent, verdict=verdict,
        sentence=sentence_by_difference(
            verdict, limits=(ratio, low, high), treated=(found.before, found.after),
            control=(found.control_before * each, found.control_after * each), outcome=outcome,
            percent=percent, diverged=diverged,
        ),
        notes=_NOTES + _trend_note(trend, diverged) + _left_out(matches),
    )  # fmt: skip


def _detectable(found: FourCounts, each: int) -> float:
    """Return the smallest reduction seen, with the ratio's own excess over Poisson."""
    control_before, control_after = found.control_before * each, found.control_after * each
    plain = 1 / found.before + 1 / found.after + 1 / control_before + 1 / control_after
    return minimum_detectable_difference(
        treated_before=found.before, treated_expected=found.expected,
        control_before=control_before, control_after=control_after,
        design_effect=found.log_error**2 / plain,
    )  # fmt: skip


def _trend_note(trend: Trend, diverged: bool) -> tuple[str, ...]:
    if math.isnan(trend.p_value):
        return ("There were too few weeks or incidents before to test the trend.",)
    if diverged:
        return (f"The trends before differ (p = {trend.p_value:.3f}): do not read the ratio as "
                "an effect.",)  # fmt: skip
    return (f"The trends before do not differ more than chance would have it (p = "
            f"{trend.p_value:.2f}).",)  # fmt: skip


def _left_out(matches: Matches) -> tuple[str, ...]:
    if not matches.without:
        return ()
    return (f"{matches.without} treated boxes had no boxes like them and are left out.",)


def _checked(
    counts: npt.ArrayLike, treated: npt.ArrayLike, start: int, match_weeks: int,
    level: npt.ArrayLike | None,
) -> tuple[Floats, npt.NDArray[np.bool_]]:  # fmt: skip
    panel, flags = np.asarray(counts, dtype=np.float64), np.asarray(treated, dtype=bool)
    if panel.ndim != 2 or flags.shape != panel.shape[:1]:
        raise EffectError(
            "Counts need the shape (boxes, weeks) and one flag for each box, got "
            f"{panel.shape} and {flags.shape}."
        )
    if not np.isfinite(panel).all() or panel.min(initial=0.0) < 0.0:
        raise EffectError("Counts must be finite and at least 0. Give 0 where nothing happened.")
    if not 0 <= match_weeks < start < panel.shape[1]:
        raise EffectError(
            f"Of {panel.shape[1]} weeks, those to match on ({match_weeks}) must end before patrol "
            f"starts (week {start}), and some must follow it."
        )
    if level is None and match_weeks == 0:
        raise EffectError("There is nothing to match on: give match_weeks above 0, or a level.")
    return panel, flags
