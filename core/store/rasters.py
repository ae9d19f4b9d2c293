"""Rasters as cloud-optimised GeoTIFF: one file per layer and shift, the same bytes every time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import CubeError, GridError
from evenbeat.core.grid import Grid
from evenbeat.core.store.files import replacing_file
from evenbeat.core.variables import CubeVariable

BLOCK_SIZE = 256
_OPTIONS = {
    "COMPRESS": "DEFLATE",
    "LEVEL": "6",
    "PREDICTOR": "FLOATING_POINT",
    "BLOCKSIZE": str(BLOCK_SIZE),
    "OVERVIEW_RESAMPLING": "NEAREST",
    "NUM_THREADS": "1",
    "BIGTIFF": "IF_SAFER",
    "STATISTICS": "NO",
}


def write_cog(
    path: Path,
    values: npt.NDArray[np.floating],
    grid: Grid,
    *,
    variable: CubeVariable,
    nodata: float = math.nan,
    tags: Mapping[str, str],
    bands: tuple[str, ...] = (),
) -> Path:
    """Write cells as a cloud-optimised GeoTIFF in one step.

    The raster stays in the grid's own CRS, a pixel for a cell: whoever downloads it gets exactly
    the numbers that were computed, areas are true, and only pictures are warped. Overviews take
    the *nearest* cell, so each of their pixels is the value of a real cell and a class defined by
    its share of the area keeps that share on every zoom level; averages would make the hottest
    classes fade when zooming out, maxima would make them grow. Deflate with the floating-point
    predictor is read by every GDAL, QGIS, ArcGIS and geotiff.js. No time of writing is stored, so
    the same values and tags give the same bytes.

    Parameters
    ----------
    path
        File to replace.
    values
        Shape ``grid.shape``, or ``(bands, *grid.shape)`` with ``bands``; stored as float32. NaN is
        "unknown" and becomes ``nodata``, as do the cells outside the jurisdiction.
    grid
        Where the cells are.
    variable
        The declaration that gives band name, unit and text.
    nodata
        The value that stands for "outside or unknown"; NaN unless a reader cannot take it.
    tags
        Further facts, e.g. run id and shift; stored sorted, beside the declared ones.
    bands
        A name for each band where there are several, such as the hour that it stands for.

    Returns
    -------
    ``path``.

    Raises
    ------
    GridError
        ``values`` do not have the grid's shape.
    CubeError
        A value inside the jurisdiction is infinite.
    """
    expected = (len(bands), *grid.shape) if bands else grid.shape
    if values.shape != expected:
        raise GridError(f"values must have the grid's shape {expected}, got {values.shape}.")
    cells = np.where(grid.mask, values, np.nan).astype(np.float32)
    if np.isinf(cells).any():
        raise CubeError(
            f"{variable.name} has {int(np.isinf(cells).sum())} infinite cells; "
            "only finite values and NaN can be published."
        )
    if not math.isnan(nodata):
        cells[np.isnan(cells)] = nodata
    with replacing_file(path) as private:
        named = bands or (variable.long_name,)
        _write(private, cells.reshape(-1, *grid.shape), grid, variable, nodata, tags, named)
    return path


def _write(
    path: Path,
    cells: npt.NDArray[np.float32],
    grid: Grid,
    variable: CubeVariable,
    nodata: float,
    tags: Mapping[str, str],
    bands: tuple[str, ...],
) -> None:
    """Lay the cells out in memory and let GDAL's COG driver copy them."""
    import rasterio
    import rasterio.shutil
    from rasterio.io import MemoryFile

    height, width = grid.shape
    declared = {"variable": variable.name, "comment": variable.comment}
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": len(bands), "height": height,
        "width": width,
        "crs": grid.crs, "transform": grid.affine, "nodata": nodata,
    }  # fmt: skip
    with rasterio.Env(GDAL_PAM_ENABLED="NO"), MemoryFile(ext=".tif") as memory:
        with memory.open(**profile) as plain:
            plain.write(cells)
            for number, name in enumerate(bands, start=1):
                plain.set_band_description(number, name)
                plain.set_band_unit(number, variable.units)
            plain.update_tags(**dict(sorted({**declared, **tags}.items())))
        with memory.open() as plain:
            rasterio.shutil.copy(
                plain, str(path), driver="COG",
                OVERVIEW_COUNT=str(_overview_count(height, width)), **_OPTIONS,
            )  # fmt: skip


def _overview_count(height: int, width: int) -> int:
    """Return how often to halve until one block holds the raster; at least once."""
    return max(1, math.ceil(math.log2(max(height, width) / BLOCK_SIZE)))
