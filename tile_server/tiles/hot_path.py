"""The hot path: a stored tile, the header of a style before it, and nothing else."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from evenbeat.core.store.indexed_png import END
from evenbeat.core.store.manifest import DATE_ID, LAYER_ID, SHIFT_ID, VERSION_ID, Manifest
from evenbeat.tile_server.access.sight import Viewer, require_zoom
from evenbeat.tile_server.answering.answers import IMMUTABLE, names_tag
from evenbeat.tile_server.publication.published import LATEST, Found, NotPublishedError, Publication
from evenbeat.tile_server.styles.style_files import Style, level_palette
from evenbeat.tile_server.tiles.archives import Archive, Archives
from evenbeat.tile_server.tiles.pictures import (
    TILE_SIZE,
    empty_picture,
    palette_head,
    picture,
    repaint,
)
from evenbeat.tile_server.tiles.reading import deep_pixels, tile_pixels

_ADDRESS = re.compile(
    rf"/v1/tiles/(?P<layer>{LAYER_ID.pattern})/"
    rf"(?:v/(?P<version>{VERSION_ID.pattern})"
    rf"|(?P<date>{DATE_ID.pattern}|{LATEST})/(?P<shift>{SHIFT_ID.pattern}))/"
    r"(?P<style>[a-z][a-z0-9-]{0,31})/"
    r"(?P<z>[0-9]{1,2})/(?P<x>[0-9]{1,7})/(?P<y>[0-9]{1,7})\.png",
    re.ASCII,
)
_MOST_DEEP = 4096
_EMPTY = empty_picture(TILE_SIZE)
_PNG = (b"content-type", b"image/png")
_OPEN = (b"access-control-allow-origin", b"*")  # other agencies' pages read tiles from theirs


@dataclass(frozen=True, slots=True)
class TileAnswer:
    """What a request for a tile is answered.

    Parameters
    ----------
    content
        The picture; None where the client has it already (304).
    tag, caching
        The entity tag, and how long the picture may be kept.
    """

    content: bytes | None
    tag: str
    caching: str

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers."""
        tag, caching = f'"{self.tag}"'.encode(), self.caching.encode()
        headers = [(b"etag", tag), (b"cache-control", caching), _OPEN]
        if self.content is not None:
            headers += [(b"content-length", b"%d" % len(self.content)), _PNG]
        return headers


class Tiles:
    """The tiles of a publication; for the event loop's thread.

    Parameters
    ----------
    publication
        What is published.
    maximum_zoom
        Deepest zoom that is answered.
    fresh
        The caching of an address that does not name a version.
    """

    def __init__(self, publication: Publication, *, maximum_zoom: int, fresh: str) -> None:
        self._publication, self._maximum_zoom, self._fresh = publication, maximum_zoom, fresh
        self._archives = Archives()
        self._seen: Manifest | None = None
        self._deep: OrderedDict[tuple[Path, tuple[int, int, int]], bytes | None] = OrderedDict()

    async def answer(
        self, found: Found, style: Style, place: tuple[int, int, int], *,
        immutable: bool, known: str | None,
    ) -> TileAnswer:  # fmt: skip
        """Return a tile; without data it is a transparent picture, which every client takes.

        Parameters
        ----------
        found, style
            What to show, and how.
        place
            Zoom, column and row.
        immutable
            Whether the address names a version.
        known
            The request's ``If-None-Match``.

        Raises
        ------
        NotPublishedError
            The tile is deeper than the service goes, or not on the map.
        """
        zoom, column, row = place
        if zoom > self._maximum_zoom or column >> zoom or row >> zoom:
            raise NotPublishedError(f"Tiles reach from zoom 0 to {self._maximum_zoom}.")
        tag = f"{found.raster.version}-{style.revision}"
        caching = IMMUTABLE if immutable else self._fresh
        if known and names_tag(known, tag):
            return TileAnswer(None, tag, caching)
        archive = self._archive(found)
        if archive is not None and zoom <= archive.deepest:
            stored = archive.tile(zoom, column, row)
            content = None if stored is None else repaint(stored, _head(archive, found, style))
        elif archive is not None:
            head = _head(archive, found, style)
            part = await self._deep_pixels(found, archive.levels, place)
            content = head + part + END if part else None
        else:
            part = await run_in_threadpool(tile_pixels, found, *place)
            content = picture(TILE_SIZE, TILE_SIZE, style.palette, part) if part else None
        return TileAnswer(content or _EMPTY, tag, caching)

    async def _deep_pixels(
        self, found: Found, levels: npt.NDArray[np.float32], place: tuple[int, int, int]
    ) -> bytes | None:
        """Return the pixel part of a tile below the stored ones; the latest are kept."""
        key = (found.path, place)
        if key in self._deep:
            self._deep.move_to_end(key)
            return self._deep[key]
        part = self._deep[key] = await run_in_threadpool(deep_pixels, found, levels, *place)
        if len(self._deep) > _MOST_DEEP:
            self._deep.popitem(last=False)
        return part

    def _archive(self, found: Found) -> Archive | None:
        """Return the raster's archive, None where it has none, after closing superseded ones."""
        manifest = self._publication.snapshot().manifest
        if manifest is not self._seen:
            self._archives.keep({file.path for file in manifest.tiles()})
            self._seen = manifest
        file = found.raster.tiles
        return None if file is None else self._archives.get(self._publication.folder, file)


def _head(archive: Archive, found: Found, style: Style) -> bytes:
    """Return the header that paints an archive's tiles; made once for each style."""
    head = archive.heads.get(style.revision)
    if head is None:
        palette = level_palette(style, archive.levels, found.raster.classes)
        head = archive.heads[style.revision] = palette_head(TILE_SIZE, TILE_SIZE, palette)
    return head


class TileRoute(BaseRoute):
    """Takes well-formed addresses of tiles before any other route; others fall through to those.

    Parameters
    ----------
    tiles, styles
        As the service has them.
    viewer
        Tells what a request may see.
    """

    def __init__(self, tiles: Tiles, viewer: Viewer, styles: dict[str, Style]) -> None:
        self._tiles, self._viewer, self._styles = tiles, viewer, styles

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether this is the address of a tile."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return Match.NONE, {}
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        address = _ADDRESS.fullmatch(path)
        if address is None or address["style"] not in self._styles:
            return Match.NONE, {}
        return Match.FULL, {"tile": address}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        layer, version, date, shift, style, *place = scope["tile"].groups()
        require_zoom(scope, int(place[0]))
        now = self._viewer.see(scope)
        found = now.find_version(layer, version) if version else now.find(layer, date, shift)
        known = next((text for name, text in scope["headers"] if name == b"if-none-match"), None)
        answer = await self._tiles.answer(
            found, self._styles[style], (int(place[0]), int(place[1]), int(place[2])),
            immutable=version is not None, known=known.decode("latin-1") if known else None,
        )  # fmt: skip
        content = answer.content
        status = 304 if content is None else 200
        await send({"type": "http.response.start", "status": status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": content or b""})
