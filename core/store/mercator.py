"""Web Mercator: which cell is at the middle of each pixel of a map tile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.store.manifest import PublishedGrid

if TYPE_CHECKING:
    from pyproj import Transformer

TILE_SIZE = 256
EDGE_M = 20_037_508.342_789_244
OUTSIDE = 0
_NODES = 10
_CHECKS = 5
_TOLERANCE_CELLS = 1e-6
_ROWS_AT_ONCE = 64

Floats = npt.NDArray[np.floating]
Tile = tuple[int, int, int]
Window = tuple[int, int, int, int]


@dataclass(frozen=True)
class Warp:
    """From the pixels of tiles to the cells of a grid, always to the nearest: the one below.

    The projection is evaluated at ``10 x 10`` places of a tile and interpolated in between by
    polynomials (Chebyshev). At further places the result is compared with the projection itself;
    where it is off by a millionth of a cell or more, each pixel is projected.

    Parameters
    ----------
    grid
        Where the cells are; its CRS may have degrees.

    References
    ----------
    Trefethen (2019), Approximation Theory and Approximation Practice, chapter 8.
    doi:10.1137/1.9781611975949
    """

    grid: PublishedGrid

    def tiles(self, zoom: int) -> Iterator[Tile]:
        """Yield the tiles ``(zoom, column, row)`` that may hold cells."""
        left, top, right, bottom = self._reach(zoom)
        for row in range(top // TILE_SIZE, -(-bottom // TILE_SIZE)):
            for column in range(left // TILE_SIZE, -(-right // TILE_SIZE)):
                yield zoom, column, row

    def count(self, zoom: int) -> int:
        """Return the number of those tiles."""
        left, top, right, bottom = self._reach(zoom)
        wide, high = ((-(-end // TILE_SIZE) - start // TILE_SIZE)
                      for start, end in ((left, right), (top, bottom)))  # fmt: skip
        return max(wide, 0) * max(high, 0)

    def cells(self, tile: Tile) -> npt.NDArray[np.int32]:
        """Return the cell of each pixel of a tile.

        Returns
        -------
        Shape ``(256, 256)``: 1 for the grid's first cell, and on by rows; 0 outside the grid.
        """
        zoom, column, row = tile
        found = np.full((TILE_SIZE, TILE_SIZE), OUTSIDE, np.int32)
        left, top, right, bottom = self._reach(zoom)
        x, y = column * TILE_SIZE, row * TILE_SIZE
        window = (max(left, x), max(top, y), min(right, x + TILE_SIZE), min(bottom, y + TILE_SIZE))
        if window[0] >= window[2] or window[1] >= window[3]:
            return found
        rows, columns = self._places(zoom, window)
        height, width = self.grid.shape
        inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        # Where it is not inside, the numbers may be too large to be whole ones.
        rows, columns = np.where(inside, rows, 0), np.where(inside, columns, 0)
        at = rows.astype(np.int32) * np.int32(width) + columns.astype(np.int32) + np.int32(1)
        found[window[1] - y : window[3] - y, window[0] - x : window[2] - x] = np.where(
            inside, at, OUTSIDE
        )
        return found

    def _places(self, zoom: int, window: Window) -> tuple[Floats, Floats]:
        """Return row and column, with their fractions, of the pixels of a window."""
        left, top, right, bottom = window
        at, to_checks = _samples()
        across, down = (at * (end - start) / 2 + (start + end) / 2
                        for start, end in ((left, right), (top, bottom)))  # fmt: skip
        exact = self._project(zoom, across, down)
        places = []
        for values in exact:
            known = values[:_NODES, :_NODES]
            wrong = np.abs(to_checks @ known @ to_checks.T - values[_NODES:, _NODES:]).max()
            if not wrong < _TOLERANCE_CELLS:  # as well where it is not a number
                rows, columns = self._project(zoom, np.arange(left, right) + 0.5,
                                              np.arange(top, bottom) + 0.5)  # fmt: skip
                return rows, columns
            places.append(
                _product(_pixels_between(bottom - top) @ known, _pixels_between(right - left).T)
            )
        return places[0], places[1]

    def _project(self, zoom: int, across: Floats, down: Floats) -> tuple[Floats, Floats]:
        """Return row and column of each place of a mesh of pixel coordinates."""
        size = 2 * EDGE_M / (TILE_SIZE * 2**zoom)
        x, y = np.meshgrid(across * size - EDGE_M, EDGE_M - down * size)
        easting, northing = _from_mercator(self.grid.crs).transform(x, y)
        west, _, _, north = self.grid.bounds
        return (north - northing) / self.grid.cell_size, (easting - west) / self.grid.cell_size

    def _reach(self, zoom: int) -> Window:
        """Return the first and last pixels, left, top, right, bottom, that may hold cells."""
        west, south, east, north = self._bounds
        scale, most = TILE_SIZE * 2**zoom / (2 * EDGE_M), TILE_SIZE * 2**zoom
        left, right = (int(np.floor((edge + EDGE_M) * scale)) for edge in (west, east))
        top, bottom = (int(np.floor((EDGE_M - edge) * scale)) for edge in (north, south))
        return max(left - 1, 0), max(top - 1, 0), min(right + 2, most), min(bottom + 2, most)

    @cached_property
    def _bounds(self) -> tuple[float, float, float, float]:
        """Return the grid's outline in Web Mercator, a little larger, for its sides are curves."""
        along = np.linspace(0.0, 1.0, 101)
        west, south, east, north = self.grid.bounds
        ends = np.zeros_like(along)
        easting = west + (east - west) * np.concatenate([along, along, ends, ends + 1.0])
        northing = south + (north - south) * np.concatenate([ends, ends + 1.0, along, along])
        outline = _from_mercator(self.grid.crs).transform(easting, northing, direction="INVERSE")
        x, y = (np.clip(along, -EDGE_M, EDGE_M) for along in outline)  # the poles lie nowhere
        margin = 1e-4 * float(max(np.ptp(x), np.ptp(y)))
        return (float(x.min()) - margin, float(y.min()) - margin,
                float(x.max()) + margin, float(y.max()) + margin)  # fmt: skip


def _product(tall: Floats, wide: Floats) -> Floats:
    """Return a product of matrices, in parts so small that BLAS starts no threads for them.

    Its threads wait for each other by spinning, which takes tens of milliseconds on a busy machine.
    """
    product = np.empty((tall.shape[0], wide.shape[1]))
    for start in range(0, tall.shape[0], _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        np.matmul(tall[rows], wide, out=product[rows])
    return product


@lru_cache(maxsize=16)
def _from_mercator(crs: str) -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs("EPSG:3857", crs, always_xy=True)


@lru_cache(maxsize=1)
def _from_nodes() -> tuple[Floats, Floats]:
    """Return the Chebyshev places, -1 to 1, and the matrix from values there to coefficients."""
    from numpy.polynomial.chebyshev import chebvander

    nodes: Floats = np.cos((np.arange(_NODES) + 0.5) * np.pi / _NODES)
    return nodes, np.asarray(np.linalg.inv(chebvander(nodes, _NODES - 1)), np.float64)


def _between(places: Floats) -> Floats:
    """Return the matrix that takes values at the Chebyshev places to other places."""
    from numpy.polynomial.chebyshev import chebvander

    return np.asarray(chebvander(places, _NODES - 1) @ _from_nodes()[1])


@lru_cache(maxsize=1)
def _samples() -> tuple[Floats, Floats]:
    """Return where the projection is evaluated, and the matrix to the last of these places."""
    checks = np.linspace(-0.93, 0.97, _CHECKS)
    return np.concatenate([_from_nodes()[0], checks]), _between(checks)


@lru_cache(maxsize=512)
def _pixels_between(count: int) -> Floats:
    """Return the matrix to the middles of a row of pixels."""
    return _between((np.arange(count) + 0.5) * 2 / count - 1)
