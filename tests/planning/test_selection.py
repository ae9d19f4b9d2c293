"""Draws as they are logged: frequencies and chances, the optimum and all sets, reasons."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from planning import naive_planning as naive
from planning.cities import CALENDARS, DATE, city_grid, explain, past_of, risk_cube
from planning.days import RandomDay
from scipy import stats

from evenbeat.core.config import CapSettings, PlanSettings, UnitSettings
from evenbeat.core.errors import PlanError
from evenbeat.core.grid import Grid
from evenbeat.core.planning import PastBox, PastUse, Surroundings
from evenbeat.core.planning.draw.selection import select
from evenbeat.core.planning.draw.task import Task
from evenbeat.core.planning.metering.caps import Separation
from evenbeat.core.planning.metering.neglect import neglect_factor, risky_cells
from evenbeat.core.planning.metering.neighbourhoods import Neighbourhoods
from evenbeat.core.planning.metering.strata import Stratum
from evenbeat.core.store.delivered import Delivered

METRES = "EPSG:26971"


def task_of(grid, weight, *, seed="seed", places=3, refused=None, **plan):
    caps = plan.pop("caps", CapSettings(spacing_m=500.0, buffer_m=0.0))
    plan = PlanSettings(caps=caps, **plan)
    strata = [Stratum(i, "", places, places) for i in range(len(grid.district_ids))]
    return Task(
        grid=grid, separation=Separation(grid, caps),
        neighbourhoods=Neighbourhoods.of(grid, None, caps.neighbourhood_share), settings=plan,
        strata=strata, weights={"": weight}, custom=(), seed_text=seed,
        refused=np.zeros(grid.shape, np.uint8) if refused is None else refused,
    )  # fmt: skip


@pytest.mark.slow
def test_select__20_000_draws_are_as_frequent_as_the_logged_chances():
    """Every candidate's counts of being assigned and of being held out, against its chances."""
    grid = Grid(METRES, 250.0, 0.0, 2000.0, np.repeat([[0, 1]], 6, axis=1)
                .reshape(1, 12).repeat(5, axis=0).astype(np.int16), ("a", "b"))  # fmt: skip
    weight = np.random.default_rng(3).gamma(0.7, 1.0, grid.shape)
    task, draws = task_of(grid, weight, exploration_share=0.0), 20_000
    chances, assigned, held = {}, {}, {}
    for number in range(draws):
        for entry in select(dataclasses.replace(task, seed_text=f"draw-{number}")).entries:
            seed = entry.candidate.seed
            chance = (entry.inclusion, entry.hold_out)
            assert chances.setdefault(seed, chance) == pytest.approx(chance)
            assigned[seed] = assigned.get(seed, 0) + (entry.outcome == "assigned")
            held[seed] = held.get(seed, 0) + (entry.outcome == "held_out")
    assert len(chances) == 14
    for counts, which in ((assigned, 0), (held, 1)):
        expected = np.array([chances[seed][which] for seed in chances])
        got = np.array([counts[seed] for seed in chances])
        z = (got - draws * expected) / np.sqrt(draws * expected * (1 - expected))
        # The sizes are fixed, so the squares have a smaller sum than if they were independent.
        assert stats.chi2.sf((z**2).sum(), len(z)) > 0.01
        assert (2 * stats.norm.sf(np.abs(z))).min() * len(z) > 0.01


@pytest.mark.slow
@pytest.mark.parametrize(
    ("explore", "cells", "share", "tau"),
    [(0.05, 1, 1.0, 1.0), (0.4, 1, 1.0, 0.5), (0.1, 3, 1.0, 2.0), (0.0, 1, 0.34, 1.0)],
)
def test_select__chances_hold_with_exploration_larger_boxes_and_a_ceiling(
    explore, cells, share, tau
):
    """The pool changes with the explorers: the sum of the logged chances is what is expected."""
    district = np.repeat(np.arange(6), 2)[None, :].repeat(6, axis=0).astype(np.int16)
    grid = Grid(METRES, 400.0, 0.0, 2400.0, district, tuple("abcdef"))
    weight = np.random.default_rng(8).gamma(0.8, 1.0, grid.shape)
    caps = CapSettings(spacing_m=500.0, buffer_m=0.0, neighbourhood_share=share)
    task = task_of(
        grid, weight, exploration_share=explore, box_cells=cells, caps=caps, tau=tau, places=2
    )
    draws, n = 3_000, grid.mask.size
    got, expected, variance = np.zeros((2, n)), np.zeros((2, n)), np.zeros((2, n))
    for number in range(draws):
        for entry in select(dataclasses.replace(task, seed_text=f"x-{number}")).entries:
            if entry.chosen_by != "lottery":
                continue
            seed = entry.candidate.seed
            chances = np.array([entry.inclusion, entry.hold_out])
            got[:, seed] += [entry.outcome == "assigned", entry.outcome == "held_out"]
            expected[:, seed] += chances
            variance[:, seed] += chances * (1 - chances)
    for which in (0, 1):
        some = variance[which] > 5
        z = (got - expected)[which, some] / np.sqrt(variance[which, some])
        assert some.sum() > 15
        assert (2 * stats.norm.sf(np.abs(z))).min() * len(z) > 0.01
        assert stats.chi2.sf((z**2).sum(), len(z)) > 0.005


@pytest.mark.slow
def test_select__exploration_is_even_over_all_cells():
    grid = Grid(METRES, 600.0, 0.0, 3600.0, np.zeros((6, 8), np.int16), ("a",))
    weight = np.random.default_rng(1).gamma(0.3, 1.0, grid.shape)
    task = task_of(grid, weight, exploration_share=0.2, places=5)
    counts, draws = np.zeros(grid.mask.size), 12_000
    for number in range(draws):
        for entry in select(dataclasses.replace(task, seed_text=f"e-{number}")).assigned:
            if entry.chosen_by == "exploration":
                counts[entry.candidate.seed] += 1
                assert entry.inclusion == 1 / 48
    assert counts.sum() == draws
    assert stats.chisquare(counts).pvalue > 0.01


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 3), st.sampled_from([0.0, 500.0, 820.0]))
def test_select__optimal_equals_the_best_of_all_sets(seed, places, spacing):
    rng = np.random.default_rng(seed)
    grid = city_grid(height=3, width=4, districts=2, seed=seed)
    weight = np.where(grid.mask, rng.integers(0, 6, grid.shape), 0.0)
    caps = CapSettings(spacing_m=spacing, buffer_m=0.0)
    found = select(task_of(grid, weight, mode="optimal", places=places, caps=caps))
    cells = [tuple(map(int, c)) for c in np.argwhere(grid.mask & (weight > 0))]
    best = 0.0
    for size in range(1, 2 * places + 1):
        for chosen in itertools.combinations(cells, size):
            homes = [grid.district[c] for c in chosen]
            if max(homes.count(0), homes.count(1)) <= places and all(
                naive.may_stand_together(grid, caps, a, b)
                for a, b in itertools.combinations(chosen, 2)
            ):
                best = max(best, sum(weight[c] for c in chosen))
    assert sum(e.candidate.weight for e in found.assigned) == pytest.approx(best)
    assert found.optimum.value == pytest.approx(best)
    assert found.optimum.bound >= best - 1e-6
    assert found.optimum.gap <= 0.01


def test_select__optimal_is_at_least_greedy_and_lottery_expects_less():
    grid = city_grid(height=40, width=40, districts=4, cell_size=150.0)
    weight = np.where(grid.mask, np.random.default_rng(5).gamma(2.0, 1.0, grid.shape), 0.0)
    total = {
        mode: sum(e.candidate.weight for e in select(task_of(grid, weight, mode=mode)).assigned)
        for mode in ("greedy", "optimal")
    }
    drawn = [
        sum(e.candidate.weight for e in select(task_of(grid, weight, seed=str(n))).assigned)
        for n in range(30)
    ]
    assert total["optimal"] >= total["greedy"] >= np.mean(drawn)


def test_select__hold_outs_are_pool_boxes_that_got_nothing():
    grid = city_grid(height=20, width=20, districts=2)
    weight = np.where(grid.mask, 1.0, 0.0)
    entries = select(task_of(grid, weight, exploration_share=0.0)).entries
    held = [e for e in entries if e.outcome == "held_out"]
    assert len(held) == 2
    for entry in held:
        assert entry.hold_out == pytest.approx((1 - entry.inclusion) * 2 / 12)


def test_select__a_chance_of_one_leaves_room_for_hold_outs():
    grid = city_grid(height=20, width=20, districts=1)
    weight = np.where(grid.mask, 1.0, 0.0)
    weight[tuple(np.argwhere(grid.mask)[0])] = 1e6
    top = max(select(task_of(grid, weight)).entries, key=lambda e: e.candidate.weight)
    assert top.inclusion == pytest.approx(0.9)


def test_neglect__risky_cells_move_up_after_the_days_and_not_before_any_record():
    grid = city_grid(height=10, width=10, districts=1)
    surface = np.where(grid.mask, np.random.default_rng(0).random(grid.shape), np.nan).astype("f4")
    plan = PlanSettings(neglect_area_share=0.1)
    nothing = PastUse.of(grid, DATE, [])
    factor = neglect_factor(surface, grid=grid, past=nothing, settings=plan)
    assert (factor == 1).all()
    risky = risky_cells(surface, grid, 0.1)
    assert risky.sum() == round(0.1 * grid.n_inside)
    first, second = (tuple(map(int, c)) for c in np.argwhere(risky)[:2])
    past = PastUse.of(grid, DATE, [
        PastBox(DATE - dt.timedelta(days=27), (first,), 45.0, 0.0),
        PastBox(DATE - dt.timedelta(days=3), (second,), 45.0, 0.0),
    ])  # fmt: skip
    factor = neglect_factor(surface, grid=grid, past=past, settings=plan)
    assert factor[second] == 1
    assert factor[first] == pytest.approx(27 / 14)
    assert (factor[~risky] == 1).all()
    assert (factor[risky & (np.arange(100).reshape(10, 10) >= 0)] >= 1).all()


def test_past_use__delivered_minutes_stand_in_place_of_plans_on_days_that_are_known():
    grid = city_grid(height=4, width=4, districts=1, seed=2)
    yesterday = DATE - dt.timedelta(days=1)
    planned = PastBox(yesterday, ((0, 0),), 45.0, 0.0)
    assert PastUse.of(grid, DATE, [planned]).days_before(7)[0, 0] == 1
    dosage = Delivered(
        np.full(3, np.datetime64(yesterday, "D")), np.array([1, 1, 2]), np.array([1, 1, 2]),
        np.array([3.0, 4.0, 4.5], np.float32),
    )  # fmt: skip
    past = PastUse.of(grid, DATE, [planned], dosage=dosage, counts_minutes=5.0)
    used = past.days_before(7)
    assert used[0, 0] == 0, "planned and not delivered"
    assert used[1, 1] == 1, "delivered and not planned"
    assert used[2, 2] == 0, "a drive-by"
    assert past.minutes_before(7)[1, 1] == 7.0
    elsewhere = dataclasses.replace(dosage, row=np.full(3, 99))
    assert PastUse.of(grid, DATE, [planned], dosage=elsewhere).days_before(7)[0, 0] == 0


def test_plan_day__the_roster_limits_boxes_and_units_with_weights_go_first():
    grid = city_grid(height=30, width=30, districts=2)
    units = (
        UnitSettings(id="a1", district="00", minutes=100.0, shifts=("day",)),
        UnitSettings(id="auto", district="00", minutes=50.0, shifts=("day",)),
    )
    plan = PlanSettings(mode="greedy", units=units, unit_weights={"auto": {"theft": 1e6}})
    day = RandomDay(grid, CALENDARS[0], plan, (), Surroundings(), 1)
    made = day.plan()
    boxes = made.assignments
    assert set(boxes["shift"]) == {"day"}
    assert set(boxes["district_id"]) == {"00"}
    assert boxes["unit"].value_counts().to_dict() == {"a1": 2, "auto": 1}
    own = boxes[boxes["unit"] == "auto"].iloc[0]
    assert own["dominant_type"] == "theft"
    short = [n for n in made.notes if n.kind == "fewer_boxes" and n.shift == "evening"]
    assert "the roster has minutes for 0" in str(short[0])


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"units": (UnitSettings(id="x", district="99"),)}, "district '99'"),
        ({"units": (UnitSettings(id="x", district="00", shifts=("noon",)),)}, "works"),
        ({"unit_weights": {"x": {"theft": 2.0}}}, "unit_weights"),
        ({"shift_weights": {"day": {"drugs": 2.0}}}, "shift_weights"),
    ],
)
def test_plan_day__refuses_rosters_and_weights_of_nothing(plan, words):
    grid = city_grid(height=4, width=4, districts=1)
    with pytest.raises(PlanError, match=words):
        RandomDay(grid, CALENDARS[0], PlanSettings(**plan), (), Surroundings(), 0).plan()


def test_neighbourhoods__cells_by_their_centre_and_the_first_of_two():
    grid = Grid(METRES, 100.0, 0.0, 200.0, np.zeros((2, 2), np.int16), ("a",))
    layer = gpd.GeoDataFrame(
        {"neighbourhood_id": ["n", "s"]},
        geometry=[shapely.box(0, 100, 120, 200), shapely.box(0, 0, 200, 160)], crs=METRES,
    )  # fmt: skip
    found = Neighbourhoods.of(grid, layer, 0.25)
    assert found.of_cell.tolist() == [0, 1, 1, 1]
    assert not found.applied
    assert found.limit(8) == 8


def test_plan_day__says_why_here_and_not_there():
    grid = Grid(METRES, 250.0, 0.0, 250.0, np.zeros((1, 8), np.int16), ("a",))
    risk = risk_cube(grid, CALENDARS[0])
    risk["expected_count"].values[:, :, 0] = np.linspace(0.1, 0.8, 8)
    yesterday = [(DATE - dt.timedelta(days=n)).isoformat() for n in (1, 2, 3, 4)]
    history = pd.DataFrame({"service_date": yesterday, "shift": "day", "row": 0, "column": 7})
    from evenbeat.core.planning import plan_day, priority_surface

    plan = PlanSettings(mode="greedy", boxes_per_district=1)
    made = plan_day(
        risk=risk, priority=priority_surface(risk=risk, grid=grid, settings=plan), grid=grid,
        calendar=CALENDARS[0], date=DATE, settings=plan, explain=explain, run_id="r",
        past=past_of(grid, CALENDARS[0], history, DATE),
    )  # fmt: skip
    box = made.assignments.iloc[0]
    assert box["column"] == 6
    instead = json.loads(box["instead"])
    assert (instead["column"], instead["decided_by"]) == (7, "recurrence")
    assert instead["distance_m"] == 250.0
    assert "too many of seven days" in instead["words"]
    assert json.loads(box["past_dose"])["days_in_last_7"] == 0
