import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.kernels.decay import advance_decays
from tests import naive

EVENT = st.tuples(st.integers(0, 9), st.integers(-1, 5), st.sampled_from([1.0, 0.5, 0.0]))


@settings(deadline=None)
@given(st.lists(EVENT, max_size=25), st.lists(st.floats(0.05, 1.0), max_size=4), st.integers(1, 5))
def test_advance_decays__equals_naive(events, factor, n_cells):
    day, cell, weight = np.array(events, float).reshape(-1, 3).T
    state, factor = np.zeros((len(factor), n_cells)), np.array(factor)

    for today in range(10):
        new = day == today
        advance_decays(state, factor, cell[new].astype(np.int64), weight[new])
        expected = naive.decayed_sums(day, cell.astype(int), weight, factor, today, n_cells)
        np.testing.assert_allclose(state, expected, rtol=1e-12, atol=0)


def test_advance_decays__halves_after_the_half_life():
    half_lives = np.array([7.0, 28.0])
    state = np.ones((2, 3))
    none = np.empty(0, np.int64), np.empty(0)
    for _ in range(28):
        advance_decays(state, 0.5 ** (1 / half_lives), *none)
    np.testing.assert_allclose(state[:, 0], [0.5**4, 0.5], rtol=1e-12)


def test_advance_decays__cells_outside_add_nothing():
    state = np.zeros((1, 2))
    advance_decays(state, np.array([0.5]), np.array([-1, 2, 1]), np.ones(3))
    np.testing.assert_array_equal(state, [[0, 1]])
    assert state.sum() == pytest.approx(1)
