"""A small training set with a known truth, for the tests of models."""

import numpy as np

from evenbeat.core.features import Catalogue, Rows
from evenbeat.core.models.training import TrainingRows

CATALOGUE = Catalogue(1095)


def make_training(seed=1, n=6000, n_days=100, *, level=0.05):
    """Counts whose mean is a mixture of two histories, times a factor on one shift."""
    rng = np.random.default_rng(seed)
    matrix = np.zeros((len(CATALOGUE.names), n), dtype=np.float32)
    for column in (*CATALOGUE.columns_of("own"), *CATALOGUE.columns_of("own_shift")):
        matrix[column] = rng.gamma(0.3, 2.0, n)
    day = np.sort(rng.integers(0, n_days, n))
    shift = rng.integers(0, 3, n)
    matrix[CATALOGUE.position("shift_of_day")] = shift
    matrix[CATALOGUE.position("temperature")] = np.nan
    matrix[CATALOGUE.position("snow"), ::2] = np.nan
    mean = true_mean(matrix, level)
    rows = Rows(day, shift, rng.integers(0, 500, n))
    weight = rng.uniform(1, 3, n)
    return TrainingRows(CATALOGUE, 3, n_days, matrix, rows, rng.poisson(mean).astype(float), weight)


def true_mean(matrix, level=0.05):
    raw = matrix[CATALOGUE.position("count_365d")].astype(float)
    smooth = matrix[CATALOGUE.position("density_1095d_400m")].astype(float)
    night = matrix[CATALOGUE.position("shift_of_day")] == 2
    return (level * raw + 2 * level * smooth) * np.where(night, 3.0, 1.0) + 0.01
