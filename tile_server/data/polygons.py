"""From the body of a request to a polygon that is safe to work on."""

from __future__ import annotations

import json
import math
from http import HTTPStatus
from typing import Any

import shapely
from fastapi import Request

from evenbeat.tile_server.answering.refusals import RefusalError

MOST_BYTES = 512 * 1024
MOST_VERTICES = 5000
_EXPECTED = "Send GeoJSON: a Polygon or MultiPolygon, or a Feature with one, in degrees."


async def read_body(request: Request) -> bytes:
    """Return the body of a request, and stop reading where it is too long.

    Raises
    ------
    RefusalError
        It is longer than ``MOST_BYTES``.
    """
    parts, length = [], 0
    async for part in request.stream():
        parts.append(part)
        length += len(part)
        if length > MOST_BYTES:
            raise RefusalError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The body may hold {MOST_BYTES // 1024} KiB. Simplify the polygon.",
            )
    return b"".join(parts)


def parse_polygon(content: bytes) -> shapely.Polygon | shapely.MultiPolygon:
    """Return the polygon of a GeoJSON text, in longitude and latitude.

    Raises
    ------
    RefusalError
        It is not GeoJSON of a polygon, has more than ``MOST_VERTICES`` vertices, lies beyond the
        globe, or crosses itself.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _unusable(f"The body is not JSON. {_EXPECTED}") from error
    geometry = document
    if isinstance(document, dict) and document.get("type") == "Feature":
        geometry = document.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise _unusable(f"The body holds no polygon. {_EXPECTED}")
    coordinates = geometry.get("coordinates")
    parts = [coordinates] if kind == "Polygon" else coordinates
    rings = _rings(parts)
    if not rings or not all(rings):
        raise _unusable(f"The polygon is empty. {_EXPECTED}")
    vertices = sum(len(ring) for part in rings for ring in part)
    if vertices > MOST_VERTICES:
        raise _unusable(
            f"The polygon may have {MOST_VERTICES} vertices, got {vertices}. Simplify it."
        )
    polygons = [shapely.Polygon(part[0], part[1:]) for part in rings]
    polygon = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    if not polygon.is_valid:
        raise _unusable(f"The polygon is not valid: {shapely.is_valid_reason(polygon)}. Repair it.")
    return polygon


def parse_box(text: str) -> shapely.Polygon:
    """Return the box of a text such as ``-87.7,41.7,-87.5,41.9``: west, south, east, north.

    Raises
    ------
    RefusalError
        It is none.
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
        for longitude, latitude in ((west, south), (east, north)):
            _pair([longitude, latitude])
    except (TypeError, ValueError) as error:
        raise _unusable(
            f"bbox must be four numbers, west,south,east,north in degrees, got {text[:64]}."
        ) from error
    if not (west < east and south < north):
        raise _unusable("bbox must have west below east and south below north.")
    return shapely.box(west, south, east, north)


def _rings(parts: Any) -> list[list[list[tuple[float, float]]]]:
    """Return the checked coordinates: parts of rings of pairs."""
    try:
        return [[_ring(ring) for ring in _listed(part)] for part in _listed(parts)]
    except (TypeError, ValueError, OverflowError) as error:
        raise _unusable(f"The coordinates cannot be read: {error}. {_EXPECTED}") from error


def _ring(ring: Any) -> list[tuple[float, float]]:
    pairs = [_pair(pair) for pair in _listed(ring)]
    if len(pairs) < 4 or pairs[0] != pairs[-1]:
        raise ValueError("a ring has at least four pairs and ends where it begins")
    return pairs


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("a list was expected")
    if len(value) > MOST_VERTICES + 1:
        raise ValueError(f"a ring may have {MOST_VERTICES} vertices")
    return value


def _pair(pair: Any) -> tuple[float, float]:
    if not isinstance(pair, list) or not 2 <= len(pair) <= 4:
        raise TypeError("a pair of numbers was expected")
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in pair):
        raise TypeError("a pair of numbers was expected")
    longitude, latitude = float(pair[0]), float(pair[1])
    if not (math.isfinite(longitude) and abs(longitude) <= 180 and abs(latitude) <= 90):
        raise ValueError("longitude must be within 180 and latitude within 90 degrees")
    return longitude, latitude


def _unusable(detail: str) -> RefusalError:
    return RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
