"""The hot path: a stored tile, the header of a style before it, and nothing else."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from evenbeat.core.store.indexed_png import END
from evenbeat.core.store.manifest import DATE_ID, LAYER_ID, SHIFT_ID, VERSION_ID, Manifest
from evenbeat.tile_server.access.sight import Viewer, require_zoom
from evenbeat.tile_server.answering.answers import IMMUTABLE, names_tag
from evenbeat.tile_server.answering.workers import Workers
from evenbeat.tile_server.publication.published import LATEST, Found, NotPublishedError, Publication
from evenbeat.tile_server.styles.style_models import PLAIN_STYLE_ID, ClassStyle, Style
from evenbeat.tile_server.styles.value_scale import ValueScale
from evenbeat.tile_server.tiles.archives import Archive, Archives
from evenbeat.tile_server.tiles.painting import level_palette, require_fit, tile_from_cells
from evenbeat.tile_server.tiles.pictures import TILE_SIZE, empty_picture, palette_head, repaint
from evenbeat.tile_server.tiles.reading import class_pixels, level_pixels

_ADDRESS = re.compile(
    rf"/v1/tiles/(?P<layer>{LAYER_ID.pattern})/"
    rf"(?:v/(?P<version>{VERSION_ID.pattern})"
    rf"|(?P<date>{DATE_ID.pattern}|{LATEST})/(?P<shift>{SHIFT_ID.pattern}))/"
    rf"(?P<style>{PLAIN_STYLE_ID}(?:~[a-z0-9.~]{{1,24}})?)/"
    r"(?P<z>[0-9]{1,2})/(?P<x>[0-9]{1,7})/(?P<y>[0-9]{1,7})\.png",
    re.ASCII,
)
_MOST_DEEP = 4096
_MOST_HEADS = 16
_EMPTY = empty_picture(TILE_SIZE)
_PNG = (b"content-type", b"image/png")
Place = tuple[int, int, int]
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
    workers
        Whose threads draw what is not stored.
    """

    def __init__(
        self, publication: Publication, *, maximum_zoom: int, fresh: str, workers: Workers
    ) -> None:
        self._publication, self._maximum_zoom, self._fresh = publication, maximum_zoom, fresh
        self._workers = workers
        self._archives = Archives()
        self._seen: Manifest | None = None
        self._deep: OrderedDict[tuple[str, bool, Place], bytes | None] = OrderedDict()

    async def answer(
        self, found: Found, style: Style, place: Place, *, immutable: bool, known: str | None,
    ) -> TileAnswer:  # fmt: skip
        """Return a tile; without data it is a transparent picture, which every client takes.

        Parameters
        ----------
        found, style
            What to show, and how.
        place
            Zoom, column and row.
        immutable
            Whether the address names a version. It may be kept for ever then, unless the style is
            the agency's own, which may change.
        known
            The request's ``If-None-Match``.

        Raises
        ------
        NotPublishedError
            The tile is deeper than the service goes, or not on the map, or the style is not for
            this layer.
        RefusalError
            It has to be drawn, and too many others are being drawn, or it takes too long.
        """
        self.require_place(place)
        require_fit(style, found.layer.units)
        tag = f"{found.raster.version}-{style.revision}"
        caching = self.caching(style, immutable=immutable)
        if known and names_tag(known, tag):
            return TileAnswer(None, tag, caching)
        archive = await self._archive(found, by_class=isinstance(style, ClassStyle))
        if archive is not None and place[0] <= archive.deepest:
            stored = archive.tile(*place)
            content = None if stored is None else repaint(stored, _head(archive, found, style))
        elif archive is not None:
            head = _head(archive, found, style)
            part = await self._deep_pixels(found, archive, place)
            content = head + part + END if part else None
        else:
            content = await self._workers.run(partial(tile_from_cells, found, style, place))
        return TileAnswer(content or _EMPTY, tag, caching)

    @property
    def open_archives(self) -> int:
        """Return how many archives are open."""
        return len(self._archives)

    def require_place(self, place: Place) -> None:
        """Refuse a tile that is deeper than the service goes, or not on the map.

        Raises
        ------
        NotPublishedError
            It is.
        """
        zoom, column, row = place
        if zoom > self._maximum_zoom or column >> zoom or row >> zoom:
            raise NotPublishedError(f"Tiles reach from zoom 0 to {self._maximum_zoom}.")

    def caching(self, style: Style, *, immutable: bool) -> str:
        """Return how long a picture may be kept."""
        return IMMUTABLE if immutable and not style.is_own else self._fresh

    async def _deep_pixels(self, found: Found, archive: Archive, place: Place) -> bytes | None:
        """Return the pixel part of a tile below the stored ones; the latest are kept."""
        key = (found.raster.path, archive.by_class, place)
        if key in self._deep:
            self._deep.move_to_end(key)
            return self._deep[key]
        draw: Callable[[], bytes | None] = (
            partial(class_pixels, found, *place)
            if archive.by_class
            else partial(level_pixels, found, archive.levels, *place)
        )
        part = self._deep[key] = await self._workers.run(draw)
        if len(self._deep) > _MOST_DEEP:
            self._deep.popitem(last=False)
        return part

    async def _archive(self, found: Found, *, by_class: bool) -> Archive | None:
        """Return an archive of the raster, after closing superseded ones.

        Pictures of classes come from the archive of classes, else from that of levels, which can
        show any style. None where neither is there whole.
        """
        manifest = self._publication.snapshot().manifest
        if manifest is not self._seen:
            self._archives.keep({file.path for file in manifest.tiles()})
            self._seen = manifest
        raster = found.raster
        if by_class and raster.class_tiles is not None:
            archive = await self._archives.get(found.files, raster.class_tiles)
            if archive is not None:
                return archive
        if raster.tiles is None:
            return None
        return await self._archives.get(found.files, raster.tiles)


def _head(archive: Archive, found: Found, style: Style) -> bytes:
    """Return the header that paints an archive's tiles; the latest are kept."""
    head = archive.heads.get(style.revision)
    if head is None:
        if archive.by_class and isinstance(style, ClassStyle):
            palette = style.palette
        else:
            scale = ValueScale.of(found)
            palette = level_palette(style, archive.levels, scale, exact=archive.exact)
        if len(archive.heads) >= _MOST_HEADS:
            archive.heads.clear()
        head = palette_head(TILE_SIZE, TILE_SIZE, palette, bits=archive.bits)
        archive.heads[style.revision] = head
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

    def __init__(self, tiles: Tiles, viewer: Viewer, styles: Mapping[str, Style]) -> None:
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
