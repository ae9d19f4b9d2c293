"""Shift calendars tile time, through clock changes too."""

import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.errors import ShiftError
from evenbeat.core.shifts import ShiftCalendar

CHICAGO = ShiftCalendar.three_by_eight("America/Chicago")


@pytest.mark.parametrize(
    ("date", "hours"),
    [
        (dt.date(2017, 1, 3), [8, 8, 8]),
        (dt.date(2017, 3, 11), [8, 8, 7]),
        (dt.date(2017, 11, 4), [8, 8, 9]),
    ],
)
def test_shifts_on__true_lengths_at_clock_changes(date, hours):
    assert [shift.hours for shift in CHICAGO.shifts_on(date)] == hours


@settings(deadline=None)
@given(
    first=st.dates(dt.date(2000, 1, 1), dt.date(2035, 1, 1)),
    zone=st.sampled_from(["America/Chicago", "Europe/London", "Australia/Lord_Howe", "UTC"]),
    hours=st.sets(st.integers(0, 23), min_size=1, max_size=24),
)
def test_shifts__tile_time_without_gap_or_overlap(first, zone, hours):
    starts = tuple((f"s{hour}", dt.time(hour)) for hour in sorted(hours))
    calendar = ShiftCalendar(zone, starts)
    shifts = list(calendar.between(first, first + dt.timedelta(days=3)))
    assert len(shifts) == 4 * len(calendar)
    for shift, following in itertools.pairwise(shifts):
        assert shift.end == following.start
    assert all(shift.start <= shift.end for shift in shifts)


def test_edges__agree_with_shifts():
    first = dt.date(2017, 3, 10)
    edges = CHICAGO.edges(first, 4)
    shifts = list(CHICAGO.between(first, dt.date(2017, 3, 13)))
    assert edges.shape == (13,)
    assert edges[:-1].tolist() == [int(shift.start.timestamp()) for shift in shifts]
    assert edges[-1] == int(shifts[-1].end.timestamp())
    assert (np.diff(edges) > 0).all()


def test_shift__id_and_lookup():
    night = CHICAGO.shift(dt.date(2017, 1, 3), "night")
    assert night.id == "2017-01-03-night"
    assert night.start == dt.datetime(2017, 1, 4, 5, tzinfo=dt.UTC)
    with pytest.raises(ShiftError, match=r"day.*evening.*night"):
        CHICAGO.shift(dt.date(2017, 1, 3), "dawn")


@pytest.mark.parametrize(
    ("zone", "starts", "message"),
    [
        ("Mars/Base", (("day", dt.time(7)),), "IANA"),
        ("UTC", (), "at least one"),
        ("UTC", (("day", dt.time(7)), ("late", dt.time(7, 30))), "60 minutes"),
        ("UTC", (("day", dt.time(9)), ("late", dt.time(8))), "60 minutes"),
        ("UTC", (("day", dt.time(7)), ("day", dt.time(15))), "differ"),
        ("UTC", (("../x", dt.time(7)),), "lower-case"),
    ],
)
def test_calendar__refuses_what_is_no_partition(zone, starts, message):
    with pytest.raises(ShiftError, match=message):
        ShiftCalendar(zone, starts)


def test_calendar__equal_by_value():
    assert ShiftCalendar.three_by_eight("America/Chicago") == CHICAGO
    assert hash(ShiftCalendar.three_by_eight("America/Chicago")) == hash(CHICAGO)
