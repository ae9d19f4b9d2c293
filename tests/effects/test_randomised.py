"""Grade A on lotteries with a known effect, and its edges."""

import dataclasses
import json
import math

import numpy as np
import pytest
from effects.coverage import study_lottery, within_chance
from effects.simulated_quarters import (
    Scene,
    draw_many,
    draw_resting,
    hold_many,
    make_frame,
    run_quarter,
)

from evenbeat.core.effects import Draws, EffectError, randomised_effect, scale_to_dose
from evenbeat.core.planning.draw.lottery import chances_within, systematic
from evenbeat.core.store.database.records import CandidateRecord

SMALL = Scene(days=28, districts=12, mean_rate=0.03)


def candidate(chosen_by, outcome, inclusion, hold_out):
    """A logged candidate as the store has it."""
    return CandidateRecord(
        plan_id="plan", shift="night", district_id="7", neighbourhood=None, row=1, column=2,
        cells=((1, 2),), chosen_by=chosen_by, priority=1.0, weight=1.0,
        inclusion_probability=inclusion, hold_out_probability=hold_out, outcome=outcome,
    )  # fmt: skip


def balanced(treated, control, n_treated=300, n_control=100):
    """Draws of equal chances in which so many box-shifts had one incident."""
    words = np.repeat(["assigned", "held_out"], [n_treated, n_control])
    happened = np.zeros(n_treated + n_control)
    happened[:treated] = 1
    happened[n_treated : n_treated + control] = 1
    return Draws(words, np.full(len(words), 0.3), np.full(len(words), 0.1)), happened


def test_randomised_effect__equal_chances_are_plain_rates():
    found = randomised_effect(*balanced(60, 40), seed=1)
    assert found.ratio == pytest.approx((60 / 300) / (40 / 100))
    assert found.treated_rate == pytest.approx(60 / 300, rel=0.15)
    assert found.treated_rate / found.control_rate == pytest.approx(found.ratio)
    assert found.difference == pytest.approx(found.treated_rate - found.control_rate)
    assert (found.n_treated, found.n_control) == (300, 100)
    assert (found.events_treated, found.events_control) == (60.0, 40.0)
    assert found.verdict == "reduced" and found.grade == "A"
    assert found.sentence.startswith("Reduced: the boxes drawn for patrol had 60")


def test_randomised_effect__few_incidents_cannot_tell():
    found = randomised_effect(*balanced(38, 14), seed=1)
    assert found.verdict == "cannot tell"
    assert found.ratio_low < 1 < found.ratio_high
    assert found.difference_low < 0 < found.difference_high
    assert f"only a reduction of {math.ceil(found.minimum_detectable_percent)} %" in found.sentence


def test_randomised_effect__nothing_happened():
    told = randomised_effect(*balanced(0, 0), seed=1)
    assert told.verdict == "cannot tell" and math.isnan(told.ratio)
    written = json.loads(json.dumps(told.to_dict(), allow_nan=False))
    assert written["ratio"] is None and written["ratio_high"] is None
    assert "not even the end of all incidents" in told.sentence


def test_randomised_effect__none_among_hold_outs_has_no_upper_limit():
    found = randomised_effect(*balanced(40, 0), seed=1)
    assert found.ratio == math.inf and found.ratio_high == math.inf
    assert found.verdict == "increased" and found.to_dict()["ratio_high"] is None


def test_randomised_effect__chances_take_out_what_priority_put_in():
    # Risky boxes are nearly always drawn: plain rates say patrol doubles, the chances say nothing.
    rng = np.random.default_rng(4)
    risky = np.arange(40_000) % 2 == 0
    inclusion = np.where(risky, 0.8, 0.2)
    luck = rng.random(len(risky))
    held = (1 - inclusion) * 0.5
    words = np.where(luck < inclusion, "assigned",
                     np.where(luck < inclusion + held, "held_out", "not_drawn"))  # fmt: skip
    count = rng.poisson(np.where(risky, 0.09, 0.02)).astype(float)
    plain = count[words == "assigned"].mean() / count[words == "held_out"].mean()
    found = randomised_effect(Draws(words, inclusion, held), count, seed=1)
    assert plain > 1.6
    assert found.ratio_low < 1 < found.ratio_high and found.ratio == pytest.approx(1, abs=0.12)


def test_randomised_effect__same_seed_same_estimate():
    draws, count = balanced(50, 20)
    assert randomised_effect(draws, count, seed=5) == randomised_effect(draws, count, seed=5)


def test_randomised_effect__severity_counts_as_weights():
    draws, count = balanced(50, 20)
    once, tenfold = (randomised_effect(draws, count * k, seed=5) for k in (1.0, 10.0))
    assert tenfold.ratio_high == pytest.approx(once.ratio_high)
    assert tenfold.control_rate == pytest.approx(10 * once.control_rate)
    assert tenfold.minimum_detectable_percent == pytest.approx(once.minimum_detectable_percent)


@pytest.mark.parametrize("bad", [np.full(400, -1.0), np.full(400, np.nan), np.zeros(399)])
def test_randomised_effect__refuses_outcomes_that_do_not_fit(bad):
    with pytest.raises(EffectError, match="0 included"):
        randomised_effect(balanced(1, 1)[0], bad, seed=1)


def test_draws__refuse_impossible_chances():
    with pytest.raises(EffectError, match="at most 1"):
        Draws(np.array(["assigned"]), np.array([0.8]), np.array([0.3]))
    with pytest.raises(EffectError, match="chance of 0"):
        Draws(np.array(["held_out"]), np.array([0.8]), np.array([0.0]))
    with pytest.raises(EffectError, match="one length"):
        Draws(np.array(["held_out"]), np.array([0.8, 0.1]), np.array([0.1]))
    with pytest.raises(EffectError, match="'other'"):
        balanced(1, 1)[0].compared("other")


def test_draws__of_records_leave_out_what_no_lottery_drew():
    rows = [candidate(*told) for told in [
        ("custom", "assigned", 1.0, 0.0), ("lottery", "assigned", 0.6, 0.2),
        ("exploration", "assigned", 0.001, 0.0), ("lottery", "held_out", 0.3, 0.35),
        ("lottery", "not_drawn", 0.3, 0.35), ("lottery", "over_limit", 0.0, 0.0),
        ("lottery", "assigned", 1.0, 0.0),
    ]]  # fmt: skip
    draws = Draws.from_records(rows)
    kept, share = draws.compared()
    assert kept.tolist() == [False, True, False, True, False, False, False]
    assert share[kept].tolist() == pytest.approx([0.75, 0.3 / 0.65])
    wider, share = draws.compared("not_assigned")
    assert wider.tolist() == [False, True, False, True, True, False, False]
    assert share[wider].tolist() == pytest.approx([0.6, 0.3, 0.3])


def test_simulator__draws_as_the_planner_does():
    rng = np.random.default_rng(1)
    chance = chances_within(np.array([9.0, 5, 4, 3, 2, 1]), 2, group=np.zeros(6, np.int64),
                            limit=np.array([2]), most=0.9)  # fmt: skip
    many = draw_many(np.broadcast_to(chance, (20_000, 1, 6)), rng)[:, 0]
    theirs = np.array([systematic(chance, rng) for _ in range(20_000)])
    assert (many.sum(axis=1) == 2).all()
    # Pairs too: what is drawn together shows the design, not only the chances.
    ours, planner = (flags.T.astype(float) @ flags / 20_000 for flags in (many, theirs))
    assert np.abs(ours - planner).max() < 0.02
    assert np.abs(np.diag(ours) - chance).max() < 0.015


def test_design__independent_redraws_are_no_narrower_than_the_lottery_itself():
    # The inference draws box-shifts independently; the lottery fixes numbers by district and
    # shift. With outcomes given, the score's variance under the lottery must not be larger.
    frame, rng = make_frame(SMALL, 5), np.random.default_rng(5)
    count = rng.poisson(frame.rate * 8.0)
    share = frame.chance / (frame.chance + frame.hold_out)
    scores, independent = [], []
    for _ in range(1500):
        taken = draw_many(frame.chance, rng)
        held = hold_many(taken, frame.held, rng)
        scores.append((count * (taken * (1 - share) - held * share)).sum())
        independent.append((count**2 * share * (1 - share) * (taken | held)).sum())
    assert np.mean(scores) == pytest.approx(0, abs=4 * np.std(scores) / math.sqrt(1500))
    assert 0.75 < np.var(scores) / np.mean(independent) < 1.08


@pytest.mark.parametrize("effect", [0.0, 0.3, -0.2])
def test_randomised_effect__covers_a_known_effect(effect):
    scene = dataclasses.replace(SMALL, effect=effect)
    found = study_lottery(make_frame(scene, 11), runs=300, seed=11, redraws=399)
    assert within_chance(found.covered, 300, 0.95)
    assert within_chance(found.covered_difference, 300, 0.95)
    if effect == 0.0:
        assert within_chance(found.told, 300, 0.05)
    assert found.mean_ratio == pytest.approx(1 - effect, rel=0.05)


def test_randomised_effect__covers_with_the_planners_own_draws():
    scene = Scene(days=10, districts=4, mean_rate=0.15, effect=0.4)
    frame, covered = make_frame(scene, 3), 0
    group = np.arange(scene.pool) % 3
    for run in range(200):
        rng = np.random.default_rng([run, 3])
        taken = np.array([[systematic(row, rng, group=group) for row in shift]
                          for shift in frame.chance])  # fmt: skip
        quarter = run_quarter(frame, [run, 4], drawn=(taken, hold_many(taken, frame.held, rng)))
        found = randomised_effect(quarter.draws, quarter.outcomes, seed=run, redraws=399)
        covered += found.ratio_low <= 0.6 <= found.ratio_high
    assert within_chance(covered, 200, 0.95)


def test_randomised_effect__covers_where_earlier_draws_decide_later_pools():
    scene = dataclasses.replace(SMALL, effect=0.3, days=20)
    found = study_lottery(make_frame(scene, 9), runs=200, seed=9, redraws=399, resting=True)
    assert within_chance(found.covered, 200, 0.95)


def test_simulator__resting_boxes_have_no_chance_and_chances_fill_the_places():
    frame, (taken, held) = draw_resting(make_frame(SMALL, 1), 1)
    assert not (taken & held).any() and not (held & (frame.hold_out == 0)).any()
    assert np.allclose(frame.chance.sum(axis=2), taken.sum(axis=2))
    assert frame.chance.max() <= 0.9 + 1e-9 and (frame.chance == 0).any()


def test_randomised_effect__displacement_into_hold_outs_overstates_a_reduction():
    scene = dataclasses.replace(SMALL, effect=0.4, displaced=0.5, into="hold_outs")
    found = study_lottery(make_frame(scene, 2), runs=60, seed=2, redraws=199)
    assert found.mean_ratio < 0.5


def test_scale_to_dose__halves_and_roots():
    draws, count = balanced(60, 40)
    estimate = randomised_effect(draws, count, seed=1)
    rng = np.random.default_rng(1)
    minutes = np.where(draws.outcome == "assigned", 30.0, 0.0) + rng.normal(0, 0.1, 400) ** 2
    dose = scale_to_dose(estimate, draws, minutes)
    assert dose.contrast_minutes == pytest.approx(30, abs=0.01)
    assert dose.ratio == pytest.approx(math.sqrt(estimate.ratio), rel=1e-3)
    assert dose.difference_low == pytest.approx(estimate.difference_low / 2, rel=1e-3)
    assert json.dumps(dose.to_dict(), allow_nan=False)


def test_scale_to_dose__no_contrast_tells_nothing():
    draws, count = balanced(60, 40)
    estimate = randomised_effect(draws, count, seed=1)
    dose = scale_to_dose(estimate, draws, np.random.default_rng(2).exponential(9.0, 400))
    assert math.isnan(dose.ratio) and math.isnan(dose.difference)
    with pytest.raises(EffectError, match="finite minutes"):
        scale_to_dose(estimate, draws, np.full(400, -1.0))
    with pytest.raises(EffectError, match="grade B"):
        scale_to_dose(dataclasses.replace(estimate, grade="B"), draws, np.zeros(400))


def test_scale_to_dose__finds_what_delivered_patrol_does():
    # 70 % of drawn boxes are patrolled for 30 minutes, which prevents half of all.
    scene = dataclasses.replace(SMALL, effect=0.5, delivered=0.7, days=91)
    quarter = run_quarter(make_frame(scene, 8), [8, 8])
    estimate = randomised_effect(quarter.draws, quarter.outcomes, seed=8)
    dose = scale_to_dose(estimate, quarter.draws, quarter.minutes, step_minutes=30.0)
    assert dose.contrast_minutes == pytest.approx(21, abs=1)
    rows, share = quarter.draws.compared()
    weight = (share * (1 - share))[rows]
    base = (weight * quarter.rate[rows]).sum() / weight.sum()
    assert dose.difference_low < -0.5 * base < dose.difference_high
