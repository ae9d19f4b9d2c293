"""The hot path: stored tiles, deeper ones and those of older publications are one picture."""

import datetime as dt
import io
import json

import mercantile
import numpy as np
import published_city as city
import pytest
import rasterio
from PIL import Image
from pyproj import Transformer

from evenbeat.core.store.area_classes import area_classes
from evenbeat.core.store.manifest import read_manifest
from evenbeat.core.store.mercator import EDGE_M
from evenbeat.core.store.publication import prune_publication, publish_day
from evenbeat.core.store.tile_levels import classify, level_bounds, quantise
from evenbeat.tile_server.styles.style_book import StyleBook
from evenbeat.tile_server.styles.style_models import ClassStyle
from evenbeat.tile_server.styles.value_scale import ValueScale
from evenbeat.tile_server.tiles.painting import level_palette
from evenbeat.tile_server.tiles.pictures import STORED_HEAD, palette_head, repaint

BASE = "/v1/tiles/risk-robbery/2017-01-03/night/heat"
TO_GRID = Transformer.from_crs("EPSG:3857", "EPSG:26971", always_xy=True)
TO_DEGREES = Transformer.from_crs("EPSG:26971", "EPSG:4326", always_xy=True)


def addresses(zoom, row=20, column=30, base=BASE):
    grid = city.grid()
    place = mercantile.tile(*TO_DEGREES.transform(grid.eastings[column], grid.northings[row]), zoom)
    return f"{base}/{place.z}/{place.x}/{place.y}.png"


def rgba(answer):
    assert answer.status_code == 200
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


@pytest.fixture(scope="module")
def without_tiles(published, tmp_path_factory):
    """The publication as it was before tiles were cut."""
    folder = tmp_path_factory.mktemp("old")
    for entry in published.iterdir():
        if entry.name != "manifest.json":
            (folder / entry.name).symlink_to(entry)
    document = json.loads((published / "manifest.json").read_bytes())
    for layer in document["layers"].values():
        for shifts in layer["dates"].values():
            for raster in shifts.values():
                del raster["tiles"], raster["class_tiles"]
    (folder / "manifest.json").write_text(json.dumps(document))
    return folder


@pytest.mark.parametrize("style", ["heat", "heat~top2", "times-average"])
@pytest.mark.parametrize("zoom", [9, 11, 13, 14, 15, 17, 18])
def test_tiles__look_as_those_that_are_warped_at_the_request(
    client, connect, without_tiles, zoom, style
):
    old, address = connect(without_tiles), addresses(zoom, base=BASE.replace("heat", style))
    now, then = rgba(client.get(address)), rgba(old.get(address))
    assert now[..., 3].any() or style == "heat~top2"
    assert (now != then).any(axis=-1).mean() < 0.005  # GDAL may take the neighbour on an edge


def below(place):
    """Return row, column and whether it is in the grid, of the cell below each pixel's middle."""
    grid = city.grid()
    zoom, column, row = place
    size = 2 * EDGE_M / 2**zoom
    middles = (np.arange(256) + 0.5) / 256
    x, y = np.meshgrid((column + middles) * size - EDGE_M, EDGE_M - (row + middles) * size)
    easting, northing = TO_GRID.transform(x, y)
    columns = np.floor((easting - grid.west) / grid.cell_size).astype(int)
    rows = np.floor((grid.north - northing) / grid.cell_size).astype(int)
    height, width = grid.shape
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    return rows.clip(0, height - 1), columns.clip(0, width - 1), inside


def place_of(answer):
    """Return zoom, column and row of the tile that was answered."""
    zoom, column, row = answer.url.path.removesuffix(".png").split("/")[-3:]
    return int(zoom), int(column), int(row)


@pytest.mark.parametrize("zoom", [10, 12, 13, 15, 17])
@pytest.mark.parametrize("style", [
    "heat", "colour-blind-safe", "print", "heat~top1", "heat~opacity30", "print~top0.5~opacity90",
    "times-average", "times-average~top5", "times-average~top0.5~opacity50",
])  # fmt: skip
def test_tiles__show_the_style_s_colours_of_the_cells(published, client, style, zoom):
    raster = read_manifest(published).layers["risk-robbery"].dates["2017-01-03"]["night"]
    with rasterio.open(published / raster.path) as source:
        cells = source.read(1)
    answer = client.get(addresses(zoom, base=BASE.replace("heat", style)))
    rows, columns, inside = below(place_of(answer))
    values = np.where(inside, cells[rows, columns], np.nan)
    known, painted = np.isfinite(values), StyleBook()[style]
    if isinstance(painted, ClassStyle):
        expected = painted.palette[classify(values, known, raster.classes)]
        assert answer.content[24] == 4  # bits of a pixel
        near = 0
    else:
        average = raster.total / np.isfinite(cells).sum()
        scale = ValueScale("1", average, raster.maximum, raster.classes)
        filled = np.where(known, values, 0.0).ravel()
        expected = painted.value_colours(filled, scale).reshape(256, 256, 4)
        expected[~known | (values < painted.lowest_shown(scale))] = 0
        near = 10  # a level stands for values that are up to 2.9 % off
    differ = np.abs(rgba(answer).astype(int) - expected.astype(int)).max(axis=-1) > near
    assert differ.mean() < 1e-4  # pixels on the very edge of a cell
    assert known.any()


def test_level_palette__classes_by_share_are_exact():
    values = np.random.default_rng(4).gamma(0.3, 1.0, 20_000).astype(np.float32)
    classes, style = area_classes(values), StyleBook()["heat~top2"]
    levels = level_bounds(values, classes)
    scale = ValueScale("1", float(values.mean()), float(values.max()), classes)
    painted = level_palette(style, levels, scale, exact=False)[quantise(values, levels)]
    expected = style.palette[classify(values, np.ones(values.shape, bool), classes)]
    np.testing.assert_array_equal(painted, expected)


def test_level_palette__exact_levels_have_the_colours_of_their_values():
    values, style = np.float32([0, 14, 15, 40, 300]), StyleBook()["minutes"]
    scale = ValueScale("min", 10.0, 300.0)
    painted = level_palette(style, level_bounds(values, ()), scale, exact=True)
    assert not painted[:2].any()
    np.testing.assert_array_equal(painted[2:], [style.stops[at].rgba for at in (0, 1, 2, 5)])


def test_repaint__is_lossless(published):
    from pmtiles.reader import MmapSource, all_tiles

    file = next(read_manifest(published).tiles())
    palette = np.random.default_rng(5).integers(0, 256, (256, 4), np.uint8)
    with (published / file.path).open("rb") as opened:
        for _, content in all_tiles(MmapSource(opened)):
            stored = bytes(content)
            assert stored.startswith(STORED_HEAD)
            level = np.asarray(Image.open(io.BytesIO(stored)))
            assert stored[24] == 8
            shown = Image.open(io.BytesIO(repaint(stored, palette_head(256, 256, palette))))
            np.testing.assert_array_equal(np.asarray(shown.convert("RGBA")), palette[level])


@pytest.mark.parametrize("place", [
    "19/0/0", "4/16/0", "4/0/16", "99/0/0", "23/0/0", "5/-1/0", "5/0/99999999", "5/0/0x1",
    "5/0/\u0661", "5/1.5/0",
])  # fmt: skip
def test_refusals__tiles_that_are_not_on_the_map(client, place):
    for base in (BASE, BASE.replace("2017-01-03", "latest")):
        answer = client.get(f"{base}/{place}.png")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


def test_tiles__numbers_written_otherwise_fall_to_the_checked_route(client):
    address = addresses(12)
    zoom, column, row = address.removesuffix(".png").split("/")[-3:]
    again = client.get(f"{BASE}/0{zoom}/{column}/{row}.png")
    padded = client.get(f"{BASE}/{zoom}/{column.zfill(9)}/{row}.png")
    assert again.content == padded.content == client.get(address).content


@pytest.mark.parametrize("address", [
    addresses(12, base="/v1/tiles/risk-nothing/latest/night/heat"),
    addresses(12, base="/v1/tiles/risk-robbery/2001-01-01/night/heat"),
    addresses(12, base="/v1/tiles/risk-robbery/latest/noon/heat"),
    addresses(12, base="/v1/tiles/risk-robbery/latest/night/plaid"),
    addresses(12, base="/v1/tiles/risk-robbery/v/0123456789abcdef/heat"),
])  # fmt: skip
def test_refusals__what_is_not_published(client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_tiles__head_304_and_other_methods(client):
    address = addresses(12)
    get, head = client.get(address), client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))
    assert head.headers["etag"] == get.headers["etag"]
    assert client.post(address).status_code == 405


def test_tiles__behind_a_root_path(published):
    from starlette.testclient import TestClient

    from evenbeat.tile_server.app import create_app
    from evenbeat.tile_server.settings import ServiceSettings

    app = create_app(ServiceSettings(publication=published))
    client = TestClient(app, base_url="http://127.0.0.1:8765", root_path="/risk")
    assert client.get(f"/risk{addresses(12)}").content == client.get(addresses(12)).content


def test_tiles__of_a_version_that_went_are_404_and_its_archive_is_closed(tmp_path, connect):
    publish_day(tmp_path, **city.arguments(date=city.DATE - dt.timedelta(days=1), run_id="run-y"))
    publish_day(tmp_path, **city.arguments())
    client = connect(tmp_path)
    raster = read_manifest(tmp_path).layers["risk-robbery"].dates["2017-01-02"]["night"]
    pinned = addresses(12, base=f"/v1/tiles/risk-robbery/v/{raster.version}/heat")
    assert client.get(pinned).status_code == 200
    archives = client.app.state.service.tiles._archives
    assert set(archives._open) == {raster.class_tiles.path}
    prune_publication(tmp_path, keep_days=1, now=city.WHEN)
    prune_publication(tmp_path, keep_days=1, now=city.WHEN + dt.timedelta(days=2))
    assert not (tmp_path / raster.tiles.path).exists()
    assert client.get(pinned).status_code == 404
    for style in ("heat", "times-average"):
        assert client.get(addresses(12, base=BASE.replace("heat", style))).status_code == 200
    newest = read_manifest(tmp_path).layers["risk-robbery"].dates["2017-01-03"]["night"]
    assert set(archives._open) == {file.path for file in newest.archives}
    assert client.app.state.service.tiles.open_archives == 2


def test_tiles__of_a_version_that_was_replaced_stay_as_they_were(tmp_path, connect):
    publish_day(tmp_path, **city.arguments())
    client = connect(tmp_path)
    raster = read_manifest(tmp_path).layers["risk-robbery"].dates["2017-01-03"]["night"]
    pinned = addresses(12, base=f"/v1/tiles/risk-robbery/v/{raster.version}/heat")
    before = client.get(pinned).content
    assert client.get(addresses(12)).content == before
    publish_day(tmp_path, **city.arguments(run_id="run-b", seed=9))
    assert client.get(addresses(12)).content != before
    assert client.get(pinned).content == before


@pytest.mark.parametrize("damage", [b"", b"not an archive"])
@pytest.mark.parametrize("style", ["heat", "times-average"])
def test_tiles__without_a_whole_archive_come_from_what_is_left(tmp_path, connect, damage, style):
    publish_day(tmp_path, **city.arguments())
    address = addresses(13, base=BASE.replace("heat", style))
    whole = rgba(connect(tmp_path).get(address))
    raster = read_manifest(tmp_path).layers["risk-robbery"].dates["2017-01-03"]["night"]
    (tmp_path / raster.class_tiles.path).write_bytes(damage)
    np.testing.assert_array_equal(rgba(connect(tmp_path).get(address)), whole)
    (tmp_path / raster.tiles.path).write_bytes(damage)
    other = rgba(connect(tmp_path).get(address))
    assert (whole != other).any(axis=-1).mean() < 0.005


def test_tiles__variants_of_styles_do_not_fill_memory(published, client):
    raster = read_manifest(published).layers["risk-robbery"].dates["2017-01-03"]["night"]
    address = addresses(12)
    tags = set()
    for top in ("", "~top0.5", "~top1", "~top2", "~top5"):
        for opacity in ("", *(f"~opacity{part}0" for part in range(1, 10))):
            for style in ("heat", "times-average"):
                answer = client.get(address.replace("heat", f"{style}{top}{opacity}"))
                assert answer.status_code == 200
                tags.add(answer.headers["etag"])
    assert len(tags) == 100
    archives = client.app.state.service.tiles._archives._open
    for file in raster.archives:
        assert 0 < len(archives[file.path].heads) <= 16
    encoded = client.get(address.replace("heat", "heat%7Etop1"))
    assert encoded.content == client.get(address.replace("heat", "heat~top1")).content
