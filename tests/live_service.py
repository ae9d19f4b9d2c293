"""The tile service on a free port of loopback, for clients that open connections themselves."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import uvicorn

from evenbeat.tile_server.access.middleware import AccessMiddleware
from evenbeat.tile_server.app import create_app
from evenbeat.tile_server.settings import ServiceSettings


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
