"""The hot path: stored tiles, deeper ones and those of older publications are one picture."""

import io
import json

import mercantile
import numpy as np
import published_city as city
import pytest
from PIL import Image
from pyproj import Transformer

from evenbeat.core.store.manifest import area_classes, read_manifest
from evenbeat.core.store.publication import prune_publication, publish_day
from evenbeat.core.store.tile_levels import level_bounds, quantise
from evenbeat.tile_server.styles.style_files import classify, level_palette, load_styles
from evenbeat.tile_server.tiles.pictures import STORED_HEAD, palette_head, repaint

BASE = "/v1/tiles/risk-robbery/2017-01-03/night/heat"
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
                del raster["tiles"]
    (folder / "manifest.json").write_text(json.dumps(document))
    return folder


@pytest.mark.parametrize("zoom", [9, 11, 13, 14, 15, 17, 18])
def test_tiles__look_as_those_that_are_warped_at_the_request(client, connect, without_tiles, zoom):
    old = connect(without_tiles)
    now, then = rgba(client.get(addresses(zoom))), rgba(old.get(addresses(zoom)))
    assert now[..., 3].any()
    assert (now != then).any(axis=-1).mean() < 0.005  # GDAL may take the neighbour on an edge


@pytest.mark.parametrize("style", load_styles())
def test_tiles__of_every_style_are_the_stored_pixels_in_its_classes(published, client, style):
    raster = read_manifest(published).layers["risk-robbery"].dates["2017-01-03"]["night"]
    answer = client.get(addresses(13, base=BASE.replace("heat", style)))
    colours = {tuple(colour) for colour in rgba(answer).reshape(-1, 4)}
    assert colours <= {tuple(colour) for colour in load_styles()[style].palette}
    assert raster.tiles is not None


def test_level_palette__classes_by_share_are_exact():
    values = np.random.default_rng(4).gamma(0.3, 1.0, 20_000).astype(np.float32)
    classes, style = area_classes(values), load_styles()["heat"]
    levels = level_bounds(values, classes)
    painted = level_palette(style, levels, classes)[quantise(values, levels)]
    expected = style.palette[classify(values, np.ones(values.shape, bool), classes)]
    np.testing.assert_array_equal(painted, expected)


def test_repaint__is_lossless(published):
    from pmtiles.reader import MmapSource, all_tiles

    file = next(read_manifest(published).tiles())
    palette = np.random.default_rng(5).integers(0, 256, (256, 4), np.uint8)
    with (published / file.path).open("rb") as opened:
        for _, content in all_tiles(MmapSource(opened)):
            stored = bytes(content)
            assert stored.startswith(STORED_HEAD)
            level = np.asarray(Image.open(io.BytesIO(stored)))
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
    import datetime as dt

    publish_day(tmp_path, **city.arguments())
    client = connect(tmp_path)
    raster = read_manifest(tmp_path).layers["risk-robbery"].dates["2017-01-03"]["night"]
    pinned = f"/v1/tiles/risk-robbery/v/{raster.version}/heat"
    assert client.get(addresses(12, base=pinned)).status_code == 200
    publish_day(tmp_path, **city.arguments(run_id="run-b", seed=9))
    open_archives = client.app.state.service.tiles._archives
    assert client.get(addresses(12, base=pinned)).status_code == 404
    fresh = client.get(addresses(12))
    assert fresh.status_code == 200
    assert len(open_archives) == 1
    now = city.WHEN
    prune_publication(tmp_path, keep_days=9, now=now)
    prune_publication(tmp_path, keep_days=9, now=now + dt.timedelta(days=2))
    assert not (tmp_path / raster.tiles.path).exists()
    assert client.get(addresses(12)).content == fresh.content


@pytest.mark.parametrize("damage", [b"", b"not an archive"])
def test_tiles__without_a_whole_archive_come_from_the_raster(tmp_path, connect, damage):
    publish_day(tmp_path, **city.arguments())
    whole = rgba(connect(tmp_path).get(addresses(13)))
    file = read_manifest(tmp_path).layers["risk-robbery"].dates["2017-01-03"]["night"].tiles
    (tmp_path / file.path).write_bytes(damage)
    other = rgba(connect(tmp_path).get(addresses(13)))
    assert (whole != other).any(axis=-1).mean() < 0.005
