"""The tile service on a free port of loopback, for clients that open connections themselves."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import secrets
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.access.middleware import AccessMiddleware
from evenbeat.tile_server.app import create_app
from evenbeat.tile_server.settings import ServiceSettings


@dataclass(frozen=True)
class KeyedService:
    """A service that asks for keys.

    Parameters
    ----------
    publication
        Folder.
    address
        Where it listens.
    token
        A key that opens everything.
    log
        File with a line for each request.
    """

    publication: Path
    address: str
    token: str
    log: Path

    def requests(self):
        """Return what was asked so far and how it was answered."""
        marker = f"/v1/layers/{secrets.token_hex(4)}"
        httpx.get(f"{self.address}{marker}", headers={"X-API-Key": self.token})
        while marker not in (written := self.log.read_text()):
            time.sleep(0.01)  # a thread of the service writes the file
        lines = [json.loads(line) for line in written.splitlines()]
        return [line for line in lines if not line.get("path", "").startswith(marker[:-8])]


@contextlib.contextmanager
def keyed(folder, scratch, **settings):
    """Serve a publication that needs a key and notes every request in a scratch folder."""
    _, token = KeyFile(scratch / "keys.json").create(
        "Map clients", now=dt.datetime.now(dt.UTC), rights=("download", "assignments")
    )
    log = scratch / "requests.jsonl"
    with live(
        folder, keys_file=scratch / "keys.json", request_log=log, **settings
    ) as address:  # fmt: skip
        yield KeyedService(folder, address, token, log)


@contextlib.contextmanager
def live(folder, *, guard=None, **settings):
    """Serve a publication, behind a guard where one is given, and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        app = create_app(ServiceSettings(publication=folder, port=port, **settings))
        app = app if guard is None else AccessMiddleware(app, guard)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(timeout=30)
