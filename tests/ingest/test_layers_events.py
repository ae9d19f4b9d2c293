"""Events: spans in UTC, categories by the allow-list, what was known when."""

from __future__ import annotations

import pandas as pd
import pytest
from ingest.layer_files import CITY, CRS, TIMEZONE, counts, degrees, of_text, source

from evenbeat.core.errors import PolicyError
from evenbeat.core.ingest.layers import read_events

LON, LAT = degrees(355_000, 575_000)


def read(**columns):
    size = len(next(iter(columns.values())))
    raw = of_text("permits", **columns, longitude=[LON] * size, latitude=[LAT] * size)
    return read_events(raw, source=source("events"), crs=CRS, timezone=TIMEZONE, boundary=CITY)


def stamp(text):
    return pd.Timestamp(text, tz="UTC")


def test_read_events__columns_order_and_times():
    table, report = read(
        event_id=["b", "a"],
        category=["Farmers Market", "concert"],
        starts_at=["2016-07-04 10:00", "2016-07-03 20:00"],
        ends_at=["2016-07-04 14:00", "2016-07-03 23:30"],
        known_at=["2016-05-01 12:00", ""],
        expected_attendance=["1,500", ""],
    )
    assert table.columns.tolist() == [
        "event_id", "category", "starts_at", "ends_at", "known_at", "expected_attendance", "source",
        "geometry",
    ]  # fmt: skip
    assert table["event_id"].tolist() == ["a", "b"]
    assert table["category"].tolist() == ["concert", "market"]
    assert table["starts_at"].iloc[1] == stamp("2016-07-04 15:00")
    assert table["known_at"].iloc[1] == stamp("2016-05-01 17:00")
    assert table["known_at"].isna().tolist() == [True, False]
    assert table["expected_attendance"].iloc[1] == 1500
    assert report.rows_kept == 2


def test_read_events__ends_that_are_missing_or_first():
    table, report = read(
        event_id=["date", "open", "turned"],
        category=["concert"] * 3,
        starts_at=["2016-11-06", "2016-07-03 20:00", "2016-07-03 23:00"],
        ends_at=["", "", "2016-07-03 21:00"],
    )
    spans = table.set_index("event_id")
    # The local day on which clocks go back has 25 hours.
    assert spans.loc["date", "ends_at"] - spans.loc["date", "starts_at"] == pd.Timedelta("25h")
    assert spans.loc["open", "ends_at"] - spans.loc["open", "starts_at"] == pd.Timedelta("3h")
    assert spans.loc["turned", "ends_at"] - spans.loc["turned", "starts_at"] == pd.Timedelta("2h")
    assert counts(report.repaired) == {"end_of_event_assumed": 1, "reversed_window": 1}


def test_read_events__every_dropped_row_has_its_reason():
    table, report = read(
        event_id=list("abcde"),
        category=["concert", "protest", "yard sale", "concert", "concert"],
        starts_at=["2016-07-03 20:00"] * 3 + ["", "some day"],
    )
    assert table["event_id"].tolist() == ["a"]
    assert counts(report.dropped) == {
        "refused_category": 1, "unknown_category": 1, "missing_time": 1, "unparseable_time": 1,
    }  # fmt: skip
    assert "protected speech" in report.refused_reasons["protest"]
    assert report.rows_in == 5 == report.rows_kept + report.rows_dropped


def test_read_events__attendance_that_is_none():
    table, report = read(
        category=["concert"] * 3, start=["2016-07-03 20:00"] * 3, attendance=["many", "-5", "20"]
    )
    assert table["expected_attendance"].isna().tolist() == [True, True, False]
    assert counts(report.repaired)["unusable_attendance"] == 2


def test_read_events__organiser_is_never_read():
    with pytest.raises(PolicyError, match="speaks of persons"):
        read_events(
            of_text(category=["concert"], organiser_name=["J"], longitude=[LON], latitude=[LAT]),
            source=source("events", columns={"event_id": "organiser_name"}),
            crs=CRS, timezone=TIMEZONE, boundary=CITY,
        )  # fmt: skip


def test_read_events__announced_on_a_date_is_known_when_that_day_is_over():
    table, _ = read(
        category=["concert"] * 2, start=["2016-07-09 20:00"] * 2,
        known_at=["2016-07-01", "2016-07-01 09:30"],
    )  # fmt: skip
    assert [str(moment) for moment in table["known_at"]] == [
        "2016-07-02 04:59:59.999999+00:00", "2016-07-01 14:30:00+00:00",
    ]  # fmt: skip


def test_read_events__list_of_persons_is_refused():
    with pytest.raises(PolicyError, match="'suspect_dob' speaks of persons"):
        read(category=["concert"], start=["2016-07-03 20:00"], suspect_dob=["x"])
