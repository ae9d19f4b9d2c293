"""The report of tactics: sums by hand, the clock, suppression, no order by outcome."""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reports.accounts.patrol_period import (
    START_S,
    edition_of,
    empty_period,
    patrol_period,
    row_of,
)
from reports.pages import Page, assert_self_contained

from evenbeat.core.dosage.tables import ACTIVITIES, VISITS_SEEN
from evenbeat.core.errors import InputError
from evenbeat.core.reports.accounts.tactic import tactic_report
from evenbeat.core.reports.accounts.tactic_facts import NO_TYPE, minutes_by_hour


def activity(place, tactic, minutes, *, enforcement=False, crime_type="robbery", start=0.0):
    begin = START_S + start
    return row_of(
        ACTIVITIES, activity_id=f"a{place}", unit="u-1", officers=2, tactic=tactic,
        assignment_id="" if crime_type == "" else f"box-{crime_type}", dominant_type=crime_type,
        enforcement=enforcement, started_s=begin, ended_s=begin + 60 * minutes, minutes=minutes,
    )  # fmt: skip


LOG = (
    activity(1, "foot patrol", 10.0),
    activity(2, "foot patrol", 20.0, crime_type="burglary"),
    activity(3, "stop", 40.0, enforcement=True, start=1800.0),
    activity(4, "talk", 5.0, crime_type=""),
)
SEEN = tuple(
    row_of(VISITS_SEEN, assignment_id=assignment, unit="u-1", arrive_s=START_S + 60,
           leave_s=START_S + 660, minutes=10.0, crew=2.0, tactic=tactic)
    for assignment, tactic in (("box-robbery", "foot patrol"), ("box-robbery", ""),
                               ("box-burglary", "foot patrol"), ("box-other", "stop"))
)  # fmt: skip


def followed(*rows):
    columns = ["tactic", "hours", "boxes", "incidents", "rate", "low", "high"]
    return pd.DataFrame(
        [(tactic, hours, n, k, k / n, 0.5 * k / n, 2 * k / n) for tactic, hours, n, k in rows],
        columns=columns,
    )


AFTER = followed(("stop", 8, 40, 1), ("hold-outs", 8, 300, 9), ("foot patrol", 8, 25, 7),
                 ("talk", 8, 19, 13), ("stop", 24, 40, 3), ("hold-outs", 24, 300, 31),
                 ("talk", 24, 19, 17))  # fmt: skip


def report(folder, *, activities=LOG, visits=SEEN, after=AFTER, **changed):
    paths = tactic_report(
        folder, edition=edition_of("Tactic report"), activities=ACTIVITIES.frame(list(activities)),
        visits=VISITS_SEEN.frame(list(visits)), followed=after, **changed,
    )  # fmt: skip
    return paths, json.loads((folder / "tactic.json").read_text("utf-8"))["document"]


def said_by(path):
    return " ".join("".join(Page(path.read_text("utf-8")).text).replace("\xa0", " ").split())


def test_tactic_report__sums_by_hand(tmp_path):
    paths, told = report(tmp_path)
    assert [(row["tactic"], row["minutes"], row["activities"], row["visits"], row["enforcement"])
            for row in told["tactics"]] == [
        ("stop", 40.0, 1, 1, True), ("foot patrol", 30.0, 2, 2, False), ("talk", 5.0, 1, 0, False),
    ]  # fmt: skip
    assert told["totals"]["non_enforcement_share"] == pytest.approx(35 / 75)
    assert (told["totals"]["visits"], told["totals"]["visits_with_tactic"]) == (4, 3)
    crossed = told["by_type"]
    assert crossed["types"] == ["robbery", "burglary", NO_TYPE]
    assert {row["tactic"]: row["minutes"] for row in crossed["rows"]} == {
        "stop": [40.0, 0.0, 0.0], "foot patrol": [10.0, 20.0, 0.0], "talk": [0.0, 0.0, 5.0],
    }  # fmt: skip
    assert (crossed["minutes"], crossed["visits"]) == ([50.0, 20.0, 5.0], [2, 1, None])
    assert "75 minutes in 4 logged activities; 46.7 % of the minutes without" in said_by(paths[0])


def test_tactic_report__hours_are_those_of_the_local_clock(tmp_path):
    _, told = report(tmp_path)
    hours = told["by_hour"]
    assert {hour: value for hour, value in enumerate(hours["non_enforcement"]) if value} == {
        14: 35.0
    }
    enforced = {hour: value for hour, value in enumerate(hours["enforcement"]) if value}
    assert enforced == pytest.approx({14: 30.0, 15: 10.0})
    assert hours["with_tactic"][14] == 3
    assert hours["without_tactic"][14] == 1


def test_tactic_report__few_boxes_tell_nothing_in_any_file(tmp_path):
    paths, told = report(tmp_path)
    few = [row for row in told["followed"] if row["suppressed"]]
    assert [(row["tactic"], row["hours"], row["boxes"]) for row in few] == [
        ("talk", 8, 19), ("talk", 24, 19)
    ]  # fmt: skip
    for row in few:
        assert [row[key] for key in ("incidents", "rate", "low", "high")] == [None] * 4
    table = pd.read_parquet(tmp_path / "tables" / "tactic-followed.parquet")
    quiet = table[table["boxes"] < 20]
    assert len(quiet) == 2
    assert quiet[["incidents", "rate", "low", "high"]].isna().all(axis=None)
    assert table.loc[table["boxes"] >= 20, "rate"].notna().all()
    said = said_by(paths[0])
    assert said.count("too few to tell") == 2
    assert "Too few to tell: fewer than 20 boxes." in said
    hidden = [f"{100 * 13 / 19:.1f}", f"{100 * 17 / 19:.1f}", str(13 / 19), str(17 / 19)]
    for path in paths:
        if path.suffix != ".parquet":
            assert not [number for number in hidden if number in path.read_text("utf-8")]


def test_tactic_report__threshold_is_the_number_given(tmp_path):
    _, told = report(tmp_path, smallest_n=26)
    assert {row["tactic"] for row in told["followed"] if row["suppressed"]} == {
        "talk", "foot patrol"
    }  # fmt: skip
    _, told = report(tmp_path, smallest_n=1)
    assert told["suppressed"] == 0


def test_tactic_report__order_is_that_of_minutes_whatever_followed(tmp_path):
    orders = []
    for turn, seed in enumerate((1, 2, 3)):
        counts = np.random.default_rng(seed).integers(1, 90, 4)
        after = followed(*zip(("talk", "stop", "hold-outs", "foot patrol"), (8,) * 4, (99,) * 4,
                              counts.tolist(), strict=True))  # fmt: skip
        _, told = report(tmp_path / str(turn), after=after)
        orders.append([row["tactic"] for row in told["followed_rows"]])
    assert orders == [["stop", "foot patrol", "talk", "hold-outs"]] * 3


def test_tactic_report__says_that_it_is_descriptive(tmp_path):
    paths, _ = report(tmp_path)
    said = said_by(paths[0])
    assert "Descriptive, not an effect." in said
    assert "they are not ranked" in said
    paths, _ = report(tmp_path, after=followed(("stop", 8, 40, 1)))
    assert "There are no hold-outs in this period to set beside." in said_by(paths[0])
    none = pd.DataFrame([("hold-outs", 8, 0, 0, np.nan, np.nan, np.nan)], columns=AFTER.columns)
    paths, told = report(tmp_path, after=pd.concat([none, followed(("stop", 8, 40, 1))]))
    assert [row["tactic"] for row in told["followed"]] == ["stop"]
    assert "There are no hold-outs in this period to set beside." in said_by(paths[0])


def test_tactic_report__page_is_whole_and_the_same_twice(tmp_path):
    period = patrol_period()
    both = [
        tactic_report(tmp_path / name, edition=edition_of(), activities=period.activities,
                      visits=period.visits, followed=AFTER)
        for name in ("one", "two")
    ]  # fmt: skip
    assert [p.read_bytes() for p in both[0]] == [p.read_bytes() for p in both[1]]
    text = both[0][0].read_text("utf-8")
    assert_self_contained(text)
    assert len(Page(text).figures) == 3
    for path in both[0]:
        assert b"Jane Roe" not in path.read_bytes()


def test_tactic_report__empty_says_so_and_what_to_do(tmp_path):
    period = empty_period()
    paths = tactic_report(tmp_path, edition=edition_of(), activities=period.activities,
                          visits=period.visits, followed=AFTER.head(0))  # fmt: skip
    text = paths[0].read_text("utf-8")
    assert_self_contained(text)
    assert Page(text).figures == []
    said = said_by(paths[0])
    assert "No directed patrol was logged in this period. Name the log" in said
    assert "Nothing can be told of what followed." in said
    assert "nan" not in said


def test_tactic_report__refuses_a_table_without_its_columns(tmp_path):
    with pytest.raises(InputError, match="lacks \\['boxes'\\]"):
        report(tmp_path, after=AFTER.drop(columns="boxes"))
    with pytest.raises(InputError, match="at least 1"):
        report(tmp_path, smallest_n=0)


def test_tactic_report__names_of_tactics_are_only_text(tmp_path):
    odd = activity(9, "<b>$x$ & {{ y }}</b>", 30.0)
    paths, _ = report(tmp_path, activities=(*LOG, odd))
    text = paths[0].read_text("utf-8")
    assert_self_contained(text)
    assert "<b>$x$ & {{ y }}</b>" in said_by(paths[0])
    assert "<b>$x$" not in text


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 200_000), st.integers(1, 20_000)), min_size=1, max_size=8),
    st.sampled_from(["America/Chicago", "Asia/Kolkata", "UTC"]),
)
def test_minutes_by_hour__agrees_with_counting_seconds(stretches, zone_name):
    zone = ZoneInfo(zone_name)
    fall = dt.datetime(2016, 11, 5, 20, tzinfo=ZoneInfo("America/Chicago")).timestamp()
    naive = np.zeros(24)
    for start, length in stretches:
        for second in range(start, start + length, 10):
            whole = min(10, start + length - second)
            naive[dt.datetime.fromtimestamp(fall + second, zone).hour] += whole / 60
    starts = np.array([start for start, _ in stretches]) + fall
    lengths = np.array([length for _, length in stretches], dtype=float)
    told = minutes_by_hour(starts, starts + lengths, lengths / 60, zone)
    assert told.sum() == pytest.approx(lengths.sum() / 60)
    np.testing.assert_allclose(told, naive, atol=len(stretches) * 40 / 60)
