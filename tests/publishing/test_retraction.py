"""Retraction: gone at once, said so to everybody, and not back by itself."""

import datetime as dt
import shutil

import published_city as city
import pytest
from publishing.conftest import YESTERDAY
from starlette.testclient import TestClient

from evenbeat.core.errors import PublishError
from evenbeat.core.store.manifest import read_manifest
from evenbeat.core.store.publication import prune_publication, publish_day
from evenbeat.core.store.withdrawal import retract
from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.app import create_app
from evenbeat.tile_server.settings import ServiceSettings

NOW, TODAY = dt.datetime(2017, 1, 4, 9, tzinfo=dt.UTC), str(city.DATE)
LAYER = "risk-robbery"


def take(folder, **what):
    return retract(folder, **{"date": city.DATE, "category": "error", "when": NOW, **what})


def raster(folder, *, layer=LAYER, date=TODAY, shift="night"):
    return read_manifest(folder).layers[layer].dates[date][shift]


def plan():
    return city.assignments(city.grid(), status={"day": "approved", "evening": "approved",
                                                 "night": "proposed"})  # fmt: skip


@pytest.fixture
def connect():
    def make(folder, **settings):
        app = create_app(ServiceSettings(publication=folder, **settings))
        return TestClient(app, base_url="http://127.0.0.1:8765", raise_server_exceptions=False)

    return make


def test_retract__one_raster_is_gone_with_every_version_of_it(published):
    older = raster(published)
    publish_day(published, **city.arguments(run_id="run-b", seed=9, plan=plan()))
    newer, beside = raster(published), raster(published, shift="day")
    before = read_manifest(published)
    told = take(published, layer=LAYER, shift="night")
    (one,) = told.retractions
    assert (one.version, one.source, one.at) == (newer.version, "run-b", NOW)
    for version in (older, newer):
        assert not (published / version.path).parent.exists()
        assert version.path.rsplit("/", 1)[0] in told.removed
    assert (published / beside.path).is_file()
    after = read_manifest(published)
    assert "night" not in after.layers[LAYER].dates[TODAY]
    assert after.layers["priority"] == before.layers["priority"]
    assert after.assignments == before.assignments
    catalogs = [path.read_text() for path in published.glob("catalog/*/*.json")]
    assert catalogs
    assert not any(newer.version in text for text in catalogs)


def test_retract__a_whole_date_with_its_assignments(published):
    files = read_manifest(published).assignments[TODAY]
    assert {one.layer for one in take(published).retractions} == {
        "assignments", "priority", *(f"risk-{name}" for name in city.CRIME_TYPES)}  # fmt: skip
    manifest = read_manifest(published)
    assert manifest.dates == [str(YESTERDAY)]
    assert manifest.assignments == {}
    assert not any((published / file.path).exists() for file in files.values())
    assert not list(published.glob(f"*/{TODAY}-*"))
    take(published, date=YESTERDAY)
    assert read_manifest(published).layers == {}
    assert not list(published.glob("*/collection.json"))


def test_retract__what_is_not_there_is_said_and_again_finishes(published):
    with pytest.raises(PublishError, match=r"2017-01-02 to 2017-01-03; layers: .*risk-robbery"):
        take(published, layer="risk-arson")
    copy = shutil.copytree(published, published.with_name("copy"))
    take(published, layer=LAYER)
    # As a crash leaves it: the pointers are replaced, the files are there.
    for path in copy.glob(f"{LAYER}/{TODAY}-*"):
        shutil.copytree(path, published / LAYER / path.name)
    again = take(published, layer=LAYER)
    assert (again.retractions, len(again.removed)) == ((), 3)
    for path in copy.glob(f"{LAYER}/{TODAY}-*"):
        shutil.copytree(path, published / LAYER / path.name)
    assert len(prune_publication(published, keep_days=90, now=NOW)) == 3


def test_publish__the_same_run_stays_out_until_it_is_meant_and_then_has_a_new_version(published):
    first = raster(published)
    take(published, layer=LAYER, shift="night")
    publish_day(published, **city.arguments(plan=plan()))
    assert "night" not in read_manifest(published).layers[LAYER].dates[TODAY]
    publish_day(published, **city.arguments(plan=plan(), again=True))
    second = raster(published)
    assert second.sha256 == first.sha256
    assert second.version != first.version
    publish_day(published, **city.arguments(plan=plan()))
    assert raster(published) == second  # it stands again, so it needs no second word
    take(published, layer=LAYER, shift="night")
    publish_day(published, **city.arguments(plan=plan(), again=True))
    assert raster(published).version not in (first.version, second.version)


def test_publish__another_run_takes_the_place_and_the_old_version_stays_gone(published, connect):
    first = raster(published)
    take(published)
    publish_day(published, **city.arguments(run_id="run-b", seed=9, plan=plan()))
    client = connect(published)
    assert read_manifest(published).gone().keys() == {
        ("assignments", TODAY, "day"), ("assignments", TODAY, "evening")}  # fmt: skip
    assert client.get(f"/v1/tiles/{LAYER}/{TODAY}/night/heat/10/262/380.png").status_code == 200
    gone = client.get(f"/v1/tiles/{LAYER}/v/{first.version}/heat/10/262/380.png")
    assert gone.status_code == 410
    publish_day(published, **city.arguments(run_id="run-b", seed=9, plan=plan(), again=True))
    assert read_manifest(published).gone() == {}


def test_retract__leaves_the_manifest_with_its_date(published):
    take(published, date=YESTERDAY)
    prune_publication(published, keep_days=1, now=NOW)
    assert read_manifest(published).retractions == ()


def addresses(version):
    place = f"{LAYER}/{TODAY}/night"
    return [
        f"/v1/tiles/{LAYER}/v/{version}/heat/10/262/380.png",
        f"/v1/tiles/{place}/heat/10/262/380.png", f"/v1/tiles/{place}/heat/tilejson.json",
        f"/v1/tiles/{place}/heat/legend.json", f"/v1/tiles/{place}/point?lon=-87.58&lat=41.8",
        f"/v1/download/{place}.tif", f"/v1/stac/{place}/item.json",
        f"/v1/collections/{LAYER}.night/{TODAY}/map/tiles/WebMercatorQuad",
        f"/v1/collections/{LAYER}.night/{TODAY}/map/tiles/WebMercatorQuad/10/380/262",
    ]  # fmt: skip


def test_service__answers_410_wherever_the_raster_was(published, connect):
    client, version = connect(published), raster(published).version
    assert {client.get(path).status_code for path in addresses(version)} == {200}
    tilejson, tile = f"/v1/tiles/{LAYER}/latest/night/heat/tilejson.json", "10/262/380.png"
    assert version in client.get(tilejson).text
    take(published, layer=LAYER, shift="night", category="privacy")
    for path in addresses(version):
        gone = client.get(path)
        assert (path, gone.status_code) == (path, 410)
        assert gone.headers["content-type"] == "application/problem+json"
        assert gone.headers["cache-control"] == "no-store"
        assert "retracted on 2017-01-04 (kind of reason: privacy)" in gone.json()["detail"]
    former = raster(published, date=str(YESTERDAY)).version
    assert f"/v/{former}/" in client.get(tilejson).json()["tiles"][0]
    shown = client.get(f"/v1/tiles/{LAYER}/latest/night/heat/{tile}")
    dated = client.get(f"/v1/tiles/{LAYER}/{YESTERDAY}/night/heat/{tile}")
    assert (shown.status_code, shown.content) == (200, dated.content)
    assert client.get(f"/v1/tiles/{LAYER}/{TODAY}/day/heat/10/262/380.png").status_code == 200


def test_service__wmts_reports_an_exception_and_shows_the_newest_that_stands(published, connect):
    take(published, layer=LAYER, shift="night")
    client = connect(published)
    tile = f"/v1/wmts/1.0.0/{LAYER}.night/heat/{{}}/WebMercatorQuad/10/380/262.png"
    gone = client.get(tile.format(TODAY))
    assert gone.status_code == 410
    assert gone.headers["content-type"] == "application/xml"
    assert 'exceptionCode="InvalidParameterValue" locator="time"' in gone.text
    before = client.get(tile.format(YESTERDAY))
    assert before.status_code == 200
    assert client.get(tile.format("latest")).content == before.content
    capabilities = client.get("/v1/wmts/1.0.0/WMTSCapabilities.xml").text
    layer = capabilities.split(f">{LAYER}.night<")[1].split("</Layer>")[0]
    assert TODAY not in layer
    assert str(YESTERDAY) in layer


def test_service__lists_leave_it_out_and_dates_tell_of_it(published, connect):
    version = raster(published).version
    take(published, layer=LAYER, shift="night")
    client = connect(published)
    today, yesterday = client.get(f"/v1/layers/{LAYER}/dates").json()
    assert [shift["shift"] for shift in today["shifts"]] == ["day", "evening"]
    assert today["retracted"] == [{"shift": "night", "version": version, "category": "error",
                                   "at": "2017-01-04T09:00:00+00:00"}]  # fmt: skip
    assert yesterday["retracted"] == []
    take(published, layer=LAYER)
    today, _ = client.get(f"/v1/layers/{LAYER}/dates").json()
    assert (today["date"], today["shifts"], len(today["retracted"])) == (TODAY, [], 3)
    layers = {one["id"]: one for one in client.get("/v1/layers").json()}
    assert layers[LAYER]["newest_date"] == str(YESTERDAY)
    items = client.get(f"/v1/stac/{LAYER}/collection.json").json()["links"]
    assert not any(TODAY in link["href"] for link in items)
    take(published, layer=LAYER, date=YESTERDAY)
    assert LAYER not in {one["id"] for one in client.get("/v1/layers").json()}
    assert len(client.get(f"/v1/layers/{LAYER}/dates").json()) == 2
    assert client.get(f"/v1/tiles/{LAYER}/{TODAY}/day/heat/10/262/380.png").status_code == 410
    assert client.get(f"/v1/collections/{LAYER}.day").status_code == 410


def test_service__assignments_and_what_a_key_does_not_open(published, connect, tmp_path):
    keys = KeyFile(tmp_path / "keys.json")
    _, allowed = keys.create("desk", now=NOW, rights=("assignments",))
    _, narrow = keys.create("county", now=NOW, layers=("priority",))
    take(published)
    client = connect(published, keys_file=keys.path)

    def ask(path, secret):
        return client.get(path, headers={"X-API-Key": secret}).status_code

    plan_path = f"/v1/assignments/{TODAY}.geojson"
    assert ask(plan_path, allowed) == 410
    assert ask(plan_path, narrow) == 403
    tile = f"/v1/tiles/{{}}/{TODAY}/night/heat/10/262/380.png"
    assert ask(tile.format(LAYER), allowed) == 410
    assert ask(tile.format("priority"), narrow) == 410
    assert ask(tile.format(LAYER), narrow) == 404  # what is not open is not there, nor was it
