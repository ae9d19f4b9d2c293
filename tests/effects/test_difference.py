"""Grade B on panels with a known effect; matching, trend and jackknife against plain versions."""

import dataclasses
import json
import math

import numpy as np
import pytest
from effects.coverage import study_panels, within_chance
from effects.simulated_panels import PanelScene, make_panel
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.effects import EffectError, match_boxes, matched_difference
from evenbeat.core.effects.four_counts import count_four
from evenbeat.core.effects.trend import trend_of

SCENE = PanelScene()


def estimate_of(panel, scene=SCENE, **changes):
    return matched_difference(
        panel.counts, panel.treated, start=scene.start, match_weeks=scene.match_weeks, seed=1,
        **changes,
    )  # fmt: skip


def plain_log_ratio(mine, theirs, first, start):
    after, before = mine[:, start:].sum(), mine[:, first:start].sum()
    return math.log(after / before / (theirs[:, start:].sum() / theirs[:, first:start].sum()))


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32 - 1))
def test_match_boxes__none_twice_none_beyond_the_caliper(seed):
    rng = np.random.default_rng(seed)
    level, treated = rng.gamma(1.0, 4.0, 60), rng.random(60) < 0.25
    found = match_boxes(level, treated, each=2, caliper=0.4, seed=seed)
    used = np.concatenate([found.treated, found.controls.ravel()])
    assert len(set(used.tolist())) == len(used)
    assert treated[found.treated].all() and not treated[found.controls].any()
    gap = np.abs(np.log1p(level)[found.controls] - np.log1p(level)[found.treated][:, None])
    assert gap.max(initial=0.0) <= 0.4
    assert len(found.treated) + found.without == treated.sum()


def test_match_boxes__highest_first_gets_the_only_one_like_it():
    treated = np.array([True, True, False, False])
    found = match_boxes([10.0, 9.0, 10.0, 0.0], treated, each=1, caliper=0.5, seed=1)
    assert (found.treated.tolist(), found.controls.tolist(), found.without) == ([0], [[2]], 1)


@pytest.mark.parametrize("changes", [{"each": 0}, {"caliper": 0.0}])
def test_match_boxes__refuses_what_matches_nothing(changes):
    with pytest.raises(EffectError, match="at least 1 control"):
        match_boxes([1.0, 1.0], np.array([True, False]), seed=1, **changes)
    with pytest.raises(EffectError, match="one finite level"):
        match_boxes([1.0, -1.0], np.array([True, False]), seed=1)


def test_count_four__errors_are_those_of_leaving_sets_out_one_by_one():
    rng = np.random.default_rng(3)
    mine, theirs = rng.poisson(2.0, (25, 30)), rng.poisson(2.0, (25, 30)) / 2
    found = count_four(mine.astype(float), theirs, first=6, start=20)
    whole = plain_log_ratio(mine, theirs, 6, 20)
    gaps = [
        plain_log_ratio(np.delete(mine, i, 0), np.delete(theirs, i, 0), 6, 20) - whole
        for i in range(25)
    ]
    assert found.log_error == pytest.approx(math.sqrt(24 / 25 * sum(gap**2 for gap in gaps)))
    assert found.totals == pytest.approx([
        mine[:, 6:20].sum(), mine[:, 20:].sum(), theirs[:, 6:20].sum(), theirs[:, 20:].sum()
    ])  # fmt: skip
    assert 5 < found.freedom <= 25


def test_matched_difference__is_the_ratio_of_two_changes():
    panel = make_panel(dataclasses.replace(SCENE, effect=0.3), [1, 1])
    found = estimate_of(panel)
    level = panel.counts[:, : SCENE.match_weeks].sum(axis=1)
    sets = match_boxes(level, panel.treated, each=2, seed=1)
    mine, theirs = panel.counts[sets.treated], panel.counts[sets.controls].mean(axis=1)
    told = found.estimate
    assert math.log(told.ratio) == pytest.approx(plain_log_ratio(mine, theirs, 13, 39))
    assert told.treated_rate == pytest.approx(mine[:, 39:].mean())
    assert told.treated_rate / told.control_rate == pytest.approx(told.ratio)
    assert told.difference_low < told.difference < told.difference_high
    assert found.sets == len(sets.treated) and told.grade == "B"
    assert json.dumps(found.to_dict(), allow_nan=False)


def test_matched_difference__sentence_claims_no_more_than_it_may():
    panel = make_panel(dataclasses.replace(SCENE, effect=0.6), [3, 1])
    told = estimate_of(panel).estimate
    assert told.verdict == "reduced"
    assert told.sentence.startswith("Reduced, if both would have moved alike without patrol")


def test_matched_difference__differing_trends_cannot_tell():
    panel = make_panel(dataclasses.replace(SCENE, drift=0.95, mean_rate=1.0), [1, 2])
    found = estimate_of(panel)
    assert found.trend.p_value < 0.05 and found.estimate.ratio_high < 1.0
    assert found.estimate.verdict == "cannot tell"
    assert "moved apart before" in found.estimate.sentence
    assert any("trends before differ" in note for note in found.estimate.notes)


def test_matched_difference__a_level_from_elsewhere():
    panel = make_panel(SCENE, [1, 3])
    found = matched_difference(
        panel.counts, panel.treated, start=39, match_weeks=0, level=panel.rate, seed=1, each=1
    )
    assert found.trend.first_week[0] == 0 and found.estimate.n_control == found.estimate.n_treated


def test_matched_difference__nothing_afterwards_cannot_tell():
    panel = make_panel(SCENE, [1, 4])
    counts = panel.counts.copy()
    counts[panel.treated, 39:] = 0
    told = matched_difference(counts, panel.treated, start=39, match_weeks=13, seed=1).estimate
    assert told.ratio == 0.0 and told.verdict == "cannot tell" and math.isnan(told.p_value)
    assert json.dumps(told.to_dict(), allow_nan=False)


def test_matched_difference__panel_without_any_spread_cannot_tell():
    treated = np.arange(60) < 15
    told = matched_difference(np.ones((60, 20)), treated, start=10, match_weeks=4, seed=1)
    assert told.estimate.ratio == 1.0 and told.estimate.verdict == "cannot tell"
    assert math.isnan(told.trend.p_value)


@pytest.mark.parametrize(("changes", "message"), [
    ({"start": 3}, "must end before patrol"), ({"match_weeks": 0}, "nothing to match on"),
    ({"caliper": 1e-9, "each": 40}, "treated boxes have 40 matches"),
])  # fmt: skip
def test_matched_difference__refuses_what_does_not_fit(changes, message):
    panel = make_panel(SCENE, [1, 5])
    asked = {"start": 39, "match_weeks": 13, "seed": 1} | changes
    with pytest.raises(EffectError, match=message):
        matched_difference(panel.counts, panel.treated, **asked)


def test_matched_difference__refuses_counts_that_are_none():
    with pytest.raises(EffectError, match="at least 0"):
        matched_difference(-np.ones((20, 9)), np.arange(20) < 9, start=5, match_weeks=2, seed=1)
    with pytest.raises(EffectError, match="one flag for each box"):
        matched_difference(np.ones((20, 9)), np.arange(19) < 9, start=5, match_weeks=2, seed=1)


def test_trend_of__reference_block_is_one_and_blocks_cover_the_weeks():
    rng = np.random.default_rng(2)
    mine, theirs = (rng.poisson(3.0, (30, 40)).astype(float) for _ in range(2))
    trend = trend_of(mine, theirs, first=8, start=28)
    weeks = [week for first, last in zip(trend.first_week, trend.last_week, strict=True)
             for week in range(first, last + 1)]  # fmt: skip
    assert weeks == list(range(8, 40))
    assert trend.before == (True,) * 4 + (False,) * 2
    assert trend.ratio[3] == trend.ratio_low[3] == trend.ratio_high[3] == 1.0
    first, last = (
        mine[:, 8:13].sum() / theirs[:, 8:13].sum(),
        mine[:, 23:28].sum() / theirs[:, 23:28].sum(),
    )
    assert trend.ratio[0] == pytest.approx(first / last)


def test_trend_of__an_empty_block_makes_no_test():
    mine, theirs = np.ones((20, 12)), np.ones((20, 12))
    mine[:, :2] = 0.0
    trend = trend_of(mine, theirs, first=0, start=8)
    assert math.isnan(trend.ratio[0]) and math.isnan(trend.p_value)
    assert trend.to_dict()["ratio"][0] is None


@pytest.mark.parametrize("effect", [0.0, 0.3])
def test_matched_difference__covers_a_known_effect(effect):
    found = study_panels(dataclasses.replace(SCENE, effect=effect), runs=300, seed=21)
    assert within_chance(found.covered, 300, 0.95)
    assert within_chance(found.diverged, 300, 0.05)
    if effect == 0.0:
        assert within_chance(found.told, 300, 0.05)
    assert found.mean_ratio == pytest.approx(1 - effect, rel=0.04)


def test_matched_difference__matching_on_the_weeks_compared_would_invent_an_effect():
    # Treated for a bad spell in the very weeks that are "before": it then passes by itself.
    ratios = []
    for run in range(60):
        panel = make_panel(dataclasses.replace(SCENE, start=20), [run, 6])
        early = panel.counts[:, :13].sum(axis=1)
        told = matched_difference(
            panel.counts, panel.treated, start=13, match_weeks=0, level=early, seed=1
        )
        ratios.append(math.log(told.estimate.ratio))
    assert abs(np.mean(ratios)) > 3 * np.std(ratios) / math.sqrt(60)
