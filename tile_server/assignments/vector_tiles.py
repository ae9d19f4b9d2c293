"""Boxes as vector tiles (Mapbox Vector Tile 2.1), cut and simplified for each zoom."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import mercantile
import numpy as np
import numpy.typing as npt
import shapely
from mapbox_vector_tile import encode
from mapbox_vector_tile.encoder import on_invalid_geometry_make_valid

from evenbeat.tile_server.assignments.plans import Plan, Shapes

BOXES: Final = "assignments"
POINTS: Final = "assignment_points"
MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"
EXTENT: Final = 4096
# A box goes on beyond the tile's edge, so that its outline is not drawn along the edge.
_BUFFER: Final = 64
# A box that is smaller than a pixel of a tile of 256 pixels is only a point.
_SMALLEST: Final = 16

Pair = tuple[Any, dict[str, Any]]


@lru_cache(maxsize=4096)
def vector_tile(plan: Plan, zoom: int, column: int, row: int) -> bytes:
    """Return a tile; without assignments it is empty, and that is valid.

    Layer ``assignments`` has the boxes, cut a little beyond the tile's edge and simplified to its
    resolution. Boxes too small to be seen are left out. Layer ``assignment_points`` has a point
    for each box, in exactly one tile of a zoom. Properties are those of the GeoJSON.
    """
    shapes, edges = plan.shapes(), mercantile.xy_bounds(column, row, zoom)
    unit = (edges.right - edges.left) / EXTENT
    corner = np.array([edges.left, edges.bottom])

    def quantise(places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(np.rint((places - corner) / unit))

    layers = [
        {"name": name, "features": _features(pairs, quantise)}
        for name, pairs in ((BOXES, _cut(shapes, edges, unit)), (POINTS, _inside(shapes, edges)))
        if pairs
    ]
    options = {"extents": EXTENT, "on_invalid_geometry": on_invalid_geometry_make_valid}
    return bytes(encode(layers, default_options=options))


def _cut(shapes: Shapes, edges: tuple[float, float, float, float], unit: float) -> list[Pair]:
    """Return the boxes that touch a tile, cut at its buffer, large enough to be seen."""
    west, south, east, north = edges
    margin = _BUFFER * unit
    frame = shapely.box(west - margin, south - margin, east + margin, north + margin)
    touching = np.flatnonzero(shapely.intersects(shapes.boxes, frame) & _seen(shapes, unit))
    cut = shapely.intersection(shapely.simplify(shapes.boxes[touching], unit), frame)
    return [
        (shape, shapes.properties[number])
        for number, shape in zip(touching, cut, strict=True)
        if shapely.area(shape) > 0
    ]


def _seen(shapes: Shapes, unit: float) -> npt.NDArray[np.bool_]:
    """Return which boxes are at least a pixel wide or high."""
    west, south, east, north = shapely.bounds(shapes.boxes).T
    return np.asarray(np.maximum(east - west, north - south) >= _SMALLEST * unit)


def _inside(shapes: Shapes, edges: tuple[float, float, float, float]) -> list[Pair]:
    """Return the points of a tile; one on an edge is in the tile to the east and south."""
    west, south, east, north = edges
    x, y = shapely.get_x(shapes.points), shapely.get_y(shapes.points)
    chosen = np.flatnonzero((x >= west) & (x < east) & (y > south) & (y <= north))
    return [(shapes.points[number], shapes.properties[number]) for number in chosen]


def _features(
    pairs: list[Pair], quantise: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]
) -> list[dict[str, Any]]:
    """Return features as the encoder wants them; what is not known is left out."""
    return [
        {
            "geometry": shapely.transform(shape, quantise),
            "properties": {name: value for name, value in properties.items() if value is not None},
        }
        for shape, properties in pairs
    ]
