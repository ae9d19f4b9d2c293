"""Legends and styles: the colours and limits of other programs are those of the tiles."""

import io
import itertools
import json
import math
from xml.etree import ElementTree

import numpy as np
import pytest
from headless_browser import find_browser, open_browser
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from live_service import live
from PIL import Image

from evenbeat.core.store.manifest import area_classes
from evenbeat.tile_server.styles.legend_pictures import legend_picture
from evenbeat.tile_server.styles.raster_styles import bands, just_below
from evenbeat.tile_server.styles.style_files import classify, load_styles

BASE = "/v1/tiles/risk-robbery/2017-01-03/night"
STYLES = load_styles()
CELLS = arrays(
    np.float32, 400, elements=st.floats(0, 8, width=32) | st.sampled_from([0.0, 0.25, 0.5]),
)  # fmt: skip


def colours(content):
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    return picture.size, {colour for _, colour in picture.getcolors(1 << 20)}


def on_white(paint):
    red, green, blue, _ = paint.rgba
    return tuple(round(part * paint.opacity + 255 * (1 - paint.opacity))
                 for part in (red, green, blue))  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_legend_png__shows_every_colour_as_on_white_paper(client, style):
    answer = client.get(f"{BASE}/{style}/legend.png")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    (width, height), seen = colours(answer.content)
    assert 200 < width < 700
    assert 150 < height < 400
    for paint in (STYLES[style].rest, *STYLES[style].classes):
        assert min(math.dist(on_white(paint), colour) for colour in seen) <= 4
    (fine, _), _ = colours(client.get(f"{BASE}/{style}/legend.png?scale=2").content)
    assert fine == pytest.approx(2 * width, rel=0.03)
    known = {"If-None-Match": answer.headers["etag"]}
    assert client.get(f"{BASE}/{style}/legend.png", headers=known).status_code == 304
    assert client.get(f"{BASE}/{style}/legend.png?scale=9").status_code == 422


def test_legend_png__long_and_foreign_words_fit():
    classes = area_classes(np.zeros(400))
    words = {"title": "Vol à main armée · Взлом " * 4, "subtitle": "x", "units": "min",
             "note": "y " * 90}  # fmt: skip
    size, _ = colours(legend_picture(STYLES["heat"], classes, **words))
    picture = Image.open(io.BytesIO(legend_picture(STYLES["heat"], classes, **words))).convert("L")
    edge = np.asarray(picture)
    assert size[0] > 600
    for border in (edge[:6], edge[-6:], edge[:, :6], edge[:, -6:]):
        assert (border == 255).all()  # no word is cut


def ramp(client, style="heat"):
    text = client.get(f"{BASE}/{style}/style.qml").text
    root = ElementTree.fromstring(text.split("\n", 1)[1])
    assert text.startswith("<!DOCTYPE qgis")
    shader = root.find("pipe/rasterrenderer/rastershader/colorrampshader")
    assert root.find("pipe/rasterrenderer").get("type") == "singlebandpseudocolor"
    assert shader.get("colorRampType") == "DISCRETE"
    return [(float(item.get("value")), item.get("color"), int(item.get("alpha")))
            for item in shader]  # fmt: skip


def test_qml__qgis_paints_every_cell_as_the_tiles_do(client, published):
    import rasterio

    from evenbeat.core.store.manifest import read_manifest

    raster = read_manifest(published).layers["risk-robbery"].dates["2017-01-03"]["night"]
    items = ramp(client)
    with rasterio.open(published / raster.path) as source:
        cells = source.read(1)
    values = cells[np.isfinite(cells)]
    expected = STYLES["heat"].palette[classify(values, np.ones_like(values, bool), raster.classes)]
    # QgsColorRampShader, discrete: the first item whose value is not below the cell's.
    for value, paint in zip(values, expected, strict=True):
        _, colour, alpha = next(item for item in items if float(value) <= item[0])
        assert (*bytes.fromhex(colour[1:]), alpha) == tuple(paint)
    answer = client.get(f"{BASE}/heat/style.qml")
    assert "risk-robbery-2017-01-03-night.qml" in answer.headers["content-disposition"]


@pytest.mark.parametrize("style", STYLES)
@settings(deadline=None, max_examples=60)
@given(cells=CELLS)
def test_bands__agree_with_the_tiles_whichever_limit_counts(style, cells):
    style = STYLES[style]
    classes = area_classes(cells)
    found = bands(style, classes)
    assert found[0].lower is None
    assert found[-1].upper is None
    limits = [-math.inf, *(band.upper for band in found[:-1]), math.inf]
    assert [band.lower for band in found[1:]] == limits[1:-1]
    expected = style.palette[classify(cells, np.ones(cells.size, bool), classes)]
    painted = np.array([band.paint.rgba for band in found])
    for side in ("left", "right"):
        index = np.searchsorted(limits[1:-1], cells.astype(np.float64), side=side)
        np.testing.assert_array_equal(painted[index], expected)


@given(value=st.floats(0, 1e6, width=32, allow_subnormal=False))
def test_just_below__is_no_value_of_a_raster(value):
    limit = just_below(value)
    assert limit < value or value == 0
    assert float(np.nextafter(np.float32(value), np.float32(-1))) <= limit
    assert value == 0 or np.float32(limit) in (value, np.nextafter(np.float32(value), -1))


def test_esri__breaks_meet_and_cover_every_value(client):
    document = client.get(f"{BASE}/heat/esri.json").json()
    assert (document["type"], document["field"]) == ("classBreaks", "Value")
    breaks = document["classBreakInfos"]
    assert document["minValue"] == breaks[0]["classMinValue"] < 0
    for lower, upper in itertools.pairwise(breaks):
        assert lower["classMaxValue"] == upper["classMinValue"]
    legend = client.get(f"{BASE}/heat/legend.json").json()["entries"]
    assert [each["label"] for each in breaks] == [each["label"] for each in legend[::-1]]
    assert breaks[-1]["classMaxValue"] > legend[0]["from_value"]
    palette = STYLES["heat"].palette.tolist()
    assert [each["symbol"]["color"] for each in breaks] == palette[1:]
    assert {each["symbol"]["type"] for each in breaks} == {"esriSFS"}


def test_maplibre__names_the_tiles_of_the_asked_date(published, connect):
    client = connect(published, public_base_url="https://tiles.example.org/eb/")
    for date in ("latest", "2017-01-02"):
        place = f"/v1/tiles/risk-robbery/{date}/night/heat"
        document = client.get(f"{place}/style.json").json()
        assert document["version"] == 8
        (source,) = document["sources"].values()
        assert source["url"] == f"https://tiles.example.org/eb{place}/tilejson.json"
        assert source["tileSize"] == 256
        (layer,) = document["layers"]
        assert document["sources"][layer["source"]] == source
        assert layer["paint"]["raster-resampling"] == "nearest"
    tilejson = client.get(f"{place}/tilejson.json").json()
    assert tilejson["tiles"][0].startswith("https://tiles.example.org/eb/v1/tiles/")


SHOW = """
(async () => {
  const { Map } = await import("/static/vendor/maplibre-gl/maplibre-gl.mjs");
  const sheet = document.createElement("div");
  sheet.style.cssText = "position:fixed;inset:0;background:white;z-index:99";
  document.body.append(sheet);
  const errors = [];
  const map = new Map({ container: sheet, style: "STYLE", fadeDuration: 0 });
  map.on("error", (event) => errors.push(String(event.error)));
  await new Promise((resolve) => map.once("idle", resolve));
  return errors.join("; ") + map.areTilesLoaded();
})()
"""


@pytest.mark.browser
@pytest.mark.slow
def test_maplibre__draws_the_style_in_a_browser(published, tmp_path):
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium on this computer; on Debian: apt install chromium")
    with live(published) as address, open_browser(program) as page:
        page.open(f"{address}/map", width=800, height=600)
        assert page.run(SHOW.replace("STYLE", f"{address}{BASE}/heat/style.json")) == "true"
        page.picture(tmp_path / "style.png")
    pixels = np.asarray(Image.open(tmp_path / "style.png").convert("RGB")).astype(int)
    for paint in STYLES["heat"].classes:
        near = np.abs(pixels - on_white(paint)).max(axis=-1) <= 4
        assert near.sum() > 20, paint


@pytest.mark.parametrize("file", ["legend.png", "style.qml", "esri.json", "style.json"])
def test_refusals__unknown_ids_are_problems(client, file):
    for place in ("/v1/tiles/no/latest/night/heat", "/v1/tiles/priority/latest/night/pink",
                  "/v1/tiles/priority/..%2f/night/heat"):  # fmt: skip
        answer = client.get(f"{place}/{file}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        json.loads(answer.content)
