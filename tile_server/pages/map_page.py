"""Addresses of the map page and its files."""

from __future__ import annotations

import html
import json
from importlib import resources
from pathlib import Path
from string import Template
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from fastapi.responses import Response

from evenbeat.tile_server.answering.answers import IMMUTABLE, is_known, unchanged
from evenbeat.tile_server.answering.headers import content_policy
from evenbeat.tile_server.pages.page_files import PageFile, PageFiles
from evenbeat.tile_server.publication.published import NotPublishedError
from evenbeat.tile_server.settings import ServiceSettings

_PAGE = "map.html"
_CHECKED = "no-cache"


def map_page_router(settings: ServiceSettings) -> APIRouter:
    """Return the routes of the map page; all links in it are relative, as proxies need it.

    Parameters
    ----------
    settings
        Whether keys are asked for, and the base map if there is one.
    """
    router = APIRouter(include_in_schema=False)
    files = PageFiles(Path(str(resources.files("evenbeat.tile_server").joinpath("static"))))
    page = files.get(_PAGE)
    assert page is not None
    filled = _fill(page, files, settings)
    policy = content_policy(*_base_map_origin(settings))

    @router.get("/map")
    def map_page(request: Request) -> Response:
        answered = _send(request, filled, caching=_CHECKED)
        answered.headers["Content-Security-Policy"] = policy
        return answered

    @router.get("/static/{revision}/{name:path}")
    def page_file(
        request: Request, revision: Annotated[str, InPath(pattern=r"^[0-9a-f]{12}$")], name: str
    ) -> Response:
        file = files.get(name)
        if file is None:
            raise NotPublishedError("There is no such file; the map page is at /map.")
        # A page from before an update may still ask for its files by the former hash.
        return _send(request, file, caching=IMMUTABLE if revision == files.revision else _CHECKED)

    return router


def _fill(page: PageFile, files: PageFiles, settings: ServiceSettings) -> PageFile:
    """Return the page with what the service tells it, and all modules named to be fetched."""
    told = {
        "keys": settings.asks_for_keys,
        "deepest": _deepest_without_key(settings),
        "base_map": settings.base_map_tiles,
        "base_map_attribution": settings.base_map_attribution,
    }
    static = f"static/{files.revision}"
    modules = [name for name in files.names if name.startswith("map/") and name.endswith(".js")]
    text = Template(page.content.decode()).substitute(
        static=static, service=html.escape(json.dumps(told, ensure_ascii=False)),
        preloads="\n".join(
            f'    <link rel="modulepreload" href="{static}/{name}">' for name in modules
        ),
    )  # fmt: skip
    return PageFile.of(text.encode(), page.media_type)


def _deepest_without_key(settings: ServiceSettings) -> int:
    """Return the deepest zoom of tiles for visitors without a key; TileJSON tells it for a key."""
    own = settings.maximum_zoom
    return min(own, settings.public_maximum_zoom) if settings.asks_for_keys else own


def _base_map_origin(settings: ServiceSettings) -> tuple[str, ...]:
    if settings.base_map_tiles is None:
        return ()
    parts = urlsplit(settings.base_map_tiles)
    return (f"{parts.scheme}://{parts.netloc}",)


def _send(request: Request, file: PageFile, *, caching: str) -> Response:
    if is_known(request, file.tag):
        return unchanged(file.tag, caching=caching)
    headers = {"ETag": f'"{file.tag}"', "Cache-Control": caching, "Vary": "Accept-Encoding"}
    content = file.content
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = file.packed, "gzip"
    return Response(content, media_type=file.media_type, headers=headers)
