"""Retraction: take rasters and assignments out of a publication, at once and for all to see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from evenbeat.core.errors import PublishError
from evenbeat.core.store.day_files import completed
from evenbeat.core.store.folders import one_publisher, remove, version_folders
from evenbeat.core.store.manifest import Manifest, read_manifest
from evenbeat.core.store.pointers import write_pointers
from evenbeat.core.store.retraction import ASSIGNMENTS, Category, Retraction


@dataclass(frozen=True)
class Withdrawal:
    """What was retracted, and the folders that were removed."""

    retractions: tuple[Retraction, ...]
    removed: tuple[str, ...]


def retract(
    target: Path,
    *,
    date: dt.date,
    layer: str | None = None,
    shift: str | None = None,
    category: Category,
    when: dt.datetime,
) -> Withdrawal:
    """Take what is published for a date out of a publication.

    The pointers are replaced first, then the files are removed, older versions of the same rasters
    too; no grace period is kept. Retracting again what is gone finishes what was interrupted. The
    manifest keeps what was retracted, so that the service can say
    that it is gone, and so that the same run is not published again by the next one that is.

    Parameters
    ----------
    target
        The publication's folder.
    date
        The service date.
    layer
        The layer's id, or ``assignments``; None for everything of the date.
    shift
        The shift's name; None for all of them.
    category
        The kind of reason that everybody may know.
    when
        The time to record.

    Raises
    ------
    PublishError
        Nothing of that is published, or another publication is being written.
    """
    with one_publisher(target):
        before = read_manifest(target)
        taken = _published(before, date.isoformat(), layer, shift, category, when)
        if not taken and not _is_gone(before, date.isoformat(), layer, shift):
            raise PublishError(_nothing_there(before, date, layer, shift))
        manifest = completed(_without(before, taken), before)
        write_pointers(target, manifest)
        removed = _remove_unnamed(target, before, manifest)
    return Withdrawal(taken, removed)


def _published(
    manifest: Manifest, date: str, layer: str | None, shift: str | None, category: Category,
    when: dt.datetime,
) -> tuple[Retraction, ...]:  # fmt: skip
    """Return a retraction for each thing that is published and meant."""
    there = [
        (layer_id, name, raster.version, raster.run_id)
        for layer_id, one in sorted(manifest.layers.items())
        for name, raster in one.shifts_of(date)
    ]
    there += [
        (ASSIGNMENTS, name, file.version, file.sha256)
        for name, file in sorted(manifest.assignments.get(date, {}).items())
    ]
    return tuple(
        Retraction(layer=layer_id, date=date, shift=name, version=version, source=source,
                   category=category, at=when)
        for layer_id, name, version, source in there
        if layer in (None, layer_id) and shift in (None, name)
    )  # fmt: skip


def _without(manifest: Manifest, taken: tuple[Retraction, ...]) -> Manifest:
    """Return the manifest without what was taken, and with a note of it."""
    gone = {(one.layer, one.date, one.shift) for one in taken}
    layers = {}
    for layer_id, layer in manifest.layers.items():
        dates = {
            date: {name: one for name, one in shifts.items() if (layer_id, date, name) not in gone}
            for date, shifts in layer.dates.items()
        }
        dates = {date: shifts for date, shifts in dates.items() if shifts}
        if dates:
            layers[layer_id] = layer.model_copy(update={"dates": dates})
    assignments = {
        date: {name: one for name, one in files.items() if (ASSIGNMENTS, date, name) not in gone}
        for date, files in manifest.assignments.items()
    }
    return manifest.model_copy(
        update={
            "layers": layers,
            "assignments": {date: files for date, files in assignments.items() if files},
            "retractions": (*manifest.retractions, *taken),
        }
    )


def _remove_unnamed(target: Path, before: Manifest, manifest: Manifest) -> tuple[str, ...]:
    """Remove every version of what was ever taken back, and the catalogs that name one."""
    named = {target / folder for folder in manifest.folders()}
    versions = {one.version for one in manifest.retractions}
    taken = [folder for folder in before.folders() if folder.rsplit("/", 1)[1] in versions]
    parents = {target / folder.rsplit("/", 1)[0] for folder in taken} | {target / "catalog"}
    removed = [
        folder
        for folder in version_folders(target)
        if folder not in named and (folder.parent in parents or folder.name in versions)
    ]
    for folder in removed:
        remove(folder)
    return tuple(folder.relative_to(target).as_posix() for folder in removed)


def _is_gone(manifest: Manifest, date: str, layer: str | None, shift: str | None) -> bool:
    return any(
        layer in (None, layer_id) and date == day and shift in (None, name)
        for layer_id, day, name in manifest.gone()
    )


def _nothing_there(manifest: Manifest, date: dt.date, layer: str | None, shift: str | None) -> str:
    sought = ", ".join(str(part) for part in (layer, date, shift) if part is not None)
    dates = manifest.dates
    there = f"There are {dates[0]} to {dates[-1]}" if dates else "Nothing is published"
    layers = ", ".join((*sorted(manifest.layers), ASSIGNMENTS))
    return f"Nothing is published of {sought}. {there}; layers: {layers}."
