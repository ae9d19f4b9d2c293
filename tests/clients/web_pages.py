"""Serves the clients' pages and libraries on loopback, from an origin that is not the service's."""

from __future__ import annotations

import contextlib
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from evenbeat.tile_server import app

_HERE = Path(__file__).resolve().parent
_REPOSITORY = _HERE.parents[1]
LIBRARIES = _REPOSITORY / "node_modules"
_FOLDERS = {
    "npm": LIBRARIES,
    "vendor": Path(app.__file__).parent / "static" / "vendor",
    "": _HERE / "pages",
}


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map: ClassVar = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript", ".wasm": "application/wasm",
    }  # fmt: skip

    def do_GET(self):
        """Answer; a style sheet that a script imports becomes a script, as bundlers do it."""
        if self.path.endswith(".css") and self.headers.get("Sec-Fetch-Dest") == "script":
            content = b"// Only parts of pages that are not shown here need this style sheet.\n"
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        elif Path(self.translate_path(self.path), "index.js").is_file():
            self.send_response(301)  # a folder stands for the module in it, as in packages
            self.send_header("Location", f"{self.path}/index.js")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            super().do_GET()

    def translate_path(self, path):
        first, _, rest = path.split("?", 1)[0].lstrip("/").partition("/")
        if first in _FOLDERS and rest:
            return str(_FOLDERS[first] / rest)
        return str(_FOLDERS[""] / first)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def web_pages():
    """Serve, and give the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
