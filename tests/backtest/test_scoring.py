"""Scores: against the oracle, over blocks, to arrays and back, and what is refused."""

from __future__ import annotations

import io
import itertools

import naive_backtest as naive
import numpy as np
import pytest
from backtest.backtests import forecasts, home_of, score, simulated, small_grid, starts
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.backtest import Budget, Scores, metrics, score_windows
from evenbeat.core.backtest.flagging import draw_ties
from evenbeat.core.backtest.likelihood import information_gain
from evenbeat.core.errors import BacktestError

GRID = small_grid()


def budgets_of(grid):
    return [Budget.of_area(0.1, grid), Budget.of_boxes(2, grid), Budget.of_area(0.3, grid)]


def same_bits(first, second):
    ours, theirs = first.to_arrays(), second.to_arrays()
    return ours.keys() == theirs.keys() and all(
        values.dtype == theirs[name].dtype and values.tobytes() == theirs[name].tobytes()
        for name, values in ours.items()
    )


def score_blocks(expected, observed, grid, cuts):
    edges = [0, *cuts, len(observed)]
    return [
        score(
            expected[:, begin:end], observed[begin:end], grid, budgets_of(grid), first_window=begin
        )
        for begin, end in itertools.pairwise(edges)
    ]


def test_score_windows__worked_by_hand():
    grid = small_grid(2, 3, 1)
    expected = [[[0.5, 0.2, 0.2, 0.1, 0.0]]]
    scores = score(expected, [[1, 0, 2, 0, 1]], grid, [Budget("2 cells", "cells_2", 2)])
    assert scores.observed.tolist() == [4]
    assert scores.most_hits.tolist() == [[3]]
    assert scores.hits.item() in {1, 3}
    assert scores.hits_pessimistic.item() == 1
    assert scores.expected_flagged.item() == pytest.approx(0.7)
    assert scores.expected.item() == pytest.approx(1.0)
    assert scores.log_sum.item() == pytest.approx(np.log(0.5) + 2 * np.log(0.2) + np.log(1e-9))
    assert scores.bin_cells.sum() == 5
    assert scores.bin_observed.sum() == 4


@settings(deadline=None, max_examples=60)
@given(forecasts())
def test_score_windows__agrees_with_the_oracle(forecast):
    grid, expected, observed, budget, seed = forecast
    district = home_of(grid)
    windows = np.stack([observed, np.roll(observed, 1), observed[::-1]])
    issued = np.stack([expected, expected[::-1], np.roll(expected, 2)])
    scores = score(issued[None], windows, grid, [budget], first_window=4, seed=seed)
    ties = [draw_ties(seed, 4 + window, grid.n_inside) for window in range(3)]
    for window, (e, n, tie) in enumerate(zip(issued, windows, ties, strict=True)):
        assert scores.hits[0, window, 0] == naive.hits(e, n, budget, district, tie)
        assert scores.flagged[0][0, window].tolist() == naive.flag(e, budget, district, tie)
        assert scores.deviance[0, window] == pytest.approx(naive.deviance(n, e), abs=1e-9)
    if not observed.sum():
        return
    hits, events = scores.hits.sum(), scores.observed.sum()
    assert metrics.pai(hits, events, budget.share_of(grid)) == pytest.approx(
        naive.pai(issued, windows, budget, district, ties)
    )
    assert metrics.pei(hits, scores.most_hits.sum()) == pytest.approx(
        naive.pei(issued, windows, budget, district, ties)
    )
    gain = information_gain(scores.log_sum.sum(), scores.expected.sum(), events, 3 * grid.n_inside)
    assert gain == pytest.approx(naive.gain(windows, issued), rel=1e-9, abs=1e-9)


@settings(deadline=None, max_examples=20)
@given(st.sets(st.integers(1, 11)), st.booleans(), st.randoms(use_true_random=False))
def test_concatenate__gives_the_same_bits_however_windows_are_cut(cuts, weighted, random):
    expected, observed = simulated(GRID, n_windows=12, n_models=3)
    if weighted:
        observed = observed * np.linspace(0.1, 7.3, GRID.n_inside)
    whole = score(expected, observed, GRID, budgets_of(GRID))
    blocks = score_blocks(expected, observed, GRID, sorted(cuts))
    random.shuffle(blocks)
    assert same_bits(whole, Scores.concatenate(blocks))


def test_score_windows__gives_the_same_bits_for_any_layout_and_float_type():
    expected, observed = simulated(GRID)
    whole = score(expected, observed, GRID)
    strided = np.asfortranarray(expected.astype(np.float64))
    assert same_bits(whole, score(strided, np.asfortranarray(observed), GRID))


def test_score_windows__scores_a_model_as_if_it_were_alone():
    expected, observed = simulated(GRID, n_models=3)
    together, alone = score(expected, observed, GRID), score(expected[2:], observed, GRID)
    assert (together.hits[2] == alone.hits[0]).all()
    assert (together.log_sum[2] == alone.log_sum[0]).all()


def test_score_windows__districts_add_up():
    expected, observed = simulated(GRID)
    scores = score(expected, observed, GRID)
    assert scores.observed_by_district.sum(axis=1) == pytest.approx(scores.observed)
    assert scores.expected_by_district.sum(axis=2) == pytest.approx(scores.expected)
    assert scores.bin_expected.sum(axis=1) == pytest.approx(scores.expected.sum(axis=1), rel=1e-6)


def test_perfect_forecast__has_pei_1():
    _, observed = simulated(GRID)
    scores = score(observed[None].astype(float), observed, GRID, budgets_of(GRID))
    assert (scores.hits[0] == scores.most_hits).all()
    assert (scores.hits_pessimistic[0] == scores.most_hits).all()


def test_constant_forecast__has_pai_about_1_and_no_gain():
    _, observed = simulated(GRID, n_windows=400)
    level = observed.mean()
    scores = score(np.full((1, *observed.shape), level), observed, GRID, budgets_of(GRID))
    events = scores.observed.sum()
    for index, budget in enumerate(budgets_of(GRID)):
        hits = scores.hits[0, :, index].sum()
        assert metrics.pai(hits, events, budget.share_of(GRID)) == pytest.approx(1, abs=0.15)
        assert scores.hits_pessimistic[0, :, index].sum() < 0.5 * hits
    gain = information_gain(scores.log_sum.sum(), scores.expected.sum(), events, observed.size)
    assert gain == pytest.approx(0, abs=1e-9)


def test_from_arrays__makes_the_scores_again(tmp_path):
    expected, observed = simulated(GRID)
    scores = score(expected, observed, GRID, budgets_of(GRID))
    file = io.BytesIO()
    np.savez_compressed(file, **scores.to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        again = Scores.from_arrays(dict(arrays))
    assert same_bits(scores, again)
    assert again.models == scores.models
    assert again.budgets == scores.budgets


@pytest.mark.parametrize("lost", ["hits", "flagged_boxes_2", "models"])
def test_from_arrays__says_what_is_missing(lost):
    expected, observed = simulated(GRID)
    arrays = score(expected, observed, GRID, budgets_of(GRID)).to_arrays()
    del arrays[lost]
    with pytest.raises(BacktestError, match=f"lacks '{lost}'.*Score the block again"):
        Scores.from_arrays(arrays)


@pytest.mark.parametrize(
    ("firsts", "message"),
    [((0, 7), "Window 7 follows window 4"), ((0, 4), "Window 4 follows window 4")],
)
def test_concatenate__refuses_gaps_and_doubles(firsts, message):
    expected, observed = simulated(GRID, n_windows=5)
    blocks = [score(expected, observed, GRID, first_window=first) for first in firsts]
    with pytest.raises(BacktestError, match=message):
        Scores.concatenate(blocks)


def test_concatenate__refuses_nothing_and_what_does_not_belong_together():
    expected, observed = simulated(GRID, n_windows=5)
    one = score(expected, observed, GRID)
    with pytest.raises(BacktestError, match="no blocks"):
        Scores.concatenate([])
    for other in (
        score(expected, observed, GRID, first_window=5, models=("a", "b")),
        score(expected, observed, GRID, [Budget.of_area(0.2, GRID)], first_window=5),
    ):
        with pytest.raises(BacktestError, match="differ in models, budgets or districts"):
            Scores.concatenate([one, other])


def test_model__names_the_models_there_are():
    expected, observed = simulated(GRID, n_windows=2)
    scores = score(expected, observed, GRID)
    assert scores.model("m1") == 1
    with pytest.raises(BacktestError, match="'m9' was not scored; there are m0, m1"):
        scores.model("m9")


def bad_arguments():
    expected, observed = simulated(GRID, n_windows=3)
    endless, missing = expected.copy(), expected.copy()
    endless[0, 0, 0], missing[0, 0, 0] = np.inf, np.nan
    other = small_grid(3, 3, 1)
    area = Budget.of_area(0.1, GRID)
    return [
        ({"expected": expected[:, :2]}, r"must have shape \(2, 3, 41\)"),
        ({"observed": observed[:, 1:]}, r"observed \(3, 41\), got"),
        ({"models": ("a", "a")}, "models with different names"),
        ({"expected": -expected}, "expected must hold finite counts of at least 0"),
        ({"expected": endless}, "expected must hold finite counts"),
        ({"expected": missing}, "expected must hold finite counts"),
        ({"observed": observed - 1}, "observed must hold finite counts"),
        ({"budgets": []}, "at least one; got"),
        ({"budgets": [area, area]}, "must have different keys"),
        ({"budgets": [Budget("all", "all", 42)]}, "flags more cells than the grid has"),
        ({"budgets": [Budget.of_boxes(2, other)]}, "is of other districts"),
        ({"window_starts_s": starts(3)[::-1]}, "must start one after the other"),
        ({"first_window": -1}, "numbered from 0"),
    ]


@pytest.mark.parametrize(("change", "message"), bad_arguments())
def test_score_windows__refuses(change, message):
    expected, observed = simulated(GRID, n_windows=3)
    arguments = {
        "expected": expected, "observed": observed, "models": ("a", "b"),
        "budgets": [Budget.of_area(0.1, GRID)], "grid": GRID, "window_starts_s": starts(3),
        "first_window": 0, "seed": 1,
    }  # fmt: skip
    with pytest.raises(BacktestError, match=message):
        score_windows(**{**arguments, **change})
