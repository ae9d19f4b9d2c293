"""The analyst path: exact cells, honest statistics, and nothing outside of the publication."""

import datetime as dt
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import mercantile
import numpy as np
import published_city as city
import pytest
import rasterio
import shapely
from PIL import Image
from pyproj import Transformer
from rasterio.io import MemoryFile
from shapely.geometry import mapping

from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.analysis import rasters
from evenbeat.tile_server.analysis.parameters import ALLOWED

BASE = "/v1/analysis/risk-robbery/2017-01-03/night"
TO_DEGREES = Transformer.from_crs("EPSG:26971", "EPSG:4326", always_xy=True)


def night_robbery():
    return city.risk(city.grid())["expected_count"].sel(crime_type="robbery", shift="night").values


def box_of(rows, columns):
    """Return the box of some cells in the grid's CRS, a metre inside of their outer edges."""
    grid, half = city.grid(), city.grid().cell_size / 2 - 1
    return (grid.eastings[columns[0]] - half, grid.northings[rows[1]] - half,
            grid.eastings[columns[1]] + half, grid.northings[rows[0]] + half)  # fmt: skip


def written(box):
    return ",".join(f"{edge:.3f}" for edge in box)


def problem(answer, status):
    assert answer.status_code == status, answer.url
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) == {"type", "title", "status", "detail"}
    return answer.json()["detail"]


def test_info__tells_of_the_raster_and_not_of_files(client, published):
    info = client.get(f"{BASE}/info").json()
    assert (info["dtype"], info["width"], info["height"]) == (
        "float32",
        *night_robbery().shape[::-1],
    )
    outline = client.get(f"{BASE}/info.geojson").json()
    bounds = client.get("/v1/layers/risk-robbery/dates").json()[0]["shifts"][2]["bounds"]
    assert outline["bbox"] == pytest.approx(bounds, abs=1e-3)
    for text in (json.dumps(info), json.dumps(outline)):
        assert str(published) not in text
        assert ".tif" not in text


@pytest.mark.parametrize(("rows", "columns"), [((3, 3), (30, 30)), ((10, 39), (5, 55))])
def test_crops__without_a_size_are_the_very_cells(client, rows, columns):
    expected = night_robbery()[rows[0] : rows[1] + 1, columns[0] : columns[1] + 1]
    place = f"{BASE}/bbox/{written(box_of(rows, columns))}"
    found = np.load(io.BytesIO(client.get(f"{place}.npy?coord_crs=EPSG:26971").content))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found[0], expected)
    np.testing.assert_array_equal(found[1], np.where(np.isfinite(expected), 255, 0))
    answer = client.get(f"{place}.tif?coord_crs=EPSG:26971")
    assert answer.headers["content-type"].startswith("image/tiff")
    with MemoryFile(answer.content) as memory, memory.open() as source:
        np.testing.assert_array_equal(source.read(1), expected)
        assert (source.count, source.crs.to_epsg()) == (1, 26971)
        assert np.isnan(source.nodata)
        left, _, _, top = box_of(rows, columns)
        assert source.transform[2] == pytest.approx(left - 1)
        assert source.transform[5] == pytest.approx(top + 1)


def test_crops__by_degrees_have_cells_too(client):
    box = TO_DEGREES.transform_bounds(*box_of((10, 39), (5, 55)))
    found = np.load(io.BytesIO(client.get(f"{BASE}/bbox/{written(box)}.npy").content))[0]
    whole = night_robbery()
    heights = [row for row in range(whole.shape[0]) if row + found.shape[0] <= whole.shape[0]]
    assert any(
        np.array_equal(whole[row : row + found.shape[0], column : column + found.shape[1]], found,
                       equal_nan=True)
        for row in heights for column in range(whole.shape[1] - found.shape[1] + 1)
    )  # fmt: skip


def test_crops__with_a_size_show_exactly_that_box(client):
    box = (-87.7, 41.75, -87.45, 41.9)
    answer = client.get(f"{BASE}/bbox/{written(box)}/300x200.tif?dst_crs=EPSG:4326")
    with MemoryFile(answer.content) as memory, memory.open() as source:
        assert tuple(source.bounds) == pytest.approx(box, abs=1e-6)
        assert source.shape == (200, 300)
    assert answer.headers["content-crs"] == "<http://www.opengis.net/def/crs/EPSG/0/4326>"


def test_crops__of_the_globe_show_the_raster_where_it_is_and_nowhere_else(client):
    place = f"{BASE}/bbox/-180,-85,180,85/1440x680.npy?dst_crs=EPSG:4326&reproject=max"
    known = np.load(io.BytesIO(client.get(place).content))[1]
    rows, columns = np.nonzero(known)
    west, south, east, north = (-88, 41.5, -87, 42.25)
    assert ((columns >= (west + 180) * 4) & (columns < (east + 180) * 4)).all()
    assert ((rows >= (85 - north) * 4) & (rows < (85 - south) * 4)).all()


def test_crops__outside_and_senseless(client):
    for box in ("10,10,11,11", "1,2,3,4", "-87.6,-41.9,-87.5,-41.8", "92,41,93,42"):
        assert "no raster" in problem(client.get(f"{BASE}/bbox/{box}.npy"), 404)
        assert "no raster" in problem(client.get(f"{BASE}/bbox/{box}/9x9.npy"), 404)
    assert "west" in problem(client.get(f"{BASE}/bbox/-87.5,41.8,-87.6,41.9.npy"), 422)
    for box in ("nan,0,1,1", "-inf,-inf,inf,inf", "1e400,0,1,1", "0,0,0,0"):
        problem(client.get(f"{BASE}/bbox/{box}.npy"), 422)
    for query in ("dst_crs=EPSG:99999", "coord_crs=EPSG:99999"):
        problem(client.get(f"{BASE}/bbox/-87.6,41.8,-87.5,41.9.npy?{query}"), 422)
    assert client.get(f"{BASE}/bbox/-87.6,41.8,-87.5,41.9.gif").status_code == 404
    assert "png" in problem(client.get(f"{BASE}/bbox/-87.6,41.8,-87.5,41.9.jp2"), 404)


def test_statistics__of_the_whole_raster_are_those_of_numpy(client):
    cells = night_robbery()
    known = cells[np.isfinite(cells)].astype(float)
    found = client.get(f"{BASE}/statistics?p=50&p=99&histogram_bins=20").json()["b1"]
    for name in ("mean", "min", "max", "std", "sum"):
        expected = getattr(known, name)()
        assert found[name] == pytest.approx(expected, rel=1e-4), name
    assert found["count"] == known.size
    for share in (50, 99):
        low, high = (np.percentile(known, share, method=end) for end in ("lower", "higher"))
        assert low * 0.9999 <= found[f"percentile_{share}"] <= high * 1.0001
    np.testing.assert_array_equal(found["histogram"][0], np.histogram(known, bins=20)[0])


def test_statistics__of_a_polygon_weigh_each_cell_by_its_share(client):
    """The truth: each cell's polygon is cut by the outline, in the grid's CRS."""
    grid, cells = city.grid(), night_robbery()
    west, south = grid.eastings[12] - 30, grid.northings[40] - 60
    corners = [(0, 0), (4000, 600), (3300, 3900), (1500, 2000), (-500, 3500)]
    outline = shapely.Polygon([(west + east, south + north) for east, north in corners])
    rows, columns = np.nonzero(np.isfinite(cells))
    squares = np.array([grid.box(row, column) for row, column in zip(rows, columns, strict=True)])
    share = shapely.area(shapely.intersection(squares, outline)) / grid.cell_size**2
    values = cells[rows, columns].astype(float)
    degrees = shapely.transform(outline, TO_DEGREES.transform, interleaved=False)
    feature = {"type": "Feature", "properties": {}, "geometry": mapping(degrees)}
    sent = client.post(f"{BASE}/statistics", json=feature)
    found = sent.json()["properties"]["statistics"]["b1"]
    assert found["count"] == pytest.approx(share.sum(), rel=1e-4)
    assert found["sum"] == pytest.approx((share * values).sum(), rel=1e-4)
    assert found["mean"] == pytest.approx((share * values).sum() / share.sum(), rel=1e-4)
    many = {"type": "FeatureCollection", "features": [feature, feature]}
    both = client.post(f"{BASE}/statistics", json=many).json()["features"]
    assert [each["properties"]["statistics"]["b1"] for each in both] == [found, found]


def test_features__are_cut_out(client):
    box = shapely.box(*box_of((10, 14), (20, 27)))
    geometry = mapping(shapely.transform(box, TO_DEGREES.transform, interleaved=False))
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    found = np.load(io.BytesIO(client.post(f"{BASE}/feature.npy", json=feature).content))
    expected = night_robbery()[10:15, 20:28]
    np.testing.assert_array_equal(found[0][found[1] == 255], expected[np.isfinite(expected)])


@pytest.mark.parametrize("size", [256, 512])
def test_tiles__are_those_of_the_hot_path(client, size):
    """At 256 pixels a tile in a style is the hot path's, but for the pixels GDAL puts elsewhere."""
    tile = mercantile.tile(-87.58, 41.83, 12)
    answer = client.get(f"{BASE}/tiles/WebMercatorQuad/12/{tile.x}/{tile.y}.png?tilesize={size}"
                        "&style=heat")  # fmt: skip
    seen = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert seen.shape == (size, size, 4)
    if size == 256:
        hot = client.get(f"/v1/tiles/risk-robbery/2017-01-03/night/heat/12/{tile.x}/{tile.y}.png")
        expected = np.asarray(Image.open(io.BytesIO(hot.content)).convert("RGBA"))
        assert (seen == expected).all(axis=-1).mean() > 0.99
    empty = client.get(f"{BASE}/tiles/WebMercatorQuad/12/0/0.png?tilesize={size}")
    assert Image.open(io.BytesIO(empty.content)).size == (size, size)


def test_tiles__refusals(client):
    place = f"{BASE}/tiles/WebMercatorQuad"
    for rest in ("19/0/0.png", "2/4/0.png", "-1/0/0.png", "2/-1/0.png", f"2/{'9' * 5000}/0.png"):
        assert client.get(f"{place}/{rest}").status_code in (404, 422), rest
    for size in (255, 1024, 8192, -1, "x"):
        problem(client.get(f"{place}/2/0/0.png?tilesize={size}"), 422)
    assert client.get(f"{BASE}/tiles/WorldCRS84Quad/2/0/0.png").status_code == 404


def test_pictures__in_a_style_an_own_table_and_intervals(client):
    cells = night_robbery()
    place = f"{BASE}/preview.png"
    sized = f"{BASE}/preview/{cells.shape[1]}x{cells.shape[0]}.png"
    for query in ("", "?style=colour-blind-safe", "?colormap_name=viridis"):
        seen = np.asarray(Image.open(io.BytesIO(client.get(f"{place}{query}").content)))
        assert seen.shape == (*cells.shape, 4)
        assert not seen[~np.isfinite(cells)].any()
        assert len(np.unique(seen[np.isfinite(cells)], axis=0)) > 3
    edge = float(np.nanmedian(cells))
    table = json.dumps([[[-1, edge], "#ff0000"], [[edge, 9], "#0000ff80"]])
    answer = client.get(sized, params={"colormap": table})
    seen = np.asarray(Image.open(io.BytesIO(answer.content)))
    expected = np.where((cells < edge)[..., None], [255, 0, 0, 255], [0, 0, 255, 128])
    np.testing.assert_array_equal(seen[np.isfinite(cells)], expected[np.isfinite(cells)])
    grey = json.dumps({"0": "#000000", "255": "#ffffff"})
    answer = client.get(sized, params={"colormap": grey, "rescale": "0,0.01"})
    seen = np.asarray(Image.open(io.BytesIO(answer.content)))[..., 0]
    expected = np.rint(np.clip(cells.astype(float) / 0.01, 0, 1) * 255)
    np.testing.assert_array_equal(seen[np.isfinite(cells)], expected[np.isfinite(cells)])


@pytest.mark.parametrize("query", [
    "colormap=", "colormap={", "colormap=[]", "colormap={}", "colormap=null", "colormap=1e999",
    "colormap=" + "[" * 5000, 'colormap={"-1":"%23fff"}', 'colormap={"0":"red;url(x)"}',
    'colormap=[[[1,0],"%23ffffff"]]', 'colormap=[[["a","b"],"%23ffffff"]]',
    "colormap_name=nope", "colormap_name=viridis&style=heat", "rescale=1", "rescale=2,1",
    "rescale=nan,1", "rescale=0,1e999", "max_size=0", "max_size=2049", "max_size=9999",
    "width=100", "height=100", "width=4000&height=4000", "resampling=lanczos",
    "dst_crs=EPSG:4326%0a", "colormap=" + "a" * 9000,
])  # fmt: skip
def test_refusals__of_parameters(client, query):
    assert len(problem(client.get(f"{BASE}/preview.png?{query}"), 422)) > 20


def test_refusals__of_sizes_in_the_path(client):
    for size in ("2049x10", "10x2049", "99999999x99999999", "0x10", "-1x10"):
        assert client.get(f"{BASE}/preview/{size}.png").status_code in (404, 422)
        assert client.get(f"{BASE}/bbox/-88,41,-87,42/{size}.npy").status_code in (404, 422)


def test_caps__of_cells(client, monkeypatch):
    monkeypatch.setattr(rasters, "MOST_CELLS", 500)
    place = f"{BASE}/bbox/-87.7,41.7,-87.4,42"
    assert "500 cells" in problem(client.get(f"{place}.npy"), 422)
    assert client.get(f"{place}.npy?max_size=20").status_code == 200
    monkeypatch.undo()
    monkeypatch.setattr(rasters, "MOST_CELLS_IN_POLYGONS", 500)
    ring = [[-87.6, 41.8], [-87.58, 41.8], [-87.58, 41.82], [-87.6, 41.82], [-87.6, 41.8]]
    feature = {"type": "Feature", "properties": {},
               "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    assert client.post(f"{BASE}/statistics", json=feature).status_code == 200
    many = {"type": "FeatureCollection", "features": [feature] * 20}
    assert "together" in problem(client.post(f"{BASE}/statistics", json=many), 422)


@pytest.mark.parametrize("geometry", [
    {"type": "Point", "coordinates": [0, 0]},
    {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
    {"type": "GeometryCollection", "geometries": []},
    {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
    {"type": "Polygon", "coordinates": [[[500, 0], [501, 0], [501, 1], [500, 0]]]},
    None,
])  # fmt: skip
def test_features__that_are_no_polygons_are_refused(client, geometry):
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    for rest in ("statistics", "feature.npy"):
        assert client.post(f"{BASE}/{rest}", json=feature).status_code == 422


SECRET = "a secret that no answer may have"


@pytest.fixture
def tempting(tmp_path):
    """Return addresses that name a raster outside of the publication in every way GDAL knows."""
    path = tmp_path / "secret.tif"
    with rasterio.open(path, "w", driver="GTiff", width=4, height=4, count=1, dtype="float32",
                       crs="EPSG:4326", transform=rasterio.transform.from_origin(0, 1, 0.1, 0.1),
                       ) as sink:  # fmt: skip
        sink.write(np.full((1, 4, 4), 7777.0, np.float32))
        sink.update_tags(note=SECRET)
    vrt = (f'<VRTDataset rasterXSize="4" rasterYSize="4"><VRTRasterBand dataType="Float32">'
           f"<SimpleSource><SourceFilename>{path}</SourceFilename></SimpleSource>"
           "</VRTRasterBand></VRTDataset>")  # fmt: skip
    return [
        str(path), f"file://{path}", f"../../../..{path}", f"/vsicurl/http://127.0.0.1:9/{path}",
        "http://127.0.0.1:9/secret.tif", vrt, f"/vsizip/{path}", f"GTIFF_DIR:1:{path}",
        f"vrt://{path}", "/etc/passwd", f"WMS:{path}",
    ]  # fmt: skip


def test_nothing_outside_can_be_read(client, tempting):
    rests = ("info", "statistics", "preview.npy", "bbox/0,0,1,1.npy", "point/0,0",
             "tiles/WebMercatorQuad/0/0/0.npy")  # fmt: skip
    for name in tempting:
        for rest in rests:
            for key in ("url", "src_path", "path", "dataset", "input", "assets", "expression",
                        "coord_crs", "dst_crs", "crs", "colormap", "style"):  # fmt: skip
                answer = client.get(f"{BASE}/{rest}", params={key: name})
                is_taken = key == "colormap" and rest in ("info", "statistics")  # and not read
                assert answer.status_code in (404, 422) or is_taken, (key, rest)
                assert SECRET not in answer.text
                assert "7777" not in answer.text
        for part in range(3):
            ids = ["risk-robbery", "2017-01-03", "night"]
            ids[part] = name.replace("?", "%3F").replace("#", "%23")
            answer = client.get(f"/v1/analysis/{'/'.join(ids)}/info")
            assert answer.status_code in (400, 404)
            assert SECRET not in answer.text


def test_nothing_is_fetched(client, tempting):
    """A listener on loopback would be called where any parameter were taken for an address."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/a.tif"
        for key in [*ALLOWED, "url"]:
            for value in (address, f"/vsicurl/{address}", f"+init={address}", f"urn:{address}"):
                for rest in (
                    "preview.png",
                    "info",
                    "info.geojson",
                    "bbox/-87.6,41.8,-87.5,41.9.npy",
                ):
                    client.get(f"{BASE}/{rest}", params={key: value})
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize("query", [
    "expression=b1*2", "expression=__import__('os')", "algorithm=hillshade",
    "algorithm_params={}", "bidx=1", "nodata=0", "unscale=true", "color_formula=gamma r 2",
    "url=x", "URL=x", "buffer=1", "padding=1", "vrt_options=x", "minzoom=1",
])  # fmt: skip
def test_refusals__names_that_are_not_on_the_list(client, query):
    assert "may have" in problem(client.get(f"{BASE}/preview.png?{query}"), 422)


def test_tags__304_head_and_private_caching(client):
    answer = client.get(f"{BASE}/statistics")
    assert answer.headers["cache-control"] == "public, max-age=60"
    known = {"If-None-Match": answer.headers["etag"]}
    assert client.get(f"{BASE}/statistics", headers=known).status_code == 304
    assert client.head(f"{BASE}/preview.png").content == b""


def test_keys__need_the_right_and_see_their_layers_dates_and_zooms(published, connect, tmp_path):
    file = KeyFile(tmp_path / "keys.json")

    def make(**scope):
        _, token = file.create("County GIS", now=dt.datetime.now(dt.UTC), **scope)
        return {"X-API-Key": token}

    able = make(rights=("download",), layers=("risk-*",), maximum_zoom=11)
    client = connect(published, keys_file=file.path, public_layers=("*",))
    for rest in ("info", "statistics", "preview.png", "bbox/-87.6,41.8,-87.5,41.9.npy",
                 "tiles/WebMercatorQuad/0/0/0.png"):  # fmt: skip
        assert client.get(f"{BASE}/{rest}", headers=able).status_code == 200
        assert "right" in problem(client.get(f"{BASE}/{rest}", headers=make()), 403)
        assert "right" in problem(client.get(f"{BASE}/{rest}"), 403)
        other = f"{BASE}/{rest}".replace("risk-robbery", "priority")
        assert client.get(other, headers=able).status_code == 404
        late = make(rights=("download",), oldest_lag_days=30)
        assert client.get(f"{BASE}/{rest}", headers=late).status_code == 404
    deep = f"{BASE}/tiles/WebMercatorQuad/12/0/0.png"
    assert "11" in problem(client.get(deep, headers=able), 404)


def test_unknown_ids_are_problems(client):
    for place in ("no/latest/night", "risk-robbery/2016-01-01/night", "risk-robbery/latest/dusk",
                  "..%2f/latest/night", "risk-robbery/latest/..%2f"):  # fmt: skip
        answer = client.get(f"/v1/analysis/{place}/info")
        assert answer.status_code == 404
    latest = client.get("/v1/analysis/risk-robbery/latest/night/statistics")
    assert latest.content == client.get(f"{BASE}/statistics").content


def test_too_many_at_once_are_told_to_wait(published, connect, monkeypatch):
    """All threads are held; the next request beyond those that may wait is refused."""
    client = connect(published)
    workers = client.app.state.service.workers
    go, started = threading.Event(), threading.Semaphore(0)
    original = rasters.PublishedReader.info

    def held(self):
        started.release()
        go.wait(30)
        return original(self)

    monkeypatch.setattr(rasters.PublishedReader, "info", held)
    room = workers._threads + workers._waiting
    with client, ThreadPoolExecutor(room + 1) as pool:
        waiting = [pool.submit(client.get, f"{BASE}/info") for _ in range(room)]
        for _ in range(workers._threads):
            assert started.acquire(timeout=20)
        while workers.running + workers.waiting < room:
            go.wait(0.01)
        refused = client.get(f"{BASE}/info")
        go.set()
        assert {future.result(30).status_code for future in waiting} == {200}
    assert "again" in problem(refused, 503)
    assert refused.headers["retry-after"] == "5"


def test_openapi__names_the_parameters_that_are_taken(client):
    paths = client.get("/v1/openapi.json").json()["paths"]
    mine = {path: each for path, each in paths.items() if path.startswith("/v1/analysis/")}
    assert len(mine) >= 10
    for path, operations in mine.items():
        for operation in operations.values():
            names = {each["name"] for each in operation["parameters"] if each["in"] == "query"}
            assert names <= set(ALLOWED), path
