"""A small planned day to review: a workspace made in a second, without models."""

import datetime as dt
import itertools
import shutil
from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely
from planning.cities import explain, risk_cube

from evenbeat.core.pipeline.context import Context
from evenbeat.core.pipeline.plan_inputs import past_use, surroundings
from evenbeat.core.pipeline.plan_records import to_candidates, to_records, to_visits
from evenbeat.core.pipeline.plan_writing import _superseded
from evenbeat.core.planning import plan_day, priority_surface
from evenbeat.core.planning.metering.claims import Bounds, Claim
from evenbeat.core.planning.metering.neighbourhoods import Neighbourhoods
from evenbeat.core.planning.metering.strata import unit_minutes, units_on
from evenbeat.core.store.cubes import write_cube
from evenbeat.core.store.database import (
    PlanRecord,
    append_event,
    candidates_of,
    current_assignments,
    logged_records,
    plan_of,
    record_plan,
)
from evenbeat.core.store.kept_settings import keep_settings
from evenbeat.core.store.workspace import Workspace

DATE = dt.date(2017, 1, 3)
RUN = "2017-01-03-scene"
MORNING = dt.datetime(2017, 1, 3, 11, tzinfo=dt.UTC)
SIZE, CELLS, DISTRICTS = 250.0, 14, 3
WEST, SOUTH = 350_000.0, 600_000.0
STANDING = ("proposed", "approved")

SETTINGS = """
[agency]
timezone = "America/Chicago"
crs = "EPSG:26971"

[model]
crime_types = ["homicide", "robbery", "burglary", "theft"]

[plan]
boxes_per_district = 2
hold_out_minimum = 1

[[plan.units]]
id = "u0"
district = "00"
minutes = 100

[[plan.units]]
id = "u1"
district = "01"
minutes = 140

[[plan.units]]
id = "u2"
district = "02"
minutes = 400
"""
ROLES = """
[review.roles]
ana = "analyst"
bo = "analyst"
sue = "supervisor"
cora = "commander"
otto = "auditor"
postgres = "supervisor"
"""


def make_workspace(root, *, extra=ROLES, now=MORNING):
    """Write a workspace whose day has a forecast and a plan."""
    root.mkdir(parents=True)
    (root / "evenbeat.toml").write_text(SETTINGS + extra)
    workspace = Workspace.open(root)
    workspace.fix_crs("EPSG:26971")
    workspace.table("districts").write(_bands("district_id", DISTRICTS, across=True))
    workspace.table("neighbourhoods").write(_bands("neighbourhood_id", 8, across=False))
    cube = risk_cube(workspace.grid(), workspace.calendar, seed=5)
    write_cube(workspace.run_folder(DATE, RUN) / "risk.zarr", cube)
    workspace.set_current_run(DATE, RUN)
    context = context_of(root, "planner", now=now)
    for name, version in workspace.table_versions().items():
        context.log("store", {"table": name, "version": version})
    plan_the_day(context)
    return root


def _bands(name, count, *, across):
    edges = np.linspace(0, CELLS * SIZE, count + 1)
    whole = CELLS * SIZE
    shapes = [
        shapely.box(WEST + low, SOUTH, WEST + high, SOUTH + whole) if across
        else shapely.box(WEST, SOUTH + low, WEST + whole, SOUTH + high)
        for low, high in itertools.pairwise(edges)
    ]  # fmt: skip
    ids = [f"{index:02d}" for index in range(count)]
    return gpd.GeoDataFrame({name: ids, "name": ids}, geometry=shapes, crs="EPSG:26971")


def context_of(root, actor="ana", *, now=MORNING):
    return Context(Workspace.open(root), actor=actor, now=lambda: now)


def plan_the_day(context, date=DATE, *, edition=1):
    """Plan a day and record it as the pipeline does; its reasons come from no model."""
    workspace, settings = context.workspace, context.workspace.settings
    grid = workspace.grid()
    risk = risk_cube(grid, workspace.calendar, seed=5)
    with workspace.database.reading() as connection:
        made = plan_day(
            risk=risk, priority=priority_surface(risk=risk, grid=grid, settings=settings.plan),
            grid=grid, calendar=workspace.calendar, date=date, settings=settings.plan,
            past=past_use(workspace, connection, grid, date), explain=explain, run_id=RUN,
            surroundings=surroundings(workspace, connection, grid, date), edition=edition,
        )  # fmt: skip
    keep_settings(workspace.root, settings, {})
    plan = PlanRecord(
        plan_id=f"{date}-plan{edition}", run_id=RUN, service_date=date, issued_at=context.now(),
        actor="planner", mode="lottery", seed=RUN, settings_fingerprint=settings.fingerprint,
        document={"issued_minutes": made.issued_minutes},
        supersedes=f"{date}-plan{edition - 1}" if edition > 1 else None,
    )  # fmt: skip
    rows = {
        "assignments": [
            replace(row, plan_id=plan.plan_id)
            for row in to_records(
                made.assignments, plan_id=plan.plan_id, crime_types=settings.model.crime_types
            )
        ],
        "candidates": to_candidates(made.candidates, plan_id=plan.plan_id),
        "visits": to_visits(made.visits),
    }
    lost = boxes_of(context, date, states=STANDING, superseded=False) if edition > 1 else []
    events = [_superseded(context, box, plan) for box in lost]
    with workspace.database.transaction() as connection:
        entry = context.log(
            "plan", {"records": logged_records(plan=plan, events=events, **rows)},
            connection=connection,
        )  # fmt: skip
        record_plan(connection, plan, **rows)
        for event in events:
            append_event(connection, replace(event, audit_entry=entry.entry))
    return made


def copy_of(root, target):
    return shutil.copytree(root, target)


def boxes_of(context, date=DATE, **conditions):
    with context.workspace.database.reading() as connection:
        return current_assignments(connection, first=date, last=date, **conditions)


def box_of(context, assignment_id):
    return boxes_of(context, ids=[assignment_id])[0]


def bounds_of(context, date=DATE):
    """Build what a day's boxes are judged against the way a plan does, from all that is stored."""
    workspace = context.workspace
    settings, grid = workspace.settings.plan, workspace.grid()
    shifts = {shift.name: shift for shift in workspace.calendar.shifts_on(date)}
    with workspace.database.reading() as connection:
        plan = plan_of(connection, date)
        around = surroundings(workspace, connection, grid, date)
        past = past_use(workspace, connection, grid, date)
        held_out = {name: set() for name in shifts}
        for row in candidates_of(connection, plan.plan_id):
            if row.outcome == "held_out":
                held_out[row.shift].update(r * grid.shape[1] + c for r, c in row.cells)
    return Bounds(
        grid=grid, caps=settings.caps, shifts=shifts, past=past,
        neighbourhoods=Neighbourhoods.of(
            grid, around.neighbourhoods, settings.caps.neighbourhood_share
        ),
        district_minutes={
            (name, district): sum(
                unit_minutes(unit, shift, settings) for unit in units_on(settings, shift, district)
            )
            for name, shift in shifts.items() for district in grid.district_ids
        },
        district_units={
            (name, district): len(units_on(settings, shift, district))
            for name, shift in shifts.items() for district in grid.district_ids
        },
        issued_minutes=plan.document["issued_minutes"], excluded=around.excluded,
        held_out=held_out,
    )  # fmt: skip


def claims_of(boxes, visits=()):
    """Build boxes as the caps see them; with their visits, where those are to be judged."""
    times = {}
    for visit in visits:
        pair = (visit.starts_at.timestamp(), visit.ends_at.timestamp())
        times.setdefault(visit.assignment_id, []).append(pair)
    return [
        Claim(it.assignment_id, it.shift, it.district_id, it.unit or "", it.cells, it.visits,
              it.visit_minutes, it.visit_gap_hours, tuple(times.get(it.assignment_id, ())),
              it.chosen_by == "reviewer")
        for it in (box.assignment for box in boxes)
    ]  # fmt: skip
