"""The service: right pictures and values by id, and nothing else."""

import datetime as dt
import io
import json
import shutil

import mercantile
import numpy as np
import published_city as city
import pytest
from PIL import Image
from pyproj import Transformer

from evenbeat.core.errors import ConfigError
from evenbeat.core.store.manifest import read_manifest
from evenbeat.core.store.publication import publish_day
from evenbeat.tile_server.operations.source import SettingsSource
from evenbeat.tile_server.operations.supervisor import serve
from evenbeat.tile_server.settings import ServiceSettings
from evenbeat.tile_server.styles.style_files import load_styles

TILES = "/v1/tiles/risk-robbery/2017-01-03/night"
TO_DEGREES = Transformer.from_crs("EPSG:26971", "EPSG:4326", always_xy=True)


def centre_of(row, column):
    grid = city.grid()
    return TO_DEGREES.transform(grid.eastings[column], grid.northings[row])


def tile_over(lon, lat, zoom, style="heat", base=TILES):
    tile = mercantile.tile(lon, lat, zoom)
    return f"{base}/{style}/{tile.z}/{tile.x}/{tile.y}.png"


def rgba(answer):
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def night_robbery():
    return city.risk(city.grid())["expected_count"].sel(crime_type="robbery", shift="night").values


def test_tiles__every_pixel_is_the_colour_of_the_cell_below_it(client):
    cells = night_robbery()
    inside = cells[city.grid().mask]
    lon, lat = centre_of(*np.unravel_index(np.nanargmax(cells), cells.shape))
    tile = mercantile.tile(lon, lat, 13)
    pixels = rgba(client.get(tile_over(lon, lat, 13)))
    bounds = mercantile.xy_bounds(tile)
    x = np.linspace(bounds.left, bounds.right, 513)[1::2]
    y = np.linspace(bounds.top, bounds.bottom, 513)[1::2]
    to_grid = Transformer.from_crs("EPSG:3857", "EPSG:26971", always_xy=True)
    rows, columns = city.grid().locate(*to_grid.transform(*np.meshgrid(x, y)))
    values = np.where(rows >= 0, cells[rows, columns], np.nan)
    edges = np.sort(inside)[::-1][[int(inside.size * share) - 1 for share in
                                   (0.05, 0.02, 0.01, 0.005)]]  # fmt: skip
    expected = np.where(np.isnan(values), 0, 1 + (values[..., None] >= edges).sum(axis=-1))
    found = (pixels[..., None, :] == load_styles()["heat"].palette).all(axis=-1).argmax(axis=-1)
    assert (found != expected).mean() < 0.005  # GDAL may take the neighbour on a cell's edge
    assert set(np.unique(found)) >= {1, 2, 3, 4, 5}


def test_tiles__styles_share_pixels_but_not_colours(client):
    lon, lat = centre_of(20, 30)
    heat = rgba(client.get(tile_over(lon, lat, 12)))
    safe = rgba(client.get(tile_over(lon, lat, 12, "colour-blind-safe")))
    np.testing.assert_array_equal(heat[..., 3] == 0, safe[..., 3] == 0)
    assert (heat != safe).any()


def test_tiles__without_data_are_transparent(client):
    answer = client.get(tile_over(2.35, 48.85, 12))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert len(answer.content) < 150
    assert not rgba(answer)[..., 3].any()


def test_tiles__latest_and_versioned_give_the_same_picture(client, published):
    lon, lat = centre_of(20, 30)
    dated = client.get(tile_over(lon, lat, 12))
    latest = client.get(tile_over(lon, lat, 12, base="/v1/tiles/risk-robbery/latest/night"))
    version = read_manifest(published).layers["risk-robbery"].dates["2017-01-03"]["night"].version
    pinned = client.get(tile_over(lon, lat, 12, base=f"/v1/tiles/risk-robbery/v/{version}"))
    assert dated.content == latest.content == pinned.content
    assert dated.headers["cache-control"] == latest.headers["cache-control"] == "public, max-age=60"
    assert "immutable" in pinned.headers["cache-control"]
    yesterday = client.get(tile_over(lon, lat, 12, base="/v1/tiles/risk-robbery/2017-01-02/night"))
    assert yesterday.content != dated.content


@pytest.mark.parametrize("address", [
    tile_over(*centre_of(20, 30), 12), "/v1/layers", "/v1/layers/priority/dates",
    f"{TILES}/heat/tilejson.json", f"{TILES}/heat/legend.json", "/v1/styles",
    f"{TILES}/point?lon=-87.6&lat=41.83", "/v1/districts.geojson",
])  # fmt: skip
def test_answers__have_an_entity_tag_and_answer_304(client, address):
    first = client.get(address)
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    assert first.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("address", ["/map", "/v1/layers", tile_over(*centre_of(20, 30), 12)])
def test_answers__security_headers_and_head(client, address):
    get, head = client.get(address), client.head(address)
    for answer in (get, head):
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]


def test_point__value_of_the_cell_and_its_outline(client):
    cells = night_robbery()
    row, column = np.unravel_index(np.nanargmax(cells), cells.shape)
    lon, lat = centre_of(row, column)
    answer = client.get(f"{TILES}/point", params={"lon": lon, "lat": lat}).json()
    assert answer["inside"]
    assert answer["value"] == float(cells[row, column])
    assert answer["area_share"] == 0.005
    assert answer["times_average"] == pytest.approx(
        cells[row, column] / np.nanmean(cells), rel=1e-4
    )
    ring = answer["cell"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert min(lon for lon, _ in ring) < lon < max(lon for lon, _ in ring)
    assert min(lat for _, lat in ring) < lat < max(lat for _, lat in ring)
    assert "highest 0.5 % of the area" in answer["words"]
    assert answer["start"] == "2017-01-03T23:00:00-06:00"


def test_point__words_for_risk_priority_and_outside(client):
    lon, lat = centre_of(10, 40)
    risk = client.get(f"{TILES}/point", params={"lon": lon, "lat": lat}).json()
    assert "one reported incident in about " in risk["words"]
    assert risk["shifts_per_incident"] == pytest.approx(1 / risk["value"])
    priority = client.get("/v1/tiles/priority/latest/day/point", params={"lon": lon, "lat": lat})
    assert "incident" not in priority.json()["words"]
    for lon, lat in ((0, 0), (-87.6366, 41.7982), (180, 90)):
        outside = client.get(f"{TILES}/point", params={"lon": lon, "lat": lat}).json()
        assert (outside["inside"], "value" in outside) == (False, False)


def test_lists__layers_dates_styles(client):
    layers = client.get("/v1/layers").json()
    assert [layer["id"] for layer in layers] == [
        "priority", "risk-burglary", "risk-motor_vehicle_theft", "risk-robbery",
    ]  # fmt: skip
    assert layers[2]["title"] == "Risk: motor vehicle theft"
    dates = client.get("/v1/layers/priority/dates").json()
    assert [entry["date"] for entry in dates] == ["2017-01-03", "2017-01-02"]
    assert [entry["shift"] for entry in dates[0]["shifts"]] == ["day", "evening", "night"]
    assert dates[0]["shifts"][0]["start"] == "2017-01-03T07:00:00-06:00"
    assert {style["id"] for style in client.get("/v1/styles").json()} == set(load_styles())
    assert len(client.get("/v1/districts.geojson").json()["features"]) == len(city.districts())
    assert client.get("/healthz").json() == {"status": "ok"}


def test_tilejson__addresses_never_come_from_the_request(published, connect):
    client = connect(published, public_base_url="https://tiles.example.org/eb/")
    document = client.get(f"{TILES}/heat/tilejson.json",
                          headers={"X-Forwarded-Host": "evil.example"}).json()  # fmt: skip
    (address,) = document["tiles"]
    assert address.startswith("https://tiles.example.org/eb/v1/tiles/risk-robbery/v/")
    west, south, east, north = document["bounds"]
    lon, lat = centre_of(20, 30)
    assert west < lon < east
    assert south < lat < north
    assert client.get("/v1/layers", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/v1/layers", headers={"Host": "tiles.example.org"}).status_code == 200


@pytest.mark.parametrize("address", [
    "/v1/tiles/nothing/latest/night/heat/1/0/0.png",
    "/v1/tiles/risk-robbery/2016-01-01/night/heat/1/0/0.png",
    "/v1/tiles/risk-robbery/latest/dusk/heat/1/0/0.png",
    "/v1/tiles/risk-robbery/latest/night/unknown/1/0/0.png",
    "/v1/tiles/risk-robbery/v/0123456789abcdef/heat/1/0/0.png",
    "/v1/tiles/risk-robbery/latest/night/heat/1/2/0.png",
    "/v1/tiles/risk-robbery/latest/night/heat/19/0/0.png",
    "/v1/tiles/risk-robbery/latest/night/heat/-1/0/0.png",
    "/v1/tiles/risk-robbery/latest/night/heat/1/0/" + "9" * 5000 + ".png",
    "/v1/tiles/..%2f..%2fetc/latest/night/heat/1/0/0.png",
    "/v1/tiles/risk-robbery/..%2f/night/heat/1/0/0.png",
    "/v1/tiles/risk-robbery/2017-01-03%0a/night/heat/1/0/0.png",
    "/v1/layers/%2e%2e/dates", "/static/../settings.py", "/static/%2e%2e/settings.py",
    "/static/..%2fsettings.py", "/manifest.json", "/docs",
])  # fmt: skip
def test_refusals__unknown_ids_and_tricks_are_404_without_a_path(client, published, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert str(published) not in answer.text


@pytest.mark.parametrize(
    "query", ["", "?lon=-87", "?lon=181&lat=0", "?lon=nan&lat=0", "?lon=a&lat=b"]
)
def test_refusals__an_unusable_query_is_422(client, query):
    answer = client.get(f"{TILES}/point{query}")
    assert answer.status_code == 422
    assert "lat" in answer.json()["detail"] or "lon" in answer.json()["detail"]


def test_refusals__nothing_published_is_503(tmp_path, connect):
    for address in ("/readyz", "/v1/layers"):
        answer = connect(tmp_path).get(address)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert str(tmp_path) not in answer.text
    (tmp_path / "manifest.json").write_text("{}")
    assert connect(tmp_path).get("/map").status_code == 200


def test_refusals__a_failure_inside_shows_nothing(published, connect, monkeypatch):
    def fail(*_):
        raise RuntimeError(f"secret {published}")

    monkeypatch.setattr("evenbeat.tile_server.tiles.archives.Archive.tile", fail)
    answer = connect(published).get(tile_over(*centre_of(20, 30), 12))
    assert (answer.status_code, "secret" in answer.text) == (500, False)
    assert answer.headers["content-type"] == "application/problem+json"


def test_service__sees_a_new_publication_at_once_and_a_removed_raster_is_503(tmp_path, connect):
    publish_day(tmp_path, **city.arguments())
    client = connect(tmp_path)
    lon, lat = centre_of(20, 30)
    before = client.get(tile_over(lon, lat, 12))
    publish_day(tmp_path, **city.arguments(run_id="run-b", seed=9))
    after = client.get(tile_over(lon, lat, 12))
    assert before.headers["etag"] != after.headers["etag"]
    assert before.content != after.content
    tomorrow = city.DATE + dt.timedelta(days=1)
    publish_day(tmp_path, **city.arguments(date=tomorrow, run_id="run-t"))
    assert client.get("/readyz").json()["newest_date"] == "2017-01-04"
    shutil.rmtree(tmp_path / "risk-burglary")
    base = "/v1/tiles/risk-burglary/latest/day"
    assert client.get(tile_over(lon, lat, 12, base=base)).status_code == 503


def test_service__assignments_need_a_key_and_no_file_its_path(published, connect, tmp_path):
    plan = city.assignments(
        city.grid(), status=dict.fromkeys(("day", "evening", "night"), "approved")
    )
    publish_day(tmp_path, **city.arguments(plan=plan))
    client = connect(tmp_path)
    assert client.get("/v1/assignments/2017-01-03.geojson").status_code == 403
    file = read_manifest(tmp_path).assignments["2017-01-03"]["day"].path
    assert client.get(f"/{file}").status_code == 404


def test_settings__from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("EVENBEAT_PUBLICATION", str(tmp_path))
    monkeypatch.setenv("EVENBEAT_PORT", "9000")
    monkeypatch.setenv("EVENBEAT_TRUSTED_HOSTS", json.dumps(["maps.example.org"]))
    settings = ServiceSettings()
    assert (settings.publication, settings.base_url) == (tmp_path, "http://127.0.0.1:9000")
    assert settings.accepted_hosts == ("maps.example.org",)
    assert ServiceSettings(host="::1", port=1).base_url == "http://[::1]:1"
    assert ServiceSettings(host="0.0.0.0", trusted_hosts=()).accepted_hosts == ("*",)


def test_serve__a_taken_port_says_what_to_do(published):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        source = SettingsSource({"publication": published, "port": taken.getsockname()[1]})
        with pytest.raises(ConfigError, match=r"is in use.*--port"):
            serve(source, announce=print)
