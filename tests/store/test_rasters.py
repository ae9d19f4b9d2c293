"""Rasters: valid COGs with exact values, the same bytes every time."""

import hashlib
import struct
import time

import numpy as np
import published_city as city
import pytest
import rasterio

from evenbeat.core.errors import CubeError, GridError
from evenbeat.core.grid import Grid
from evenbeat.core.store.rasters import write_cog
from evenbeat.core.variables import EXPECTED_COUNT

TAGS = {"run_id": "run-a", "shift_start": "2017-01-03T13:00:00+00:00"}


@pytest.fixture
def big():
    """A grid of several blocks and overviews."""
    district = np.zeros((700, 1100), np.int16)
    district[:, :100] = -1
    return Grid("EPSG:26971", 150.0, 300_000.0, 600_000.0, district)


def values_for(grid):
    return np.random.default_rng(3).gamma(0.3, 0.01, grid.shape)


def directories(path):
    """Return offset, subfile type, and first and last tile offset of each TIFF directory."""
    content = path.read_bytes()
    order = "<" if content[:2] == b"II" else ">"
    (position,) = struct.unpack(order + "I", content[4:8])
    found = []
    while position:
        start = position
        (count,) = struct.unpack_from(order + "H", content, position)
        tags = {}
        for number in range(count):
            at = position + 2 + 12 * number
            tag, kind, size = struct.unpack_from(order + "HHI", content, at)
            if kind in (3, 4):
                code = {3: "H", 4: "I"}[kind]
                where = at + 8
                if size * struct.calcsize(code) > 4:
                    (where,) = struct.unpack_from(order + "I", content, where)
                tags[tag] = struct.unpack_from(f"{order}{size}{code}", content, where)
        found.append((start, tags.get(254, (0,))[0], [offset for offset in tags[324] if offset]))
        (position,) = struct.unpack_from(order + "I", content, position + 2 + 12 * count)
    return found


def test_write_cog__exact_values_and_outside_is_nodata(tmp_path):
    grid = city.grid()
    values = values_for(grid)
    values[20, 30] = np.nan
    path = write_cog(tmp_path / "a.tif", values, grid, variable=EXPECTED_COUNT, tags=TAGS)
    with rasterio.open(path) as source:
        assert (source.crs.to_epsg(), source.transform) == (26971, grid.affine)
        assert source.dtypes == ("float32",)
        assert np.isnan(source.nodata)
        stored = source.read(1)
    expected = np.where(grid.mask, values, np.nan).astype(np.float32)
    np.testing.assert_array_equal(stored, expected)
    assert np.isnan(stored[20, 30])


def test_write_cog__is_a_cog(tmp_path, big):
    path = write_cog(tmp_path / "a.tif", values_for(big), big, variable=EXPECTED_COUNT, tags=TAGS)
    with rasterio.open(path) as source:
        assert source.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert source.tags(ns="IMAGE_STRUCTURE")["PREDICTOR"] == "3"
        assert source.profile["compress"] == "deflate"
        assert source.block_shapes == [(256, 256)]
        assert source.overviews(1) == [2, 4, 8]
        assert not source.files[1:]
    found = directories(path)
    # The directories stand first, full resolution before its overviews, and the data the other
    # way round: a reader gets every directory in one request and zoomed-out views from the start.
    assert [kind & 1 for _, kind, _ in found] == [0, 1, 1, 1]
    assert [start for start, _, _ in found] == sorted(start for start, _, _ in found)
    assert max(start for start, _, _ in found) < min(min(tiles) for _, _, tiles in found)
    firsts = [min(tiles) for _, _, tiles in found]
    assert firsts == sorted(firsts, reverse=True)


def test_write_cog__overviews_hold_values_of_real_cells(tmp_path, big):
    values = values_for(big)
    path = write_cog(tmp_path / "a.tif", values, big, variable=EXPECTED_COUNT, tags=TAGS)
    with rasterio.open(path, OVERVIEW_LEVEL=1) as source:
        coarse = source.read(1)
    assert coarse.shape == (175, 275)
    seen = coarse[np.isfinite(coarse)]
    assert np.isin(seen, values[big.mask].astype(np.float32)).all()
    highest = np.quantile(values[big.mask], 0.99)
    assert 0.005 < (seen >= highest).mean() < 0.02


def test_write_cog__a_small_grid_has_an_overview_too(tmp_path):
    grid = city.grid()
    path = write_cog(tmp_path / "a.tif", values_for(grid), grid, variable=EXPECTED_COUNT, tags={})
    with rasterio.open(path) as source:
        assert source.overviews(1) == [2]


def test_write_cog__says_what_it_holds(tmp_path):
    grid = city.grid()
    path = write_cog(tmp_path / "a.tif", values_for(grid), grid, variable=EXPECTED_COUNT, tags=TAGS)
    with rasterio.open(path) as source:
        assert source.descriptions == (EXPECTED_COUNT.long_name,)
        assert source.units == ("1",)
        assert TAGS.items() <= source.tags().items()
        assert source.tags()["variable"] == "expected_count"
        assert "not a probability" in source.tags()["comment"]


def test_write_cog__same_input_same_bytes(tmp_path):
    grid = city.grid()
    hashes = set()
    for number, tags in enumerate((TAGS, dict(reversed(TAGS.items())))):
        path = tmp_path / str(number) / "a.tif"
        write_cog(path, values_for(grid), grid, variable=EXPECTED_COUNT, tags=tags)
        hashes.add(hashlib.sha256(path.read_bytes()).hexdigest())
        time.sleep(1.1)  # a TIFF's own time stamp has seconds
    assert len(hashes) == 1


def test_write_cog__another_nodata_value(tmp_path):
    grid = city.grid()
    path = write_cog(tmp_path / "a.tif", values_for(grid), grid, variable=EXPECTED_COUNT,
                     nodata=-1.0, tags={})  # fmt: skip
    with rasterio.open(path) as source:
        assert source.nodata == -1.0
        np.testing.assert_array_equal(source.read(1) == -1.0, ~grid.mask)


def test_write_cog__refuses_and_leaves_nothing(tmp_path):
    grid = city.grid()
    with pytest.raises(GridError, match="shape"):
        write_cog(tmp_path / "a.tif", np.zeros((3, 3)), grid, variable=EXPECTED_COUNT, tags={})
    values = values_for(grid)
    values[20, 30] = np.inf
    with pytest.raises(CubeError, match="1 infinite"):
        write_cog(tmp_path / "a.tif", values, grid, variable=EXPECTED_COUNT, tags={})
    assert not list(tmp_path.iterdir())
