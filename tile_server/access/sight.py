"""The publication as somebody may see it: what is not open is not there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from starlette.types import Scope

from evenbeat.core.store.manifest import Manifest
from evenbeat.core.store.retraction import ASSIGNMENTS
from evenbeat.tile_server.access.grants import Grant
from evenbeat.tile_server.publication.kept import Kept
from evenbeat.tile_server.publication.published import NotPublishedError, Publication, Snapshot

_MOST_VIEWS = 256


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


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
    retractions = tuple(
        one for one in manifest.retractions
        if is_open(one.date) and ("assignments" in grant.rights if one.layer == ASSIGNMENTS
                                  else grant.opens_layer(one.layer))
    )  # fmt: skip
    return manifest.model_copy(
        update={"layers": layers, "assignments": assignments, "retractions": retractions}
    )


class Viewer:
    """The publication as each request may see it; a view is made once for a publication and day.

    Parameters
    ----------
    publication
        What is published.
    now
        The clock: dates are open or not by the agency's day.
    """

    def __init__(
        self, publication: Publication, *, now: Callable[[], dt.datetime] | None = None
    ) -> None:
        self._publication, self._now = publication, now or _utc_now
        self._views: Kept[Snapshot] = Kept(_MOST_VIEWS)

    def see(self, scope: Scope) -> Snapshot:
        """Return what a request may see: everything where no keys are asked for."""
        whole = self._publication.snapshot()
        grant: Grant | None = scope.get("state", {}).get("grant")
        if grant is None or grant.opens_everything:
            return whole
        today = self._now().astimezone(ZoneInfo(whole.manifest.timezone)).date()
        return self._views.of(
            whole.manifest, (grant, today),
            lambda: Snapshot(whole.files, restrict(whole.manifest, grant, today)),
        )  # fmt: skip


def require_zoom(scope: Scope, zoom: int) -> None:
    """Refuse tiles that are deeper than a request's key goes.

    Raises
    ------
    NotPublishedError
        The zoom is deeper.
    """
    grant: Grant | None = scope.get("state", {}).get("grant")
    if grant is not None and not grant.opens_zoom(zoom):
        raise NotPublishedError(f"This key opens tiles down to zoom {grant.maximum_zoom}.")
