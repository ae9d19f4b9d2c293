"""Slow, obvious versions of what history, trees and samples compute: the oracles of their tests."""

import datetime as dt
import math

import numpy as np

from evenbeat.core.features.sums import SEASON_DAYS, SEASON_YEARS

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


def service_weekday(occurred_s, calendar):
    """Day of the week of the date whose first shift started last."""
    local = dt.datetime.fromtimestamp(occurred_s, calendar.zone)
    return (local.weekday() - (local.time() < calendar.starts[0][1])) % 7


def in_phase(entry, occurred_s, cutoff_s, weekday, calendar):
    """How often an incident counts: for its day of the week, or for its anniversaries."""
    if entry.phase == "weekday":
        return float(service_weekday(occurred_s, calendar) == weekday)
    if entry.phase == "season":
        return sum(
            abs(cutoff_s - occurred_s - year * 364 * DAY_S) <= SEASON_DAYS * DAY_S
            for year in range(1, SEASON_YEARS + 1)
        )
    return 1.0


def sum_history(entry, incidents, grid, cutoff_s, cell, share=None, weekday=0, calendar=None):
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
        weight *= in_phase(entry, incidents.occurred_s[i], cutoff_s, weekday, calendar)
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


def walk_tree(codes, nodes):
    """Walk one of scikit-learn's trees on bins from its root to a leaf."""
    node = nodes[0]
    while not node["is_leaf"]:
        found = codes[node["feature_idx"]]
        if math.isnan(found):
            goes_left = node["missing_go_to_left"]
        else:
            goes_left = found <= node["num_threshold"]
        node = nodes[node["left"] if goes_left else node["right"]]
    return node["value"]
