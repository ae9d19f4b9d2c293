# ruff: noqa: DTZ001 - wall-clock times have no zone, which is the point
"""Times as files write them, read as UTC."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.errors import InputError
from evenbeat.core.ingest.times import read_times
from evenbeat.core.shifts import ShiftCalendar

CHICAGO = "America/Chicago"
ZONES = (CHICAGO, "UTC", "Europe/London", "Australia/Lord_Howe", "America/St_Johns")
FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y/%m/%d %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%d-%b-%Y %H:%M:%S", "%d %B %Y %H:%M:%S",
    "%b %d, %Y %I:%M:%S %p", "%A, %B %d, %Y %H:%M:%S", "%Y%m%dT%H%M%S", "%Y%m%d%H%M%S",
    "%d.%m.%Y %H:%M:%S",
)  # fmt: skip


def utc(text):
    return np.datetime64(text, "us")


def one(text, timezone=CHICAGO, **options):
    """Read one text beside one that tells the order of day and month."""
    column = read_times(pd.Series([text, "12/31/2015 10:00"], dtype="str"), timezone=timezone,
                        **options)  # fmt: skip
    marks = [reason for reason, where in column.repairs.items() if where[0]]
    return column, marks


def by_zoneinfo(local, timezone):
    """The slow and obvious way: fold=0 is the first of two, and moves a skipped time forward."""
    return local.replace(tzinfo=ZoneInfo(timezone), fold=0).astimezone(dt.UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("text", "expected", "marks"),
    [
        ("2016-05-04 22:15:00", "2016-05-05T03:15", []),
        ("2016-05-04T22:15", "2016-05-05T03:15", []),
        ("05/04/2016 10:15:00 PM", "2016-05-05T03:15", []),
        ("05/04/2016 12:00:00 AM", "2016-05-04T05:00", []),
        ("05/04/2016 12:30 p.m.", "2016-05-04T17:30", []),
        ("5/4/2016 22:15", "2016-05-05T03:15", ["unpadded_time"]),
        ("5/4/16 9:05 PM", "2016-05-05T02:05", ["unpadded_time"]),
        ("2016-5-4 22:15", "2016-05-05T03:15", ["unpadded_time"]),
        ("2016-05-04 22:15:00-05:00", "2016-05-05T03:15", []),
        ("2016-05-04T22:15:00-0500", "2016-05-05T03:15", []),
        ("2016-05-04T22:15:00-05", "2016-05-05T03:15", []),
        ("2016-05-04 22:15:00 -5:00", "2016-05-05T03:15", ["short_offset"]),
        ("2016-05-04 22:15:00-5", "2016-05-05T03:15", ["short_offset"]),
        ("2016-05-04 22:15:00+5:30", "2016-05-04T16:45", ["short_offset"]),
        ("2016-05-04T22:15:00Z", "2016-05-04T22:15", []),
        ("2016-05-04 22:15:00.123456", "2016-05-05T03:15:00.123456", []),
        ("2016-05-04 22:15:00.5", "2016-05-05T03:15:00.5", []),
        ("2016-05-04 22:15:00.123456789", "2016-05-05T03:15:00.123456", []),
        ("05/04/2016 2215", "2016-05-05T03:15", []),
        ("May 4, 2016 10:15 PM", "2016-05-05T03:15", ["unpadded_time"]),
        ("04-MAY-2016 22:15", "2016-05-05T03:15", []),
        ("42494.927083333336", "2016-05-05T03:15", ["excel_serial_time"]),
        ("1462418100", "2016-05-05T03:15", ["epoch_time"]),
        ("1462418100000", "2016-05-05T03:15", ["epoch_time"]),
        ("2016-05-04 24:00", "2016-05-05T05:00", []),
        ("31/05/2016 22:15", "2016-06-01T03:15", ["day_month_swapped"]),
        ("  2016-05-04 22:15  ", "2016-05-05T03:15", []),
    ],
)
def test_read_times__ways_of_writing(text, expected, marks):
    column, found = one(text)
    assert column.start[0] == column.end[0] == utc(expected)
    assert not column.is_date[0]
    assert found == marks


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("2016-05-04", []), ("05/04/2016", []), ("5/4/2016", ["unpadded_time"]), ("20160504", []),
        ("42494", ["excel_serial_time"]), ("42494.0", ["excel_serial_time"]),
        ("Wednesday, May 04, 2016", []),
    ],
)  # fmt: skip
def test_read_times__a_date_is_the_whole_local_day(text, marks):
    column, found = one(text)
    assert column.is_date[0]
    assert column.start[0] == utc("2016-05-04T05:00")
    assert column.end[0] == utc("2016-05-05T05:00")
    assert found == marks


@pytest.mark.parametrize(("date", "hours"), [("2017-03-12", 23), ("2017-11-05", 25)])
def test_read_times__a_date_of_a_clock_change(date, hours):
    column, marks = one(date)
    assert column.end[0] - column.start[0] == np.timedelta64(hours, "h")
    assert marks == []


@pytest.mark.parametrize(
    "text",
    ["garbage", "unknown", "31/31/2015 25:61", "2016-02-30", "2016-13-01", "2016-05-04 25:00",
     "2016-05-04 24:01", "2016-05-04 10:60", "22:15", "1899-12-30", "3016-05-04", "12", "-5",
     "2016-05-041", "13/13/2016", "2016-05", "1234567", "05/04/201", "2016-05-04 13:00 AM"],
)  # fmt: skip
def test_read_times__what_is_no_time(text):
    column, marks = one(text)
    assert column.is_unparseable[0]
    assert not column.is_missing[0]
    assert np.isnat(column.start[0])
    assert np.isnat(column.end[0])
    assert marks == []


@pytest.mark.parametrize("text", ["", "  ", "NULL", "None", "nan", "N/A", "NaT", None])
def test_read_times__blanks(text):
    column, _ = one(text)
    assert column.is_missing[0]
    assert not column.is_unparseable[0]


def test_read_times__skipped_hour_moves_forward_by_the_gap():
    column, marks = one("2017-03-12 02:30")
    assert marks == ["nonexistent_local_time"]
    assert column.start[0] == utc("2017-03-12T08:30")  # 03:30 CDT


def test_read_times__repeated_hour_is_the_first():
    column, marks = one("2017-11-05 01:30")
    assert marks == ["ambiguous_local_time"]
    assert column.start[0] == utc("2017-11-05T06:30")  # CDT


def test_read_times__clock_changes_follow_the_shift_calendar():
    for date, clock in ((dt.date(2017, 3, 12), "02:30"), (dt.date(2017, 11, 5), "01:30")):
        hour, minute = map(int, clock.split(":"))
        calendar = ShiftCalendar(CHICAGO, (("all", dt.time(hour, minute)),))
        column, _ = one(f"{date} {clock}")
        start = calendar.shifts_on(date)[0].start.replace(tzinfo=None)
        assert column.start[0] == np.datetime64(start, "us")


@settings(deadline=None, max_examples=60)
@given(
    times=st.lists(
        st.datetimes(dt.datetime(1955, 1, 1), dt.datetime(2099, 12, 31)), min_size=1, max_size=8
    ),
    form=st.sampled_from(FORMATS),
    timezone=st.sampled_from(ZONES),
    case=st.sampled_from([str, str.upper, str.lower]),
)
def test_read_times__round_trip(times, form, timezone, case):
    keep = "%f" in form
    times = [time if keep else time.replace(microsecond=0) for time in times]
    # One more row tells the order of day and month, and that the column has clock times.
    times.append(dt.datetime(2016, 1, 31, 13, 14, 15))
    column = read_times(pd.Series([case(time.strftime(form)) for time in times], dtype="str"),
                        timezone=timezone)  # fmt: skip
    expected = [by_zoneinfo(time, timezone) for time in times]
    assert column.start.tolist() == expected
    assert not column.is_date.any()


@settings(deadline=None, max_examples=60)
@given(
    time=st.datetimes(dt.datetime(1955, 1, 1), dt.datetime(2099, 12, 31)),
    minutes=st.integers(-14 * 60, 14 * 60),
    short=st.booleans(),
)
def test_read_times__offsets(time, minutes, short):
    time = time.replace(microsecond=0)
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    offset = f"{sign}{hours}:{rest:02d}" if short else f"{sign}{hours:02d}:{rest:02d}"
    column, marks = one(f"{time:%Y-%m-%dT%H:%M:%S}{offset}")
    assert column.start[0] == np.datetime64(time - dt.timedelta(minutes=minutes), "us")
    assert ("short_offset" in marks) == (short and hours < 10)


@settings(deadline=None, max_examples=60)
@given(time=st.datetimes(dt.datetime(1955, 1, 1), dt.datetime(2099, 12, 31)))
def test_read_times__spreadsheet_day_numbers(time):
    time = time.replace(microsecond=0)
    days = (time - dt.datetime(1899, 12, 30)).total_seconds() / 86_400
    column, _ = one(f"{days:.10f}", timezone="UTC")
    assert column.start[0] == np.datetime64(time, "us")


def test_read_times__the_column_decides_which_of_day_and_month_is_first():
    column = read_times(pd.Series(["03/04/2016 10:00", "25/04/2016 10:00"]), timezone="UTC")
    assert column.start[0] == utc("2016-04-03T10:00")
    assert column.repairs == {}
    assert not column.order_is_assumed
    column = read_times(pd.Series(["03/04/2016 10:00", "04/25/2016 10:00"]), timezone="UTC")
    assert column.start[0] == utc("2016-03-04T10:00")
    assert not column.order_is_assumed
    column = read_times(pd.Series(["03/04/2016 10:00"]), timezone="UTC")
    assert column.start[0] == utc("2016-03-04T10:00")
    assert column.order_is_assumed


def test_read_times__a_column_of_midnights_holds_dates():
    texts = pd.Series([f"2016-05-{day:02d} 00:00:00" for day in range(1, 20)])
    assert read_times(texts, timezone=CHICAGO).is_date.all()
    assert not read_times(texts.head(9), timezone=CHICAGO).is_date.any()
    blanks = pd.concat([texts.head(9), pd.Series([""] * 20)], ignore_index=True)
    assert not read_times(blanks, timezone=CHICAGO).is_date.any()
    texts[3] = "2016-05-04 00:01:00"
    assert not read_times(texts, timezone=CHICAGO).is_date.any()


def test_read_times__given_format_first_then_any_other():
    texts = pd.Series(["04-05-16 22h15", "2016-05-04 22:15", "nonsense", ""])
    column = read_times(texts, timezone="UTC", time_format="%d-%m-%y %Hh%M")
    assert column.start[:2].tolist() == [dt.datetime(2016, 5, 4, 22, 15)] * 2
    assert column.repairs["other_time_format"].tolist() == [False, True, False, False]
    assert column.is_unparseable.tolist() == [False, False, True, False]
    assert column.is_missing.tolist() == [False, False, False, True]


def test_read_times__given_format_with_offset_and_of_dates():
    column = read_times(pd.Series(["2016-05-04 22:15 +0200"]), timezone=CHICAGO,
                        time_format="%Y-%m-%d %H:%M %z")  # fmt: skip
    assert column.start[0] == utc("2016-05-04T20:15")
    column = read_times(pd.Series(["04.05.16"]), timezone="UTC", time_format="%d.%m.%y")
    assert column.is_date[0]


def test_read_times__format_that_is_none():
    with pytest.raises(InputError, match="is no strptime format"):
        read_times(pd.Series(["2016"]), timezone="UTC", time_format="%Q")


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(pd.to_datetime(["2016-05-04 22:15", "2017-03-12 02:30", None])),
        pd.Series(pd.to_datetime(["2016-05-04 22:15", "2017-03-12 02:30", None])).astype(
            "datetime64[ms]"
        ),
        pd.Series([dt.datetime(2016, 5, 4, 22, 15), dt.datetime(2017, 3, 12, 2, 30), None],
                  dtype="object"),
        pd.Series(["2016-05-04 22:15", "2017-03-12 02:30", None], dtype="category"),
    ],
)  # fmt: skip
def test_read_times__typed_columns(values):
    column = read_times(values, timezone=CHICAGO)
    assert column.start[:2].tolist() == [
        dt.datetime(2016, 5, 5, 3, 15), dt.datetime(2017, 3, 12, 8, 30),
    ]  # fmt: skip
    assert column.is_missing.tolist() == [False, False, True]
    assert column.repairs["nonexistent_local_time"].tolist() == [False, True, False]


def test_read_times__aware_numbers_and_dates():
    aware = pd.Series(pd.to_datetime(["2016-05-04 22:15"]).tz_localize("Europe/Berlin"))
    assert read_times(aware, timezone=CHICAGO).start[0] == utc("2016-05-04T20:15")
    millis = pd.Series([1462418100000.0, np.nan])
    assert read_times(millis, timezone=CHICAGO).start[0] == utc("2016-05-05T03:15")
    dates = pd.Series([dt.date(2016, 5, 4), None], dtype="object")
    assert read_times(dates, timezone=CHICAGO).is_date.tolist() == [True, False]


def test_read_times__says_how_it_is_written():
    column = read_times(pd.Series(["05/14/2016 10:15:00 PM", "x"]), timezone=CHICAGO)
    assert column.form == "month/day/year, with a clock time"
    assert read_times(pd.Series(["x"]), timezone=CHICAGO).form == "not a time"
    assert read_times(pd.Series([], dtype="str"), timezone=CHICAGO).start.size == 0
