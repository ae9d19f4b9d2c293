"""The files of the map page: known by name beforehand, compressed once, kept by browsers."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import zlib
from dataclasses import dataclass
from pathlib import Path

_COMPRESSED = ("text/", "application/json", "image/svg+xml")
# Windows takes the types of files from its registry, where some programs put other ones.
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css",
          ".html": "text/html", ".svg": "image/svg+xml", ".json": "application/json"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file as it is sent; ``packed`` is the same compressed with gzip, None where no smaller."""

    content: bytes
    packed: bytes | None
    media_type: str
    tag: str

    @classmethod
    def of(cls, content: bytes, media_type: str) -> PageFile:
        """Return content as a file, compressed."""
        packed = None
        if media_type.startswith(_COMPRESSED):
            packed = gzip.compress(content, 9, mtime=0)
        if packed is not None and len(packed) >= len(content):
            packed = None
        return cls(content, packed, media_type, f"{zlib.crc32(content):08x}-{len(content):x}")


class PageFiles:
    """The files of a folder, by their path in it; nothing outside it can be named.

    Parameters
    ----------
    folder
        The folder; it does not change while the service runs.
    """

    def __init__(self, folder: Path) -> None:
        self._paths = {
            path.relative_to(folder).as_posix(): path
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        self._read: dict[str, PageFile] = {}
        whole = hashlib.sha256()
        for name, path in self._paths.items():
            whole.update(name.encode() + b"\0" + path.read_bytes())
        self.revision = whole.hexdigest()[:12]
        """Short hash of all files: a folder in their addresses, so browsers may keep them."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the paths of all files."""
        return tuple(self._paths)

    def get(self, name: str) -> PageFile | None:
        """Return a file, None where there is none of that path."""
        if name not in self._paths:
            return None
        if name not in self._read:
            self._read[name] = _read(self._paths[name])
        return self._read[name]


def _read(path: Path) -> PageFile:
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    return PageFile.of(path.read_bytes(), media_type)
