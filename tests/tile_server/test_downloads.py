"""Downloads, assignments, STAC and figures: whole, by range, by right, and within caps."""

import csv
import datetime as dt
import hashlib
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pandas as pd
import published_city as city
import pystac
import pytest
import rasterio
import shapely
from live_service import live
from pyproj import Transformer
from rasterio.io import MemoryFile
from shapely.geometry import Polygon, mapping
from starlette.testclient import TestClient

from evenbeat.core.store.manifest import read_manifest
from evenbeat.core.store.publication import publish_day
from evenbeat.tile_server.access.grants import Grant
from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.access.middleware import AccessMiddleware, Guard
from evenbeat.tile_server.access.rates import Rates
from evenbeat.tile_server.access.ring import KeyRing
from evenbeat.tile_server.answering.refusals import RefusalError
from evenbeat.tile_server.answering.workers import Workers

TIF = "/v1/download/risk-robbery/2017-01-03/night.tif"
NIGHT = "/v1/tiles/risk-robbery/2017-01-03/night"
TO_GRID = Transformer.from_crs("EPSG:4326", "EPSG:26971", always_xy=True)
TO_DEGREES = Transformer.from_crs("EPSG:26971", "EPSG:4326", always_xy=True)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A publication whose evening has no approved assignment."""
    folder = tmp_path_factory.mktemp("planned")
    status = {"day": "approved", "evening": "proposed", "night": "approved"}
    publish_day(folder, **city.arguments(plan=city.assignments(city.grid(), status=status)))
    return folder


@pytest.fixture
def guarded(planned, connect, tmp_path):
    """Return a function that makes a key with rights, and a client behind the real guard."""
    file = KeyFile(tmp_path / "keys.json")

    def make(*rights):
        _, token = file.create("County GIS", now=dt.datetime.now(dt.UTC), rights=rights)
        return {"X-API-Key": token}

    guard = Guard(KeyRing(file.path), Grant("public"), Rates())
    app = AccessMiddleware(connect(planned).app, guard)
    return make, TestClient(app, base_url="http://127.0.0.1:8765", raise_server_exceptions=False)


def raster_file(folder):
    raster = read_manifest(folder).layers["risk-robbery"].dates["2017-01-03"]["night"]
    return (folder / raster.path).read_bytes(), raster


def in_degrees(shape):
    return shapely.transform(shape, TO_DEGREES.transform, interleaved=False)


def night_robbery():
    return city.risk(city.grid())["expected_count"].sel(crime_type="robbery", shift="night").values


def problem(answer, status):
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()["detail"]


def test_download__whole_by_range_and_by_tag(client, published):
    content, raster = raster_file(published)
    whole = client.get(TIF)
    assert whole.content == content
    assert hashlib.sha256(whole.content).hexdigest() == raster.sha256
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-type"].startswith("image/tiff; application=geotiff")
    assert "risk-robbery-2017-01-03-night.tif" in whole.headers["content-disposition"]
    tag = whole.headers["etag"]
    part = client.get(TIF, headers={"Range": "bytes=100-299"})
    assert (part.status_code, part.content) == (206, content[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(content)}"
    assert part.headers["etag"] == tag
    end = client.get(TIF, headers={"Range": "bytes=-50", "If-Range": tag})
    assert (end.status_code, end.content) == (206, content[-50:])
    stale = client.get(TIF, headers={"Range": "bytes=-50", "If-Range": '"other"'})
    assert (stale.status_code, stale.content) == (200, content)
    beyond = client.get(TIF, headers={"Range": "bytes=99999999-"})
    assert beyond.status_code == 416
    assert client.get(TIF, headers={"If-None-Match": tag}).status_code == 304
    head = client.head(TIF)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(content)))


@pytest.mark.parametrize("text", ["bytes=x", "bytes=9-2", "bytes", "lines=0-9", "bytes=--5"])
def test_download__what_is_no_range_is_passed_over(client, text):
    answer = client.get(TIF, headers={"Range": text})
    assert answer.status_code == 200
    assert answer.content == client.get(TIF).content


def test_download__gdal_reads_it_by_range(published):
    _, raster = raster_file(published)
    with (
        live(published) as address,
        rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"),
        rasterio.open(f"/vsicurl/{address}{TIF}") as source,
    ):
        assert source.driver == "GTiff"
        np.testing.assert_array_equal(source.read(1), night_robbery())
        assert source.tags()["run_id"] == raster.run_id


@pytest.mark.parametrize("place", [
    "/v1/download/no/latest/night.tif", "/v1/download/priority/2016-01-01/night.tif",
    "/v1/download/priority/latest/..%2fnight.tif", "/v1/download/..%2f..%2fetc/latest/passwd.tif",
    "/v1/download/priority/latest/night/hourly.tif", "/v1/assignments/..%2f.geojson",
    "/v1/stac/..%2f/collection.json", "/v1/stac/no/collection.json",
    "/v1/stac/priority/2016-01-01/day/item.json", "/v1/stac/manifest.json",
])  # fmt: skip
def test_refusals__unknown_ids_and_tricks_are_404_without_a_path(client, published, place):
    if "assignments" not in place:
        problem(client.get(place), 404)
    answer = client.get(place)
    assert answer.status_code in (403, 404)
    assert str(published) not in answer.text


def test_download__a_removed_file_is_503(tmp_path, connect):
    publish_day(tmp_path, **city.arguments())
    _, raster = raster_file(tmp_path)
    (tmp_path / raster.path).unlink()
    (tmp_path / raster.item).unlink()
    client = connect(tmp_path)
    for place in (TIF, "/v1/stac/risk-robbery/2017-01-03/night/item.json"):
        answer = client.get(place)
        assert "again" in problem(answer, 503)
        assert answer.headers["retry-after"] == "5"


def test_rights__each_opens_its_own(guarded):
    make, client = guarded
    nothing, download, boxes = make(), make("download"), make("assignments")
    assignments = "/v1/assignments/2017-01-03.geojson"
    assert client.get(TIF, headers=download).status_code == 200
    assert client.get(assignments, headers=boxes).status_code == 200
    for place, key in ((TIF, nothing), (TIF, boxes), (TIF, {}), (assignments, nothing),
                       (assignments, download), (assignments, {})):  # fmt: skip
        assert "right" in problem(client.get(place, headers=key), 403)
    assert "private" in client.get(TIF, headers=download).headers["cache-control"]


def test_assignments__approved_alone_and_never_without_a_key(guarded, planned, connect):
    make, client = guarded
    key = make("assignments")
    document = client.get("/v1/assignments/latest.geojson", headers=key).json()
    assert document["date"] == "2017-01-03"
    assert [each["properties"]["shift"] for each in document["features"]] == ["day", "night"]
    grid = city.grid()
    for number, feature in zip((0, 2), document["features"], strict=True):
        box = in_degrees(grid.box(5 + number, 20 + number))
        assert Polygon(feature["geometry"]["coordinates"][0]).symmetric_difference(box).area < (
            0.001 * box.area
        )
    assert "someone" not in json.dumps(document)  # who approved stays inside
    problem(client.get("/v1/assignments/2016-01-01.geojson", headers=key), 404)
    problem(connect(planned).get("/v1/assignments/2017-01-03.geojson"), 403)


def test_stac__pystac_walks_it_and_finds_every_raster(published):
    with live(published) as address:
        catalog = pystac.Catalog.from_file(f"{address}/v1/stac/catalog.json")
        items = list(catalog.get_items(recursive=True))
        assert len(items) == 4 * 2 * 3
        for item in items:
            assert item.get_self_href().startswith(f"{address}/v1/stac/")
            assert item.get_collection().id == item.collection_id
            content = httpx.get(item.assets["cog"].get_absolute_href()).content
            digest = hashlib.sha256(content).hexdigest()
            assert item.assets["cog"].extra_fields["file:checksum"] == f"1220{digest}"
        extent = catalog.get_child("priority").extent
        assert extent.temporal.intervals[0][0] == dt.datetime(2017, 1, 2, 13, tzinfo=dt.UTC)
        assert extent.spatial.bboxes[0] == items[0].bbox


def test_stac__links_come_from_the_settings(published, connect):
    client = connect(published, public_base_url="https://tiles.example.org/eb/")
    for place in ("/v1/stac/catalog.json", "/v1/stac/priority/collection.json",
                  "/v1/stac/priority/2017-01-03/day/item.json"):  # fmt: skip
        document = client.get(place, headers={"X-Forwarded-Host": "evil.example"}).json()
        hrefs = [link["href"] for link in document["links"]]
        hrefs += [asset["href"] for asset in document.get("assets", {}).values()]
        assert hrefs
        assert all(href.startswith("https://tiles.example.org/eb/v1/") for href in hrefs)


def centre_of(row, column):
    grid = city.grid()
    return TO_DEGREES.transform(grid.eastings[column], grid.northings[row])


def test_series__is_the_point_on_every_date(client):
    lon, lat = centre_of(20, 30)
    asked = {"lon": lon, "lat": lat}
    whole = client.get("/v1/tiles/risk-robbery/series", params=asked).json()
    assert [(each["date"], each["shift"]) for each in whole["values"]] == [
        (date, shift) for date in ("2017-01-02", "2017-01-03")
        for shift in ("day", "evening", "night")
    ]  # fmt: skip
    for each in whole["values"]:
        place = f"/v1/tiles/risk-robbery/{each['date']}/{each['shift']}/point"
        point = client.get(place, params=asked).json()
        assert (each["value"], each["start"]) == (point["value"], point["start"])
    assert whole["values"][-1]["value"] == float(night_robbery()[20, 30])
    narrow = {**asked, "from": "2017-01-03", "to": "2017-01-09", "shift": "night"}
    (only,) = client.get("/v1/tiles/risk-robbery/series", params=narrow).json()["values"]
    assert only == whole["values"][-1]
    outside = client.get("/v1/tiles/risk-robbery/series", params={"lon": 0, "lat": 0}).json()
    assert not outside["inside"]
    assert {each["value"] for each in outside["values"]} == {None}


def test_series__as_a_table_has_the_same_values(client):
    lon, lat = centre_of(20, 30)
    asked = {"lon": lon, "lat": lat}
    answer = client.get("/v1/tiles/risk-robbery/series.csv", params=asked)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "risk-robbery-series.csv" in answer.headers["content-disposition"]
    table = pd.read_csv(io.StringIO(answer.text), parse_dates=["start_local", "end_local"])
    values = client.get("/v1/tiles/risk-robbery/series", params=asked).json()["values"]
    assert table["value"].tolist() == [each["value"] for each in values]
    assert table["version"].tolist() == [each["version"] for each in values]
    assert table["shift"].tolist() == ["day", "evening", "night"] * 2
    assert set(table["units"].astype(str)) == {"1"}
    for start, each in zip(table["start_local"], values, strict=True):
        assert start == dt.datetime.fromisoformat(each["start"]).replace(tzinfo=None)
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert {len(row) for row in rows} == {9}
    again = client.get("/v1/tiles/risk-robbery/series.csv", params=asked,
                       headers={"If-None-Match": answer.headers["etag"]})  # fmt: skip
    assert again.status_code == 304
    outside = client.get("/v1/tiles/risk-robbery/series.csv?lon=0&lat=0").text
    assert pd.read_csv(io.StringIO(outside))["value"].isna().all()
    problem(client.get("/v1/tiles/risk-robbery/series.csv?lon=999&lat=0"), 422)
    problem(client.get("/v1/tiles/no/series.csv?lon=0&lat=0"), 404)


@pytest.mark.parametrize("query", [
    "", "lon=1", "lon=181&lat=0", "lon=nan&lat=0", "lon=0&lat=0&from=x",
    "lon=0&lat=0&from=2017-01-03&to=2017-01-02", "lon=0&lat=0&shift=../x",
])  # fmt: skip
def test_series__an_unusable_query_is_422(client, query):
    problem(client.get(f"/v1/tiles/risk-robbery/series?{query}"), 422)


def test_series__has_a_cap(client, monkeypatch):
    monkeypatch.setattr("evenbeat.tile_server.data.queries.MOST_RASTERS", 5)
    detail = problem(client.get("/v1/tiles/risk-robbery/series?lon=0&lat=0"), 422)
    assert "got 6" in detail
    assert "Narrow" in detail


def test_statistics__are_those_of_the_cells_whose_centres_are_inside(client):
    grid, cells = city.grid(), night_robbery()
    west, south = grid.eastings[12] - 30, grid.northings[40] - 60
    corners = [(0, 0), (4000, 600), (3300, 3900), (1500, 2000), (-500, 3500)]
    outline = Polygon([(west + east, south + north) for east, north in corners])
    easts, norths = np.meshgrid(grid.eastings, grid.northings)
    inside = shapely.contains_xy(outline, easts, norths) & np.isfinite(cells)
    values = cells[inside].astype(float)
    body = mapping(in_degrees(outline))
    answers = [
        client.post(f"{NIGHT}/statistics", json=sent).json()
        for sent in (body, {"type": "Feature", "properties": {}, "geometry": body},
                     {"type": "MultiPolygon", "coordinates": [body["coordinates"]]})
    ]  # fmt: skip
    assert answers[0] == answers[1] == answers[2]
    found = answers[0]
    assert found["cells"] == values.size > 200
    assert found["area_km2"] == pytest.approx(values.size * 0.0225)
    for name, expected in (("sum", values.sum()), ("mean", values.mean()),
                           ("median", np.median(values)), ("minimum", values.min()),
                           ("maximum", values.max()),
                           ("share_of_total", values.sum() / np.nansum(cells))):  # fmt: skip
        assert found[name] == pytest.approx(expected, rel=1e-6), name
    for entry in found["classes"]:
        assert entry["cells"] == (values >= entry["from_value"]).sum()


def test_statistics__of_a_box_are_those_of_the_centres_in_it(client):
    """Boxes of many places and sizes, most cut through cells; the truth is read from the COG."""
    grid, random = city.grid(), np.random.default_rng(4)
    content = client.get(TIF).content
    with MemoryFile(content) as memory, memory.open() as source:
        cells = source.read(1)
        rows, columns = np.mgrid[0 : source.height, 0 : source.width]
        easts, norths = source.transform @ (columns + 0.5, rows + 0.5)
    lons, lats = TO_DEGREES.transform(easts, norths)
    west, south = TO_DEGREES.transform(grid.eastings[0], grid.northings[-1])
    east, north = TO_DEGREES.transform(grid.eastings[-1], grid.northings[0])
    for _ in range(25):
        wests = np.sort(random.uniform(west - 0.02, east + 0.02, 2))
        souths = np.sort(random.uniform(south - 0.02, north + 0.02, 2))
        box = (wests[0], souths[0], wests[1], souths[1])
        # A box in degrees has sides that are straight in the grid, as those of polygons are.
        outline = shapely.transform(shapely.box(*box), TO_GRID.transform, interleaved=False)
        inside = shapely.contains_xy(outline, easts, norths) & np.isfinite(cells)
        values = cells[inside].astype(float)
        found = client.get(f"{NIGHT}/statistics?bbox={','.join(map(repr, map(float, box)))}").json()
        assert found["cells"] == values.size
        assert found["sum"] == pytest.approx(values.sum(), rel=1e-9)
        by_degrees = ((lons >= box[0]) & (lons <= box[2]) & (lats >= box[1]) & (lats <= box[3])
                      & np.isfinite(cells)).sum()  # fmt: skip
        assert abs(by_degrees - values.size) <= 0.05 * max(by_degrees, 100)
        if values.size:
            assert found["median"] == pytest.approx(np.median(values), rel=1e-6)
            assert (found["minimum"], found["maximum"]) == (values.min(), values.max())


@pytest.mark.parametrize("bbox", [
    "", "1,2,3", "1,2,3,4,5", "a,b,c,d", "nan,0,1,1", "0,0,inf,1", "1,0,0,1", "0,1,1,0",
    "0,0,0,0", "-181,0,1,1", "0,0,1,91", "0,0,1e999,1",
])  # fmt: skip
def test_statistics__an_unusable_box_is_422(client, bbox):
    problem(client.get(f"{NIGHT}/statistics", params={"bbox": bbox}), 422)


def test_statistics__without_cells_and_beyond_the_grid(client):
    lon, lat = centre_of(20, 30)
    for west, east in ((10, 11), (lon + 0.0004, lon + 0.0005), (-180, 180)):
        ring = [[west, lat], [east, lat], [east, lat + 0.0001], [west, lat + 0.0001], [west, lat]]
        found = client.post(f"{NIGHT}/statistics", json={"type": "Polygon", "coordinates": [ring]})
        assert found.status_code == 200
        if found.json()["cells"] == 0:
            assert (found.json()["sum"], found.json()["mean"]) == (0.0, None)


SQUARE = [[0, 0], [1, 0], [1, 1], [0, 0]]


@pytest.mark.parametrize("body", [
    b"", b"{", b"[" * 100_000, b"null", b"[]", b'"x"', b"9" * 5000, b"\xff\xfe",
    b'{"type": "Point"}', b'{"type": "Polygon"}', b'{"type": "Polygon", "coordinates": []}',
    b'{"type": "Polygon", "coordinates": [[]]}', b'{"type": "MultiPolygon", "coordinates": [[]]}',
    b'{"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}',
    b'{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}',
    b'{"type": "Polygon", "coordinates": [[[NaN, 0], [1, 0], [1, 1], [0, 0]]]}',
    b'{"type": "Polygon", "coordinates": [[[1e999, 0], [1, 0], [1, 1], [0, 0]]]}',
    b'{"type": "Polygon", "coordinates": [[[0, NaN], [1, 0], [1, 1], [0, 0]]]}',
    b'{"type": "Polygon", "coordinates": [[[200, 0], [1, 0], [1, 1], [0, 0]]]}',
    b'{"type": "Polygon", "coordinates": [[[true, 0], [1, 0], [1, 1], [0, 0]]]}',
    b'{"type": "Polygon", "coordinates": [[["0", 0], [1, 0], [1, 1], [0, 0]]]}',
    b'{"type": "Polygon", "coordinates": [[[1' + b"0" * 400 + b', 0], [1, 0], [1, 1], [0, 0]]]}',
    b'{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}',
    b'{"type": "Feature", "geometry": null}', b'{"type": ["Polygon"], "coordinates": []}',
    json.dumps({"type": "Polygon", "coordinates": [SQUARE * 1500]}).encode(),
    json.dumps({"type": "MultiPolygon", "coordinates": [[SQUARE]] * 1500}).encode(),
])  # fmt: skip
def test_statistics__an_unusable_body_is_422(client, body):
    assert len(problem(client.post(f"{NIGHT}/statistics", content=body), 422)) > 20


def test_statistics__caps_of_bytes_and_cells(client, monkeypatch):
    assert "512 KiB" in problem(client.post(f"{NIGHT}/statistics", content=b" " * 600_000), 413)
    monkeypatch.setattr("evenbeat.tile_server.data.areas.MOST_CELLS", 100)
    ring = [[-88, 41], [-87, 41], [-87, 42], [-88, 42], [-88, 41]]
    sent = {"type": "Polygon", "coordinates": [ring]}
    assert "smaller" in problem(client.post(f"{NIGHT}/statistics", json=sent), 422)


def test_workers__refuse_what_would_wait_too_long():
    import anyio

    go, peak, running = threading.Event(), [], []

    def work():
        running.append(1)
        peak.append(len(running))
        go.wait(20)
        running.pop()
        return "done"

    async def main():
        workers, found = Workers(2, waiting=3), []

        async def one():
            try:
                found.append(await workers.run(work))
            except RefusalError as refusal:
                found.append(int(refusal.status))
                while len(running) < 2:
                    await anyio.sleep(0.001)
                go.set()

        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(one)
        return found

    found = anyio.run(main)
    assert sorted(map(str, found)) == ["503", *["done"] * 5]
    assert max(peak) == 2


def test_statistics__many_at_once_are_all_right(published):
    ring = [[-87.62, 41.81], [-87.55, 41.81], [-87.55, 41.85], [-87.62, 41.85], [-87.62, 41.81]]
    body = {"type": "Polygon", "coordinates": [ring]}
    with live(published) as address, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(
            lambda _: httpx.post(f"{address}{NIGHT}/statistics", json=body), range(24)
        ))  # fmt: skip
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
