"""The risk terrain against known relative risks, naive likelihoods and scikit-learn."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import PoissonRegressor

from evenbeat.core.errors import ModelError
from evenbeat.core.features import Catalogue, Rows
from evenbeat.core.models.elastic_net import LASSO_SHARE, fit_elastic_net, strongest_penalty
from evenbeat.core.models.log_linear import fit_log_linear
from evenbeat.core.models.terrain import FittedTerrain, TerrainModel
from evenbeat.core.models.terrain_factors import BLOCKS, find_patterns, hold, list_factors
from evenbeat.core.models.terrain_selection import Selection
from evenbeat.core.models.training import TrainingRows

CATEGORIES = ("bar", "nightclub", "restaurant", "hotel", "park", "alley")
CATALOGUE = Catalogue(
    1095,
    (
        *((name, measure, True) for name in CATEGORIES[:4] for measure in ("density", "distance")),
        ("park", "share", True), ("alley", "length", True),
    ),
)  # fmt: skip
N_CELLS, N_SHIFTS = 2500, 3
RISKS = {"bar": 3.0, "nightclub": 2.0, "park": 0.5}


def make_matrix(rng, n_cells=N_CELLS):
    """Places strewn at random: the chance to be within d of one is 1 - exp(-(d / 400 m)^2)."""
    matrix = np.zeros((len(CATALOGUE.names), n_cells), dtype=np.float32)
    for name in CATEGORIES[:4]:
        matrix[CATALOGUE.position(f"distance_{name}")] = 400 * rng.exponential(size=n_cells) ** 0.5
        matrix[CATALOGUE.position(f"density_{name}")] = rng.gamma(0.5, 2.0, n_cells)
    for name in ("share_park", "length_alley"):
        there = rng.random(n_cells) < 0.2
        matrix[CATALOGUE.position(name)] = np.where(there, rng.uniform(0, 1, n_cells), 0)
    return matrix


def truth(matrix, base=0.15):
    """Bars within 150 m triple, dense nightclubs double, parks halve; all else is nothing."""
    density = matrix[CATALOGUE.position("density_nightclub")].astype(float)
    return (
        base
        * np.where(matrix[CATALOGUE.position("distance_bar")] <= 150, 3.0, 1.0)
        * np.where(density >= density.mean() + 2 * density.std(), 2.0, 1.0)
        * np.where(matrix[CATALOGUE.position("share_park")] > 0, 0.5, 1.0)
    )


def make_training(seed=0, rate=truth, spread=0.0, n_cells=N_CELLS):
    rng = np.random.default_rng(seed)
    matrix = make_matrix(rng, n_cells)
    mean = rate(matrix) * np.exp(rng.normal(-(spread**2) / 2, spread, n_cells))
    cell = np.tile(np.arange(n_cells), N_SHIFTS)
    rows = Rows(np.zeros(cell.size, int), np.repeat(np.arange(N_SHIFTS), n_cells), cell)
    return TrainingRows(
        CATALOGUE, N_SHIFTS, 1, np.tile(matrix, N_SHIFTS), rows,
        rng.poisson(np.tile(mean, N_SHIFTS)).astype(float), np.ones(cell.size),
    )  # fmt: skip


TRAINING = make_training()
FITTED = TerrainModel().fit(TRAINING)


def chosen(fitted):
    return {entry["place"]: entry for entry in fitted.facts()["factors"]}


def same(first, second):
    assert first.facts() == second.facts()
    for name, values in first.arrays().items():
        assert values.tobytes() == second.arrays()[name].tobytes()


def test_terrain__finds_the_factors_and_their_relative_risks():
    found = chosen(FITTED)
    assert set(found) == set(RISKS)
    assert found["bar"]["how"] == "within 150 m"
    assert found["nightclub"]["how"].endswith("2 standard deviations above the mean")
    assert found["park"]["how"] == "in the cell"
    for place, risk in RISKS.items():
        assert found[place]["relative_risk"] == pytest.approx(risk, rel=0.2)
    assert FITTED.rate == pytest.approx(0.15, rel=0.1)


def test_terrain__expected_counts_are_the_rate_times_the_score():
    matrix = make_matrix(np.random.default_rng(5))
    score = FITTED.relative_risk(matrix)
    np.testing.assert_allclose(FITTED.expected_counts(matrix), FITTED.rate * score)
    holds = hold(FITTED.factors, matrix)
    assert (score[~holds.any(axis=0)] == 1).all()
    everything = holds.all(axis=0)
    assert everything.any() or holds.sum(axis=0).max() > 1
    assert np.corrcoef(np.log(score), np.log(truth(matrix)))[0, 1] > 0.95


def test_terrain__totals_are_right():
    expected = TRAINING.weight @ FITTED.expected_counts(TRAINING.matrix)
    assert expected == pytest.approx(TRAINING.weight @ TRAINING.count, rel=1e-3)


def test_terrain__places_that_do_not_matter_are_seldom_chosen():
    fits = [
        chosen(TerrainModel().fit(make_training(100 + seed, n_cells=1200))) for seed in range(20)
    ]
    assert sum(set(found) <= set(RISKS) for found in fits) >= 16
    assert sum(set(RISKS) <= set(found) for found in fits) >= 16
    for place, risk in RISKS.items():
        entries = [found[place] for found in fits if place in found]
        assert np.mean([entry["relative_risk"] for entry in entries]) == pytest.approx(
            risk, rel=0.1
        )
        covered = [low < risk < high for low, high in (e["interval_95"] for e in entries)]
        assert np.mean(covered) >= 0.8


def test_terrain__where_cells_differ_for_unknown_reasons_nothing_more_is_chosen():
    def flat(matrix):
        return np.full(matrix.shape[1], 0.3)

    fits = [
        TerrainModel().fit(make_training(200 + seed, flat, spread=1.2, n_cells=1200))
        for seed in range(20)
    ]
    assert np.mean([fitted.procedure["dispersion"] for fitted in fits]) > 2
    assert sum(not fitted.factors for fitted in fits) >= 15


def test_terrain__one_factor_of_a_category():
    places = [entry["place"] for entry in FITTED.facts()["factors"]]
    assert len(set(places)) == len(places)


def test_terrain__a_weight_stands_for_as_many_rows():
    order = np.repeat(np.arange(len(TRAINING.rows)), 3)
    repeated = TrainingRows(
        CATALOGUE, N_SHIFTS, 3, TRAINING.matrix[:, order], TRAINING.rows.take(order),
        TRAINING.count[order], np.ones(order.size),
    )  # fmt: skip
    weighted = TrainingRows(
        CATALOGUE, N_SHIFTS, 3, TRAINING.matrix, TRAINING.rows, TRAINING.count,
        3 * TRAINING.weight,
    )  # fmt: skip
    one, other = (TerrainModel().fit(training) for training in (repeated, weighted))
    assert [f.how for f in one.factors] == [f.how for f in other.factors]
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-9)
    assert one.procedure["cells"] == N_CELLS
    # The same incidents three times tell no more than once, and the dispersion knows it.
    assert one.procedure["dispersion"] == pytest.approx(3 * FITTED.procedure["dispersion"], rel=0.2)
    np.testing.assert_allclose(one.standard_errors, FITTED.standard_errors, rtol=0.1)


def test_terrain__a_weighted_sample_gives_what_all_rows_give():
    rng = np.random.default_rng(3)
    empty = TRAINING.count == 0
    sampled = ~empty | (rng.random(empty.size) < 0.25)
    sample = TRAINING.take(sampled)
    weight = np.where(sample.count == 0, 4.0, 1.0)
    thinned = TrainingRows(
        CATALOGUE, N_SHIFTS, 1, sample.matrix, sample.rows, sample.count, weight
    )  # fmt: skip
    found, full = chosen(TerrainModel().fit(thinned)), chosen(FITTED)
    assert set(found) == set(full)
    for place, entry in full.items():
        assert found[place]["relative_risk"] == pytest.approx(entry["relative_risk"], rel=0.15)


def test_terrain__from_parts_is_the_same_model():
    facts = json.loads(json.dumps(FITTED.facts()))
    again = FittedTerrain.from_parts(facts, FITTED.arrays())
    same(again, FITTED)
    np.testing.assert_array_equal(
        again.expected_counts(TRAINING.matrix), FITTED.expected_counts(TRAINING.matrix)
    )


def test_terrain__same_rows_same_bytes():
    same(TerrainModel().fit(make_training()), FITTED)


def test_terrain__without_places_it_is_the_mean_rate():
    bare = Catalogue(1095)
    training = TrainingRows(
        bare, N_SHIFTS, 1, np.zeros((len(bare.names), 6), np.float32),
        TRAINING.rows.take(np.arange(6)),
        np.array([0, 1, 0, 0, 1, 0.5]), np.array([2.0, 1, 1, 1, 1, 2]),
    )  # fmt: skip
    fitted = TerrainModel().fit(training)
    assert fitted.facts()["factors"] == []
    assert "no places" in fitted.facts()["procedure"]["note"]
    np.testing.assert_allclose(fitted.expected_counts(training.matrix), 3 / 8)
    same(FittedTerrain.from_parts(fitted.facts(), fitted.arrays()), fitted)


@pytest.mark.parametrize("n_incidents", [0, 1, 15, 25])
def test_terrain__few_incidents_are_no_reason_to_fail(n_incidents):
    count = np.zeros(len(TRAINING.rows))
    count[:n_incidents] = 1.0
    training = TrainingRows(
        CATALOGUE, N_SHIFTS, 1, TRAINING.matrix, TRAINING.rows, count, TRAINING.weight
    )
    fitted = TerrainModel().fit(training)
    assert not fitted.factors
    # Where nothing happened, half an incident is expected of everything: nothing is impossible.
    expected = max(n_incidents, 0.5) / count.size
    np.testing.assert_allclose(fitted.expected_counts(TRAINING.matrix), expected)


def test_terrain__all_incidents_in_one_cell_and_places_nowhere():
    matrix = TRAINING.matrix.copy()
    for entry in CATALOGUE.places:
        nothing = np.nan if entry.measure == "distance" else 0.0
        matrix[CATALOGUE.position(entry.feature.name)] = nothing
    count = np.where(TRAINING.rows.cell == 7, 50.0, 0.0)
    training = TrainingRows(CATALOGUE, N_SHIFTS, 1, matrix, TRAINING.rows, count, TRAINING.weight)
    assert not TerrainModel().fit(training).factors
    near = TrainingRows(
        CATALOGUE, N_SHIFTS, 1, TRAINING.matrix, TRAINING.rows, count, TRAINING.weight
    )
    assert np.isfinite(TerrainModel().fit(near).expected_counts(TRAINING.matrix)).all()


def test_terrain_model__a_block_has_a_length():
    with pytest.raises(ModelError, match="got -1"):
        TerrainModel(block_m=-1)


def test_list_factors__every_measure_has_its_ways():
    factors = list_factors(CATALOGUE, TRAINING.matrix, TRAINING.weight, 100.0)
    assert len(factors) == 4 * (len(BLOCKS) + 1) + 2
    bars = [f.how for f in factors if f.category == "bar" and f.measure == "distance"]
    assert bars == ["within 50 m", "within 100 m", "within 150 m", "within 200 m", "within 300 m"]
    within = hold(factors, TRAINING.matrix)
    for row, factor in zip(within, factors, strict=True):
        values = TRAINING.matrix[factor.column]
        low = {"distance": -np.inf, "density": factor.limit}.get(factor.measure, 1e-30)
        high = factor.limit if factor.measure == "distance" else np.inf
        np.testing.assert_array_equal(row, (values >= low) & (values <= high))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(0, 20))
def test_find_patterns__rows_of_a_pattern_are_alike(seed, n_factors):
    rng = np.random.default_rng(seed)
    holds = rng.random((n_factors, 60)) < 0.2
    patterns, pattern = find_patterns(holds)
    np.testing.assert_array_equal(patterns[pattern].T, holds)
    assert len({tuple(row) for row in patterns.tolist()}) == len(patterns)


def test_selection__adding_up_patterns_leaves_differences_of_the_likelihood_as_they_are():
    rng = np.random.default_rng(2)
    holds = rng.random((3, 400)) < 0.3
    exposure = rng.uniform(1, 5, 400)
    count = rng.poisson(exposure * np.exp(0.5 * holds[0])).astype(float)
    patterns, pattern = find_patterns(holds)
    selection = Selection(
        patterns, np.bincount(pattern, count), np.bincount(pattern, exposure),
        ("bar", "bar", "park"), 1.5, 400.0,
    )  # fmt: skip

    def by_row(columns):
        design = np.column_stack([np.ones(400), *(holds[list(columns)])])
        coefficients, _ = fit_log_linear(
            design, count, exposure, np.r_[0.0, np.full(len(columns), 0.01)]
        )
        eta = design @ coefficients
        deviance = -2 * (count @ eta - exposure @ np.exp(eta))
        return deviance / 1.5 + design.shape[1] * np.log(400)

    for columns in [(), (0,), (1, 2), (0, 2)]:
        assert selection.criterion(columns) == pytest.approx(by_row(columns), rel=1e-10)
    best = min([(), (0,), (1,), (2,), (0, 2), (1, 2)], key=by_row)
    assert selection.choose() == best


def make_regression(seed):
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(300), rng.random((300, 5)) < 0.4]).astype(float)
    exposure = rng.uniform(0.5, 3.0, 300)
    mean = exposure * np.exp(design @ [-0.5, 0.8, -0.6, 0.0, 0.0, 0.3])
    return design, rng.poisson(mean).astype(float), exposure


def test_fit_log_linear__equals_sklearn():
    design, count, exposure = make_regression(1)
    precision = np.r_[0.0, np.full(5, 3.0)]
    found, information = fit_log_linear(design, count, exposure, precision)
    # Its penalty is half alpha times the squares, added to the weighted mean of half deviances.
    sklearn = PoissonRegressor(alpha=3.0 / exposure.sum(), solver="newton-cholesky", tol=1e-10)
    sklearn.fit(design[:, 1:], count / exposure, exposure)
    np.testing.assert_allclose(found, np.r_[sklearn.intercept_, sklearn.coef_], atol=1e-6)
    expected = exposure * np.exp(design @ found)
    np.testing.assert_allclose(information, design.T @ np.diag(expected) @ design
                               + np.diag(precision))  # fmt: skip


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 1.2))
def test_fit_elastic_net__no_step_makes_it_better(seed, share):
    design, count, exposure = make_regression(seed)
    spread = design[:, 1:].std(axis=0)
    penalty = share * strongest_penalty(design, count, exposure, spread)
    start = np.r_[np.log(count.sum() / exposure.sum()), np.zeros(5)]
    found = fit_elastic_net(design, count, exposure, spread, penalty, start)

    def objective(coefficients):
        eta = design @ coefficients
        scaled = spread * coefficients[1:]
        loss = (exposure @ np.exp(eta) - count @ eta) / count.sum()
        net = LASSO_SHARE * np.abs(scaled).sum() + (1 - LASSO_SHARE) / 2 * scaled @ scaled
        return loss + penalty * net

    assert (share < 1) or not found[1:].any()
    for column in range(6):
        for step in (-1e-3, 1e-3):
            moved = found.copy()
            moved[column] += step
            assert objective(moved) > objective(found) - 1e-10
