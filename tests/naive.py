"""A slow, obvious version of every kernel: the oracle of the property tests."""

import math

import numpy as np


def locate(easting, northing, west, north, cell_size, shape):
    """Return row and column of a point, or None when it is off the raster."""
    if not (math.isfinite(easting) and math.isfinite(northing)):
        return None
    column = math.floor((easting - west) / cell_size)
    row = math.floor((north - northing) / cell_size)
    on = 0 <= row < shape[0] and 0 <= column < shape[1]
    return (row, column) if on else None


def cell_centres(west, north, cell_size, shape):
    """Yield row, column, easting and northing of every cell's centre."""
    for row in range(shape[0]):
        for column in range(shape[1]):
            easting = west + (column + 0.5) * cell_size
            yield row, column, easting, north - (row + 0.5) * cell_size


def bin_points(easting, northing, weight, west, north, cell_size, shape):
    sums, off = np.zeros(shape), 0
    for x, y, w in zip(easting, northing, weight, strict=True):
        cell = locate(x, y, west, north, cell_size, shape)
        if cell is None:
            off += 1
        else:
            sums[cell] += w
    return sums, off


def gaussian_density(counts, sigma_cells, truncate):
    """Sum over all pairs of cells within reach, one product of two Gaussians a pair."""
    reach = int(truncate * sigma_cells + 0.5)
    steps = np.arange(-reach, reach + 1)
    if reach:
        profile = np.exp(-0.5 * (steps / sigma_cells) ** 2)
        profile /= profile.sum()
    else:
        profile = np.ones(1)
    smooth = np.zeros(counts.shape)
    for to_row, to_column in np.ndindex(counts.shape):
        for row, column in np.ndindex(counts.shape):
            down, across = to_row - row, to_column - column
            if abs(down) <= reach and abs(across) <= reach:
                share = profile[reach + down] * profile[reach + across]
                smooth[to_row, to_column] += counts[row, column] * share
    return smooth


def quartic_density(easting, northing, weight, west, north, cell_size, radius, shape):
    sums = np.zeros(shape)
    for row, column, centre_x, centre_y in cell_centres(west, north, cell_size, shape):
        for x, y, w in zip(easting, northing, weight, strict=True):
            if not (math.isfinite(x) and math.isfinite(y)):
                continue
            rest = 1 - ((x - centre_x) ** 2 + (y - centre_y) ** 2) / radius**2
            if rest > 0:
                sums[row, column] += w * 3 / (math.pi * radius**2) * rest**2 * cell_size**2
    return sums


def distance_to_segment(x, y, x0, y0, x1, y1):
    length2 = (x1 - x0) ** 2 + (y1 - y0) ** 2
    along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length2 if length2 > 0 else 0.0
    along = min(max(along, 0.0), 1.0)
    return math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0))


def nearest_segment_distance(x0, y0, x1, y1, west, north, cell_size, shape):
    least = np.full(shape, np.inf)
    for row, column, centre_x, centre_y in cell_centres(west, north, cell_size, shape):
        for ends in zip(x0, y0, x1, y1, strict=True):
            if all(math.isfinite(end) for end in ends):
                distance = distance_to_segment(centre_x, centre_y, *ends)
                least[row, column] = min(least[row, column], distance)
    return least


def nearest_point_distance(easting, northing, west, north, cell_size, shape):
    least = np.full(shape, np.inf)
    for row, column, centre_x, centre_y in cell_centres(west, north, cell_size, shape):
        for x, y in zip(easting, northing, strict=True):
            if math.isfinite(x) and math.isfinite(y):
                distance = math.hypot(centre_x - x, centre_y - y)
                least[row, column] = min(least[row, column], distance)
    return least


def count_space_time(row, column, shift_index, weight, shape):
    sums, dropped = np.zeros(shape), 0
    for at_row, at_column, at_shift, w in zip(row, column, shift_index, weight, strict=True):
        place = (at_shift, at_row, at_column)
        if all(0 <= index < size for index, size in zip(place, shape, strict=True)):
            sums[place] += w
        else:
            dropped += 1
    return sums, dropped


def decayed_sums(event_day, event_cell, weight, factor, last_day, n_cells):
    """Sum anew over all incidents up to a day, as the definition says."""
    sums = np.zeros((len(factor), n_cells))
    for day, cell, w in zip(event_day, event_cell, weight, strict=True):
        if day <= last_day and 0 <= cell < n_cells:
            for index, left in enumerate(factor):
                sums[index, cell] += w * left ** (last_day - day)
    return sums


def overlaps(start, end, edges):
    """Return position and share of each shift that a window overlaps."""
    found = []
    for shift in range(len(edges) - 1):
        opens, closes = edges[shift], edges[shift + 1]
        if start == end:
            if opens <= start < closes:
                found.append((shift, 1.0))
        elif start < end:
            common = min(end, closes) - max(start, opens)
            if common > 0:
                found.append((shift, common / (end - start)))
    return found


def line_length(x0, y0, x1, y1, west, north, cell_size, shape):
    """Cut every piece with every cell on its own (Liang and Barsky)."""
    length = np.zeros(shape)
    for ends in zip(x0, y0, x1, y1, strict=True):
        if not all(math.isfinite(end) for end in ends):
            continue
        start_x, start_y, end_x, end_y = ends
        column, row = (start_x - west) / cell_size, (north - start_y) / cell_size
        run_x = (end_x - west) / cell_size - column
        run_y = (north - end_y) / cell_size - row
        whole = math.hypot(end_x - start_x, end_y - start_y)
        for cell in np.ndindex(shape):
            enter_x, leave_x = _inside(column, run_x, cell[1])
            enter_y, leave_y = _inside(row, run_y, cell[0])
            part = min(1.0, leave_x, leave_y) - max(0.0, enter_x, enter_y)
            length[cell] += max(part, 0.0) * whole
    return length


def _inside(start, run, line):
    """Return where along a piece it is between two grid lines, the first included."""
    if run == 0:
        return (-math.inf, math.inf) if line <= start < line + 1 else (math.inf, -math.inf)
    at, until = (line - start) / run, (line + 1 - start) / run
    return min(at, until), max(at, until)


def area_share(polygons, west, north, cell_size, shape):
    """Cut every polygon with every cell with shapely."""
    from shapely.geometry import box

    share = np.zeros(shape)
    for row, column, x, y in cell_centres(west, north, cell_size, shape):
        half = cell_size / 2
        cell = box(x - half, y - half, x + half, y + half)
        for polygon in polygons:
            share[row, column] += polygon.intersection(cell).area / cell.area
    return share
