"""Training sets whose truth lies on a map, and what every kind of fitted model has to stand."""

import dataclasses
import io
import json

import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from evenbeat.core.features import Catalogue, Rows
from evenbeat.core.models.surfaces import mean_age_days
from evenbeat.core.models.training import TrainingRows

CATALOGUE = Catalogue(1095)
CELL_M = 250.0
SIDE = 20


def empty_matrix(n_rows):
    """Predictors that are 0, with a temperature that is never known."""
    matrix = np.zeros((len(CATALOGUE.names), n_rows), dtype=np.float32)
    matrix[CATALOGUE.position("temperature")] = np.nan
    return matrix


def make_town(seed, per_year, *, rows_per_cell=10):
    """One shift a day for a year: hot spots, shared with related crime, and single hot cells.

    Returns the training rows and the true rate of each of the cells, which come first.
    """
    rng = np.random.default_rng(seed)
    n_cells = SIDE * SIDE
    spots = np.zeros((SIDE, SIDE))
    spots[rng.integers(2, 18, 4), rng.integers(2, 18, 4)] = 60.0
    smooth = gaussian_filter(spots, 1.5).ravel() + 0.1
    rate = smooth * rng.gamma(2.0, 0.5, n_cells)
    rate *= per_year / 365 / rate.sum()
    history = rng.poisson(rate * 1095)
    related = rng.poisson(smooth / smooth.sum() * 3000)
    happened = rng.poisson(rate * 365)
    cell = np.concatenate([np.tile(np.arange(n_cells), rows_per_cell), np.repeat(
        np.arange(n_cells), happened)])  # fmt: skip
    count = np.repeat([0.0, 1.0], [n_cells * rows_per_cell, happened.sum()])
    weight = np.where(count > 0, 1.0, 365 / rows_per_cell)
    matrix = empty_matrix(cell.size)
    for entry in CATALOGUE.sums:
        if entry.radius_m is None and entry.phase in (None, "shift"):
            whole = history if entry.of == "own" else related
            spread = gaussian_filter(
                whole.reshape(SIDE, SIDE).astype(float), entry.bandwidth_m / CELL_M, truncate=3.0
            )
            fresh = 2 * mean_age_days(entry) / 1095
            matrix[CATALOGUE.position(entry.feature.name)] = fresh * spread.ravel()[cell]
    day = np.sort(rng.integers(0, 365, cell.size))
    rows = Rows(day, np.zeros_like(day), cell)
    return TrainingRows(CATALOGUE, 1, 365, matrix, rows, count, weight), rate


def make_excited(seed, *, half_life_days, bandwidth_m, ratio, n_cells=400, n_days=200):
    """Cells on a ring whose incidents trigger others: all fading sums carried day by day."""
    rng = np.random.default_rng(seed)
    background = rng.gamma(0.5, 2.0, n_cells)
    background *= 0.03 * (1 - ratio) / background.mean()
    sums = [s for s in CATALOGUE.sums if s.feature.name.startswith("decay_")]
    fade = np.array([0.5 ** (1 / s.half_life_days) for s in sums])[:, None]
    trigger = next(
        i for i, s in enumerate(sums)
        if (s.half_life_days, s.bandwidth_m) == (half_life_days, bandwidth_m)
    )  # fmt: skip
    # An incident counts 1 on the next day, and less by the fade on each day after it.
    share = ratio * (1 - fade[trigger, 0])
    state, told, counts = np.zeros((len(sums), n_cells)), [], []
    for day in range(-150, n_days):
        count = rng.poisson(background + share * state[trigger])
        if day >= 0:
            told.append(state.astype(np.float32))
            counts.append(count)
        spread = [_spread(count, entry.bandwidth_m) for entry in sums]
        state = state * fade + spread
    matrix = empty_matrix(n_cells * n_days)
    for values, entry in zip(np.stack(told, axis=1), sums, strict=True):
        matrix[CATALOGUE.position(entry.feature.name)] = values.ravel()
    matrix[CATALOGUE.position("density_1095d_400m")] = np.tile(background * 1095, n_days)
    rows = Rows(
        np.repeat(np.arange(n_days), n_cells), np.zeros(n_days * n_cells, dtype=np.int64),
        np.tile(np.arange(n_cells), n_days),
    )  # fmt: skip
    count = np.concatenate(counts).astype(float)
    return TrainingRows(CATALOGUE, 1, n_days, matrix, rows, count, np.ones(count.size))


def _spread(count, bandwidth_m):
    if bandwidth_m == 0:
        return count.astype(float)
    return gaussian_filter1d(count.astype(float), bandwidth_m / CELL_M, mode="wrap")


def without_incidents(training):
    return dataclasses.replace(training, count=np.zeros_like(training.count))


def repeat(training):
    """Write every row twice, with half the weight in each."""
    twice = np.repeat(np.arange(training.count.size), 2)
    return dataclasses.replace(
        training, matrix=training.matrix[:, twice], rows=training.rows.take(twice),
        count=training.count[twice], weight=training.weight[twice] / 2,
    )  # fmt: skip


def with_gaps(training, seed=0):
    """Lose a tenth of every column."""
    matrix = training.matrix.copy()
    matrix[np.random.default_rng(seed).random(matrix.shape) < 0.1] = np.nan
    return dataclasses.replace(training, matrix=matrix)


def round_trip(fitted):
    """Make a fitted model again from JSON and an npz file."""
    file = io.BytesIO()
    np.savez(file, **fitted.arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as stored:
        return type(fitted).from_parts(json.loads(json.dumps(fitted.facts())), dict(stored))


def bytes_of(fitted):
    arrays = fitted.arrays()
    parts = [np.ascontiguousarray(arrays[name]).tobytes() for name in sorted(arrays)]
    return json.dumps(fitted.facts(), sort_keys=True).encode() + b"".join(parts)
