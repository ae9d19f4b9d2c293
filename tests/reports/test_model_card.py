"""The model card: it tells what there is, and nothing where there is nothing."""

from __future__ import annotations

import copy
import re

import pytest
from reports.backtest_documents import make_card
from reports.pages import Page, assert_self_contained

from evenbeat.core.reports.feature_words import feature_label, feature_meaning
from evenbeat.core.reports.model_card import write_model_card
from evenbeat.core.reports.page import NOT_A_FORECAST_OF_CRIME

BARE = {"crime_type": "motor_vehicle_theft", "kind": "smoothed count", "why": "only 20 days <now>"}


def write(folder, card, name="card.html"):
    text = write_model_card(folder / name, card=card).read_text("utf-8")
    assert_self_contained(text)
    return text


def plain(text):
    return re.sub(r"\s+", " ", " ".join(Page(text).text).replace("\xa0", " "))


def test_write_model_card__all_there_is(tmp_path):
    text = write(tmp_path, make_card())
    words = plain(text)
    for needed in (
        NOT_A_FORECAST_OF_CRIME, "several models added up", "it told the most information",
        "2017-01-01 06:00 UTC", "2016-01-01 to 2016-12-31", "11,947", "Chosen: blend of models",
        "903 crimes", "The 20 most important features", "How it matters", "liquor outlet",
        "1.92", "1.71 to 2.15", "Observed over expected: 0.98", "Édouard-Montpetit",
        "crimes within 250 m in the last 28 days", "1 of 23 rest on layers without dates",
        "mixture, uniform", "40 values, from 0 to 39", "Knows reported crime alone.",
        "<no one>", "No column about a person is an input.", "stack-5c1f", "°C",
    ):  # fmt: skip
        assert needed in words, needed
    assert "&lt;no one&gt;" in text
    figures = Page(text).figures
    assert len(figures) == 13
    assert "count of 28 days −0.400" in figures[0]
    assert "fading violent, 60 days, 500 m" in figures[2]
    assert figures[2].count(";") == 19


def test_write_model_card__only_what_must_be_there(tmp_path):
    text = write(tmp_path, BARE)
    words = plain(text)
    assert "motor vehicle theft" in words
    assert "a smoothed count of past crimes" in words
    assert "only 20 days <now>" in words
    assert Page(text).figures == []
    for absent in ("Better than counting", "What matters", "Relative risks", "All features",
                   "Parameters", "Limits", "Policy", "None", "Does what is expected"):  # fmt: skip
        assert absent not in words


@pytest.mark.parametrize("key", sorted(set(make_card()) - {"crime_type", "kind", "why"}))
def test_write_model_card__any_key_may_be_missing(tmp_path, key, monkeypatch):
    # Figures have tests of their own; here they would be drawn twenty times over.
    module = "evenbeat.core.reports.model_card"
    for name in ("candidates_figure", "importance_figure", "reliability_figure"):
        monkeypatch.setattr(f"{module}.{name}", lambda *_, **__: None)
    monkeypatch.setattr(f"{module}.dependence_figures", lambda _: [])
    for value in ("missing", None):
        card = make_card()
        card.pop(key) if value == "missing" else card.update({key: None})
        assert "None" not in plain(write(tmp_path, card))


def test_write_model_card__same_card_same_bytes(tmp_path):
    card = make_card()
    before = copy.deepcopy(card)
    assert write(tmp_path, card) == write(tmp_path, card, "again.html")
    assert card == before


def test_write_model_card__partly_known(tmp_path):
    card = {
        **BARE, "features": 48, "undated_features": ["temperature"],
        "validation": {"candidates": {"glm": {"gain_nats": None, "hit_rate": None}}},
        "calibration": {"by_district": {"1": {"observed": 3, "expected": 2.5,
                                              "observed_over_expected": 1.2}}},
        "partial_dependence": [{"feature": "pay$day$", "unit": "1", "values": [1.0],
                                "expected": [0.0]}],
        "parameters": {"relative_risks": [], "note": None, "on": True, "names": []},
    }  # fmt: skip
    words = plain(write(tmp_path, card))
    assert "Features without dates" in words
    assert "Observed over expected, by district" in words
    assert "1.20" in words
    assert "Relative risks" not in words


def test_write_model_card__at_most_nine_panels_with_one_scale(tmp_path):
    panel = {"feature": "count_28d", "unit": "incidents", "values": [0, 1], "expected": [0, 0.1]}
    card = {**BARE, "partial_dependence": [panel] * 12}
    assert len(Page(write(tmp_path, card)).figures) == 9


@pytest.mark.parametrize(
    ("name", "meaning"),
    [("decay_30d_0m", "past crimes in the cell, half as important after 30 days"),
     ("theft_decay_730d_200m", "past theft in and around the cell (spread over 200 m), half as"
      " important after 2 years"),
     ("property_1095d_300m", "property crimes of all types in and around the cell (spread over"
      " 300 m) in the last 3 years"),
     ("same_season_300m", "crimes in and around the cell (spread over 300 m) at the same time of"
      " earlier years"),
     ("share_residential_area", "share of the cell that is residential area")],
)  # fmt: skip
def test_feature_meaning__of_each_form(name, meaning):
    assert feature_meaning(name) == meaning


def test_feature_words__tell_every_feature_of_the_catalogue_apart():
    from evenbeat.core.features.catalogue import Catalogue

    places = (("bar", "distance", True), ("bar", "density", True), ("street", "length", True),
              ("park", "share", True))  # fmt: skip
    names = Catalogue(2920, places).names
    meanings = [feature_meaning(name) for name in names]
    labels = [feature_label(name) for name in names]
    assert len(set(meanings)) == len(set(labels)) == len(names)
    assert not [label for label in labels if re.search(r"\d[dm]\b|_", label)]
