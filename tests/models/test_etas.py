"""A self-exciting process is found again: how long, how far and how much it excites."""

import dataclasses

import numpy as np
import pytest
from models.histories import make_training
from models.surfaces import (
    CATALOGUE,
    bytes_of,
    make_excited,
    repeat,
    round_trip,
    with_gaps,
    without_incidents,
)
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from evenbeat.core.errors import ModelError
from evenbeat.core.models import etas
from evenbeat.core.models.etas import EtasModel, FittedEtas
from evenbeat.core.models.expectation import Evidence
from evenbeat.core.models.surfaces import list_surfaces, list_triggers

EXCITED = make_excited(1, half_life_days=7, bandwidth_m=0, ratio=0.4)
FITTED = EtasModel().fit(EXCITED)


@pytest.mark.parametrize(
    ("half_life_days", "bandwidth_m", "ratio"), [(7, 0, 0.4), (7, 300, 0.5), (30, 150, 0.5)]
)
def test_etas__finds_the_process(half_life_days, bandwidth_m, ratio):
    truth = {"half_life_days": half_life_days, "bandwidth_m": bandwidth_m}
    facts = EtasModel().fit(make_excited(3, ratio=ratio, **truth)).facts()
    assert {name: facts[name] for name in truth} == truth
    assert facts["branching_ratio"] == pytest.approx(ratio, abs=0.08)
    shares = facts["branching_ratio"] + facts["background_share"] + facts["uniform_share"]
    assert shares == pytest.approx(1, abs=1e-3)


def test_etas__without_excitement_triggers_little():
    facts = EtasModel().fit(make_excited(2, half_life_days=7, bandwidth_m=0, ratio=0.0)).facts()
    assert facts["branching_ratio"] < 0.05
    assert facts["background"] == "density_1095d_400m"
    assert facts["background_share"] > 0.9


def test_etas__a_new_incident_raises_the_next_day_without_a_new_fit():
    matrix = EXCITED.matrix[:, :1].repeat(2, axis=1)
    matrix[CATALOGUE.position("decay_7d_0m"), 1] += 1
    quiet, excited = FITTED.expected_counts(matrix)
    # 0.4 incidents in all, of which the first day's share is that of the fading.
    assert excited - quiet == pytest.approx(0.4 * (1 - 0.5 ** (1 / 7)), rel=0.2)
    assert FITTED.facts()["updates"].startswith("daily")


def test_etas__keeps_the_total_and_leaves_no_cell_at_zero():
    expected = FITTED.expected_counts(EXCITED.matrix)
    assert (EXCITED.weight * expected).sum() == pytest.approx(EXCITED.count.sum())
    assert expected.min() >= 0.02 * EXCITED.count.mean()


def test_search__finds_what_trying_every_pair_finds():
    surfaces = list_surfaces(CATALOGUE, ("own", "own_shift"))
    triggers = list_triggers(CATALOGUE)
    columns = [CATALOGUE.position(s.feature.name) for s in (*surfaces, *triggers)]
    evidence = Evidence.of(
        make_training(2, 4000).matrix[columns], count=make_training(2, 4000).count,
        weight=make_training(2, 4000).weight,
    )  # fmt: skip

    def likelihood(pair):
        chosen = evidence.choose([0, *pair])
        return chosen.log_likelihood(chosen.maximise(50))

    n = len(surfaces)
    pairs = [(b, t) for b in range(1, n + 1) for t in range(n + 1, n + 1 + len(triggers))]
    assert etas._search(evidence, n) == max(pairs, key=likelihood)


def test_maximise__finds_the_largest_likelihood():
    training = make_training(2, 4000)
    columns = [CATALOGUE.position(n) for n in ("count_365d", "density_1095d_400m")]
    evidence = Evidence.of(training.matrix[columns], count=training.count, weight=training.weight)
    found = minimize(
        lambda logs: -evidence.log_likelihood(np.exp(logs)), np.full(3, -4.0), method="BFGS"
    )
    np.testing.assert_allclose(evidence.maximise(2000), np.exp(found.x), rtol=1e-2)


def test_with_prior__is_forgotten_where_there_is_much_to_see():
    training = make_training(2, 4000)
    columns = [CATALOGUE.position(n) for n in ("count_365d", "density_1095d_400m")]
    evidence = Evidence.of(training.matrix[columns], count=training.count, weight=training.weight)
    n = evidence.seen.sum()
    free, bound = (evidence.with_prior(prior).maximise() for prior in (0.0, 1e6 * n))
    np.testing.assert_allclose(free, evidence.maximise())
    explained = bound * evidence.exposure
    np.testing.assert_allclose(explained / explained.sum(), 1 / 3, rtol=1e-3)
    assert explained.sum() == pytest.approx(n * (1 + 1e6))


def test_etas__round_trip_is_the_same_model():
    again = round_trip(FITTED)
    assert isinstance(again, FittedEtas)
    assert again.kind == "etas"
    assert bytes_of(again) == bytes_of(FITTED)
    np.testing.assert_array_equal(
        again.expected_counts(EXCITED.matrix), FITTED.expected_counts(EXCITED.matrix)
    )


def test_etas__any_number_of_threads_gives_the_same_bytes():
    with threadpool_limits(2):
        assert bytes_of(EtasModel().fit(EXCITED)) == bytes_of(FITTED)


def test_etas__a_row_of_weight_two_is_two_rows():
    twice = EtasModel().fit(repeat(EXCITED))
    assert twice.facts() == FITTED.facts()
    np.testing.assert_allclose(twice.rates, FITTED.rates, rtol=1e-6)


def test_etas__what_is_missing_counts_as_nothing():
    gaps = with_gaps(EXCITED)
    expected = EtasModel().fit(gaps).expected_counts(gaps.matrix)
    assert np.isfinite(expected).all()
    assert (expected > 0).all()


@pytest.mark.parametrize("with_history", [True, False])
def test_etas__no_incident_gives_half_of_one_spread_evenly(with_history):
    quiet = without_incidents(EXCITED)
    if not with_history:
        quiet = dataclasses.replace(quiet, matrix=np.zeros_like(quiet.matrix))
    fitted = EtasModel().fit(quiet)
    expected = fitted.expected_counts(quiet.matrix)
    assert expected.min() == expected.max()
    assert (quiet.weight * expected).sum() == pytest.approx(0.5)
    assert fitted.facts()["uniform_share"] == 1


def test_etas__incidents_without_any_history_give_the_mean():
    bare = dataclasses.replace(EXCITED, matrix=np.zeros_like(EXCITED.matrix))
    expected = EtasModel().fit(bare).expected_counts(bare.matrix)
    np.testing.assert_allclose(expected, EXCITED.count.mean())


def test_etas__a_catalogue_without_recent_sums_is_refused(monkeypatch):
    monkeypatch.setattr(etas, "list_triggers", lambda _: ())
    with pytest.raises(ModelError, match="fading sum"):
        EtasModel().fit(EXCITED)
