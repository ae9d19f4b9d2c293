"""Tiles as WebP and as values: the same pixels as the picture, the same numbers as the raster."""

import io

import mercantile
import numpy as np
import published_city as city
import pytest
from PIL import Image
from pyproj import Transformer

from evenbeat.tile_server.tiles import formats

TO_GRID = Transformer.from_crs("EPSG:3857", "EPSG:26971", always_xy=True)
BASE = "/v1/tiles/risk-robbery"
NIGHT = f"{BASE}/2017-01-03/night/heat"
TILES = [mercantile.tile(-87.58, 41.83, zoom) for zoom in (0, 6, 9, 11, 12, 14, 15, 16, 18)]


def night_robbery():
    return city.risk(city.grid())["expected_count"].sel(crime_type="robbery", shift="night").values


def values_below(tile):
    """Return the value of the cell below the middle of each pixel, every pixel projected."""
    edges, grid, cells = mercantile.xy_bounds(tile), city.grid(), night_robbery()
    size = (edges.right - edges.left) / 256
    x, y = np.meshgrid(edges.left + (np.arange(256) + 0.5) * size,
                       edges.top - (np.arange(256) + 0.5) * size)  # fmt: skip
    easting, northing = TO_GRID.transform(x, y)
    half = grid.cell_size / 2
    columns = np.floor((easting - (grid.eastings[0] - half)) / grid.cell_size)
    rows = np.floor(((grid.northings[0] + half) - northing) / grid.cell_size)
    inside = (columns >= 0) & (columns < cells.shape[1]) & (rows >= 0) & (rows < cells.shape[0])
    found = np.full((256, 256), np.nan, np.float32)
    found[inside] = cells[rows[inside].astype(int), columns[inside].astype(int)]
    return found


@pytest.mark.parametrize("tile", TILES, ids=lambda tile: f"zoom {tile.z}")
def test_npy__is_the_cell_below_every_pixel(client, tile):
    answer = client.get(f"{NIGHT}/{tile.z}/{tile.x}/{tile.y}.npy")
    assert (answer.status_code, answer.headers["content-type"]) == (
        200, "application/octet-stream",
    )  # fmt: skip
    found = np.load(io.BytesIO(answer.content))
    assert (found.dtype, found.shape) == (np.float32, (2, 256, 256))
    np.testing.assert_array_equal(found[0], values_below(tile))
    np.testing.assert_array_equal(found[1], np.where(np.isfinite(found[0]), 255, 0))
    assert tile.z < 9 or (found[1] == 255).any()


def test_npy__read_in_strips_is_the_same(client, monkeypatch):
    tile = TILES[3]
    place = f"{NIGHT}/{tile.z}/{tile.x}/{tile.y}.npy"
    whole = client.get(place).content
    monkeypatch.setattr(formats, "MOST_CELLS_AT_ONCE", 300)
    assert client.get(place).content == whole


@pytest.mark.parametrize("tile", TILES, ids=lambda tile: f"zoom {tile.z}")
@pytest.mark.parametrize("style", ["heat", "colour-blind-safe"])
def test_webp__has_every_pixel_of_the_picture(client, tile, style):
    place = f"{BASE}/2017-01-03/night/{style}/{tile.z}/{tile.x}/{tile.y}"
    answer = client.get(f"{place}.webp")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    seen = [
        np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))
        for content in (answer.content, client.get(f"{place}.png").content)
    ]
    visible = seen[1][..., 3] > 0
    np.testing.assert_array_equal(seen[0][..., 3], seen[1][..., 3])
    np.testing.assert_array_equal(seen[0][visible], seen[1][visible])


@pytest.mark.parametrize("ending", ["webp", "npy"])
def test_formats__tags_versions_head_and_caching(client, ending):
    tile = TILES[4]
    place = f"{tile.z}/{tile.x}/{tile.y}.{ending}"
    version = client.get(f"{BASE}/latest/night/point?lon=0&lat=0").json()["version"]
    fixed, latest = (client.get(f"{BASE}/{part}/heat/{place}")
                     for part in (f"v/{version}", "latest/night"))  # fmt: skip
    assert fixed.content == latest.content
    assert "immutable" in fixed.headers["cache-control"]
    assert latest.headers["cache-control"] == "public, max-age=60"
    assert latest.headers["etag"] == fixed.headers["etag"]
    assert latest.headers["etag"] != client.get(f"{NIGHT}/12/0/0.png").headers["etag"]
    known = {"If-None-Match": latest.headers["etag"]}
    assert client.get(f"{NIGHT}/{place}", headers=known).status_code == 304
    assert client.head(f"{NIGHT}/{place}").content == b""


def test_formats__without_data(client):
    empty = np.load(io.BytesIO(client.get(f"{NIGHT}/12/0/0.npy").content))
    assert np.isnan(empty[0]).all()
    assert not empty[1].any()
    picture = Image.open(io.BytesIO(client.get(f"{NIGHT}/12/0/0.webp").content)).convert("RGBA")
    assert (picture.size, picture.getextrema()[3]) == ((256, 256), (0, 0))


@pytest.mark.parametrize("ending", ["gif", "mvt", "npz", "tif", "png8", "x" * 16, "..", "%00"])
def test_refusals__an_unknown_ending_says_which_there_are(client, ending):
    answer = client.get(f"{NIGHT}/1/0/0.{ending}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    if ending not in ("..", "%00"):
        assert ".npy" in answer.json()["detail"]


@pytest.mark.parametrize("place", ["19/0/0", "2/4/0", "2/0/4", "-1/0/0", f"1/0/{'9' * 5000}"])
@pytest.mark.parametrize("ending", ["webp", "npy"])
def test_refusals__of_places(client, place, ending):
    assert client.get(f"{NIGHT}/{place}.{ending}").status_code == 404
    assert client.get(f"{BASE}/latest/night/pink/1/0/0.{ending}").status_code == 404
