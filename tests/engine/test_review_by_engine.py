"""Reviewing through the engine: what is told, what is refused, two callers at once."""

import os
import subprocess
import sys

import pytest

from tests.engine_process import Engine, Refused


@pytest.fixture
def day(warm, copy):
    """The day after the rehearsed ones, planned and not yet reviewed."""
    date = warm.ask("forecast", workspace=copy)["date"]
    warm.ask("plan", workspace=copy, date=date)
    return date


def test_review__of_a_day_counts_what_is_left(warm, copy, day):
    listed = warm.ask("review-list", workspace=copy, date=day)
    boxes = listed["boxes"]
    assert {box["state"] for box in boxes} == {"proposed"}
    assert listed["to_review"] == len(boxes) == sum(one["boxes"] for one in listed["left"])

    first, second, third = (box["assignment_id"] for box in boxes[:3])
    approved = warm.ask("review-approve", workspace=copy, assignment_id=first, version=0)
    assert approved["to_review"] == len(boxes) - 1
    assert [box["state"] for box in approved["boxes"]] == ["approved"]
    rejected = warm.ask(
        "review-reject", workspace=copy, assignment_id=second, version=0, reason="road closed"
    )
    assert rejected["decision"]["actor"] == "sue"
    undone = warm.ask("review-undo", workspace=copy, assignment_id=second, reason="wrong box")
    assert undone["boxes"][0]["state"] == "proposed"
    noted = warm.ask("review-note", workspace=copy, assignment_id=third, text="ask the school")
    assert noted["decision"]["state"] == "proposed"

    rest = warm.ask("review-approve-all", workspace=copy, date=day)
    left = warm.ask("review-left", workspace=copy, date=day)
    assert len(rest["approved"]) + len(rest["kept_back"]) == len(boxes) - 1
    assert left["to_review"] == rest["to_review"] == len(rest["kept_back"])


def test_show__tells_why_and_what_happened_near(warm, copy, day):
    box = warm.ask("review-list", workspace=copy, date=day)["boxes"][0]

    shown = warm.ask("review-show", workspace=copy, assignment_id=box["assignment_id"])

    assert shown["box"] == box
    assert shown["why"]
    assert {"approve", "reject", "move"} <= set(shown["allowed"])
    assert shown["role"] == "supervisor"
    assert len(shown["story"]["weeks"]) == 26
    assert len(shown["story"]["doses"]) == 27
    assert {"visits", "recurrence", "minutes_per_day"} <= {g["rule"] for g in shown["gauges"]}
    assert all(gauge["used"] <= gauge["allowed"] for gauge in shown["gauges"])


def test_story__counts_the_incidents_that_the_table_has(warm, copy, day):
    """Held against the stored incidents, counted plainly."""
    import datetime as dt

    import pandas as pd
    import shapely

    from evenbeat.core.store.workspace import Workspace

    box = warm.ask("review-list", workspace=copy, date=day)["boxes"][0]
    story = warm.ask("review-show", workspace=copy, assignment_id=box["assignment_id"])["story"]
    workspace = Workspace.open(copy)
    rows = workspace.table("incidents").read()
    midnight = pd.Timestamp(
        dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), workspace.calendar.zone)
    )
    known = rows["reported_at"].fillna(rows["occurred_to"]) < midnight
    recent = rows["occurred_from"] >= midnight - pd.Timedelta(days=28)
    outline = shapely.from_wkt(box["wkt"])
    known &= rows["source_kind"].isin(["reported", "sensor"])
    points = shapely.points(rows["easting"].to_numpy(), rows["northing"].to_numpy())
    near = shapely.distance(points, outline) <= 250

    assert len(story["incidents"]) == int((known & recent & near).sum())
    half_year = rows["occurred_from"] >= midnight - pd.Timedelta(days=182)
    counted = sum(sum(week["counts"].values()) for week in story["weeks"])
    assert counted == int((known & half_year & near).sum()) > 0


def test_place__by_point_outline_or_cells_is_the_same_cell(warm, copy, day):
    box = warm.ask("review-list", workspace=copy, date=day)["boxes"][0]
    name, (row, column) = box["assignment_id"], box["cells"][0]
    east, north = box["easting"], box["northing"]
    square = f"POLYGON (({east} {north}, {east + 260} {north}, {east + 260} {north + 10}, " \
             f"{east} {north + 10}, {east} {north}))"  # fmt: skip
    where = {
        "cells": {"cells": [[row, column + 1]]}, "point": {"point": [east + 250, north]},
        "outline": {"outline": square.replace(f"{east} ", f"{east + 240} ")},
    }  # fmt: skip
    found = {}
    for kind, place in where.items():
        try:
            made = warm.ask("review-move", workspace=copy, assignment_id=name, place=place,
                            reason="safe parking there", override=True)  # fmt: skip
        except Refused as refused:
            found[kind] = refused.message
            continue
        fresh = next(b for b in made["boxes"] if b["assignment_id"] != name)
        found[kind] = fresh["cells"]
        warm.ask("review-undo", workspace=copy, assignment_id=name, reason="try another way",
                 override=True)  # fmt: skip

    assert len(set(map(str, found.values()))) == 1, found
    assert found["cells"] == [[row, column + 1]]


def test_place__needs_exactly_one_way(warm, copy, day):
    for place in ({}, {"point": [1, 2], "cells": [[1, 2]]}):
        with pytest.raises(Refused, match="one of cells, point and outline"):
            warm.ask("review-move", workspace=copy, assignment_id="x", reason="why", place=place)


def test_caps__refuse_with_the_rule_and_the_gauge_shows_it(warm, copy, day):
    boxes = warm.ask("review-list", workspace=copy, date=day, shift="day")["boxes"]
    first, other = boxes[0], next(b for b in boxes if b["district_id"] == boxes[0]["district_id"]
                                  and b is not boxes[0])  # fmt: skip
    row, column = other["cells"][0]

    with pytest.raises(Refused) as refused:
        warm.ask("review-move", workspace=copy, assignment_id=first["assignment_id"],
                 place={"cells": [[row, column]]}, reason="right there")  # fmt: skip

    assert refused.value.kind == "CapError"
    assert "nearer than" in refused.value.message or "at most" in refused.value.message
    gauges = warm.ask("review-caps", workspace=copy, date=day, shift="day")["gauges"]
    assert gauges
    assert all(gauge["used"] <= gauge["allowed"] for gauge in gauges)


def test_areas__are_drawn_listed_and_lifted(warm, copy, day):
    box = warm.ask("review-list", workspace=copy, date=day)["boxes"][0]
    drawn = warm.ask("review-exclude", workspace=copy, outline=box["wkt"], date=day, days=3,
                     reason="town fair")  # fmt: skip
    assert box["assignment_id"] in drawn["rejected"]
    assert {b["state"] for b in drawn["boxes"]} == {"rejected"}
    areas = warm.ask("review-areas", workspace=copy, date=day)["areas"]
    assert [area["area_id"] for area in areas] == [drawn["area_id"]]
    warm.ask("review-lift", workspace=copy, area_id=drawn["area_id"], reason="over")
    assert warm.ask("review-areas", workspace=copy, date=day)["areas"] == []


def test_two_engines__the_slower_one_is_told(warm, copy, day, tmp_path):
    name = warm.ask("review-list", workspace=copy, date=day)["boxes"][0]["assignment_id"]
    with Engine(tmp_path / "other") as other:
        other.ask("review-show", workspace=copy, assignment_id=name)
        warm.ask("review-approve", workspace=copy, assignment_id=name, version=0)
        with pytest.raises(Refused) as refused:
            other.ask("review-reject", workspace=copy, assignment_id=name, version=0,
                      reason="road closed")  # fmt: skip
        seen = other.ask("review-list", workspace=copy, date=day)["boxes"][0]

    assert refused.value.kind == "ConflictError"
    assert "sue" in refused.value.message
    assert (seen["state"], seen["version"]) == ("approved", 1)


def test_reader__without_a_role_may_look_and_not_decide(copy, day, tmp_path):
    with Engine(tmp_path / "ann", actor="ann") as ann:
        box = ann.ask("review-list", workspace=copy, date=day)["boxes"][0]
        shown = ann.ask("review-show", workspace=copy, assignment_id=box["assignment_id"])
        with pytest.raises(Refused) as refused:
            ann.ask("review-approve", workspace=copy, assignment_id=box["assignment_id"])

    assert (shown["role"], shown["allowed"]) == (None, [])
    assert refused.value.kind == "ReviewError"


def test_reasons__are_those_of_the_settings(warm, copy):
    assert "reject" in warm.ask("review-reasons", workspace=copy)["reasons"]

    warm.ask("settings-change", workspace=copy, changes=[
        {"path": ["review", "reasons"], "value": {"reject": ["Flooded"]}}
    ])  # fmt: skip

    assert warm.ask("review-reasons", workspace=copy)["reasons"] == {"reject": ["Flooded"]}


DECIDE = """
import sys
from evenbeat.core.engine.catalogue import find
from evenbeat.core.engine.hello import Greeting
from evenbeat.core.engine.operation import Call
from evenbeat.core.engine.session import Session

Greeting()
call = Call(Session(), lambda *_, **__: None, lambda: False)

def ask(name, **given):
    found = find(name)
    return found.run(call, found.request(workspace=sys.argv[1], **given))

names = [box.assignment_id for box in ask("review-list", date=sys.argv[2]).boxes]
ask("review-show", assignment_id=names[0])
ask("review-prepare")
before = set(sys.modules)
ask("review-approve", assignment_id=names[0])
ask("review-reject", assignment_id=names[1], reason="road closed")
ask("review-undo", assignment_id=names[1], reason="wrong box")
ask("review-suppress", assignment_id=names[2], reason="road closed")
print(len(before) > 100, sorted(set(sys.modules) - before))
"""


def test_prepare__decisions_then_import_nothing(copy, day):
    done = subprocess.run(
        [sys.executable, "-I", "-c", DECIDE, copy, day], capture_output=True, text=True,
        check=False, env={**os.environ, "LOGNAME": "sue"},
    )  # fmt: skip

    assert done.stdout == "True []\n", done.stdout + done.stderr
