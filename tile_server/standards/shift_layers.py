"""A published layer in one shift, over all its dates: what WMTS and OGC API call a layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Path

from evenbeat.core.store.manifest import LAYER_ID, SHIFT_ID, PublishedLayer
from evenbeat.tile_server.publication.kept import Kept
from evenbeat.tile_server.publication.published import (
    Found,
    NotPublishedError,
    RetractedError,
    Snapshot,
)

SHIFT_LAYER_ID = rf"{LAYER_ID.pattern}\.{SHIFT_ID.pattern}"
ShiftLayerId = Annotated[str, Path(pattern=f"^{SHIFT_LAYER_ID}$", max_length=96)]


@dataclass(frozen=True, slots=True)
class ShiftLayer:
    """One layer in one shift.

    Parameters
    ----------
    dates
        The dates that have the shift, oldest first; never empty.
    bounds
        West, south, east and north of all dates together, in degrees.
    """

    now: Snapshot
    layer_id: str
    shift: str
    dates: tuple[str, ...]
    bounds: tuple[float, float, float, float]

    @property
    def id(self) -> str:
        """Return the id, such as ``risk-theft.night``."""
        return f"{self.layer_id}.{self.shift}"

    @property
    def layer(self) -> PublishedLayer:
        """Return what is published of the layer."""
        return self.now.manifest.layers[self.layer_id]

    @property
    def title(self) -> str:
        """Return the title for people."""
        return f"{self.layer.title}, {self.shift}"

    @property
    def newest(self) -> str:
        """Return the newest date: what a client that names none is given."""
        return self.dates[-1]

    def on(self, date: str) -> Found:
        """Return the raster of a date; the newest one for a date that is not published.

        Many clients cannot fill in a time, or send one of the day before; a map of the newest
        date is of more use to them than broken pictures.

        Raises
        ------
        RetractedError
            The date was taken back.
        """
        self.now.require_standing(self.layer_id, date, self.shift)
        chosen = date if date in self.dates else self.newest
        return self.now.find(self.layer_id, chosen, self.shift)


_KEPT: Kept[dict[str, ShiftLayer]] = Kept(64)


def shift_layers(now: Snapshot) -> list[ShiftLayer]:
    """Return every layer in every shift, priority first, then by name and time of day."""
    return list(_by_id(now).values())


def find_shift_layer(now: Snapshot, shift_layer_id: str) -> ShiftLayer:
    """Return a layer in a shift by the id that ``ShiftLayer.id`` gives.

    Raises
    ------
    NotPublishedError
        There is no such layer, or it has no such shift.
    """
    found = _by_id(now).get(shift_layer_id)
    if found is None:
        layer_id, _, shift = shift_layer_id.partition(".")
        for one in now.retracted(layer_id):
            if one.shift == shift:
                raise RetractedError(one)
        raise NotPublishedError("No such layer and shift; /v1/collections lists them.")
    return found


def _by_id(now: Snapshot) -> dict[str, ShiftLayer]:
    """Return every layer in every shift by id; kept, for each tile needs one."""

    def make() -> dict[str, ShiftLayer]:
        ordered = sorted(
            now.manifest.layers.items(), key=lambda pair: (pair[1].crime_type is not None, pair[0])
        )
        made = [
            _shift_layer(now, layer_id, shift, layer)
            for layer_id, layer in ordered
            for shift in _shifts(layer)
        ]
        return {layer.id: layer for layer in made}

    return _KEPT.of(now.manifest, None, make)


def _shifts(layer: PublishedLayer) -> list[str]:
    """Return the shifts of any date, those of the newest date first and in order of time."""
    found: dict[str, None] = {}
    for date in sorted(layer.dates, reverse=True):
        found |= dict.fromkeys(shift for shift, _ in layer.shifts_of(date))
    return list(found)


def _shift_layer(now: Snapshot, layer_id: str, shift: str, layer: PublishedLayer) -> ShiftLayer:
    dates = sorted(date for date, shifts in layer.dates.items() if shift in shifts)
    names = {layer.dates[date][shift].grid for date in dates}
    boxes = [now.manifest.grids[name].bounds_wgs84 for name in names]
    wests, souths, easts, norths = zip(*boxes, strict=True)
    bounds = (min(wests), min(souths), max(easts), max(norths))
    return ShiftLayer(now, layer_id, shift, tuple(dates), bounds)
