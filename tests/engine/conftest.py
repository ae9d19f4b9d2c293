"""One rehearsed city, one warm engine that reads it, and copies for what changes it."""

import datetime as dt
import shutil

import pytest

from tests.engine_process import Engine


@pytest.fixture(scope="session")
def city(rehearsed):
    """The workspace that tests only read; three planned, patrolled and measured days."""
    return rehearsed.workspace.root


@pytest.fixture(scope="session")
def dates(rehearsed):
    """Its days."""
    return [str(date) for date in rehearsed.dates]


@pytest.fixture(scope="session")
def next_day(rehearsed):
    """The day after them, of which nothing was made yet."""
    return str(rehearsed.dates[-1] + dt.timedelta(days=1))


@pytest.fixture(scope="session")
def warm(tmp_path_factory):
    """An engine that stays open; the supervisor Sue calls it."""
    with Engine(tmp_path_factory.mktemp("engine")) as engine:
        yield engine


@pytest.fixture
def copy(city, tmp_path):
    """A copy of the workspace, in a folder whose name is not ASCII."""
    root = tmp_path / "Överbyggð čtvrť"
    shutil.copytree(city, root)
    return root
