import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from evenbeat.core.kernels.coverage import area_share, line_length
from tests import naive
from tests.kernels.strategies import arrays, rasters, segments


def rings_of(polygons, *, flip=False, close=True):
    """Return the kernel's arrays: corners, starts of rings, and which are holes."""
    rings, hole = [], []
    for polygon in polygons:
        for index, ring in enumerate([polygon.exterior, *polygon.interiors]):
            corners = np.array(ring.coords)[: None if close else -1]
            rings.append(corners[::-1] if flip else corners)
            hole.append(index > 0)
    start = np.concatenate([[0], np.cumsum([len(ring) for ring in rings])]).astype(np.int64)
    corners = np.concatenate(rings) if rings else np.empty((0, 2))
    return corners[:, 0].copy(), corners[:, 1].copy(), start, np.array(hole, bool)


@settings(deadline=None)
@given(st.data())
def test_line_length__equals_naive(data):
    raster = data.draw(rasters())
    ends = data.draw(segments(raster))
    out = np.zeros(raster.shape)

    line_length(*ends, *raster.place, out)

    expected = naive.line_length(*ends, *raster.place, raster.shape)
    np.testing.assert_allclose(out, expected, rtol=1e-9, atol=1e-9 * raster.cell_size)


def test_line_length__keeps_the_whole_length():
    rng = np.random.default_rng(8)
    ends = rng.random((4, 500)) * 1000
    out = np.zeros((100, 100))
    line_length(*ends, 0.0, 1000.0, 10.0, out)
    whole = np.hypot(ends[2] - ends[0], ends[3] - ends[1]).sum()
    assert out.sum() == pytest.approx(whole, rel=1e-12)
    assert (out >= 0).all()


def test_line_length__a_border_counts_once_and_where_its_points_lie():
    out = np.zeros((2, 2))
    # Along the vertical border between both columns, and along the horizontal one.
    line_length(
        np.array([10.0, 0.0]), np.array([0.0, 10.0]), np.array([10.0, 20.0]),
        np.array([20.0, 10.0]), 0.0, 20.0, 10.0, out,
    )  # fmt: skip
    np.testing.assert_allclose(out, [[0, 10], [10, 20]])


def test_line_length__a_diagonal_through_corners():
    out = np.zeros((3, 3))
    line_length(*np.array([[0.0], [30.0], [30.0], [0.0]]), 0.0, 30.0, 10.0, out)
    np.testing.assert_allclose(out, np.eye(3) * np.hypot(10, 10), atol=1e-12)


@st.composite
def star_polygons(draw, raster):
    """Return a polygon around a place: corners in order of their direction, at times holed."""
    position = st.one_of(st.integers(-1, 8).map(float), st.floats(-1, 8))
    centre = draw(position), draw(position)
    n_corners = draw(st.integers(3, 9))
    lengths = st.one_of(st.integers(1, 5).map(float), st.floats(0.1, 6))
    reach = draw(arrays(lengths, n_corners))
    angle = np.linspace(0, 2 * np.pi, n_corners, endpoint=False) + draw(st.floats(0, 3))
    shell = np.column_stack([centre[0] + reach * np.cos(angle), centre[1] + reach * np.sin(angle)])
    holes = [centre + (shell - centre) * 0.4] if draw(st.booleans()) else []
    to_crs = [
        np.column_stack([raster.to_easting(ring[:, 0]), raster.to_northing(ring[:, 1])])
        for ring in [shell, *holes]
    ]
    return Polygon(to_crs[0], to_crs[1:])


@st.composite
def block_polygons(draw, raster):
    """Return a rectangle with its corners on cell borders or in their middle."""
    half = st.integers(-3, 16).map(lambda value: value / 2)
    left, upper = draw(half), draw(half)
    right, lower = left + draw(st.integers(1, 8)) / 2, upper + draw(st.integers(1, 8)) / 2
    return box(raster.to_easting(left), raster.to_northing(lower),
               raster.to_easting(right), raster.to_northing(upper))  # fmt: skip


@settings(deadline=None)
@given(st.data(), st.booleans(), st.booleans())
def test_area_share__equals_naive(data, flip, close):
    raster = data.draw(rasters())
    kinds = star_polygons(raster) | block_polygons(raster)
    polygons = data.draw(st.lists(kinds, max_size=3))
    out = np.zeros(raster.shape)

    area_share(*rings_of(polygons, flip=flip, close=close), *raster.place, out)

    expected = naive.area_share(polygons, *raster.place, raster.shape)
    np.testing.assert_allclose(out, expected, rtol=1e-7, atol=1e-7)
    assert (out >= 0).all()


def test_area_share__takes_what_shapely_hands_over():
    holed = Polygon(box(5, 5, 45, 45).exterior.coords, [box(15, 15, 25, 25).exterior.coords])
    _, corners, (ring_start, polygon_start) = shapely.to_ragged_array([holed, box(60, 0, 70, 10)])
    hole = np.ones(ring_start.size - 1, bool)
    hole[polygon_start[:-1]] = False
    out = np.zeros((5, 8))

    area_share(corners[:, 0], corners[:, 1], ring_start, hole, 0.0, 50.0, 10.0, out)

    assert out.sum() * 100 == pytest.approx(40 * 40 - 100 + 100)
    assert out[3, 1] == pytest.approx(0.75)  # a quarter of it lies in the hole
    assert out[4, 6] == pytest.approx(1.0)
    assert (out <= 1).all()


def test_area_share__passes_over_a_broken_ring_and_no_ring():
    out = np.zeros((2, 2))
    broken = np.array([0.0, np.nan, 1.0]), np.array([0.0, 0.0, 1.0])
    area_share(*broken, np.array([0, 3]), np.array([False]), 0.0, 2.0, 1.0, out)
    area_share(*rings_of([]), 0.0, 2.0, 1.0, out)
    assert not out.any()
