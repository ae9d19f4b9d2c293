"""Cubes as Zarr folders, written whole or not at all, with equal bytes for equal values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.errors import WorkspaceError
from evenbeat.core.store.files import replacing_folder

if TYPE_CHECKING:
    import xarray as xr


def write_cube(path: Path, cube: xr.Dataset) -> None:
    """Write a cube as Zarr under a temporary name and rename it.

    Parameters
    ----------
    path
        The folder, ending in ``.zarr``.
    cube
        Any dataset whose coordinates are numbers, texts or times.
    """
    with replacing_folder(path) as temporary:
        cube.to_zarr(temporary, mode="w", zarr_format=2, consolidated=True)


def read_cube(path: Path) -> xr.Dataset:
    """Return a cube, loaded into memory.

    Raises
    ------
    WorkspaceError
        The folder does not exist.
    """
    import xarray as xr

    if not path.is_dir():
        raise WorkspaceError(f"{path} does not exist. Make it with: evenbeat forecast")
    with xr.open_zarr(path, consolidated=True, chunks=None, decode_timedelta=False) as stored:
        loaded: xr.Dataset = stored.load()
    return loaded
