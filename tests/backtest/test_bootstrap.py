"""The block bootstrap: its sums, its intervals, its coverage."""

from __future__ import annotations

import math

import naive_backtest as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.backtest.bootstrap import (
    block_length,
    draw_blocks,
    paired_difference,
    rate_interval,
)
from evenbeat.core.errors import BacktestError


@settings(deadline=None, max_examples=80)
@given(st.data(), st.lists(st.integers(0, 9), min_size=1, max_size=15), st.integers(0, 99))
def test_sums__agree_with_the_oracle(data, values, seed):
    block = data.draw(st.integers(1, len(values)))
    blocks = draw_blocks(len(values), block=block, seed=seed, resamples=5)
    oracle = [naive.resample_sum(values, starts, block) for starts in blocks.starts]
    assert blocks.sums(values).tolist() == oracle


@pytest.mark.parametrize(
    ("days", "n_windows", "block"),
    [(1.0, 365, 28), (1 / 3, 1095, 84), (7.0, 52, 4), (1.0, 56, 7), (30.0, 12, 1), (1.0, 1, 1)],
)
def test_block_length__is_28_days_or_an_eighth(days, n_windows, block):
    assert block_length(days, n_windows) == block


def test_draw_blocks__every_window_is_as_likely_as_any():
    blocks = draw_blocks(10, block=4, seed=1, resamples=20_000)
    often = [blocks.sums(np.eye(10)[window]).mean() for window in range(10)]
    assert often == pytest.approx(np.ones(10), abs=0.05)


def test_draw_blocks__same_seed_same_draw():
    first, second = (draw_blocks(30, block=3, seed=8).starts for _ in range(2))
    assert (first == second).all()
    assert first.shape == (2000, 10)
    assert (first != draw_blocks(30, block=3, seed=9).starts).any()


@pytest.mark.parametrize(("block", "resamples"), [(0, 10), (6, 10), (2, 0)])
def test_draw_blocks__refuses_what_cannot_be_drawn(block, resamples):
    with pytest.raises(BacktestError, match=r"A block must hold 1 to 5 windows.*block_length"):
        draw_blocks(5, block=block, seed=1, resamples=resamples)


def test_sums__refuses_other_windows():
    with pytest.raises(BacktestError, match=r"each of 5 windows, got shape \(4,\)"):
        draw_blocks(5, block=2, seed=1).sums(np.zeros(4))


def test_intervals__one_window_tells_nothing():
    blocks = draw_blocks(1, block=1, seed=1)
    rate = rate_interval([2], [8], blocks)
    assert rate.estimate == 0.25
    assert math.isnan(rate.low)
    assert math.isnan(rate.high)
    assert math.isnan(paired_difference([2], [1], [8], blocks).share_above_zero)


def test_intervals__without_events_there_is_no_rate():
    blocks = draw_blocks(6, block=2, seed=1)
    rate = rate_interval(np.zeros(6), np.zeros(6), blocks)
    gap = paired_difference(np.zeros(6), np.zeros(6), np.zeros(6), blocks)
    numbers = [rate.estimate, rate.low, gap.points.estimate, gap.relative.high]
    assert all(math.isnan(value) for value in numbers)


def test_intervals__leave_out_resamples_without_events():
    events = np.array([4, 0, 0, 0])
    rate = rate_interval(events / 2, events, draw_blocks(4, block=1, seed=1))
    assert (rate.estimate, rate.low, rate.high) == (0.5, 0.5, 0.5)


def test_paired_difference__worked_by_hand():
    events, model, baseline = np.full(40, 10), np.tile([4, 2], 20), np.tile([2, 2], 20)
    gap = paired_difference(model, baseline, events, draw_blocks(40, block=2, seed=1))
    assert gap.points.estimate == pytest.approx(10)
    assert gap.relative.estimate == pytest.approx(0.5)
    assert gap.share_above_zero == 1
    assert gap.points.low <= 10 <= gap.points.high


def test_paired_difference__of_a_model_to_itself_is_nothing():
    hits = np.random.default_rng(1).poisson(3, 50)
    gap = paired_difference(hits, hits, hits + 5, draw_blocks(50, block=5, seed=1))
    assert (gap.points.low, gap.points.high, gap.relative.low, gap.share_above_zero) == (0, 0, 0, 0)


def test_paired_difference__over_a_baseline_that_captured_nothing():
    events = np.full(10, 5)
    gap = paired_difference(np.ones(10), np.zeros(10), events, draw_blocks(10, block=1, seed=1))
    assert gap.relative.estimate == math.inf
    assert gap.points.low == pytest.approx(20)


def test_intervals__cover_a_known_rate_and_difference():
    rng = np.random.default_rng(11)
    trials, covered_rate, covered_gap = 120, 0, 0
    for trial in range(trials):
        # Weeks differ, as crime does: the level is shared by runs of seven windows.
        level = np.repeat(rng.gamma(20, 1.0, 24), 7)
        events = rng.poisson(level)
        baseline = rng.binomial(events, 0.2)
        model = baseline + rng.binomial(events - baseline, 0.125)  # a hit rate of 0.3 in all
        blocks = draw_blocks(events.size, block=14, seed=trial, resamples=400)
        rate = rate_interval(model, events, blocks)
        gap = paired_difference(model, baseline, events, blocks)
        covered_rate += rate.low <= 0.3 <= rate.high
        covered_gap += gap.points.low <= 10 <= gap.points.high
    assert covered_rate >= 0.85 * trials
    assert covered_gap >= 0.85 * trials
