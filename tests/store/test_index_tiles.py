"""Index tiles: each pixel is the level of the cell below it, and any reader of PMTiles sees it."""

import io
import json

import numpy as np
import published_city as city
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pmtiles.reader import MmapSource, Reader, all_tiles
from pyproj import Transformer

from evenbeat.core.store.area_classes import area_classes
from evenbeat.core.store.index_tiles import CLASS_FORMAT, FORMAT, TileCutter, deep_tile
from evenbeat.core.store.manifest import PublishedGrid, read_manifest
from evenbeat.core.store.mercator import EDGE_M, Warp
from evenbeat.core.store.publication import is_whole, publish_day
from evenbeat.core.store.tile_levels import (
    are_exact,
    classify,
    difference_middles,
    level_bounds,
    level_middles,
    quantise,
    quantise_difference,
)

CITY = city.grid()


def grid_of(crs, cell_size, west, north, shape):
    height, width = shape
    bounds = (west, north - height * cell_size, west + width * cell_size, north)
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    return PublishedGrid(
        crs=crs, cell_size=cell_size, cell_size_m=cell_size, shape=shape, bounds=bounds,
        bounds_wgs84=to_degrees.transform_bounds(*bounds), cells_inside=height * width,
    )  # fmt: skip


STATE_PLANE = grid_of(CITY.crs, CITY.cell_size, CITY.west, CITY.north, CITY.shape)
GRIDS = {
    "state plane": STATE_PLANE,
    "degrees": grid_of("EPSG:4326", 0.002, -87.8, 41.9, (60, 80)),
    "feet": grid_of("EPSG:2913", 500.0, 7_600_000.0, 700_000.0, (50, 40)),
    "UTM, wide": grid_of("EPSG:32633", 1000.0, 200_000.0, 6_000_000.0, (300, 600)),
}


def cell_below(grid, tile):
    """Return row and column, with fractions, of each pixel's middle; each is projected."""
    zoom, column, row = tile
    size = 2 * EDGE_M / 2**zoom
    middles = (np.arange(256) + 0.5) / 256
    x, y = np.meshgrid((column + middles) * size - EDGE_M, EDGE_M - (row + middles) * size)
    transformer = Transformer.from_crs("EPSG:3857", grid.crs, always_xy=True)
    easting, northing = transformer.transform(x, y)
    west, _, _, north = grid.bounds
    return (north - northing) / grid.cell_size, (easting - west) / grid.cell_size


def naive_cells(grid, tile):
    """Return the cells of a tile, and which pixels are clear of the cells' edges."""
    rows, columns = cell_below(grid, tile)
    clear = np.ones(rows.shape, bool)
    for at in (rows, columns):
        with np.errstate(invalid="ignore"):
            clear &= ~(np.abs(at - np.round(at)) < 1e-6)
    height, width = grid.shape
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    at = np.floor(np.where(inside, rows, 0)) * width + np.floor(np.where(inside, columns, 0)) + 1
    return np.where(inside, at, 0).astype(int), clear


def night_robbery():
    cube = city.risk(CITY)["expected_count"]
    return cube.sel(crime_type="robbery", shift="night").values


def pictures(path):
    """Return the pixels of every tile of an archive, read by the format's own package."""
    with path.open("rb") as file:
        return {
            tile: np.asarray(Image.open(io.BytesIO(content)))
            for tile, content in all_tiles(MmapSource(file))
        }


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiles")
    cells = night_robbery()
    paths = TileCutter(STATE_PLANE).write(
        folder, "risk", cells, area_classes(cells[CITY.mask]), about={"name": "Risk"}
    )
    assert paths == (folder / "risk.pmtiles", folder / "risk-classes.pmtiles")
    return paths


@pytest.fixture(scope="module")
def archive(written):
    return written[0]


@pytest.mark.parametrize("name", GRIDS)
def test_warp__every_pixel_has_the_cell_that_the_projection_gives(name):
    warp = Warp(GRIDS[name])
    for zoom in (0, 5, 9, 12, 14, 18):
        tiles = list(warp.tiles(zoom)) if zoom < 15 else [deep_in(GRIDS[name], zoom)]
        for tile in tiles[:: max(1, len(tiles) // 6)]:
            expected, clear = naive_cells(GRIDS[name], tile)
            found = warp.cells(tile)
            np.testing.assert_array_equal(found[clear], expected[clear], err_msg=str(tile))
            assert clear.mean() > 0.999


def deep_in(grid, zoom):
    """Return a deep tile in the middle of a grid."""
    west, south, east, north = grid.bounds
    to_mercator = Transformer.from_crs(grid.crs, "EPSG:3857", always_xy=True)
    x, y = to_mercator.transform((west + east) / 2, (south + north) / 2)
    size = 2 * EDGE_M / 2**zoom
    return zoom, int((x + EDGE_M) // size), int((EDGE_M - y) // size)


@pytest.mark.parametrize("name", GRIDS)
def test_warp__the_interpolated_projection_is_right_to_a_millionth_of_a_cell(name):
    warp = Warp(GRIDS[name])
    for zoom in (8, 11, 14):
        for tile in list(warp.tiles(zoom))[:4]:
            left, top, right, bottom = warp._reach(zoom)
            x, y = tile[1] * 256, tile[2] * 256
            window = (max(left, x), max(top, y), min(right, x + 256), min(bottom, y + 256))
            exact = cell_below(GRIDS[name], tile)
            inner = np.s_[window[1] - y : window[3] - y, window[0] - x : window[2] - x]
            for ours, theirs in zip(warp._places(zoom, window), exact, strict=True):
                assert np.abs(ours - theirs[inner]).max() < 1e-6


def test_warp__a_whole_world_is_projected_pixel_by_pixel():
    world = grid_of("EPSG:4326", 1.0, -180.0, 90.0, (180, 360))
    expected, clear = naive_cells(world, (0, 0, 0))
    np.testing.assert_array_equal(Warp(world).cells((0, 0, 0))[clear], expected[clear])
    assert TileCutter(world).deepest == 6


def test_warp__tiles_reach_every_pixel_of_the_grid():
    for name, zoom in (("state plane", 12), ("feet", 12), ("UTM, wide", 7)):
        grid = GRIDS[name]
        named = set(Warp(grid).tiles(zoom))
        assert len(named) == Warp(grid).count(zoom)
        _, column, row = next(iter(named))
        for tile in [(zoom, column + dx, row + dy) for dx in range(-1, 6)
                     for dy in range(-1, 6)]:  # fmt: skip
            assert tile in named or not naive_cells(grid, tile)[0].any()


def test_write__pixels_are_levels_of_the_cells_below_them(archive):
    cells = night_robbery()
    bounds = level_bounds(cells, area_classes(cells[CITY.mask]))
    level = np.append(np.uint8(0), quantise(cells, bounds))
    shown = pictures(archive)
    for tile, picture in shown.items():
        below, clear = naive_cells(STATE_PLANE, tile)
        np.testing.assert_array_equal(picture[clear], level[below][clear], err_msg=str(tile))
        assert picture.any()  # empty tiles are not stored
    for tile in Warp(STATE_PLANE).tiles(13):
        assert tile in shown or not level[naive_cells(STATE_PLANE, tile)[0]].any()


def test_write__pixels_of_the_second_archive_are_classes_in_four_bits(written):
    cells = night_robbery()
    known = np.isfinite(cells)
    index = np.append(np.uint8(0), classify(cells, known, area_classes(cells[CITY.mask])))
    by_level, by_class = (pictures(path) for path in written)
    assert by_level.keys() == by_class.keys()
    for tile, picture in by_class.items():
        below, clear = naive_cells(STATE_PLANE, tile)
        # Other programs widen a grey of four bits to eight: 15 becomes 255.
        np.testing.assert_array_equal(picture[clear] // 17, index[below][clear])
    with written[1].open("rb") as file:
        metadata = Reader(MmapSource(file)).metadata()
        content = next(content for _, content in all_tiles(MmapSource(file)))
    assert metadata["evenbeat"] == {"format": CLASS_FORMAT, "shares": [0.05, 0.02, 0.01, 0.005]}
    assert content[24] == 4
    assert written[1].stat().st_size < 0.6 * written[0].stat().st_size


def test_write__a_stock_reader_finds_everything(archive):
    with archive.open("rb") as file:
        reader = Reader(MmapSource(file))
        header, metadata = reader.header(), reader.metadata()
        tile = next(Warp(STATE_PLANE).tiles(12))
        assert reader.get(12, tile[1] + 1, tile[2] + 1).startswith(b"\x89PNG")
        assert reader.get(14, 0, 0) is None
    assert header["min_zoom"] <= 8
    assert (header["max_zoom"], header["clustered"]) == (14, True)
    assert header["tile_contents_count"] <= header["addressed_tiles_count"] == len(
        pictures(archive))  # fmt: skip
    west, _, _, north = STATE_PLANE.bounds_wgs84
    assert header["min_lon_e7"] == round(west * 1e7)
    assert header["max_lat_e7"] == round(north * 1e7)
    assert metadata["name"] == "Risk"
    assert metadata["evenbeat"]["format"] == FORMAT
    cells = night_robbery()
    expected = level_bounds(cells, area_classes(cells[CITY.mask]))
    np.testing.assert_array_equal(np.float32(metadata["evenbeat"]["levels"]), expected)
    with Image.open(io.BytesIO(_first(archive))) as picture:
        assert (picture.mode, picture.info["transparency"]) == ("L", 0)


def _first(path):
    with path.open("rb") as file:
        return next(content for _, content in all_tiles(MmapSource(file)))


def test_write__equal_tiles_are_stored_once(tmp_path):
    grid = grid_of("EPSG:26971", 1000.0, 330_000.0, 600_000.0, (30, 30))
    path, _ = TileCutter(grid).write(tmp_path, "flat", np.full((30, 30), 2.0), (), about={})
    with path.open("rb") as file:
        header = Reader(MmapSource(file)).header()
    assert header["tile_contents_count"] < 0.5 * header["addressed_tiles_count"]


def test_write__same_raster_gives_the_same_bytes_and_none_gives_no_file(tmp_path, written):
    cells = night_robbery()
    classes = area_classes(cells[CITY.mask])
    cutter = TileCutter(STATE_PLANE)
    for _ in range(2):
        again = cutter.write(tmp_path, "again", cells, classes, about={"name": "Risk"})
        for path, former in zip(again, written, strict=True):
            assert path.read_bytes() == former.read_bytes()
    nothing = np.full(STATE_PLANE.shape, np.nan)
    assert cutter.write(tmp_path, "none", nothing, (), about={}) == ()
    assert not list(tmp_path.glob("none*"))


def test_deep_tile__names_the_cells_and_where_they_are_among_all():
    tile = deep_in(STATE_PLANE, 16)
    (top, left, height, width), among = deep_tile(STATE_PLANE, tile)
    numbers = np.arange(np.prod(STATE_PLANE.shape)).reshape(STATE_PLANE.shape) + 1
    part = numbers[top : top + height, left : left + width]
    expected, clear = naive_cells(STATE_PLANE, tile)
    np.testing.assert_array_equal(np.append(0, part)[among][clear], expected[clear])
    assert deep_tile(STATE_PLANE, (16, 0, 0)) is None


VALUES = st.floats(0.0, 1e4, width=32)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.3, 2.0, 6.0]), st.floats(0, 0.5))
def test_levels__are_close_exact_at_classes_and_never_swap_two_values(seed, spread, zeros):
    random = np.random.default_rng(seed)
    values = np.exp(spread * random.normal(size=3000)).astype(np.float32)
    values[random.random(3000) < zeros] = 0.0
    classes = area_classes(values)
    bounds = level_bounds(values, classes)
    level = quantise(values, bounds)
    assert 0 < bounds.size <= 255
    assert (np.diff(bounds) > 0).all()
    assert level.min() >= 1
    order = np.argsort(values)
    assert (np.diff(level[order].astype(int)) >= 0).all()
    for entry in classes:
        if entry.value is not None:
            edge = np.float32(entry.value)
            np.testing.assert_array_equal(values >= edge, bounds[level - 1] >= edge)
    middles = level_middles(bounds, float(values.max()))[level - 1]
    large = values >= values.max() / 1e6
    assert (np.abs(middles - values)[large] <= 0.029 * values[large]).all()
    assert (np.abs(middles - values)[~large] <= 1e-6 * values.max()).all()


@settings(deadline=None, max_examples=60)
@given(st.lists(VALUES, min_size=1, max_size=200))
def test_levels__few_different_values_are_exact(values):
    cells = np.asarray(values, np.float32)
    bounds = level_bounds(cells, area_classes(cells))
    np.testing.assert_array_equal(bounds[quantise(cells, bounds) - 1], cells)
    assert are_exact(cells, bounds)
    assert not are_exact(np.append(cells, np.float32(2e4)), bounds)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.01, 1.0, 5000.0]))
def test_differences__are_close_signed_and_symmetric(seed, size):
    random = np.random.default_rng(seed)
    values = (size * random.normal(size=2000) ** 5).astype(np.float32)
    values[:100] = 0
    largest = float(np.abs(values).max())
    level = quantise_difference(values, largest).astype(int)
    np.testing.assert_array_equal(quantise_difference(-values, largest), 256 - level)
    middles = difference_middles(largest)[level - 1]
    large = np.abs(values) >= largest / 1e4
    np.testing.assert_array_equal(np.sign(middles), np.where(large, np.sign(values), 0))
    assert (np.abs(middles - values)[large] <= 0.037 * np.abs(values)[large]).all()
    assert (level[~large] == 128).all()


def test_differences__of_equal_days_and_unknown_cells():
    assert quantise_difference(np.array([0.0, np.nan]), 0.0).tolist() == [128, 0]


def test_levels__below_zero_infinite_and_nothing():
    assert level_bounds(np.array([np.nan]), ()).size == 0
    assert quantise(np.array([np.nan, np.inf]), np.float32([])).tolist() == [0, 0]
    mixed = np.linspace(-5, 5, 1001).astype(np.float32)
    bounds = level_bounds(mixed, ())
    assert bounds[0] == -5
    assert quantise(mixed, bounds).min() == 1
    assert set(quantise(mixed[mixed < 0], bounds)) == {1}


def test_publish_day__tiles_are_in_manifest_and_item(tmp_path):
    publish_day(tmp_path, **city.arguments())
    manifest = read_manifest(tmp_path)
    raster = manifest.layers["risk-robbery"].dates["2017-01-03"]["night"]
    path = tmp_path / raster.tiles.path
    assert path.parent == (tmp_path / raster.path).parent
    assert path.stat().st_size == raster.tiles.size
    assert raster.archives == (raster.tiles, raster.class_tiles)
    assert len(list(manifest.tiles())) == 2 * 4 * 3
    assert is_whole(tmp_path, city.DATE)
    asset = json.loads((tmp_path / raster.item).read_bytes())["assets"]["tiles"]
    assert asset["href"] == "./risk-robbery.pmtiles"
    assert asset["file:size"] == raster.tiles.size
    asset = json.loads((tmp_path / raster.item).read_bytes())["assets"]["class-tiles"]
    assert asset["href"] == "./risk-robbery-classes.pmtiles"
    for file in raster.archives:
        (tmp_path / file.path).unlink()
        assert not is_whole(tmp_path, city.DATE)
        publish_day(tmp_path, **city.arguments())
        assert is_whole(tmp_path, city.DATE)


def test_manifest__of_before_there_were_tiles_is_read(tmp_path):
    publish_day(tmp_path, **city.arguments())
    manifest = read_manifest(tmp_path)
    document = manifest.model_dump(mode="json")
    for layer in document["layers"].values():
        for shifts in layer["dates"].values():
            for raster in shifts.values():
                del raster["tiles"], raster["class_tiles"]
    old = type(manifest).model_validate(document)
    assert list(old.tiles()) == []
