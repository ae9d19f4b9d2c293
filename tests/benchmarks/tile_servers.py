"""Ours and its peers as processes on loopback, and a load of a bounded number of connections."""

import asyncio
import contextlib
import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PEERS = REPOSITORY / ".venv-bench" / "bin"
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")

OURS = """
import sys
import uvicorn
from evenbeat.tile_server.access.grants import Grant
from evenbeat.tile_server.access.guard import Guard
from evenbeat.tile_server.access.middleware import AccessMiddleware
from evenbeat.tile_server.access.rates import Rates
from evenbeat.tile_server.access.ring import KeyRing
from evenbeat.tile_server.app import create_app
from evenbeat.tile_server.settings import ServiceSettings
from pathlib import Path
folder, keys, port = sys.argv[1:]
app = create_app(ServiceSettings(publication=folder, port=int(port)))
guarded = AccessMiddleware(app, Guard(KeyRing(Path(keys)), None, Rates()))
uvicorn.run(guarded, port=int(port), log_level="warning", access_log=False, server_header=False)
"""

TERRACOTTA = """
import sys
import terracotta
database, raster = sys.argv[1:]
driver = terracotta.get_driver(database, provider="sqlite")
driver.create(["name"])
driver.insert({"name": "risk"}, raster)
"""

XPUBLISH = """
import sys
import rioxarray
import xpublish
import uvicorn
from xpublish_tiles.xpublish.tiles import TilesPlugin
raster, port = sys.argv[1:]
values = rioxarray.open_rasterio(raster).squeeze("band", drop=True).load()
values.attrs.update(valid_min=0.0, valid_max=1.0)
dataset = values.to_dataset(name="risk")
dataset["x"].attrs.update(standard_name="longitude", units="degrees_east")
dataset["y"].attrs.update(standard_name="latitude", units="degrees_north")
dataset.attrs["_xpublish_id"] = "risk"
app = xpublish.Rest({"risk": dataset}, plugins={"tiles": TilesPlugin()}).app
uvicorn.run(app, port=int(port), log_level="warning", access_log=False)
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@dataclass
class Server:
    """A process that answers tiles."""

    process: subprocess.Popen
    port: int
    address: str
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, tile):
        """Return one tile, asked for by a plain client."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{self.path(tile)}", headers=self.headers
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def path(self, tile):
        return self.address.format(z=tile[0], x=tile[1], y=tile[2])

    def cpu_s(self):
        """Return the CPU time of the process and those that it started."""
        return sum(_cpu_s(number) for number in _family(self.process.pid))


def _family(pid):
    found = [pid]
    for number in found:
        children = Path(f"/proc/{number}/task/{number}/children").read_text()
        found += map(int, children.split())
    return found


def _cpu_s(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_S


@contextlib.contextmanager
def running(command, address, *, port, probe, headers=None, environment=None):
    """Start a server and wait for its first tile."""
    with tempfile.TemporaryFile() as log:  # a pipe that nobody empties would stop a server
        process = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, **(environment or {})},
            stdout=subprocess.DEVNULL, stderr=log,
        )  # fmt: skip
        server = Server(process, port, address, headers or {})
        try:
            _await_first_tile(server, probe, log)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await_first_tile(server, probe, log):
    until = time.monotonic() + 90
    while True:
        try:
            assert server.get(probe).startswith(b"\x89PNG")
        except urllib.error.HTTPError as error:
            complaint = error.read().decode()[:500]
            raise RuntimeError(f"{server.process.args[0]} refuses a tile: {complaint}") from error
        except OSError:
            if server.process.poll() is not None or time.monotonic() > until:
                log.seek(0)
                complaint = log.read().decode()[-2000:]
                raise RuntimeError(
                    f"{server.process.args[0]} does not answer:\n{complaint}"
                ) from None
            time.sleep(0.2)
        else:
            return


def ours(publication, keys, *, layer, probe):
    """Start the service with its keys asked for."""
    from evenbeat.tile_server.access.keys import KeyFile

    _, token = KeyFile(keys).create("bench", now=dt.datetime.now(dt.UTC))
    port = free_port()
    return running(
        [sys.executable, "-c", OURS, publication, keys, port],
        f"/v1/tiles/{layer}/latest/day/heat/{{z}}/{{x}}/{{y}}.png",
        port=port, probe=probe, headers={"X-API-Key": token},
    )  # fmt: skip


def titiler(raster, *, probe):
    """Start the stock application as its own documentation does."""
    port = free_port()
    return running(
        [PEERS / "uvicorn", "titiler.application.main:app", "--port", port, "--no-access-log",
         "--log-level", "warning"],
        f"/cog/tiles/WebMercatorQuad/{{z}}/{{x}}/{{y}}.png?url={raster}"
        "&rescale=0,1&colormap_name=reds",
        port=port, probe=probe,
    )  # fmt: skip


def terracotta(raster, folder, *, probe):
    """Start Terracotta with one worker of gunicorn."""
    database, port = folder / "terracotta.sqlite", free_port()
    subprocess.run([PEERS / "python", "-c", TERRACOTTA, database, raster], check=True,
                   capture_output=True)  # fmt: skip
    return running(
        [PEERS / "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4",
         "terracotta.server.app:app"],
        "/singleband/risk/{z}/{x}/{y}.png?colormap=reds&stretch_range=[0,1]",
        port=port, probe=probe,
        environment={"TC_DRIVER_PATH": str(database), "TC_DRIVER_PROVIDER": "sqlite"},
    )  # fmt: skip


def xpublish(raster, *, probe):
    """Start xpublish-tiles with the raster in memory."""
    port = free_port()
    return running(
        [PEERS / "python", "-c", XPUBLISH, raster, port],
        "/datasets/risk/tiles/WebMercatorQuad/{z}/{y}/{x}?variables=risk&style=raster/Reds"
        "&width=256&height=256&f=image/png&colorscalerange=0,1",
        port=port, probe=probe,
    )  # fmt: skip


@dataclass(frozen=True)
class Load:
    """What a load found."""

    answers: int
    seconds: float
    cpu_s: float
    waits_s: tuple[float, ...]
    bytes: int

    @property
    def per_second(self):
        return self.answers / self.seconds

    @property
    def cpu_ms(self):
        """CPU of the server for one answer."""
        return 1000 * self.cpu_s / self.answers

    def wait_s(self, share):
        return sorted(self.waits_s)[min(int(share * self.answers), self.answers - 1)]


def load(server, tiles, *, connections, seconds, status=200, headers=None):
    """Ask a server for tiles in turn over kept connections, and return what was found."""
    return asyncio.run(_load(server, tiles, connections, seconds, status, headers or {}))


async def _load(server, tiles, connections, seconds, status, headers):
    sent = {"Host": f"127.0.0.1:{server.port}", **server.headers, **headers}
    fields = "".join(f"{name}: {text}\r\n" for name, text in sent.items())
    requests = [f"GET {server.path(tile)} HTTP/1.1\r\n{fields}\r\n".encode() for tile in tiles]
    before, begin = server.cpu_s(), time.perf_counter()
    until = begin + seconds
    found = await asyncio.gather(
        *(_ask(server.port, requests, turn, until, b" %d " % status) for turn in range(connections))
    )
    spent, cpu_s = time.perf_counter() - begin, server.cpu_s() - before
    waits = tuple(wait for one, _ in found for wait in one)
    return Load(len(waits), spent, cpu_s, waits, sum(size for _, size in found))


async def _ask(port, requests, turn, until, status):
    """Ask again and again over one connection; every answer must have the status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    waits, size, turn = [], 0, turn * 7
    try:
        while (begin := time.perf_counter()) < until:
            writer.write(requests[turn % len(requests)])
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
            assert status in head[:16], head
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
            content = await reader.readexactly(int(length)) if length else b""
            waits.append(time.perf_counter() - begin)
            size, turn = size + len(content), turn + 1
    finally:
        writer.close()
        await writer.wait_closed()
    return waits, size
