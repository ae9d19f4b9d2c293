"""A publisher that is killed at random points while clients read: every answer is whole.

``EVENBEAT_KILLS=200 pytest tests/publishing/test_killed_publisher.py`` is the whole trial.
"""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from live_service import live
from publishing.killed_publisher import NOW, arguments, publish
from publishing.readers import TODAY, Reader, Truth
from publishing.test_upload import check_whole

from evenbeat.core.store.manifest import read_manifest
from evenbeat.core.store.publication import is_whole, publish_day
from evenbeat.core.store.remote.objects import Objects
from evenbeat.core.store.remote.upload import upload_publication

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]
KILLS = int(os.environ.get("EVENBEAT_KILLS", "8"))
READERS = 3


@pytest.fixture(scope="module")
def truth(tmp_path_factory):
    return Truth.make(tmp_path_factory.mktemp("truth"))


def trial(address, truth, folder, kills, *place):
    """Let clients read while the publisher is killed, and tell what was seen."""
    script = Path(__file__).with_name("killed_publisher.py")
    command = [sys.executable, str(script), str(folder), str(kills), "7", *map(str, place)]
    with ExitStack() as stack:
        readers = [stack.enter_context(Reader(address, truth)) for _ in range(READERS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert [reader.faults for reader in readers] == [[]] * READERS
    told = json.loads(done.stdout)
    assert told["left"] == []
    assert set(told["finished"]) == {"ended 0"}
    assert set(told["killed"]) <= {"killed", "ended 0"}
    assert told["killed"].count("killed") >= kills * 0.6, told["killed"]
    versions = {version for reader in readers for version in reader.versions}
    answers = sum(reader.answers for reader in readers)
    print(f"\n{kills} kills within {told['span']:.2f} s, {told['killed'].count('killed')} in time; "
          f"{answers} answers; {len(versions)} versions seen")  # fmt: skip
    assert all(reader.answers > 50 for reader in readers)
    assert len(versions) > len(read_manifest(folder).layers) * 2  # not only those of one run


def test_publish__killed_at_random_points_while_clients_read(tmp_path, truth):
    folder = tmp_path / "published"
    publish_day(folder, **arguments(0))
    with live(folder) as address:
        trial(address, truth, folder, KILLS)
    publish(folder, 0, None, None)
    clean = tmp_path / "clean"
    publish_day(clean, **arguments(0))
    left = read_manifest(folder)
    # What the other runs left is named, and whole as long as it is.
    assert left.superseded
    assert all((folder / one.raster.path).is_file() for one in left.superseded)
    assert left.model_copy(update={"superseded": ()}) == read_manifest(clean)
    assert is_whole(folder, arguments(0)["date"])


@pytest.mark.object_store
@pytest.mark.xdist_group("object_store")
def test_upload__killed_at_random_points_while_clients_read(tmp_path, truth, url):
    folder, record = tmp_path / "published", tmp_path / "record.json"
    publish_day(folder, **arguments(0))
    upload_publication(folder, Objects(url), record=record, now=NOW)
    with live(url, cache=tmp_path / "cache", refresh_seconds=0.5) as address:
        trial(address, truth, folder, max(3, KILLS // 10), url, record)
    assert check_whole(url) == read_manifest(folder)
    assert read_manifest(folder).dates == [TODAY]
