"""Objects below an address: what the store promises, and what is said when it does not answer."""

import datetime as dt
import os
import threading

import pytest
from publishing.object_store import OPEN_BUCKET

from evenbeat.core.errors import PublishError
from evenbeat.core.store.remote.objects import ChangedError, Objects

pytestmark = [pytest.mark.object_store, pytest.mark.xdist_group("object_store")]


def contest(writers, write):
    """Let writers write at the same moment; return who succeeded."""
    start, won = threading.Barrier(writers), []

    def run(number):
        start.wait()
        try:
            write(number)
        except ChangedError:
            return
        won.append(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won


def test_replace__of_many_writers_at_once_exactly_one_wins(url):
    objects = Objects(url)
    for turn in range(20):
        known = objects.read("pointer")
        tag = None if known is None else known.tag

        def write(number, turn=turn, tag=tag):
            objects.replace("pointer", f"{turn}-{number}".encode(), tag, attributes={})

        (winner,) = contest(4, write)
        assert objects.read("pointer").content == f"{turn}-{winner}".encode()


def test_replace__refuses_a_stale_tag_and_what_is_there_or_gone(url):
    objects = Objects(url)
    objects.replace("pointer", b"one", None, attributes={})
    first = objects.read("pointer")
    objects.replace("pointer", b"two", first.tag, attributes={})
    with pytest.raises(ChangedError, match="another publisher"):
        objects.replace("pointer", b"three", first.tag, attributes={})
    with pytest.raises(ChangedError):
        objects.replace("pointer", b"three", None, attributes={})
    with pytest.raises(ChangedError):
        objects.replace("never", b"three", first.tag, attributes={})
    assert objects.read("pointer").content == b"two"
    assert objects.read("never") is None


def test_read__only_what_changed_since_a_tag(url):
    objects = Objects(url)
    objects.write("file", b"one", attributes={"Content-Type": "text/plain"})
    known = objects.read("file")
    assert objects.read("file", unless_tag=known.tag) is None
    objects.write("file", b"two", attributes={})
    assert objects.read("file", unless_tag=known.tag).content == b"two"


def test_list_and_delete__only_below_the_address(url):
    objects, above = Objects(url), Objects(url.rsplit("/", 1)[0])
    above.write("beside", b"1", attributes={})
    objects.write("one/file.txt", b"12", attributes={})
    objects.write("two", b"345", attributes={})
    assert {path: one.size for path, one in objects.list().items()} == {"one/file.txt": 2, "two": 3}
    objects.delete(["two", "one/file.txt", "never"])
    assert objects.list() == {}
    assert set(above.list()) == {"beside"}


def test_write__large_file_from_disk_is_one_object(url, tmp_path):
    content = os.urandom(9_000_001)
    (tmp_path / "large").write_bytes(content)
    objects = Objects(url)
    objects.write("large", tmp_path / "large", attributes={})
    assert objects.read("large").content == content


@pytest.mark.parametrize(
    "address", ["s3://", "s3://UP/x", "s3://bucket/../x y", "ftp://host/x", "file:///etc",
                "http://10.0.0.1/x", "https://host/x?sig=1"],
)  # fmt: skip
def test_objects__refuses_other_addresses(address):
    with pytest.raises(PublishError, match="s3://bucket/prefix"):
        Objects(address)


def test_objects__says_what_to_do_about_wrong_keys_and_no_answer(url, monkeypatch, object_store):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "something-else")
    with pytest.raises(PublishError, match="AWS_SECRET_ACCESS_KEY") as wrong:
        Objects(url).read("file")
    assert "something-else" not in str(wrong.value)
    assert "\n" not in str(wrong.value)
    for name, value in object_store.environment.items():
        monkeypatch.setenv(name, value)
    impatient = Objects(url, patience=dt.timedelta(seconds=1))
    with object_store.away(), pytest.raises(PublishError, match="Cannot list"):
        impatient.list()
    assert impatient.list() == {}


def test_read__static_site(url, object_store, monkeypatch):
    Objects(f"s3://{OPEN_BUCKET}/riverton").write("file", b"for all", attributes={})
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name)
    site = Objects(f"{object_store.endpoint}/{OPEN_BUCKET}/riverton")
    known = site.read("file")
    assert known.content == b"for all"
    assert site.read("file", unless_tag=known.tag) is None
    assert site.read("never") is None
