"""Randomisation inference against the binomial, an enumerated lottery and its own logic."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from evenbeat.core.effects.redraws import patrolled_chance, redraw, solve_ratio


def mid_p_limits(hits, total):
    """Mid-p limits of a binomial share by bisection: the textbook's, not ours."""

    def solve(target):
        low, high = 0.0, 1.0
        for _ in range(80):
            share = (low + high) / 2
            above = binom.sf(hits, total, share) + 0.5 * binom.pmf(hits, total, share)
            low, high = (share, high) if above < target else (low, share)
        return low

    return solve(0.025), solve(0.975)


def test_redraw__equal_chances_are_the_mid_p_binomial():
    flags = np.arange(40) < 28
    low, high = redraw(np.ones(40), flags, np.full(40, 0.75), seed=3, redraws=40_000).limits()
    shares = mid_p_limits(28, 40)
    wanted = [share / (1 - share) / 3 for share in shares]
    assert [low, high] == pytest.approx(wanted, rel=0.03)


def enumerated_p(count, patrolled, share):
    """Two-sided mid-p of no effect over all outcomes of independent draws."""
    observed, above, equal = count[patrolled].sum(), 0.0, 0.0
    for taken in itertools.product([False, True], repeat=len(count)):
        flags = np.array(taken)
        chance = np.prod(np.where(flags, share, 1 - share))
        total = count[flags].sum()
        above += chance * (total > observed + 1e-9)
        equal += chance * (abs(total - observed) <= 1e-9)
    return 2 * min(above + equal / 2, 1 - above - equal / 2)


@pytest.mark.parametrize("seed", range(5))
def test_redraw__p_value_is_that_of_all_draws(seed):
    rng = np.random.default_rng(seed)
    count = rng.choice([1.0, 2.0, 5.5], 9)
    share = rng.uniform(0.3, 0.9, 9)
    flags = rng.random(9) < share
    found = redraw(count, flags, share, seed=seed, redraws=20_000).p_value()
    assert found == pytest.approx(enumerated_p(count, flags, share), abs=0.02)


def test_redraw__nothing_on_one_side_has_no_limit_there():
    count, share = np.ones(12), np.full(12, 0.75)
    low, high = redraw(count, np.zeros(12, bool), share, seed=1).limits()
    assert low == 0.0
    # Half the chance of none, (1 - p)^12 / 2, is 2.5 % at this p.
    share_of_all = 1 - 0.05 ** (1 / 12)
    assert high == pytest.approx(share_of_all / (1 - share_of_all) / 3, rel=0.05)
    low, high = redraw(count, np.ones(12, bool), share, seed=1).limits()
    assert high == math.inf
    share_of_all = 0.05 ** (1 / 12)
    assert low == pytest.approx(share_of_all / (1 - share_of_all) / 3, rel=0.05)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(2, 60))
def test_redraw__p_value_agrees_with_the_limits(seed, number):
    rng = np.random.default_rng(seed)
    count, share = rng.integers(1, 4, number).astype(float), rng.uniform(0.2, 0.9, number)
    flags = rng.random(number) < share
    found = redraw(count, flags, share, seed=seed, redraws=199)
    low, high = found.limits()
    assert (found.p_value() <= 0.05) == (low > 1.0 or high < 1.0)
    assert low <= high


def test_redraw__same_seed_same_values():
    count, flags, share = np.ones(30), np.arange(30) < 20, np.linspace(0.3, 0.9, 30)
    first, second = (redraw(count, flags, share, seed=9, redraws=99) for _ in range(2))
    assert np.array_equal(first.log_ratio, second.log_ratio)
    other = redraw(count, flags, share, seed=10, redraws=99)
    assert not np.array_equal(first.log_ratio, other.log_ratio)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(2, 80))
def test_solve_ratio__expects_what_was_seen(seed, number):
    rng = np.random.default_rng(seed)
    count, share = rng.gamma(1.0, 1.0, number) + 0.01, rng.uniform(0.02, 0.98, number)
    flags = rng.random(number) < share
    ratio = solve_ratio(count, flags, share)
    if 0.0 < ratio < math.inf:
        expected = (count * patrolled_chance(share, ratio)).sum()
        assert expected == pytest.approx(count[flags].sum(), rel=1e-6)
    else:
        assert flags.all() or not flags.any()


def test_solve_ratio__nothing_tells_nothing():
    assert math.isnan(solve_ratio(np.ones(0), np.zeros(0, bool), np.ones(0)))
