"""Forecasts of the past that know nothing of what they forecast."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from backtest.rolling_scene import CHOICES, FIRST, known_of, make_backtest

from evenbeat.core.backtest.document import write_document
from evenbeat.core.backtest.results import from_arrays, to_arrays
from evenbeat.core.backtest.rolling import choose_for, run_block
from evenbeat.core.backtest.scores import Scores
from evenbeat.core.backtest.subject import MODEL, MODELS
from evenbeat.core.features import Study
from evenbeat.core.forecast import FittedModels, forecast_day
from evenbeat.core.forecast.fit import gather_training, learn_type
from evenbeat.core.forecast.fitted import calendar_starts

DAYS = pd.Timedelta(1, "D")
pytestmark = pytest.mark.xdist_group("rolling")  # its blocks take long to make


@pytest.fixture(scope="module")
def backtest(small_city):
    return make_backtest(small_city)


@pytest.fixture(scope="module")
def results(backtest):
    return [run_block(backtest, block, CHOICES) for block in backtest.schedule.blocks]


def midnight(backtest, day):
    date = FIRST + dt.timedelta(days=day)
    return pd.Timestamp(dt.datetime.combine(date, dt.time(), backtest.calendar.zone))


def test_run_block__what_happens_after_the_cutoff_changes_no_forecast(
    small_city, backtest, results
):
    for day in (0, 3, 8):
        cutoff = midnight(backtest, day)
        table = known_of(small_city)
        later = table["reported_at"].fillna(table["occurred_to"]) >= cutoff
        moved = table.assign(
            easting=table["easting"].where(~later, table["easting"] + 900.0),
            crime_type=table["crime_type"].where(~later, "theft"),
        )
        block = backtest.schedule.blocks[day // 7]
        found = run_block(make_backtest(small_city, incidents=moved), block, CHOICES)
        window = day - 7 * (day // 7)
        for name in CHOICES:
            honest = results[block.number].types[name].issued[: window + 1]
            np.testing.assert_array_equal(found.types[name].issued[: window + 1], honest)


def test_run_block__a_forecast_is_what_the_day_would_have_been_given(small_city, backtest, results):
    block, name, day = backtest.schedule.blocks[0], "burglary", 4
    study = Study(
        backtest.grid, backtest.agency, backtest.incidents, backtest.layers,
        _catalogue(backtest), midnight(backtest, 0).to_pydatetime(),
    )  # fmt: skip
    training, days = gather_training(study, backtest.calendar, backtest.settings, name)
    fitted = learn_type(study, backtest.settings, name, training, days, CHOICES[name])
    models = FittedModels(
        {name: fitted}, study.catalogue, backtest.grid.fingerprint, backtest.calendar.timezone,
        calendar_starts(backtest.calendar), study.cutoff.astimezone(dt.UTC), 0, 1,
    )  # fmt: skip
    cutoff = midnight(backtest, day).to_pydatetime()
    told = forecast_day(
        models=models, grid=backtest.grid, calendar=backtest.calendar,
        date=FIRST + dt.timedelta(days=day), incidents=known_of(small_city),
        layers=backtest.layers, agency=backtest.agency, cutoff=cutoff, provenance={},
    )  # fmt: skip
    daily = told.risk["expected_count"].values[0].sum(axis=0)[backtest.grid.mask]
    np.testing.assert_allclose(results[block.number].types[name].issued[day], daily, rtol=2e-3)


def _catalogue(backtest):
    from evenbeat.core.features import Catalogue, list_place_measures, list_undated_layers

    cutoff = midnight(backtest, 0).to_pydatetime()
    return Catalogue(
        backtest.settings.history_days, list_place_measures(backtest.layers, cutoff),
        list_undated_layers(backtest.layers, cutoff),
    )  # fmt: skip


def test_run_block__counts_what_happened_on_the_service_days(small_city, backtest, results):
    scores = Scores.concatenate([result.types["theft"].scores for result in results])
    assert scores.models == MODELS
    assert scores.n_windows == 12
    table = known_of(small_city)
    first, last = (backtest.calendar.shifts_on(FIRST + dt.timedelta(days=d))[0].start
                   for d in (0, 12))  # fmt: skip
    inside = (table["crime_type"] == "theft") & (table["weight"] > 0)
    inside &= (table["occurred_from"] >= first) & (table["occurred_to"] < last)
    row, column = backtest.grid.locate(table["easting"], table["northing"])
    inside &= (row >= 0) & backtest.grid.mask[row, column]
    assert scores.observed.sum() == pytest.approx(inside.sum(), abs=4)  # windows may stick out


def test_run_block__a_lag_hides_the_newest_days(small_city):
    lagged = make_backtest(small_city, n_days=4, gap_days=5, crime_types=("theft",))
    honest = run_block(lagged, lagged.schedule.blocks[0], CHOICES).types["theft"].issued
    table = known_of(small_city)
    hidden = table["reported_at"].fillna(table["occurred_to"]) >= midnight(lagged, -5)
    moved = table.assign(easting=table["easting"].where(~hidden, table["easting"] + 900.0))
    again = make_backtest(small_city, incidents=moved, n_days=4, gap_days=5, crime_types=("theft",))
    found = run_block(again, again.schedule.blocks[0], CHOICES).types["theft"].issued
    np.testing.assert_array_equal(found[0], honest[0])
    assert (found[3] != honest[3]).any()


def test_run_block__a_type_that_never_happened(small_city):
    backtest = make_backtest(small_city, n_days=2, crime_types=("theft", "arson"), kind="best",
                             maximum_rows=4000, minimum_incidents=10**6)  # fmt: skip
    choices = {name: choose_for(backtest, FIRST, name) for name in ("theft", "arson")}
    result = run_block(backtest, backtest.schedule.blocks[0], choices)
    arson = result.types["arson"].scores
    assert arson.observed.sum() == 0
    assert 0 <= arson.expected[0].sum() < 1
    document = write_document(backtest, [result], provenance={"id": "x"})
    assert document["types"]["arson"]["events"] == 0


def test_run_block__twice_gives_the_same_bits(backtest, results):
    again = run_block(backtest, backtest.schedule.blocks[1], CHOICES)
    for name, found in again.types.items():
        assert found.issued.tobytes() == results[1].types[name].issued.tobytes()
        for key, values in found.scores.to_arrays().items():
            assert values.tobytes() == results[1].types[name].scores.to_arrays()[key].tobytes()


def test_results__to_arrays_and_back(results):
    kept = to_arrays(results[0], with_forecasts=True)
    again = from_arrays(kept)
    assert again.types["theft"].facts == results[0].types["theft"].facts
    np.testing.assert_array_equal(again.types["theft"].issued, results[0].types["theft"].issued)
    without = from_arrays(to_arrays(results[0], with_forecasts=False))
    assert len(without.types["theft"].issued) == 0
    assert again.severity.hits.tobytes() == results[0].severity.hits.tobytes()


def test_write_document__is_plain_and_whole(backtest, results):
    import json

    document = write_document(backtest, results, provenance={"id": "x"})
    json.dumps(document, allow_nan=False)
    theft = document["types"]["theft"]
    assert theft["windows"] == 12
    assert set(theft["models"]) == set(MODELS)
    assert theft["models"][MODEL]["budgets"]["area_0.02"]["pai"] > 1
    assert 0.7 < theft["models"][MODEL]["observed_over_expected"] < 1.4
    assert 0.75 < theft["intervals"]["district_shift"] <= 1
    assert document["severity"]["weights"] == {"burglary": 20.0, "theft": 1.0}
    assert document["main_budget"] == "area_0.02"
    assert sum(theft["kinds"].values()) == 2


@pytest.mark.parametrize(("horizon", "n_windows"), [("shift", 42), ("week", 2)])
def test_run_block__other_horizons(small_city, horizon, n_windows):
    backtest = make_backtest(small_city, horizon=horizon, n_days=14, refit_days=14,
                             crime_types=("theft",))  # fmt: skip
    (block,) = backtest.schedule.blocks
    result = run_block(backtest, block, CHOICES)
    scores = result.types["theft"].scores
    assert scores.n_windows == n_windows
    assert result.severity is None
    ours = scores.model(MODEL)
    assert scores.expected[ours].sum() == pytest.approx(scores.observed.sum(), rel=0.35)
    count = scores.model("count_365")
    per_day = scores.expected[:, :].sum(axis=1)[[ours, count]] / 14
    assert per_day[0] == pytest.approx(per_day[1], rel=0.5)


def test_run_block__the_contest_counts_what_lies_in_no_cell(small_city):
    table = known_of(small_city).copy()
    table.loc[::5, "easting"] += 50_000.0
    options = {"incidents": table, "horizon": "week", "n_days": 14, "refit_days": 14}
    contest = make_backtest(small_city, rules="nij", **options)
    plain = make_backtest(small_city, **options)
    told, usual = (run_block(one, one.schedule.blocks[0], CHOICES) for one in (contest, plain))
    row, column = contest.grid.locate(table["easting"], table["northing"])
    inside = (row >= 0) & contest.grid.mask[row, column]
    first = contest.calendar.shifts_on(FIRST)[0].start.timestamp()
    last = contest.calendar.shifts_on(FIRST + dt.timedelta(days=14))[0].start.timestamp()
    for name in CHOICES:
        scores = told.types[name].scores
        asked = (table["crime_type"] == name) & (table["weight"] > 0) & ~inside
        amount = 0.0
        for incident in table[asked].itertuples():
            start, end = incident.occurred_from.timestamp(), incident.occurred_to.timestamp()
            if start == end:
                amount += first <= start < last
            else:
                amount += max(0.0, min(end, last) - max(start, first)) / (end - start)
        assert scores.beside.sum() == pytest.approx(amount, abs=1e-6)
        np.testing.assert_array_equal(scores.events, scores.observed + scores.beside)
        assert not usual.types[name].scores.beside.any()
        np.testing.assert_array_equal(scores.hits, usual.types[name].scores.hits)
    assert sum(told.types[name].scores.beside.sum() for name in CHOICES) > 10
    weighted = sum(
        contest.severity[name] * told.types[name].scores.events.sum() for name in CHOICES
    )
    assert told.severity.events.sum() == pytest.approx(weighted)
    again = from_arrays(to_arrays(told, with_forecasts=False))
    np.testing.assert_array_equal(
        again.types["theft"].scores.beside, told.types["theft"].scores.beside
    )


def test_choose_for__knows_the_past_alone(small_city):
    backtest = make_backtest(small_city, kind="best", crime_types=("theft",), maximum_rows=6000)
    choice = choose_for(backtest, FIRST, "theft")
    table = known_of(small_city)
    past = table[table["reported_at"].fillna(table["occurred_to"]) < midnight(backtest, 0)]
    blind = make_backtest(small_city, incidents=past.reset_index(drop=True), kind="best",
                          crime_types=("theft",), maximum_rows=6000)  # fmt: skip
    assert choose_for(blind, FIRST, "theft").to_dict() == choice.to_dict()
    assert choice.scores["mixture"]["gain_nats"] > 0
