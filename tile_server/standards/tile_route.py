"""The short route of WMTS and OGC API tiles: well-formed requests, before any checking library."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from evenbeat.core.errors import PublishError
from evenbeat.core.store.manifest import DATE_ID
from evenbeat.tile_server.publication.published import LATEST, Found
from evenbeat.tile_server.service import Service
from evenbeat.tile_server.standards.matrix_sets import MATRIX_SETS
from evenbeat.tile_server.standards.shift_layers import SHIFT_LAYER_ID, find_shift_layer

_SETS = "|".join(map(re.escape, MATRIX_SETS))
_STYLE, _NUMBER = r"[a-z0-9.~-]{1,64}", r"[0-9]{1,7}"
_REST = re.compile(
    rf"/v1/wmts/1\.0\.0/(?P<layer>{SHIFT_LAYER_ID})/(?P<style>{_STYLE})/(?P<time>[^/]{{1,64}})/"
    rf"(?:{_SETS})/(?P<z>[0-9]{{1,2}})/(?P<row>{_NUMBER})/(?P<column>{_NUMBER})\.png",
    re.ASCII,
)
_OGC = re.compile(
    rf"/v1/collections/(?P<layer>{SHIFT_LAYER_ID})/(?P<date>{DATE_ID.pattern}|{LATEST})/"
    rf"styles/(?P<style>{_STYLE})/map/tiles/"
    rf"(?:{_SETS})/(?P<z>[0-9]{{1,2}})/(?P<row>{_NUMBER})/(?P<column>{_NUMBER})",
    re.ASCII,
)
_KEYS = {"layer": SHIFT_LAYER_ID, "style": _STYLE, "tilematrixset": _SETS,
         "tilematrix": "[0-9]{1,2}", "tilerow": _NUMBER, "tilecol": _NUMBER}  # fmt: skip
_BY_KEY = {key: re.compile(pattern, re.ASCII) for key, pattern in _KEYS.items()}
_MOST_KEYS = 32
_MOST_LETTERS = 2048


class StandardTileRoute(BaseRoute):
    """Takes requests of tiles by WMTS, in both forms, and by OGC API, when nothing is odd.

    Everything else, every error included, falls through to the checked routes, which answer as
    the standards say.

    Parameters
    ----------
    service
        Whose tiles they are.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether this is a tile that can be answered at once."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return Match.NONE, {}
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        if path == "/v1/wmts":
            asked = _by_query(scope.get("query_string", b""))
        elif path.startswith(("/v1/wmts/", "/v1/collections/")):
            address = _REST.fullmatch(path) or _OGC.fullmatch(path)
            asked = None if address is None else address.groupdict()
        else:
            return Match.NONE, {}
        shown = None if asked is None else self._shown(scope, asked)
        return (Match.NONE, {}) if shown is None else (Match.FULL, {"standard_tile": shown})

    def _shown(
        self, scope: Scope, asked: Mapping[str, str]
    ) -> tuple[Found, str, tuple[int, int, int]] | None:
        """Return what is to be shown, None where something is odd."""
        service, style = self._service, asked["style"]
        zoom, column, row = int(asked["z"]), int(asked["column"]), int(asked["row"])
        grant: Any = scope.get("state", {}).get("grant")
        if zoom > service.settings.maximum_zoom or column >> zoom or row >> zoom:
            return None
        if style not in service.styles or (grant is not None and not grant.opens_zoom(zoom)):
            return None
        try:
            layer = find_shift_layer(service.viewer.see(scope), asked["layer"])
            date = asked.get("date")
            if date not in (None, LATEST, *layer.dates):
                return None
            found = layer.on(date or asked["time"])
        except PublishError:
            return None
        fits = service.styles[style].fits(found.layer.units)
        return (found, style, (zoom, column, row)) if fits else None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        found, style, place = scope["standard_tile"]
        known = next((text for name, text in scope["headers"] if name == b"if-none-match"), None)
        told = await self._service.tiles.answer(
            found, self._service.styles[style], place, immutable=False,
            known=known.decode("latin-1") if known else None,
        )  # fmt: skip
        status = 304 if told.content is None else 200
        await send({"type": "http.response.start", "status": status, "headers": told.headers})
        await send({"type": "http.response.body", "body": told.content or b""})


def _by_query(query: bytes) -> dict[str, str] | None:
    """Return what a GetTile asks for, None where it is anything else or not plain."""
    if len(query) > _MOST_LETTERS or query.count(b"&") >= _MOST_KEYS:
        return None
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    given = {key.lower(): value for key, value in reversed(pairs)}
    plain = (
        given.get("service", "").upper() == "WMTS"
        and given.get("request", "").lower() == "gettile"
        and given.get("version", "1.0.0") == "1.0.0"
        and given.get("format", "image/png") == "image/png"
        and all(pattern.fullmatch(given.get(key, "")) for key, pattern in _BY_KEY.items())
    )
    if not plain:
        return None
    return {
        "layer": given["layer"], "style": given["style"], "time": given.get("time", ""),
        "z": given["tilematrix"], "row": given["tilerow"], "column": given["tilecol"],
    }  # fmt: skip
