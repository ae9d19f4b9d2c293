"""The approved assignments of a date and shift, as they were published."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from evenbeat.core.store.manifest import PublishedFile
from evenbeat.core.store.outlines import ASSIGNMENT_COLUMNS
from evenbeat.core.store.retraction import ASSIGNMENTS
from evenbeat.tile_server.answering.refusals import RefusalError
from evenbeat.tile_server.publication.published import LATEST, NotPublishedError, Snapshot


@dataclass(frozen=True, slots=True)
class Plan:
    """The approved assignments of one shift.

    Parameters
    ----------
    date, shift
        Which ones; ``date`` is never ``latest``.
    file
        What was published.
    path
        Where that is.
    """

    date: str
    shift: str
    file: PublishedFile
    path: Path

    def features(self) -> list[dict[str, Any]]:
        """Return the GeoJSON features, each with its shift and only with columns that are public.

        Raises
        ------
        RefusalError
            The file is not there any more.
        """
        try:
            document = json.loads(self.path.read_bytes())
        except FileNotFoundError as error:
            raise RefusalError(
                HTTPStatus.SERVICE_UNAVAILABLE, "The assignments were just replaced. Try again."
            ) from error
        return [
            {**feature, "properties": {**_public(feature["properties"]), "shift": self.shift}}
            for feature in document["features"]
        ]

    def shapes(self) -> Shapes:
        """Return the boxes as geometries; they are kept, for the file never changes."""
        return _shapes(self)


@dataclass(frozen=True, slots=True)
class Shapes:
    """Boxes in Web Mercator, in metres, with one point in each.

    ``properties`` has what is told of each, ``bounds`` their west, south, east and north in
    degrees.
    """

    boxes: npt.NDArray[np.object_]
    points: npt.NDArray[np.object_]
    properties: tuple[dict[str, Any], ...]
    bounds: tuple[float, float, float, float]


def find_plans(now: Snapshot, date: str) -> list[Plan]:
    """Return the approved assignments of a date, or of the latest one, by shift.

    Raises
    ------
    NotPublishedError
        There are none. What nobody has approved is not in a publication at all.
    """
    published = now.manifest.assignments
    chosen = max(published, default=LATEST) if date == LATEST else date
    if chosen not in published:
        now.require_standing(ASSIGNMENTS, chosen)
        raise NotPublishedError("No approved assignments are published for this date.")
    return [
        Plan(chosen, shift, file, now.files.local(file))
        for shift, file in sorted(published[chosen].items())
    ]


def find_plan(now: Snapshot, date: str, shift: str) -> Plan:
    """Return the approved assignments of a date, or of the latest one, in a shift.

    Raises
    ------
    NotPublishedError
        There are none.
    """
    for plan in find_plans(now, date):
        if plan.shift == shift:
            return plan
    now.require_standing(ASSIGNMENTS, date, shift)
    raise NotPublishedError("No approved assignments are published for this date and shift.")


def _public(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: properties[name] for name in ASSIGNMENT_COLUMNS if name in properties}


@lru_cache(maxsize=64)
def _shapes(plan: Plan) -> Shapes:
    features = plan.features()
    degrees = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    boxes = shapely.transform(degrees, _mercator)
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(degrees))
    return Shapes(
        boxes, shapely.point_on_surface(boxes), tuple(each["properties"] for each in features),
        (west, south, east, north),
    )  # fmt: skip


def _mercator(pairs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return longitudes and latitudes as metres."""
    to_mercator = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    return np.column_stack(to_mercator.transform(pairs[:, 0], pairs[:, 1]))
