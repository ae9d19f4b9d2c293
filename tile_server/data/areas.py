"""Figures of the cells within a polygon, and of one cell over many dates."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from pyproj import Transformer
from rasterio.features import geometry_mask
from rasterio.transform import from_origin
from rasterio.windows import Window

from evenbeat.tile_server.answering.refusals import RefusalError
from evenbeat.tile_server.publication.published import Found
from evenbeat.tile_server.tiles.reading import cell_at

MOST_CELLS = 4_000_000
# rasterio silences a warning of its own while it draws a mask, by the filters of all threads.
_ONE_MASK = threading.Lock()
_ENVIRONMENT = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO"}


def polygon_statistics(
    found: Found, polygon: shapely.Polygon | shapely.MultiPolygon
) -> dict[str, Any]:
    """Return the figures of the cells whose centres lie within a polygon.

    Parameters
    ----------
    found
        The raster.
    polygon
        In longitude and latitude.

    Returns
    -------
    ``cells`` that have a value, their ``area_km2``, ``sum``, ``mean``, ``minimum``, ``median``,
    ``maximum`` (None without cells), ``share_of_total``, and ``classes``: how many cells are in
    each class by share of the area, counting those of the smaller shares.

    Raises
    ------
    RefusalError
        The polygon's rectangle holds more than ``MOST_CELLS`` cells.
    """
    values = _values_within(found, polygon)
    count, total = values.size, float(values.sum())
    figures: dict[str, Any] = {
        "cells": count,
        "area_km2": round(count * found.grid.cell_size_m**2 / 1e6, 6),
        "units": found.layer.units,
        "sum": total,
        "share_of_total": total / found.raster.total if found.raster.total > 0 else None,
    }
    for name, reduce in (("mean", np.mean), ("minimum", np.min), ("median", np.median),
                         ("maximum", np.max)):  # fmt: skip
        figures[name] = float(reduce(values)) if count else None
    figures["classes"] = [
        {"share": entry.share, "from_value": entry.value,
         "cells": 0 if entry.value is None else int((values >= entry.value).sum())}
        for entry in found.raster.classes
    ]  # fmt: skip
    return figures


def point_series(rasters: Iterable[Found], longitude: float, latitude: float) -> dict[str, Any]:
    """Return the values of the cell that holds a point, raster after raster.

    Returns
    -------
    ``inside``, whether any raster covers the point; ``values``, one entry a raster; and ``cell``,
    the outline of the cell in the last raster, None outside.
    """
    values, ring = [], None
    for found in rasters:
        zone = ZoneInfo(found.timezone)
        cell = cell_at(found, longitude, latitude)
        ring = cell.ring or ring
        values.append(
            {
                "date": found.date, "shift": found.shift,
                "start": found.raster.shift_start.astimezone(zone).isoformat(),
                "end": found.raster.shift_end.astimezone(zone).isoformat(),
                "value": cell.value, "area_share": cell.share, "version": found.raster.version,
            }
        )  # fmt: skip
    outline = None if ring is None else {"type": "Polygon", "coordinates": [ring]}
    return {"inside": ring is not None, "values": values, "cell": outline}


def _values_within(
    found: Found, polygon: shapely.Polygon | shapely.MultiPolygon
) -> npt.NDArray[np.float64]:
    """Return the known values of the cells whose centres lie within a polygon."""
    transformer = Transformer.from_crs("EPSG:4326", found.grid.crs, always_xy=True)

    def project(pairs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transformer.transform(pairs[:, 0], pairs[:, 1]))

    projected = shapely.transform(polygon, project)
    nothing = np.empty(0)
    if not all(map(math.isfinite, projected.bounds)):
        return nothing  # reaches to where the grid's projection does not
    west, south, east, north = projected.bounds
    left, _, _, top = found.grid.bounds
    size, (height, width) = found.grid.cell_size, found.grid.shape
    first_column = max(0, math.floor((west - left) / size))
    last_column = min(width, math.ceil((east - left) / size))
    first_row = max(0, math.floor((top - north) / size))
    last_row = min(height, math.ceil((top - south) / size))
    rows, columns = last_row - first_row, last_column - first_column
    if rows <= 0 or columns <= 0:
        return nothing
    if rows * columns > MOST_CELLS:
        raise RefusalError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"The polygon may span {MOST_CELLS} cells, got {rows * columns}. Send a smaller one.",
        )
    with (
        rasterio.Env(**_ENVIRONMENT),
        rasterio.open(found.path, driver="GTiff") as source,
    ):
        window = Window(first_column, first_row, columns, rows)
        cells: npt.NDArray[np.float32] = source.read(1, window=window)
    corner = from_origin(left + first_column * size, top - first_row * size, size, size)
    with _ONE_MASK:
        within = geometry_mask([projected], cells.shape, corner, invert=True)
    known: npt.NDArray[np.float64] = cells[within & np.isfinite(cells)].astype(np.float64)
    return known
