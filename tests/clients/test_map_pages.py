"""Leaflet, MapLibre and ArcGIS in a browser, with a key, from a page of another origin."""

import pytest

from tests.clients.expected_picture import Cells, View
from tests.clients.map_pages import HEIGHT, LAYER, MAP_PAGES, SHIFT, STYLE, WIDTH, shortly

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("map-clients")]


@pytest.mark.parametrize("zooms", [
    pytest.param(range(9, 19, 3), id="some"),
    pytest.param(range(9, 19), id="every", marks=pytest.mark.extended),
])  # fmt: skip
@pytest.mark.parametrize(
    "shown", shortly(MAP_PAGES, "leaflet-xyz", "maplibre-tilejson", "arcgis-wmts"),
    ids=str,
)  # fmt: skip
def test_map_page__draws_every_cell_in_its_colour(
    service, no_refusals, pages, browser, tmp_path, shown, zooms
):
    cells = Cells(service.publication, LAYER, "2017-01-03", SHIFT, STYLE)
    shown.open(browser, pages, service, cells.hot_spot)
    for zoom in zooms:
        view = View.over(*cells.hot_spot, zoom, WIDTH, HEIGHT)
        longitude, latitude = view.middle
        browser.run(f"client.show([{longitude!r}, {latitude!r}], {zoom})")
        browser.picture(tmp_path / f"{zoom}.png")
        assert cells.share_unlike(tmp_path / f"{zoom}.png", view) < 0.001, zoom
    browser.run("client.wander()")
    assert browser.complaints == []
    assert shown.foreign(browser, pages, service) == []
