"""The report of officers and of units: own minutes, availability, nothing of crime, no ranking."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from reports.accounts.patrol_period import edition_of, empty_period, patrol_period, row_of
from reports.pages import Page, assert_self_contained

from evenbeat.core.dosage.tables import ACTIVITIES, DELIVERED, OFFICERS, UNITS
from evenbeat.core.errors import InputError
from evenbeat.core.reports.accounts.officer import officer_report, spread_figure
from evenbeat.core.reports.accounts.officer_facts import MOST_TACTICS, OTHER_TACTICS

CRIME_WORDS = re.compile(
    r"crime|incident|arrest|offen[cs]e|robbery|burglary|theft|gunfire|homicide|assault|risk"
    r"|priority|expected|severity|dominant|hit|rank|score|best|worst",
    re.IGNORECASE,
)
LATER = {"service_date": "2017-01-04"}


def logged(place, unit, tactic, minutes, *, assignment="", enforcement=False, **when):
    return {"activity_id": f"a{place}", "unit": unit, "tactic": tactic, "minutes": minutes,
            "assignment_id": assignment, "enforcement": enforcement, **when}  # fmt: skip


LOG = (
    logged(1, "u-b", "foot patrol", 30.0, assignment="x1"),
    logged(2, "u-b", "stop", 10.0, enforcement=True),
    logged(3, "u-a", "foot patrol", 20.0, assignment="x2"),
    logged(4, "u-b", "foot patrol", 15.0, **LATER),
)
SEATS = {"a1": ("9", "30"), "a2": ("9",), "a3": ("30",), "a4": ("9",)}
STOOD = DELIVERED.frame([
    row_of(DELIVERED, assignment_id="x1", unit="u-b", outcome="visited"),
    row_of(DELIVERED, assignment_id="x2", unit="u-b", outcome="not_visited"),
    row_of(DELIVERED, assignment_id="x3", unit="u-a", outcome="partly_visited"),
    row_of(DELIVERED, assignment_id="x4", unit="", outcome="visited"),
    row_of(DELIVERED, assignment_id="x5", unit="u-c", outcome="not_visited"),
])  # fmt: skip
FREE = UNITS.frame([
    row_of(UNITS, unit="u-b", uncommitted_minutes=240.0),
    row_of(UNITS, unit="u-a", uncommitted_minutes=120.0),
    row_of(UNITS, unit="u-b", uncommitted_minutes=60.0, **LATER),
    row_of(UNITS, unit="u-d", uncommitted_minutes=0.0),
])  # fmt: skip


def report(folder, *, by, log=LOG, seats=SEATS, officers=True, delivered=STOOD, units=FREE):
    activities = ACTIVITIES.frame([row_of(ACTIVITIES, **one) for one in log])
    crews = OFFICERS.frame([
        row_of(OFFICERS, officer=officer, **one)
        for one in log for officer in seats.get(one["activity_id"], ())
    ])  # fmt: skip
    paths = officer_report(
        folder, edition=edition_of("Report"), officers=crews if officers else None,
        activities=activities, units=units, delivered=delivered, by=by,
    )  # fmt: skip
    document = json.loads((folder / f"{by}.json").read_text("utf-8"))["document"]
    return paths, {row["who"]: row for row in document["rows"]}, document


def said_by(path):
    return " ".join("".join(Page(path.read_text("utf-8")).text).replace("\xa0", " ").split())


def test_officer_report__by_unit_sums_by_hand(tmp_path):
    _, rows, document = report(tmp_path, by="unit")
    assert list(rows) == ["u-a", "u-b", "u-c", "u-d"]
    b = rows["u-b"]
    assert (b["directed_minutes"], b["activities"], b["shifts"]) == (55.0, 3, 2)
    assert b["by_tactic"] == [45.0, 10.0]
    assert document["tactics"] == ["foot patrol", "stop"]
    assert b["non_enforcement_share"] == pytest.approx(45 / 55)
    assert b["uncommitted_hours"] == pytest.approx(5.0)
    assert b["directed_per_hour"] == pytest.approx(11.0)
    assert (b["assigned"], b["completed"]) == (2, 1)
    assert (rows["u-a"]["assigned"], rows["u-a"]["completed"]) == (2, 0)  # one was partly visited
    assert (rows["u-c"]["assigned"], rows["u-c"]["directed_per_hour"]) == (1, None)
    assert (rows["u-d"]["directed_minutes"], rows["u-d"]["directed_per_hour"]) == (0.0, None)
    assert document["totals"]["directed_minutes"] == 75.0
    assert document["totals"]["by_tactic"] == [65.0, 10.0]


def test_officer_report__by_officer_sums_by_hand(tmp_path):
    _, rows, document = report(tmp_path, by="officer")
    assert list(rows) == ["30", "9"]
    nine, thirty = rows["9"], rows["30"]
    assert (nine["directed_minutes"], nine["by_tactic"]) == (55.0, [45.0, 10.0])
    assert nine["uncommitted_hours"] == pytest.approx(5.0)
    assert nine["directed_per_hour"] == pytest.approx(11.0)
    assert (nine["assigned"], nine["completed"]) == (2, 1)
    assert (thirty["directed_minutes"], thirty["activities"], thirty["shifts"]) == (50.0, 2, 2)
    assert thirty["uncommitted_hours"] == pytest.approx(6.0)
    assert thirty["directed_per_hour"] == pytest.approx(50 / 6)
    assert (thirty["assigned"], thirty["completed"]) == (3, 1)
    assert (document["totals"]["activities"], document["totals"]["directed_minutes"]) == (4, 105.0)


@pytest.mark.parametrize("by", ["officer", "unit"])
def test_officer_report__tables_have_no_crime_and_no_rank(tmp_path, by):
    period = patrol_period()
    paths = officer_report(
        tmp_path, edition=edition_of(), officers=period.officers, activities=period.activities,
        units=period.units, delivered=period.delivered, by=by,
    )  # fmt: skip
    tables = [path for path in paths if path.suffix == ".csv"]
    assert len(tables) == 2
    for path in tables:
        assert not CRIME_WORDS.search(path.read_text("utf-8"))
        typed = pd.read_parquet(path.with_suffix(".parquet"))
        assert not [name for name in typed.columns if CRIME_WORDS.search(name)]
        assert list(typed.columns) == list(pd.read_csv(path).columns)
    document = json.loads((tmp_path / f"{by}.json").read_text("utf-8"))["document"]
    assert not CRIME_WORDS.search(json.dumps(document))
    page = (tmp_path / f"{by}.html").read_text("utf-8")
    for table in re.findall(r"<table.*?</table>", page, flags=re.DOTALL):
        assert not CRIME_WORDS.search(re.sub(r"<[^>]*>", " ", table))


@pytest.mark.parametrize("by", ["officer", "unit"])
def test_officer_report__order_is_the_alphabet_whatever_the_minutes(tmp_path, by):
    rng = np.random.default_rng(4)
    names = [f"n-{number}" for number in rng.permutation(40)]
    log = [logged(place, name, "foot patrol", float(rng.integers(1, 90)))
           for place, name in enumerate(names)]  # fmt: skip
    seats = {f"a{place}": (name,) for place, name in enumerate(names)}
    _, rows, _ = report(tmp_path, by=by, log=log, seats=seats, units=FREE.head(0),
                        delivered=STOOD.head(0))  # fmt: skip
    assert list(rows) == sorted(names)
    minutes = [row["directed_minutes"] for row in rows.values()]
    assert minutes not in (sorted(minutes), sorted(minutes, reverse=True))


def test_officer_report__by_unit_names_no_officer_in_any_file(tmp_path):
    period = patrol_period()
    paths = officer_report(
        tmp_path, edition=edition_of(), officers=period.officers, activities=period.activities,
        units=period.units, delivered=period.delivered, by="unit",
    )  # fmt: skip
    names = set(period.officers["officer"])
    assert len(names) > 10
    assert all(path.stem.startswith("unit") for path in paths)
    for path in paths:
        content = path.read_bytes()
        assert not [name for name in names if name.encode() in content]
        assert b"badge" not in content
        assert b"Jane Roe" not in content
    frames = [pd.read_parquet(path) for path in paths if path.suffix == ".parquet"]
    assert all(not table.isin(list(names)).any(axis=None) for table in frames)
    none = officer_report(
        tmp_path / "without", edition=edition_of(), officers=None, activities=period.activities,
        units=period.units, delivered=period.delivered, by="unit",
    )  # fmt: skip
    assert [path.read_bytes() for path in none] == [path.read_bytes() for path in paths]


def test_officer_report__by_officer_is_whole_and_the_same_twice(tmp_path):
    first, _, _ = report(tmp_path / "one", by="officer")
    second, _, _ = report(tmp_path / "two", by="officer")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert_self_contained(first[0].read_text("utf-8"))
    said = said_by(first[0])
    assert "This page names officers" in said
    assert "There is no ranking" in said


def test_officer_report__many_tactics_share_a_column(tmp_path):
    log = [logged(place, "u-b", f"tactic {place:02d}", 100.0 - place) for place in range(12)]
    _, rows, document = report(tmp_path, by="unit", log=log)
    assert len(document["tactics"]) == MOST_TACTICS
    assert document["tactics"][-1] == OTHER_TACTICS
    own = rows["u-b"]["by_tactic"]
    assert own[:-1] == [100.0 - place for place in range(MOST_TACTICS - 1)]
    assert own[-1] == sum(100.0 - place for place in range(MOST_TACTICS - 1, 12))
    assert sum(own) == rows["u-b"]["directed_minutes"]


@pytest.mark.parametrize("by", ["officer", "unit"])
def test_officer_report__empty_says_so_and_what_to_do(tmp_path, by):
    period = empty_period()
    paths = officer_report(
        tmp_path, edition=edition_of(), officers=period.officers, activities=period.activities,
        units=period.units, delivered=period.delivered, by=by,
    )  # fmt: skip
    text = paths[0].read_text("utf-8")
    assert_self_contained(text)
    assert Page(text).figures == []
    assert "No directed patrol was logged in this period. Name the log" in said_by(paths[0])
    assert "nan" not in said_by(paths[0])


def test_officer_report__refuses_officers_without_a_table(tmp_path):
    with pytest.raises(InputError, match="without a table of officers"):
        report(tmp_path, by="officer", officers=False)
    with pytest.raises(InputError, match="got 'district'"):
        report(tmp_path, by="district")


def test_spread_figure__only_for_many_and_names_nobody():
    assert spread_figure([1.0] * 7 + [None] * 9, by="unit", name="s") is None
    assert spread_figure([0.0] * 12, by="unit", name="s") is None
    svg = spread_figure([float(value) for value in range(1, 10)], by="unit", name="s")
    assert "9 units: half of them from 3.0 to 7.0, the middle one 5.0" in svg
