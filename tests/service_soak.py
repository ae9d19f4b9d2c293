"""A service under mixed load, with a publication and a revoked key in the middle.

Every answer is held against the raster of the version that it names; see ``soak_client.py``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import mercantile
import published_city as city
from served_process import served, until

from evenbeat.core.store.publication import publish_day
from evenbeat.tile_server.access.keys import KeyFile
from tests.clients.expected_picture import Cells, View

CLIENT = Path(__file__).with_name("soak_client.py")
LAYERS, SHIFTS = ("risk-robbery", "risk-burglary", "priority"), ("day", "night")
STYLES = ("heat", "colour-blind-safe")
ZOOMS = (9, 10, 11, 12, 13, 14, 16)
LONGITUDE, LATITUDE = -87.58, 41.83


@dataclass(frozen=True)
class Soak:
    """What was found.

    ``warm_mb`` and ``end_mb`` are the memory of the worker after the warm-up and at the end,
    ``published_at`` and ``revoked_at`` the moments from which both must be seen.
    """

    seen: dict
    folder: Path
    before: dict[tuple[str, str], Cells | None]
    after: dict[tuple[str, str], Cells | None]
    publishing_at: float
    published_at: float
    revoking_at: float
    revoked_at: float
    warm_mb: float
    end_mb: float
    server_cpu_s: float

    def wait_ms(self, share):
        waits = sorted(self.seen["waits"])
        return 1000 * waits[min(int(share * len(waits)), len(waits) - 1)]


def jobs(versions):
    """Return what is asked for: mostly tiles, by date and by version, and some of the rest."""
    found = []
    for layer in LAYERS:
        for shift in SHIFTS:
            raster, latest = f"{layer}.{shift}", f"/v1/tiles/{layer}/latest/{shift}"
            for style in STYLES:
                for zoom in ZOOMS:
                    tile = mercantile.tile(LONGITUDE, LATITUDE, zoom)
                    at = f"{style}/{zoom}/{tile.x}/{tile.y}.png"
                    pinned = f"/v1/tiles/{layer}/v/{versions[raster]}/{at}"
                    found.append(("tile", f"{raster} latest", f"{latest}/{at}", 5))
                    found.append(("tile", f"{raster} pinned", pinned, 5))
                    found.append(("known", f"{raster} latest", f"{latest}/{at}", 2))
                    wmts = (f"/v1/wmts?service=WMTS&request=GetTile&version=1.0.0&layer={raster}"
                            f"&style={style}&format=image/png&tilematrixset=WebMercatorQuad"
                            f"&tilematrix={zoom}&tilerow={tile.y}&tilecol={tile.x}")  # fmt: skip
                    found.append(("wmts", f"{raster} latest", wmts, 0.6))
                found.append(("legend", raster, f"{latest}/{style}/legend.png", 2))
                found.append(("tilejson", f"{raster} latest",
                              f"{latest}/{style}/tilejson.json", 4))  # fmt: skip
            found.append(("point", f"{raster} latest",
                          f"{latest}/point?lon={LONGITUDE}&lat={LATITUDE}", 5))  # fmt: skip
    return [dict(zip(("kind", "raster", "path", "weight"), one, strict=True)) for one in found]


def rasters(folder):
    """Return the published rasters by layer and shift, read from the publication itself."""
    return {
        (f"{layer}.{shift}", style): Cells(folder, layer, str(city.DATE), shift, style)
        for layer in LAYERS for shift in SHIFTS for style in STYLES
    }  # fmt: skip


def memory_mb(pid):
    """Return the resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1e3


def cpu_s(pid):
    """Return the CPU time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def run_soak(scratch, *, seconds, connections):
    """Load a service for some seconds and publish and revoke a key meanwhile.

    Publishing takes what it takes; the seconds are those before, between and after.

    Parameters
    ----------
    scratch
        An empty folder.
    """
    folder = scratch / "published"
    publish_day(folder, **city.arguments())
    before, keys = rasters(folder), KeyFile(scratch / "keys.json")
    now = dt.datetime.now(dt.UTC)
    (_, stays), (ends, ended) = (keys.create(name, now=now) for name in ("stays", "ends"))
    versions = {raster: cells.version for (raster, _), cells in before.items()}
    with served(folder, keys_file=keys.path) as service:
        plan = {"port": service.port, "connections": connections,
                "keys": {"stays": stays, "ends": ended}, "jobs": jobs(versions)}  # fmt: skip
        worker = (service.workers() or [service.process.pid])[0]
        with _load(scratch / "warm", plan):
            time.sleep(max(2.0, seconds / 6))
        warm_mb, cpu = memory_mb(worker), cpu_s(worker)
        with _load(scratch / "load", plan):
            time.sleep(0.3 * seconds)
            publishing_at = time.monotonic()
            _publish_in_a_process(folder)
            published_at = time.monotonic()
            time.sleep(0.3 * seconds)
            revoking_at = time.monotonic()
            keys.revoke(ends.id, now=dt.datetime.now(dt.UTC))
            revoked_at = time.monotonic()
            time.sleep(0.4 * seconds)
        spent, end_mb = cpu_s(worker) - cpu, memory_mb(worker)
        until(lambda: service.get("/healthz").status_code == 200)
    seen = json.loads((scratch / "load" / "seen.json").read_text())
    return Soak(seen, scratch / "load", before, rasters(folder), publishing_at, published_at,
                revoking_at, revoked_at, warm_mb, end_mb, spent)  # fmt: skip


@contextlib.contextmanager
def _load(folder, plan):
    """Load the service as long as the block runs."""
    folder.mkdir()
    (folder / "plan.json").write_text(json.dumps(plan))
    with subprocess.Popen(
        [sys.executable, CLIENT, folder / "plan.json", folder], stdin=subprocess.PIPE
    ) as process:
        try:
            yield
        finally:
            process.stdin.close()
            assert process.wait(120) == 0


def _publish_in_a_process(folder):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import published_city as city\n"
        "from pathlib import Path\n"
        "from evenbeat.core.store.publication import publish_day\n"
        "publish_day(Path(sys.argv[2]), **city.arguments(run_id='run-b', seed=9))\n"
    )
    subprocess.run([sys.executable, "-c", code, CLIENT.parent, folder], check=True)


def faults(soak):
    """Return everything that was wrong with the answers."""
    found = list(soak.seen["faults"])
    new = {raster: cells.version for (raster, _), cells in soak.after.items()}
    old = {raster: cells.version for (raster, _), cells in soak.before.items()}
    assert all(new[raster] != old[raster] for raster in new)
    for place, (answered, asked) in soak.seen["asked"].items():
        key, status, kind, raster, *rest = place.split(" ")
        if status == "401":
            if key != "ends" or answered < soak.revoking_at:
                found.append(f"refused too soon: {place}")
            continue
        if key == "ends" and asked > soak.revoked_at:
            found.append(f"answered after the key was revoked: {place}")
        if kind == "legend":
            continue
        way, version = rest
        if way == "latest" and version == old[raster] and asked > soak.published_at:
            found.append(f"{asked - soak.published_at:.3f} s stale: {place}")
        if version == new[raster] and answered < soak.publishing_at:
            found.append(f"too new: {place}")
        if version not in (old[raster], new[raster]) or (
            way == "pinned" and version != old[raster]
        ):
            found.append(f"another version: {place}")
    return found + _wrong_contents(soak)


def _wrong_contents(soak):
    """Compare every distinct answer with the raster of the version that it names."""
    right, wrong = set(), []
    for path, tag, name in soak.seen["contents"]:
        body, file = (soak.folder / name).read_bytes(), soak.folder / name
        if "legend.png" in path:
            good = body.startswith(b"\x89PNG") and body.endswith(b"IEND\xaeB`\x82")
        elif "/point" in path:
            good = _is_the_value(soak, path, json.loads(body))
        else:
            place = _place_of(soak, path, tag.strip('"').split("-")[0])
            good = (place, body) in right or _is_the_tile(soak, place, file)
            right.update([(place, body)] if good else [])
        if not good:
            wrong.append(f"not what was published: {path} {tag}")
    return wrong


def _place_of(soak, path, version):
    """Return raster, version, style, zoom, column and row of a tile's address."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    if query:
        at = (int(query[name]) for name in ("tilematrix", "tilecol", "tilerow"))
        return query["layer"], version, query["style"], *at
    _, _, _, layer, *_, style, zoom, column, row = path.removesuffix(".png").split("/")
    raster = next(raster for (raster, _), cells in [*soak.before.items(), *soak.after.items()]
                  if raster.startswith(f"{layer}.") and cells.version == version)  # fmt: skip
    return raster, version, style, int(zoom), int(column), int(row)


def _is_the_tile(soak, place, file):
    raster, version, style, zoom, column, row = place
    cells = next(one[raster, style] for one in (soak.before, soak.after)
                 if one[raster, style].version == version)  # fmt: skip
    return cells.is_drawn(file, View(zoom, column * 256 + 128, row * 256 + 128, 256, 256))


def _is_the_value(soak, path, document):
    _, _, _, layer, _, shift, _ = urlsplit(path).path.split("/")
    cells = next(one[f"{layer}.{shift}", STYLES[0]] for one in (soak.before, soak.after)
                 if one[f"{layer}.{shift}", STYLES[0]].version == document["version"])  # fmt: skip
    return document["value"] == cells.value_at(LONGITUDE, LATITUDE)
