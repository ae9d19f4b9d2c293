"""The short route of WMTS and OGC API tiles answers as the checked routes do, and only sooner."""

import datetime as dt
from urllib.parse import urlencode

import mercantile
import pytest
from starlette.testclient import TestClient

from evenbeat.tile_server.access.grants import Grant
from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.access.middleware import AccessMiddleware, Guard
from evenbeat.tile_server.access.rates import Rates
from evenbeat.tile_server.access.ring import KeyRing
from evenbeat.tile_server.standards.tile_route import StandardTileRoute

TILE = mercantile.tile(-87.58, 41.83, 12)
PLACE = f"{TILE.z}/{TILE.y}/{TILE.x}"
GET = {"service": "WMTS", "request": "GetTile", "version": "1.0.0", "layer": "risk-robbery.night",
       "style": "heat", "format": "image/png", "tilematrixset": "EPSG:3857",
       "tilematrix": str(TILE.z), "tilerow": str(TILE.y), "tilecol": str(TILE.x)}  # fmt: skip
WMTS = "/v1/wmts/1.0.0/risk-robbery.night"
OGC = "/v1/collections/risk-robbery.night"
PLAIN = [
    f"{WMTS}/heat/2017-01-02/WebMercatorQuad/{PLACE}.png",
    f"{WMTS}/heat/{{Time}}/EPSG:3857/{PLACE}.png",
    f"{WMTS}/heat/yesterday/GoogleMapsCompatible/{PLACE}.png",
    f"{WMTS}/print/latest/WebMercatorQuad/0/0/0.png",
    f"{WMTS}/heat/latest/WebMercatorQuad/12/0/0.png",
    f"{WMTS}/heat/latest/WebMercatorQuad/{TILE.z + 4}/{TILE.y * 16}/{TILE.x * 16}.png",
    f"/v1/wmts?{urlencode(GET)}",
    f"/v1/wmts?{urlencode({**GET, 'time': '2017-01-02'})}",
    f"/v1/wmts?{urlencode({key.upper(): value for key, value in GET.items()})}",
    f"/v1/wmts?{urlencode({**GET, 'extra': '1', 'style': 'print'})}",
    f"/v1/wmts?{urlencode(GET)}&style=print&layer=no",
    f"{OGC}/2017-01-02/styles/heat/map/tiles/WebMercatorQuad/{PLACE}",
    f"{OGC}/latest/styles/print/map/tiles/EPSG:3857/{PLACE}",
]
ODD = [
    f"{WMTS}/default/latest/WebMercatorQuad/{PLACE}.png",
    f"{WMTS}/minutes/latest/WebMercatorQuad/{PLACE}.png",
    f"{WMTS}/change/latest/WebMercatorQuad/{PLACE}.png",
    f"{WMTS}/pink/latest/WebMercatorQuad/{PLACE}.png",
    f"{WMTS}/heat/latest/WebMercatorQuad/19/0/0.png",
    f"{WMTS}/heat/latest/WebMercatorQuad/2/4/0.png",
    f"{WMTS}/heat/latest/WebMercatorQuad/2/0/4.png",
    f"{WMTS}/heat/latest/WorldCRS84Quad/{PLACE}.png",
    f"{WMTS}/heat/latest/WebMercatorQuad/{PLACE}.jpg",
    f"{WMTS}/heat/latest/WebMercatorQuad/{TILE.z}/-1/0.png",
    f"/v1/wmts/1.0.0/no.night/heat/latest/WebMercatorQuad/{PLACE}.png",
    f"/v1/wmts?{urlencode({**GET, 'style': ''})}",
    f"/v1/wmts?{urlencode({**GET, 'style': 'minutes'})}",
    f"/v1/wmts?{urlencode({**GET, 'version': '2.0.0'})}",
    f"/v1/wmts?{urlencode({**GET, 'format': 'image/gif'})}",
    f"/v1/wmts?{urlencode({**GET, 'tilerow': '99999'})}",
    f"/v1/wmts?{urlencode({**GET, 'layer': 'risk-robbery'})}",
    f"/v1/wmts?{'&'.join(f'a{number}=1' for number in range(40))}&{urlencode(GET)}",
    f"/v1/wmts?{urlencode(GET)}&junk={'x' * 3000}",
    f"{OGC}/2016-01-01/styles/heat/map/tiles/WebMercatorQuad/{PLACE}",
    f"{OGC}/latest/styles/minutes/map/tiles/WebMercatorQuad/{PLACE}",
    f"{OGC}/latest/styles/heat/map/tiles/WebMercatorQuad/2/4/0",
    f"{OGC}/latest/styles/heat/map/tiles/Other/{PLACE}",
    f"{OGC}/map/tiles/WebMercatorQuad/{PLACE}",
    f"{OGC}/styles/heat/map/tiles/WebMercatorQuad/{PLACE}",
]


class Counting(StandardTileRoute):
    """Counts what it answers."""

    count = 0

    async def handle(self, scope, receive, send):
        type(self).count += 1
        await super().handle(scope, receive, send)


@pytest.fixture
def both(published, connect):
    """Return a client with a short route that counts, and one without that route."""
    clients = []
    for replaced in (True, False):
        client = connect(published)
        routes = client.app.router.routes
        (place,) = [number for number, route in enumerate(routes)
                    if isinstance(route, StandardTileRoute)]  # fmt: skip
        routes[place : place + 1] = [Counting(client.app.state.service)] if replaced else []
        clients.append(client)
    Counting.count = 0
    return clients


def told(answer):
    names = ("content-type", "etag", "cache-control", "access-control-allow-origin",
             "content-length", "content-security-policy")  # fmt: skip
    return answer.status_code, {name: answer.headers.get(name) for name in names}, answer.content


@pytest.mark.parametrize("place", PLAIN)
def test_plain_requests__take_it_and_get_the_same(both, place):
    short, checked = both
    answer = short.get(place)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert told(answer) == told(checked.get(place))
    assert Counting.count == 1
    known = {"If-None-Match": answer.headers["etag"]}
    assert told(short.get(place, headers=known)) == told(checked.get(place, headers=known))
    assert told(short.head(place)) == told(checked.head(place))
    assert Counting.count == 3


@pytest.mark.parametrize("place", ODD)
def test_odd_requests__leave_it_and_get_the_same(both, place):
    short, checked = both
    assert told(short.get(place)) == told(checked.get(place))
    assert Counting.count == 0


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods__are_refused_as_before(both, method):
    short, checked = both
    for place in (PLAIN[0], PLAIN[6], PLAIN[11]):
        answer = short.request(method, place)
        assert answer.status_code == checked.request(method, place).status_code == 405


def test_options__are_answered_as_for_other_tiles(client):
    """A page of another origin may ask before it sends a key in a header."""
    headers = {"Origin": "https://gis.example.org", "Access-Control-Request-Method": "GET",
               "Access-Control-Request-Headers": "x-api-key"}  # fmt: skip
    hot = f"/v1/tiles/risk-robbery/latest/night/heat/{TILE.z}/{TILE.x}/{TILE.y}.png"
    expected = client.options(hot, headers=headers)
    for place in (PLAIN[0], PLAIN[6], PLAIN[11]):
        answer = client.options(place, headers=headers)
        assert answer.status_code == expected.status_code
        assert answer.headers.get("access-control-allow-headers") == expected.headers.get(
            "access-control-allow-headers"
        )


def test_keys__see_what_they_open(published, connect, tmp_path):
    file = KeyFile(tmp_path / "keys.json")
    _, token = file.create("County GIS", now=dt.datetime.now(dt.UTC), layers=("risk-robbery",),
                           maximum_zoom=11)  # fmt: skip
    guard = Guard(KeyRing(file.path), Grant("public", layers=("priority",)), Rates())
    client = TestClient(AccessMiddleware(connect(published).app, guard),
                        base_url="http://127.0.0.1:8765")  # fmt: skip
    low = mercantile.parent(TILE, zoom=11)
    for place, deep in ((f"{WMTS}/heat/latest/EPSG:3857/{low.z}/{low.y}/{low.x}.png", PLAIN[0]),
                        (f"{OGC}/latest/styles/heat/map/tiles/EPSG:3857/{low.z}/{low.y}/{low.x}",
                         PLAIN[11])):  # fmt: skip
        answer = client.get(place, headers={"X-API-Key": token})
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, max-age=60")
        assert client.get(place).status_code in (400, 404)  # its layer is not public
        assert client.get(deep, headers={"X-API-Key": token}).status_code in (400, 404)
        other = place.replace("risk-robbery", "risk-burglary")
        assert client.get(other, headers={"X-API-Key": token}).status_code in (400, 404)
