"""What a briefing says of tours, review and choice."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from reports.morning import Morning

from evenbeat.core.config import PlanSettings
from evenbeat.core.reports.briefing_tours import (
    chosen_words,
    instead_words,
    review_words,
    tours_of,
)


def visits_of(plan):
    times = {}
    for visit in plan.visits:
        times.setdefault(visit["assignment_id"], []).append((visit["unit"], visit["starts_at"]))
    return times


def test_write_briefings__prints_every_visit_in_local_time(tmp_path):
    morning = Morning(plan=PlanSettings())
    zone = morning.calendar.zone
    paths = morning.write(tmp_path, visits=visits_of(morning.plan), log_head="entry 7, abc123")
    pages = [path.read_text("utf-8") for path in paths[1:]]
    assert all("Suggested order of visits" in page for page in pages)
    first = morning.assignments.iloc[0]
    page = paths[1].read_text("utf-8")
    assert paths[1].name.startswith(f"{first['shift']}-{first['district_id']}")
    mine = [v for v in morning.plan.visits if v["assignment_id"] == first["assignment_id"]]
    for visit in mine:
        assert visit["starts_at"].astimezone(zone).strftime("%H:%M") in page
    assert "entry 7, abc123" in page
    assert "No person approved them" in page


def test_tours_of__by_unit_and_time():
    zone = dt.UTC
    rows = [{"assignment_id": "a", "rank": 1}, {"assignment_id": "b", "rank": 2}]
    at = lambda hour: dt.datetime(2017, 1, 3, hour, tzinfo=dt.UTC)  # noqa: E731
    visits = {"a": [("u1", at(9)), ("u1", at(12))], "b": [("u2", at(8)), ("u1", at(10))]}
    assert tours_of(rows, visits, zone) == [
        {"unit": "u1", "stops": [{"time": "09:00", "box": 1}, {"time": "10:00", "box": 2},
                                 {"time": "12:00", "box": 1}]},
        {"unit": "u2", "stops": [{"time": "08:00", "box": 2}]},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("states", "words"),
    [
        (["approved", "approved"], ""),
        (["approved", "proposed"], "1 of 2 boxes are not reviewed"),
        (["proposed", "proposed"], "Not reviewed yet"),
    ],
)
def test_review_words__say_what_no_person_has_seen(states, words):
    said = review_words([{"status": state} for state in states])
    assert said.startswith(words)
    assert bool(said) == bool(words)


def test_instead_words__a_briefing_never_tells_where_a_hold_out_is():
    told = {
        "decided_by": "hold_out",
        "words": "The nearest place lies 300 m away: it was held out.",
    }
    said = instead_words({"instead": json.dumps(told)})
    assert "held out" not in said
    assert "300 m" in said
    assert instead_words({"instead": json.dumps(told | {"decided_by": "draw"})}) == told["words"]
    assert instead_words({"instead": "null"}) == ""


def test_chosen_words__name_the_draw():
    assert "chance of 25%" in chosen_words({"chosen_by": "lottery", "chance": 0.25})
    assert "reviewer" in chosen_words({"chosen_by": "reviewer", "chance": None})
