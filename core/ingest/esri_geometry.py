"""Esri JSON geometries and spatial references in terms of shapely and CRS text."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Ring = list[list[float]]
_SIDES = ("xmin", "ymin", "xmax", "ymax")


def to_shapely(geometry: dict[str, Any] | None) -> BaseGeometry | None:
    """Return an Esri JSON geometry as shapely; heights and measures are left out.

    Parameters
    ----------
    geometry
        A point, multipoint, polyline, polygon or envelope, or None.

    Returns
    -------
    None when the geometry is missing or empty.

    Examples
    --------
    >>> to_shapely({"x": 3, "y": 4}).wkt
    'POINT (3 4)'
    """
    for part, make in _MAKERS.items():
        if geometry and geometry.get(part) not in (None, []):
            shape: BaseGeometry | None = make(geometry)
            return None if shape is None or shape.is_empty else shape
    return None


def _point(geometry: dict[str, Any]) -> BaseGeometry | None:
    try:
        easting, northing = float(geometry["x"]), float(geometry["y"])
    except (KeyError, TypeError, ValueError):
        return None
    is_placed = math.isfinite(easting) and math.isfinite(northing)
    return shapely.Point(easting, northing) if is_placed else None


def _points(geometry: dict[str, Any]) -> BaseGeometry:
    return shapely.MultiPoint([point[:2] for point in geometry["points"]])


def _lines(geometry: dict[str, Any]) -> BaseGeometry | None:
    lines = [
        shapely.LineString([vertex[:2] for vertex in path])
        for path in geometry["paths"]
        if len(path) > 1
    ]
    return _one_or_many(lines, shapely.MultiLineString)


def _polygons(geometry: dict[str, Any]) -> BaseGeometry | None:
    return _one_or_many(assemble_polygons(geometry["rings"]), shapely.MultiPolygon)


def _envelope(geometry: dict[str, Any]) -> BaseGeometry:
    west, south, east, north = (float(geometry[side]) for side in _SIDES)
    return shapely.box(west, south, east, north)


def _one_or_many(parts: list[Any], collection: Any) -> BaseGeometry | None:
    if not parts:
        return None
    whole: BaseGeometry = parts[0] if len(parts) == 1 else collection(parts)
    return whole


def assemble_polygons(rings: list[Ring]) -> list[shapely.Polygon]:
    """Return polygons with holes from rings in any order.

    Esri draws outer rings clockwise and holes the other way round. A hole belongs to the smallest
    outer ring around it; a hole in no outer ring is taken as an outer ring.
    """
    outer: list[shapely.Polygon] = []
    inner: list[shapely.Polygon] = []
    for ring in rings:
        vertices = [vertex[:2] for vertex in ring]
        if len({tuple(vertex) for vertex in vertices}) < 3:
            continue
        polygon = shapely.Polygon(vertices)
        (inner if polygon.exterior.is_ccw else outer).append(polygon)
    holes: dict[int, list[shapely.LinearRing]] = {}
    around = sorted(range(len(outer)), key=lambda index: outer[index].area)
    for hole in inner:
        corner = shapely.Point(hole.exterior.coords[0])
        home = next(
            (
                index
                for index in around
                if outer[index].area > hole.area and outer[index].intersects(corner)
            ),
            None,
        )
        if home is None:
            outer.append(hole)
        else:
            holes.setdefault(home, []).append(hole.exterior)
    return [shapely.Polygon(shell.exterior, holes.get(index)) for index, shell in enumerate(outer)]


def crs_text(reference: dict[str, Any] | None) -> str | None:
    """Return an Esri spatial reference as CRS text, or None when it says nothing usable.

    Examples
    --------
    >>> crs_text({"wkid": 102100, "latestWkid": 3857})
    'EPSG:3857'
    """
    for code in ((reference or {}).get("latestWkid"), (reference or {}).get("wkid")):
        for authority in ("EPSG", "ESRI"):
            try:
                return str(CRS.from_user_input(f"{authority}:{code}").to_string())
            except CRSError:
                continue
    try:
        return str(CRS.from_user_input((reference or {})["wkt"]).to_string())
    except (CRSError, KeyError):
        return None


_MAKERS: dict[str, Callable[[dict[str, Any]], BaseGeometry | None]] = {
    "x": _point,
    "points": _points,
    "paths": _lines,
    "rings": _polygons,
    "xmin": _envelope,
}
