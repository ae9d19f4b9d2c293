"""The files of one published day: each is written once, into a folder named by its content."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.store.area_classes import area_classes
from evenbeat.core.store.catalog import ITEM_FILE, catalog_version, item_document, json_bytes
from evenbeat.core.store.files import sha256_file, sweep_temporaries
from evenbeat.core.store.folders import place
from evenbeat.core.store.index_tiles import TileCutter
from evenbeat.core.store.manifest import (
    Manifest,
    PublishedFile,
    PublishedLayer,
    PublishedRaster,
)
from evenbeat.core.store.outlines import approved_geojson, district_geojson
from evenbeat.core.store.rasters import write_cog
from evenbeat.core.store.retraction import ASSIGNMENTS, HoldBack
from evenbeat.core.store.superseded import superseded_by
from evenbeat.core.store.versions import published_file, published_grid, version_of
from evenbeat.core.variables import DECLARED

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from evenbeat.core.grid import Grid
    from evenbeat.core.shifts import Shift


@dataclass(frozen=True, eq=False)
class Hourly:
    """A shift's cells by hour.

    Parameters
    ----------
    cells
        Shape ``(hours, y, x)``.
    names
        When each hour begins.
    """

    cells: npt.NDArray[np.floating]
    names: tuple[str, ...]


class DayFiles:
    """What one service date consists of; each file is written as it is added.

    Parameters
    ----------
    target
        The publication's folder.
    grid, date, run_id, provenance, when
        As in ``publish_day``.
    before
        The manifest to which the day is added.
    owns
        Tells which layers this publisher makes: those of the date that it does not make again
        are taken out, those of other publishers stay.
    again
        Whether to publish again what was retracted; else it stays out.
    """

    def __init__(
        self, target: Path, grid: Grid, date: str, run_id: str, provenance: dict[str, str],
        when: dt.datetime, before: Manifest, *, owns: Callable[[str], bool], again: bool = False,
    ) -> None:  # fmt: skip
        self._owns = owns
        self.target, self.grid, self.date, self.run_id = target, grid, date, run_id
        self.provenance, self.when, self.before = provenance, when, before
        self.where, self.grid_id = published_grid(grid), grid.fingerprint[:16]
        self._cutter = TileCutter(self.where)
        self.files: list[Path] = []
        self._hold_back = HoldBack(before.retractions, date, again=again)
        self.layers: dict[str, PublishedLayer] = {}
        self.assignments: dict[str, PublishedFile] = {}
        self.districts = before.districts

    def add_raster(
        self, layer_id: str, layer: PublishedLayer, shift: Shift, cells: npt.NDArray[np.floating],
        *, hourly: Hourly | None = None,
    ) -> None:  # fmt: skip
        """Write one raster, its tiles and its STAC item; by hour too where given.

        Nothing is written of what was retracted, unless it is published again on purpose; then it
        has another version.
        """
        known = self._known(layer_id, shift.name)
        times = self._hold_back.times(layer_id, shift.name, self.run_id,
                                     standing=None if known is None else known.run_id)  # fmt: skip
        if times is None:
            return
        parent = self.target / layer_id / shift.id
        sweep_temporaries(parent)
        tags = {
            **self.provenance, "layer": layer_id, "run_id": self.run_id, "shift": shift.name,
            "service_date": self.date, "shift_start": shift.start.isoformat(),
            "shift_end": shift.end.isoformat(),
        }  # fmt: skip
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=self.target) as private:
            staged = self._staged(Path(private), layer_id, layer, cells, hourly, tags)
            digest = "".join(sha256_file(path) for path in staged.values())
            version = version_of(self.run_id, digest, times)
            folder = f"{layer_id}/{shift.id}/{version}"
            files = {name: published_file(path, folder, version) for name, path in staged.items()}
            inside = cells[self.grid.mask]
            known = inside[np.isfinite(inside)].astype(np.float64)
            raster = PublishedRaster(
                **dict(files[f"{layer_id}.tif"]),
                item=f"{folder}/{ITEM_FILE}", run_id=self.run_id, shift_start=shift.start,
                shift_end=shift.end, grid=self.grid_id, total=float(known.sum()),
                maximum=float(known.max(initial=0.0)), classes=area_classes(inside),
                as_of=self._as_of(layer_id, shift.name, version),
                hourly=files.get(f"{layer_id}-hourly.tif"),
                hours=() if hourly is None else hourly.names,
                tiles=files.get(f"{layer_id}.pmtiles"),
                class_tiles=files.get(f"{layer_id}-classes.pmtiles"),
            )  # fmt: skip
            item = item_document(layer_id, layer, self.date, shift.name, raster, self.where,
                                 self.provenance)  # fmt: skip
            place(self.target / folder, {**staged, ITEM_FILE: json_bytes(item)})
        self.files += [self.target / file.path for file in files.values()]
        self.files.append(self.target / raster.item)
        dates = self.layers.setdefault(layer_id, layer).dates
        dates.setdefault(self.date, {})[shift.name] = raster

    def _staged(
        self, folder: Path, layer_id: str, layer: PublishedLayer,
        cells: npt.NDArray[np.floating], hourly: Hourly | None, tags: Mapping[str, str],
    ) -> dict[str, Path]:  # fmt: skip
        """Write a raster into a private folder: by shift, by hour, and as map tiles."""
        variable = DECLARED[layer.variable]
        path = folder / f"{layer_id}.tif"
        write_cog(path, cells, self.grid, variable=variable, tags=tags)
        written = {path.name: path}
        if hourly is not None:
            by_hour = folder / f"{layer_id}-hourly.tif"
            write_cog(by_hour, hourly.cells, self.grid, variable=variable, tags=tags,
                      bands=hourly.names)  # fmt: skip
            written[by_hour.name] = by_hour
        shown = np.where(self.grid.mask, cells, np.nan)
        tiles = self._cutter.write(
            folder, layer_id, shown, area_classes(cells[self.grid.mask]),
            about={"name": layer.title, "description": layer.long_name},
        )  # fmt: skip
        return {**written, **{path.name: path for path in tiles}}

    def add_assignments(self, plan: GeoDataFrame | None, shifts: tuple[Shift, ...]) -> None:
        """Write the approved assignments of each shift; nothing where none is approved."""
        for shift in shifts:
            content = approved_geojson(plan, shift.name) if plan is not None else None
            if content is not None:
                self._add_assignments(shift, content)

    def _add_assignments(self, shift: Shift, content: bytes) -> None:
        source = hashlib.sha256(content).hexdigest()
        known = self.before.assignments.get(self.date, {}).get(shift.name)
        times = self._hold_back.times(ASSIGNMENTS, shift.name, source,
                                     standing=None if known is None else known.sha256)  # fmt: skip
        if times is not None:
            folder, name = f"assignments/{shift.id}", "assignments.geojson"
            self.assignments[shift.name] = self._add_file(folder, name, content, times)

    def add_districts(self, districts: GeoDataFrame | None) -> None:
        """Write the districts' outlines."""
        if districts is not None:
            content = district_geojson(districts, tolerance=self.grid.cell_size / 10)
            self.districts = self._add_file("districts", "districts.geojson", content)

    def manifest(self, timezone: str) -> Manifest:
        """Return the former manifest with this day in the place of what it had for the date."""
        layers = {}
        for layer_id in sorted({*self.before.layers, *self.layers}):
            known = self.before.layers.get(layer_id)
            dates = {} if known is None else {**known.dates}
            if self._owns(layer_id):
                dates.pop(self.date, None)
            added = self.layers.get(layer_id)
            dates |= added.dates if added is not None else {}
            if dates:
                newest = added or self.before.layers[layer_id]
                layers[layer_id] = newest.model_copy(update={"dates": dates})
        assignments = {**self.before.assignments}
        if self._owns("assignments"):
            assignments.pop(self.date, None)
            assignments |= {self.date: self.assignments} if self.assignments else {}
        return completed(
            Manifest(
                timezone=timezone, layers=layers, assignments=assignments,
                districts=self.districts, grids={**self.before.grids, self.grid_id: self.where},
                retractions=self.before.retractions,
            ),
            self.before,
        )  # fmt: skip

    def _add_file(
        self, parent: str, name: str, content: bytes, times_retracted: int = 0
    ) -> PublishedFile:
        """Write one file into a folder named by its content."""
        sha256 = hashlib.sha256(content).hexdigest()
        version = version_of("", sha256, times_retracted)
        folder = f"{parent}/{version}"
        sweep_temporaries(self.target / parent)
        place(self.target / folder, {name: content})
        self.files.append(self.target / folder / name)
        return PublishedFile(
            version=version, path=f"{folder}/{name}", sha256=sha256, size=len(content)
        )

    def _known(self, layer_id: str, shift: str) -> PublishedRaster | None:
        """Return what is published of a layer in a shift before this day is."""
        known = self.before.layers.get(layer_id)
        return known.dates.get(self.date, {}).get(shift) if known is not None else None

    def _as_of(self, layer_id: str, shift: str, version: str) -> dt.datetime:
        """Return the moment this version was first said to be of, or that of this publication."""
        raster = self._known(layer_id, shift)
        same = raster is not None and raster.version == version
        return raster.as_of if raster is not None and same else self.when


def completed(manifest: Manifest, before: Manifest) -> Manifest:
    """Return a manifest with what follows from the rest of it, and from the one it replaces.

    These are the versions that it supersedes, only the grids that are used, and the version of its
    catalog.
    """
    superseded = superseded_by(manifest, before)
    used = {one.raster.grid for one in superseded} | {
        raster.grid
        for layer in manifest.layers.values()
        for shifts in layer.dates.values()
        for raster in shifts.values()
    }
    known = sorted({**before.grids, **manifest.grids}.items())
    grids = {name: grid for name, grid in known if name in used}
    trimmed = manifest.model_copy(update={"grids": grids, "superseded": superseded})
    return trimmed.model_copy(update={"catalog": catalog_version(trimmed)})
