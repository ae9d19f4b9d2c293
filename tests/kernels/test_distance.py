import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import KDTree

from evenbeat.core.kernels.distance import nearest_point_distance, nearest_segment_distance
from tests import naive
from tests.kernels.strategies import points, rasters, segments


@settings(deadline=None)
@given(st.data())
def test_nearest_point_distance__equals_naive(data):
    raster = data.draw(rasters())
    easting, northing, _ = data.draw(points(raster))
    out = np.full(raster.shape, np.nan)

    nearest_point_distance(easting, northing, *raster.place, out)

    expected = naive.nearest_point_distance(easting, northing, *raster.place, raster.shape)
    np.testing.assert_allclose(out, expected, rtol=1e-9, atol=1e-9 * raster.cell_size)


@settings(deadline=None)
@given(st.data())
def test_nearest_segment_distance__equals_naive(data):
    raster = data.draw(rasters())
    ends = data.draw(segments(raster))
    out = np.full(raster.shape, np.nan)

    nearest_segment_distance(*ends, *raster.place, out)

    expected = naive.nearest_segment_distance(*ends, *raster.place, raster.shape)
    np.testing.assert_allclose(out, expected, rtol=1e-9, atol=1e-9 * raster.cell_size)


@pytest.mark.parametrize("spread", ["even", "clustered", "far away", "one place"])
@pytest.mark.parametrize("shape", [(211, 150), (1, 300), (97, 25)])
def test_nearest_point_distance__many_tiles_equal_a_tree(spread, shape):
    rng = np.random.default_rng(5)
    size = np.array([shape[1], shape[0]]) * 10.0
    at = {
        "even": rng.random((400, 2)) * size,
        "clustered": size / 3 + rng.standard_normal((400, 2)) * 20,
        "far away": size * 50 + rng.random((400, 2)) * size,
        "one place": np.tile(size / 2, (400, 1)),
    }[spread]
    out = np.empty(shape)

    nearest_point_distance(at[:, 0], at[:, 1], 0.0, size[1], 10.0, out)

    east, north = np.meshgrid(
        (np.arange(shape[1]) + 0.5) * 10, size[1] - (np.arange(shape[0]) + 0.5) * 10
    )
    expected = KDTree(at).query(np.column_stack([east.ravel(), north.ravel()]))[0]
    np.testing.assert_allclose(out.ravel(), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("length", [1.0, 40.0, 3000.0])
def test_nearest_segment_distance__many_tiles_equal_all_pairs(length):
    rng = np.random.default_rng(6)
    start = rng.random((2, 150)) * 1200
    end = start + (rng.random((2, 150)) - 0.5) * length
    out = np.empty((110, 130))

    nearest_segment_distance(*start, *end, 0.0, 1100.0, 10.0, out)

    expected = naive_segments_at_once(start, end, (110, 130))
    np.testing.assert_allclose(out, expected, rtol=1e-9, atol=1e-9)


def naive_segments_at_once(start, end, shape):
    east, north = np.meshgrid(
        (np.arange(shape[1]) + 0.5) * 10, 1100 - (np.arange(shape[0]) + 0.5) * 10
    )
    least = np.full(shape, np.inf)
    for (x0, y0), (x1, y1) in zip(start.T, end.T, strict=True):
        along = ((east - x0) * (x1 - x0) + (north - y0) * (y1 - y0)) / (
            (x1 - x0) ** 2 + (y1 - y0) ** 2
        )
        along = along.clip(0, 1)
        gap = np.hypot(east - x0 - along * (x1 - x0), north - y0 - along * (y1 - y0))
        least = np.minimum(least, gap)
    return least


def test_nearest_point_distance__without_a_point_is_infinite():
    out = np.zeros((3, 40))
    nearest_point_distance(np.empty(0), np.empty(0), 0.0, 3.0, 1.0, out)
    assert np.isposinf(out).all()
    nearest_point_distance(np.array([np.nan]), np.array([1.0]), 0.0, 3.0, 1.0, out)
    assert np.isposinf(out).all()


def test_nearest_point_distance__is_zero_on_a_centre():
    out = np.empty((3, 3))
    nearest_point_distance(np.array([150.0]), np.array([150.0]), 0.0, 300.0, 100.0, out)
    assert out[1, 1] == 0.0
    assert out[0, 0] == pytest.approx(np.hypot(100, 100))
