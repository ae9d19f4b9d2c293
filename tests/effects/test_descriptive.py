"""Grade C, the smallest effects, verdicts and their words."""

import json
import math

import numpy as np
import pytest
from effects.coverage import within_chance
from scipy.optimize import brentq
from scipy.stats import binom

from evenbeat.core.effects import (
    EffectError,
    descriptive,
    minimum_detectable_difference,
    minimum_detectable_effect,
    verdict_of,
)
from evenbeat.core.effects.wording import number_of


def test_descriptive__limits_are_clopper_and_pearsons():
    found = descriptive(events_treated=10, n_treated=300, events_control=20, n_control=100)
    low = brentq(lambda p: binom.sf(9, 30, p) - 0.025, 1e-6, 1 - 1e-6)
    high = brentq(lambda p: binom.cdf(10, 30, p) - 0.025, 1e-6, 1 - 1e-6)
    wanted = [low / (1 - low) / 3, high / (1 - high) / 3]
    assert [found.ratio_low, found.ratio_high] == pytest.approx(wanted)
    assert found.ratio == pytest.approx((10 / 300) / (20 / 100))
    assert found.difference == pytest.approx(10 / 300 - 20 / 100)
    assert found.difference_low < found.difference < found.difference_high < 0


def test_descriptive__never_tells_an_effect():
    found = descriptive(events_treated=10, n_treated=100, events_control=90, n_control=100)
    assert found.ratio_high < 1 and found.verdict == "cannot tell" and found.grade == "C"
    assert "not an effect of patrol" in found.sentence and "fewer" in found.sentence
    more = descriptive(events_treated=90, n_treated=100, events_control=10, n_control=100)
    assert more.sentence.startswith("Cannot tell what patrol did: the visited boxes had more")


@pytest.mark.parametrize(("treated", "control"), [(0, 0), (0, 9), (9, 0)])
def test_descriptive__nothing_on_a_side(treated, control):
    found = descriptive(events_treated=treated, n_treated=50, events_control=control, n_control=50)
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["verdict"] == "cannot tell"
    assert (told["ratio"] is None) == (control == 0)


def test_descriptive__refuses_what_are_no_counts():
    with pytest.raises(EffectError, match="whole counts"):
        descriptive(events_treated=1.5, n_treated=5, events_control=1, n_control=5)
    with pytest.raises(EffectError, match="exposures above 0"):
        descriptive(events_treated=1, n_treated=0, events_control=1, n_control=5)


def test_descriptive__covers_poisson_rates():
    rng, covered = np.random.default_rng(4), 0
    for _ in range(400):
        first, second = rng.poisson(21.0), rng.poisson(10.0)
        found = descriptive(
            events_treated=int(first), n_treated=300, events_control=int(second), n_control=100
        )
        covered += found.ratio_low <= 0.7 <= found.ratio_high
    # Exact limits hold the truth at least so often.
    assert covered >= binom.ppf(0.0005, 400, 0.95)


@pytest.mark.parametrize(("events", "share"), [(120, 0.5), (150, 0.75), (400, 0.75)])
def test_minimum_detectable_effect__is_seen_in_four_of_five(events, share):
    ratio = 1 - minimum_detectable_effect(events=events, treated_share=share) / 100
    rng, seen = np.random.default_rng(7), 0
    for _ in range(2000):
        treated = rng.poisson(events * share * ratio)
        total = treated + rng.poisson(events * (1 - share))
        above = binom.sf(treated, total, share) + 0.5 * binom.pmf(treated, total, share)
        seen += above > 0.975
    assert seen / 2000 == pytest.approx(0.8, abs=0.05)


def test_minimum_detectable_effect__falls_with_events_and_rises_with_the_design():
    few, many = (minimum_detectable_effect(events=n, treated_share=0.75) for n in (50, 500))
    rough = minimum_detectable_effect(events=500, treated_share=0.75, design_effect=3.0)
    assert many < rough < few
    assert math.isnan(minimum_detectable_effect(events=0, treated_share=0.75))


@pytest.mark.parametrize("bad", [{"events": -1}, {"treated_share": 1.0}, {"power": 0.0},
                                 {"design_effect": 0.0}])  # fmt: skip
def test_minimum_detectable_effect__refuses_what_is_no_design(bad):
    with pytest.raises(EffectError, match="between 0 and 1"):
        minimum_detectable_effect(**({"events": 10, "treated_share": 0.5} | bad))


def test_minimum_detectable_difference__is_seen_in_four_of_five():
    before, control = 300, 600
    percent = minimum_detectable_difference(
        treated_before=before, treated_expected=200, control_before=control, control_after=400
    )
    rng = np.random.default_rng(8)
    counts = rng.poisson([before, 200 * (1 - percent / 100), control, 400], (4000, 4))
    log = np.log(counts) @ [-1, 1, 1, -1]
    error = np.sqrt((1 / counts).sum(axis=1))
    assert np.mean(log / error < -1.96) == pytest.approx(0.8, abs=0.04)
    assert math.isnan(minimum_detectable_difference(
        treated_before=0, treated_expected=1, control_before=1, control_after=1))  # fmt: skip


@pytest.mark.parametrize(("limits", "wanted"), [
    ((math.nan, math.nan), "cannot tell"), ((0.0, 0.99), "reduced"),
    ((1.01, math.inf), "increased"), ((1.0, 2.0), "cannot tell"), ((0.5, 1.0), "cannot tell"),
])  # fmt: skip
def test_verdict_of__limits(limits, wanted):
    assert verdict_of(*limits) == wanted


def test_number_of__sums_of_thirds_are_whole():
    assert number_of(sum([1 / 3] * 9)) == "3"


def test_within_chance__bounds():
    assert within_chance(285, 300, 0.95) and not within_chance(265, 300, 0.95)
