"""What the panels look at: rasters, tracks and briefing data, held against the store."""

import datetime as dt
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import rasterio

from evenbeat.core.pipeline.accounts.write import write_shift_report
from evenbeat.core.pipeline.context import Context
from evenbeat.core.pipeline.daily import run_daily
from evenbeat.core.pipeline.describe import run_describe
from evenbeat.core.pipeline.patrol.days import HOURS, day_store
from evenbeat.core.pipeline.plan import day_priority
from evenbeat.core.pipeline.views.folder import KEEP_DAYS, KEEP_RUNS_DAYS, remove_old
from evenbeat.core.store.workspace import Workspace
from tests.engine_process import Engine, Refused


@pytest.fixture(scope="module")
def workspace(city):
    return Workspace.open(city)


def read(path):
    """Values, EPSG code and names of the bands of a raster."""
    with rasterio.open(path) as raster:
        return raster.read(), raster.crs.to_epsg(), raster.descriptions


def test_run_rasters__hold_the_run(warm, city, workspace, dates):
    date = dt.date.fromisoformat(dates[0])
    folder = workspace.run_folder(date, workspace.current_run(date))
    risk, priority = day_priority(workspace, folder)
    grid = workspace.grid()

    made = warm.ask("run-rasters", workspace=city, date=dates[0], layers=["priority", "all"])

    assert len(made["rasters"]) == 2 * len(workspace.calendar.names)
    for told in made["rasters"]:
        at = workspace.calendar.names.index(told["shift"])
        truth = (
            priority.values[at] if told["layer"] == "priority"
            else risk["expected_count"].values[:, at].sum(axis=0)
        )  # fmt: skip
        values, epsg, _ = read(told["path"])
        np.testing.assert_allclose(values[0][grid.mask], truth[grid.mask], rtol=1e-6)
        assert epsg == 26971
        assert told["total"] == pytest.approx(truth[grid.mask].sum(), rel=1e-5)
        above = (truth[grid.mask] >= told["edges"]["0.05"]).mean()
        assert above == pytest.approx(0.05, abs=1 / grid.n_inside + 0.01)


def test_preview__weighs_one_district_and_changes_nothing(warm, city, workspace, dates):
    grid, name = workspace.grid(), workspace.grid().district_ids[0]
    before = (city / "evenbeat.toml").read_bytes()
    plain = warm.ask("run-rasters", workspace=city, date=dates[0], layers=["priority"])
    types = workspace.settings.model.crime_types
    doubled = {name: dict.fromkeys(types, 2.0)}

    made = warm.ask("priority-preview", workspace=city, date=dates[0], district_weights=doubled)

    inside = grid.district == 0
    for former, told in zip(plain["rasters"], made["rasters"], strict=True):
        was, now = read(former["path"])[0][0], read(told["path"])[0][0]
        np.testing.assert_allclose(now[inside], 2 * was[inside], rtol=1e-5)
        others = grid.mask & ~inside
        np.testing.assert_array_equal(now[others], was[others])
    assert (city / "evenbeat.toml").read_bytes() == before


def test_preview__refuses_an_unknown_district(warm, city, dates):
    with pytest.raises(Refused) as refused:
        warm.ask("priority-preview", workspace=city, date=dates[0],
                 district_weights={"nowhere": {"theft": 2}})  # fmt: skip

    assert refused.value.kind == "PlanError"


def test_difference__is_newer_minus_older(warm, city, dates, tmp_path):
    rasters = {
        date: warm.ask("run-rasters", workspace=city, date=date, layers=["theft"], out=tmp_path)
        for date in dates[:2]
    }
    made = warm.ask("run-difference", workspace=city, older={"date": dates[0]},
                    newer={"date": dates[1]}, layer="theft", out=tmp_path)  # fmt: skip

    for told, old, new in zip(
        made["rasters"], rasters[dates[0]]["rasters"], rasters[dates[1]]["rasters"], strict=True
    ):
        expected = read(new["path"])[0] - read(old["path"])[0]
        np.testing.assert_allclose(read(told["path"])[0], expected, atol=1e-7)


def test_runs__are_those_of_the_folders(warm, city, dates):
    runs = warm.ask("runs-list", workspace=city)["runs"]

    assert [run["date"] for run in runs if run["current"]] == dates[::-1]
    assert all(run["finished"] and run["plan_id"] and run["boxes"] > 0 for run in runs)


def test_hours__add_up_to_the_measured_day(warm, city, workspace, dates, tmp_path):
    cube = day_store(workspace).cube(dt.date.fromisoformat(dates[0]), HOURS)

    made = warm.ask("dosage-rasters", workspace=city, date=dates[0], variable="unit_minutes",
                    single=True, out=tmp_path)  # fmt: skip

    values, _, names = read(made["path"])
    mask = workspace.grid().mask
    truth = cube["unit_minutes"].values
    np.testing.assert_allclose(values[:, mask], truth[:, mask], rtol=1e-6)
    assert len(made["bands"]) == len(made["single"]) == len(names) == len(truth)
    assert names[0] == made["bands"][0]["start"].replace(":00Z", "Z")
    total = sum(band["total_minutes"] for band in made["bands"])
    assert total == pytest.approx(truth[:, mask].sum(dtype=float), rel=1e-6)


def test_hours__of_a_day_that_was_not_measured_are_refused(warm, city):
    with pytest.raises(Refused) as refused:
        warm.ask("dosage-rasters", workspace=city, date="2020-01-01")

    assert refused.value.kind == "WorkspaceError"
    assert refused.value.advice == "In QGIS: run Dosage."


def test_tracks__tell_the_unit_by_role(warm, city, dates, tmp_path):
    for_sue = warm.ask("tracks", workspace=city, date=dates[0], out=tmp_path / "sue")
    lines = geopandas.read_file(for_sue["path"], layer="tracks")
    points = geopandas.read_file(for_sue["path"], layer="positions")
    assert for_sue["named"]
    assert lines["unit"].nunique() == for_sue["units"]
    assert (lines["end"] > lines["start"]).all()
    assert len(points) == for_sue["positions"]
    settings = warm.ask("settings-read", workspace=city)["settings"]
    assert "sue" in settings["review"]["roles"]

    with Engine(tmp_path / "engine", actor="ann") as ann, pytest.raises(Refused) as refused:
        ann.ask("tracks", workspace=city, date=dates[0])
    assert "role" in refused.value.message


def test_tracks__hide_the_unit_from_an_analyst(copy, dates, tmp_path):
    text = (copy / "evenbeat.toml").read_text()
    (copy / "evenbeat.toml").write_text(text.replace('sue = "supervisor"', 'sue = "analyst"'))
    with Engine(tmp_path / "engine") as engine:
        made = engine.ask("tracks", workspace=copy, date=dates[0], shift="day")
        found = geopandas.read_file(made["path"], layer="tracks")
        fulfilled = engine.ask("planned-delivered", workspace=copy, date=dates[0])

    assert not made["named"]
    assert "supervisor" in made["note"]
    assert set(found["unit"].fillna("")) == {""}
    assert found["start"].is_monotonic_increasing
    assert {row["unit"] for row in fulfilled["rows"]} == {""}


def test_planned_and_delivered__is_the_measured_table(warm, city, workspace, dates):
    table = day_store(workspace).table("delivered", [dt.date.fromisoformat(dates[0])])

    made = warm.ask("planned-delivered", workspace=city, date=dates[0])

    assert len(made["rows"]) == len(table) > 0
    assert sum(made["outcomes"].values()) == len(table)
    told = {row["assignment_id"]: row["presence_minutes"] for row in made["rows"]}
    truth = dict(zip(table["assignment_id"], table["presence_minutes"], strict=True))
    assert told == pytest.approx(truth)


def test_briefing_data__has_every_page_and_every_standing_box(warm, city, workspace, dates):
    made = warm.ask("briefing-data", workspace=city, date=dates[0])
    listed = warm.ask("review-list", workspace=city, date=dates[0], states=["proposed", "approved"])

    layers = {str(name) for name, _ in pyogrio.list_layers(made["path"])}
    boxes = geopandas.read_file(made["path"], layer="boxes")
    pages = geopandas.read_file(made["path"], layer="pages")
    assert layers == {
        "pages", "boxes", "incidents", "events", "districts", "streets", "places"
    }  # fmt: skip
    assert set(boxes["assignment_id"]) == {box["assignment_id"] for box in listed["boxes"]}
    shifts, districts = workspace.calendar.names, workspace.grid().district_ids
    assert len(made["pages"]) == len(pages) == len(shifts) * len(districts)
    assert sum(len(page["boxes"]) for page in made["pages"]) == len(boxes)
    assert (boxes["why_words"].str.len() > 0).all()
    head = warm.ask("audit-anchor", workspace=city)["head"]
    assert head in made["head"]["log_head"]
    assert made["head"]["run_id"] == made["run_id"]
    assert made["statement"]
    assert read(made["rasters"][0]["path"])[1] == 26971


def test_boxes__are_written_as_a_geopackage_that_every_gis_edits(warm, city, dates, tmp_path):
    import sqlite3

    path = tmp_path / "boxes.gpkg"
    listed = warm.ask("review-list", workspace=city, date=dates[0], out=path)

    found = geopandas.read_file(path, layer="boxes")
    listed_ids = {box["assignment_id"] for box in listed["boxes"]}
    assert set(found["assignment_id"]) == listed_ids
    assert len(found) == len(listed_ids)
    with sqlite3.connect(path) as connection:
        # 10200: version 1.2
        assert connection.execute("PRAGMA user_version").fetchone() == (10200,)


def test_views__are_removed_after_a_week(tmp_path):
    import os

    old, new = tmp_path / "a" / "old.tif", tmp_path / "b" / "new.tif"
    for path in (old, new):
        path.parent.mkdir()
        path.write_bytes(b"x")
    os.utime(old, (0, 0))

    removed = remove_old(tmp_path, now=new.stat().st_mtime + (KEEP_DAYS - 1) * 86_400)

    assert removed == 1
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["new.tif"]
    assert not old.parent.exists()


def test_views__of_runs_stay_for_maps_that_were_saved(warm, city, dates):
    made = warm.ask("run-rasters", workspace=city, date=dates[0], layers=["priority"])
    preview = warm.ask("priority-preview", workspace=city, date=dates[0])
    run, other = (Path(views["rasters"][0]["path"]) for views in (made, preview))
    written = max(path.stat().st_mtime for path in (run, other))

    remove_old(run.parents[1], now=written + (KEEP_DAYS + 1) * 86_400)
    assert (run.exists(), other.exists()) == (True, False)

    remove_old(run.parents[1], now=written + (KEEP_RUNS_DAYS + 1) * 86_400)
    assert not run.exists()


@pytest.mark.parametrize(
    ("operation", "stage"),
    [
        ("tracks", "reading the tracks"), ("report-shift", "gathering"),
        ("planned-delivered", "reading what was planned and delivered"),
        ("describe", "reading the store"), ("layer-check", "reading the layer"),
    ],
)  # fmt: skip
def test_progress__of_what_takes_long_is_told(warm, copy, dates, operation, stage):
    parameters = {
        "describe": {},
        "layer-check": {"source": {"role": "incidents", "path": "incidents.csv"}},
    }.get(operation, {"date": dates[0]})  # fmt: skip
    identity = warm.send(operation, workspace=copy, **parameters)
    warm.end_of(identity)
    told = [
        message for message in warm.seen
        if message["id"] == identity and message["type"] == "progress"
    ]  # fmt: skip
    assert told[0]["stage"] == stage
    fractions = [message["fraction"] for message in told]
    assert fractions == sorted(fractions)


@pytest.fixture
def watched(copy):
    """A workspace whose every stage and fraction is kept; the engine leaves out some in a hurry."""
    told = []
    context = Context(
        Workspace.open(copy), "sue", progress=lambda stage, part: told.append((stage, part))
    )
    return context, told


def test_progress__of_figures_names_each(watched, dates):
    context, told = watched
    run_describe(context)
    write_shift_report(context, dt.date.fromisoformat(dates[0]))
    stages = [stage for stage, _ in told]
    for stage in ("drawing the months", "drawing the map", "drawing the week",
                  "drawing units over time", "drawing tracks over boxes"):  # fmt: skip
        assert stage in stages
    report = stages.index("gathering")
    for fractions in ([part for _, part in told[:report]], [part for _, part in told[report:]]):
        assert fractions == sorted(fractions)


def test_progress__of_a_day_names_the_step_that_is_next(watched, next_day):
    context, told = watched
    run_daily(context, dt.date.fromisoformat(next_day))
    stages = [stage for stage, _ in told]
    ends = {"reading the sources": "measuring patrol", "measuring patrol": "publishing patrol"}
    assert stages[0] == "reading the sources"
    for step, following in ends.items():
        assert stages.index(step) < stages.index(following)
    steps = ["publishing patrol", "fitting the models", "forecasting", "planning the boxes",
             "writing the briefing", "publishing the day"]  # fmt: skip
    assert [stages.index(step) for step in steps] == sorted(stages.index(step) for step in steps)
    fractions = [part for _, part in told]
    assert fractions == sorted(fractions)
    assert {part for stage, part in told if stage == "done"} == {1.0}
