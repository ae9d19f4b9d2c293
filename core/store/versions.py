"""Versions of files: named by what they were made from and by what is in them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.store.files import sha256_file
from evenbeat.core.store.manifest import PublishedFile, PublishedGrid

if TYPE_CHECKING:
    from evenbeat.core.grid import Grid


def published_file(staged: Path, folder: str, version: str) -> PublishedFile:
    """Return what the manifest says of a file that will be moved into a version's folder."""
    return PublishedFile(
        version=version, path=f"{folder}/{staged.name}", sha256=sha256_file(staged),
        size=staged.stat().st_size,
    )  # fmt: skip


def published_grid(grid: Grid) -> PublishedGrid:
    """Return what the manifest says of a grid."""
    from rasterio.warp import transform_bounds

    west, south, east, north = transform_bounds(grid.crs, "EPSG:4326", *grid.bounds)
    return PublishedGrid(
        crs=grid.crs, cell_size=grid.cell_size, cell_size_m=grid.cell_size_m, shape=grid.shape,
        bounds=grid.bounds, cells_inside=grid.n_inside,
        bounds_wgs84=(round(west, 6), round(south, 6), round(east, 6), round(north, 6)),
    )  # fmt: skip


def version_of(run_id: str, sha256: str, times_retracted: int = 0) -> str:
    """Return the name of a version: from the run and the content, so that equal means equal.

    What was retracted is never that version again, for caches know it as gone.
    """
    again = f"|{times_retracted}" if times_retracted else ""
    return hashlib.sha256(f"{run_id}|{sha256}{again}".encode()).hexdigest()[:16]
