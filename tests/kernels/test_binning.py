import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.grid import Grid
from evenbeat.core.kernels.binning import bin_points
from tests import naive
from tests.kernels.strategies import points, rasters


@settings(deadline=None)
@given(st.data())
def test_bin_points__equals_naive(data):
    raster = data.draw(rasters())
    easting, northing, weight = data.draw(points(raster))
    out = np.zeros(raster.shape)

    off = bin_points(easting, northing, weight, *raster.place, out)

    expected, expected_off = naive.bin_points(
        easting, northing, weight, *raster.place, raster.shape
    )
    assert off == expected_off
    np.testing.assert_array_equal(out, expected)


@settings(deadline=None)
@given(st.data())
def test_bin_points__agrees_with_the_grid_to_the_last_border(data):
    raster = data.draw(rasters())
    easting, northing, weight = data.draw(points(raster, most=30))
    grid = Grid("EPSG:26971", raster.cell_size, raster.west, raster.north,
                np.zeros(raster.shape, np.int16))  # fmt: skip
    out = np.zeros(raster.shape)

    off = bin_points(easting, northing, weight, *raster.place, out)

    row, column = grid.locate(easting, northing)
    assert off == (row < 0).sum()
    expected = np.zeros(raster.shape)
    np.add.at(expected, (row[row >= 0], column[row >= 0]), weight[row >= 0])
    np.testing.assert_array_equal(out, expected)


def test_bin_points__first_border_is_in_and_last_is_out():
    out = np.zeros((2, 2))
    corners = np.array([0.0, 200.0]), np.array([200.0, 0.0])

    off = bin_points(*corners, np.ones(2), 0.0, 200.0, 100.0, out)

    assert off == 1
    np.testing.assert_array_equal(out, [[1, 0], [0, 0]])


def test_bin_points__adds_to_what_is_there():
    out = np.full((1, 1), 2.0)
    bin_points(np.array([0.5]), np.array([0.5]), np.ones(1), 0.0, 1.0, 1.0, out)
    assert out[0, 0] == 3.0


def test_bin_points__takes_read_only_strided_and_single_precision_input():
    positions = np.arange(12, dtype=np.float64)[::2]
    positions.setflags(write=False)
    out = np.zeros((12, 12), np.float32)
    off = bin_points(positions, positions, np.ones(6, np.float32), 0.0, 12.0, 1.0, out)
    assert off == 1  # the point at northing 0 lies on the open southern border
    assert out.sum() == 5


def test_bin_points__huge_values_are_off():
    out = np.zeros((3, 3))
    far = np.array([1e300, -1e300, 2.0**63, 2.0**32 + 0.5, np.nan])
    assert bin_points(far, np.full(5, 1.5), np.ones(5), 0.0, 3.0, 1.0, out) == 5
    assert not out.any()


def test_bin_points__more_points_than_a_block():
    rng = np.random.default_rng(4)
    easting, northing = rng.uniform(-1, 11, (2, 1300))
    out = np.zeros((10, 10))
    off = bin_points(easting, northing, np.ones(1300), 0.0, 10.0, 1.0, out)
    expected, expected_off = naive.bin_points(
        easting, northing, np.ones(1300), 0.0, 10.0, 1.0, (10, 10)
    )
    assert off == expected_off
    np.testing.assert_array_equal(out, expected)
