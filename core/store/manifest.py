"""The manifest of a publication: what is published, where, and in which classes it is shown."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from evenbeat.core.errors import PublishError
from evenbeat.core.store.retraction import ASSIGNMENTS, Retraction

MANIFEST_FILE = "manifest.json"
FORMAT: Final = "evenbeat-publication/1"
AREA_SHARES = (0.005, 0.01, 0.02, 0.05)

LAYER_ID = re.compile(r"[a-z][a-z0-9_-]{0,63}")
SHIFT_ID = re.compile(r"[a-z][a-z0-9-]{0,23}")
DATE_ID = re.compile(r"\d{4}-\d{2}-\d{2}")
VERSION_ID = re.compile(r"[0-9a-f]{16}")

RelativePath = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]*(/[a-z0-9][a-z0-9_.-]*)*$")
]


DOSAGE_LAYER = "dosage"


def is_dosage(layer_id: str) -> bool:
    """Return whether a layer holds minutes of patrol: it has a publisher of its own."""
    return layer_id == DOSAGE_LAYER


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AreaClass(_Value):
    """The cells that together are at most a share of the area, the highest ones.

    ``value`` is the lowest value in the class; None where the share is smaller than the number of
    cells that tie for the highest value, or where nothing is expected at all.
    """

    share: float
    value: float | None
    cells: int


class PublishedFile(_Value):
    """One immutable file below the publication's folder."""

    version: str
    path: RelativePath
    sha256: str
    size: int

    @property
    def folder(self) -> str:
        """Return the folder of its version."""
        return self.path.rsplit("/", 1)[0]


class PublishedRaster(PublishedFile):
    """One layer in one shift; ``hourly`` has the same by hour, a band each.

    ``tiles`` and ``class_tiles`` have it cut into map tiles, by level and by class; publications
    from before these were cut have none.
    """

    item: RelativePath
    run_id: str
    shift_start: dt.datetime
    shift_end: dt.datetime
    grid: str
    total: float
    maximum: float
    classes: tuple[AreaClass, ...]
    as_of: dt.datetime
    """What a forecast could know, or when minutes were due; never the clock, so that the same day
    gives the same bytes."""
    hourly: PublishedFile | None = None
    hours: tuple[str, ...] = ()
    tiles: PublishedFile | None = None
    class_tiles: PublishedFile | None = None

    @property
    def archives(self) -> tuple[PublishedFile, ...]:
        """Return its archives of map tiles."""
        return tuple(file for file in (self.tiles, self.class_tiles) if file is not None)

    @property
    def beside(self) -> tuple[PublishedFile, ...]:
        """Return the files beside it: the same by hour, and its map tiles."""
        return (*self.archives, *((self.hourly,) if self.hourly is not None else ()))


class SupersededRaster(_Value):
    """A raster in whose place another version is published, while its files are still there."""

    layer: str
    date: str
    shift: str
    raster: PublishedRaster


class PublishedLayer(_Value):
    """One layer with everything published of it: date, then shift."""

    title: str
    long_name: str
    comment: str
    units: str
    variable: str
    crime_type: str | None
    dates: dict[str, dict[str, PublishedRaster]]

    def shifts_of(self, date: str) -> list[tuple[str, PublishedRaster]]:
        """Return a date's shifts in order of time."""
        return sorted(self.dates.get(date, {}).items(), key=lambda pair: pair[1].shift_start)

    def latest(self, shift: str) -> str:
        """Return the newest date that has a shift, else the newest of all."""
        having = [date for date, shifts in self.dates.items() if shift in shifts]
        return max(having or self.dates)


class PublishedGrid(_Value):
    """Where the cells of some rasters are."""

    crs: str
    cell_size: float
    cell_size_m: float
    shape: tuple[int, int]
    bounds: tuple[float, float, float, float]
    bounds_wgs84: tuple[float, float, float, float]
    cells_inside: int


class Manifest(_Value):
    """Everything that a reader of a publication needs; all paths are relative to its folder."""

    format: Literal["evenbeat-publication/1"] = FORMAT
    timezone: str = "UTC"
    catalog: str | None = None
    layers: dict[str, PublishedLayer] = {}
    assignments: dict[str, dict[str, PublishedFile]] = {}
    districts: PublishedFile | None = None
    grids: dict[str, PublishedGrid] = {}
    retractions: tuple[Retraction, ...] = ()
    superseded: tuple[SupersededRaster, ...] = ()

    @property
    def dates(self) -> list[str]:
        """Return every published service date, oldest first."""
        return sorted({date for layer in self.layers.values() for date in layer.dates})

    def tiles(self) -> Iterator[PublishedFile]:
        """Yield every archive of map tiles, those of superseded versions too."""
        for layer in self.layers.values():
            for shifts in layer.dates.values():
                for raster in shifts.values():
                    yield from raster.archives
        for one in self.superseded:
            yield from one.raster.archives

    def gone(self) -> dict[tuple[str, str, str], Retraction]:
        """Return what was retracted with nothing in its place, by layer, date and shift."""
        return {
            (one.layer, one.date, one.shift): one
            for one in self.retractions
            if one.shift not in self._files_of(one.layer, one.date)
        }

    def _files_of(self, layer_id: str, date: str) -> Mapping[str, PublishedFile]:
        if layer_id == ASSIGNMENTS:
            return self.assignments.get(date, {})
        layer = self.layers.get(layer_id)
        return {} if layer is None else layer.dates.get(date, {})

    def folders(self) -> Iterator[str]:
        """Yield every folder of files that are published."""
        for layer in self.layers.values():
            for shifts in layer.dates.values():
                yield from (raster.folder for raster in shifts.values())
        for files in self.assignments.values():
            yield from (file.folder for file in files.values())
        if self.districts is not None:
            yield self.districts.folder
        if self.catalog is not None:
            yield f"catalog/{self.catalog}"

    def superseded_folders(self) -> Iterator[str]:
        """Yield the folders of superseded versions."""
        yield from (one.raster.folder for one in self.superseded)

    def to_bytes(self) -> bytes:
        """Return the manifest as JSON; equal manifests give equal bytes."""
        document = self.model_dump(mode="json")
        return (json.dumps(document, sort_keys=True, ensure_ascii=False) + "\n").encode()


def parse_manifest(content: bytes, *, origin: str) -> Manifest:
    """Check the JSON of a manifest.

    Raises
    ------
    PublishError
        It is not a manifest of the format that this version of Evenbeat writes.
    """
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise PublishError(
            f"{origin} is not a publication of format {FORMAT}: {error.errors()[0]['msg']} at "
            f"{'.'.join(str(part) for part in error.errors()[0]['loc'])}. Publish to a new folder."
        ) from error


def read_manifest(target: Path) -> Manifest:
    """Return the manifest of a publication, an empty one where nothing is published yet.

    Raises
    ------
    PublishError
        The folder holds something else.
    """
    try:
        content = (target / MANIFEST_FILE).read_bytes()
    except FileNotFoundError:
        return Manifest()
    return parse_manifest(content, origin=str(target / MANIFEST_FILE))
