"""The publication as somebody may see it: what is not open is not there."""

from __future__ import annotations

import datetime as dt

from evenbeat.core.store.manifest import Manifest
from evenbeat.tile_server.access.grants import Grant

_MOST_VIEWS = 256


def restrict(manifest: Manifest, grant: Grant, today: dt.date) -> Manifest:
    """Return a manifest with only the layers and dates that a grant opens.

    Parameters
    ----------
    today
        The agency's day, from which lags count.
    """

    def is_open(date: str) -> bool:
        return grant.opens_date(dt.date.fromisoformat(date), today)

    layers = {}
    for layer_id, layer in manifest.layers.items():
        if not grant.opens_layer(layer_id):
            continue
        dates = {date: shifts for date, shifts in layer.dates.items() if is_open(date)}
        if dates:
            layers[layer_id] = layer.model_copy(update={"dates": dates})
    assignments = {}
    if "assignments" in grant.rights:
        assignments = {date: files for date, files in manifest.assignments.items() if is_open(date)}
    return manifest.model_copy(update={"layers": layers, "assignments": assignments})


class Views:
    """Manifests by who looks, made once for each publication and day."""

    def __init__(self) -> None:
        self._made: dict[tuple[Grant, int, dt.date], tuple[Manifest, Manifest]] = {}

    def of(self, manifest: Manifest, grant: Grant, today: dt.date) -> Manifest:
        """Return what a grant opens of a manifest today."""
        key = (grant, id(manifest), today)
        found = self._made.get(key)
        # The manifest is kept beside its view, so its identity cannot be given to another.
        if found is None or found[0] is not manifest:
            if len(self._made) >= _MOST_VIEWS:
                self._made.clear()
            found = (manifest, restrict(manifest, grant, today))
            self._made[key] = found
        return found[1]
