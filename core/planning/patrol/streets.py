"""A network of streets: the blocks between them, and the minutes along them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import PlanError
from evenbeat.core.planning.patrol.travel import (
    DETOUR,
    SPEED_KMH,
    Floats,
    as_points,
    distances,
    require_speed,
    to_minutes,
)

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from scipy import sparse
    from scipy.spatial import cKDTree
    from shapely.geometry.base import BaseGeometry

    from evenbeat.core.grid import Grid

Shapes = npt.NDArray[np.object_]

SNAP_M = 1.0
"""[choice] Ends of streets that miss a crossing by less than about this are joined to it."""
SMALLEST_BLOCK_M2 = 100.0
"""[choice] Smaller faces between streets are traffic islands, no blocks."""
_REACH = 1.5
"""Paths up to this multiple of the longest straight line are searched before all others."""


@dataclass(frozen=True, eq=False)
class StreetNetwork:
    """Streets cut at every crossing.

    Lines that cross are taken to meet, so a bridge counts as a crossing: times are slightly too
    short where many streets pass over each other. Streets are used both ways.

    Parameters
    ----------
    edges
        The pieces between crossings, as line strings in the grid's CRS.
    metres_per_unit
        Length of one CRS unit in metres.
    speed_kmh
        Mean speed of a unit.

    Examples
    --------
    >>> import shapely
    >>> cross = shapely.linestrings([[(0, 0), (0, 1000)], [(-500, 500), (500, 500)]])
    >>> network = StreetNetwork.from_lines(cross, metres_per_unit=1.0)
    >>> len(network.edges), network.nodes.shape
    (4, (5, 2))
    >>> network.minutes_between([(0, 0), (500, 500)]).round(2).tolist()
    [[0.0, 2.4], [2.4, 0.0]]
    """

    edges: Shapes
    metres_per_unit: float
    speed_kmh: float = SPEED_KMH

    @classmethod
    def from_streets(
        cls, streets: GeoDataFrame, grid: Grid, *, speed_kmh: float = SPEED_KMH
    ) -> StreetNetwork:
        """Build the network of a street layer.

        Parameters
        ----------
        streets
            Lines in the grid's CRS.
        grid
            The study's grid.
        speed_kmh
            Mean speed of a unit.

        Raises
        ------
        PlanError
            The layer has another CRS than the grid, or holds no line.
        """
        from pyproj import CRS

        if streets.crs is None or CRS.from_user_input(streets.crs) != CRS(grid.crs):
            raise PlanError(
                f"The streets are in {streets.crs}, the grid in {grid.crs}. Convert the streets "
                "with to_crs first; `evenbeat ingest` does so."
            )
        return cls.from_lines(
            streets.geometry.to_numpy(), metres_per_unit=grid.metres_per_unit, speed_kmh=speed_kmh
        )

    @classmethod
    def from_lines(
        cls, lines: npt.ArrayLike, *, metres_per_unit: float, speed_kmh: float = SPEED_KMH
    ) -> StreetNetwork:
        """Build the network of lines in any order; the same lines give the same network.

        Raises
        ------
        PlanError
            There is no line, or the speed is not positive.
        """
        import shapely

        require_speed(speed_kmh)
        shapes = np.asarray(lines, dtype=object).reshape(-1)
        shapes = shapes[shapely.get_dimensions(shapes) == 1]
        noded = shapely.union_all(shapely.force_2d(shapes), grid_size=SNAP_M / metres_per_unit)
        edges = shapely.get_parts(shapely.normalize(noded))
        edges = edges[shapely.length(edges) > 0]
        if not edges.size:
            raise PlanError(
                "The street layer holds no line that is longer than "
                f"{SNAP_M:g} m. Plan without streets, or give their centre lines."
            )
        return cls(np.asarray(edges, dtype=object), float(metres_per_unit), float(speed_kmh))

    @cached_property
    def _ends(self) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Return the nodes, and the first and last node of each edge."""
        import shapely

        ends = shapely.get_coordinates(
            [shapely.get_point(self.edges, 0), shapely.get_point(self.edges, -1)]
        )
        nodes, index = np.unique(ends, axis=0, return_inverse=True)
        return nodes, index.reshape(2, -1)

    @property
    def nodes(self) -> Floats:
        """Return eastings and northings of crossings and ends, shape ``(n, 2)``."""
        return self._ends[0]

    @cached_property
    def graph(self) -> sparse.csr_array:
        """Return the lengths between neighbouring nodes in metres, symmetric."""
        import shapely
        from scipy import sparse

        nodes, (first, last) = self._ends
        lengths_m = shapely.length(self.edges) * self.metres_per_unit
        source, target = np.concatenate([first, last]), np.concatenate([last, first])
        both = np.concatenate([lengths_m, lengths_m])
        # Of parallel streets the shortest counts; a sparse matrix would add them up.
        order = np.lexsort((both, target, source))
        source, target, both = source[order], target[order], both[order]
        fresh = np.ones(order.size, dtype=bool)
        fresh[1:] = (np.diff(source) != 0) | (np.diff(target) != 0)
        fresh &= source != target
        shape = (len(nodes), len(nodes))
        return sparse.csr_array((both[fresh], (source[fresh], target[fresh])), shape=shape)

    @cached_property
    def _nearest(self) -> cKDTree:
        from scipy.spatial import cKDTree

        return cKDTree(self.nodes)

    def minutes_between(self, points: npt.ArrayLike) -> Floats:
        """Return the minutes between all pairs of points along the streets; see `Travel`.

        A point joins the network at the nearest crossing or end, by the straight line. Where no
        streets connect two points, the straight line times `DETOUR` is taken.
        """
        array = as_points(points)
        if len(array) < 2:
            return np.zeros((len(array), len(array)))
        straight_m = distances(array) * self.metres_per_unit
        leg, node = self._nearest.query(array)
        stops, place = np.unique(node, return_inverse=True)
        along_m = self._lengths(stops, _REACH * float(straight_m.max()))[np.ix_(place, place)]
        leg_m = leg * self.metres_per_unit
        total_m = along_m + leg_m[:, None] + leg_m[None, :]
        total_m = np.where(np.isfinite(total_m), total_m, straight_m * DETOUR)
        total_m = np.minimum(total_m, total_m.T)
        np.fill_diagonal(total_m, 0.0)
        return to_minutes(total_m, self.speed_kmh)

    def _lengths(self, stops: npt.NDArray[np.int64], near_m: float) -> Floats:
        """Return the lengths of the shortest paths between nodes; infinite where there is none."""
        from scipy.sparse import csgraph

        found = csgraph.dijkstra(self.graph, indices=stops, limit=near_m)[:, stops]
        lost = np.flatnonzero(np.isinf(found).any(axis=1))
        if lost.size:
            found[lost] = csgraph.dijkstra(self.graph, indices=stops[lost])[:, stops]
        return np.asarray(found, dtype=np.float64)

    def blocks(self, area: BaseGeometry) -> Shapes:
        """Return the blocks: the faces between streets, cut at the edge of an area.

        Parameters
        ----------
        area
            A district or the whole jurisdiction, in the grid's CRS.

        Returns
        -------
        Polygons inside the area that do not overlap, from north to south and west to east; faces
        below `SMALLEST_BLOCK_M2` are left out.
        """
        import shapely

        shapely.prepare(area)
        near = self.edges[shapely.intersects(area, self.edges)]
        whole = shapely.union_all([*near, area.boundary])
        faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(whole)))
        if not faces.size:
            return np.empty(0, dtype=object)
        large = shapely.area(faces) * self.metres_per_unit**2 >= SMALLEST_BLOCK_M2
        faces = faces[large]
        faces = faces[shapely.contains_properly(area, shapely.point_on_surface(faces))]
        return _in_order(shapely.normalize(faces))


def _in_order(shapes: Shapes) -> Shapes:
    """Return shapes from north to south, then from west to east."""
    import shapely

    bounds: Any = shapely.bounds(shapes)
    return shapes[np.lexsort((bounds[:, 1], bounds[:, 2], bounds[:, 0], -bounds[:, 3]))]
