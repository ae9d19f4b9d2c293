"""A published city behind keys, and what the clients need on this computer."""

import datetime as dt

import published_city as city
import pytest
from headless_browser import find_browser, open_browser
from live_service import keyed

from evenbeat.core.store.publication import publish_day
from tests.clients.web_pages import web_pages


@pytest.fixture(scope="session")
def two_days(tmp_path_factory):
    """A publication of two days; nobody changes it."""
    folder = tmp_path_factory.mktemp("published")
    yesterday = city.DATE - dt.timedelta(days=1)
    publish_day(folder, **city.arguments(date=yesterday, run_id="run-y", seed=2))
    publish_day(folder, **city.arguments())
    return folder


@pytest.fixture(scope="session")
def service(two_days, tmp_path_factory):
    """The service of that publication; it answers nothing without a key."""
    with keyed(two_days, tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture
def no_refusals(service):
    """Afterwards, the service must have answered every request of the test with what was asked."""
    before = len(service.requests())
    yield
    answered = service.requests()[before:]
    assert answered
    assert [line for line in answered if line["status"] not in (200, 304)] == []


@pytest.fixture(scope="session")
def pages():
    """The address of the pages that other agencies would have."""
    with web_pages() as address:
        yield address


@pytest.fixture
def browser():
    """A page of a headless browser."""
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium on this computer; on Debian: apt install chromium")
    with open_browser(program) as page:
        yield page
