"""The shipped tables of tactics and severity, and an agency's own."""

from __future__ import annotations

import pytest

from evenbeat.core.errors import PolicyError
from evenbeat.core.policy.features import place_categories
from evenbeat.core.policy.severity import load_severity
from evenbeat.core.policy.tactics import TacticsLibrary

TYPES = (
    "gunfire", "homicide", "rape", "aggravated_assault", "robbery", "burglary",
    "motor_vehicle_theft", "theft", "arson",
)  # fmt: skip
HEAD = "id,name,text,enforcement,crime_types,contexts,source\n"


@pytest.mark.parametrize("crime_type", TYPES)
@pytest.mark.parametrize(
    "categories", [(), ("bar",), ("transit_stop", "parking"), ("distance_arterial_street",)]
)
def test_for_box__non_enforcement_comes_first_for_every_type(crime_type, categories):
    chosen = TacticsLibrary.load().for_box(crime_type, categories, limit=4)
    flags = [tactic.enforcement for tactic in chosen]
    assert len(chosen) == 4
    assert flags == sorted(flags)
    assert sum(flags) <= 1
    assert all(tactic.suits(crime_type) for tactic in chosen)


def test_for_box__a_place_in_the_box_brings_its_tactics_forward():
    library = TacticsLibrary.load()
    assert library.for_box("aggravated_assault", ["distance_bar_m"])[0].id == "closing-time"
    assert "closing-time" not in [t.id for t in library.for_box("aggravated_assault", limit=3)]
    assert "licence-visit" not in [t.id for t in library.for_box("robbery", ["park"], limit=9)]


def test_tactics__every_row_is_sourced_and_no_id_repeats():
    tactics = TacticsLibrary.load().tactics
    assert all(tactic.source and tactic.text.endswith(".") for tactic in tactics)
    assert len({tactic.id for tactic in tactics}) == len(tactics)
    assert {name for tactic in tactics for name in tactic.crime_types} <= set(TYPES)
    assert {name for tactic in tactics for name in tactic.contexts} <= set(place_categories())


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("id,name\na,b\n", "lacks the columns"),
        (HEAD + "a,A,Do.,maybe,*,*,s\n", "yes or no"),
        (HEAD + "a,A,Do.,no,*,*,s\na,B,Do.,no,*,*,s\n", "repeats"),
        (HEAD + "a,A,,no,*,*,s\n", "needs a name and a text"),
    ],
)
def test_tactics__a_broken_table_is_refused(tmp_path, table, words):
    path = tmp_path / "tactics.csv"
    path.write_text(table, "utf-8")
    with pytest.raises(PolicyError, match=words):
        TacticsLibrary.load(path)


def test_tactics__an_agency_brings_its_own(tmp_path):
    path = tmp_path / "tactics.csv"
    path.write_text(HEAD + 'own,Own,"Parlez, écoutez.",no,theft,*,agency\n', "utf-8-sig")
    assert [t.text for t in TacticsLibrary.load(path).for_box("theft")] == ["Parlez, écoutez."]
    assert TacticsLibrary.load(path).for_box("arson") == ()


@pytest.mark.parametrize("preset", ["flat", "harm_index", "cost_of_crime"])
def test_load_severity__every_preset_knows_every_type(preset):
    assert set(load_severity(preset)) == set(TYPES)


def test_load_severity__order_of_harm():
    for preset in ("harm_index", "cost_of_crime"):
        weights = load_severity(preset)
        assert weights["homicide"] > weights["rape"] > weights["robbery"] > weights["burglary"]
        assert weights["burglary"] > weights["theft"] > 0


def test_load_severity__refuses_unknown_and_broken(tmp_path):
    with pytest.raises(PolicyError, match="known are"):
        load_severity("mild")
    path = tmp_path / "severity.csv"
    path.write_text("preset,crime_type,weight,unit,source\nown,theft,-3,1,x\n", "utf-8")
    with pytest.raises(PolicyError, match="at least 0"):
        load_severity("own", override=path)
    path.write_text("preset,weight\n", "utf-8")
    with pytest.raises(PolicyError, match="lacks the columns"):
        load_severity("own", override=path)
