"""The measures against closed forms, naive versions and simulated truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from evenbeat.core.backtest.bootstrap import draw_blocks
from evenbeat.core.equity.calibration import observed_over_expected
from evenbeat.core.equity.disparity import FEWEST_DAYS, day_blocks, disparity, quotients
from evenbeat.core.equity.evenness import lorenz
from evenbeat.core.equity.persistence import longest_runs
from evenbeat.core.equity.quintiles import quintile_of
from evenbeat.core.errors import InputError
from tests.equity.naive_equity import (
    gini_by_pairs,
    quintile_by_counting,
    ratio_by_redrawing,
    runs_one_by_one,
)

AREAS = st.integers(2, 9).flatmap(
    lambda count: st.tuples(
        st.lists(st.floats(0.1, 1e4), min_size=count, max_size=count),
        st.lists(st.integers(1, 5000), min_size=count, max_size=count),
    )
)


def test_lorenz__equal_minutes_are_the_diagonal():
    curve = lorenz([10.0, 20.0, 5.0], [2.0, 4.0, 1.0])
    assert curve.gini == pytest.approx(0.0, abs=1e-12)
    assert curve.amount == pytest.approx(curve.residents)


def test_lorenz__one_has_all():
    curve = lorenz([0.0, 0.0, 0.0, 8.0], [1.0, 1.0, 1.0, 1.0])
    assert curve.gini == pytest.approx(0.75)
    assert curve.amount.tolist() == [0, 0, 0, 0, 1]


@settings(deadline=None, max_examples=60)
@given(AREAS)
def test_lorenz__is_the_mean_difference_of_pairs(areas):
    amount, residents = areas
    curve = lorenz(amount, residents)
    assert curve.gini == pytest.approx(gini_by_pairs(amount, residents), abs=1e-9)
    assert (np.diff(curve.amount) >= -1e-12).all()
    assert (curve.amount <= curve.residents + 1e-9).all()


@settings(deadline=None, max_examples=40)
@given(AREAS, st.randoms(use_true_random=False))
def test_lorenz__order_and_unit_do_not_matter(areas, random):
    amount, residents = areas
    pairs = list(zip(amount, residents, strict=True))
    random.shuffle(pairs)
    mixed = lorenz([60 * a for a, _ in pairs], [p for _, p in pairs])
    assert mixed.gini == pytest.approx(lorenz(amount, residents).gini, abs=1e-9)


def test_lorenz__nothing_to_share():
    assert lorenz([0.0, 0.0], [1.0, 1.0]).amount.size == 0


@settings(deadline=None, max_examples=80)
@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.8, 1.0]), st.integers(1, 40)), min_size=1
    )
)
def test_quintile_of__stands_residents_in_a_row(areas):
    share, residents = (list(part) for part in zip(*areas, strict=True))
    assert quintile_of(share, residents).tolist() == quintile_by_counting(share, residents)


def test_quintile_of__unknown_and_empty_areas_are_in_none():
    found = quintile_of([0.2, np.nan, 0.4, 0.9], [10, 10, 0, 10])
    assert found.tolist() == [1, -1, -1, 3]


def test_disparity__days_that_are_all_alike_leave_no_doubt():
    minutes = np.tile([10.0, 30.0], (14, 1))
    found = disparity(minutes, [1000.0, 2000.0], _drawn(14), per=1000.0)
    assert found.rate[1].estimate == pytest.approx(15.0)
    assert [found.ratio[1].estimate, found.ratio[1].low, found.ratio[1].high] == pytest.approx(
        [1.5] * 3
    )
    assert found.difference[1].low == pytest.approx(5.0)
    assert (found.ratio[0].estimate, found.difference[0].estimate) == (1.0, 0.0)


def test_disparity__interval_is_that_of_days_redrawn_one_by_one():
    rng = np.random.default_rng(3)
    minutes, size = rng.gamma(2.0, 30.0, (30, 3)), np.array([500.0, 800.0, 300.0])
    drawn = draw_blocks(30, block=3, seed=5, resamples=400)
    found = disparity(minutes, size, drawn)
    naive = np.sort(ratio_by_redrawing(minutes, size, drawn.starts, 3, 2, 0))
    # Ten blocks: t reaches 2.262, times the root of 10/9; beyond that lies 0.86 % of 400 draws.
    assert found.ratio[2].low == pytest.approx(naive[3])
    assert found.ratio[2].high == pytest.approx(naive[-4])


def test_disparity__order_of_groups_does_not_matter():
    rng = np.random.default_rng(4)
    minutes, size = rng.gamma(2.0, 30.0, (20, 4)), np.array([5.0, 8.0, 3.0, 4.0])
    order = [0, 3, 1, 2]
    plain = disparity(minutes, size, _drawn(20))
    mixed = disparity(minutes[:, order], size[order], _drawn(20))
    for at, one in zip(order, mixed.ratio, strict=True):
        same = plain.ratio[at]
        assert [one.estimate, one.low, one.high] == pytest.approx(
            [same.estimate, same.low, same.high]
        )


def test_disparity__covers_the_true_ratio_about_as_often_as_it_says():
    rng = np.random.default_rng(11)
    truth, covered, trials = 1.5, 0, 300
    for trial in range(trials):
        # A good and a bad stretch of days alike for both groups, and noise of each group's own.
        stretch = np.repeat(rng.gamma(20.0, 1 / 20, 12), 5)
        minutes = rng.poisson(np.outer(stretch, [40.0, 60.0])).astype(float)
        drawn = day_blocks(60, block_days=7, resamples=1000, seed=trial)
        ratio = disparity(minutes, [1.0, 1.0], drawn).ratio[1]
        covered += ratio.low <= truth <= ratio.high
    assert 0.915 <= covered / trials <= 0.985


def test_disparity__group_without_residents_has_no_rate():
    found = disparity(np.ones((10, 2)), [100.0, np.nan], _drawn(10))
    assert np.isnan([found.rate[1].estimate, found.ratio[1].estimate]).all()


def test_disparity__needs_a_column_a_group():
    with pytest.raises(InputError, match="3 groups"):
        disparity(np.ones((4, 2)), [1.0, 2.0, 3.0], None)


def test_day_blocks__too_few_days_have_no_interval():
    drawn = day_blocks(FEWEST_DAYS - 1, block_days=7, resamples=200, seed=1)
    assert drawn is None
    found = disparity(np.ones((6, 1)), [10.0], drawn)
    assert found.rate[0].estimate == pytest.approx(0.1)
    assert np.isnan(found.rate[0].low)


def test_quotients__are_sums_over_sums_not_means_of_quotients():
    minutes, harm = np.array([[10.0, 0.0], [30.0, 8.0]]), np.array([[1.0, 0.0], [4.0, 2.0]])
    found = quotients(minutes, harm, None)
    assert [one.estimate for one in found.rate] == [8.0, 4.0]
    assert found.ratio[1].estimate == 0.5


def test_quotients__no_harm_no_quotient():
    found = quotients(np.ones((9, 2)), np.array([[0.0, 1.0]] * 9), _drawn(9))
    assert np.isnan(found.rate[0].estimate)
    assert np.isnan(found.ratio[1].estimate)


@pytest.mark.parametrize("count", [0, 1, 7, 120])
def test_observed_over_expected__ends_are_the_means_that_the_count_just_allows(count):
    found = observed_over_expected([count], [20.0])[0]
    assert found.estimate == pytest.approx(count / 20)
    assert poisson.cdf(count, 20 * found.high) == pytest.approx(0.025, abs=1e-6)
    if count:
        assert poisson.sf(count - 1, 20 * found.low) == pytest.approx(0.025, abs=1e-6)
    else:
        assert found.low == 0.0


def test_observed_over_expected__nothing_expected_cannot_be_told():
    assert np.isnan(observed_over_expected([3.0], [0.0])[0].estimate)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_longest_runs__one_by_one(shifts, cells, seed):
    rng = np.random.default_rng(seed)
    flagged, follows = rng.random((shifts, cells)) < 0.6, rng.random(shifts) < 0.8
    found = longest_runs(flagged, follows).tolist()
    assert found == runs_one_by_one(flagged, follows)


def _drawn(n_days):
    return day_blocks(n_days, block_days=3, resamples=300, seed=2)
