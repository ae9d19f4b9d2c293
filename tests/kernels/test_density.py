import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from evenbeat.core.kernels.density import gaussian_density, quartic_density
from tests import naive
from tests.kernels.strategies import arrays, points, rasters


@settings(deadline=None)
@given(
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    st.sampled_from([0.1, 0.7, 1.0, 2.5]),
    st.sampled_from([1.0, 3.0, 4.0]),
    st.data(),
)
def test_gaussian_density__equals_naive(shape, sigma_cells, truncate, data):
    size = shape[0] * shape[1]
    counts = data.draw(arrays(st.sampled_from([0.0, 0.0, 1.0, 2.5]), size)).reshape(shape)
    out = np.full(shape, np.nan)

    gaussian_density(counts, sigma_cells, truncate, np.full(shape, np.nan), out)

    expected = naive.gaussian_density(counts, sigma_cells, truncate)
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-15)


def test_gaussian_density__equals_scipy():
    counts = np.random.default_rng(3).poisson(0.2, (60, 45)).astype(np.float64)
    out = np.empty_like(counts)
    gaussian_density(counts, 3.0, 4.0, np.empty_like(counts), out)
    expected = gaussian_filter(counts, 3.0, mode="constant", truncate=4.0)
    np.testing.assert_allclose(out, expected, rtol=1e-11, atol=1e-15)


def test_gaussian_density__keeps_the_total_away_from_the_border():
    counts = np.zeros((41, 41))
    counts[20, 20] = 7.0
    out = np.empty_like(counts)
    gaussian_density(counts, 2.0, 5.0, np.empty_like(counts), out)
    assert out.sum() == pytest.approx(7.0, rel=1e-12)
    assert out.argmax() == 20 * 41 + 20


def test_gaussian_density__nan_spreads_only_as_far_as_the_kernel():
    counts = np.zeros((9, 9))
    counts[4, 4] = np.nan
    out = np.empty_like(counts)
    gaussian_density(counts, 1.0, 1.0, np.empty_like(counts), out)
    assert np.isnan(out[3:6, 3:6]).all()
    assert np.isnan(out).sum() == 9


@settings(deadline=None)
@given(st.data(), st.sampled_from([0.3, 0.5, 1.0, 2.2, 30.0]))
def test_quartic_density__equals_naive(data, reach_cells):
    raster = data.draw(rasters())
    easting, northing, weight = data.draw(points(raster))
    radius = reach_cells * raster.cell_size
    out = np.zeros(raster.shape)

    quartic_density(easting, northing, weight, *raster.place, radius, out)

    expected = naive.quartic_density(easting, northing, weight, *raster.place, radius, raster.shape)
    np.testing.assert_allclose(out, expected, rtol=1e-7, atol=1e-12)


def test_quartic_density__a_point_adds_its_weight():
    out = np.zeros((101, 101))
    quartic_density(
        np.array([503.3]), np.array([498.1]), np.array([4.0]), 0.0, 1010.0, 10.0, 400.0, out
    )
    assert out.sum() == pytest.approx(4.0, rel=1e-4)


def test_quartic_density__reaches_in_from_outside_and_no_further_than_the_radius():
    out = np.zeros((1, 4))
    quartic_density(np.array([-5.0]), np.array([5.0]), np.ones(1), 0.0, 10.0, 10.0, 21.0, out)
    assert (out[0, :2] > 0).all()
    assert (out[0, 2:] == 0).all()
