"""One review: as a whole process and in a warm one, on a day as large as a big city's."""

import contextlib
import datetime as dt
import itertools
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import review_scene as scene
import shapely
from store.postgis import programs, running_server

from evenbeat.core.pipeline.review import operations as review
from evenbeat.core.store.database import PlanRecord, logged_records, record_plan
from evenbeat.core.store.workspace import Workspace
from tests.benchmarks.interleave import measure_process

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1200)]
EVENBEAT = Path(sys.executable).parent / "evenbeat"
DISTRICTS, PAST_DAYS = 25, 27
HEIGHT, WIDTH = 190, 143
SETTINGS = """
[agency]
timezone = "America/Chicago"
crs = "EPSG:26971"

[grid]
cell_size = 150.0

[model]
crime_types = ["homicide", "robbery", "burglary", "theft"]

[review.roles]
ana = "analyst"
postgres = "analyst"
"""


def make_large_day(root):
    """Write a workspace of 27,170 cells and 25 districts, planned on 28 days."""
    root.mkdir(parents=True)
    (root / "evenbeat.toml").write_text(SETTINGS)
    workspace = Workspace.open(root)
    workspace.fix_crs("EPSG:26971")
    for name, key, count in (("districts", "district_id", DISTRICTS),
                             ("neighbourhoods", "neighbourhood_id", 77)):  # fmt: skip
        edges = np.linspace(0, HEIGHT * 150.0, count + 1)
        shapes = [
            shapely.box(300_000, 600_000 + low, 300_000 + WIDTH * 150, 600_000 + high)
            for low, high in itertools.pairwise(edges)
        ]
        ids = [f"{index:02d}" for index in range(count)]
        table = gpd.GeoDataFrame({key: ids, "name": ids}, geometry=shapes, crs="EPSG:26971")
        workspace.table(name).write(table)
    grid = workspace.grid()
    scene.write_cube(
        workspace.run_folder(scene.DATE, scene.RUN) / "risk.zarr",
        scene.risk_cube(grid, workspace.calendar, seed=5),
    )
    workspace.set_current_run(scene.DATE, scene.RUN)
    context = scene.context_of(root, "ana", now=scene.MORNING + dt.timedelta(days=5))
    scene.plan_the_day(context)
    planned = [box.assignment for box in scene.boxes_of(context)]
    for back in range(1, PAST_DAYS + 1):
        _repeat(context, planned, scene.DATE - dt.timedelta(days=back), shift=3 * back)
    return root, len(planned)


def _repeat(context, planned, date, *, shift):
    """Record the same boxes on another day, some columns further."""
    plan = PlanRecord(
        plan_id=f"{date}-plan1", run_id=scene.RUN, service_date=date, issued_at=context.now(),
        actor="planner", mode="lottery", seed=scene.RUN, settings_fingerprint="", document={},
    )  # fmt: skip
    moved = [
        replace(
            box, plan_id=plan.plan_id, service_date=date,
            assignment_id=box.assignment_id.replace(str(scene.DATE), str(date)),
            column=(box.column + shift) % WIDTH,
            cells=tuple((row, (column + shift) % WIDTH) for row, column in box.cells),
        )
        for box in planned
    ]  # fmt: skip
    with context.workspace.database.transaction() as connection:
        records = logged_records(plan=plan, assignments=moved)
        context.log("plan", {"records": records}, connection=connection)
        record_plan(connection, plan, moved)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    return make_large_day(tmp_path_factory.mktemp("large") / "city")


def _measure(table, root, where, monkeypatch):
    monkeypatch.setenv("LOGNAME", "ana")
    context = scene.context_of(root, "ana", now=scene.MORNING + dt.timedelta(days=5))
    ids = [box.assignment.assignment_id for box in scene.boxes_of(context, shift="day")]
    review.approve(context, ids[0])
    seconds = [_timed(review.approve, context, name) for name in ids[1:40]]
    table.add_limit(
        f"review approve, warm, {where}, median of {len(seconds)}",
        statistics.median(seconds) * 1e3, "ms", at_most=50,
    )  # fmt: skip
    table.add_note("    the slowest of them", f"{max(seconds) * 1e3:.0f} ms")
    evening = [box.assignment for box in scene.boxes_of(context, shift="evening")]
    others = {
        "undo": [_timed(review.undo, context, name, reason="for the figure") for name in ids[:7]],
        "reject": [_timed(review.reject, context, evening.pop().assignment_id,
                          reason="for the figure") for _ in range(7)],
        "suppress": [_timed(review.suppress, context, evening.pop().assignment_id,
                            reason="for the figure") for _ in range(7)],
    }  # fmt: skip
    for name, taken in others.items():
        table.add_limit(f"review {name}, warm, {where}, median of 7",
                        statistics.median(taken) * 1e3, "ms", at_most=50)  # fmt: skip
    started = time.perf_counter()
    made, left = review.approve_all(context, scene.DATE, shift="night")
    table.add_note(f"    approve-all of {len(made) + len(left)} boxes, warm",
                   f"{time.perf_counter() - started:.2f} s")  # fmt: skip
    command = [EVENBEAT, "review", "approve", "-w", root]
    used = [measure_process([*command, box.assignment_id]) for box in evening[:9]]
    _add_process(table, f"evenbeat review approve ID, {where}", used, at_most=0.7)


def _add_process(table, job, used, *, at_most):
    """Note the wall time beside its bar, and the CPU time, which others' work disturbs less."""
    walls = sorted(one.wall_s for one in used)
    table.add_limit(f"{job}, median of {len(used)}", statistics.median(walls), "s", at_most=at_most)
    table.add_note("    fastest and slowest of them", f"{walls[0]:.2f} to {walls[-1]:.2f} s")
    table.add_note(
        "    their CPU time, median", f"{statistics.median(u.cpu_s for u in used):.2f} s"
    )


def _timed(operation, *arguments, **options):
    started = time.perf_counter()
    operation(*arguments, **options)
    return time.perf_counter() - started


def test_review__in_a_geopackage(large, table, monkeypatch):
    root, boxes = large
    table.add_note("review: boxes of the day, and of the 27 days before", f"{boxes}, 27 x {boxes}")
    _measure(table, root, "GeoPackage", monkeypatch)


@pytest.mark.postgis
def test_review__in_postgis(tmp_path, table, monkeypatch):
    if programs() is None:
        pytest.skip("no PostgreSQL with PostGIS here; install it with: scripts/install-system test")
    with running_server() as server:
        monkeypatch.setenv("EVENBEAT_DATABASE", server.new_store())
        root, _ = make_large_day(tmp_path / "city")
        _measure(table, root, "PostGIS", monkeypatch)


def test_move__as_a_process(large, table, monkeypatch):
    """It reads districts and the forecast beside, so it may take longer."""
    monkeypatch.setenv("LOGNAME", "ana")
    root, _ = large
    context = scene.context_of(root, "ana", now=scene.MORNING + dt.timedelta(days=5))
    used = []
    for box in scene.boxes_of(context, shift="evening", states=["proposed"]):
        target = f"{box.assignment.row},{(box.assignment.column + 1) % WIDTH}"
        command = [EVENBEAT, "review", "move", "-w", root, box.assignment.assignment_id, "--to"]
        with contextlib.suppress(RuntimeError):  # the caps refuse some
            used.append(measure_process([*command, target, "--reason", "for the figure"]))
        if len(used) == 5:
            break
    _add_process(table, "evenbeat review move ID", used, at_most=1.5)
