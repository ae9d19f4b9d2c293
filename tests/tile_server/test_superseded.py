"""A version that another replaces: who was told of it may go on, nobody is told of it any more."""

import datetime as dt

import mercantile
import published_city as city
import pytest

from evenbeat.core.store.manifest import read_manifest
from evenbeat.core.store.publication import publish_day
from evenbeat.core.store.retraction import Retraction
from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.publication import superseded as rule
from evenbeat.tile_server.publication.published import NotPublishedError, RetractedError, Snapshot
from evenbeat.tile_server.publication.superseded import superseded_by

PLACE = mercantile.tile(-87.58, 41.83, 12)
TILE = f"heat/{PLACE.z}/{PLACE.x}/{PLACE.y}.png"
LAYER = "risk-robbery"


def version_of(folder):
    return read_manifest(folder).layers[LAYER].dates[str(city.DATE)]["night"].version


@pytest.fixture
def folder(tmp_path):
    publish_day(tmp_path / "published", **city.arguments())
    return tmp_path / "published"


def test_versions__a_replaced_one_is_answered_and_listed_nowhere(folder, connect):
    client, former = connect(folder), version_of(folder)
    address = f"/v1/tiles/{LAYER}/v/{former}/{TILE}"
    before = client.get(address)
    for number in (2, 3):
        publish_day(folder, **city.arguments(run_id=f"run-{number}", seed=number))
        after = client.get(address)
        assert (after.status_code, after.content) == (200, before.content)
    latest = client.get(f"/v1/tiles/{LAYER}/latest/night/{TILE}")
    assert latest.content != before.content
    assert former not in client.get(f"/v1/layers/{LAYER}/dates").text
    # A service that starts now was never told of it.
    assert connect(folder).get(address).status_code == 404


def test_versions__a_replaced_one_is_only_for_keys_that_open_its_layer(folder, connect, tmp_path):
    file = KeyFile(tmp_path / "keys.json")
    now = dt.datetime.now(dt.UTC)
    _, opens = file.create("One", now=now, layers=(LAYER,))
    _, other = file.create("Two", now=now, layers=("priority",))
    client, former = connect(folder, keys_file=file.path), version_of(folder)
    address = f"/v1/tiles/{LAYER}/v/{former}/{TILE}"
    assert client.get(address, headers={"X-API-Key": opens}).status_code == 200
    publish_day(folder, **city.arguments(run_id="run-2", seed=2))
    assert client.get(address, headers={"X-API-Key": opens}).status_code == 200
    assert client.get(address, headers={"X-API-Key": other}).status_code == 404


def test_versions__a_retracted_or_removed_one_is_not(folder):
    manifest, version = read_manifest(folder), version_of(folder)
    publish_day(folder, **city.arguments(run_id="run-2", seed=2))
    after = read_manifest(folder)
    retraction = Retraction(
        layer=LAYER, date=str(city.DATE), shift="night", version=version, source="run-a",
        category="error", at=city.WHEN,
    )  # fmt: skip
    snapshot = Snapshot(None, manifest)
    assert snapshot.followed_by(after).find_version(LAYER, version).date == str(city.DATE)
    retracted = after.model_copy(update={"retractions": (retraction,)})
    with pytest.raises(RetractedError):
        snapshot.followed_by(retracted).find_version(LAYER, version)
    later = snapshot.followed_by(after).followed_by(retracted)
    with pytest.raises(RetractedError):
        later.find_version(LAYER, version)
    without = after.model_copy(update={"layers": {"priority": after.layers["priority"]}})
    with pytest.raises(NotPublishedError):
        snapshot.followed_by(without).find_version(LAYER, version)


def test_superseded_by__ends_after_a_day_and_holds_only_so_many(folder, monkeypatch):
    former = read_manifest(folder)
    publish_day(folder, **city.arguments(run_id="run-2", seed=2))
    after = read_manifest(folder)
    known = superseded_by(after, former, {}, now_s=0.0)
    assert len(known) == 12
    assert superseded_by(after, after, known, now_s=86_399.0) == known
    assert superseded_by(after, after, known, now_s=86_400.0) == {}
    monkeypatch.setattr(rule, "_MOST", 5)
    assert len(superseded_by(after, former, {}, now_s=0.0)) == 5
