"""Bytes out of compressed files: gzip, xz and zip."""

from __future__ import annotations

import gzip
import lzma
import zipfile
import zlib
from pathlib import Path

from evenbeat.core.errors import InputError

_DAMAGED = (OSError, EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, RuntimeError)


def read_bytes(path: Path, member: str | None = None) -> bytes:
    """Return a file's bytes, decompressed.

    The first bytes decide whether a file is gzip or xz, not its name.

    Parameters
    ----------
    path
        A plain, ``.gz``, ``.xz`` or ``.zip`` file.
    member
        The file inside a zip archive.

    Raises
    ------
    InputError
        The file cannot be opened, or its compressed part is damaged.
    """
    try:
        if member is not None:
            with zipfile.ZipFile(path) as archive:
                return archive.read(member)
        stored = path.read_bytes()
        if stored.startswith(b"\x1f\x8b"):
            return gzip.decompress(stored)
        if stored.startswith(b"\xfd7zXZ\x00"):
            return lzma.decompress(stored)
    except _DAMAGED as error:
        raise InputError(
            f"{path} cannot be read: {error}. Copy or download it again, and check its permissions."
        ) from error
    return stored


def find_member(path: Path, suffixes: tuple[str, ...], wanted: str | None = None) -> str:
    """Return the one file of a zip archive that holds a table or a layer.

    Parameters
    ----------
    path
        The archive.
    suffixes
        Endings in lower case that count, such as ``".csv"``.
    wanted
        A member's name, when the archive holds several.

    Raises
    ------
    InputError
        The archive is damaged, holds no such file, or holds several and none is named.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except _DAMAGED as error:
        raise InputError(f"{path} is not a readable zip archive: {error}.") from error
    usable = sorted(
        name
        for name in members
        if name.lower().endswith(suffixes) and not name.startswith("__MACOSX/")
    )
    if wanted is not None and wanted in usable:
        return wanted
    if wanted is None and len(usable) == 1:
        return usable[0]
    listed = ", ".join(usable[:10]) or "none"
    raise InputError(
        f"{path.name} must hold one file that ends in {', '.join(suffixes)}; found: {listed}."
        f" Name one of several as '{path.name}!<file>'."
    )
