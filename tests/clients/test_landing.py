"""A publication lands while a map client moves about: no error, and no tile of two versions."""

import published_city as city
import pytest
from live_service import keyed

from evenbeat.core.store.publication import publish_day
from tests.clients.expected_picture import Cells, View, torn_tiles
from tests.clients.map_pages import HEIGHT, LAYER, MAP_PAGES, SHIFT, STYLE, WIDTH, shortly

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("map-clients")]

ONE_VERSION = ("tilejson", "style")


@pytest.fixture
def moving(tmp_path):
    """A publication that will change, and its service, whose answers may not be kept."""
    folder, scratch = tmp_path / "published", tmp_path / "service"
    scratch.mkdir()
    publish_day(folder, **city.arguments())
    with keyed(folder, scratch, fresh_seconds=0) as running:
        yield running


@pytest.mark.parametrize("shown", shortly(MAP_PAGES, "maplibre-tilejson"), ids=str)
def test_landing__of_a_new_run_of_the_day_is_no_error_and_no_mixture(
    moving, pages, browser, tmp_path, shown
):
    folder = moving.publication
    before = Cells(folder, LAYER, str(city.DATE), SHIFT, STYLE)
    shown.open(browser, pages, moving, before.hot_spot)
    browser.run("void client.keepWandering()")
    browser.wait("client.tours >= 1")
    publish_day(folder, **city.arguments(run_id="run-b", seed=9))
    tours = browser.run("client.tours")
    browser.wait(f"client.tours >= {tours + 2}")
    browser.run("client.enough = true")
    browser.wait("client.stopped")
    after = Cells(folder, LAYER, str(city.DATE), SHIFT, STYLE)
    assert after.version != before.version
    allowed = [before] if shown.way in ONE_VERSION else [before, after]
    for zoom in (10, 12, 14):
        view, picture = View.over(*before.hot_spot, zoom, WIDTH, HEIGHT), tmp_path / f"{zoom}.png"
        longitude, latitude = view.middle
        browser.run(f"client.show([{longitude!r}, {latitude!r}], {zoom})")
        browser.picture(picture)
        if len(allowed) == 1:
            assert before.share_unlike(picture, view) < 0.001, zoom
        else:
            assert torn_tiles(picture, view, allowed) == [], zoom
    assert browser.complaints == []
    assert [line for line in moving.requests() if line["status"] not in (200, 304)] == []


@pytest.mark.parametrize("shown", shortly(MAP_PAGES, "leaflet-xyz"), ids=str)
def test_landing__is_what_a_page_shows_that_is_opened_again(
    moving, pages, browser, tmp_path, shown
):
    folder = moving.publication
    place = Cells(folder, LAYER, str(city.DATE), SHIFT, STYLE).hot_spot
    shown.open(browser, pages, moving, place)
    publish_day(folder, **city.arguments(run_id="run-b", seed=9))
    shown.open(browser, pages, moving, place)
    after = Cells(folder, LAYER, str(city.DATE), SHIFT, STYLE)
    view = View.over(*after.hot_spot, 12, WIDTH, HEIGHT)
    longitude, latitude = view.middle
    browser.run(f"client.show([{longitude!r}, {latitude!r}], 12)")
    browser.picture(tmp_path / "after.png")
    assert after.share_unlike(tmp_path / "after.png", view) < 0.001
    assert browser.complaints == []
