"""The styles that can be asked for: those of the files, and their variants by address."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evenbeat.core.errors import ConfigError
from evenbeat.tile_server.styles.style_files import load_styles, style_paths
from evenbeat.tile_server.styles.style_models import STYLE_ID, Style

_LOOK_AGAIN_S = 2.0
_VARIANT = re.compile(
    r"(?P<plain>[a-z0-9-]+)(?:~top(?P<top>[0-9.]+))?(?:~opacity(?P<opacity>[0-9]+))?"
)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Read:
    """What one reading of the files gave."""

    plain: dict[str, Style]
    seen: tuple[tuple[str, int, int], ...]
    variants: dict[str, Style] = field(default_factory=dict)


class StyleBook(Mapping[str, Style]):
    """Styles by id, the default one first; variants are found too, but not listed.

    ``heat~top1`` shows only the highest 1 % of the area, ``heat~opacity60`` takes 60 % of each
    opacity, ``heat~top1~opacity60`` does both. There are fifty spellings of a style and no more,
    so that no cache fills up with what somebody makes up.

    Parameters
    ----------
    folder
        The agency's own styles, which stand before those that come with the service. It is looked
        at every other second; files that changed are read again, and where one of them is
        unusable the styles stay as they were and the log says why.
    clock
        Seconds that only go up.

    Raises
    ------
    ConfigError
        A file is unusable when the book is made.
    """

    def __init__(
        self, folder: Path | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder, self._clock = folder, clock
        self._read = self._read_files()
        self._looked = clock()

    def reload(self) -> None:
        """Read the files again.

        Raises
        ------
        ConfigError
            A file is unusable; the styles stay as they were.
        """
        self._read = self._read_files()

    def __getitem__(self, style_id: str) -> Style:
        if self._folder is not None and self._clock() - self._looked > _LOOK_AGAIN_S:
            self._look()
        read = self._read
        style = read.plain.get(style_id) or read.variants.get(style_id)
        return style if style is not None else _add_variant(read, style_id)

    def __iter__(self) -> Iterator[str]:
        if self._folder is not None and self._clock() - self._looked > _LOOK_AGAIN_S:
            self._look()
        return iter(self._read.plain)

    def __len__(self) -> int:
        return len(self._read.plain)

    def _look(self) -> None:
        """Read the files again where one has changed since."""
        self._looked = self._clock()
        seen = _state(self._folder)
        if seen == self._read.seen:
            return
        try:
            self._read = self._read_files()
            _LOG.info("Styles read again.")
        except ConfigError as error:
            _LOG.warning("The styles stay as they were: %s", error)
            self._read = _Read(self._read.plain, seen, self._read.variants)

    def _read_files(self) -> _Read:
        seen = _state(self._folder)  # before they are read: what changes meanwhile is seen later
        return _Read(load_styles(self._folder), seen)


def _state(folder: Path | None) -> tuple[tuple[str, int, int], ...]:
    """Return names, sizes and times of the files of a folder."""
    found = []
    for path in [] if folder is None else style_paths(folder):
        try:
            status = path.stat()
        except OSError:
            continue
        found.append((path.name, status.st_size, status.st_mtime_ns))
    return tuple(found)


def _add_variant(read: _Read, style_id: str) -> Style:
    """Return a variant of a style, and keep it.

    Raises
    ------
    KeyError
        There is no such style, or it has no such variant.
    """
    asked = _VARIANT.fullmatch(style_id) if re.fullmatch(STYLE_ID, style_id) else None
    if asked is None or asked["plain"] not in read.plain:
        raise KeyError(style_id)
    try:
        made = _varied(read.plain[asked["plain"]], style_id, asked["top"], asked["opacity"])
    except ValidationError as error:  # such as the highest cells of a difference
        raise KeyError(style_id) from error
    read.variants[style_id] = made
    return made


def _varied(style: Style, style_id: str, top: str | None, opacity: str | None) -> Style:
    """Return a style with another threshold and part of its opacities."""
    document = style.model_dump(exclude_none=True)
    document["id"] = style_id
    if top is not None:
        document["threshold"] = {"share": float(top) / 100}
        document["title"] += f", highest {top} %"
    if opacity is not None:
        _fade(document, int(opacity) / 100)
    made = type(style).model_validate(document)
    made._is_own = style._is_own
    return made


def _fade(document: dict[str, Any], part: float) -> None:
    """Take a part of every opacity."""
    single = [document["rest"]] if "rest" in document else []
    for paint in (*single, *document.get("classes", ()), *document.get("stops", ())):
        paint["opacity"] = round(paint["opacity"] * part, 4)
