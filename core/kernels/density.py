"""Smooth surfaces of counts: Gaussian from binned counts, quartic from exact positions."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import kernel

Floats = npt.NDArray[np.floating[Any]]


@kernel
def _gaussian_taps(sigma_cells: float, truncate: float) -> Floats:
    """Return half of a sampled Gaussian, centre first, scaled so that the whole sums to 1."""
    radius = int(truncate * sigma_cells + 0.5)
    taps = np.ones(radius + 1)
    total = 1.0
    for step in range(1, radius + 1):
        taps[step] = np.exp(-0.5 * (step / sigma_cells) ** 2)
        total += 2.0 * taps[step]
    for step in range(radius + 1):
        taps[step] /= total
    return taps


@kernel
def _add_pair(line: Floats, one: Floats, other: Floats, tap: float) -> None:
    """Add two lines of cells, equally far on either side, to a line."""
    for cell in range(line.size):
        line[cell] += tap * (one[cell] + other[cell])


@kernel
def gaussian_density(
    counts: Floats, sigma_cells: float, truncate: float, scratch: Floats, out: Floats
) -> None:
    """Smooth counts with a Gaussian; the total is kept but for what leaves the raster.

    Equal to `scipy.ndimage.gaussian_filter` with ``mode="constant"``, in two one-dimensional
    passes. Divide by the cell's area for a density.

    Parameters
    ----------
    counts
        Counts by cell, shape ``(y, x)``.
    sigma_cells
        Standard deviation in cells.
    truncate
        Reach in standard deviations.
    scratch
        Work space of the shape of ``counts``, float64; overwritten.
    out
        Smoothed counts, shape ``(y, x)``; overwritten.
    """
    height, width = counts.shape
    taps = _gaussian_taps(sigma_cells, truncate)
    radius = taps.size - 1
    padded = np.zeros(width + 2 * radius)
    for row in range(height):
        padded[radius : radius + width] = counts[row]
        line = scratch[row]
        line[:] = taps[0] * padded[radius : radius + width]
        for step in range(1, radius + 1):
            left = padded[radius - step : radius - step + width]
            right = padded[radius + step : radius + step + width]
            _add_pair(line, left, right, taps[step])
    outside, line = np.zeros(width), np.empty(width)
    for row in range(height):
        line[:] = taps[0] * scratch[row]
        for step in range(1, radius + 1):
            above = scratch[row - step] if row >= step else outside
            below = scratch[row + step] if row + step < height else outside
            _add_pair(line, above, below, taps[step])
        out[row] = line


@kernel
def quartic_density(
    easting: Floats,
    northing: Floats,
    weight: Floats,
    west: float,
    north: float,
    cell_size: float,
    radius: float,
    out: Floats,
) -> None:
    """Add the quartic kernel of each point, from its exact position, to the cells in reach.

    The kernel is ``3 / (pi r^2) (1 - d^2 / r^2)^2`` for a distance ``d < r`` from the point to the
    cell's centre, times the cell's area: a point adds about its weight in total. Points off the
    raster reach in; points that are NaN or infinite are passed over. On rasters larger than the
    processor's cache, points in spatial order take a third of the time.

    Parameters
    ----------
    easting, northing
        Positions in the grid's units, shape ``(n,)``.
    weight
        Weight of each point, shape ``(n,)``.
    west, north
        Outer corner of the first cell.
    cell_size
        Edge of a cell.
    radius
        Reach ``r`` of the kernel in the grid's units.
    out
        Expected weight by cell, shape ``(y, x)``; added to.

    References
    ----------
    Silverman (1986), Density Estimation, equation 4.5. doi:10.1201/9781315140919
    """
    height, width = out.shape
    reach = radius / cell_size
    scale = 3.0 / (np.pi * reach * reach)
    shrink = 1.0 / (reach * reach)
    profile = np.empty(2 * int(reach) + 2)
    for point in range(easting.size):
        # In cells, with whole numbers at the cells' centres.
        column_at = (easting[point] - west) / cell_size - 0.5
        row_at = (north - northing[point]) / cell_size - 0.5
        if not (-reach < column_at < width + reach and -reach < row_at < height + reach):
            continue
        first_row = max(0, int(np.ceil(row_at - reach)))
        last_row = min(height - 1, int(np.floor(row_at + reach)))
        first = max(0, int(np.ceil(column_at - reach)))
        behind = max(first, min(width, int(np.floor(column_at + reach)) + 1))
        # The columns' part is common to all rows: kept, it lets the inner loop run in vectors.
        across = profile[: behind - first]
        for column in range(across.size):
            step = first + column - column_at
            across[column] = 1.0 - step * step * shrink
        peak = weight[point] * scale
        for row in range(first_row, last_row + 1):
            down = (row - row_at) * (row - row_at) * shrink
            line = out[row, first:behind]
            for column in range(across.size):
                rest = max(across[column] - down, 0.0)
                line[column] += peak * rest * rest
