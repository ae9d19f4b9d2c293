"""Shrunk counts: thirty incidents a year give a map; thousands give nearly the count."""

import dataclasses

import numpy as np
import pytest
from models.surfaces import (
    CATALOGUE,
    bytes_of,
    make_town,
    repeat,
    round_trip,
    with_gaps,
    without_incidents,
)
from scipy.stats import nbinom
from threadpoolctl import threadpool_limits

from evenbeat.core.features.declarations import Feature, HistorySum
from evenbeat.core.models import shrinkage
from evenbeat.core.models.shrinkage import FittedShrinkage, ShrinkageModel
from evenbeat.core.models.surfaces import find_own_type, mean_age_days

TOWN, RATE = make_town(1, 30)
FITTED = ShrinkageModel().fit(TOWN)
N_CELLS = RATE.size


def on_map(fitted, training):
    return fitted.expected_counts(training.matrix[:, :N_CELLS])


def gain(expected, rate):
    """Return the log-likelihood to be expected of a year, over that of a uniform map."""
    expected = expected * rate.sum() / expected.sum()
    return 365 * float(rate @ np.log(expected / rate.mean()))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shrinkage__thirty_incidents_tell_more_than_their_count_and_than_nothing(seed):
    town, rate = make_town(seed, 30)
    raw = town.matrix[CATALOGUE.position("count_1095d"), :N_CELLS].astype(float) / 1095
    by_count = max(gain(raw + share * rate.mean(), rate) for share in (0.05, 0.2, 0.5, 1.0))
    found = gain(on_map(ShrinkageModel().fit(town), town), rate)
    assert found > max(by_count, 0.0) + 3


def test_shrinkage__thirty_incidents_leave_no_cell_at_zero_and_keep_the_total():
    expected = FITTED.expected_counts(TOWN.matrix)
    assert on_map(FITTED, TOWN).min() > 0.01 * RATE.mean()
    assert (TOWN.weight * expected).sum() == pytest.approx(TOWN.count.sum())


def test_shrinkage__many_incidents_come_near_the_count():
    many, rate = make_town(1, 3_000)
    fitted = ShrinkageModel().fit(many)
    assert FITTED.facts()["own_count_share"] < 0.2 < 0.7 < fitted.facts()["own_count_share"]
    assert np.corrcoef(on_map(fitted, many), rate)[0, 1] > 0.99


def test_shrinkage__facts_say_what_the_prior_is_made_of():
    facts = FITTED.facts()
    parts = ("prior_from_own_type", "prior_from_related_types", "prior_from_everywhere")
    assert sum(facts[part] for part in parts) == pytest.approx(1, abs=1e-3)
    assert facts["prior_from_related_types"] > 0.2
    assert facts["prior_worth_days"] == pytest.approx(facts["kappa_shifts"], abs=0.1)
    assert all(share >= 0.01 for share in facts["prior_by_surface"].values())


def test_shrinkage__is_the_posterior_mean():
    own, *surfaces = TOWN.matrix[FITTED.columns, :50].astype(float)
    prior = FITTED.rates[0] + FITTED.rates[1:] @ np.array(surfaces)
    kappa = FITTED.kappa_shifts
    np.testing.assert_allclose(
        FITTED.expected_counts(TOWN.matrix[:, :50]),
        (own + kappa * prior) / (FITTED.exposure_shifts + kappa),
    )


def test_log_likelihood__is_that_of_the_negative_binomial():
    count = np.array([1.0, 2.0, 4.0])
    own, prior = np.array([0.0, 2.0, 1.0]), np.array([0.01, 0.02, 0.5])
    record = shrinkage._Record(count, np.ones(3), own, prior, exposure=20.0)

    def oracle(own_weight, total):
        kappa = 20.0 * (1 / own_weight - 1)
        seen = nbinom.logpmf(count, own + kappa * prior, (20 + kappa) / (21 + kappa)).sum()
        # Of the rows where nothing happened only the sum of their shapes matters.
        empty = total * (20 + kappa) - (own + kappa * prior).sum()
        return seen + empty * np.log((20 + kappa) / (21 + kappa)) + 2 * np.log1p(-own_weight)

    found = [record._log_likelihood(own_weight, 2.0) for own_weight in (0.2, 0.7)]
    assert found[1] - found[0] == pytest.approx(oracle(0.7, 7) - oracle(0.2, 7))


def test_log_likelihood__shares_of_incidents_lie_between_whole_ones():
    def told(count):
        record = shrinkage._Record(
            np.array([count]), np.ones(1), np.array([0.5]), np.array([0.1]), 20.0
        )
        return record._log_likelihood(0.5, 0.0) + count * np.log(41.0)

    assert told(0.25) - told(0.0) == pytest.approx((told(1.0) - told(0.0)) / 4, rel=0.05)
    assert told(1.5) - told(1.0) == pytest.approx((told(2.0) - told(1.0)) / 2, rel=0.05)


def test_shrinkage__round_trip_is_the_same_model():
    again = round_trip(FITTED)
    assert isinstance(again, FittedShrinkage)
    assert again.kind == "shrunk count"
    assert bytes_of(again) == bytes_of(FITTED)
    np.testing.assert_array_equal(
        again.expected_counts(TOWN.matrix), FITTED.expected_counts(TOWN.matrix)
    )


def test_shrinkage__any_number_of_threads_gives_the_same_bytes():
    with threadpool_limits(2):
        assert bytes_of(ShrinkageModel().fit(TOWN)) == bytes_of(FITTED)


def test_shrinkage__a_row_of_weight_two_is_two_rows():
    twice = ShrinkageModel().fit(repeat(TOWN))
    np.testing.assert_allclose(on_map(twice, TOWN), on_map(FITTED, TOWN), rtol=1e-3)


def test_shrinkage__what_is_missing_counts_as_nothing():
    gaps = with_gaps(TOWN)
    expected = ShrinkageModel().fit(gaps).expected_counts(gaps.matrix)
    assert np.isfinite(expected).all()
    assert (expected > 0).all()


@pytest.mark.parametrize("with_history", [True, False])
def test_shrinkage__no_incident_gives_half_of_one_spread_evenly(with_history):
    town = without_incidents(TOWN)
    if not with_history:
        town = dataclasses.replace(town, matrix=np.zeros_like(town.matrix))
    expected = ShrinkageModel().fit(town).expected_counts(np.zeros_like(town.matrix))
    assert expected.min() == expected.max()
    assert (town.weight * expected).sum() == pytest.approx(0.5, rel=0.01)


def test_shrinkage__incidents_without_any_history_give_the_mean():
    town = dataclasses.replace(TOWN, matrix=np.zeros_like(TOWN.matrix))
    expected = ShrinkageModel().fit(town).expected_counts(town.matrix)
    assert (town.weight * expected).sum() == pytest.approx(TOWN.count.sum(), rel=0.01)


def test_find_own_type__goes_by_where_its_incidents_were():
    matrix = np.zeros_like(TOWN.matrix)
    assert find_own_type(CATALOGUE, matrix) is None
    rng = np.random.default_rng(2)
    in_cell = [s for s in CATALOGUE.sums if s.half_life_days and s.bandwidth_m == 0]
    assert {"burglary", "robbery"} <= {s.of for s in in_cell}
    for of in {s.of for s in in_cell}:
        seed = 7 if of in ("own", "burglary") else rng.integers(100, 1000)
        where = np.random.default_rng(seed).poisson(0.3, matrix.shape[1])
        for entry in in_cell:
            if entry.of == of and entry.phase is None:
                matrix[CATALOGUE.position(entry.feature.name)] = 0.5 * where
    assert find_own_type(CATALOGUE, matrix) == "burglary"


def test_mean_age_days__of_a_window_is_half_of_it():
    window = HistorySum(Feature("count_28d", "recent", "own", "incidents"), "own", 28)
    assert mean_age_days(window) == 14
