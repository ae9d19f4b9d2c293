"""The tile matrix set of all tiles, and the names under which clients look for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import morecantile

# The first is the registered name; the others are what older clients ask for.
MATRIX_SETS = ("WebMercatorQuad", "GoogleMapsCompatible", "EPSG:3857")
TILE_PIXELS = 256


@dataclass(frozen=True, slots=True)
class Limits:
    """First and last row and column of the tiles that can hold data, at one zoom."""

    zoom: int
    rows: tuple[int, int]
    columns: tuple[int, int]


@lru_cache(maxsize=1)
def web_mercator() -> morecantile.TileMatrixSet:
    """Return the matrix set."""
    return morecantile.tms.get(MATRIX_SETS[0])


def limits(bounds: Sequence[float], deepest_zoom: int) -> list[Limits]:
    """Return the limits of each zoom for bounds in degrees.

    Examples
    --------
    >>> limits((-87.7, 41.7, -87.5, 41.9), 1)[1]
    Limits(zoom=1, rows=(0, 0), columns=(0, 0))
    """
    west, south, east, north = bounds
    grid = web_mercator()
    found = []
    for zoom in range(deepest_zoom + 1):
        first, last = grid.tile(west, north, zoom), grid.tile(east, south, zoom)
        found.append(Limits(zoom, (first.y, last.y), (first.x, last.x)))
    return found


def position(zoom: int, row: int, column: int, j: int, i: int) -> tuple[float, float]:
    """Return longitude and latitude of the centre of a tile's pixel.

    Parameters
    ----------
    zoom, row, column
        The tile.
    j, i
        Row and column of the pixel, from the top left.

    Examples
    --------
    >>> longitude, latitude = position(0, 0, 0, 127, 128)
    >>> round(longitude, 3), round(latitude, 3)
    (0.703, 0.703)
    """
    bounds = web_mercator().xy_bounds(morecantile.Tile(column, row, zoom))
    size = (bounds.right - bounds.left) / TILE_PIXELS
    x, y = bounds.left + (i + 0.5) * size, bounds.top - (j + 0.5) * size
    there = web_mercator().lnglat(x, y)
    return there.x, there.y


def matrix_set_document(name: str, deepest: int) -> dict[str, Any]:
    """Return the matrix set as JSON (OGC 17-083r4), under one of its names."""
    document: dict[str, Any] = web_mercator().model_dump(
        mode="json", exclude_none=True, by_alias=True
    )
    return {**document, "id": name, "tileMatrices": document["tileMatrices"][: deepest + 1]}
