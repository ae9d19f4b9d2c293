"""Archives of tiles (PMTiles): open ones are kept, mapped into memory, with their directory."""

from __future__ import annotations

import gzip
import json
import mmap
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pmtiles.tile import (
    Compression,
    Entry,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    zxy_to_tileid,
)

from evenbeat.core.store.index_tiles import CLASS_BITS, CLASS_FORMAT, FORMAT
from evenbeat.core.store.manifest import PublishedFile
from evenbeat.tile_server.publication.files import Files

_HEADER = 127
_BITS = {FORMAT: 8, CLASS_FORMAT: CLASS_BITS}
_MOST_OPEN = 256
# What a file that is not one of our archives makes its readers raise.
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, MagicNumberNotFound, SpecVersionUnsupported)


class Archive:
    """One open archive; where each tile lies is read once.

    ``deepest`` is its deepest zoom, ``bits`` those of a pixel, and ``heads`` keeps the headers
    that paint its tiles. Pixels are levels, and ``levels`` has the lowest value of each, the
    only one where they are ``exact``; or they are classes by share of the area (``by_class``),
    and ``levels`` is empty.

    Parameters
    ----------
    path
        The file.
    size
        Its size as the manifest has it.

    Raises
    ------
    OSError, ValueError, KeyError, EOFError, MagicNumberNotFound, SpecVersionUnsupported
        The file is missing, or is not the archive that was published.
    """

    def __init__(self, path: Path, size: int) -> None:
        self.heads: dict[str, bytes] = {}
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self._read_directory(path, size)
        except BaseException:
            self._bytes.close()
            raise

    def _read_directory(self, path: Path, size: int) -> None:
        if len(self._bytes) != size:
            raise ValueError(f"{path.name} has {len(self._bytes)} bytes, expected {size}.")
        header = deserialize_header(self._bytes[:_HEADER])
        if header["tile_type"] is not TileType.PNG or (
            header["tile_compression"] is not Compression.NONE
        ):
            raise ValueError(f"{path.name} does not hold plain PNGs.")
        described = json.loads(
            gzip.decompress(self._part(header["metadata_offset"], header["metadata_length"]))
        )["evenbeat"]
        self.bits = _BITS[described["format"]]
        self.by_class = described["format"] == CLASS_FORMAT
        self.deepest: int = header["max_zoom"]
        self.levels: npt.NDArray[np.float32] = np.asarray(
            [] if self.by_class else described["levels"], np.float32
        )
        self.exact = bool(described.get("exact", False))
        self._leaves = header["leaf_directory_offset"]
        data = header["tile_data_offset"]
        self._places = {
            entry.tile_id + step: (data + entry.offset, data + entry.offset + entry.length)
            for entry in self._entries(header["root_offset"], header["root_length"])
            for step in range(entry.run_length)
        }

    def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        """Return a copy of a tile's PNG, None where the tile is empty."""
        place = self._places.get(zxy_to_tileid(zoom, column, row))
        return None if place is None else self._bytes[place[0] : place[1]]

    def close(self) -> None:
        """Give the memory back; tiles that were handed out stay as they are."""
        self._bytes.close()

    def _part(self, offset: int, length: int) -> bytes:
        return self._bytes[offset : offset + length]

    def _entries(self, offset: int, length: int) -> Iterator[Entry]:
        """Yield the entries of a directory and of those below it."""
        for entry in deserialize_directory(self._part(offset, length)):
            if entry.run_length:
                yield entry
            else:
                yield from self._entries(self._leaves + entry.offset, entry.length)


class Archives:
    """The open archives, the least used of which is closed; for one thread, the event loop's.

    Parameters
    ----------
    most
        How many stay open.
    """

    def __init__(self, most: int = _MOST_OPEN) -> None:
        self._most = most
        self._open: OrderedDict[str, Archive] = OrderedDict()

    async def get(self, files: Files, file: PublishedFile) -> Archive | None:
        """Return an archive, None where its file is not there whole.

        Raises
        ------
        PublishError
            The file is elsewhere and cannot be had.
        """
        found = self._open.get(file.path)
        if found is not None:
            self._open.move_to_end(file.path)
            return found
        path = await files.ready(file)
        if (meanwhile := self._open.get(file.path)) is not None:
            return meanwhile
        try:
            found = self._open[file.path] = Archive(path, file.size)
        except _UNREADABLE:
            return None
        if len(self._open) > self._most:
            _, least_used = self._open.popitem(last=False)
            least_used.close()
        return found

    def keep(self, paths: set[str]) -> None:
        """Close the archives that are not among these, because they are published no more."""
        for path in [path for path in self._open if path not in paths]:
            self._open.pop(path).close()

    def __len__(self) -> int:
        return len(self._open)
