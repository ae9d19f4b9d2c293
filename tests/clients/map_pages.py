"""A map client in a browser: its page, told which layer to show."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import pytest

from tests.clients.web_pages import LIBRARIES

LAYER, SHIFT, STYLE = "risk-robbery", "night", "heat"
WIDTH, HEIGHT = 640, 480
_NEEDED = {"leaflet": "leaflet", "arcgis": "@arcgis/core"}
_SOURCES = {
    "xyz": "/v1/tiles/{layer}/{date}/{shift}/{style}/{{z}}/{{x}}/{{y}}.png",
    "arcgis-xyz": "/v1/tiles/{layer}/{date}/{shift}/{style}/{{level}}/{{col}}/{{row}}.png",
    "tilejson": "/v1/tiles/{layer}/{date}/{shift}/{style}/tilejson.json",
    "style": "/v1/tiles/{layer}/{date}/{shift}/{style}/style.json",
    "wmts": "/v1/wmts/1.0.0/WMTSCapabilities.xml",
}


@dataclass(frozen=True)
class MapPage:
    """One client and the way it is told of the tiles."""

    client: str
    way: str

    def __str__(self):
        return f"{self.client}-{self.way}"

    def open(self, browser, pages, service, place, *, date="latest"):
        """Open the client over a place and wait until it has drawn."""
        needed = _NEEDED.get(self.client)
        if needed and not (LIBRARIES / needed).is_dir():
            pytest.skip(f"{needed} is not installed; run: scripts/install-clients")
        kind = "arcgis-xyz" if (self.client, self.way) == ("arcgis", "xyz") else self.way
        path = _SOURCES[kind].format(layer=LAYER, date=date, shift=SHIFT, style=STYLE)
        asked = {"source": f"{service.address}{path}?key={service.token}", "way": self.way,
                 "layer": f"{LAYER}.{SHIFT}", "style": STYLE,
                 "longitude": place[0], "latitude": place[1]}  # fmt: skip
        browser.open(f"{pages}/{self.client}.html?{urlencode(asked)}", width=WIDTH, height=HEIGHT)

    def foreign(self, browser, pages, service):
        """Return what the page asked of others than its own server and the service."""
        own = {urlsplit(pages).netloc, urlsplit(service.address).netloc, ""}
        return [address for address in browser.addresses if urlsplit(address).netloc not in own]


MAP_PAGES = (
    MapPage("leaflet", "xyz"),
    MapPage("maplibre", "xyz"), MapPage("maplibre", "tilejson"), MapPage("maplibre", "style"),
    MapPage("arcgis", "xyz"), MapPage("arcgis", "wmts"),
)  # fmt: skip


def shortly(pages, *names):
    """Return the pages for ``parametrize``: all but the named ones are of the extended suite."""
    assert set(names) <= {str(page) for page in pages}
    return [
        page if str(page) in names else pytest.param(page, marks=pytest.mark.extended)
        for page in pages
    ]
