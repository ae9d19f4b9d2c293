"""The crime and dosage page: never more certain than its best grade, never broken by gaps."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from reports.accounts.patrol_period import edition_of
from reports.pages import Page, assert_self_contained

from evenbeat.core.errors import InputError
from evenbeat.core.reports.accounts.crime_dosage import crime_dosage_report
from evenbeat.core.reports.accounts.crime_dosage_cautions import needs
from evenbeat.core.reports.accounts.crime_dosage_displacement import tell_displacement
from evenbeat.core.reports.accounts.crime_dosage_facts import WEEKLY, crime_dosage_facts
from evenbeat.core.reports.accounts.crime_dosage_words import detectable, plain_answer

UNITS_OF_OUTCOME = "reported incidents in 1,000 box-shifts"
RINGS = {
    "rows": [
        {"ring": "box", "treated_before": 20, "treated_after": 20, "control_before": 20,
         "control_after": 10},
        {"ring": "100-300 m", "treated_before": 50, "treated_after": 44, "control_before": 40,
         "control_after": 41},
    ],
    "wdd": 3.0, "wdd_low": -27.7, "wdd_high": 33.7, "wdq": None,
    "wdq_note": "the boxes did not do better than their controls.", "tne": -2.5, "notes": [],
}  # fmt: skip


def week(monday="2017-01-02", group="assigned", box_shifts=100, incidents=2.0, minutes=3000.0):
    rate = 1000 * incidents / box_shifts if box_shifts else float("nan")
    return {
        "week": monday, "group": group, "box_shifts": box_shifts, "incidents": incidents,
        "severity": 3 * incidents, "presence_minutes": minutes,
        "incidents_per_1000_box_shifts": rate,
    }  # fmt: skip


def weeks():
    return WEEKLY.frame([
        week(), week("2017-01-09", incidents=1.0, box_shifts=50, minutes=1000.0),
        week("2017-01-23"), week(group="held_out", box_shifts=20, incidents=1.0, minutes=40.0),
        week("2017-01-09", "held_out", 0, 0.0, 0.0), week(group="elsewhere", box_shifts=9000),
    ])  # fmt: skip


def estimate(grade="A", ratio=0.8, low=0.5, high=1.3, verdict="cannot tell", **given):
    return {
        "grade": grade, "design": "hold-outs", "outcome": "robbery", "treated_rate": 8.0,
        "control_rate": 10.0, "ratio": ratio, "ratio_low": low, "ratio_high": high,
        "difference": None, "difference_low": None, "difference_high": None, "p_value": 0.3,
        "n_treated": 250, "n_control": 20, "events_treated": 5, "events_control": 1,
        "minimum_detectable_percent": 58.0, "verdict": verdict, "sentence": "", "notes": [],
        **given,
    }  # fmt: skip


def facts_of(*estimates, weekly=None, displacement=None):
    return crime_dosage_facts(
        weekly=weeks() if weekly is None else weekly, estimates=estimates,
        displacement=displacement,
    )  # fmt: skip


def written(folder, *estimates, weekly=None, displacement=None):
    crime_dosage_report(
        folder, edition=edition_of("Crime and dosage"),
        weekly=weeks() if weekly is None else weekly, estimates=list(estimates),
        displacement=displacement, units_of_outcome=UNITS_OF_OUTCOME,
    )  # fmt: skip
    text = (folder / "crime_dosage.html").read_text(encoding="utf-8")
    assert_self_contained(text)
    page = Page(text)
    said = " ".join("".join(page.text).replace("\xa0", " ").split())
    for odd in ("nan", "None", "inf "):
        assert f" {odd}" not in said
        assert f">{odd}" not in text
    return page, said


def test_crime_dosage_facts__sums_and_rates_by_hand():
    sums = facts_of()["sums"]
    assert sums["assigned"] == {
        "box_shifts": 250, "incidents": 5.0, "severity": 15.0, "presence_minutes": 7000.0,
        "weeks": 3, "incidents_per_1000_box_shifts": 20.0, "minutes_per_box_shift": 28.0,
    }  # fmt: skip
    assert (sums["held_out"]["weeks"], sums["held_out"]["minutes_per_box_shift"]) == (1, 2.0)


def test_crime_dosage_facts__best_is_the_best_grade_that_has_an_interval():
    without = estimate("A", None, None, None)
    half = estimate("A", 0.7, None, float("nan"))
    order = facts_of(estimate("C"), without, estimate("B"), half)["estimates"]
    assert [one["grade"] for one in order] == ["B", "C", "A", "A"]
    assert facts_of(estimate("C"), estimate("A", design="second"), estimate("B"))["best"][
        "design"
    ] == "second"  # fmt: skip
    assert facts_of()["best"] is None


def test_crime_dosage_facts__net_is_the_change_against_controls():
    rows = facts_of(displacement=RINGS)["displacement"]["rows"]
    assert [row["net"] for row in rows] == [10.0, -7.0]


@pytest.mark.parametrize(
    ("change", "match"),
    [({"week": "2017-01-03"}, "Monday"), ({"week": "soon"}, "Monday"), ({"group": "all"}, "group")],
)
def test_crime_dosage_facts__odd_weeks(change, match):
    with pytest.raises(InputError, match=match):
        facts_of(weekly=WEEKLY.frame([{**week(), **change}]))


def test_crime_dosage_facts__odd_grade():
    with pytest.raises(InputError, match="grade"):
        facts_of(estimate("D"))


def test_plain_answer__a_description_never_gives_a_verdict():
    given = estimate("C", 0.5, 0.4, 0.6, "reduced", sentence="Boxes saw fewer incidents.")
    told = plain_answer(facts_of(given))
    assert told["verdict"] == "cannot tell"
    assert told["sentence"] == "Cannot tell. Boxes saw fewer incidents."
    assert told["meaning"].startswith("descriptive: confounded")


def test_plain_answer__neither_does_an_estimate_without_an_interval():
    told = plain_answer(facts_of(estimate("A", 0.5, None, None, "reduced")))
    assert told["verdict"] == "cannot tell"
    assert told["interval"].replace("\xa0", " ") == "−50 %, without an interval"


def test_plain_answer__the_lottery_speaks_before_a_surer_comparison():
    told = plain_answer(facts_of(estimate("B", 0.5, 0.4, 0.6, "reduced"), estimate("A")))
    assert (told["grade"], told["verdict"]) == ("A", "cannot tell")
    assert told["sentence"] == "Cannot tell whether patrol changed robbery."
    assert told["interval"].replace("\xa0", " ") == "−20 % (95 % interval −50 % to +30 %)"


def test_plain_answer__an_interval_without_an_upper_end():
    told = plain_answer(facts_of(estimate("A", 4.0, 1.2, float("inf"), "increased")))
    assert told["verdict"] == "increased"
    assert told["interval"].replace("\xa0", " ") == (
        "+300 % (95 % interval +20 % to any number more)"
    )


def test_plain_answer__reduced_with_grade_and_interval():
    told = plain_answer(facts_of(estimate("A", 0.5, 0.3, 0.8, "reduced")))
    assert (told["verdict"], told["sentence"]) == ("reduced", "Patrol reduced robbery.")


def test_detectable__what_a_fall_of_twenty_percent_would_take():
    told = detectable(facts_of(estimate())["best"], weeks=12).replace("\xa0", " ")
    # (log 0.42 / log 0.80) squared is 15.1.
    assert "a fall of 58 % or more" in told
    assert "about 15 times as many box-shifts would be needed, or 181 weeks" in told
    sharp = facts_of(estimate(minimum_detectable_percent=12.0))["best"]
    assert "would be needed" not in detectable(sharp, weeks=12)
    described = facts_of(estimate("C"))["best"]
    assert "it takes hold-outs" in detectable(described, weeks=12)
    blunt = facts_of(estimate(minimum_detectable_percent=130.0))["best"]
    assert "not even the end of all" in detectable(blunt, weeks=12)
    none = facts_of(estimate(minimum_detectable_percent=None))["best"]
    assert "not even the end of all" in detectable(none, weeks=12)
    unknown = facts_of(estimate("A", None, None, None, minimum_detectable_percent=None))["best"]
    assert "not known" in detectable(unknown, weeks=12)


def test_needs__hold_outs_and_weeks():
    alone = WEEKLY.frame([week()])
    told = " ".join(needs(facts_of(weekly=alone)))
    assert "less than two weeks" in told
    assert "No box was held out by lot" in told
    assert needs(facts_of(estimate("A"), estimate("B"))) == []


def test_tell_displacement__signs_in_words():
    told = tell_displacement(facts_of(displacement=RINGS)["displacement"])
    assert told[0].startswith("WDD +3.0 incidents, interval −27.7 to +33.7: cannot tell.")
    assert "Below 0 means fewer" in told[0]
    assert told[1] == "WDQ cannot be had: the boxes did not do better than their controls."
    assert told[2].startswith("Total net effect (TNE) −2.5 incidents.")


@pytest.mark.parametrize(
    ("wdq", "words"),
    [(0.4, "gained too, less than"), (1.5, "gained too, more than"), (-0.4, "in part"),
     (-1.0, "or more"), (0.0, "did not change")],
)  # fmt: skip
def test_tell_displacement__what_the_quotient_means(wdq, words):
    told = facts_of(displacement={**RINGS, "wdq": wdq})["displacement"]
    assert words in tell_displacement(told)[1]


@pytest.mark.parametrize(("low", "high", "words"), [(-9, -1, "fewer than"), (1, 9, "more than")])
def test_tell_displacement__an_interval_on_one_side(low, high, words):
    told = facts_of(displacement={**RINGS, "wdd_low": low, "wdd_high": high})["displacement"]
    assert f": {words} expected." in tell_displacement(told)[0]


def test_crime_dosage_report__all_that_there_can_be(tmp_path):
    trend = [{"week": "2016-12-05", "difference": 0.5, "low": -1.0, "high": 2.0},
             {"week": "2016-12-12", "difference": -0.25, "low": None, "high": None}]  # fmt: skip
    page, said = written(
        tmp_path, estimate("C", 0.5, 0.4, 0.6, "reduced"), estimate(notes=["Drawn anew."]),
        estimate("B", 0.9, 0.02, 40.0, pre_trend=trend, pre_trend_p=0.01), displacement=RINGS,
    )  # fmt: skip
    assert said.index("Cannot tell whether patrol changed robbery.") < said.index("Period")
    assert "Grade A −20 % (95 % interval −50 % to +30 %)" in said
    assert "already moved apart (p = 0.010)" in said
    assert "Rates and differences in reported incidents in 1,000 box-shifts; in brackets" in said
    assert "A: Drawn anew." in said
    weekly, forest, before, rings = page.figures
    assert "assigned, reported incidents in 1,000 box-shifts: from 20.0 to 20.0" in weekly
    assert "held out, minutes of presence in a box-shift: from 2.0 to 2.0" in weekly
    assert "grade B, robbery, hold-outs: −10 % (−98 % to +3,900 %)" in forest.replace("\xa0", " ")
    assert "5 Dec +0.50; 12 Dec −0.25" in before.replace("\xa0", " ")
    assert "box +10; 100-300 m −7" in rings


def test_crime_dosage_report__files_hold_the_same_numbers(tmp_path):
    written(tmp_path, estimate(), displacement=RINGS)
    document = json.loads((tmp_path / "crime_dosage.json").read_text(encoding="utf-8"))["document"]
    assert document["sums"]["assigned"]["incidents_per_1000_box_shifts"] == 20
    tables = tmp_path / "tables"
    assert len(pd.read_parquet(tables / "crime_dosage-weeks.parquet")) == 6
    assert pd.read_csv(tables / "crime_dosage-rings.csv")["net"].tolist() == [10, -7]
    assert pd.read_csv(tables / "crime_dosage-estimates.csv")["ratio"].tolist() == [0.8]


@pytest.mark.parametrize("displacement", [None, {}, {"rows": []}])
def test_crime_dosage_report__nothing_at_all(tmp_path, displacement):
    page, said = written(tmp_path, weekly=WEEKLY.frame([]), displacement=displacement)
    assert "Cannot tell: no effect of patrol could be estimated for this period." in said
    assert "What would be needed to tell." in said
    assert "No box was held out by lot" in said
    assert page.figures == []


def test_crime_dosage_report__one_week_and_numbers_that_are_none(tmp_path):
    bare = {"grade": "B", "verdict": "cannot tell", "pre_trend": [], "pre_trend_p": None}
    broken = estimate("A", float("nan"), float("nan"), float("inf"), p_value=float("nan"))
    counts = dict.fromkeys(("treated_before", "treated_after", "control_before"), None)
    lost = {"rows": [{"ring": "box", **counts, "control_after": 3}], "wdd": float("nan")}
    page, said = written(
        tmp_path, bare, broken, weekly=WEEKLY.frame([week()]), displacement=lost
    )  # fmt: skip
    assert said.count("annot tell") >= 2
    assert len(page.figures) == 2


def test_crime_dosage_report__ratios_of_zero_and_beyond_the_axis(tmp_path):
    page, _ = written(
        tmp_path, estimate("A", 4.0, 1.2, float("inf"), "increased"), estimate("A", 0.0, 0.0, 3.0),
        estimate("A", 60.0, 20.0, 900.0, "increased"),
        estimate("A", 0.9, 0.0, 2.0, minimum_detectable_percent=99.0),
    )  # fmt: skip
    assert "+5,900 %" in page.figures[1].replace("\xa0", " ")


def test_crime_dosage_report__same_bytes_twice(tmp_path):
    for name in ("one", "two"):
        written(tmp_path / name, estimate(), displacement=RINGS)
    first, second = (
        [path.read_bytes() for path in sorted((tmp_path / name).rglob("*")) if path.is_file()]
        for name in ("one", "two")
    )
    assert first == second
    assert len(first) == 10
