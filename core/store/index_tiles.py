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
from evenbeat.core.store.tile_levels import (
    NO_DATA,
    are_exact,
    classify,
    level_bounds,
    quantise,
)

FORMAT: Final = "evenbeat-index-tiles/1"
CLASS_FORMAT: Final = "evenbeat-class-tiles/1"
CLASS_BITS: Final = 4
_LEVEL_BITS = 8
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
        self, folder: Path, name: str, cells: npt.NDArray[np.floating],
        classes: tuple[AreaClass, ...], *, about: Mapping[str, str],
    ) -> tuple[Path, ...]:  # fmt: skip
        """Write the tiles of a raster, from zoom 0 to ``deepest``, into two PMTiles files.

        A pixel shows the cell below its middle, on every zoom, so classes by share of the area
        keep their share. Tiles without a value are left out, equal ones are stored once. They are
        PNGs in grey. In ``<name>.pmtiles`` the grey of a pixel is its level (`level_bounds`), 0 is
        no value, and the metadata have the lowest value of each level and whether it is the only
        one. In ``<name>-classes.pmtiles`` it is its class (`classify`) in four bits, for pictures
        of a few colours, which are smaller so. The same raster gives the same bytes.

        Parameters
        ----------
        folder, name
            Where to write, and how the files' names begin.
        cells
            Shape of the grid; NaN is no value.
        classes
            The raster's classes by share of its area, which levels keep exactly.
        about
            Further metadata, such as ``name``.

        Returns
        -------
        The two files; none where no pixel shows a value.
        """
        bounds = level_bounds(cells, classes)
        levels = np.concatenate([[np.uint8(NO_DATA)], quantise(cells, bounds).ravel()])
        known = np.ones(bounds.shape, bool)
        # The edges of classes are edges of levels, so all of a level is in one class.
        class_of_level = np.append(np.uint8(NO_DATA), classify(bounds, known, classes))
        found = {"format": FORMAT, "levels": [float(low) for low in bounds],
                 "exact": are_exact(cells, bounds)}  # fmt: skip
        shares = {
            "format": CLASS_FORMAT,
            "shares": sorted((e.share for e in classes), reverse=True),
        }
        with ExitStack() as opened:
            by_level = _Writer(opened, folder / f"{name}.pmtiles", _LEVEL_BITS)
            by_class = _Writer(opened, folder / f"{name}-classes.pmtiles", CLASS_BITS)
            for tile_id, tile in self._in_order:
                index = levels.take(self._cells(tile_id, tile))
                if index.any():
                    by_level.add(tile_id, index)
                    by_class.add(tile_id, class_of_level.take(index))
            header = self._header
            return (*by_level.finished(header, {**about, "evenbeat": found}),
                    *by_class.finished(header, {**about, "evenbeat": shares}))  # fmt: skip

    @property
    def _header(self) -> dict[str, Any]:
        west, south, east, north = (round(at * 1e7) for at in self._warp.grid.bounds_wgs84)
        return {
            "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north,
            "center_zoom": min(10, self.deepest),
        }  # fmt: skip

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


class _Writer:
    """Writes one archive of tiles whose pixels have a number of bits."""

    def __init__(self, opened: ExitStack, path: Path, bits: int) -> None:
        from pmtiles.writer import Writer

        make_writer: Any = Writer  # which has no types
        self._path, self._bits = path, bits
        self._head = grey_head(TILE_SIZE, TILE_SIZE, bits=bits)
        self._writer = make_writer(opened.enter_context(path.open("wb")))
        opened.callback(self._writer.tile_f.close)  # which it closes only when it has tiles

    def add(self, tile_id: int, index: npt.NDArray[np.uint8]) -> None:
        """Add the next tile."""
        self._writer.write_tile(tile_id, self._head + pixels(index, bits=self._bits) + END)

    def finished(self, header: dict[str, Any], metadata: dict[str, Any]) -> tuple[Path, ...]:
        """Return the file with its directory; none, and it is removed, where no tile was added."""
        from pmtiles.tile import Compression, TileType

        if not self._writer.tile_entries:
            self._path.unlink()
            return ()
        kind = {"tile_type": TileType.PNG, "tile_compression": Compression.NONE}
        self._writer.finalize({**header, **kind}, {**metadata, "type": "overlay", "format": "png"})
        return (self._path,)


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
