"""What a key's limits mean for every kind of answer: zooms, dates, caches, and work at once."""

import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import mercantile
import published_city as city
import pytest

from evenbeat.core.store.manifest import read_manifest
from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.tiles import hot_path

NOW = dt.datetime(2017, 1, 3, 18, tzinfo=dt.UTC)
FOLDER = f"/v1/tiles/risk-robbery/{city.DATE}/night"
DEEP = mercantile.tile(-87.58, 41.83, 16)


@pytest.fixture
def keys(tmp_path):
    return KeyFile(tmp_path / "keys.json")


@pytest.fixture
def on_day(monkeypatch):
    """Return a function that sets the day from which lags count."""

    def set_day(day):
        noon = dt.datetime.combine(day, dt.time(18), dt.UTC)
        monkeypatch.setattr("evenbeat.tile_server.access.sight._utc_now", lambda: noon)

    set_day(city.DATE)
    return set_day


@pytest.mark.parametrize("path", ["heat/tilejson.json", "minus/day-before/change/tilejson.json"])
def test_tilejson__ends_where_the_key_ends(published, connect, keys, on_day, path):
    _, low = keys.create("Low", now=NOW, maximum_zoom=11)
    _, deep = keys.create("Deep", now=NOW)
    client = connect(published, keys_file=keys.path, maximum_zoom=16)
    told = client.get(f"{FOLDER}/{path}", headers={"X-API-Key": low}).json()
    assert told["maxzoom"] == 11
    for zoom, status in ((11, 200), (12, 404)):
        place = mercantile.tile(-87.58, 41.83, zoom)
        address = told["tiles"][0].format(z=zoom, x=place.x, y=place.y)
        assert client.get(address).status_code == status
    whole = client.get(f"{FOLDER}/{path}", headers={"X-API-Key": deep}).json()
    assert whole["maxzoom"] == 16


def test_tilejson__without_a_key_ends_where_the_public_does(published, connect, keys, on_day):
    keys.create("Any", now=NOW)
    on_day(city.DATE + dt.timedelta(days=1))
    client = connect(
        published, keys_file=keys.path, public_layers=("risk-robbery",), public_maximum_zoom=10
    )
    told = client.get(f"{FOLDER}/heat/tilejson.json").json()
    assert (told["maxzoom"], told["center"][2]) == (10, 10)
    assert "&quot;deepest&quot;: 10" in client.get("/map").text


def test_answers__vary_by_the_key_where_keys_are_asked_for(published, connect, keys, on_day):
    """A cache that has what everybody may see must not give it to a key, nor the other way."""
    _, token = keys.create("Any", now=NOW)
    on_day(city.DATE + dt.timedelta(days=1))
    client = connect(published, keys_file=keys.path, public_layers=("priority",))
    for path in ("/v1/layers", f"/v1/tiles/priority/{city.DATE}/day/heat/9/131/190.png"):
        public, keyed = client.get(path), client.get(path, headers={"X-API-Key": token})
        assert (public.status_code, keyed.status_code) == (200, 200)
        assert public.headers["cache-control"].startswith("public")
        assert keyed.headers["cache-control"].startswith("private")
        assert public.headers["vary"] == keyed.headers["vary"] == "X-API-Key, Authorization"
    assert "vary" not in connect(published).get("/v1/layers").headers


def test_npy__is_a_download_in_parts_and_needs_its_right(published, connect, keys, on_day):
    _, without = keys.create("Pictures", now=NOW)
    _, with_right = keys.create("Values", now=NOW, rights=("download",))
    client = connect(published, keys_file=keys.path)
    place = mercantile.tile(-87.58, 41.83, 14)
    for token, statuses in ((without, (403, 200, 200)), (with_right, (200, 200, 200))):
        head = {"X-API-Key": token}
        signed = client.get(f"{FOLDER}/heat/tilejson.json", headers=head).json()["tiles"][0]
        signed = signed.format(z=place.z, x=place.x, y=place.y)
        found = [client.get(signed.replace(".png", end)) for end in (".npy", ".webp", ".png")]
        assert tuple(answer.status_code for answer in found) == statuses
    assert "right download" in client.get(
        f"{FOLDER}/heat/{place.z}/{place.x}/{place.y}.npy", headers={"X-API-Key": without}
    ).json()["detail"]  # fmt: skip


def test_log__says_which_version_was_seen_also_of_the_latest(published, connect, tmp_path):
    log, place = tmp_path / "requests.jsonl", mercantile.tile(-87.58, 41.83, 12)
    shown = read_manifest(published).layers["risk-robbery"].dates[str(city.DATE)]["night"]
    tile = f"heat/{place.z}/{place.x}/{place.y}.png"
    wmts = (f"/v1/wmts?service=WMTS&request=GetTile&layer=risk-robbery.night&style=heat"
            f"&tilematrixset=WebMercatorQuad&tilematrix={place.z}&tilerow={place.y}"
            f"&tilecol={place.x}")  # fmt: skip
    with connect(published, request_log=log) as client:
        for path in (f"/v1/tiles/risk-robbery/latest/night/{tile}", wmts,
                     f"/v1/tiles/risk-robbery/v/{shown.version}/{tile}"):  # fmt: skip
            assert client.get(path).status_code == 200
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [line["tag"].split("-")[0] for line in lines] == [shown.version] * 3
    assert (lines[0]["date"], lines[0]["shift"]) == ("latest", "night")
    assert lines[2]["version"] == shown.version
    assert "date" not in lines[2]


def test_dates__the_newest_may_lie_ahead_for_whoever_has_no_lag(
    published, connect, keys, on_day, tmp_path
):
    on_day(city.DATE - dt.timedelta(days=1))
    _, free = keys.create("No lag", now=NOW)
    _, late = keys.create("A lag", now=NOW, newest_lag_days=1)
    client = connect(published, keys_file=keys.path)
    addresses = {
        token: client.get("/v1/layers/priority/dates", headers={"X-API-Key": token})
        for token in (free, late)
    }
    assert addresses[free].json()[0]["date"] == str(city.DATE)
    assert addresses[late].status_code == 404
    # To write a log of requests changes nothing of what is shown.
    logged = connect(published, request_log=tmp_path / "requests.jsonl")
    with logged:
        shown = logged.get("/v1/layers/priority/dates").json()
    assert [one["date"] for one in shown] == read_manifest(published).dates[::-1]


def test_capabilities__name_a_style_as_soon_as_its_file_is_there(published, connect, tmp_path):
    client = connect(published, styles=tmp_path)
    capabilities = "/v1/wmts/1.0.0/WMTSCapabilities.xml"
    before = client.get(capabilities)
    document = client.get("/v1/styles/heat.json").json()
    (tmp_path / "ours.json").write_text(json.dumps({**document, "id": "ours", "title": "Ours"}))
    client.app.state.service.styles.reload()
    after = client.get(capabilities)
    assert "<ows:Identifier>ours</ows:Identifier>" not in before.text
    assert "<ows:Identifier>ours</ows:Identifier>" in after.text
    assert before.headers["etag"] != after.headers["etag"]


def test_deep_tiles__too_many_or_too_slow_ones_are_told_to_wait(published, connect, monkeypatch):
    """No thread is free and no more may wait; then the thread takes too long."""
    client = connect(published, work_seconds=0.2)
    drawing = client.app.state.service.drawing
    drawing._threads, drawing._waiting = 1, 1
    go, started = threading.Event(), threading.Event()
    original = hot_path.class_pixels

    def held(*given):
        started.set()
        go.wait(30)
        return original(*given)

    monkeypatch.setattr(hot_path, "class_pixels", held)
    tile = f"{FOLDER}/heat/{DEEP.z}/{DEEP.x}/{DEEP.y}.png"
    wmts = (f"/v1/wmts/1.0.0/risk-robbery.night/heat/{city.DATE}/WebMercatorQuad"
            f"/{DEEP.z}/{DEEP.y}/{DEEP.x}.png")  # fmt: skip
    with client, ThreadPoolExecutor(2) as pool:
        slow = [pool.submit(client.get, path) for path in (tile, wmts)]
        assert started.wait(20)
        for refused in (future.result(30) for future in slow):
            assert refused.status_code == 503
            assert "longer than 0.2 seconds" in refused.json()["detail"]
            assert refused.headers["retry-after"] == "5"
        drawing._waiting = 0
        refused = client.get(tile)
        assert (refused.status_code, "at once" in refused.json()["detail"]) == (503, True)
        go.set()
        while drawing.running:
            go.wait(0.01)
            client.get("/healthz")
        assert client.get(tile).status_code == 200
