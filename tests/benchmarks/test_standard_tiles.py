"""Tiles by WMTS and OGC API: the short route beside the checked one, by turns in one process."""

import asyncio

import mercantile
import published_city as city
import pytest

from evenbeat.core.store.publication import publish_day
from evenbeat.tile_server.app import create_app
from evenbeat.tile_server.settings import ServiceSettings
from evenbeat.tile_server.standards.tile_route import StandardTileRoute
from tests.benchmarks.interleave import interleave

pytestmark = [pytest.mark.benchmark, pytest.mark.filterwarnings("default")]
TIMES = 300
TILE = mercantile.tile(-87.58, 41.83, 12)
PLACE = f"{TILE.z}/{TILE.y}/{TILE.x}"
QUERY = ("service=WMTS&request=GetTile&version=1.0.0&layer=risk-robbery.night&style=heat"
         "&format=image/png&tilematrixset=EPSG:3857&time=2017-01-03"
         f"&tilematrix={TILE.z}&tilerow={TILE.y}&tilecol={TILE.x}")  # fmt: skip
PLACES = {
    "WMTS, REST": (f"/v1/wmts/1.0.0/risk-robbery.night/heat/2017-01-03/EPSG:3857/{PLACE}.png", ""),
    "WMTS, KVP": ("/v1/wmts", QUERY),
    "OGC API": ("/v1/collections/risk-robbery.night/2017-01-03/styles/heat/map/tiles/"
                f"WebMercatorQuad/{PLACE}", ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("published")
    publish_day(made, **city.arguments())
    return made


def asking(app, path, query):
    """Return a job that asks an application for a tile many times."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": query.encode(), "headers": [(b"host", b"127.0.0.1:8765")],
        "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 8765),
    }  # fmt: skip

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def main():
        for _ in range(TIMES):
            told = []

            async def send(message, told=told):
                told.append(message)

            await app(dict(scope), receive, send)
            assert told[0]["status"] == 200
        return told[1]["body"]

    return lambda: asyncio.run(main())


@pytest.mark.parametrize("name", PLACES)
def test_short_route__beside_the_checked_one(folder, name, table):
    short, checked = (create_app(ServiceSettings(publication=folder)) for _ in range(2))
    routes = checked.router.routes
    routes[:] = [each for each in routes if not isinstance(each, StandardTileRoute)]
    jobs = [asking(app, *PLACES[name]) for app in (short, checked)]
    assert jobs[0]() == jobs[1]()
    measured = interleave(*jobs)
    table.add_ratio(f"tile by {name}", "the checked route", measured, at_least=5, unit="ms",
                    units=TIMES)  # fmt: skip
