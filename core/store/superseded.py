"""Versions that another has replaced: whoever was told of them may go on while their files stay.

A page that was given the address of a version asks for its tiles as its user moves the map. If that
version vanished with the next publication, the page would show holes and errors, or mix two
versions. The manifest tells of them, so that every service knows them, whenever it was started.
"""

from __future__ import annotations

from collections.abc import Collection

from evenbeat.core.store.manifest import Manifest, SupersededRaster

_MOST = 4096


def superseded_by(now: Manifest, former: Manifest) -> tuple[SupersededRaster, ...]:
    """Return the versions that clients may still hold, the newest last.

    What was retracted is not among them, nor what no other version has replaced.

    Parameters
    ----------
    now, former
        What is published, and what was until now.
    """
    fresh = (
        SupersededRaster(layer=layer_id, date=date, shift=shift, raster=raster)
        for layer_id, layer in former.layers.items()
        for date, shifts in layer.dates.items()
        for shift, raster in shifts.items()
    )
    retracted = {(one.layer, one.version) for one in now.retractions}
    found = {
        (one.layer, one.raster.version): one
        for one in (*former.superseded, *fresh)
        if (one.layer, one.raster.version) not in retracted and _is_replaced(now, one)
    }
    return tuple(found.values())[-_MOST:]


def without_folders(manifest: Manifest, folders: Collection[str]) -> Manifest:
    """Return a manifest without the superseded versions in folders that are to be removed."""
    left = tuple(one for one in manifest.superseded if one.raster.folder not in folders)
    return manifest.model_copy(update={"superseded": left})


def _is_replaced(now: Manifest, one: SupersededRaster) -> bool:
    """Return whether another version stands in a version's place."""
    layer = now.layers.get(one.layer)
    raster = None if layer is None else layer.dates.get(one.date, {}).get(one.shift)
    return raster is not None and raster.version != one.raster.version
