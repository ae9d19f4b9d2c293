"""A small ArcGIS server on localhost: real HTTP, paging, and the faults that real ones show."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

FIELDS = [
    {"name": "OBJECTID", "type": "esriFieldTypeOID"},
    {"name": "kind", "type": "esriFieldTypeString"},
    {"name": "opened", "type": "esriFieldTypeDate"},
]


@dataclass
class StandIn:
    """What the service holds and how it misbehaves."""

    geometries: list[dict[str, Any] | None]
    advertised_limit: int = 4
    real_limit: int = 4
    can_page: bool = True
    flags_more: bool = True
    fail_first: int = 0
    fail_status: int = 503
    error_body: dict[str, Any] | None = None
    token: str | None = None
    ignores_offset: bool = False
    withheld: tuple[int, ...] = ()
    reference: dict[str, Any] = field(default_factory=lambda: {"wkid": 4326})
    redirect_to: str | None = None
    requests: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    @property
    def features(self) -> list[dict[str, Any]]:
        return [
            {
                "attributes": {"OBJECTID": key, "kind": f"kind {key}", "opened": 1451606400000},
                "geometry": geometry,
            }
            for key, geometry in enumerate(self.geometries, start=1)
        ]

    def answer(self, path: str, asked: dict[str, str]) -> tuple[int, str]:
        self.requests.append({"path": path, **asked})
        if self.fail_first > 0:
            self.fail_first -= 1
            if self.error_body is not None:
                return 200, json.dumps({"error": self.error_body})
            return self.fail_status, "busy"
        if self.token and asked.get("token") != self.token:
            return 200, json.dumps({"error": {"code": 499, "message": "Token Required"}})
        if not path.endswith("/query"):
            about = {
                "name": "Places",
                "objectIdField": "OBJECTID",
                "maxRecordCount": self.advertised_limit,
                "advancedQueryCapabilities": {"supportsPagination": self.can_page},
                "fields": FIELDS,
            }
            return 200, json.dumps(about)
        return 200, json.dumps(self._query(asked))

    def _query(self, asked: dict[str, str]) -> dict[str, Any]:
        keys = list(range(1, len(self.geometries) + 1))
        if asked.get("returnCountOnly") == "true":
            return {"count": len(keys)}
        if asked.get("returnIdsOnly") == "true":
            return {"objectIdFieldName": "OBJECTID", "objectIds": keys[::-1]}
        chosen = [
            one for one in self.features if one["attributes"]["OBJECTID"] not in self.withheld
        ]
        if "objectIds" in asked:
            wanted = {int(key) for key in asked["objectIds"].split(",")}
            chosen = [one for one in chosen if one["attributes"]["OBJECTID"] in wanted]
        elif "resultOffset" in asked:
            if not self.can_page:
                return {"error": {"code": 400, "message": "Pagination is not supported."}}
            offset = 0 if self.ignores_offset else int(asked["resultOffset"])
            chosen = chosen[offset:]
        limit = min(self.real_limit, int(asked.get("resultRecordCount", self.real_limit)))
        more = {"exceededTransferLimit": True} if self.flags_more and len(chosen) > limit else {}
        return {"spatialReference": self.reference, "features": chosen[:limit], **more}


@contextmanager
def serve(stand_in: StandIn) -> Iterator[StandIn]:
    class Handler(BaseHTTPRequestHandler):
        def _reply(self, query: str) -> None:
            asked = {name: values[0] for name, values in parse_qs(query).items()}
            asked["method"] = self.command
            path = urlsplit(self.path).path
            if stand_in.redirect_to is not None and not path.startswith("/moved"):
                self.send_response(307)
                self.send_header("Location", stand_in.redirect_to + "/moved" + self.path)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            status, body = stand_in.answer(path, asked)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def do_GET(self) -> None:
            self._reply(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._reply(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    stand_in.url = f"http://127.0.0.1:{server.server_port}/arcgis/rest/services/P/FeatureServer/0"
    try:
        yield stand_in
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
