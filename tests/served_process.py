"""``evenbeat serve`` as a process of its own, and clients that do not stop asking."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

EVENBEAT = Path(sys.executable).with_name("evenbeat")


@dataclass
class Served:
    """A service that runs as a process.

    Parameters
    ----------
    address, metrics
        Where it and its metrics answer; metrics are None where they have no port.
    """

    process: subprocess.Popen
    address: str
    metrics: str | None
    errors: Path
    port: int = field(init=False)

    def __post_init__(self):
        self.port = urlsplit(self.address).port

    def get(self, path, **more):
        return httpx.get(f"{self.address}{path}", timeout=60, **more)

    def signal(self, number):
        self.process.send_signal(number)

    def workers(self):
        """Return the numbers of the worker processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [pid for pid in map(int, children.split()) if b"spawn_main" in _command(pid)]


def _command(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def until(found, *, seconds=120):
    """Wait until a function returns something, and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            answer = found()
            if answer:
                return answer
        time.sleep(0.05)
    raise AssertionError(f"nothing came of {found} within {seconds} seconds")


def free_port():
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def served(publication, *options, port=0, **environment):
    """Run ``evenbeat serve`` with options and settings, and end it as an operator would.

    A port is named where the service tells another address than its own.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith("EVENBEAT_")}
    env.update({f"EVENBEAT_{name.upper()}": str(value) for name, value in environment.items()})
    command = [EVENBEAT, "serve", "--json", "--publication", publication, "--port", port, *options]
    with tempfile.NamedTemporaryFile("w+", suffix=".log") as errors:
        process = subprocess.Popen(
            [str(part) for part in command], env=env, stdout=subprocess.PIPE, stderr=errors,
            text=True,
        )  # fmt: skip
        try:
            told = ""
            while line := process.stdout.readline():  # nothing more where it has ended
                told += line
                if line == "}\n":
                    break
            document = json.loads(told)
            address = document["map"].removesuffix("/map")
            address = f"http://127.0.0.1:{port}" if port else address
            service = Served(process, address, document["metrics"], Path(errors.name))
            until(lambda: service.get("/healthz").status_code == 200)
            yield service
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(timeout=40)
            process.stdout.close()


class Hammer:
    """Threads that ask for one path over kept connections until they are told to stop.

    ``faults`` has every answer that was refused, torn or not whole.
    """

    def __init__(self, service, paths, *, threads=4, headers=None, reconnect_every=20):
        self._service, self._paths, self._headers = service, paths, headers or {}
        self._every, self._stop = reconnect_every, threading.Event()
        self.answers, self.faults = 0, []
        self._threads = [
            threading.Thread(target=self._run, args=(at,), daemon=True) for at in range(threads)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def _run(self, at):
        while not self._stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self._service.port, timeout=30)
            try:
                for turn in range(self._every):
                    self._ask(connection, self._paths[(at + turn) % len(self._paths)])
            except (OSError, http.client.HTTPException) as error:
                self.faults.append(repr(error))
            finally:
                connection.close()

    def _ask(self, connection, path):
        connection.request("GET", path, headers=self._headers)
        answer = connection.getresponse()
        body = answer.read()
        whole = len(body) == int(answer.headers["content-length"])
        if answer.status != 200 or not whole:
            self.faults.append((answer.status, body[:200]))
        self.answers += 1
