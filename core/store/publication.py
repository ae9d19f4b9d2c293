"""Publish a day so that a reader sees all of it or the one before, whatever stops the writer.

Every file goes into a folder named by its content, ``<layer>/<date>-<shift>/<version>/``, that is
written under a hidden name, flushed, and renamed; it never changes afterwards. Then
``catalog.json`` is replaced, for readers of STAC, and last ``manifest.json``, for the tile server.
Whatever is no longer referred to stays for a grace period, because a reader may hold a pointer to
it, and is removed by ``prune_publication``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.errors import PublishError
from evenbeat.core.progress import Progress, silent
from evenbeat.core.store.day_files import DayFiles, completed
from evenbeat.core.store.files import sweep_temporaries
from evenbeat.core.store.folders import one_publisher, remove, retire, version_folders
from evenbeat.core.store.manifest import (
    LAYER_ID,
    Manifest,
    PublishedLayer,
    is_dosage,
    read_manifest,
)
from evenbeat.core.store.pointers import write_pointers
from evenbeat.core.store.superseded import without_folders
from evenbeat.core.variables import EXPECTED_COUNT, PRIORITY, CubeVariable

if TYPE_CHECKING:
    import xarray as xr
    from geopandas import GeoDataFrame

    from evenbeat.core.grid import Grid
    from evenbeat.core.shifts import Shift, ShiftCalendar

_NO_GRACE = dt.timedelta(0)

__all__ = ["prune_publication", "publish_day", "published_run", "read_manifest"]


def publish_day(
    target: Path,
    *,
    risk: xr.Dataset,
    priority: xr.DataArray,
    grid: Grid,
    calendar: ShiftCalendar,
    date: dt.date,
    run_id: str,
    provenance: Mapping[str, str],
    assignments: GeoDataFrame | None,
    districts: GeoDataFrame | None,
    when: dt.datetime,
    again: bool = False,
    progress: Progress = silent,
) -> list[Path]:
    """Publish one service date: a layer per crime type, the priority, and approved assignments.

    Publishing the same run again changes no byte. A date that is already published is replaced as
    a whole, layers that the new run lacks included. **Proposed assignments are never written
    here**: what nobody has approved does not leave the workspace.

    Parameters
    ----------
    target
        The publication's folder; made where it is missing.
    risk
        Cube with ``expected_count(crime_type, shift, y, x)``.
    priority
        ``priority(shift, y, x)``.
    grid, calendar, date
        Where and when the cubes are.
    run_id, provenance
        The run and further facts, stored in every raster; must not hold the present time.
    assignments
        The plan; only rows with status ``approved`` are published. None without a plan.
    districts
        Outlines for the map page; None leaves those that are there.
    when
        The time of publication to record.
    again
        Whether to publish again what was retracted; else it stays out until a new run takes its
        place.
    progress
        Told after each raster.

    Returns
    -------
    The files that make up this day, the pointers last.

    Raises
    ------
    PublishError
        The cubes lack a shift or have another shape, the folder cannot be written or holds
        something else, or another publication is being written.
    """
    layers = _layers_of(risk, priority)
    shifts = calendar.shifts_on(date)
    for layer_id, (_, cells) in layers.items():
        _check_cube(layer_id, cells, grid, shifts)
    with one_publisher(target):
        sweep_temporaries(target)
        before = read_manifest(target)
        day = DayFiles(target, grid, date.isoformat(), run_id, dict(provenance), when, before,
                       owns=lambda layer_id: not is_dosage(layer_id), again=again)  # fmt: skip
        for number, (layer_id, (layer, cells)) in enumerate(layers.items()):
            for position, shift in enumerate(shifts):
                day.add_raster(layer_id, layer, shift, cells.values[position])
                progress("publish rasters", (number + (position + 1) / len(shifts)) / len(layers))
        day.add_assignments(assignments, shifts)
        day.add_districts(districts)
        manifest = day.manifest(calendar.timezone)
        pointers = write_pointers(target, manifest)
    return [*day.files, *pointers]


def published_run(target: Path, date: dt.date) -> str | None:
    """Return the id of the run that is published for a date, None where there is none."""
    layers = read_manifest(target).layers
    runs = {
        raster.run_id
        for layer_id, layer in layers.items()
        if not is_dosage(layer_id)
        for raster in layer.dates.get(str(date), {}).values()
    }
    return runs.pop() if len(runs) == 1 else None


def is_whole(target: Path, date: dt.date) -> bool:
    """Return whether every file that the manifest names for a date is there in its size."""
    manifest = read_manifest(target)
    rasters = [
        raster
        for layer in manifest.layers.values()
        for raster in layer.dates.get(date.isoformat(), {}).values()
    ]
    files = [*rasters, *(file for raster in rasters for file in raster.beside)]
    named = [(target / file.path, file.size) for file in files]
    described = [target / file.item for file in rasters]
    described += [target / layer / "collection.json" for layer in manifest.layers]
    return all(path.is_file() and path.stat().st_size == size for path, size in named) and all(
        path.is_file() for path in described
    )


def prune_publication(
    target: Path,
    *,
    keep_days: int,
    now: dt.datetime,
    grace: dt.timedelta = dt.timedelta(days=1),
) -> list[Path]:
    """Take old dates out of a publication and remove what nothing refers to any more.

    A folder that the manifest does not refer to is first marked with the time; a later call
    removes it when the mark is older than the grace period, so no reader loses a file it was just
    told of. Publishing the same content again takes the mark away. What was retracted and is still
    there, because the retraction was interrupted, is removed at once.

    Parameters
    ----------
    target
        The publication's folder.
    keep_days
        Dates that lie this many days or more before the newest published date are taken out.
    now
        The present moment.
    grace
        How long an unreferenced folder stays.

    Returns
    -------
    The removed folders.

    Raises
    ------
    PublishError
        Another publication is being written.
    """
    with one_publisher(target):
        manifest = read_manifest(target)
        kept = _without_old_dates(manifest, keep_days)
        if kept != manifest:
            write_pointers(target, kept)
        referred = {target / folder for folder in kept.folders()}
        retracted = {one.version for one in kept.retractions}
        over = [
            folder
            for folder in version_folders(target)
            if folder not in referred
            and retire(folder, now=now, grace=_NO_GRACE if folder.name in retracted else grace)
        ]
        left = without_folders(kept, {folder.relative_to(target).as_posix() for folder in over})
        if left != kept:
            write_pointers(target, completed(left, left))
        for folder in over:
            remove(folder)
        return over


def _layers_of(
    risk: xr.Dataset, priority: xr.DataArray
) -> dict[str, tuple[PublishedLayer, xr.DataArray]]:
    """Return the layers to publish with their cells, by id."""
    counts = risk[EXPECTED_COUNT.name].transpose(*EXPECTED_COUNT.dims)
    layers = {
        f"risk-{crime_type}": (
            _described(
                EXPECTED_COUNT, f"Risk: {str(crime_type).replace('_', ' ')}", str(crime_type)
            ),
            counts.isel(crime_type=position),
        )
        for position, crime_type in enumerate(map(str, counts["crime_type"].values))
    }
    layers["priority"] = (
        _described(PRIORITY, "Priority", None),
        priority.transpose(*PRIORITY.dims),
    )
    return layers


def _described(variable: CubeVariable, title: str, crime_type: str | None) -> PublishedLayer:
    return PublishedLayer(
        title=title, long_name=variable.long_name, comment=variable.comment, units=variable.units,
        variable=variable.name, crime_type=crime_type, dates={},
    )  # fmt: skip


def _check_cube(layer_id: str, cells: xr.DataArray, grid: Grid, shifts: tuple[Shift, ...]) -> None:
    """Refuse a cube of another day's shifts or of another grid, before anything is written."""
    if not LAYER_ID.fullmatch(layer_id):
        raise PublishError(f"A layer's id must be a lower-case word, got {layer_id!r}.")
    names = [str(name) for name in cells["shift"].values]
    accepted = ([shift.name for shift in shifts], [shift.id for shift in shifts])
    if names not in accepted:
        raise PublishError(f"{layer_id} must have the shifts {accepted[0]}, got {names}.")
    if cells.shape[1:] != grid.shape:
        raise PublishError(f"{layer_id} must have shape {grid.shape}, got {cells.shape[1:]}.")


def _without_old_dates(manifest: Manifest, keep_days: int) -> Manifest:
    """Return the manifest without the dates that are too old beside its newest one."""
    if not manifest.dates:
        return manifest
    newest = dt.date.fromisoformat(manifest.dates[-1])
    oldest = (newest - dt.timedelta(days=keep_days - 1)).isoformat()
    layers = {}
    for layer_id, layer in manifest.layers.items():
        dates = {date: shifts for date, shifts in layer.dates.items() if date >= oldest}
        if dates:
            layers[layer_id] = layer.model_copy(update={"dates": dates})
    assignments = {date: file for date, file in manifest.assignments.items() if date >= oldest}
    retractions = tuple(one for one in manifest.retractions if one.date >= oldest)
    return completed(
        manifest.model_copy(
            update={"layers": layers, "assignments": assignments, "retractions": retractions}
        ),
        manifest,
    )
