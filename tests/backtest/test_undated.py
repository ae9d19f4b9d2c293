"""With and without layers that carry no dates: what is left out, and what the page says of it."""

import dataclasses
import json
import re

import numpy as np
import pandas as pd
import pytest
from backtest.rolling_scene import FIRST, make_backtest
from reports.backtest_documents import area_budgets, make_document, make_type, nij_budgets
from reports.pages import Page, assert_self_contained

from evenbeat.core.backtest.document import write_document
from evenbeat.core.backtest.rolling import run_block
from evenbeat.core.backtest.subject import MODEL, study_at
from evenbeat.core.backtest.undated import (
    Undated,
    compare_undated,
    find_undated,
    leave_out_undated,
)
from evenbeat.core.errors import BacktestError
from evenbeat.core.features import Layers
from evenbeat.core.models.selection import Choice
from evenbeat.core.reports.backtest import write_backtest

CHOICES = {"theft": Choice("boosted")}


def dated(city):
    """The layers of a city, every row with its date."""
    places, events, weather = city.places.copy(), city.events.copy(), city.weather.copy()
    places["dated"] = True
    events["known_at"] = events["known_at"].fillna(events["starts_at"] - pd.Timedelta(30, "D"))
    issued = weather["date"].dt.tz_localize("UTC").astype(weather["issued_at"].dtype)
    weather["issued_at"] = weather["issued_at"].fillna(issued - pd.Timedelta(1, "D"))
    return Layers(places, events, weather)


def marked(city, category="bar"):
    """The same with one place of a category undated."""
    layers = dated(city)
    first = layers.places.index[layers.places["category"] == category][0]
    layers.places.loc[first, "dated"] = False
    return layers


def scene_of(city, layers, **options):
    scene = make_backtest(city, crime_types=("theft",), **{"n_days": 6, "refit_days": 6, **options})
    return dataclasses.replace(scene, layers=layers)


@pytest.fixture(scope="module")
def both(small_city):
    """A back-test with an undated category, and its blocks with and without it."""
    backtest = scene_of(small_city, marked(small_city), n_days=12)
    blind = leave_out_undated(backtest)
    done = [[run_block(one, block, CHOICES) for block in one.schedule.blocks]
            for one in (backtest, blind)]  # fmt: skip
    return backtest, *done


def test_find_undated__one_place_without_a_date_marks_its_category(small_city):
    assert find_undated(scene_of(small_city, dated(small_city))) == Undated()
    found = find_undated(scene_of(small_city, marked(small_city)))
    assert found == Undated((), ("bar",))
    assert found.to_dict() == {"layers": [], "places": ["bar"]}


def test_find_undated__events_and_weather(small_city):
    layers = dated(small_city)
    layers.events["known_at"] = pd.NaT
    layers.weather["issued_at"] = pd.NaT
    layers.weather.loc[layers.weather["date"].dt.date == FIRST, "kind"] = "forecast"
    backtest = scene_of(small_city, layers)
    assert find_undated(backtest) == Undated(("events", "weather"), ())
    blind = leave_out_undated(backtest)
    assert blind.layers.events is None
    assert blind.layers.weather is None
    assert blind.layers.places is layers.places


def test_leave_out_undated__no_feature_is_left_of_it(small_city):
    backtest = scene_of(small_city, marked(small_city))
    blind = leave_out_undated(backtest)
    first = backtest.schedule.first
    names, fewer = (study_at(one, first).catalogue.names for one in (backtest, blind))
    gone = set(names) - set(fewer)
    assert gone == {"distance_bar", "density_bar"}
    kept = blind.layers.places
    assert set(kept["category"]) == set(backtest.layers.places["category"]) - {"bar"}
    only_bars = dataclasses.replace(
        backtest,
        layers=Layers(backtest.layers.places[backtest.layers.places["category"] == "bar"]),
    )
    assert leave_out_undated(only_bars).layers.places is None


def test_leave_out_undated__refuses_where_all_has_dates(small_city):
    with pytest.raises(BacktestError, match=r"nothing to leave out\. Run again without"):
        leave_out_undated(scene_of(small_city, dated(small_city)))


def test_leave_out_undated__what_is_undated_changes_no_forecast(small_city):
    backtest = scene_of(small_city, marked(small_city))
    moved = marked(small_city)
    bars = moved.places["category"] == "bar"
    moved.places.loc[bars, "geometry"] = moved.places.loc[bars, "geometry"].translate(800.0, 500.0)
    other = dataclasses.replace(backtest, layers=moved)
    block = backtest.schedule.blocks[0]

    def issued(asked):
        return run_block(asked, block, CHOICES).types["theft"].issued

    assert (issued(backtest) != issued(other)).any()
    np.testing.assert_array_equal(
        issued(leave_out_undated(backtest)), issued(leave_out_undated(other))
    )


def test_compare_undated__figures_are_those_of_each_run(both):
    backtest, done, blind = both
    told = compare_undated(backtest, done, blind)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["left_out"] == {"layers": [], "places": ["bar"]}
    theft = told["types"]["theft"]
    alone = [
        write_document(one, results, provenance={"id": "x"})["types"]["theft"]
        for one, results in ((backtest, done), (leave_out_undated(backtest), blind))
    ]
    for side, whole in zip(("with", "without"), alone, strict=True):
        assert theft[side]["gain_nats"] == whole["models"][MODEL]["gain_nats"]
        assert theft[side]["kinds"] == whole["kinds"] == {"boosted": 2}
        for key, at in theft[side]["budgets"].items():
            assert at.items() <= whole["models"][MODEL]["budgets"][key].items()
    gain = theft["with"]["gain_nats"] - theft["without"]["gain_nats"]
    assert theft["gain"]["difference_nats"] == pytest.approx(gain, abs=2e-6)
    for key, paired in theft["paired"].items():
        hits = [theft[side]["budgets"][key]["hits"] for side in ("with", "without")]
        points = 100 * (hits[0] - hits[1]) / theft["events"]
        assert paired["difference_points"] == pytest.approx(points, abs=1e-5)
        assert paired["difference_low"] <= paired["difference_points"] <= paired["difference_high"]


def test_compare_undated__a_run_against_itself_differs_by_nothing(both):
    backtest, done, _ = both
    theft = compare_undated(backtest, done, done)["types"]["theft"]
    assert set(theft["gain"].values()) == {0}
    for paired in theft["paired"].values():
        assert (paired["difference_low"], paired["difference_high"]) == (0, 0)


def test_compare_undated__refuses_other_windows(both):
    backtest, done, blind = both
    with pytest.raises(BacktestError, match="same windows and incidents"):
        compare_undated(backtest, done, blind[:1])


def test_write_document__names_what_is_undated(both):
    backtest, done, blind = both
    whole = write_document(backtest, done, provenance={"id": "x"}, blind=blind)
    assert whole["settings"]["undated_places"] == ["bar"]
    assert whole["without_undated"] == compare_undated(backtest, done, blind)
    assert write_document(backtest, done, provenance={"id": "x"})["without_undated"] is None


BUDGETS = area_budgets((0.01, 0.05))


def page_of(folder, document):
    path = write_backtest(folder / "report.html", document=document, maps={})
    text = path.read_text("utf-8")
    assert_self_contained(text)
    return text, re.sub(r"\s+", " ", " ".join(Page(text).text).replace("\xa0", " "))


def compared(low, high):
    side = {"kinds": {"glm": 2}, "gain_nats": 0.912}
    hits = {"hit_rate": 0.12, "hit_rate_low": 0.11, "hit_rate_high": 0.13}
    middle = (low + high) / 2
    return {
        "events": 4000,
        "with": {**side, "budgets": {b["key"]: {"hits": 480, **hits} for b in BUDGETS}},
        "without": {
            **side, "gain_nats": 0.881,
            "budgets": {b["key"]: {**hits, "hits": 431, "hit_rate": 0.10775} for b in BUDGETS},
        },
        "paired": {b["key"]: {"difference_points": middle, "difference_low": low,
                              "difference_high": high} for b in BUDGETS},
        "gain": {"difference_nats": 0.031, "difference_low": -0.002, "difference_high": 0.06},
    }  # fmt: skip


def test_page__says_that_undated_layers_were_in_it_and_how_to_see_it_without(tmp_path):
    document = make_document({"robbery": make_type(budgets=BUDGETS)}, budgets=BUDGETS,
                             undated_layers=["weather"],
                             undated_places=["liquor_outlet", "bar"])  # fmt: skip
    text, words = page_of(tmp_path, {**document, "without_undated": None})
    names = "weather and places (liquor outlet, bar)"
    assert f"Layers without dates were among the features of this test: {names}." in words
    assert f"{document['provenance']['command']} --without-undated" in words
    assert "#undated" in Page(text).links
    dated_page, plain = page_of(
        tmp_path, make_document({"robbery": make_type(budgets=BUDGETS)}, budgets=BUDGETS)
    )
    assert "--without-undated" not in plain
    assert 'id="undated"' not in dated_page


def test_page__shows_both_side_by_side(tmp_path):
    types = {name: make_type(budgets=BUDGETS) for name in ("robbery", "theft")}
    document = make_document(types, budgets=BUDGETS, undated_places=["bar"])
    document["without_undated"] = {
        "left_out": {"layers": [], "places": ["bar"]},
        "types": {"robbery": compared(0.2, 1.8), "theft": compared(-0.4, 0.6)},
    }
    _, words = page_of(tmp_path, document)
    assert "run once more without them" in words
    assert (
        "robbery 480 431 12.0 % 10.8 % +1.00 +0.20 to +1.80 0.912 0.881 +0.031 −0.002 to +0.060"
        in words
    )
    assert "theft 480 431 12.0 % 10.8 % +0.10 −0.40 to +0.60" in words
    assert "lies above zero for robbery: there the layers help, or they know what came" in words
    assert "--without-undated" not in words
    for one in document["without_undated"]["types"].values():
        one["paired"] = compared(-0.4, 0.6)["paired"]
    assert "No interval of the hits lies above zero" in page_of(tmp_path, document)[1]


def test_page__the_contest_says_how_many_lay_beside_the_cells(tmp_path):
    budgets = nij_budgets()
    told = {**make_type(400, 2, budgets=budgets), "events_beside": 12.5}
    document = make_document({"burglary": told}, budgets=budgets, rules="nij")
    _, words = page_of(tmp_path, document)
    assert "burglary 12.5 of 400" in words
    assert "12.5 of them lay in the jurisdiction but in no cell" in words
    assert "388 reported in the cells" in words
