"""A plan while others work: nothing lost, nothing stale, and nobody draws until they like it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest
import shapely

from evenbeat.core.errors import ConflictError, PlanError, ReviewError
from evenbeat.core.pipeline.audit import run_verify
from evenbeat.core.pipeline.daily import run_daily
from evenbeat.core.pipeline.plan import ASSIGNMENTS, run_plan
from evenbeat.core.pipeline.plan_writing import beside_of
from evenbeat.core.pipeline.reproduce import run_reproduce
from evenbeat.core.pipeline.review.areas import draw_area
from evenbeat.core.pipeline.review.operations import approve, reject
from evenbeat.core.store.database import current_assignments, plan_of
from tests.agency_day import FORECAST_DAY, context_of

WHY = "the roster changed"


def boxes_of(context, **conditions):
    date = conditions.pop("date", FORECAST_DAY)
    with context.workspace.database.reading() as connection:
        return current_assignments(connection, first=date, last=date, superseded=False,
                                   **conditions)  # fmt: skip


def while_planning(context, action, *, times=1):
    """Return a context whose plan is disturbed while the boxes are chosen."""
    left = [times]

    def progress(stage, fraction):
        if stage == "choosing boxes" and left[0]:
            left[0] -= 1
            action()

    return dataclasses.replace(context, progress=progress)


def exclude_first_box(root, context):
    box = boxes_of(context)[0].assignment
    other = context_of(root)
    draw_area(
        other, "exclude", shapely.box(*box.geometry.bounds), days=30, first=FORECAST_DAY,
        reason="a construction site",
    )  # fmt: skip
    return box


def test_run_plan__an_area_drawn_meanwhile_is_kept_free(finished_copy):
    context = context_of(finished_copy)
    drawn = []
    disturbed = while_planning(context, lambda: drawn.append(exclude_first_box(
        finished_copy, context)))  # fmt: skip
    outcome = run_plan(disturbed, FORECAST_DAY, force=True, reason=WHY, discard_reviews=True)
    assert drawn
    cell = (drawn[0].row, drawn[0].column)
    standing = boxes_of(context, states=("proposed", "approved"))
    assert all(cell not in box.assignment.cells for box in standing)
    assert outcome.boxes == len(standing)
    assert run_verify(context_of(finished_copy), files=True).intact
    assert run_reproduce(context_of(finished_copy), FORECAST_DAY).identical


def test_run_plan__gives_up_when_people_never_stop(finished_copy):
    context = context_of(finished_copy)
    names = [box.assignment.assignment_id for box in boxes_of(context)]

    def decide():
        approve(context_of(finished_copy), names.pop())

    before = (context.workspace.run_folder(FORECAST_DAY, context.workspace.current_run(
        FORECAST_DAY)) / ASSIGNMENTS).read_bytes()  # fmt: skip
    with pytest.raises(ConflictError, match=r"plan again"):
        run_plan(while_planning(context, decide, times=99), FORECAST_DAY, force=True, reason=WHY,
                 discard_reviews=True)  # fmt: skip
    folder = context.workspace.run_folder(FORECAST_DAY, context.workspace.current_run(FORECAST_DAY))
    assert (folder / ASSIGNMENTS).read_bytes() == before
    assert run_verify(context_of(finished_copy), files=True).intact
    assert run_plan(context_of(finished_copy), FORECAST_DAY).reused


def test_run_plan__a_crash_between_record_and_file_is_made_good(finished_copy):
    context = context_of(finished_copy)
    outcome = run_plan(context, FORECAST_DAY, force=True, reason=WHY)
    outcome.path.rename(beside_of(outcome.path))
    again = run_plan(context_of(finished_copy), FORECAST_DAY)
    assert again.reused
    assert again.plan_id == outcome.plan_id
    assert run_verify(context_of(finished_copy), files=True).intact


def test_run_plan__nobody_draws_until_they_like_it(finished_copy):
    context = context_of(finished_copy)
    with pytest.raises(PlanError, match="--reason"):
        run_plan(context, FORECAST_DAY, force=True)
    with pytest.raises(PlanError, match="--reason"):
        run_plan(context, FORECAST_DAY, force=True, reason=" x ")
    run_plan(context, FORECAST_DAY, force=True, reason=WHY)
    logged = [json.loads(e.detail) for e in context.workspace.audit.entries() if e.action == "plan"]
    assert [entry["reason"] for entry in logged] == [None, WHY]
    toml = finished_copy / "evenbeat.toml"
    toml.write_text(toml.read_text("utf-8") + '\n[review.roles]\ntester = "auditor"\n', "utf-8")
    with pytest.raises(ReviewError, match="auditor"):
        run_plan(context_of(finished_copy), FORECAST_DAY, force=True, reason=WHY)


def test_run_plan__a_rejection_is_a_review_too(finished_copy):
    context = context_of(finished_copy)
    reject(context, boxes_of(context)[0].assignment.assignment_id, reason="the street is closed")
    with pytest.raises(PlanError, match=r"1 boxes .* reviewed by tester"):
        run_plan(context, FORECAST_DAY, force=True, reason=WHY)


def test_run_plan__a_day_planned_before_a_day_that_is_planned_keeps_the_gap(finished_copy):
    context = context_of(finished_copy)
    following = FORECAST_DAY + dt.timedelta(days=1)
    run_daily(context, following)
    gap = context.workspace.settings.plan.caps.visit_gap_hours * 3600
    for number in range(4):
        run_plan(context, FORECAST_DAY, force=True, reason=f"edition {number}")
        first = {}
        for box in boxes_of(context, date=following):
            for cell in box.assignment.cells:
                start = dt.datetime.fromisoformat(box.assignment.shift_start).timestamp()
                first[cell] = min(first.get(cell, start), start)
        for box in boxes_of(context, states=("proposed", "approved")):
            end = dt.datetime.fromisoformat(box.assignment.shift_end).timestamp()
            for cell in box.assignment.cells:
                assert end + gap <= first.get(cell, float("inf"))


def test_run_plan__another_table_of_tactics_makes_another_plan(finished_copy):
    from importlib import resources

    shipped = resources.files("evenbeat.core.policy") / "tables" / "tactics.csv"
    (finished_copy / "tactics.csv").write_text(shipped.read_text("utf-8"), "utf-8")
    context = context_of(finished_copy)
    assert not run_plan(context, FORECAST_DAY).reused
    with context.workspace.database.reading() as connection:
        assert "inputs" in plan_of(connection, FORECAST_DAY).document["reason"]
