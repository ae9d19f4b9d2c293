"""Differences of two days: exact values in a picture, and both days must be open."""

import datetime as dt
import io

import numpy as np
import published_city as city
import pytest
import rasterio
from PIL import Image

from evenbeat.core.store.manifest import read_manifest
from evenbeat.core.store.publication import publish_day
from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.styles.style_book import StyleBook
from evenbeat.tile_server.styles.value_scale import ValueScale
from evenbeat.tile_server.tiles.differences import Differences
from tests.tile_server.test_hot_path import TO_DEGREES, addresses, below, place_of, rgba

BASE = "/v1/tiles/risk-robbery/2017-01-03/night/minus/2017-01-02"


def cells_of(published, date):
    raster = read_manifest(published).layers["risk-robbery"].dates[date]["night"]
    with rasterio.open(published / raster.path) as source:
        return raster, source.read(1)


@pytest.fixture(scope="module")
def days(published):
    """The manifest's entries and the cells of both days."""
    return cells_of(published, "2017-01-03"), cells_of(published, "2017-01-02")


def expected_colours(days, place, style):
    (now, cells), (then, former) = days
    rows, columns, inside = below(place)
    at = rows, columns
    values = np.where(inside, cells[at].astype(float) - former[at].astype(float), np.nan)
    known, inside_cells = np.isfinite(values), np.isfinite(cells).sum()
    average = (now.total + then.total) / 2 / inside_cells
    scale = ValueScale("1", average, 1.0, is_difference=True)
    painted = StyleBook()[style]
    colours = painted.value_colours(np.where(known, values, 0.0).ravel(), scale)
    colours = colours.reshape(256, 256, 4)
    size = np.abs(values) / average
    colours[~known | (size < 0.1)] = 0
    return colours.astype(int), known, np.abs(size - 0.1) < 0.01


@pytest.mark.parametrize("zoom", [9, 11, 13, 14, 15, 17])
@pytest.mark.parametrize("style", ["change", "change~opacity50"])
def test_tile__pixels_are_the_difference_of_the_cells_below_them(client, days, zoom, style):
    answer = client.get(addresses(zoom, base=f"{BASE}/{style}"))
    assert answer.headers["content-type"] == "image/png"
    expected, known, on_the_limit = expected_colours(days, place_of(answer), style)
    assert known.any()
    off = np.abs(rgba(answer).astype(int) - expected).max(axis=-1)
    # A level stands for differences that are up to 3.7 % off.
    assert (off[~on_the_limit] > 10).mean() < 1e-4
    assert expected[..., 3].any()


def test_tile__the_other_way_round_is_less_where_it_was_more(client, days):
    there = rgba(client.get(addresses(13, base=f"{BASE}/change"))).astype(int)
    swapped = BASE.replace("2017-01-03", "x").replace("2017-01-02", "2017-01-03")
    back = rgba(client.get(addresses(13, base=f"{swapped.replace('x', '2017-01-02')}/change")))
    more, less = (there[..., 0] > there[..., 2]), (there[..., 0] < there[..., 2])
    shown = there[..., 3] > 0
    assert (more & shown).any()
    assert (less & shown).any()
    np.testing.assert_array_equal((back[..., 0] < back[..., 2])[shown & more], True)
    np.testing.assert_array_equal((back[..., 0] > back[..., 2])[shown & less], True)


def test_tile__words_for_dates_and_versions_give_the_same_bytes(client, days):
    (now, _), (then, _) = days
    tile = client.get(addresses(12, base=f"{BASE}/change"))
    latest = client.get(addresses(12, base=BASE.replace("2017-01-03", "latest") + "/change"))
    before = client.get(addresses(12, base=BASE.replace("2017-01-02", "day-before") + "/change"))
    pinned = client.get(addresses(
        12, base=f"/v1/tiles/risk-robbery/v/{now.version}/minus/{then.version}/change"
    ))  # fmt: skip
    assert tile.content == latest.content == before.content == pinned.content
    assert tile.headers["etag"] == pinned.headers["etag"]
    assert "immutable" in pinned.headers["cache-control"]
    assert "max-age=60" in tile.headers["cache-control"]
    known = {"If-None-Match": tile.headers["etag"]}
    again = client.get(addresses(12, base=f"{BASE}/change"), headers=known)
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(addresses(12, base=f"{BASE}/change"))
    assert head.headers["content-length"] == str(len(tile.content))
    assert client.get(addresses(12, base=f"{BASE}/change~opacity20")).headers["etag"] != known


def test_tile__beside_the_city_is_an_empty_picture(client):
    content = client.get(f"{BASE}/change/12/0/0.png").content
    assert not np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))[..., 3].any()


def test_tile__what_is_at_hand_is_not_made_again(published, connect, monkeypatch):
    client = connect(published)
    first = client.get(addresses(12, base=f"{BASE}/change"))
    monkeypatch.setattr(Differences, "make", None)
    assert client.get(addresses(12, base=f"{BASE}/change")).content == first.content
    other = client.get(addresses(12, base=f"{BASE}/change~opacity40"))
    assert other.status_code == 200
    assert other.content != first.content


def test_tilejson__names_both_versions(client, days):
    (now, _), (then, _) = days
    document = client.get(f"{BASE}/change/tilejson.json").json()
    (address,) = document["tiles"]
    assert f"/v/{now.version}/minus/{then.version}/change/{{z}}" in address
    assert document["name"] == "Risk: robbery, 2017-01-03 minus 2017-01-02, night"
    tile = client.get(address.replace("http://127.0.0.1:8765", "").format(z=9, x=131, y=190))
    assert tile.status_code == 200
    style = client.get(f"{BASE}/change/style.json").json()
    (source,) = style["sources"].values()
    assert source["url"].endswith(f"{BASE}/change/tilejson.json")


def test_legend__says_more_and_less(client, days):
    (now, cells), (then, _) = days
    entries = client.get(f"{BASE}/change/legend.json").json()["entries"]
    average = (now.total + then.total) / 2 / np.isfinite(cells).sum()
    assert entries[0]["label"] == "+10 × the average cell"
    assert entries[0]["from_value"] == pytest.approx(10 * average)
    assert entries[-1]["from_value"] == pytest.approx(-10 * average)
    picture = Image.open(io.BytesIO(client.get(f"{BASE}/change/legend.png").content))
    assert 200 < picture.width < 700


def test_point__has_exact_values_and_words(client, days):
    (_, cells), (_, former) = days
    grid = city.grid()
    for row, column in ((20, 30), (30, 50)):
        lon, lat = TO_DEGREES.transform(grid.eastings[column], grid.northings[row])
        told = client.get(f"{BASE}/point?lon={lon}&lat={lat}").json()
        assert told["value"] == float(cells[row, column])
        assert told["other_value"] == float(former[row, column])
        assert told["difference"] == told["value"] - told["other_value"]
        assert told["minus"]["date"] == "2017-01-02"
        assert ("more" if told["difference"] > 0 else "less") in told["words"]
    outside = client.get(f"{BASE}/point?lon=0&lat=0").json()
    assert outside["inside"] is False
    same = client.get(f"{BASE.replace('2017-01-02', '2017-01-03')}/point?lon={lon}&lat={lat}")
    assert same.json()["words"].startswith("No change")


@pytest.mark.parametrize(("place", "words"), [
    ("minus/2017-01-01/change/9/131/190.png", "has no night shift of 2017-01-01"),
    ("minus/week-before/change/9/131/190.png", "has no night shift of 2016-12-27"),
    ("minus/yesterday/change/9/131/190.png", "other"),
    ("minus/2017-01-02/heat/9/131/190.png", "heat is for values"),
    ("minus/2017-01-02/change-minutes/legend.json", "for differences in min"),
    ("minus/2017-01-02/change~top1/9/131/190.png", "No such style"),
    ("minus/2017-01-02/change/19/131/190.png", "from zoom 0 to 18"),
    ("minus/2017-01-02/change/3/131/190.png", "from zoom 0 to 18"),
    ("minus/2017-01-02/change/style.qml", "No such style"),
])  # fmt: skip
def test_refusals__say_what_is_wrong(client, place, words):
    answer = client.get(f"/v1/tiles/risk-robbery/2017-01-03/night/{place}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]


def test_refusals__days_with_other_cells_have_no_difference(tmp_path, connect):
    publish_day(tmp_path, **city.arguments(date=city.DATE - dt.timedelta(days=1), run_id="run-y"))
    where = city.grid(cell_size=300.0)
    cube = city.risk(where)
    publish_day(tmp_path, **city.arguments(grid=where) | {
        "risk": cube, "priority": city.priority(cube)
    })  # fmt: skip
    answer = connect(tmp_path).get(f"{BASE}/change/9/131/190.png")
    assert answer.status_code == 404
    assert "not the same places" in answer.json()["detail"]


def test_keys__both_days_must_be_open(published, connect, tmp_path):
    file = KeyFile(tmp_path / "keys.json")
    now = dt.datetime.now(dt.UTC)
    today = now.date()
    age = (today - dt.date(2017, 1, 3)).days
    _, both = file.create("both", now=now)
    _, newest = file.create("newest", now=now, oldest_lag_days=age)
    _, older = file.create("older", now=now, newest_lag_days=age + 1)
    client = connect(published, keys_file=tmp_path / "keys.json")
    for token, status in ((both, 200), (newest, 404), (older, 404)):
        for place in ("change/9/131/190.png", "change/tilejson.json", "point?lon=-87.6&lat=41.8"):
            answer = client.get(f"{BASE}/{place}", headers={"X-API-Key": token})
            assert answer.status_code == status, place
    assert client.get(f"{BASE}/change/9/131/190.png").status_code == 401
    document = client.get(f"{BASE}/change/tilejson.json", headers={"X-API-Key": both}).json()
    signed = document["tiles"][0].replace("http://127.0.0.1:8765", "").format(z=9, x=131, y=190)
    assert client.get(signed).status_code == 200
    assert client.get(signed.replace("/change/", "/change~opacity50/")).status_code == 401
