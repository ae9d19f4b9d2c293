"""The bars of effects: 1,000 simulated quarters each, with an effect that is known.

Intervals are to hold the truth in 93 to 97 % of runs, and an effect of zero is to be told as one
in 3 to 7 %. Quarters are overdispersed by day and by box-shift unless a row says otherwise.
"""

import dataclasses
import math

import numpy as np
import pytest
from effects.coverage import study_lottery, study_panels
from effects.simulated_panels import PanelScene
from effects.simulated_quarters import Scene, make_frame, run_quarter, with_effect

from evenbeat.core.effects import Change, randomised_effect, weighted_displacement_difference
from tests.benchmarks.interleave import median_seconds

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3600)]
RUNS = 1000
EFFECTS = (0.0, 0.3, 0.5, -0.2)
CHANGES = {0.0: "0 %", 0.3: "-30 %", 0.5: "-50 %", -0.2: "+20 %"}
OTHER_LOTTERIES = {
    "0 %, no overdispersion": ({"shape_day": math.inf, "shape_box": math.inf}, {}),
    "0 %, thin: 14 among hold-outs": ({"mean_rate": 0.004}, {}),
    "-50 %, thin: 18 among hold-outs": ({"effect": 0.5, "mean_rate": 0.005}, {}),
    "-30 %, dense: 0.2 a box-shift": ({"effect": 0.3, "mean_rate": 0.2}, {}),
    "-30 %, 3 of 10 reports come twice": ({"effect": 0.3, "repeat": 0.3}, {}),
    "-30 %, differs by box": ({"effect": 0.3, "spread": 0.5}, {}),
    "-50 %, 7 of 10 draws patrolled": ({"effect": 0.5, "delivered": 0.7}, {}),
    "-30 %, weighted by harm": ({"effect": 0.3}, {"severity": True}),
    "-30 %, against all passed over": ({"effect": 0.3}, {"against": "not_assigned"}),
    "-30 %, drawn boxes rest 3 shifts": ({"effect": 0.3}, {"resting": True}),
    "0 %, window over the next shift": ({}, {"next_too": True}),
}
PANELS = {
    **{CHANGES[effect]: {"effect": effect} for effect in EFFECTS},
    "-30 %, half displaced to rings": {"effect": 0.3, "displaced": 0.5},
    "0 %, thin: 57 among treated": {"mean_rate": 0.05},
    "-30 %, thin: 85 among treated": {"effect": 0.3, "mean_rate": 0.1},
    "0 %, 20 treated boxes": {"treated": 20},
    "0 %, very uneven box-weeks": {"shape_box": 0.3},
}


@pytest.fixture(scope="module")
def frame():
    return make_frame(Scene(), 1)


def add_share(table, job, count, *, wanted, runs=RUNS):
    """A share of runs beside the one wanted, at most two points off."""
    share = 100 * count / runs
    table.add_limit(f"{job}: {share:.1f} %, off {wanted} by", abs(share - wanted), "points",
                    at_most=2.0)  # fmt: skip


def add_study(table, job, found, *, difference=True, zero=False):
    add_share(table, f"{job}: interval holds", found.covered, wanted=95)
    if difference:
        add_share(table, "    that of the difference", found.covered_difference, wanted=95)
    if zero:
        add_share(table, "    false positives", found.told, wanted=5)
    else:
        table.add_note("    effect told", f"{100 * found.told / RUNS:.0f} %")
    table.add_note("    mean ratio; detectable; events treated",
                   f"{found.mean_ratio:.3f}; {found.mean_detectable:.0f} %; "
                   f"{found.mean_events:.0f}")  # fmt: skip


@pytest.mark.parametrize("displaced", [0.0, 0.5])
@pytest.mark.parametrize("effect", EFFECTS)
def test_lottery__known_effects(frame, table, effect, displaced):
    now = with_effect(frame, effect=effect, displaced=displaced)
    seed = 100 + 10 * EFFECTS.index(effect) + int(10 * displaced)
    where = ", half displaced to rings" if displaced else ""
    add_study(table, f"A, {CHANGES[effect]}{where}", study_lottery(now, runs=RUNS, seed=seed),
              zero=effect == 0.0)  # fmt: skip


@pytest.mark.parametrize("name", OTHER_LOTTERIES)
def test_lottery__other_cities(frame, table, name):
    changes, asked = OTHER_LOTTERIES[name]
    seed = 200 + list(OTHER_LOTTERIES).index(name)
    found = study_lottery(with_effect(frame, **changes), runs=RUNS, seed=seed, **asked)
    add_study(table, f"A, {name}", found, zero=name.startswith("0 %"),
              difference="next_too" not in asked)  # fmt: skip


@pytest.mark.parametrize("displaced", [0.1, 0.5])
def test_lottery__bias_of_displacement_into_hold_outs(frame, table, displaced):
    now = with_effect(frame, effect=0.3, displaced=displaced, into="hold_outs")
    found = study_lottery(now, runs=300, seed=300, redraws=199)
    table.add_note(f"A, -30 %, {displaced:.0%} displaced into hold-outs: mean ratio, held",
                   f"{found.mean_ratio:.3f}, {found.covered / 3:.0f} %")  # fmt: skip
    assert found.mean_ratio < 0.7


@pytest.mark.parametrize("name", PANELS)
def test_panels__known_effects(table, name):
    scene = dataclasses.replace(PanelScene(), **PANELS[name])
    found = study_panels(scene, runs=RUNS, seed=400 + list(PANELS).index(name))
    add_study(table, f"B, {name}", found, difference=False, zero=scene.effect == 0.0)
    add_share(table, "    trends before said to differ", found.diverged, wanted=5)


@pytest.mark.parametrize(("effect", "moved"), [(0.0, 0.0), (0.3, 0.0), (0.3, 0.5), (0.3, 1.0)])
def test_displacement__poisson_counts(table, effect, moved):
    rng, covered, told = np.random.default_rng([int(10 * effect), int(10 * moved)]), 0, 0
    for _ in range(RUNS):
        before = rng.poisson([60, 60, 90, 90])
        after = rng.poisson([60 * (1 - effect), 60, 90 + 60 * effect * moved, 90])
        found = weighted_displacement_difference(*map(Change, before.tolist(), after.tolist()))
        covered += found.low <= -60 * effect * (1 - moved) <= found.high
        told += found.p_value < 0.05
    job = f"WDD, {CHANGES[effect]}, {moved:.0%} displaced"
    add_share(table, f"{job}: interval holds", covered, wanted=95)
    if effect == 0.0:
        add_share(table, "    false positives", told, wanted=5)


def test_lottery__time(frame, table):
    quarter = run_quarter(frame, 1)
    seconds = median_seconds(lambda: randomised_effect(quarter.draws, quarter.outcomes, seed=1))
    table.add_limit("one quarter of 36,855 candidates, 4,999 redraws", seconds, "s", at_most=2.0)
