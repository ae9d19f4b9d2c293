"""What is published right now, looked up by id; a request can never name a file."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from evenbeat.core.errors import PublishError
from evenbeat.core.store.manifest import (
    MANIFEST_FILE,
    Manifest,
    PublishedGrid,
    PublishedLayer,
    PublishedRaster,
    parse_manifest,
)

LATEST = "latest"


class NotPublishedError(PublishError, LookupError):
    """Nothing of that id is published."""


@dataclass(frozen=True, slots=True)
class Found:
    """One raster and everything about it, from one manifest."""

    layer_id: str
    layer: PublishedLayer
    date: str
    shift: str
    raster: PublishedRaster
    grid: PublishedGrid
    path: Path
    timezone: str


@dataclass(frozen=True)
class Snapshot:
    """One manifest as it was read: a request uses one snapshot from beginning to end."""

    folder: Path
    manifest: Manifest
    by_version: dict[tuple[str, str], tuple[str, str]] = field(init=False)
    _found: dict[tuple[str, str, str], Found] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        versions = {
            (layer_id, raster.version): (date, shift)
            for layer_id, layer in self.manifest.layers.items()
            for date, shifts in layer.dates.items()
            for shift, raster in shifts.items()
        }
        object.__setattr__(self, "by_version", versions)

    def layer(self, layer_id: str) -> PublishedLayer:
        """Return a layer.

        Raises
        ------
        NotPublishedError
            There is no such layer.
        """
        if layer_id not in self.manifest.layers:
            raise NotPublishedError("No such layer is published; /v1/layers lists them.")
        return self.manifest.layers[layer_id]

    def find(self, layer_id: str, date: str, shift: str) -> Found:
        """Return a raster by layer, date (or ``latest``) and shift.

        Raises
        ------
        NotPublishedError
            There is no such layer, date or shift.
        """
        known = self._found.get((layer_id, date, shift))
        if known is not None:
            return known
        layer = self.layer(layer_id)
        chosen = max(layer.dates) if date == LATEST else date
        raster = layer.dates.get(chosen, {}).get(shift)
        if raster is None:
            raise NotPublishedError(
                "The layer has no such date and shift; /v1/layers/{layer}/dates lists them."
            )
        found = self._found[layer_id, date, shift] = Found(
            layer_id, layer, chosen, shift, raster, self.manifest.grids[raster.grid],
            self.folder / raster.path, self.manifest.timezone,
        )  # fmt: skip
        return found

    def find_version(self, layer_id: str, version: str) -> Found:
        """Return a raster by layer and version.

        Raises
        ------
        NotPublishedError
            The version is not, or no longer, published.
        """
        if (layer_id, version) not in self.by_version:
            raise NotPublishedError("This version is not, or no longer, published.")
        return self.find(layer_id, *self.by_version[layer_id, version])


class Publication:
    """A publication's folder; reads its manifest again when it was replaced.

    Parameters
    ----------
    folder
        The folder that holds ``manifest.json``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reading = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._snapshot: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """Return what is published now.

        Raises
        ------
        PublishError
            Nothing is published yet, or the manifest is unreadable.
        """
        path = self.folder / MANIFEST_FILE
        try:
            status = path.stat()
            seen = (status.st_ino, status.st_mtime_ns, status.st_size)
            with self._reading:
                if self._snapshot is None or seen != self._seen:
                    manifest = parse_manifest(path.read_bytes(), origin=MANIFEST_FILE)
                    self._snapshot, self._seen = Snapshot(self.folder, manifest), seen
                return self._snapshot
        except OSError as error:
            if isinstance(error, PublishError):
                raise
            raise PublishError("Nothing is published yet; run: evenbeat publish") from error
