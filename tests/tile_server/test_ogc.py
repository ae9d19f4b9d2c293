"""OGC API Tiles: every link leads somewhere, every tile within the limits is a picture."""

import datetime as dt
import json
import shutil

import httpx
import mercantile
import pytest
from live_service import live
from starlette.testclient import TestClient

from evenbeat.core.store.manifest import MANIFEST_FILE
from evenbeat.tile_server.access.grants import Grant
from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.access.middleware import AccessMiddleware, Guard
from evenbeat.tile_server.access.rates import Rates
from evenbeat.tile_server.access.ring import KeyRing
from evenbeat.tile_server.styles.style_files import load_styles

COLLECTION = "/v1/collections/risk-robbery.night"
MATRIX_SETS = ("WebMercatorQuad", "GoogleMapsCompatible", "EPSG:3857")
MAPS = ("", "/2017-01-02", "/latest", "/styles/colour-blind-safe",
        "/2017-01-02/styles/colour-blind-safe")  # fmt: skip


@pytest.fixture(scope="module")
def address(published):
    with live(published) as address:
        yield address


def links_of(document):
    """Return every link of a document, wherever it stands."""
    if isinstance(document, list):
        return [link for each in document for link in links_of(each)]
    if not isinstance(document, dict):
        return []
    own = [document] if "href" in document and "rel" in document else []
    return own + [link for each in document.values() for link in links_of(each)]


def test_links__lead_everywhere_and_nowhere_else(address):
    seen, waiting = {}, [f"{address}/v1/"]
    with httpx.Client() as http:
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            answer = http.get(place)
            assert answer.status_code == 200, place
            seen[place] = answer.headers["content-type"].split(";")[0]
            if "json" in seen[place] and "openapi" not in place:
                for link in links_of(answer.json()):
                    assert link["href"].startswith(f"{address}/v1/")
                    if not link.get("templated"):
                        waiting.append(link["href"])
    # 12 collections, each with a newest map and two dates, three matrix sets each
    assert sum(place.endswith("/EPSG:3857") for place in seen) == 12 * 3 + 1
    assert f"{address}/v1/stac/priority/2017-01-02/day/item.json" in seen


def test_collections__owslib_reads_them(address):
    collections = pytest.importorskip("owslib.ogcapi").Collections(f"{address}/v1/")
    assert len(collections.collections()["collections"]) == 12
    found = collections.collection("risk-robbery.night")
    assert found["title"] == "Risk: robbery, night"
    assert found["dates"] == ["2017-01-02", "2017-01-03"]
    assert found["extent"]["temporal"]["interval"] == [
        ["2017-01-03T05:00:00+00:00", "2017-01-04T13:00:00+00:00"]
    ]
    conforms = collections.conformance()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core" in conforms


@pytest.mark.parametrize("name", MATRIX_SETS)
@pytest.mark.parametrize("prefix", MAPS)
def test_tiles__all_within_the_limits_are_those_of_the_hot_path(client, prefix, name):
    address = f"{COLLECTION}{prefix}/map/tiles/{name}"
    tileset = client.get(address).json()
    (template,) = [link["href"] for link in tileset["links"] if link["rel"] == "item"]
    date = "2017-01-02" if "2017-01-02" in prefix else "latest"
    style = "colour-blind-safe" if "styles" in prefix else next(iter(load_styles()))
    count = 0
    for limit in tileset["tileMatrixSetLimits"][:13]:
        zoom = int(limit["tileMatrix"])
        for row in range(limit["minTileRow"], limit["maxTileRow"] + 1):
            for column in range(limit["minTileCol"], limit["maxTileCol"] + 1):
                filled = template.format(tileMatrix=zoom, tileRow=row, tileCol=column)
                answer = client.get(filled.replace("http://127.0.0.1:8765", ""))
                assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
                hot = client.get(
                    f"/v1/tiles/risk-robbery/{date}/night/{style}/{zoom}/{column}/{row}.png"
                )
                assert answer.content == hot.content
                count += 1
    assert count >= 13


def test_tileset__limits_are_the_tiles_that_the_bounds_touch(client):
    tileset = client.get(f"{COLLECTION}/map/tiles/WebMercatorQuad").json()
    bounds = (*tileset["boundingBox"]["lowerLeft"], *tileset["boundingBox"]["upperRight"])
    assert len(tileset["tileMatrixSetLimits"]) == 19
    for limit in tileset["tileMatrixSetLimits"]:
        tiles = list(mercantile.tiles(*bounds, int(limit["tileMatrix"])))
        assert {limit["minTileRow"], limit["maxTileRow"]} == {
            min(tile.y for tile in tiles), max(tile.y for tile in tiles),
        }  # fmt: skip
        assert {limit["minTileCol"], limit["maxTileCol"]} == {
            min(tile.x for tile in tiles), max(tile.x for tile in tiles),
        }  # fmt: skip


@pytest.mark.parametrize("name", MATRIX_SETS)
def test_matrix_sets__halve_from_one_tile(client, name):
    document = client.get(f"/v1/tileMatrixSets/{name}").json()
    assert document["id"] == name
    assert document["crs"] == "http://www.opengis.net/def/crs/EPSG/0/3857"
    for zoom, matrix in enumerate(document["tileMatrices"]):
        assert matrix["id"] == str(zoom)
        assert matrix["matrixWidth"] == matrix["matrixHeight"] == 2**zoom
        assert matrix["scaleDenominator"] == pytest.approx(559082264.0287178 / 2**zoom)
        assert matrix["pointOfOrigin"] == pytest.approx([-20037508.3427892, 20037508.3427892])


@pytest.mark.parametrize("rest", [
    "/map/tiles/WebMercatorQuad/12/4096/0", "/map/tiles/WebMercatorQuad/19/0/0",
    "/map/tiles/WebMercatorQuad/-1/0/0", "/map/tiles/Other/1/0/0",
    f"/map/tiles/WebMercatorQuad/1/0/{'9' * 5000}", "/2016-01-01/map/tiles",
    "/2017-01-03%0a/map/tiles", "/styles/pink/map/tiles", "/..%2f/map/tiles",
    "/yesterday/map/tiles",
])  # fmt: skip
def test_refusals__are_problems_that_say_what_to_do(client, published, rest):
    answer = client.get(f"{COLLECTION}{rest}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json()["detail"]) > 20
    assert str(published) not in answer.text


@pytest.mark.parametrize("name", ["priority", "priority.dusk", "no.day", "..", "a" * 200 + ".day"])
def test_refusals__unknown_collections(client, name):
    assert client.get(f"/v1/collections/{name}/map/tiles").status_code == 404


def test_keys__limit_the_zooms_and_are_carried_on(published, connect, tmp_path):
    file = KeyFile(tmp_path / "keys.json")
    _, token = file.create("County GIS", now=dt.datetime.now(dt.UTC), maximum_zoom=11)
    guard = Guard(KeyRing(file.path), Grant("public"), Rates())
    client = TestClient(AccessMiddleware(connect(published).app, guard),
                        base_url="http://127.0.0.1:8765")  # fmt: skip
    place = f"{COLLECTION}/map/tiles/EPSG:3857"
    tileset = client.get(place, params={"key": token}).json()
    assert len(tileset["tileMatrixSetLimits"]) == 12
    assert all(link["href"].endswith(f"?key={token}") for link in links_of(tileset))
    assert client.get(f"{place}/12/0/0", params={"key": token}).status_code == 404
    assert client.get(f"{place}/11/0/0", params={"key": token}).status_code == 200
    assert client.get(f"{place}/12/0/0").status_code == 200


def test_addresses__come_from_the_settings(published, connect, tmp_path):
    client = connect(published, public_base_url="https://tiles.example.org/eb/")
    for place in ("/v1/", "/v1/collections", f"{COLLECTION}/map/tiles"):
        answer = client.get(place, headers={"X-Forwarded-Host": "evil.example"})
        assert all(link["href"].startswith("https://tiles.example.org/eb/v1/")
                   for link in links_of(answer.json()))  # fmt: skip
    folder = shutil.copytree(published, tmp_path / "copy")
    document = json.loads((folder / MANIFEST_FILE).read_text())
    document["layers"] = {}
    (folder / MANIFEST_FILE).write_text(json.dumps(document))
    assert connect(folder).get("/v1/collections").json()["collections"] == []
