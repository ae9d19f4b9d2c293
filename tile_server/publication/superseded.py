"""Versions that another has replaced: whoever was told of them may go on for a while.

A page that was given the address of a version asks for its tiles as its user moves the map. If that
version vanished with the next publication, the page would show holes and errors, or mix two
versions. Its files stay for a grace period, so its tiles can.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from evenbeat.core.store.manifest import Manifest, PublishedGrid, PublishedRaster

_KEPT_S = 86_400.0  # the grace period of the files
_MOST = 8192


@dataclass(frozen=True, slots=True)
class Superseded:
    """A version in whose place another one is published.

    ``until_s`` is when it ends, by a clock that never runs backwards.
    """

    date: str
    shift: str
    raster: PublishedRaster
    grid: PublishedGrid
    until_s: float


Versions = Mapping[tuple[str, str], Superseded]


def superseded_by(now: Manifest, former: Manifest, known: Versions, *, now_s: float) -> Versions:
    """Return the versions that clients may still hold, by layer and version.

    What was retracted is not among them, nor what no other version has replaced.

    Parameters
    ----------
    now, former
        What is published, and what was until now.
    known
        What the former manifest had superseded.
    """
    fresh = {
        (layer_id, raster.version): Superseded(
            date, shift, raster, former.grids[raster.grid], now_s + _KEPT_S
        )
        for layer_id, layer in former.layers.items()
        for date, shifts in layer.dates.items()
        for shift, raster in shifts.items()
    }
    retracted = {(one.layer, one.version) for one in now.retractions}
    found = {
        (layer_id, version): one
        for (layer_id, version), one in {**known, **fresh}.items()
        if one.until_s > now_s
        and (layer_id, version) not in retracted
        and _is_replaced(now, layer_id, one)
    }
    return dict(itertools.islice(found.items(), max(0, len(found) - _MOST), None))


def _is_replaced(now: Manifest, layer_id: str, one: Superseded) -> bool:
    """Return whether another version stands in a version's place."""
    layer = now.layers.get(layer_id)
    raster = None if layer is None else layer.dates.get(one.date, {}).get(one.shift)
    return raster is not None and raster.version != one.raster.version
