import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.kernels.aoristic import count_overlaps, fill_overlaps
from tests import naive

SECOND = st.integers(-5, 40)


def spread(start, end, edges):
    """Count, allocate and fill, as a caller does."""
    start, end, edges = (np.array(part, np.int64) for part in (start, end, edges))
    n_shifts = np.full(start.size, -1, np.int64)
    count_overlaps(start, end, edges, n_shifts)
    offset = np.concatenate([[0], np.cumsum(n_shifts)])
    shift, share = np.full(offset[-1], -1, np.int64), np.full(offset[-1], np.nan)
    fill_overlaps(start, end, edges, offset, shift, share)
    return n_shifts, shift, share


@settings(deadline=None)
@given(
    st.lists(st.tuples(SECOND, SECOND), max_size=12),
    st.lists(SECOND, max_size=8, unique=True).map(sorted),
)
def test_overlaps__equal_naive(windows, edges):
    start, end = [window[0] for window in windows], [window[1] for window in windows]

    n_shifts, shift, share = spread(start, end, edges)

    expected = [naive.overlaps(*window, edges) for window in windows]
    assert n_shifts.tolist() == [len(found) for found in expected]
    flat = [pair for found in expected for pair in found]
    assert shift.tolist() == [pair[0] for pair in flat]
    np.testing.assert_allclose(share, [pair[1] for pair in flat], rtol=1e-15)


def test_overlaps__shares_sum_to_one_inside():
    edges = np.arange(0, 10 * 28_800 + 1, 28_800)
    n_shifts, _, share = spread([100], [200_000], edges)
    assert n_shifts[0] == 7
    assert share.sum() == pytest.approx(1.0, rel=1e-14)


def test_overlaps__a_window_may_reach_out_on_both_sides():
    n_shifts, shift, share = spread([-10], [30], [0, 10, 20])
    assert (n_shifts.tolist(), shift.tolist(), share.tolist()) == ([2], [0, 1], [0.25, 0.25])


def test_overlaps__an_exact_time_on_an_edge_belongs_to_the_shift_that_begins():
    n_shifts, shift, share = spread([10, 0, 20], [10, 0, 20], [0, 10, 20])
    assert (n_shifts.tolist(), shift.tolist(), share.tolist()) == ([1, 1, 0], [1, 0], [1.0, 1.0])
