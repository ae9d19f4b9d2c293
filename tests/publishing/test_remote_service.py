"""The service of a publication elsewhere: the same answers, from files that it keeps."""

import asyncio
import hashlib
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import published_city as city
import pytest
from live_service import live
from publishing.object_store import OPEN_BUCKET
from publishing.test_upload import NOW
from publishing.test_upload import send as send  # the fixture

from evenbeat.core.errors import PublishError
from evenbeat.core.store.manifest import PublishedFile, read_manifest
from evenbeat.core.store.publication import publish_day
from evenbeat.core.store.remote.objects import Objects
from evenbeat.core.store.withdrawal import retract
from evenbeat.tile_server.publication.cached_files import CachedFiles
from evenbeat.tile_server.publication.remote import RemotePublication

pytestmark = [pytest.mark.object_store, pytest.mark.xdist_group("object_store")]
LAYER, TODAY = "risk-robbery", str(city.DATE)
PATHS = [
    f"/v1/tiles/{LAYER}/latest/night/heat/11/525/761.png",
    f"/v1/tiles/{LAYER}/latest/night/heat/16/16824/24369.png",
    f"/v1/tiles/{LAYER}/latest/night/point?lon=-87.58&lat=41.8",
    f"/v1/download/{LAYER}/{TODAY}/night.tif", f"/v1/stac/{LAYER}/{TODAY}/night/item.json",
    f"/v1/stac/{LAYER}/collection.json", "/v1/stac/catalog.json", "/v1/layers",
    "/v1/districts.geojson", "/v1/wmts/1.0.0/WMTSCapabilities.xml",
]  # fmt: skip


def until(ask, *, seconds=20):
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not (found := ask()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


@pytest.fixture
def remote(tmp_path):
    """Return a function that opens a publication elsewhere; it is closed at the end."""
    opened = []

    def make(url, **options):
        options = {"most_bytes": 10**9, "every_s": 0.2, **options}
        opened.append(RemotePublication(url, tmp_path / "cache", **options))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def cached(tmp_path, pattern="*"):
    return {path.name: path for path in (tmp_path / "cache").rglob(pattern) if path.is_file()}


def test_service__answers_as_from_the_folder(published, url, send, tmp_path):
    send(published)
    with (
        live(published) as near,
        live(url, cache=tmp_path / "cache") as far,
        httpx.Client() as client,
    ):
        for path in PATHS:
            here, there = client.get(near + path), client.get(far + path)
            assert (path, there.status_code) == (path, 200)
            assert there.content.replace(far.encode(), b"") == here.content.replace(
                near.encode(), b""
            )
    assert f"{LAYER}.tif" in cached(tmp_path)
    assert not cached(tmp_path, ".writing-*")


def test_service__static_site(published, object_store, url, send, tmp_path, monkeypatch):
    send(published, to=f"s3://{OPEN_BUCKET}/static")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    site = f"{object_store.endpoint}/{OPEN_BUCKET}/static"
    with live(site, cache=tmp_path / "cache") as far:
        assert {httpx.get(far + path).status_code for path in PATHS} == {200}


def test_service__shows_what_is_new_and_drops_what_is_retracted(published, url, send, tmp_path):
    send(published)
    old = read_manifest(published).layers[LAYER].dates[TODAY]["night"]
    settings = {"cache": tmp_path / "cache", "refresh_seconds": 0.5}
    with live(url, **settings) as far, httpx.Client(base_url=far) as client:
        assert client.get(PATHS[0]).status_code == 200
        kept = cached(tmp_path, f"*{old.version}/*")
        assert kept
        publish_day(published, **city.arguments(run_id="run-b", seed=9))
        send(published)
        tilejson = f"/v1/tiles/{LAYER}/latest/night/heat/tilejson.json"
        new = read_manifest(published).layers[LAYER].dates[TODAY]["night"].version
        until(lambda: new in client.get(tilejson).text)
        former = f"/v1/tiles/{LAYER}/v/{old.version}/heat/11/525/761.png"
        assert client.get(former).status_code == 200  # pages that are open still ask for it
        assert client.get(PATHS[0]).status_code == 200
        retract(published, date=city.DATE, category="error", when=NOW)
        send(published)
        gone = f"/v1/tiles/{LAYER}/v/{new}/heat/11/525/761.png"
        until(lambda: client.get(gone).status_code == 410)
        assert client.get(former).status_code == 404
        until(
            lambda: not cached(tmp_path, f"*{new}/*") and not cached(tmp_path, f"*{old.version}/*")
        )


def test_service__a_store_that_is_away_does_no_harm_to_what_is_known(
    published, url, send, tmp_path, object_store
):
    send(published)
    unknown = "/v1/download/priority/latest/night.tif"
    settings = {"cache": tmp_path / "cache", "refresh_seconds": 0.5}
    with live(url, **settings) as far, httpx.Client(base_url=far, timeout=60) as client:
        known = client.get(PATHS[0]).content
        with object_store.away():
            with ThreadPoolExecutor(1) as thread:
                slow = thread.submit(client.get, unknown)
                for _ in range(50):  # the loop is not held up by the one that waits
                    assert client.get(PATHS[0]).content == known
                assert slow.result().status_code == 503
            stale = until(lambda: client.get("/readyz").json()["stale_seconds"])
            assert stale > 0
        assert until(lambda: client.get(unknown).status_code == 200)
        until(lambda: client.get("/readyz").json()["stale_seconds"] == 0)


def test_publication__begins_empty_and_shows_the_first_one(published, url, send, remote):
    publication = remote(url)
    with pytest.raises(PublishError, match="yet"):
        publication.snapshot()
    send(published)
    until(lambda: publication._snapshot is not None)
    assert publication.snapshot().manifest == read_manifest(published)
    Objects(url).write("manifest.json", b'{"format": "else"}', attributes={})
    with pytest.raises(PublishError, match="not a publication of format"):
        publication.refresh()
    assert publication.snapshot().manifest == read_manifest(published)


@pytest.fixture
def stored(url):
    """Return a function that stores bytes and tells the file as a manifest would."""

    def make(name, content=None):
        content = os.urandom(100_000) if content is None else content
        path = f"priority/2017-01-03-day/{hashlib.sha256(content).hexdigest()[:16]}/{name}"
        Objects(url).write(path, content, attributes={})
        sha256 = hashlib.sha256(content).hexdigest()
        return PublishedFile(version="0" * 16, path=path, sha256=sha256, size=len(content))

    return make


@pytest.fixture
def files(url, tmp_path):
    made = CachedFiles(Objects(url), tmp_path / "cache", most_bytes=350_000)
    yield made
    made.close()


class Counting(Objects):
    """Counts what is fetched, and lets nothing go before it is told to."""

    def __init__(self, url):
        super().__init__(url)
        self.asked, self.go = [], threading.Event()

    def parts(self, path):
        self.asked.append(path)
        assert self.go.wait(20)
        return super().parts(path)


def test_cached_files__many_who_ask_at_once_fetch_once_and_do_not_block(url, stored, tmp_path):
    objects, file = Counting(url), stored("a.tif")
    files = CachedFiles(objects, tmp_path / "cache", most_bytes=10**9)

    async def ask():
        waiting = [asyncio.ensure_future(files.ready(file)) for _ in range(20)]
        await asyncio.sleep(0)
        waiting[0].cancel()  # one client goes away, the others wait on
        objects.go.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    gone, *paths = asyncio.run(ask())
    assert isinstance(gone, asyncio.CancelledError)
    assert set(paths) == {tmp_path / "cache" / file.path}
    assert objects.asked == [file.path]
    assert hashlib.sha256(paths[0].read_bytes()).hexdigest() == file.sha256
    files.close()


def test_cached_files__many_threads_that_read_a_small_file_at_once(files, url):
    for number in range(10):
        path = f"priority/2017-01-03-day/{number:016x}/item.json"
        Objects(url).write(path, b"{}", attributes={})
        with ThreadPoolExecutor(8) as threads:
            assert set(threads.map(lambda _, path=path: files.read(path), range(8))) == {b"{}"}
    with pytest.raises(PublishError, match="there no more"):
        files.read("priority/2017-01-03-day/never/item.json")


def test_cached_files__what_is_not_as_the_manifest_says_is_never_seen(files, stored, url):
    file = stored("a.tif")
    for content in (b"x" * file.size, b"short"):
        Objects(url).write(file.path, content, attributes={})
        with pytest.raises(PublishError, match="not what the manifest says"):
            files.local(file)
        assert not (files.folder / file.path).exists()
    Objects(url).delete([file.path])
    with pytest.raises(PublishError, match="there no more"):
        files.local(file)


def test_cached_files__damage_on_the_disk_is_mended_by_the_next_process(files, stored, url):
    file = stored("a.tif")
    files.local(file).write_bytes(b"x" * file.size)
    later = CachedFiles(Objects(url), files.folder, most_bytes=10**9)
    assert hashlib.sha256(later.local(file).read_bytes()).hexdigest() == file.sha256
    later.close()


def test_cached_files__the_least_used_go_when_it_is_full(files, stored):
    one, two, three, four = (stored(f"{name}.tif") for name in "abcd")
    for age, file in ((300, one), (200, two), (100, three)):
        path = files.local(file)
        os.utime(path, (time.time() - age,) * 2)
    files.local(four)
    left = {path.name for path in files.folder.rglob("*.tif")}
    assert left == {"b.tif", "c.tif", "d.tif"}
    assert files.local(one).is_file()  # and comes again
    assert not (files.folder / two.path).exists()


def test_cached_files__files_in_use_stay_although_it_is_full(files, stored):
    many = [stored(f"f{number}.tif") for number in range(5)]
    paths = [files.local(file) for file in many]
    assert all(path.is_file() for path in paths)


def test_cached_files__a_killed_process_s_half_files_go(files, stored):
    half = files.folder / "priority" / ".writing-99-a.tif"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    files.local(stored("a.tif"))
    assert half.exists()  # it may be one that is being written
    os.utime(half, (time.time() - 7200,) * 2)
    files.local(stored("b.tif"))
    assert not half.exists()
