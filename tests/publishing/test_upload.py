"""A publication copied to an object store: whole, nothing twice, nobody overwritten."""

import datetime as dt
import hashlib
import json
import shutil
import threading

import published_city as city
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenbeat.core.errors import PublishError
from evenbeat.core.store.manifest import parse_manifest, read_manifest
from evenbeat.core.store.publication import prune_publication, publish_day
from evenbeat.core.store.remote.objects import Objects
from evenbeat.core.store.remote.record import UploadRecord, read_record
from evenbeat.core.store.remote.upload import is_current, upload_publication
from evenbeat.core.store.withdrawal import retract

pytestmark = [pytest.mark.object_store, pytest.mark.xdist_group("object_store")]
NOW, DAY = dt.datetime(2017, 1, 4, tzinfo=dt.UTC), dt.timedelta(days=1)


@pytest.fixture
def send(url, tmp_path):
    """Return a function that copies a folder there, by a publisher of a name."""

    def run(folder, *, publisher="one", now=NOW, to=url, **options):
        record = tmp_path / f"record-{publisher}.json"
        return upload_publication(folder, Objects(to), record=record, now=now, **options)

    return run


def copies(folder):
    """Return every file that a reader of the present publication may ask for."""
    named = {*read_manifest(folder).folders()}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
        and path.name != ".lock"
        and (
            path.parent.relative_to(folder).as_posix() in named
            or path.name in ("catalog.json", "collection.json", "manifest.json")
        )
    }


def remote(url):
    objects = Objects(url)
    return {path: objects.read(path).content for path in objects.list()}


def check_whole(url):
    """Check that everything that the manifest and the catalog name is there, by checksum."""
    there = remote(url)
    manifest = parse_manifest(there["manifest.json"], origin=url)
    for layer in manifest.layers.values():
        for shifts in layer.dates.values():
            for raster in shifts.values():
                for file in (raster, *raster.beside):
                    assert hashlib.sha256(there[file.path]).hexdigest() == file.sha256
                assert json.loads(there[raster.item])["type"] == "Feature"
    for files in manifest.assignments.values():
        for file in files.values():
            assert hashlib.sha256(there[file.path]).hexdigest() == file.sha256
    for link in json.loads(there["catalog.json"])["links"]:
        if link["rel"] == "child":
            assert json.loads(there[link["href"].removeprefix("./")])["type"] == "Collection"
    return manifest


def test_upload__is_the_same_files_and_nothing_is_sent_twice(published, url, send):
    told = []
    first = send(published, progress=lambda stage, fraction: told.append(fraction))
    assert remote(url) == copies(published)
    assert check_whole(url) == read_manifest(published)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    assert first.sent == len([path for path in copies(published) if path.count("/") > 1])
    again = send(published)
    assert (again.sent, again.skipped, again.removed) == (0, first.sent, ())
    assert is_current(published, Objects(url))


def test_upload__sends_only_what_is_new_and_mends_what_is_cut_short(published, url, send):
    send(published)
    publish_day(published, **city.arguments(date=city.DATE + DAY, run_id="run-t", seed=5))
    assert not is_current(published, Objects(url))
    new = send(published)
    assert 0 < new.sent < new.skipped
    assert check_whole(url) == read_manifest(published)
    raster = next(iter(read_manifest(published).layers["priority"].dates.values()))["day"]
    whole = (published / raster.path).read_bytes()
    Objects(url).write(raster.path, whole[:-1], attributes={})
    assert send(published).sent == 1
    Objects(url).write(raster.path, whole[:-1] + b"?", attributes={})
    assert send(published).sent == 0
    assert send(published, thorough=True).sent == 1
    check_whole(url)


def test_upload__two_publishers_do_not_overwrite_each_other(published, url, send, tmp_path):
    other = tmp_path / "other"
    publish_day(other, **city.arguments(run_id="run-o", seed=7))
    send(published)
    before = remote(url)
    with pytest.raises(PublishError, match="--take-over"):
        send(other, publisher="two")
    assert remote(url) == before
    send(other, publisher="two", take_over=True)
    assert check_whole(url) == read_manifest(other)
    with pytest.raises(PublishError, match="did not write"):
        publish_day(published, **city.arguments(date=city.DATE + DAY, run_id="run-t"))
        send(published)


def test_upload__of_two_at_once_one_wins_and_the_other_is_told(url, send, tmp_path):
    """They begin with the same store; the manifest is of one of them, and whole."""
    folders = {"one": tmp_path / "one", "two": tmp_path / "two"}
    for number, folder in enumerate(folders.values()):
        publish_day(folder, **city.arguments(run_id=f"run-{number}", seed=number))
    start, told = threading.Barrier(2), {}

    def run(name):
        start.wait()
        try:
            told[name] = send(folders[name], publisher=name)
        except PublishError as error:
            told[name] = error

    threads = [threading.Thread(target=run, args=(name,)) for name in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [name for name, outcome in told.items() if not isinstance(outcome, PublishError)]
    assert len(winners) == 1, told
    assert check_whole(url) == read_manifest(folders[winners[0]])


def test_upload__old_versions_go_after_the_grace_and_nothing_else(published, url, send):
    send(published)
    objects = Objects(url)
    objects.write("notes.txt", b"somebody's", attributes={})
    objects.write("priority/pictures/one.png", b"somebody's", attributes={})
    old = read_manifest(published)
    publish_day(published, **city.arguments(run_id="run-b", seed=9))
    assert send(published).removed == ()
    assert send(published, now=NOW + DAY / 2).removed == ()
    removed = set(send(published, now=NOW + DAY).removed)
    new = read_manifest(published)
    replaced = set(new.superseded_folders())
    assert removed == set(old.folders()) - set(new.folders()) - replaced
    # Rasters that were replaced go a day after the manifest names them no more.
    for days in (0, 1):
        prune_publication(published, keep_days=60, now=NOW + days * DAY)
    assert send(published, now=NOW + DAY).removed == ()
    assert set(send(published, now=NOW + 2 * DAY).removed) == replaced
    check_whole(url)
    left = set(remote(url))
    assert {"notes.txt", "priority/pictures/one.png"} <= left
    assert not any(path.rsplit("/", 1)[0] in removed | replaced for path in left)


def test_upload__what_is_published_again_within_the_grace_stays(published, url, send, two_days):
    send(published)
    publish_day(published, **city.arguments(run_id="run-b", seed=9))
    send(published)
    shutil.rmtree(published)
    shutil.copytree(two_days, published)
    assert send(published, now=NOW + 9 * DAY).removed == ()
    assert any("2017-01-03" in folder for folder in send(published, now=NOW + 10 * DAY).removed)
    assert check_whole(url) == read_manifest(two_days)


def test_upload__retracted_files_go_at_once_and_old_dates_with_them(published, url, send):
    send(published)
    gone = read_manifest(published).layers["risk-robbery"].dates[str(city.DATE)]
    retract(published, date=city.DATE, layer="risk-robbery", category="error", when=NOW)
    removed = send(published).removed
    assert {raster.path.rsplit("/", 1)[0] for raster in gone.values()} <= set(removed)
    there = remote(url)
    assert not any("risk-robbery/2017-01-03" in path for path in there)
    assert check_whole(url).retractions
    retract(published, date=city.DATE - DAY, layer="risk-robbery", category="error", when=NOW)
    send(published)
    assert "risk-robbery/collection.json" not in remote(url)
    prune_publication(published, keep_days=1, now=NOW)
    send(published)
    assert check_whole(url).dates == [str(city.DATE)]


def test_upload__refuses_an_empty_or_damaged_folder(published, url, send, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(PublishError, match="evenbeat publish"):
        send(tmp_path / "empty")
    raster = read_manifest(published).layers["priority"].dates[str(city.DATE)]["day"]
    shutil.rmtree((published / raster.path).parent)
    with pytest.raises(PublishError, match="--force"):
        send(published)
    assert remote(url) == {}


def test_record__unreadable_or_of_another_address_is_no_record(tmp_path):
    path = tmp_path / "folder" / "record.json"
    assert read_record(path, "s3://a/b") == UploadRecord(url="s3://a/b")
    record = UploadRecord(url="s3://a/b", retired={"x/y/z": NOW}).with_own(b"manifest")
    record.save(path)
    assert read_record(path, "s3://a/b") == record
    assert read_record(path, "s3://a/c") == UploadRecord(url="s3://a/c")
    path.write_text("{")
    assert read_record(path, "s3://a/b").own == ()


@given(st.lists(st.binary(max_size=2), max_size=80))
def test_record__knows_the_newest_of_its_own(manifests):
    record = UploadRecord(url="s3://a/b")
    for manifest in manifests:
        record = record.with_own(manifest)
    assert all(record.owns(manifest) for manifest in manifests[-50:])
    assert len(record.own) <= 50
    assert not record.owns(b"something else")
