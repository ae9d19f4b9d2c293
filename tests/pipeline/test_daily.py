"""The day, end to end: whole, repeatable to the byte, and nothing twice."""

import datetime as dt
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from evenbeat.core.forecast import FittedModels
from evenbeat.core.pipeline.brief import run_brief
from evenbeat.core.pipeline.daily import run_daily
from evenbeat.core.pipeline.fit import run_fit
from evenbeat.core.pipeline.forecast import RISK, run_forecast
from evenbeat.core.pipeline.ingest import run_ingest
from evenbeat.core.pipeline.plan import run_plan
from evenbeat.core.store.cubes import read_cube
from evenbeat.core.store.files import fingerprint, sha256_file
from evenbeat.core.store.publication import read_manifest
from evenbeat.core.store.vectors import read_geopackage
from evenbeat.core.store.workspace import Workspace
from evenbeat.core.variables import validate
from tests.agency_day import DAYS, FORECAST_DAY, context_of

pytestmark = pytest.mark.slow
MADE = ("data", "models", "runs", "published")


def hashes(root):
    """Return the hash of each folder that a day makes, but for marks of when a file was retired."""
    found = {}
    for name in MADE:
        paths = sorted(path for path in (root / name).rglob("*") if path.is_file())
        parts = [(path.relative_to(root).as_posix(), sha256_file(path)) for path in paths
                 if path.name != "retired"]  # fmt: skip
        found[name] = fingerprint(parts)
    return found


def test_daily__golden_path(finished_day):
    root, outcome = finished_day
    workspace = Workspace.open(root)
    assert set(outcome.steps.values()) == {"done"}
    versions = FittedModels.load(next((root / "models").glob("2*"))).versions
    assert versions["theft"].split("-")[0] in ("boosted", "stack", "glm", "mixture")
    risk = validate(read_cube(workspace.run_folder(FORECAST_DAY, outcome.run_id) / RISK))
    assert risk["expected_count"].dims == ("crime_type", "shift", "y", "x")
    inside = risk["expected_count"].values[:, :, workspace.grid().mask]
    assert np.isfinite(inside).all()
    assert (inside >= 0).all()
    assert risk.attrs["run_id"] == outcome.run_id
    boxes = read_geopackage(outcome.assignments, "assignments")
    assert len(boxes) == outcome.boxes > 0
    assert set(boxes["status"]) == {"proposed"}
    assert outcome.briefing.is_file()
    assert read_manifest(workspace.publication) is not None
    assert workspace.audit.verify().intact
    actions = [entry.action for entry in workspace.audit.entries()]
    assert [name for name in ("ingest", "fit", "forecast", "plan", "brief", "publish")
            if name not in actions] == []  # fmt: skip


def test_daily__totals_are_near_the_recent_past(finished_day):
    root, outcome = finished_day
    incidents = Workspace.open(root).table("incidents").read()
    recent = incidents[incidents["weight"] > 0]
    recent = recent[
        recent["occurred_from"] >= pd.Timestamp(FORECAST_DAY, tz="UTC") - pd.Timedelta("56D")
    ]
    observed = recent["crime_type"].value_counts() / 56
    for crime_type in ("theft", "aggravated_assault"):
        # The level follows the last weeks, which differ by chance where a type is quiet.
        assert outcome.totals[crime_type] == pytest.approx(observed[crime_type], rel=0.6)


def test_daily__second_run_does_nothing(finished_copy):
    before = hashes(finished_copy)
    outcome = run_daily(context_of(finished_copy), FORECAST_DAY)
    assert set(outcome.steps.values()) == {"already done"}
    assert hashes(finished_copy) == before


def test_daily__same_inputs_same_bytes_in_another_process(finished_day, fresh_workspace):
    """Another process, clock, time zone, order of hashes and number of threads."""
    other = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "OMP_NUM_THREADS": "1", "LC_ALL": "C",
             "NUMBA_NUM_THREADS": "1"}  # fmt: skip
    subprocess.run(
        [sys.executable, "-m", "evenbeat.core.cli", "daily", "-q", "-w", str(fresh_workspace),
         "--date", FORECAST_DAY.isoformat()],
        check=True, capture_output=True, env=os.environ | other,
    )  # fmt: skip
    assert hashes(fresh_workspace) == hashes(finished_day[0])


def test_daily__another_day_follows_without_a_new_fit(finished_copy):
    following = FORECAST_DAY + dt.timedelta(days=1)
    outcome = run_daily(context_of(finished_copy), following)
    assert outcome.steps["fit"] == "already done"
    assert outcome.steps["forecast"] == "done"
    boxes = read_geopackage(outcome.assignments, "assignments")
    assert boxes["days_in_last_7"].max() >= 1


def test_plan__recurrence_cap_holds_over_a_week(finished_copy):
    context = context_of(finished_copy)
    seen = []
    for offset in range(6):
        day = FORECAST_DAY + dt.timedelta(days=offset)
        _forecast_and_plan(context, day)
        seen.append(_boxes(context, day))
    days_of_box = {box: sum(box in day for day in seen) for box in set().union(*seen)}
    assert max(days_of_box.values()) <= 4


def test_forecast__the_future_does_not_change_it(finished_day, fresh_workspace):
    context = context_of(fresh_workspace)
    run_ingest(context)
    table = context.workspace.table("incidents")
    rows = table.read()
    future = rows.tail(400).copy()
    later = pd.Timedelta(days=DAYS + 30)
    for column in ("occurred_from", "occurred_to", "reported_at"):
        future[column] = future[column] + later
    future["incident_id"] = "future-" + future["incident_id"]
    table.write(pd.concat([rows, future], ignore_index=True))
    run_fit(context, FORECAST_DAY)
    made = run_forecast(context, FORECAST_DAY)
    changed = read_cube(made.folder / RISK)["expected_count"].values
    root, outcome = finished_day
    original = read_cube(Workspace.open(root).run_folder(FORECAST_DAY, outcome.run_id) / RISK)
    np.testing.assert_array_equal(changed, original["expected_count"].values)


@pytest.mark.parametrize("kills", [2, pytest.param(12, marks=pytest.mark.extended)])
def test_daily__killed_anywhere_leaves_yesterday_and_the_next_run_finishes(
    finished_copy, tmp_path, kills
):
    """Kill the process at random moments; the published day before stays whole throughout."""
    following = FORECAST_DAY + dt.timedelta(days=1)
    published = finished_copy / "published"
    before = json.loads((published / "manifest.json").read_text())
    command = [sys.executable, "-m", "evenbeat.core.cli", "daily", "-q", "-w", str(finished_copy),
               "--date", following.isoformat()]  # fmt: skip
    started = time.perf_counter()
    whole_copy = shutil.copytree(finished_copy, tmp_path / "whole")
    subprocess.run([*command[:6], str(whole_copy), *command[7:]], check=True, capture_output=True)
    length = time.perf_counter() - started
    moments = random.Random(5)
    for _ in range(kills):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.3, length))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        now = json.loads((published / "manifest.json").read_text())
        yesterday = {
            layer: days["dates"].get(FORECAST_DAY.isoformat())
            for layer, days in now["layers"].items()
        }
        assert yesterday == {
            layer: days["dates"].get(FORECAST_DAY.isoformat())
            for layer, days in before["layers"].items()
        }
    subprocess.run(command, check=True, capture_output=True)
    assert hashes(finished_copy)["runs"] == hashes(whole_copy)["runs"]
    assert Workspace.open(finished_copy).audit.verify().intact


def test_plan__recurrence_holds_when_days_are_planned_out_of_order(finished_copy):
    context = context_of(finished_copy)
    boxes_of = {}
    for offset in (1, 2, 4, 5, 3, 6):
        day = FORECAST_DAY + dt.timedelta(days=offset)
        _forecast_and_plan(context, day)
        boxes_of[offset] = _boxes(context, day)
    run_plan(context, FORECAST_DAY, force=True, reason="tried again")
    boxes_of[0] = _boxes(context, FORECAST_DAY)
    for box in set().union(*boxes_of.values()):
        assert sum(box in boxes for boxes in boxes_of.values()) <= 4


def test_plan__another_plan_makes_another_briefing(finished_copy):
    context = context_of(finished_copy)
    page = run_brief(context, FORECAST_DAY)
    assert page.reused
    settings = finished_copy / "evenbeat.toml"
    settings.write_text(settings.read_text() + "\n[plan]\nboxes_per_district = 1\n")
    changed = context_of(finished_copy)
    run_plan(changed, FORECAST_DAY, force=True, reason="tried again")
    assert not run_brief(changed, FORECAST_DAY).reused


def _forecast_and_plan(context, day):
    run_forecast(context, day)
    run_plan(context, day)


def _boxes(context, day):
    run_id = context.workspace.current_run(day)
    path = context.workspace.run_folder(day, run_id) / "assignments.gpkg"
    rows = read_geopackage(path, "assignments")
    return set(zip(rows["row"], rows["column"], strict=True))
