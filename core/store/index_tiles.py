"""A raster as map tiles: cut once when it is published, any colours later (PMTiles)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evenbeat.core.store.indexed_png import END, grey_head, pixels
from evenbeat.core.store.manifest import AreaClass, PublishedGrid
from evenbeat.core.store.mercator import OUTSIDE, TILE_SIZE, Tile, Warp
from evenbeat.core.store.tile_levels import NO_DATA, level_bounds, quantise

FORMAT: Final = "evenbeat-index-tiles/1"
_DEEPEST = 14
_MOST_TILES = 4096
_KEPT_TILES = 256


class TileCutter:
    """Cuts rasters of one grid; where their cells fall in the tiles is worked out once.

    Parameters
    ----------
    grid
        Where the cells are.
    """

    def __init__(self, grid: PublishedGrid) -> None:
        self._warp = Warp(grid)
        self._kept: dict[int, npt.NDArray[np.int32]] = {}

    @cached_property
    def deepest(self) -> int:
        """Return the deepest zoom that is stored: 14, less for a grid of a whole country."""
        zooms = range(_DEEPEST, 0, -1)
        return next((zoom for zoom in zooms if self._warp.count(zoom) <= _MOST_TILES), 0)

    def write(
        self, path: Path, cells: npt.NDArray[np.floating], classes: tuple[AreaClass, ...],
        *, about: Mapping[str, str],
    ) -> Path | None:  # fmt: skip
        """Write the tiles of a raster, from zoom 0 to ``deepest``, into one PMTiles file.

        A pixel shows the cell below its middle, on every zoom, so classes by share of the area
        keep their share. Tiles without a value are left out, equal ones are stored once. They are
        PNGs in grey; the pixel's grey is its level (`level_bounds`), 0 is no value. The
        lowest value of each level is in the metadata. The same raster gives the same bytes.

        Parameters
        ----------
        path
            The file to write.
        cells
            Shape of the grid; NaN is no value.
        classes
            The raster's classes by share of its area, which levels keep exactly.
        about
            Further metadata, such as ``name``.

        Returns
        -------
        ``path``, or None where no pixel shows a value; then nothing is written.
        """
        from pmtiles.tile import Compression, TileType
        from pmtiles.writer import Writer

        make_writer: Any = Writer  # which has no types
        bounds = level_bounds(cells, classes)
        levels = np.concatenate([[np.uint8(NO_DATA)], quantise(cells, bounds).ravel()])
        head = grey_head(TILE_SIZE, TILE_SIZE)
        west, south, east, north = (round(at * 1e7) for at in self._warp.grid.bounds_wgs84)
        header: dict[str, Any] = {
            "tile_type": TileType.PNG, "tile_compression": Compression.NONE,
            "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north,
            "center_zoom": min(10, self.deepest),
        }  # fmt: skip
        metadata = {
            **about,
            "type": "overlay",
            "format": "png",
            "evenbeat": {"format": FORMAT, "levels": [float(low) for low in bounds]},
        }
        with path.open("wb") as file, ExitStack() as opened:
            writer = make_writer(file)
            opened.callback(writer.tile_f.close)  # which it closes only when it has tiles
            for tile_id, tile in self._in_order:
                index = levels.take(self._cells(tile_id, tile))
                if index.any():
                    writer.write_tile(tile_id, head + pixels(index) + END)
            if writer.tile_entries:
                writer.finalize(header, metadata)
                return path
        path.unlink()
        return None

    @cached_property
    def _in_order(self) -> list[tuple[int, Tile]]:
        """Return the tiles in the order of an archive."""
        from pmtiles.tile import zxy_to_tileid

        tiles = [tile for zoom in range(self.deepest + 1) for tile in self._warp.tiles(zoom)]
        return sorted((zxy_to_tileid(*tile), tile) for tile in tiles)

    def _cells(self, tile_id: int, tile: Tile) -> npt.NDArray[np.int32]:
        found = self._kept.get(tile_id)
        if found is None:
            found = self._warp.cells(tile)
            if len(self._kept) < _KEPT_TILES:
                self._kept[tile_id] = found
        return found


def deep_tile(
    grid: PublishedGrid, tile: Tile
) -> tuple[tuple[int, int, int, int], npt.NDArray[np.int32]] | None:
    """Return the cells of a tile that is deeper than the stored ones.

    Parameters
    ----------
    grid
        Where the cells are.
    tile
        Zoom, column and row.

    Returns
    -------
    First row, first column, height and width of the cells in the tile, and for each pixel its
    cell among them as in ``Warp.cells``; None outside the grid.
    """
    found = Warp(grid).cells(tile)
    if not found.any():
        return None
    rows, columns = np.divmod(found - 1, grid.shape[1])
    inside = found != OUTSIDE
    top, left = int(rows[inside].min()), int(columns[inside].min())
    height, width = int(rows[inside].max()) - top + 1, int(columns[inside].max()) - left + 1
    among = (rows - top) * width + columns - left + 1
    return (top, left, height, width), np.where(inside, among, OUTSIDE).astype(np.int32)
