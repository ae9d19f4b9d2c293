"""A browser, and a service with the city that it visits; both are started once."""

from itertools import count

import pytest
from live_service import live
from map_visit import DESKTOP, publish_city, start_afresh, visitor

_NUMBERS = count()


@pytest.fixture(scope="session")
def city_folder(tmp_path_factory):
    return publish_city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="session")
def address(city_folder):
    with live(city_folder) as found:
        yield found


@pytest.fixture(scope="session")
def browser():
    with visitor() as page:
        if page is None:
            pytest.skip("no Chromium on this computer; on Debian: apt install chromium")
        yield page


@pytest.fixture
def page(browser):
    """The page; when a test is over, it must not have complained."""
    start_afresh(browser)
    yield browser
    assert browser.complaints == []


@pytest.fixture
def visit(page, address):
    """Return a function that opens the map with a choice."""

    def open_map(choice="", size=DESKTOP, at=address):
        page.open(f"{at}/map?{next(_NUMBERS)}#{choice}", **size)
        return page

    return open_map
