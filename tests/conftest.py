"""Fixtures for every room: the real data where they are, and a small city with known truth."""

import datetime as dt
import os
from pathlib import Path

import pytest

# As the command line does: threads that wait actively slow down a machine shared by two workers.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# On a busy machine a cluster's worker takes longer to start than its scheduler waits by default.
os.environ.setdefault("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "120s")

from evenbeat.core.simulate import City, simulate_city, write_agency_files

pytest_plugins = ["tests.agency_day", "tests.rehearsed_days"]
_MADE_ONCE = ("rehearsed", "finished_day", "two_workers")
"""Fixtures that take long; all tests that need one run in the same process."""
_BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        needed = [name for name in _MADE_ONCE if name in getattr(item, "fixturenames", ())]
        if needed and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(needed[0]))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the shared real data; the test skips where it is absent.

    The environment variable EVENBEAT_REAL_DATA names it; otherwise it lies beside the checkout.
    """
    folder = Path(os.environ.get("EVENBEAT_REAL_DATA", _BESIDE_THE_CHECKOUT))
    if not (folder / "chicago").is_dir():
        pytest.skip(f"no real data in {folder}; set EVENBEAT_REAL_DATA to the folder that has it")
    return folder


@pytest.fixture(scope="session")
def small_city() -> City:
    """A city of 5 km and 200 days with more crime than usual; a clock change is in its history."""
    return simulate_city(
        seed=2016, size_km=5.0, start=dt.date(2016, 10, 15), days=200, crime_scale=3.0, ping_days=2
    )


@pytest.fixture(scope="session")
def small_city_files(small_city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the small city's agency, dirt included; tests copy what they change."""
    folder = tmp_path_factory.mktemp("agency") / "city"
    write_agency_files(small_city, folder)
    return folder
