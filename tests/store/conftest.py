"""Both back ends of the database: what a test here proves, it proves for both."""

import pytest
from store.postgis import programs, running_server

from evenbeat.core.store.database import AuditLog, Database


@pytest.fixture(scope="session")
def postgis():
    """A server; the test skips where its programs are not installed."""
    if programs() is None:
        pytest.skip("no PostgreSQL with PostGIS here; install it with: scripts/install-system test")
    with running_server() as server:
        yield server


@pytest.fixture(params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def location(request, tmp_path):
    """Where a new database of each back end may be; nothing of ours is there yet."""
    if request.param == "geopackage":
        return tmp_path / "assignments.gpkg"
    return request.getfixturevalue("postgis").new_store()


@pytest.fixture
def database(location):
    """An opened database of each back end."""
    opened = Database.open(location, crs="EPSG:26916")
    yield opened
    opened.close()


@pytest.fixture
def log(database):
    """The log of that database."""
    return AuditLog(database)
