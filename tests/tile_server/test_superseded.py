"""A version that another replaces: who was told of it may go on, nobody is told of it any more."""

import datetime as dt

import mercantile
import published_city as city
import pytest

from evenbeat.core.store import superseded as rule
from evenbeat.core.store.manifest import read_manifest
from evenbeat.core.store.publication import prune_publication, publish_day
from evenbeat.core.store.superseded import superseded_by
from evenbeat.core.store.withdrawal import retract
from evenbeat.tile_server.access.keys import KeyFile

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
    # A service, or a worker, that starts now knows it as well.
    assert connect(folder).get(address).content == before.content


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


def test_versions__a_retracted_or_removed_one_is_not(folder, connect):
    client, former = connect(folder), version_of(folder)
    publish_day(folder, **city.arguments(run_id="run-2", seed=2))
    replaced = version_of(folder)
    retract(folder, date=city.DATE, layer=LAYER, shift="night", category="error", when=city.WHEN)
    gone = client.get(f"/v1/tiles/{LAYER}/v/{replaced}/{TILE}")
    assert (gone.status_code, "retracted" in gone.json()["detail"]) == (410, True)
    # The one before it is removed with it, also when something else takes its place later.
    assert client.get(f"/v1/tiles/{LAYER}/v/{former}/{TILE}").status_code == 404
    publish_day(folder, **city.arguments(run_id="run-3", seed=3))
    for version, status in ((former, 404), (replaced, 410), (version_of(folder), 200)):
        assert client.get(f"/v1/tiles/{LAYER}/v/{version}/{TILE}").status_code == status


def test_versions__a_replaced_one_ends_with_its_files(folder, connect):
    client, former = connect(folder), version_of(folder)
    address = f"/v1/tiles/{LAYER}/v/{former}/{TILE}"
    publish_day(folder, **city.arguments(run_id="run-2", seed=2))
    for hours, status, left in ((0, 200, 12), (23, 200, 12), (24, 404, 0)):
        prune_publication(folder, keep_days=60, now=city.WHEN + dt.timedelta(hours=hours))
        assert client.get(address).status_code == status
        assert len(read_manifest(folder).superseded) == left
        assert all((folder / name).is_dir() for name in read_manifest(folder).superseded_folders())
    assert list(folder.glob(f"**/{former}")) == []


def test_versions__one_that_comes_back_is_superseded_no_more(folder):
    publish_day(folder, **city.arguments(run_id="run-2", seed=2))
    second = version_of(folder)
    publish_day(folder, **city.arguments())
    named = [one.raster.version for one in read_manifest(folder).superseded if one.layer == LAYER]
    assert version_of(folder) not in named
    assert second in named


def test_superseded_by__the_same_again_changes_nothing_and_only_so_many_are_held(
    folder, monkeypatch
):
    former = read_manifest(folder)
    publish_day(folder, **city.arguments(run_id="run-2", seed=2))
    after = read_manifest(folder)
    assert len(after.superseded) == 12
    assert superseded_by(after, after) == after.superseded
    without = after.model_copy(update={"layers": {"priority": after.layers["priority"]}})
    assert {one.layer for one in superseded_by(without, after)} == {"priority"}
    monkeypatch.setattr(rule, "_MOST", 5)
    assert superseded_by(after, former) == after.superseded[-5:]
