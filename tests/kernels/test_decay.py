import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.kernels.decay import advance_decays, read_decays
from tests import naive

EVENT = st.tuples(st.integers(0, 9), st.integers(-1, 5), st.sampled_from([1.0, 0.5, 0.0]))
NOBODY = np.empty(0, np.int64), np.empty(0)


def read(state, scale):
    out = np.full(state.shape, np.nan)
    read_decays(state, scale, out)
    return out


@settings(deadline=None)
@given(
    st.lists(EVENT, max_size=25),
    st.lists(st.sampled_from([0.0, 1e-5]) | st.floats(0.05, 1.0), max_size=4),
    st.integers(1, 5),
)
def test_advance_decays__equals_naive(events, factor, n_cells):
    day, cell, weight = np.array(events, float).reshape(-1, 3).T
    factor = np.array(factor)
    state, scale = np.zeros((factor.size, n_cells)), np.ones(factor.size)

    for today in range(10):
        new = day == today
        advance_decays(state, scale, factor, cell[new].astype(np.int64), weight[new])
        expected = naive.decayed_sums(day, cell.astype(int), weight, factor, today, n_cells)
        np.testing.assert_allclose(read(state, scale), expected, rtol=1e-12, atol=0)


def test_advance_decays__halves_after_the_half_life():
    state, scale = np.ones((2, 3)), np.ones(2)
    for _ in range(28):
        advance_decays(state, scale, 0.5 ** (1 / np.array([7.0, 28.0])), *NOBODY)
    np.testing.assert_allclose(read(state, scale)[:, 0], [0.5**4, 0.5], rtol=1e-12)


def test_advance_decays__stays_exact_over_many_half_lives():
    factor = 0.5 ** (1 / np.array([1.0, 7.0, 1095.0]))
    state, scale = np.zeros((3, 1)), np.ones(3)
    for _ in range(3000):
        advance_decays(state, scale, factor, np.array([0]), np.ones(1))
    expected = (1 - factor**3000) / (1 - factor)
    np.testing.assert_allclose(read(state, scale)[:, 0], expected, rtol=1e-12)
    assert (scale > 0).all()


def test_advance_decays__cells_outside_add_nothing():
    state, scale = np.zeros((1, 2)), np.ones(1)
    advance_decays(state, scale, np.array([0.5]), np.array([-1, 2, 1]), np.ones(3))
    assert read(state, scale)[0].tolist() == pytest.approx([0, 1])
