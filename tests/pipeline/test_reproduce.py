"""A past day made again from its log: the same bytes, whatever happened since."""

from __future__ import annotations

import datetime as dt
import shutil

import pandas as pd
import pytest

from evenbeat.core.errors import AuditError
from evenbeat.core.pipeline.daily import run_daily
from evenbeat.core.pipeline.plan import run_plan
from evenbeat.core.pipeline.reproduce import run_reproduce
from evenbeat.core.pipeline.review.operations import approve, reject
from evenbeat.core.store.database import current_assignments
from tests.agency_day import FORECAST_DAY, context_of

WHATS = {"model", "features", "risk", "plan"}


def boxes_of(context, date):
    with context.workspace.database.reading() as connection:
        found = current_assignments(connection, first=date, last=date, superseded=False)
    return [box.assignment.assignment_id for box in found if box.state == "proposed"]


def test_reproduce__the_same_bytes_after_reviews_new_plans_new_data_and_new_settings(finished_copy):
    context = context_of(finished_copy)
    following = FORECAST_DAY + dt.timedelta(days=1)
    names = boxes_of(context, FORECAST_DAY)
    approve(context, names[0])
    reject(context, names[1], reason="the street is closed")
    run_daily(context, following)
    later = run_reproduce(context, following)
    assert {output.what for output in later.outputs} == WHATS
    assert later.identical

    # All of this comes after the plan of the following day and must not be seen by its making.
    for name in boxes_of(context, FORECAST_DAY)[:5]:
        reject(context, name, reason="decided only later")
    table = context.workspace.table("incidents")
    table.write(table.read().iloc[:-50].reset_index(drop=True))
    toml = finished_copy / "evenbeat.toml"
    text = toml.read_text("utf-8")
    assert text.count("[plan]") <= 1
    text = text if "[plan]" in text else text + "\n[plan]\n"
    toml.write_text(text.replace("[plan]", "[plan]\ntau = 3.0"), "utf-8")
    again = context_of(finished_copy)
    for date in (FORECAST_DAY, following):
        found = run_reproduce(again, date)
        assert found.identical, [output for output in found.outputs if not output.same]
        assert found.same_code


def test_reproduce__a_second_plan_of_the_day_too(finished_copy):
    context = context_of(finished_copy)
    first = run_reproduce(context, FORECAST_DAY)
    run_plan(context, FORECAST_DAY, force=True, reason="tried again")
    second = run_reproduce(context, FORECAST_DAY)
    assert second.identical
    assert second.plan_id != first.plan_id
    assert second.outputs[-1].again != first.outputs[-1].again


@pytest.mark.parametrize("what", ["table", "model", "settings"])
def test_reproduce__says_which_input_is_gone(finished_copy, what):
    context = context_of(finished_copy)
    workspace = context.workspace
    gone = {
        "table": workspace.table("incidents").snapshot_folder(),
        "model": next(path for path in workspace.models_folder.iterdir() if path.is_dir()),
        "settings": finished_copy / "data" / "settings",
    }[what]
    shutil.rmtree(gone)
    with pytest.raises(AuditError, match=r"backup"):
        run_reproduce(context, FORECAST_DAY)


def test_reproduce__finds_an_input_that_is_not_as_it_was(finished_copy):
    context = context_of(finished_copy)
    path = next(context.workspace.table("incidents").snapshot_folder().rglob("*.parquet"))
    table = pd.read_parquet(path)
    table.iloc[:-40].to_parquet(path, index=False)
    with pytest.raises(AuditError, match=r"incidents .* not as it was logged"):
        run_reproduce(context, FORECAST_DAY)


def test_reproduce__a_day_that_is_not_in_the_log(finished_copy):
    with pytest.raises(AuditError, match="no forecast"):
        run_reproduce(context_of(finished_copy), dt.date(2001, 1, 1))
