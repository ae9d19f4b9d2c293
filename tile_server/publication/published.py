"""What is published right now, looked up by id; a request can never name a file."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from evenbeat.core.errors import PublishError
from evenbeat.core.store.manifest import (
    MANIFEST_FILE,
    Manifest,
    PublishedGrid,
    PublishedLayer,
    PublishedRaster,
    SupersededRaster,
    parse_manifest,
)
from evenbeat.core.store.retraction import Retraction
from evenbeat.tile_server.publication.files import Files, FolderFiles

LATEST = "latest"


class NotPublishedError(PublishError, LookupError):
    """Nothing of that id is published."""


class RetractedError(NotPublishedError):
    """It was published and taken back."""

    def __init__(self, retraction: Retraction) -> None:
        one = retraction
        super().__init__(
            f"{one.layer}, {one.date}, {one.shift} was retracted on {one.at:%Y-%m-%d} "
            f"(kind of reason: {one.category}). Discard copies of version {one.version}."
        )


@dataclass(frozen=True, slots=True)
class Found:
    """One raster and everything about it, from one manifest."""

    layer_id: str
    layer: PublishedLayer
    date: str
    shift: str
    raster: PublishedRaster
    grid: PublishedGrid
    files: Files
    timezone: str

    @property
    def path(self) -> Path:
        """Return where the raster is; it may have to be fetched, so not for event loops."""
        return self.files.local(self.raster)


@dataclass(frozen=True)
class Snapshot:
    """One manifest as it was read: a request uses one snapshot from beginning to end."""

    files: Files
    manifest: Manifest
    by_version: dict[tuple[str, str], tuple[str, str]] = field(init=False)
    _found: dict[tuple[str, str, str], Found] = field(init=False, default_factory=dict)
    _gone: dict[tuple[str, str, str], Retraction] = field(init=False)
    _superseded: dict[tuple[str, str], SupersededRaster] = field(init=False)

    def __post_init__(self) -> None:
        versions = {
            (layer_id, raster.version): (date, shift)
            for layer_id, layer in self.manifest.layers.items()
            for date, shifts in layer.dates.items()
            for shift, raster in shifts.items()
        }
        object.__setattr__(self, "by_version", versions)
        object.__setattr__(self, "_gone", self.manifest.gone())
        superseded = {(one.layer, one.raster.version): one for one in self.manifest.superseded}
        object.__setattr__(self, "_superseded", superseded)

    @cached_property
    def newest_as_of(self) -> dt.datetime | None:
        """Return the newest moment that a raster is as of."""
        moments = (
            raster.as_of
            for layer in self.manifest.layers.values()
            for shifts in layer.dates.values()
            for raster in shifts.values()
        )
        return max(moments, default=None)

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
        RetractedError
            It was taken back.
        """
        known = self._found.get((layer_id, date, shift))
        if known is not None:
            return known
        self.require_standing(layer_id, date, shift)
        layer = self.layer(layer_id)
        chosen = layer.latest(shift) if date == LATEST else date
        raster = layer.dates.get(chosen, {}).get(shift)
        if raster is None:
            raise NotPublishedError(
                f"{layer_id} has no {shift} shift of {date}; /v1/layers/{layer_id}/dates lists "
                "what there is."
            )
        found = self._found[layer_id, date, shift] = Found(
            layer_id, layer, chosen, shift, raster, self.manifest.grids[raster.grid],
            self.files, self.manifest.timezone,
        )  # fmt: skip
        return found

    def require_standing(self, layer_id: str, date: str, shift: str | None = None) -> None:
        """Refuse what was taken back with nothing in its place.

        Parameters
        ----------
        layer_id
            A layer, or ``assignments``.
        shift
            None for any shift.

        Raises
        ------
        RetractedError
            It was taken back.
        """
        if not self._gone:
            return
        for (layer, day, name), retraction in self._gone.items():
            if (layer, day) == (layer_id, date) and shift in (None, name):
                raise RetractedError(retraction)

    def retracted(self, layer_id: str) -> list[Retraction]:
        """Return what was taken back of a layer with nothing in its place."""
        return [one for (layer, _, _), one in self._gone.items() if layer == layer_id]

    def find_version(self, layer_id: str, version: str) -> Found:
        """Return a raster by layer and version.

        Raises
        ------
        NotPublishedError
            The version is not, or no longer, published.
        RetractedError
            It was taken back.
        """
        if (layer_id, version) not in self.by_version:
            for one in self.manifest.retractions:
                if (one.layer, one.version) == (layer_id, version):
                    raise RetractedError(one)
            return self._find_superseded(layer_id, version)
        return self.find(layer_id, *self.by_version[layer_id, version])

    def _find_superseded(self, layer_id: str, version: str) -> Found:
        """Return a version that another has replaced, where this view shows that other one."""
        one = self._superseded.get((layer_id, version))
        layer = self.manifest.layers.get(layer_id)
        if one is None or layer is None or one.shift not in layer.dates.get(one.date, {}):
            raise NotPublishedError("This version is not, or no longer, published.")
        return Found(
            layer_id, layer, one.date, one.shift, one.raster,
            self.manifest.grids[one.raster.grid], self.files, self.manifest.timezone,
        )  # fmt: skip


class Publication:
    """A publication's folder; reads its manifest again when it was replaced.

    Parameters
    ----------
    folder
        The folder that holds ``manifest.json``.
    files
        Its files; by default they are in the folder.
    """

    def __init__(self, folder: Path, *, files: Files | None = None) -> None:
        self.folder, self.files = folder, files or FolderFiles(folder)
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
                    self._snapshot, self._seen = Snapshot(self.files, manifest), seen
                return self._snapshot
        except OSError as error:
            if isinstance(error, PublishError):
                raise
            raise PublishError("Nothing is published yet; run: evenbeat publish") from error

    @property
    def stale_seconds(self) -> float:
        """Return for how long it is not known what is published; a folder tells at once."""
        return 0.0

    def close(self) -> None:
        """Ask no more; a folder needs nothing."""
