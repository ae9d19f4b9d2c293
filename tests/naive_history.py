"""Slow, obvious versions of what history, trees and samples compute: the oracles of their tests."""

import math

import numpy as np

DAY_S = 86_400


def carry_history(fade, changes, taps, asks, shape):
    """``changes`` and ``asks`` are lists by day of (cell, weight) and of cells."""
    state, answers, radius = np.zeros(shape), [], len(taps) // 2
    for day, factor in enumerate(fade):
        state *= factor
        for cell, weight in changes[day]:
            row, column = divmod(cell, shape[1])
            for r, c in np.ndindex(shape):
                if abs(r - row) <= radius and abs(c - column) <= radius:
                    state[r, c] += weight * taps[r - row + radius] * taps[c - column + radius]
        for cell in asks[day]:
            value = state.flat[cell]
            answers.append(value if value > 1e-9 else 0.0)
    return np.array(answers), state


def cells_within(easting, northing, west, north, cell_size, radius, shape):
    pairs = []
    for point, (x, y) in enumerate(zip(easting, northing, strict=True)):
        for row, column in np.ndindex(shape):
            centre_x = west + (column + 0.5) * cell_size
            centre_y = north - (row + 0.5) * cell_size
            if math.hypot(centre_x - x, centre_y - y) <= radius:
                pairs.append((point, row * shape[1] + column))
    return pairs


def sum_history(entry, incidents, grid, cutoff_s, cell, share=None):
    """Sum over the incidents known at one cut-off, from the definition, for one cell."""
    row, column = divmod(cell, grid.shape[1])
    sigma = entry.bandwidth_m / grid.cell_size_m
    radius = int(3.0 * sigma + 0.5)
    norm = (
        sum(math.exp(-0.5 * (k / sigma) ** 2) for k in range(-radius, radius + 1)) if radius else 1
    )
    total = 0.0
    for i in range(len(incidents)):
        age_days = (cutoff_s - incidents.occurred_s[i]) / DAY_S
        if incidents.known_s[i] >= cutoff_s or age_days > entry.window_days:
            continue
        weight = incidents.weight[i] * (1.0 if share is None else share[i])
        if entry.half_life_days is not None:
            weight *= 0.5 ** (age_days / entry.half_life_days)
        if entry.radius_m is not None:
            away = math.hypot(
                grid.eastings[column] - incidents.easting[i],
                grid.northings[row] - incidents.northing[i],
            )
            total += weight * (away * grid.metres_per_unit <= entry.radius_m)
        elif incidents.cell[i] >= 0:
            r, c = divmod(int(incidents.cell[i]), grid.shape[1])
            if abs(r - row) <= radius and abs(c - column) <= radius:
                spread = 1.0
                if radius:
                    spread = math.exp(-0.5 * ((r - row) ** 2 + (c - column) ** 2) / sigma**2)
                total += weight * spread / norm**2
    return total


def walk_tree(row, node, feature, threshold, missing_left, left, right, value):
    while feature[node] >= 0:
        found = row[feature[node]]
        goes_left = bool(missing_left[node]) if math.isnan(found) else found <= threshold[node]
        node = left[node] if goes_left else right[node]
    return value[node]
