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

from evenbeat.core.store.area_classes import area_classes
from evenbeat.core.store.tile_levels import classify
from evenbeat.tile_server.styles.legend_entries import legend
from evenbeat.tile_server.styles.legend_pictures import legend_picture
from evenbeat.tile_server.styles.raster_styles import bands, just_below
from evenbeat.tile_server.styles.style_book import StyleBook
from evenbeat.tile_server.styles.value_scale import ValueScale

BASE = "/v1/tiles/risk-robbery/2017-01-03/night"
STYLES = StyleBook()
OF_CLASSES = ["heat", "colour-blind-safe", "print", "heat~top1", "print~top2~opacity50"]
RAMPS = ["times-average", "times-average~top5", "times-average~opacity30"]
CELLS = arrays(
    np.float32, 400, elements=st.floats(0, 8, width=32) | st.sampled_from([0.0, 0.25, 0.5]),
)  # fmt: skip


def colours(content):
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    return picture.size, {colour for _, colour in picture.getcolors(1 << 20)}


def on_white(entry):
    opacity = entry["opacity"]
    return tuple(round(part * opacity + 255 * (1 - opacity))
                 for part in bytes.fromhex(entry["colour"][1:]))  # fmt: skip


def scale_of(cells, units="1"):
    classes = area_classes(cells)
    return ValueScale(units, float(cells.mean()), float(cells.max()), classes)


@pytest.mark.parametrize("style", [*OF_CLASSES, *RAMPS])
def test_legend_png__shows_every_colour_as_on_white_paper(client, style):
    answer = client.get(f"{BASE}/{style}/legend.png")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    (width, height), seen = colours(answer.content)
    assert 200 < width < 700
    assert 100 < height < 400
    entries = client.get(f"{BASE}/{style}/legend.json").json()["entries"]
    assert entries
    for entry in entries:
        assert min(math.dist(on_white(entry), colour) for colour in seen) <= 4
    (fine, _), _ = colours(client.get(f"{BASE}/{style}/legend.png?scale=2").content)
    assert fine == pytest.approx(2 * width, rel=0.03)
    known = {"If-None-Match": answer.headers["etag"]}
    assert client.get(f"{BASE}/{style}/legend.png", headers=known).status_code == 304
    assert client.get(f"{BASE}/{style}/legend.png?scale=9").status_code == 422


def test_legend_png__long_and_foreign_words_fit():
    entries = legend(STYLES["heat"], scale_of(np.zeros(400)))
    words = {"title": "Vol à main armée · Взлом " * 4, "subtitle": "x", "note": "y " * 90}
    content = legend_picture(entries, **words)
    size, _ = colours(content)
    edge = np.asarray(Image.open(io.BytesIO(content)).convert("L"))
    assert size[0] > 600
    for border in (edge[:6], edge[-6:], edge[:, :6], edge[:, -6:]):
        assert (border == 255).all()  # no word is cut


def ramp(client, style="heat"):
    text = client.get(f"{BASE}/{style}/style.qml").text
    root = ElementTree.fromstring(text.split("\n", 1)[1])
    assert text.startswith("<!DOCTYPE qgis")
    shader = root.find("pipe/rasterrenderer/rastershader/colorrampshader")
    assert root.find("pipe/rasterrenderer").get("type") == "singlebandpseudocolor"
    assert shader.get("colorRampType") == ("INTERPOLATED" if style in RAMPS else "DISCRETE")
    return [(float(item.get("value")), item.get("color"), int(item.get("alpha")))
            for item in shader]  # fmt: skip


@pytest.fixture(scope="module")
def night(published):
    """The manifest's entry of the raster, and the values of its cells."""
    import rasterio

    from evenbeat.core.store.manifest import read_manifest

    raster = read_manifest(published).layers["risk-robbery"].dates["2017-01-03"]["night"]
    with rasterio.open(published / raster.path) as source:
        cells = source.read(1)
    return raster, cells[np.isfinite(cells)]


@pytest.mark.parametrize("style", OF_CLASSES)
def test_qml__qgis_paints_every_cell_as_the_tiles_do(client, night, style):
    raster, values = night
    items = ramp(client, style)
    index = classify(values, np.ones_like(values, bool), raster.classes)
    expected = STYLES[style].palette[index]
    # QgsColorRampShader, discrete: the first item whose value is not below the cell's.
    for value, paint in zip(values, expected, strict=True):
        _, colour, alpha = next(item for item in items if float(value) <= item[0])
        assert (*bytes.fromhex(colour[1:]), alpha) == tuple(paint)
    answer = client.get(f"{BASE}/heat/style.qml")
    assert "risk-robbery-2017-01-03-night.qml" in answer.headers["content-disposition"]


@pytest.mark.parametrize("style", RAMPS)
def test_qml__of_a_ramp_qgis_paints_between_the_stops_as_the_style_does(client, night, style):
    raster, values = night
    items = ramp(client, style)
    at = [value for value, _, _ in items]
    assert at == sorted(at)
    paints = np.array([(*bytes.fromhex(colour[1:]), alpha) for _, colour, alpha in items], float)
    # QgsColorRampShader, interpolated: linear in each part of the colour.
    painted = np.column_stack([np.interp(values, at, part) for part in paints.T])
    scale = ValueScale("1", float(values.sum()) / values.size, raster.maximum, raster.classes)
    expected = STYLES[style].value_colours(values, scale).astype(float)
    hidden = values < STYLES[style].lowest_shown(scale)
    assert hidden.mean() == pytest.approx(0.95 if "top5" in style else 0.0, abs=0.01)
    expected[hidden] = 0
    assert np.abs(painted - expected)[~hidden].max() <= 1.5
    assert not painted[hidden, 3].any()


@settings(deadline=None, max_examples=60)
@given(cells=CELLS, units=st.sampled_from([0.1, 40.0]))
def test_bands__of_steps_are_those_of_the_values(cells, units):
    cells, style = cells * np.float32(units), STYLES["minutes"]
    scale = scale_of(cells, "min")
    found = bands(style, scale)
    limits = [band.upper for band in found[:-1]]
    assert limits == [just_below(stop.at) for stop in style.stops]
    painted = np.array([band.rgba for band in found])[np.searchsorted(limits, cells.astype(float))]
    expected = style.value_colours(cells, scale)
    expected[cells < 1] = 0
    np.testing.assert_array_equal(painted, expected)


@settings(deadline=None, max_examples=60)
@given(cells=CELLS)
def test_bands__of_a_flowing_ramp_are_near_it(cells):
    style, scale = STYLES["times-average"], scale_of(cells)
    found = bands(style, scale)
    assert len(found) <= 6 * 8 + 2
    limits = [band.upper for band in found[:-1]]
    painted = np.array([band.rgba for band in found], float)
    painted = painted[np.searchsorted(limits, cells.astype(float))]
    expected = style.value_colours(cells, scale).astype(float)
    steps = np.diff([stop.rgba for stop in style.stops], axis=0)
    assert np.abs(painted - expected).max() <= np.abs(steps).max() / 8 + 1


@pytest.mark.parametrize("style", OF_CLASSES)
@settings(deadline=None, max_examples=60)
@given(cells=CELLS)
def test_bands__agree_with_the_tiles_whichever_limit_counts(style, cells):
    style = STYLES[style]
    classes = area_classes(cells)
    found = bands(style, scale_of(cells))
    assert found[0].lower is None
    assert found[-1].upper is None
    limits = [-math.inf, *(band.upper for band in found[:-1]), math.inf]
    assert [band.lower for band in found[1:]] == limits[1:-1]
    expected = style.palette[classify(cells, np.ones(cells.size, bool), classes)]
    painted = np.array([band.rgba for band in found])
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


@pytest.mark.parametrize("style", ["heat~top1", "times-average", "times-average~top1"])
def test_esri__other_styles_meet_too_and_hide_what_the_tiles_hide(client, style):
    breaks = client.get(f"{BASE}/{style}/esri.json").json()["classBreakInfos"]
    for lower, upper in itertools.pairwise(breaks):
        assert lower["classMaxValue"] == upper["classMinValue"] > lower["classMinValue"]
    clear = [each["symbol"]["color"][3] == 0 for each in breaks]
    assert clear == sorted(clear, reverse=True)
    assert clear[0] == ("~top" in style)
    assert breaks[-1]["symbol"]["color"][3] > 0


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
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const { Map } = await import(loaded.find((name) => name.endsWith("/maplibre-gl.mjs")));
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
        near = np.abs(pixels - on_white(paint.model_dump())).max(axis=-1) <= 4
        assert near.sum() > 20, paint


@pytest.mark.parametrize("file", ["legend.png", "style.qml", "esri.json", "style.json"])
def test_refusals__unknown_ids_are_problems(client, file):
    for place in ("/v1/tiles/no/latest/night/heat", "/v1/tiles/priority/latest/night/pink",
                  "/v1/tiles/priority/..%2f/night/heat"):  # fmt: skip
        answer = client.get(f"{place}/{file}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        json.loads(answer.content)
