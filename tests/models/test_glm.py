"""Poisson regression on log features: its optimum, its truth, and what it does with gaps."""

import dataclasses
import math

import numpy as np
import pytest
from models.surfaces import (
    CATALOGUE,
    bytes_of,
    empty_matrix,
    make_town,
    repeat,
    round_trip,
    with_gaps,
    without_incidents,
)
from threadpoolctl import threadpool_limits

from evenbeat.core.features import Rows
from evenbeat.core.models.glm import FittedGlm, GlmModel
from evenbeat.core.models.training import TrainingRows

FIRST, SECOND = (CATALOGUE.position(name) for name in ("count_365d", "decay_30d_300m"))


def make_powers(seed=1, n=6000, n_days=400):
    """Counts whose mean is a product of powers of two histories, and threefold on one shift."""
    rng = np.random.default_rng(seed)
    matrix = empty_matrix(n)
    matrix[[FIRST, SECOND]] = rng.gamma(0.8, 1.0, (2, n))
    day, shift = np.sort(rng.integers(0, n_days, n)), rng.integers(0, 3, n)
    matrix[CATALOGUE.position("shift_of_day")] = shift
    matrix[CATALOGUE.position("weekday")] = day % 7
    angle = 2 * np.pi * day / 365
    matrix[CATALOGUE.position("season_cosine")] = np.cos(angle)
    matrix[CATALOGUE.position("season_sine")] = np.sin(angle)
    weight = rng.uniform(1, 3, n)
    count = rng.poisson(true_mean(matrix)).astype(float)
    rows = Rows(day, shift, rng.integers(0, 500, n))
    return TrainingRows(CATALOGUE, 3, n_days, matrix, rows, count, weight)


def true_mean(matrix):
    first, second = matrix[[FIRST, SECOND]].astype(float)
    night = matrix[CATALOGUE.position("shift_of_day")] == 2
    return 0.1 * (first + 0.08) ** 0.9 * (second + 0.08) ** 0.4 * np.where(night, 3.0, 1.0)


TRAINING = make_powers()
FITTED = GlmModel().fit(TRAINING)


def coefficient(fitted, column, parameter=None):
    """Return by how much the logarithm of the rate rises with one unit of a term."""
    terms = fitted.terms
    found = terms.column == column
    if parameter is not None:
        found &= terms.parameter == parameter
    return (fitted.coefficient / terms.spread)[found].item()


def test_glm__finds_the_powers_and_the_night():
    fitted = GlmModel(ridge_incidents=1.0).fit(make_powers(2, 20_000))
    assert coefficient(fitted, FIRST) == pytest.approx(0.9, abs=0.07)
    assert coefficient(fitted, SECOND) == pytest.approx(0.4, abs=0.07)
    shift = CATALOGUE.position("shift_of_day")
    night, day = (coefficient(fitted, shift, level) for level in (2.0, 0.0))
    assert night - day == pytest.approx(math.log(3), abs=0.15)
    unseen = make_powers(3).matrix
    ratio = fitted.expected_counts(unseen) / true_mean(unseen)
    assert np.quantile(np.abs(np.log(ratio)), 0.9) < 0.15


def test_glm__is_at_the_optimum_of_the_penalised_likelihood():
    matrix, weight = TRAINING.matrix, TRAINING.weight
    excess = weight * (TRAINING.count - np.exp(FITTED.logarithms(matrix)))
    assert excess.sum() == pytest.approx(0, abs=1e-2)  # and so the total is right
    pull = [FITTED.terms.standardised(t, matrix) @ excess for t in range(len(FITTED.coefficient))]
    np.testing.assert_allclose(pull, 30.0 * FITTED.coefficient, atol=1e-2)


def test_glm__a_strong_penalty_leaves_the_mean():
    expected = GlmModel(ridge_incidents=1e9).fit(TRAINING).expected_counts(TRAINING.matrix)
    mean = np.average(TRAINING.count, weights=TRAINING.weight)
    np.testing.assert_allclose(expected, mean, rtol=1e-3)


def test_glm__leaves_out_what_never_varies():
    used = {CATALOGUE.names[column] for column in FITTED.terms.column}
    season = {"season_cosine", "season_sine"}
    assert used == {"count_365d", "decay_30d_300m", "shift_of_day", "weekday"} | season
    assert FITTED.facts()["terms"] == 2 + 3 + 7 + 2


def test_glm__less_than_a_year_says_nothing_of_seasons():
    fitted = GlmModel().fit(dataclasses.replace(TRAINING, n_days=364))
    names = {CATALOGUE.names[column] for column in fitted.terms.column}
    assert not names & {"season_cosine", "season_sine"}


def test_glm__facts_name_the_strongest_terms():
    strongest = FITTED.facts()["strongest"]
    assert next(iter(strongest)) == "count_365d"
    assert any(name.startswith("shift_of_day = ") for name in strongest)


def test_glm__a_huge_history_does_not_overflow():
    matrix = TRAINING.matrix[:, :2].copy()
    matrix[:, 0], matrix[:, 1] = 1e30, -1e30
    expected = FITTED.expected_counts(matrix)
    seen = FITTED.expected_counts(TRAINING.matrix)
    assert (expected <= 2.001 * seen.max()).all()
    assert (expected >= 0.499 * seen.min()).all()


def test_glm__what_is_missing_counts_as_the_mean():
    matrix = TRAINING.matrix.copy()
    matrix[FIRST] = np.nan
    usual = FITTED.terms.centre[FITTED.terms.column == FIRST].item()
    offset = FITTED.terms.parameter[FITTED.terms.column == FIRST].item()
    at_mean = TRAINING.matrix.copy()
    at_mean[FIRST] = math.exp(usual) - offset
    np.testing.assert_allclose(
        FITTED.expected_counts(matrix), FITTED.expected_counts(at_mean), rtol=1e-5
    )
    gaps = with_gaps(TRAINING)
    assert np.isfinite(GlmModel().fit(gaps).expected_counts(gaps.matrix)).all()


def test_glm__thirty_incidents_give_a_map_with_the_right_total():
    town, rate = make_town(1, 30)
    expected = GlmModel().fit(town).expected_counts(town.matrix)
    assert (town.weight * expected).sum() == pytest.approx(town.count.sum(), rel=1e-3)
    assert np.corrcoef(expected[: rate.size], rate)[0, 1] > 0.5


def test_glm__round_trip_is_the_same_model():
    again = round_trip(FITTED)
    assert isinstance(again, FittedGlm)
    assert again.kind == "glm"
    assert bytes_of(again) == bytes_of(FITTED)
    np.testing.assert_array_equal(
        again.expected_counts(TRAINING.matrix), FITTED.expected_counts(TRAINING.matrix)
    )


def test_glm__any_number_of_threads_gives_the_same_bytes():
    with threadpool_limits(2):
        assert bytes_of(GlmModel().fit(TRAINING)) == bytes_of(FITTED)


def test_glm__a_row_of_weight_two_is_two_rows():
    twice = GlmModel().fit(repeat(TRAINING))
    np.testing.assert_allclose(
        twice.expected_counts(TRAINING.matrix), FITTED.expected_counts(TRAINING.matrix), rtol=1e-4
    )


def test_glm__no_incident_gives_half_of_one_spread_evenly():
    quiet = without_incidents(TRAINING)
    fitted = GlmModel().fit(quiet)
    expected = fitted.expected_counts(quiet.matrix)
    assert expected.min() == expected.max()
    assert (quiet.weight * expected).sum() == pytest.approx(0.5)
    assert bytes_of(round_trip(fitted)) == bytes_of(fitted)


def test_glm__without_any_term_gives_the_mean():
    bare = dataclasses.replace(TRAINING, matrix=np.full_like(TRAINING.matrix, np.nan))
    expected = GlmModel().fit(bare).expected_counts(bare.matrix)
    np.testing.assert_allclose(expected, np.average(bare.count, weights=bare.weight))
