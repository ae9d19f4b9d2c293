"""A published city, and a client of the service that publishes it."""

import datetime as dt

import published_city as city
import pytest
from starlette.testclient import TestClient

from evenbeat.core.store.publication import publish_day
from evenbeat.tile_server.app import create_app
from evenbeat.tile_server.settings import ServiceSettings


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """A publication of two days; nobody changes it."""
    folder = tmp_path_factory.mktemp("published")
    yesterday = city.DATE - dt.timedelta(days=1)
    publish_day(folder, **city.arguments(date=yesterday, run_id="run-y", seed=2))
    publish_day(folder, **city.arguments())
    return folder


@pytest.fixture
def connect():
    """Return a function that makes a client for a publication and further settings."""

    def make(folder, **settings):
        app = create_app(ServiceSettings(publication=folder, **settings))
        return TestClient(app, base_url="http://127.0.0.1:8765", raise_server_exceptions=False)

    return make


@pytest.fixture
def client(published, connect):
    return connect(published)
