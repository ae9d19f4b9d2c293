"""Distance to places, their density, length and share of area, as places stood at a cut-off."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from evenbeat.core.features.catalogue import PLACE_BANDWIDTH_M
from evenbeat.core.features.declarations import Measure, PlaceMeasure
from evenbeat.core.features.history import TRUNCATE
from evenbeat.core.features.knowledge import require_utc, to_seconds
from evenbeat.core.features.layers import Layers
from evenbeat.core.grid import Grid
from evenbeat.core.kernels.binning import bin_points
from evenbeat.core.kernels.coverage import area_share, line_length
from evenbeat.core.kernels.density import gaussian_density
from evenbeat.core.kernels.distance import nearest_point_distance, nearest_segment_distance
from evenbeat.core.policy.features import require_category

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

_ALWAYS, _NEVER = -(2**62), 2**62
_MEASURES: dict[int, tuple[Measure, ...]] = {
    0: ("distance", "density"),
    1: ("distance", "length"),
    2: ("distance", "share"),
}


def list_place_measures(
    layers: Layers, cutoff: dt.datetime
) -> tuple[tuple[str, Measure, bool], ...]:
    """Return ``(category, measure, dated)`` of every feature that the places allow.

    Only places that had opened by the cut-off count. Points have a distance and a density, lines a
    distance and a length in the cell, polygons a distance and a share of the cell. A
    category is dated when all of its places are.
    """
    if layers.places is None:
        return ()
    opens = to_seconds(layers.places["valid_from"], missing=_ALWAYS)
    places = layers.places[opens <= require_utc(cutoff)]
    found: list[tuple[str, Measure, bool]] = []
    canonical = _canonical(places)
    for category in np.unique(canonical):
        rows = places[canonical == category]
        shapes = rows.geometry.to_numpy()
        dimensions = shapely.get_dimensions(shapes[~shapely.is_empty(shapes)])
        measures = {m for d in np.unique(dimensions) for m in _MEASURES.get(int(d), ())}
        dated = bool(rows["dated"].all())
        found += [(str(category), measure, dated) for measure in sorted(measures)]
    return tuple(found)


class PlaceSurfaces:
    """Rasters of places at any cut-off; equal sets of places are measured once.

    Parameters
    ----------
    places
        The PLACES table in the grid's CRS, or None.
    grid
        The study's grid.
    """

    def __init__(self, places: GeoDataFrame | None, grid: Grid) -> None:
        self._grid = grid
        self._known: dict[tuple[str, Measure, bytes], Floats] = {}
        self._rows: dict[str, tuple[Shapes, npt.NDArray[np.int64], npt.NDArray[np.int64]]] = {}
        if places is None or not len(places):
            return
        opens = to_seconds(places["valid_from"], missing=_ALWAYS)
        closes = to_seconds(places["valid_to"], missing=_NEVER)
        shapes = places.geometry.to_numpy()
        present = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        category = _canonical(places)
        for name in np.unique(category):
            chosen = np.flatnonzero((category == name) & present)
            self._rows[str(name)] = (shapes[chosen], opens[chosen], closes[chosen])

    def surface(self, entry: PlaceMeasure, cutoff: dt.datetime) -> Floats:
        """Return one measure of the places that were open at a cut-off, shape ``(y, x)``.

        Without any such place a distance is NaN and everything else 0.
        """
        at = require_utc(cutoff)
        shapes, opens, closes = self._rows.get(
            entry.category, (np.empty(0, object), np.empty(0, int), np.empty(0, int))
        )
        opened = (opens <= at) & (at < closes)
        key = (entry.category, entry.measure, np.packbits(opened).tobytes())
        if key not in self._known:
            self._known[key] = _measure(entry.measure, shapes[opened], self._grid)
        return self._known[key]


def _canonical(places: GeoDataFrame) -> npt.NDArray[np.str_]:
    """Return the category of each place as the policy spells it."""
    spelt = places["category"].astype(str)
    canonical = {name: require_category(name) for name in spelt.unique()}
    return np.asarray(spelt.map(canonical), dtype=np.str_)


def _measure(measure: Measure, shapes: Shapes, grid: Grid) -> Floats:
    """Return one raster, in metres, per square kilometre, or as a share."""
    out = np.zeros(grid.shape)
    if measure == "distance":
        return _distance(shapes, grid)
    dimension = shapely.get_dimensions(shapes)
    if measure == "density":
        points = shapely.get_coordinates(shapes[dimension == 0])
        counts, scratch = np.zeros(grid.shape), np.empty(grid.shape)
        easting, northing = np.ascontiguousarray(points.T)
        bin_points(easting, northing, np.ones(len(points)), *_frame(grid), counts)
        gaussian_density(counts, PLACE_BANDWIDTH_M / grid.cell_size_m, TRUNCATE, scratch, out)
        return out / grid.cell_area_km2
    if measure == "length":
        x0, y0, x1, y1 = _segments(shapes[dimension == 1])
        line_length(x0, y0, x1, y1, *_frame(grid), out)
        return out * grid.metres_per_unit
    area_share(*_rings(shapes[dimension == 2]), *_frame(grid), out)
    return out.clip(max=1.0)


def _distance(shapes: Shapes, grid: Grid) -> Floats:
    """Return metres from each cell's centre to the nearest shape; 0 within a polygon."""
    from rasterio.features import rasterize

    nearest = np.full(grid.shape, np.inf)
    scratch = np.empty(grid.shape)
    dimension = shapely.get_dimensions(shapes)
    points, polygons = shapes[dimension == 0], shapes[dimension == 2]
    if points.size:
        easting, northing = np.ascontiguousarray(shapely.get_coordinates(points).T)
        nearest_point_distance(easting, northing, *_frame(grid), scratch)
        np.minimum(nearest, scratch, out=nearest)
    if (dimension > 0).any():
        x0, y0, x1, y1 = _segments(shapes[dimension > 0])
        nearest_segment_distance(x0, y0, x1, y1, *_frame(grid), scratch)
        np.minimum(nearest, scratch, out=nearest)
    if polygons.size:
        within = rasterize(polygons, out_shape=grid.shape, transform=grid.affine, dtype="uint8")
        nearest[within == 1] = 0.0
    nearest *= grid.metres_per_unit
    nearest[np.isinf(nearest)] = np.nan
    return nearest


def _frame(grid: Grid) -> tuple[float, float, float]:
    return grid.west, grid.north, grid.cell_size


def _segments(shapes: Shapes) -> tuple[Floats, ...]:
    """Return the ends of every straight piece of lines and of polygons' rings."""
    parts = shapely.get_parts(shapes)
    polygon = shapely.get_dimensions(parts) == 2
    lines = np.concatenate([parts[~polygon], shapely.get_rings(parts[polygon])])
    corners, line = shapely.get_coordinates(lines, return_index=True)
    joined = np.flatnonzero(line[1:] == line[:-1])
    x, y = corners.T
    return tuple(np.ascontiguousarray(end) for end in (x[joined], y[joined], x[joined + 1],
                                                       y[joined + 1]))  # fmt: skip


def _rings(
    polygons: Shapes,
) -> tuple[Floats, Floats, npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return corners, starts and kinds of the rings of polygons, overlaps dissolved."""
    dissolved = shapely.get_parts(shapely.union_all(shapely.make_valid(polygons)))
    dissolved = dissolved[shapely.get_dimensions(dissolved) == 2]
    rings, owner = shapely.get_rings(dissolved, return_index=True)
    corners = shapely.get_coordinates(rings)
    start = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(rings))]).astype(np.int64)
    hole = np.diff(owner, prepend=-1) == 0
    x, y = np.ascontiguousarray(corners.T)
    return x, y, start, hole
