"""The sources that ``evenbeat.toml`` names, resolved to files, and what surrounds a reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.config import SourceSettings
from evenbeat.core.errors import ConfigError, InputError
from evenbeat.core.ingest.layers import (
    read_boundary,
    read_districts,
    read_events,
    read_neighbourhoods,
    read_places,
    read_streets,
    read_weather,
)
from evenbeat.core.pipeline.context import code_version
from evenbeat.core.store.files import fingerprint, sha256_file

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from evenbeat.core.ingest.tally import IngestReport
    from evenbeat.core.store.workspace import Workspace

ROLES = (
    "districts", "boundary", "neighbourhoods", "streets", "places", "events", "weather", "gunfire",
    "incidents",
)  # fmt: skip
AREA_ROLES = ("districts", "boundary")
"""Roles that fix the workspace's CRS and the jurisdiction."""
_IN_THE_CITY = {
    "neighbourhoods": read_neighbourhoods, "streets": read_streets, "places": read_places,
    "events": read_events,
}  # fmt: skip
LayerReader = Callable[[Any, SourceSettings], "tuple[Any, IngestReport]"]


@dataclass(frozen=True)
class SourceFile:
    """One file or address of one source, with the fingerprint of its bytes.

    Parameters
    ----------
    location
        Where it is read from.
    key
        Its name in the workspace: relative to it where it lies inside.
    digest
        SHA-256 of its bytes; None for an address, which is read anew each time.
    overrides
        Fingerprints of the agency's own policy tables.
    """

    source: SourceSettings
    location: str
    key: str
    digest: str | None
    overrides: dict[str, str]

    @property
    def name(self) -> str:
        """Return a short name for people."""
        return self.location if self.digest is None else Path(self.location).name

    def state(self) -> str:
        """Return what must be unchanged for the file to be skipped: its content, and the code."""
        return f"{self._content()} {fingerprint(code_version())}"

    def is_of_other_code(self, known: str) -> bool:
        """Return whether a former state differs from this one in nothing but Evenbeat's code."""
        return known != self.state() and known.startswith(f"{self._content()} ")

    def _content(self) -> str:
        return fingerprint([self.source.model_dump(mode="json"), self.digest, self.overrides])


def source_files(workspace: Workspace) -> list[SourceFile]:
    """Resolve every source to its files: roles in the order of reading, files by name.

    Raises
    ------
    ConfigError
        No source is configured.
    InputError
        A source matches no file.
    """
    if not workspace.settings.sources:
        raise ConfigError(
            "evenbeat.toml names no source. Add one, for example:\n"
            '  [[sources]]\n  role = "incidents"\n  path = "exports/*.csv"'
        )
    overrides = workspace.override_versions()
    ordered = sorted(workspace.settings.sources, key=lambda source: ROLES.index(source.role))
    return [item for source in ordered for item in _files_of(workspace.root, source, overrides)]


def files_of(workspace: Workspace, source: SourceSettings) -> list[SourceFile]:
    """Resolve one source to its files, by name.

    Raises
    ------
    InputError
        It matches no file.
    """
    return _files_of(workspace.root, source, workspace.override_versions())


def _files_of(root: Path, source: SourceSettings, overrides: dict[str, str]) -> list[SourceFile]:
    if "://" in source.path:
        return [SourceFile(source, source.path, source.path, None, overrides)]
    pattern = root / Path(source.path).expanduser()
    matches = sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))))
    if not matches:
        raise InputError(
            f"The source {source.role!r} matches no file: {pattern}. "
            "Paths in evenbeat.toml are relative to the workspace."
        )
    return [
        SourceFile(source, str(path), _key(root, path), sha256_file(path), overrides)
        for path in matches
    ]


def _key(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


@dataclass
class Surroundings:
    """What the reader of a layer needs of its workspace; filled as areas are read.

    Parameters
    ----------
    crs
        The workspace's CRS, or ``auto`` until districts or a boundary fixed it.
    jurisdiction
        The area in that CRS, or None until it is known.
    """

    timezone: str
    crs: str = "auto"
    jurisdiction: BaseGeometry | None = None

    @classmethod
    def of(cls, workspace: Workspace) -> Surroundings:
        """Return what a workspace knows already."""
        made = cls(workspace.settings.agency.timezone, workspace.crs_or_auto)
        if workspace.table("boundary").exists or workspace.table("districts").exists:
            made.jurisdiction = workspace.jurisdiction()
        return made

    def reader(self, role: str) -> LayerReader:
        """Return the reader of a layer, bound to these surroundings."""
        if role == "weather":
            return lambda raw, source: read_weather(raw, source=source, timezone=self.timezone)
        if role in AREA_ROLES:
            area_reader = read_districts if role == "districts" else read_boundary
            return lambda raw, source: area_reader(
                raw, source=source, crs=self.crs, timezone=self.timezone
            )
        layer_reader = _IN_THE_CITY[role]
        return lambda raw, source: layer_reader(
            raw, source=source, crs=self.crs, timezone=self.timezone, boundary=self.jurisdiction
        )

    def learn(self, role: str, table: Any) -> None:
        """Take the CRS and the jurisdiction from areas that were just read."""
        self.crs = table.crs.to_string()
        if role == "boundary" or self.jurisdiction is None:
            self.jurisdiction = table.geometry.union_all()
