"""The crime type page: sums that were worked out by hand, and a page that never breaks."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reports.accounts.patrol_period import edition_of, row_of
from reports.pages import Page, assert_self_contained

from evenbeat.core.dosage.tables import ACTIVITIES, DELIVERED, UNITS
from evenbeat.core.errors import InputError
from evenbeat.core.reports.accounts.crime_type import crime_type_report
from evenbeat.core.reports.accounts.crime_type_facts import (
    FORECAST_SEEN,
    INCIDENTS_SEEN,
    crime_type_facts,
)
from evenbeat.core.reports.accounts.crime_type_words import largest_gaps

DAY, NEXT = "2017-01-03", "2017-01-04"
TYPES = ("gunfire", "robbery", "burglary", "motor_vehicle_theft", "theft")


def box(kind, planned, presence, *, officers=None, day=DAY, district="1", outcome="visited"):
    return row_of(
        DELIVERED, service_date=day, dominant_type=kind, district_id=district,
        planned_minutes=planned, presence_minutes=presence,
        officer_minutes=2 * presence if officers is None else officers, outcome=outcome,
    )  # fmt: skip


def unit(crew=2.0, *, day=DAY, on_duty=480.0):
    return row_of(UNITS, service_date=day, unit="u-1", crew=crew, on_duty_minutes=on_duty)


def expected(kind, severity, district="1"):
    return row_of(FORECAST_SEEN, district_id=district, crime_type=kind, expected=severity / 2,
                  severity_expected=severity)  # fmt: skip


def reported(kind, severity=2.0, district="1"):
    return row_of(INCIDENTS_SEEN, crime_type=kind, district_id=district, severity=severity)


def tables(*, delivered=(), units=(), activities=(), incidents=(), forecast=()):
    return {
        "delivered": DELIVERED.frame(list(delivered)), "units": UNITS.frame(list(units)),
        "activities": ACTIVITIES.frame(list(activities)),
        "incidents": INCIDENTS_SEEN.frame(list(incidents)),
        "forecast": FORECAST_SEEN.frame(list(forecast)),
    }  # fmt: skip


def small():
    """Two shifts: on the first 4 officers, on the next 2; robbery on both, burglary on one."""
    return tables(
        delivered=[
            box("robbery", 45, 40), box("robbery", 45, 20, day=NEXT, outcome="partly_visited"),
            box("burglary", 30, 12, district="10"),
            box("burglary", 30, 0, district="2", outcome="not_visited"),
        ],
        units=[unit(3.0), unit(1.0), unit(2.0, day=NEXT), unit(9.0, day=NEXT, on_duty=0.0)],
        activities=[
            row_of(ACTIVITIES, activity_id="1", dominant_type="robbery", tactic="foot patrol",
                   minutes=15.0),
            row_of(ACTIVITIES, activity_id="2", dominant_type="", tactic="visit", minutes=5.0),
        ],
        incidents=[reported("robbery", 6.0), reported("burglary"), reported("burglary"),
                   reported("theft", 2.0, "2")],
        forecast=[expected("robbery", 2.0), expected("burglary", 6.0, "10")],
    )  # fmt: skip


def of_type(facts, kind):
    return next(row for row in facts["types"] if row["crime_type"] == kind)


def test_crime_type_facts__shares_and_sums_by_hand():
    facts = crime_type_facts(**small())
    robbery, burglary = of_type(facts, "robbery"), of_type(facts, "burglary")
    assert [row["crime_type"] for row in facts["types"]] == ["robbery", "burglary", "theft"]
    assert robbery["shares"] == {
        "planned_minutes": 90 / 150, "delivered_minutes": 60 / 72, "officer_minutes": 120 / 144,
        "severity_expected": 2 / 8, "expected": 1 / 4, "severity": 6 / 12, "incidents": 1 / 4,
    }  # fmt: skip
    assert burglary["shares"]["severity_expected"] == 6 / 8
    assert burglary["delivered_of_planned"] == 12 / 60
    assert (robbery["visited"], robbery["partly_visited"], burglary["not_visited"]) == (1, 1, 1)
    assert (robbery["logged_minutes"], robbery["tactics"]) == (
        15.0, [{"tactic": "foot patrol", "minutes": 15.0}],
    )  # fmt: skip
    assert facts["totals"]["logged_minutes_without_type"] == 5.0


def test_crime_type_facts__minutes_per_officer_count_shifts_without_as_zero():
    facts = crime_type_facts(**small())
    robbery, burglary = (of_type(facts, kind)["per_officer"] for kind in ("robbery", "burglary"))
    # 80 officer-minutes for 4 officers, then 40 for 2; a unit that was not on duty counts not.
    assert (robbery["mean"], robbery["median"], robbery["most"]) == (20.0, 20.0, 20.0)
    # 24 for 4, then none for 2.
    assert (burglary["mean"], burglary["median"], burglary["shifts_with_minutes"]) == (3.0, 3.0, 1)
    assert (burglary["quarter_low"], burglary["quarter_high"]) == (1.5, 4.5)
    assert of_type(facts, "theft")["per_officer"] is None


def test_crime_type_facts__a_crew_that_is_not_known_counts_as_one():
    facts = crime_type_facts(**tables(
        delivered=[box("robbery", 15, 15, officers=30)], units=[unit(float("nan")), unit(2.0)],
    ))  # fmt: skip
    assert of_type(facts, "robbery")["per_officer"]["mean"] == 10.0
    assert facts["shifts"]["units_without_crew"] == 1


def test_crime_type_facts__a_shift_without_pings_is_left_out_and_told():
    facts = crime_type_facts(**tables(
        delivered=[box("robbery", 15, 15), box("robbery", 15, 0, day=NEXT)], units=[unit(2.0)],
    ))  # fmt: skip
    assert (facts["shifts"]["with_officers"], facts["shifts"]["boxes_without_officers"]) == (1, 1)
    assert of_type(facts, "robbery")["per_officer"]["mean"] == 15.0


def test_crime_type_facts__districts_in_natural_order_with_planned_and_delivered():
    facts = crime_type_facts(**small())
    assert [row["district_id"] for row in facts["districts"]] == ["1", "2", "10"]
    tenth = facts["districts"][2]
    assert tenth["types"][1] == {
        "crime_type": "burglary", "assignments": 1, "planned_minutes": 30.0,
        "delivered_minutes": 12.0, "delivered_of_planned": 0.4,
    }  # fmt: skip
    assert tenth["shares"]["severity_expected"] == 6 / 8
    assert facts["districts"][1]["shares"]["incidents"] == 1 / 4


def test_crime_type_facts__a_table_without_a_column():
    given_tables = small()
    given_tables["incidents"] = given_tables["incidents"].drop(columns="severity")
    with pytest.raises(InputError, match="incidents lacks severity"):
        crime_type_facts(**given_tables)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from(TYPES), st.floats(0, 90), st.sampled_from(["1", "2", ""])),
        max_size=12,
    )
)
def test_crime_type_facts__shares_add_up(boxes):
    facts = crime_type_facts(
        **tables(delivered=[box(kind, 45, minutes, district=at) for kind, minutes, at in boxes])
    )
    for rows in (facts["types"], facts["districts"]):
        shares = [row["shares"]["delivered_minutes"] for row in rows]
        total = sum(minutes for _, minutes, _ in boxes)
        assert sum(row["delivered_minutes"] for row in rows) == pytest.approx(total)
        assert shares == [None] * len(rows) or sum(shares) == pytest.approx(1)


def test_largest_gaps__in_words_the_largest_first():
    gaps = largest_gaps(crime_type_facts(**small()))
    assert [(gap["crime_type"], round(gap["points"], 1)) for gap in gaps] == [
        ("burglary", -58.3), ("robbery", 58.3),
    ]  # fmt: skip
    said = {gap["crime_type"]: gap["sentence"].replace("\xa0", " ") for gap in gaps}
    assert said["burglary"] == (
        "Burglary: 17 % of the dose, 75 % of the forecast severity, 33 % of the reported severity."
        " 40 % of the planned minutes were for it, so plan and delivery differ."
    )


def test_largest_gaps__none_below_five_points():
    facts = crime_type_facts(**tables(
        delivered=[box("robbery", 45, 52), box("theft", 45, 48)],
        forecast=[expected("robbery", 5.0), expected("theft", 5.0)],
    ))  # fmt: skip
    assert largest_gaps(facts) == []


def test_crime_type_report__page_and_files_hold_the_same_numbers(tmp_path):
    paths = crime_type_report(tmp_path, edition=edition_of("Crime type"), **small())
    text = (tmp_path / "crime_type.html").read_text(encoding="utf-8")
    assert_self_contained(text)
    page = Page(text)
    assert len(page.figures) == 3
    assert "robbery average 20.0, median 20.0" in page.figures[1]
    assert not any(odd in text for odd in ("NaN", "nan%", ">nan", " nan ", "None"))
    said = "".join(page.text).replace("\xa0", " ")
    assert "Robbery boxes took 83 % of the dose; 25 % of the forecast severity is robbery." in said
    document = json.loads((tmp_path / "crime_type.json").read_text(encoding="utf-8"))["document"]
    assert document["totals"]["delivered_minutes"] == 72
    types = pd.read_csv(tmp_path / "tables" / "crime_type-types.csv")
    assert types["share_of_delivered_minutes"].tolist() == pytest.approx([60 / 72, 12 / 72, 0])
    minutes = pd.read_parquet(tmp_path / "tables" / "crime_type-minutes-per-officer.parquet")
    assert minutes["minutes_per_officer"].tolist() == [6.0, 20.0, 0.0, 20.0]
    assert all(path.is_file() for path in paths)


def test_crime_type_report__five_types_and_one_dominant(tmp_path):
    given_tables = tables(
        delivered=[box("robbery", 45, 30) for _ in range(5)], units=[unit()],
        forecast=[expected(kind, 2.0) for kind in TYPES],
        incidents=[reported(kind) for kind in TYPES],
    )  # fmt: skip
    crime_type_report(tmp_path, edition=edition_of("Crime type"), **given_tables)
    text = (tmp_path / "crime_type.html").read_text(encoding="utf-8")
    assert_self_contained(text)
    said = "".join(Page(text).text).replace("\xa0", " ")
    assert "Robbery: 100 % of the dose, 20 % of the forecast severity" in said
    assert "Gunfire: 0 % of the dose, 20 % of the forecast severity" in said


@pytest.mark.parametrize(
    "given_tables",
    [
        tables(),
        tables(delivered=[box("robbery", 45, 0, outcome="not_visited")]),
        tables(incidents=[reported("theft")]),
        tables(delivered=[box("", float("nan"), float("nan"), officers=float("nan"))]),
    ],
    ids=["nothing", "no minutes", "incidents alone", "unknown minutes"],
)
def test_crime_type_report__with_next_to_nothing_it_cannot_tell(tmp_path, given_tables):
    crime_type_report(tmp_path, edition=edition_of("Crime type"), **given_tables)
    text = (tmp_path / "crime_type.html").read_text(encoding="utf-8")
    assert_self_contained(text)
    assert "Cannot tell: no minutes in assigned boxes were measured" in text
    assert not any(odd in text for odd in ("NaN", "nan%", ">nan", " nan ", "None"))


def test_crime_type_report__same_bytes_twice(tmp_path):
    first, second = (
        crime_type_report(tmp_path / name, edition=edition_of("Crime type"), **small())
        for name in ("one", "two")
    )
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
