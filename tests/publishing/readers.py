"""Clients of a service that check every answer against what each run must look like."""

import hashlib
import io
import threading
from dataclasses import dataclass, field

import httpx
import published_city as city
import rasterio
from PIL import Image
from publishing.killed_publisher import RUNS, arguments
from starlette.testclient import TestClient

from evenbeat.core.store.manifest import read_manifest
from evenbeat.core.store.publication import publish_day
from evenbeat.tile_server.app import create_app
from evenbeat.tile_server.settings import ServiceSettings

_PAUSE_S = 0.1  # leaves the publisher some of a small machine
TODAY, STYLE = str(city.DATE), "heat"
PLACES = [(9, 131, 190), (11, 525, 761), (12, 1051, 1523), (13, 2103, 3046), (16, 16824, 24369)]


@dataclass(frozen=True)
class Truth:
    """What must be answered, made by publications that nobody disturbed.

    ``tiles`` by version and place, ``rasters`` by version: the run and the checksum.
    """

    tiles: dict = field(default_factory=dict)
    rasters: dict = field(default_factory=dict)

    @classmethod
    def make(cls, scratch):
        truth = cls()
        for number in range(RUNS):
            folder = scratch / f"run-{number}"
            publish_day(folder, **arguments(number))
            app = create_app(ServiceSettings(publication=folder))
            client = TestClient(app, base_url="http://127.0.0.1:8765")
            for layer_id, layer in read_manifest(folder).layers.items():
                for raster in layer.dates[TODAY].values():
                    truth.rasters[raster.version] = (raster.run_id, raster.sha256)
                    for place in PLACES:
                        content = client.get(tile_path(layer_id, raster.version, place)).content
                        truth.tiles[raster.version, place] = content
        # Runs and shifts differ where the city is seen whole; a deep tile may show one class alone,
        # and the two layers may have the same classes.
        for place in PLACES[:2]:
            shown = {content for (_, at), content in truth.tiles.items() if at == place}
            assert len(shown) >= RUNS * 3, (place, len(shown))
        return truth


def tile_path(layer, version, place):
    return f"/v1/tiles/{layer}/v/{version}/{STYLE}/{'/'.join(map(str, place))}.png"


class Reader:
    """Reads lists, TileJSON and its tiles, downloads and STAC in a thread, until it is stopped."""

    def __init__(self, address, truth):
        self._client, self._truth = httpx.Client(base_url=address, timeout=60), truth
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.answers, self.versions, self.faults = 0, set(), []

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        self._client.close()

    def _run(self):
        try:
            while not self._stop.is_set():
                layers = [layer["id"] for layer in self._get("/v1/layers").json()]
                for layer in layers:
                    self._look(layer)
                    self._stop.wait(_PAUSE_S)
        except Exception as error:  # what went wrong is told by the test's own thread
            self.faults.append(repr(error))

    def _get(self, path):
        answer = self._client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:200])
        assert len(answer.content) == int(answer.headers["content-length"]), path
        self.answers += 1
        return answer

    def _look(self, layer):
        self._look_at_dates(layer)
        for shift in ("day", "night"):
            self._look_at_tiles(layer, shift)
            self._look_at_download(layer, shift)
            self._look_at_item(layer, shift)
        items = [link for link in self._get(f"/v1/stac/{layer}/collection.json").json()["links"]
                 if link["rel"] == "item"]  # fmt: skip
        assert len(items) == 3, items
        assert len(self._get(f"/v1/layers/{layer}/dates").json()) == 1

    def _look_at_dates(self, layer):
        (day,) = self._get(f"/v1/layers/{layer}/dates").json()
        runs = {shift["run_id"] for shift in day["shifts"]}
        assert (len(day["shifts"]), len(runs)) == (3, 1), day
        for shift in day["shifts"]:
            assert self._truth.rasters[shift["version"]][0] == shift["run_id"]

    def _look_at_tiles(self, layer, shift):
        document = self._get(f"/v1/tiles/{layer}/latest/{shift}/{STYLE}/tilejson.json").json()
        version = document["tiles"][0].split("/v/")[1].split("/")[0]
        self.versions.add(version)
        for place in PLACES:
            answer = self._get(tile_path(layer, version, place))
            assert answer.content == self._truth.tiles[version, place], (layer, version, place)
            assert answer.headers["etag"].startswith(f'"{version}-')
            Image.open(io.BytesIO(answer.content)).load()

    def _look_at_download(self, layer, shift):
        answer = self._get(f"/v1/download/{layer}/{TODAY}/{shift}.tif")
        checksum = hashlib.sha256(answer.content).hexdigest()
        assert answer.headers["etag"] == f'"{checksum[:32]}"'
        with rasterio.MemoryFile(answer.content) as file, file.open() as source:
            assert (source.tags()["run_id"], checksum) in self._truth.rasters.values()
            assert source.read(1).size

    def _look_at_item(self, layer, shift):
        item = self._get(f"/v1/stac/{layer}/{TODAY}/{shift}/item.json").json()
        run, checksum = self._truth.rasters[item["properties"]["evenbeat:version"]]
        assert item["properties"]["evenbeat:run_id"] == run
        assert item["assets"]["cog"]["file:checksum"] == f"1220{checksum}"
