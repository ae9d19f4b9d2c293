"""The summary: every key of its contract, numbers that agree, what is refused."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from backtest.backtests import daily, dates_from, score, simulated, small_grid

from evenbeat.core.backtest import (
    Budget,
    Scores,
    WindowFacts,
    metrics,
    summarize_severity,
    summarize_type,
)
from evenbeat.core.backtest.breakdowns import plain_number
from evenbeat.core.errors import BacktestError

GRID = small_grid()
BUDGETS = [Budget.of_area(0.1, GRID), Budget.of_boxes(2, GRID)]
MODELS = ("evenbeat", "count_28", "count_365")
N_WINDOWS = 120

BUDGET_KEYS = {
    "label", "area_share", "cells", "area_km2", "hits", "hits_pessimistic", "hit_rate",
    "hit_rate_low", "hit_rate_high", "pai", "pei", "rri", "ser", "precision_per_box_shift",
    "stability",
}  # fmt: skip
MODEL_KEYS = {
    "budgets", "gain_nats", "log_score", "deviance", "expected_total", "observed_over_expected",
    "reliability", "by_quarter", "by_district", "over_time",
}  # fmt: skip
PAIRED_KEYS = {
    "baseline", "difference_points", "difference_low", "difference_high", "relative",
    "relative_low", "relative_high", "share_above_zero",
}  # fmt: skip


@pytest.fixture(scope="module")
def scores():
    expected, observed = simulated(GRID, N_WINDOWS, n_models=3, seed=9)
    return score(expected, observed, GRID, BUDGETS, models=MODELS)


@pytest.fixture(scope="module")
def told(scores):
    return summarize(scores)


def summarize(scores, *, windows=None, budgets=BUDGETS, grid=GRID, **changes):
    arguments = {"model": "evenbeat", "baselines": MODELS[1:], "seed": 3, **changes}
    windows = windows or daily(scores.n_windows)
    return summarize_type(scores, budgets=budgets, grid=grid, windows=windows, **arguments)


def walk(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)
    else:
        yield value


def test_summarize_type__holds_plain_json_alone(told):
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert all(type(value) in {int, float, str, type(None)} for value in walk(told))


def test_summarize_type__has_the_keys_of_its_contract(told):
    assert set(told) == {
        "events", "events_beside", "windows", "first", "last", "bootstrap", "best_baseline",
        "models", "paired", "paired_all",
    }  # fmt: skip
    assert (told["windows"], told["first"], told["last"]) == (120, "2017-01-01", "2017-04-30")
    assert list(told["models"]) == list(MODELS)
    for model in told["models"].values():
        assert set(model) == MODEL_KEYS
        assert list(model["budgets"]) == list(model["over_time"]) == ["area_0.1", "boxes_2"]
        assert all(set(budget) == BUDGET_KEYS for budget in model["budgets"].values())
        assert len(model["reliability"]) == 10
        assert [row["quarter"] for row in model["by_quarter"]] == ["2017Q1", "2017Q2"]
        assert [row["district"] for row in model["by_district"]] == ["d0", "d1", "d2"]
    assert all(set(paired) == PAIRED_KEYS for paired in told["paired"].values())


def test_summarize_type__numbers_are_those_of_the_scores(scores, told):
    budget, at = BUDGETS[0], told["models"]["evenbeat"]["budgets"]["area_0.1"]
    hits, events = scores.hits[0, :, 0].sum(), scores.observed.sum()
    assert (at["hits"], told["events"], at["cells"]) == (hits, events, 4)
    assert at["area_share"] == pytest.approx(4 / 41, abs=1e-6)
    assert at["area_km2"] == pytest.approx(0.09)
    assert at["hit_rate"] == pytest.approx(hits / events, rel=1e-5)
    assert at["hit_rate_low"] < at["hit_rate"] < at["hit_rate_high"]
    assert at["pai"] == pytest.approx(metrics.pai(hits, events, budget.share_of(GRID)), rel=1e-5)
    assert at["pei"] == pytest.approx(hits / scores.most_hits[:, 0].sum(), rel=1e-5)
    assert at["ser"] == pytest.approx(hits / (0.09 * 120), rel=1e-5)
    assert at["precision_per_box_shift"] == pytest.approx(hits / (4 * 360), rel=1e-5)
    assert at["hits_pessimistic"] == scores.hits_pessimistic[0, :, 0].sum()


def test_summarize_type__parts_add_up(told):
    for model in told["models"].values():
        for rows in (model["reliability"], model["by_quarter"], model["by_district"]):
            assert sum(row["observed"] for row in rows) == pytest.approx(told["events"])
            assert sum(row["expected"] for row in rows) == pytest.approx(
                model["expected_total"], rel=1e-5
            )
        for key, rows in model["over_time"].items():
            assert sum(row["hits"] for row in rows) == model["budgets"][key]["hits"]
            assert sum(row["events"] for row in rows) == told["events"]
        assert sum(row["cell_windows"] for row in model["reliability"]) == 120 * 41


def test_summarize_type__the_truth_is_reliable_and_beats_what_blurs_it(told):
    truth, blurred = told["models"]["evenbeat"], told["models"]["count_365"]
    assert truth["observed_over_expected"] == pytest.approx(1, abs=0.1)
    assert truth["gain_nats"] > blurred["gain_nats"]
    assert truth["deviance"] < blurred["deviance"]
    paired = told["paired"]["area_0.1"]
    assert paired["baseline"] == told["best_baseline"]["area_0.1"] == "count_28"
    assert 0 < paired["difference_low"] < paired["difference_points"] < paired["difference_high"]
    assert paired["share_above_zero"] > 0.99
    others = told["paired_all"]["area_0.1"]
    assert others["count_28"] == {k: v for k, v in paired.items() if k != "baseline"}
    assert others["count_365"]["relative"] > paired["relative"]


def test_summarize_type__is_the_same_for_blocks_in_any_order(scores, told):
    expected, observed = simulated(GRID, N_WINDOWS, n_models=3, seed=9)
    blocks = [
        score(expected[:, a:b], observed[a:b], GRID, BUDGETS, models=MODELS, first_window=a)
        for a, b in ((50, 120), (0, 17), (17, 50))
    ]
    assert json.dumps(summarize(Scores.concatenate(blocks))) == json.dumps(told)


def test_summarize_type__without_baselines_compares_nothing(scores):
    alone = summarize(scores, baselines=())
    assert alone["best_baseline"] == alone["paired"] == alone["paired_all"] == {}


def test_summarize_type__without_events_has_no_rates():
    expected, observed = simulated(GRID, 10, n_models=3)
    told = summarize(score(expected, 0 * observed, GRID, BUDGETS, models=MODELS))
    at = told["models"]["evenbeat"]["budgets"]["area_0.1"]
    assert told["events"] == at["hits"] == 0
    assert at["pai"] is at["hit_rate"] is at["hit_rate_low"] is at["pei"] is None
    assert told["models"]["evenbeat"]["gain_nats"] is None
    assert told["paired"]["area_0.1"]["difference_points"] is None


def test_summarize_type__measures_stability_from_day_to_day():
    # Three shifts that differ from one another and are the same every day.
    one_day = np.eye(3, GRID.n_inside) + 1e-3 * np.arange(GRID.n_inside)
    expected = np.tile(one_day, (8, 1))[None].astype(np.float32)
    scores = score(expected, np.zeros(expected.shape[1:]), GRID, BUDGETS, models=("evenbeat",))
    dates = tuple(date for date in dates_from(dt.date(2017, 1, 1), 8) for _ in range(3))
    shifts = WindowFacts(dates, shifts=1, days=1 / 3)
    told = summarize(scores, windows=shifts, baselines=())
    assert told["models"]["evenbeat"]["budgets"]["area_0.1"]["stability"] == 1
    assert (told["last"], told["bootstrap"]["block_windows"]) == ("2017-01-08", 3)


def test_summarize_type__refuses_what_was_not_scored(scores):
    for change, message in (
        ({"budgets": BUDGETS[:1]}, "Summarize with what was scored"),
        ({"grid": small_grid(districts=2)}, "3 districts, got"),
        ({"windows": daily(7)}, "cover 120 windows, got dates of 7"),
        ({"model": "other"}, "'other' was not scored"),
        ({"baselines": ("count_28", "evenbeat")}, "must differ"),
    ):
        with pytest.raises(BacktestError, match=message):
            summarize(scores, **change)


@pytest.mark.parametrize(
    ("dates", "shifts", "days"),
    [
        ((), 3, 1.0), ((dt.date(2017, 1, 2), dt.date(2017, 1, 1)), 3, 1.0),
        ((dt.date(2017, 1, 1),), 0, 1.0), ((dt.date(2017, 1, 1),), 3, 0.0),
    ],
)  # fmt: skip
def test_window_facts__refuses_what_is_no_window(dates, shifts, days):
    with pytest.raises(BacktestError, match="Windows need dates in order"):
        WindowFacts(dates, shifts, days)


@pytest.mark.parametrize(
    ("value", "plain"),
    [(1 / 3, 0.333333), (1e-5 / 3, 3.33333e-06), (12345.6789012, 12345.678901), (7.0, 7),
     (np.float64(0.5), 0.5), (-0.0, 0), (float("nan"), None), (float("inf"), None)],
)  # fmt: skip
def test_plain_number__rounds(value, plain):
    told = plain_number(value)
    assert told == plain
    assert type(told) is type(plain)


def severity(**changes):
    rng = np.random.default_rng(2)
    totals = rng.gamma(20, 5.0, 60)
    hits = np.stack([np.stack([totals * share, totals * 2 * share], axis=1)
                     for share in (0.3, 0.2, 0.25)])  # fmt: skip
    arguments = {
        "weighted_hits": hits, "weighted_totals": totals, "models": MODELS, "model": "evenbeat",
        "baselines": MODELS[1:], "budgets": BUDGETS, "windows": daily(60), "seed": 1, **changes,
    }  # fmt: skip
    return summarize_severity(**arguments)


def test_summarize_severity__weighs_all_types_together():
    told = severity()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    at = told["models"]["evenbeat"]["area_0.1"]
    assert (at["hit_rate"], at["hit_rate_low"], at["hit_rate_high"]) == (0.3, 0.3, 0.3)
    assert told["models"]["count_28"]["boxes_2"]["hit_rate"] == 0.4
    assert told["paired"]["area_0.1"]["baseline"] == "count_365"
    assert told["paired"]["area_0.1"]["relative"] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"windows": daily(59)}, r"must have shape \(3, 59, 2\)"),
        ({"budgets": BUDGETS[:1]}, r"must have shape \(3, 60, 1\)"),
        ({"model": "other"}, r"\['other'\] are not among"),
    ],
)
def test_summarize_severity__refuses(change, message):
    with pytest.raises(BacktestError, match=message):
        severity(**change)
