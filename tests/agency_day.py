"""A simulated agency's files, made once, and copies of its workspace."""

import datetime as dt
import shutil

import pytest

from evenbeat.core.pipeline.context import Context
from evenbeat.core.pipeline.daily import run_daily
from evenbeat.core.simulate import simulate_city, write_agency_files
from evenbeat.core.store.workspace import Workspace

START, DAYS = dt.date(2016, 9, 1), 120
FORECAST_DAY = START + dt.timedelta(days=DAYS)


def context_of(root, **options):
    return Context(
        Workspace.open(root),
        actor="tester",
        now=lambda: dt.datetime(2017, 1, 5, 12, tzinfo=dt.UTC),
        **options,
    )


@pytest.fixture(scope="session")
def agency_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("agency") / "city"
    city = simulate_city(seed=11, size_km=4.0, start=START, days=DAYS, crime_scale=4.0)
    write_agency_files(city, folder, dirt=True)
    # One secret for all copies: units have the same pseudonyms, so days have the same bytes.
    (folder / "private").mkdir(mode=0o700)
    key = folder / "private" / "pseudonym.key"
    key.write_text("5e" * 32 + "\n", "ascii")
    key.chmod(0o600)
    return folder


@pytest.fixture(scope="session")
def finished_day(agency_files, tmp_path_factory):
    """A workspace whose day was run; tests only read it."""
    root = tmp_path_factory.mktemp("finished") / "city"
    shutil.copytree(agency_files, root)
    outcome = run_daily(context_of(root), FORECAST_DAY)
    return root, outcome


@pytest.fixture
def fresh_workspace(agency_files, tmp_path):
    """A copy of the agency's files with nothing run yet."""
    return shutil.copytree(agency_files, tmp_path / "city")


@pytest.fixture
def finished_copy(finished_day, tmp_path):
    """A copy of the finished workspace that a test may change."""
    return shutil.copytree(finished_day[0], tmp_path / "copy")
