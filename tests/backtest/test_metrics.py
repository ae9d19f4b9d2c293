"""Measures worked by hand, and measures against the oracle."""

from __future__ import annotations

import math

import naive_backtest as naive
import numpy as np
import pytest
from backtest.backtests import forecasts
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.backtest import likelihood, metrics, reliability
from evenbeat.core.errors import BacktestError


def test_area_measures__worked_by_hand():
    # 30 of 120 crimes in 2 of 50 km2; no 2 km2 could have held more than 60; 36 were forecast.
    assert metrics.hit_rate(30, 120) == 0.25
    assert metrics.pai(30, 120, area_share=2 / 50) == pytest.approx(6.25)
    assert metrics.pei(30, 60) == 0.5
    largest = metrics.pai(60, 120, area_share=2 / 50)
    assert metrics.pei(30, 60) == pytest.approx(6.25 / largest)
    assert metrics.rri(36, 30) == pytest.approx(1.2)
    assert metrics.ser(30, area_km2=2.0, windows=5) == pytest.approx(3.0)
    assert metrics.precision_per_box_shift(30, boxes=100, shifts=15) == pytest.approx(0.02)
    assert metrics.severity_weighted_hit_rate([1, 9], [2, 90], [90, 1]) == pytest.approx(99 / 270)


@pytest.mark.parametrize(
    "value",
    [
        metrics.hit_rate(0, 0), metrics.pai(0, 0, 0.01), metrics.pei(0, 0), metrics.rri(0.2, 0),
        metrics.precision_per_box_shift(0, 3, 0), likelihood.mean_deviance(0.0, 0),
        likelihood.log_score(0.0, 1.0, 0), likelihood.information_gain(0.0, 1.0, 0, 9),
        reliability.observed_over_expected(3, 0), metrics.stability(np.zeros((1, 2), np.int32)),
    ],
)  # fmt: skip
def test_measures__have_no_value_without_events(value):
    assert math.isnan(value)


def test_stability__compares_windows_a_lag_apart():
    flagged = np.array([[0, 1], [8, 9], [1, 0], [8, 7]], dtype=np.int32)
    assert metrics.stability(flagged) == 0
    assert metrics.stability(flagged, lag=2) == pytest.approx((1 + 1 / 3) / 2)
    with pytest.raises(BacktestError, match="at least 1 window, got 0"):
        metrics.stability(flagged, lag=0)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.permutations(range(6)), min_size=2, max_size=8), st.integers(1, 6))
def test_stability__agrees_with_the_oracle(orders, n_cells):
    flagged = np.array(orders)[:, :n_cells]
    assert metrics.stability(flagged) == pytest.approx(naive.jaccard(flagged.tolist()))


def test_deviance__worked_by_hand():
    observed, expected = np.array([2.0, 0.0, 1.0]), np.array([1.0, 0.5, 1.0])
    assert likelihood.poisson_deviance(observed, expected) == pytest.approx(4 * math.log(2) - 1)


def test_sum_logs__floors_what_was_thought_impossible():
    assert likelihood.sum_logs(np.array([3.0]), np.array([0.0])) == 3 * math.log(1e-9)
    assert likelihood.sum_logs(np.zeros(2), np.zeros(2)) == 0


def test_information_gain__of_the_uniform_forecast_is_zero():
    log_sum = 12 * math.log(0.12)
    assert likelihood.information_gain(log_sum, 12.0, 12, 100) == pytest.approx(0, abs=1e-12)


def test_information_gain__pays_for_a_level_that_is_off():
    log_sum = 12 * math.log(0.24)
    gain = likelihood.information_gain(log_sum, 24.0, 12, 100)
    assert gain == pytest.approx(math.log(2) - 1)


@settings(deadline=None, max_examples=100)
@given(forecasts())
def test_likelihood__agrees_with_the_oracle(forecast):
    _, expected, observed, _, _ = forecast
    happened = observed.astype(float)
    deviance = likelihood.poisson_deviance(happened, expected)
    assert deviance == pytest.approx(naive.deviance(happened, expected), rel=1e-9, abs=1e-9)
    if happened.sum():
        log_sum = likelihood.sum_logs(happened, expected)
        gain = likelihood.information_gain(log_sum, expected.sum(), happened.sum(), happened.size)
        assert gain == pytest.approx(naive.gain([happened], [expected]), rel=1e-9, abs=1e-9)
        score = likelihood.log_score(log_sum, expected.sum(), happened.sum())
        uniform = happened.sum() / happened.size
        assert score == pytest.approx(gain + math.log(uniform) - 1)


@settings(deadline=None)
@given(st.floats(0, 1e6), st.floats(1e-3, 1))
def test_bin_of__rises_with_the_expected_count(value, factor):
    smaller, larger = reliability.bin_of([value * factor, value])
    assert 0 <= smaller <= larger < reliability.N_BINS


def test_bin_of__holds_counts_within_a_sixteenth_of_one_another():
    values = np.geomspace(1e-9, 100, 20_000)
    bins = reliability.bin_of(values)
    for found in np.unique(bins):
        alike = values[bins == found]
        assert alike.max() / alike.min() <= 1 + 1 / 16 + 1e-9


def test_sum_bins__adds_up_to_the_same_bits_in_any_order():
    rng = np.random.default_rng(3)
    parts = [
        reliability.sum_bins(reliability.bin_of(values), values)
        for values in rng.gamma(0.3, 0.1, (40, 200))
    ]
    forward, backward = sum(parts), sum(reversed(parts))
    assert (forward == backward).all()


def test_group_bins__gives_groups_of_equal_expected_sum():
    rng = np.random.default_rng(4)
    expected = rng.gamma(0.3, 0.1, 50_000)
    observed = rng.poisson(expected).astype(float)
    bins = reliability.bin_of(expected)
    groups = reliability.group_bins(
        reliability.sum_bins(bins, expected),
        reliability.sum_bins(bins, observed),
        np.bincount(bins, minlength=reliability.N_BINS),
    )
    assert groups.expected == pytest.approx(np.full(10, expected.sum() / 10), rel=1e-5)
    assert groups.observed.sum() == pytest.approx(observed.sum())
    assert groups.cell_windows.sum() == expected.size
    assert (np.diff(groups.cell_windows) < 0).all()
    errors = (groups.observed - groups.expected) / np.sqrt(groups.expected)
    assert np.abs(errors).max() < 4


@pytest.mark.parametrize("expected", [[0.0, 0.0], [0.0, 4.0]])
def test_group_bins__puts_what_was_thought_impossible_first(expected):
    groups = reliability.group_bins(np.array(expected), np.array([5.0, 0.0]), np.array([90, 10]))
    assert groups.observed[0] == 5
    assert groups.observed.sum() == 5
    assert groups.cell_windows.sum() == 100
