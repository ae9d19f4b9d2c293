"""WMTS: what OWSLib and GDAL make of it, and what a wrong request is told."""

import datetime as dt
import io
import json
import os
import shutil
from pathlib import Path
from xml.etree import ElementTree

import mercantile
import numpy as np
import published_city as city
import pytest
import rasterio
from live_service import live
from PIL import Image
from pyproj import Transformer
from starlette.testclient import TestClient

from evenbeat.core.store.manifest import MANIFEST_FILE, read_manifest
from evenbeat.tile_server.access.grants import Grant
from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.access.middleware import AccessMiddleware, Guard
from evenbeat.tile_server.access.rates import Rates
from evenbeat.tile_server.access.ring import KeyRing
from evenbeat.tile_server.styles.style_files import load_styles

CAPABILITIES = "/v1/wmts/1.0.0/WMTSCapabilities.xml"
MATRIX_SETS = ("WebMercatorQuad", "GoogleMapsCompatible", "EPSG:3857")
NAMES = {"w": "http://www.opengis.net/wmts/1.0", "o": "http://www.opengis.net/ows/1.1"}
LAYER = "risk-robbery.night"
FITTING = {each.id for each in load_styles().values() if each.fits("1")}
PLACE = mercantile.tile(-87.58, 41.83, 12)
EDGE, POINT = mercantile.xy_bounds(PLACE), mercantile.xy(-87.58, 41.83)
PIXEL_M = (EDGE.right - EDGE.left) / 256
COLUMN, ROW = int((POINT[0] - EDGE.left) / PIXEL_M), int((EDGE.top - POINT[1]) / PIXEL_M)
TILE = {"service": "WMTS", "request": "GetTile", "version": "1.0.0", "layer": LAYER,
        "style": "heat", "format": "image/png", "tilematrixset": "WebMercatorQuad",
        "tilematrix": PLACE.z, "tilerow": PLACE.y, "tilecol": PLACE.x}  # fmt: skip
HOT = f"/v1/tiles/risk-robbery/{{}}/night/heat/{PLACE.z}/{PLACE.x}/{PLACE.y}.png"
REST = f"/v1/wmts/1.0.0/{LAYER}/heat/{{}}/{{}}/{PLACE.z}/{PLACE.y}/{PLACE.x}"


# OWSLib asks an element of lxml whether it is there by its truth.
pytestmark = pytest.mark.filterwarnings("ignore:Truth-testing of elements:FutureWarning")


@pytest.fixture(scope="module")
def address(published):
    with live(published) as address:
        yield address


@pytest.fixture
def keyed(published, connect, tmp_path):
    """Return a client behind the real guard, and its key: one layer, at most zoom 11."""
    file = KeyFile(tmp_path / "keys.json")
    _, token = file.create(
        "County GIS", now=dt.datetime.now(dt.UTC), layers=("risk-*",), maximum_zoom=11
    )
    guard = Guard(KeyRing(file.path), Grant("public"), Rates())
    app = AccessMiddleware(connect(published).app, guard)
    return TestClient(app, base_url="http://127.0.0.1:8765"), token


def tree(answer):
    assert answer.headers["content-type"] == "application/xml"
    return ElementTree.fromstring(answer.content)


def exception(answer):
    """Return the code and the locator of an exception report."""
    report = tree(answer)
    assert report.tag == "{http://www.opengis.net/ows/1.1}ExceptionReport"
    (found,) = report.findall("o:Exception", NAMES)
    assert found.find("o:ExceptionText", NAMES).text.strip()
    return found.get("exceptionCode"), found.get("locator")


def test_capabilities__owslib_reads_layers_dates_styles_and_bounds(address, client):
    wmts = pytest.importorskip("owslib.wmts").WebMapTileService(f"{address}{CAPABILITIES}")
    by_keys = pytest.importorskip("owslib.wmts").WebMapTileService(f"{address}/v1/wmts")
    assert set(wmts.contents) == set(by_keys.contents) == {
        f"{layer}.{shift}" for shift in ("day", "evening", "night")
        for layer in ("priority", "risk-burglary", "risk-motor_vehicle_theft", "risk-robbery")
    }  # fmt: skip
    assert set(wmts.tilematrixsets) == set(MATRIX_SETS)
    layer = wmts.contents[LAYER]
    assert layer.title == "Risk: robbery, night"
    assert set(layer.styles) == FITTING
    assert layer.styles["heat"]["isDefault"]
    assert layer.dimensions["Time"]["values"] == ["2017-01-02", "2017-01-03"]
    assert layer.dimensions["Time"]["default"] == "2017-01-03"
    facts = client.get("/v1/layers/risk-robbery/dates").json()[0]["shifts"][2]
    assert list(layer.boundingBoxWGS84) == facts["bounds"]
    for style in layer.styles.values():
        legend = style["legend"].replace(address, "")
        assert client.get(legend).headers["content-type"] == "image/png"
    for matrix_set in wmts.tilematrixsets.values():
        for level, matrix in matrix_set.tilematrix.items():
            assert matrix.matrixwidth == 2 ** int(level)
            assert matrix.scaledenominator == pytest.approx(559082264.0287178 / 2 ** int(level))


@pytest.mark.parametrize("name", MATRIX_SETS)
def test_tiles__owslib_reads_every_tile_by_keys_and_by_address(address, client, name):
    wmts = pytest.importorskip("owslib.wmts").WebMapTileService(f"{address}{CAPABILITIES}")
    by_keys = pytest.importorskip("owslib.wmts").WebMapTileService(f"{address}/v1/wmts")
    for style in sorted(FITTING):
        for zoom in (9, 11, 12):
            for place in mercantile.tiles(*wmts.contents[LAYER].boundingBoxWGS84, zoom):
                asked = {"layer": LAYER, "style": style, "tilematrixset": name,
                         "tilematrix": str(zoom), "row": place.y, "column": place.x,
                         "format": "image/png"}  # fmt: skip
                hot = client.get(f"/v1/tiles/risk-robbery/latest/night/{style}/"
                                 f"{zoom}/{place.x}/{place.y}.png").content  # fmt: skip
                assert wmts.gettile(**asked).read() == hot
                assert by_keys.gettile(**asked).read() == hot
    asked["Time"] = "2017-01-02"
    former = client.get(f"/v1/tiles/risk-robbery/2017-01-02/night/{style}/"
                        f"{zoom}/{place.x}/{place.y}.png").content  # fmt: skip
    assert by_keys.gettile(**asked).read() == former


@pytest.mark.parametrize("name", MATRIX_SETS)
@pytest.mark.parametrize("entry", [CAPABILITIES, "/v1/wmts"])
def test_tiles__gdal_draws_every_cell_in_its_colour(address, name, entry):
    style = load_styles()["heat"]
    query = "?service=WMTS&request=GetCapabilities" if entry == "/v1/wmts" else ""
    source = f"WMTS:{address}{entry}{query},layer={LAYER},style=heat,tilematrixset={name}"
    cells = city.risk(city.grid())["expected_count"].sel(crime_type="robbery", shift="night").values
    rows, columns = np.nonzero(np.isfinite(cells))
    easts, norths = city.grid().eastings[columns], city.grid().northings[rows]
    to_mercator = Transformer.from_crs("EPSG:26971", "EPSG:3857", always_xy=True)
    x, y = to_mercator.transform(easts, norths)
    with rasterio.Env(GDAL_HTTP_TIMEOUT="20", GDAL_ENABLE_WMS_CACHE="NO"):
        with rasterio.open(source) as wmts:
            assert wmts.crs.to_epsg() == 3857
            level = wmts.overviews(1).index(64)  # zoom 18 less 6
        with rasterio.open(source, overview_level=level) as wmts:
            picture = wmts.read()
            at = [wmts.index(*place) for place in zip(x, y, strict=True)]
    seen = np.array([picture[:, row, column] for row, column in at])
    values = cells[rows, columns]
    edges = np.sort(values)[::-1][[int(values.size * share) - 1
                                   for share in (0.05, 0.02, 0.01, 0.005)]]  # fmt: skip
    expected = style.palette[1 + (values[:, None] >= edges).sum(axis=1)]
    assert (seen == expected).all(axis=1).mean() > 0.999


@pytest.mark.parametrize("time", ["{Time}", "%7BTime%7D", "2031-01-01", "current", "latest", "x"])
@pytest.mark.parametrize("name", MATRIX_SETS)
def test_tiles__an_unexpanded_or_unknown_time_is_the_newest_date(client, time, name):
    answer = client.get(f"{REST.format(time, name)}.png")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=60")
    assert answer.content == client.get(HOT.format("latest")).content
    by_keys = client.get("/v1/wmts", params={**TILE, "time": time, "tilematrixset": name})
    assert by_keys.content == answer.content
    former = client.get(f"{REST.format('2017-01-02', name)}.png").content
    assert former == client.get(HOT.format("2017-01-02")).content != answer.content


def test_tiles__keys_in_any_case_and_304(client):
    loud = {key.upper(): value for key, value in TILE.items()}
    answer = client.get("/v1/wmts", params={**loud, "SERVICE": "wmts", "REQUEST": "gettile"})
    assert answer.content == client.get("/v1/wmts", params=TILE).content
    again = client.get("/v1/wmts", params=TILE, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    without = {key: value for key, value in TILE.items() if key not in ("style", "version")}
    assert client.get("/v1/wmts", params=without).content == answer.content


@pytest.mark.parametrize(("change", "status", "code", "locator"), [
    ({"service": None}, 400, "MissingParameterValue", "service"),
    ({"request": None}, 400, "MissingParameterValue", "request"),
    ({"service": "WMS"}, 400, "InvalidParameterValue", "service"),
    ({"request": "GetMap"}, 501, "OperationNotSupported", "request"),
    ({"version": "2.0.0"}, 400, "InvalidParameterValue", "version"),
    ({"request": "GetCapabilities", "acceptversions": "2.0.0"}, 400,
     "VersionNegotiationFailed", "acceptversions"),
    ({"layer": None}, 400, "MissingParameterValue", "layer"),
    ({"layer": "risk-robbery"}, 400, "InvalidParameterValue", "layer"),
    ({"layer": "../../etc.night"}, 400, "InvalidParameterValue", "layer"),
    ({"style": "pink"}, 400, "InvalidParameterValue", "style"),
    ({"format": "image/jpeg"}, 400, "InvalidParameterValue", "format"),
    ({"tilematrixset": "WorldCRS84Quad"}, 400, "InvalidParameterValue", "tilematrixset"),
    ({"tilematrix": "19"}, 400, "InvalidParameterValue", "tilematrix"),
    ({"tilematrix": "9" * 5000}, 400, "InvalidParameterValue", "tilematrix"),
    ({"tilerow": "-1"}, 400, "InvalidParameterValue", "tilerow"),
    ({"tilerow": "4096"}, 400, "TileOutOfRange", "tilerow"),
    ({"tilecol": "99999999"}, 400, "TileOutOfRange", "tilecol"),
    ({"request": "GetFeatureInfo", "j": 0, "i": 0}, 400, "MissingParameterValue", "infoformat"),
    ({"request": "GetFeatureInfo", "j": 0, "i": 0, "infoformat": "a/b"}, 400,
     "InvalidParameterValue", "infoformat"),
    ({"request": "GetFeatureInfo", "j": 0, "i": 256, "infoformat": "text/plain"}, 400,
     "PointIJOutOfRange", "i"),
])  # fmt: skip
def test_refusals__are_exception_reports(client, change, status, code, locator):
    given = {key: value for key, value in {**TILE, **change}.items() if value is not None}
    answer = client.get("/v1/wmts", params=given)
    assert (answer.status_code, *exception(answer)) == (status, code, locator)


def test_refusals__by_address_and_without_a_publication(client, tmp_path, connect):
    answer = client.get(f"{REST.format('latest', 'Other')}.png")
    assert (answer.status_code, *exception(answer)) == (
        400, "InvalidParameterValue", "tilematrixset",
    )  # fmt: skip
    answer = client.get("/v1/wmts/1.0.0/..%2f/heat/x/EPSG:3857/1/0/0.png")
    assert answer.status_code in (400, 404)
    many = "&".join(f"a{number}=1" for number in range(100))
    assert exception(client.get(f"/v1/wmts?{many}"))[0] == "NoApplicableCode"
    answer = connect(tmp_path).get(CAPABILITIES)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert exception(answer)[0] == "NoApplicableCode"
    assert str(tmp_path) not in answer.text


def test_feature_info__is_the_value_below_the_pixel(client):
    asked = {**TILE, "request": "GetFeatureInfo", "j": ROW, "i": COLUMN}
    facts = client.get("/v1/wmts", params={**asked, "infoformat": "application/json"}).json()
    lon, lat = mercantile.lnglat(
        EDGE.left + (COLUMN + 0.5) * PIXEL_M, EDGE.top - (ROW + 0.5) * PIXEL_M
    )
    assert (facts["lon"], facts["lat"]) == pytest.approx((lon, lat), abs=1e-6)
    point = client.get("/v1/tiles/risk-robbery/latest/night/point", params={"lon": lon, "lat": lat})
    assert facts["value"] == point.json()["value"] > 0
    by_address = client.get(f"{REST.format('{Time}', 'EPSG:3857')}/{ROW}/{COLUMN}.json")
    assert by_address.json() == facts
    plain = client.get("/v1/wmts", params={**asked, "infoformat": "text/plain"})
    assert plain.headers["content-type"].startswith("text/plain")
    assert f"{facts['value']:.6g}" in plain.text
    page = client.get("/v1/wmts", params={**asked, "infoformat": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert facts["words"] in page.text


def test_capabilities__hostile_titles_are_escaped_and_hosts_ignored(published, connect, tmp_path):
    folder = shutil.copytree(published, tmp_path / "copy")
    document = json.loads((folder / MANIFEST_FILE).read_text())
    title = "Risk & <script>alert('x')</script> \"é\" ]]>"
    document["layers"]["risk-robbery"]["title"] = f"{title}\u0000\u000b\ufffe"
    (folder / MANIFEST_FILE).write_text(json.dumps(document))
    client = connect(folder, public_base_url="https://tiles.example.org/eb/")
    answer = client.get(CAPABILITIES, headers={"X-Forwarded-Host": "evil.example"})
    titles = [each.text for each in tree(answer).findall(".//w:Layer/o:Title", NAMES)]
    assert f"{title}, night" in titles
    assert b"<script" not in answer.content
    hrefs = {value for each in tree(answer).iter() for key, value in each.items()
             if key.endswith("href") or key == "template"}  # fmt: skip
    assert all(each.startswith("https://tiles.example.org/eb/v1/") for each in hrefs)
    info = client.get(f"{REST.format('x', 'EPSG:3857')}/{ROW}/{COLUMN}.html")
    assert "&lt;script&gt;" in info.text
    assert "<script" not in info.text


def test_capabilities__a_shift_that_the_newest_date_lacks_keeps_its_own_dates(
    published, connect, tmp_path
):
    folder = shutil.copytree(published, tmp_path / "copy")
    document = json.loads((folder / MANIFEST_FILE).read_text())
    del document["layers"]["risk-robbery"]["dates"]["2017-01-03"]["night"]
    (folder / MANIFEST_FILE).write_text(json.dumps(document))
    client = connect(folder)
    newest = client.get(HOT.format("2017-01-02"))
    assert newest.status_code == 200
    assert client.get(HOT.format("latest")).content == newest.content
    assert client.get(HOT.format("2017-01-03")).status_code == 404
    answer = client.get(f"{REST.format('2017-01-03', 'EPSG:3857')}.png")
    assert answer.content == newest.content


def test_keys__are_carried_on_only_from_an_address_and_limit_the_zooms(keyed):
    client, token = keyed
    public = tree(client.get(CAPABILITIES))
    assert len(public.findall(".//w:TileMatrixSet/w:TileMatrix", NAMES)) == 3 * 19
    by_header = client.get(CAPABILITIES, headers={"X-API-Key": token})
    assert token not in by_header.text
    assert len(tree(by_header).findall(".//w:TileMatrixSet/w:TileMatrix", NAMES)) == 3 * 12
    by_address = client.get(CAPABILITIES, params={"key": token})
    assert "private" in by_address.headers["cache-control"]
    templates = [each.get("template") for each in tree(by_address).iter() if each.get("template")]
    assert all(each.endswith(f"?key={token}") for each in templates)
    assert client.get(CAPABILITIES, params={"key": "evb_0_no"}).status_code == 401
    refused = client.get("/v1/wmts", params={**TILE, "key": token})
    assert exception(refused) == ("InvalidParameterValue", "tilematrix")


def test_keys__one_pasted_address_is_enough_for_gdal_and_owslib(published, tmp_path, client):
    file = KeyFile(tmp_path / "keys.json")
    _, token = file.create("County GIS", now=dt.datetime.now(dt.UTC))
    hot = client.get(HOT.format("latest")).content
    with live(published, guard=Guard(KeyRing(file.path), None, Rates())) as address:
        entry = f"{address}{CAPABILITIES}?key={token}"
        with rasterio.open(f"WMTS:{entry},layer={LAYER},style=heat") as wmts:
            level = wmts.overviews(1).index(64)
        with rasterio.open(
            f"WMTS:{entry},layer={LAYER},style=heat", overview_level=level
        ) as wmts:  # fmt: skip
            assert wmts.read(4).max() == load_styles()["heat"].palette[-1, 3]
        asked = {"layer": LAYER, "style": "heat", "tilematrixset": "EPSG:3857",
                 "tilematrix": str(PLACE.z), "row": PLACE.y, "column": PLACE.x,
                 "format": "image/png"}  # fmt: skip
        owslib = pytest.importorskip("owslib.wmts")
        for pasted in (entry, f"{address}/v1/wmts?key={token}"):
            assert owslib.WebMapTileService(pasted).gettile(**asked).read() == hot


def test_capabilities__are_valid_by_the_schema_of_ogc(client):
    """Needs the schema files of OGC: OGC_SCHEMAS names a folder with wmts, ows, xlink in it."""
    folder = os.environ.get("OGC_SCHEMAS")
    etree = pytest.importorskip("lxml.etree")
    if not folder:
        pytest.skip("OGC_SCHEMAS is not set")

    class Local(etree.Resolver):
        def resolve(self, url, _, context):
            files = sorted(Path(folder).rglob(url.rsplit("/", 1)[-1]))
            inside = url.split("opengis.net/")[-1]
            exact = [file for file in files if str(file).endswith(inside)]
            return self.resolve_filename(str((exact or files)[0]), context)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    top = Path(folder) / "wmts/1.0/wmtsGetCapabilities_response.xsd"
    schema = etree.XMLSchema(etree.parse(str(top), parser))
    document = etree.parse(io.BytesIO(client.get(CAPABILITIES).content))
    assert schema.validate(document), schema.error_log


def test_tiles__are_pictures_of_the_published_version(client, published):
    version = read_manifest(published).layers["risk-robbery"].dates["2017-01-03"]["night"].version
    answer = client.get(f"{REST.format('2017-01-03', 'WebMercatorQuad')}.png")
    assert version in answer.headers["etag"]
    assert Image.open(io.BytesIO(answer.content)).size == (256, 256)
