import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.kernels.spacetime import count_space_time
from tests import naive
from tests.kernels.strategies import arrays


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.uint16])
@settings(deadline=None)
@given(shape=st.tuples(*[st.integers(1, 5)] * 3), size=st.integers(0, 20), data=st.data())
def test_count_space_time__equals_naive(dtype, shape, size, data):
    index = st.integers(-2, 6)
    row, column, shift_index = (
        data.draw(arrays(index, size)) if size else np.empty(0, np.int64) for _ in range(3)
    )
    weight = data.draw(arrays(st.sampled_from([1.0, 0.0, 2.0]), size)) if size else np.empty(0)
    out = np.zeros(shape, dtype)

    dropped = count_space_time(row, column, shift_index, weight, out)

    expected, expected_dropped = naive.count_space_time(row, column, shift_index, weight, shape)
    assert dropped == expected_dropped
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.uint16])
def test_count_space_time__takes_any_integer(dtype):
    index = np.array([0, 1, 1], dtype)
    out = np.zeros((2, 2, 2))
    assert count_space_time(index, index, index, np.ones(3), out) == 0
    assert out[1, 1, 1] == 2


def test_count_space_time__adds_fractions_of_spread_windows():
    out = np.zeros((1, 1, 1), np.float32)
    zero = np.zeros(4, np.int64)
    count_space_time(zero, zero, zero, np.full(4, 0.25), out)
    assert out[0, 0, 0] == 1.0
