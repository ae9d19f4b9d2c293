"""From a published raster to tile pixels and single values."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from pyproj import Transformer
from rasterio.windows import Window
from rio_tiler.errors import TileOutsideBounds
from rio_tiler.io import Reader

from evenbeat.core.store.index_tiles import CLASS_BITS, deep_tile
from evenbeat.core.store.manifest import AreaClass
from evenbeat.core.store.tile_levels import NO_DATA, are_exact, classify, level_bounds, quantise
from evenbeat.tile_server.publication.published import Found
from evenbeat.tile_server.tiles.pictures import TILE_SIZE, pixels

Index = npt.NDArray[np.uint8]
IndexOf = Callable[[npt.NDArray[np.float32]], Index]
# A folder is never listed, and only GeoTIFF is opened: neither side files nor other drivers.
_ENVIRONMENT = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a raster.

    ``value`` is None outside the jurisdiction; ``share`` is the smallest published class that
    holds the cell, None below all of them; ``ring`` is its outline in longitude and latitude.
    """

    value: float | None
    share: float | None
    ring: list[list[float]] | None


def tile_pixels(found: Found, zoom: int, column: int, row: int) -> bytes | None:
    """Return the pixel part of a Web Mercator tile, None where the tile holds no data.

    Values are taken from the nearest cell, so a picture shows cells and nothing in between.
    """
    raster = found.raster
    return _tile_pixels(found.path, raster.sha256, raster.classes, zoom, column, row)


@lru_cache(maxsize=4096)
def _tile_pixels(
    path: Path, sha256: str, classes: tuple[AreaClass, ...], zoom: int, column: int, row: int
) -> bytes | None:
    """Do the work of ``tile_pixels``; a raster never changes, so the answer can be kept."""
    try:
        with rasterio.Env(**_ENVIRONMENT), Reader(str(path)) as reader:
            image = reader.tile(
                column, row, zoom, tilesize=TILE_SIZE,
                resampling_method="nearest", reproject_method="nearest",
            )  # fmt: skip
    except TileOutsideBounds:
        return None
    values = image.array[0]
    known = ~np.ma.getmaskarray(values) & np.isfinite(values.data)
    index = classify(values.data, known, classes)
    return pixels(index) if (index != NO_DATA).any() else None


def level_pixels(
    found: Found, levels: npt.NDArray[np.float32], zoom: int, column: int, row: int
) -> bytes | None:
    """Return the pixel part of a tile drawn from the cells themselves; pixels are levels.

    The edges of cells stay sharp on every zoom. None where the tile holds no data.

    Parameters
    ----------
    found
        The raster.
    levels
        The lowest value of each of its levels.
    """
    drawn = _drawn(found, (zoom, column, row), lambda values: quantise(values, levels))
    return pixels(drawn) if drawn is not None else None


def class_pixels(found: Found, zoom: int, column: int, row: int) -> bytes | None:
    """Return the same with classes by share of the area for levels, in four bits."""
    classes = found.raster.classes
    drawn = _drawn(
        found, (zoom, column, row), lambda values: classify(values, np.isfinite(values), classes)
    )
    return pixels(drawn, bits=CLASS_BITS) if drawn is not None else None


def _drawn(found: Found, tile: tuple[int, int, int], index_of: IndexOf) -> Index | None:
    """Return the index of each pixel of a tile, None where there is no data."""
    place = deep_tile(found.grid, tile)
    if place is None:
        return None
    (top, left, height, width), among = place
    values = read_cells(found, Window(left, top, width, height))
    index = np.append(np.uint8(NO_DATA), index_of(values)).take(among)
    return index if index.any() else None


def levels_of(found: Found) -> tuple[npt.NDArray[np.float32], bool]:
    """Return the lowest value of each level of a raster, and whether it is the only one.

    They are as its tiles have them, or would have.
    """
    return _levels(found.path, found.raster.sha256, found.raster.classes)


@lru_cache(maxsize=64)
def _levels(
    path: Path, sha256: str, classes: tuple[AreaClass, ...]
) -> tuple[npt.NDArray[np.float32], bool]:
    """Do the work of ``levels_of``; a raster never changes, so the answer can be kept."""
    with rasterio.Env(**_ENVIRONMENT), rasterio.open(path, driver="GTiff") as source:
        cells = source.read(1)
    bounds = level_bounds(cells, classes)
    return bounds, are_exact(cells, bounds)


def read_cells(found: Found, window: Window | None = None) -> npt.NDArray[np.float32]:
    """Return the cells of a raster, or of a window of it; NaN is no value."""
    with rasterio.Env(**_ENVIRONMENT), rasterio.open(found.path, driver="GTiff") as source:
        return np.asarray(source.read(1, window=window), np.float32)


def cell_at(found: Found, longitude: float, latitude: float) -> Cell:
    """Return the cell that holds a point; the value is exactly the published one."""
    grid = found.grid
    easting, northing = _to_grid(grid.crs).transform(longitude, latitude)
    west, _, _, north = grid.bounds
    height, width = grid.shape
    if not (math.isfinite(easting) and math.isfinite(northing)):
        return Cell(None, None, None)
    column, row = (math.floor((easting - west) / grid.cell_size),
                   math.floor((north - northing) / grid.cell_size))  # fmt: skip
    if not (0 <= column < width and 0 <= row < height):
        return Cell(None, None, None)
    value = float(read_cells(found, Window(column, row, 1, 1))[0, 0])
    if not math.isfinite(value):
        return Cell(None, None, None)
    held = [entry.share for entry in found.raster.classes
            if entry.value is not None and value >= entry.value]  # fmt: skip
    return Cell(value, min(held, default=None), _ring(found, row, column))


def describe_cell(found: Found, cell: Cell) -> dict[str, Any]:
    """Return a cell's value with what helps to judge it, in figures and in words."""
    if cell.value is None:
        return {"inside": False, "words": "Outside the area that is covered."}
    average = found.raster.total / found.grid.cells_inside
    times = cell.value / average if average > 0 else None
    per = 1 / cell.value if found.layer.crime_type is not None and cell.value > 0 else None
    held = f"in the highest {cell.share * 100:g} % of the area" if cell.share else (
        "not in the highest classes")  # fmt: skip
    words = [f"This cell is {held}."]
    if per is not None:
        name = str(found.layer.crime_type).replace("_", " ")
        often = (f"one reported incident in about {_plain(per)} such shifts" if per > 1.05
                 else f"about {cell.value:.1f} reported incidents in such a shift")  # fmt: skip
        words.append(f"Expected here ({name}): {often}.")
    if found.layer.units == "min":
        words.append(f"Units were here for {cell.value:,.0f} minutes in this shift, added up.")
    if times is not None:
        words.append(f"Its value is {times:.1f} times that of the average cell.")
    return {
        "inside": True, "value": cell.value, "units": found.layer.units,
        "area_share": cell.share, "times_average": times, "shifts_per_incident": per,
        "words": " ".join(words), "cell": {"type": "Polygon", "coordinates": [cell.ring]},
    }  # fmt: skip


def _plain(number: float) -> str:
    """Return a number with two significant digits, written out."""
    digits = max(0, math.floor(math.log10(number)) - 1)
    return f"{round(number, -digits):,.0f}"


def _ring(found: Found, row: int, column: int) -> list[list[float]]:
    size, (west, _, _, north) = found.grid.cell_size, found.grid.bounds
    left, top = west + column * size, north - row * size
    eastings = [left, left + size, left + size, left, left]
    northings = [top - size, top - size, top, top, top - size]
    longitudes, latitudes = _to_grid(found.grid.crs).transform(
        eastings, northings, direction="INVERSE"
    )
    return [[round(lon, 7), round(lat, 7)] for lon, lat in zip(longitudes, latitudes, strict=True)]


@lru_cache(maxsize=16)
def _to_grid(crs: str) -> Transformer:
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)
