"""Approved assignments as vector tiles: whole, cut by tile, and never without a key."""

import datetime as dt
import json

import mapbox_vector_tile
import mercantile
import numpy as np
import published_city as city
import pyogrio
import pytest
import shapely
from headless_browser import find_browser, open_browser
from live_service import live
from PIL import Image
from pyproj import Transformer
from shapely.geometry import shape

from evenbeat.core.store.outlines import ASSIGNMENT_COLUMNS
from evenbeat.core.store.publication import publish_day
from evenbeat.tile_server.access.keys import KeyFile

TILES = "/v1/tiles/assignments/2017-01-03/night"
TO_DEGREES = Transformer.from_crs("EPSG:26971", "EPSG:4326", always_xy=True)
TO_MERCATOR = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)


def boxes_of_night(where):
    """Return nine approved boxes of one cell in a row, then one of each other status."""
    plan = city.assignments(where, status=dict.fromkeys(city.CALENDAR.names, "approved"))
    night = plan[plan["shift"] == "night"]
    rows = []
    for number, status in enumerate([*["approved"] * 9, "proposed", "rejected", "hold-out"]):
        row = night.iloc[0].copy()
        row["assignment_id"] = f"2017-01-03-night-01-{number:02}"
        row["rank"], row["status"] = number + 1, status
        row["geometry"] = where.box(5 + 2 * number, 20 + number)
        rows.append(row)
    return type(plan)(rows, geometry="geometry", crs=plan.crs)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planned")
    publish_day(folder, **city.arguments(plan=boxes_of_night(city.grid())))
    return folder


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return KeyFile(tmp_path_factory.mktemp("keys") / "keys.json")


@pytest.fixture
def guarded(planned, connect, keys):
    """Return a function that makes a key, and a client behind the real guard."""

    def make(*rights, **scope):
        _, token = keys.create("County GIS", now=dt.datetime.now(dt.UTC), rights=rights, **scope)
        return {"X-API-Key": token}

    make()
    service = connect(planned, keys_file=keys.path)
    return make, service


@pytest.fixture
def opened(guarded):
    """Return a client whose every request has a key with the right."""
    make, client = guarded
    client.headers.update(make("assignments"))
    return client


def decoded(answer):
    """Return the features of each layer in degrees, by a decoder that is given nothing else."""
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    return mapbox_vector_tile.decode(answer.content)


def mercator(feature, tile):
    """Return a decoded feature in Web Mercator."""
    edges = mercantile.xy_bounds(tile)
    size = (edges.right - edges.left) / 4096
    return shapely.transform(
        shape(feature["geometry"]), lambda at: np.array([edges.left, edges.bottom]) + at * size
    )


def published_boxes(client):
    """Return the boxes of the GeoJSON by id, in Web Mercator."""
    document = client.get("/v1/assignments/2017-01-03.geojson").json()
    return {
        each["properties"]["assignment_id"]: shapely.transform(
            shape(each["geometry"]), TO_MERCATOR.transform, interleaved=False
        )
        for each in document["features"]
    }


@pytest.mark.parametrize("zoom", [11, 13, 14, 15, 16])
def test_tiles__together_are_the_boxes_of_the_geojson(opened, zoom):
    expected = published_boxes(opened)
    assert len(expected) == 9
    bounds = opened.get(f"{TILES}/tilejson.json").json()["bounds"]
    parts, points = {}, []
    for tile in mercantile.tiles(*bounds, zoom):
        found = decoded(opened.get(f"{TILES}/{zoom}/{tile.x}/{tile.y}.mvt"))
        frame = shapely.box(*mercantile.xy_bounds(tile))
        for feature in found.get("assignments", {"features": []})["features"]:
            box = mercator(feature, tile)
            beyond = 64.5 / 4096 * (frame.bounds[2] - frame.bounds[0])
            assert frame.buffer(beyond, join_style="mitre").covers(box)
            parts.setdefault(feature["properties"]["assignment_id"], []).append(box & frame)
        for feature in found.get("assignment_points", {"features": []})["features"]:
            points.append(feature["properties"]["assignment_id"])
            point = mercator(feature, tile)
            unit = mercantile.CE / 2**zoom / 4096
            assert expected[points[-1]].buffer(unit).covers(point)
    assert sorted(points) == sorted(expected)  # each in one tile
    assert set(parts) == set(expected)
    for name, box in expected.items():
        resolution = 2 * mercantile.CE / 2**zoom / 4096
        whole = shapely.union_all(parts[name])
        assert shapely.hausdorff_distance(whole, box) <= 2 * resolution


def test_tiles__low_zooms_have_points_and_no_specks(opened):
    tile = mercantile.tile(-87.58, 41.83, 8)
    found = decoded(opened.get(f"{TILES}/8/{tile.x}/{tile.y}.mvt"))
    assert set(found) == {"assignment_points"}
    assert len(found["assignment_points"]["features"]) == 9
    assert found["assignment_points"]["extent"] == 4096


def test_tiles__properties_are_those_of_the_geojson(opened):
    document = opened.get("/v1/assignments/2017-01-03.geojson").json()
    known = {each["properties"]["assignment_id"]: each["properties"]
             for each in document["features"]}  # fmt: skip
    tile = mercantile.tile(-87.58, 41.83, 8)
    found = decoded(opened.get(f"{TILES}/8/{tile.x}/{tile.y}.mvt"))
    for feature in found["assignment_points"]["features"]:
        told = feature["properties"]
        assert told == known[told["assignment_id"]]
        assert set(told) <= {*ASSIGNMENT_COLUMNS}
    assert not {"reviewer", "status", "unit_id", "officers", "why"} & {*told}
    fields = opened.get(f"{TILES}/tilejson.json").json()["vector_layers"][0]["fields"]
    assert set(fields) == set(told)
    assert {name for name, kind in fields.items() if kind == "Number"} == {
        name for name, value in told.items() if isinstance(value, int | float)
    }


def test_tiles__what_is_not_approved_is_in_none(opened):
    ids = set()
    for zoom in range(17):
        for tile in mercantile.tiles(-87.8, 41.7, -87.4, 42.0, zoom) if zoom < 14 else ():
            for layer in decoded(opened.get(f"{TILES}/{zoom}/{tile.x}/{tile.y}.mvt")).values():
                ids |= {each["properties"]["assignment_id"] for each in layer["features"]}
    assert ids == {f"2017-01-03-night-01-{number:02}" for number in range(9)}


def test_tiles__gdal_reads_them(opened, tmp_path):
    tile = mercantile.tile(-87.58, 41.83, 12)
    path = tmp_path / "tile.mvt"
    expected, seen = published_boxes(opened), set()
    for tile in mercantile.tiles(*opened.get(f"{TILES}/tilejson.json").json()["bounds"], 13):
        content = opened.get(f"{TILES}/13/{tile.x}/{tile.y}.mvt").content
        if not content:
            continue
        path.write_bytes(content)
        assert {name for name, _ in pyogrio.list_layers(path)} <= {
            "assignments", "assignment_points",
        }  # fmt: skip
        table = pyogrio.read_dataframe(path, layer="assignments", X=tile.x, Y=tile.y, Z=13)
        assert table.crs.to_epsg() == 3857
        for row in table.itertuples():
            seen.add(row.assignment_id)
            inside = expected[row.assignment_id] & shapely.box(*mercantile.xy_bounds(tile))
            drawn = row.geometry & shapely.box(*mercantile.xy_bounds(tile))
            assert (
                drawn.symmetric_difference(inside).area <= 0.05 * expected[row.assignment_id].area
            )
    assert seen == set(expected)


def test_tiles__without_assignments_are_empty_and_valid(opened):
    answer = opened.get(f"{TILES}/12/0/0.mvt")
    assert (answer.content, decoded(answer)) == (b"", {})


def test_tiles__304_head_latest_and_caching(opened):
    tile = mercantile.tile(-87.58, 41.83, 12)
    place = f"{TILES}/12/{tile.x}/{tile.y}.mvt"
    answer = opened.get(place)
    assert answer.headers["cache-control"] == "private, max-age=60"
    again = opened.get(place, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = opened.head(place)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(answer.content)))
    latest = opened.get(place.replace("2017-01-03", "latest"))
    assert (latest.content, latest.headers["etag"]) == (answer.content, answer.headers["etag"])


@pytest.mark.parametrize("rest", [
    "17/0/0.mvt", "2/4/0.mvt", "2/0/4.mvt", "-1/0/0.mvt", "1/0/0.pbf", "99/0/0.mvt",
    f"1/0/{'9' * 5000}.mvt", "../tilejson.json",
])  # fmt: skip
def test_refusals__of_places(opened, rest):
    assert opened.get(f"{TILES}/{rest}").status_code == 404


@pytest.mark.parametrize("place", [
    "2016-01-01/night", "2017-01-03/dusk", "2017-01-03/day", "..%2f/night", "2017-01-03/..%2f",
])  # fmt: skip
def test_refusals__of_dates_and_shifts(opened, planned, place):
    for rest in ("0/0/0.mvt", "tilejson.json", "style.json"):
        answer = opened.get(f"/v1/tiles/assignments/{place}/{rest}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert str(planned) not in answer.text


def test_rights__no_address_answers_without_it(guarded, planned, connect):
    make, client = guarded
    others = (make(), make("download"))
    open_service = connect(planned)
    for place in (f"{TILES}/0/0/0.mvt", f"{TILES}/tilejson.json", f"{TILES}/style.json",
                  "/v1/assignments/2017-01-03.geojson",
                  "/v1/tiles/assignments/2016-01-01/night/0/0/0.mvt"):  # fmt: skip
        for key in others:
            assert client.get(place, headers=key).status_code == 403
        assert client.get(place).status_code == 401
        # without a book of keys the service is open, but where officers will be is not
        assert open_service.get(place).status_code == 403


def test_keys__limit_dates_and_zooms(guarded):
    make, client = guarded
    late = make("assignments", oldest_lag_days=30)
    assert client.get(f"{TILES}/0/0/0.mvt", headers=late).status_code == 404
    shallow = make("assignments", maximum_zoom=11)
    document = client.get(f"{TILES}/tilejson.json", headers=shallow).json()
    assert {document["maxzoom"], *(layer["maxzoom"] for layer in document["vector_layers"])} == {11}
    assert client.get(f"{TILES}/11/0/0.mvt", headers=shallow).status_code == 200
    assert client.get(f"{TILES}/12/0/0.mvt", headers=shallow).status_code == 404


def test_tilejson__addresses_are_signed_for_this_plan_alone(guarded):
    make, client = guarded
    key = make("assignments")
    document = client.get(f"{TILES}/tilejson.json", headers=key).json()
    (address,) = document["tiles"]
    assert key["X-API-Key"] not in address
    place = address.removeprefix("http://127.0.0.1:8765").replace("{z}/{x}/{y}", "0/0/0")
    assert client.get(place).status_code == 200
    for other in (place.replace("night", "day"), place.replace("sig=", "sig=0"),
                  place.replace("2017-01-03", "latest")):  # fmt: skip
        assert client.get(other).status_code == 401
    west, south, east, north = document["bounds"]
    assert west < document["center"][0] < east
    assert south < document["center"][1] < north


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
  map.setZoom(12);
  await new Promise((resolve) => map.once("idle", resolve));
  const boxes = map.querySourceFeatures("assignments", { sourceLayer: "assignments" });
  const ids = new Set(boxes.map((feature) => feature.id));
  return JSON.stringify({ errors, loaded: map.areTilesLoaded(), ids: [...ids].sort() });
})()
"""


@pytest.mark.browser
@pytest.mark.slow
def test_style__maplibre_draws_the_boxes(planned, keys, tmp_path):
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium on this computer; on Debian: apt install chromium")
    _, token = keys.create("Map", now=dt.datetime.now(dt.UTC), rights=("assignments",))
    public = {"keys_file": keys.path, "public_layers": ("*",)}
    with live(planned, **public) as address, open_browser(program) as page:
        page.open(f"{address}/map", width=800, height=600)
        style = f"{address}{TILES}/style.json?key={token}"
        told = json.loads(page.run(SHOW.replace("STYLE", style)))
        page.picture(tmp_path / "assignments.png")
    assert told["errors"] == []
    assert told["loaded"]
    assert told["ids"] == [f"2017-01-03-night-01-{number:02}" for number in range(9)]
    pixels = np.asarray(Image.open(tmp_path / "assignments.png").convert("RGB")).astype(int)
    line = np.array([0x1B, 0x3A, 0x5C])
    assert (np.abs(pixels - line).max(axis=-1) <= 8).sum() > 200
