"""Areas as people give them: corners in the grid's CRS, or a GeoJSON file in degrees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from evenbeat.core.errors import ReviewError
from evenbeat.core.pipeline.review.cells import to_grid

if TYPE_CHECKING:
    from pathlib import Path

    from shapely import MultiPolygon, Polygon

_DEGREES = "OGC:CRS84"


def area_of_corners(text: str) -> Polygon:
    """Return the box ``west,south,east,north``.

    Raises
    ------
    ReviewError
        It is not four numbers in that order.

    Examples
    --------
    >>> area_of_corners("0,0,250,500").area
    125000.0
    """
    import shapely

    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = 0.0
    if not (west < east and south < north and np.isfinite([west, south, east, north]).all()):
        raise ReviewError(
            f"A box is west,south,east,north in the grid's CRS, got {text!r}. Give four numbers, "
            "such as 350000,590000,350500,590500."
        )
    return shapely.box(west, south, east, north)


def area_of_file(path: Path, crs: str) -> MultiPolygon | Polygon:
    """Return the polygons of a GeoJSON file, all together, in the grid's CRS.

    Raises
    ------
    ReviewError
        The file is no GeoJSON, holds no polygon, or is not in longitude and latitude.
    """
    import shapely

    try:
        document = json.loads(path.read_text("utf-8-sig"))
        # A feature may have no geometry at all.
        parts = [part for part in _geometries(document) if part is not None]
        shapes = [shapely.from_geojson(json.dumps(part)) for part in parts]
    except (
        ValueError, KeyError, TypeError, AttributeError, RecursionError, shapely.GEOSException,
    ) as error:  # fmt: skip
        raise ReviewError(
            f"{path} cannot be read as GeoJSON: {type(error).__name__}, {error}. It must hold "
            "polygons in longitude and latitude."
        ) from error
    polygons = [shape for shape in shapes if shape.geom_type in ("Polygon", "MultiPolygon")]
    if not polygons or len(polygons) < len(shapes):
        kinds = sorted({shape.geom_type for shape in shapes})
        raise ReviewError(f"{path} must hold polygons alone, got {kinds or 'nothing'}.")
    whole = shapely.union_all(shapely.make_valid(polygons))
    west, south, east, north = whole.bounds
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise ReviewError(
            f"{path} is not in longitude and latitude: it reaches from {west:g}, {south:g} to "
            f"{east:g}, {north:g}. Export it in EPSG:4326, or give --box in the grid's CRS."
        )
    return _moved(whole, _DEGREES, crs, str(path))


def area_of_text(text: str, crs: str | None, grid_crs: str) -> MultiPolygon | Polygon:
    """Return a drawing that was handed over as text, in the grid's CRS.

    Parameters
    ----------
    text
        A polygon as WKT.
    crs
        What it is in; the grid's where it is None.
    grid_crs
        The grid's.

    Raises
    ------
    ReviewError
        The text is no polygon, or covers no ground, or there is no such CRS.

    Examples
    --------
    >>> area_of_text("POLYGON ((0 0, 2 0, 2 1, 0 0))", None, "EPSG:26971").area
    1.0
    """
    import shapely

    try:
        shape = shapely.make_valid(shapely.from_wkt(text))
    except shapely.GEOSException as error:
        raise ReviewError(
            f"The drawing cannot be read: {text[:80]!r}. Give a polygon as WKT, such as "
            "POLYGON ((0 0, 1 0, 1 1, 0 0))."
        ) from error
    return _moved(shape, crs or grid_crs, grid_crs, "The drawing")


def _moved(shape: Any, crs: str, grid_crs: str, what: str) -> MultiPolygon | Polygon:
    """Return a shape in the grid's CRS, and refuse what covers no ground."""
    import shapely

    if crs != grid_crs:
        transformer = to_grid(crs, grid_crs)
        shape = shapely.transform(
            shape, lambda points: np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
        )
    if shape.geom_type not in ("Polygon", "MultiPolygon") or not shape.area > 0:
        raise ReviewError(f"{what} covers no ground. Check its polygons.")
    return cast("MultiPolygon | Polygon", shape)


def _geometries(document: Any) -> list[Any]:
    """Return the geometries of a collection, a feature or a bare geometry."""
    if document["type"] == "FeatureCollection":
        return [feature["geometry"] for feature in document["features"]]
    return [document["geometry"] if document["type"] == "Feature" else document]
