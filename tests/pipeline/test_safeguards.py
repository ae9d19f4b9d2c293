"""What a day refuses, remakes and says: stale data, lost files, a log cut short."""

import datetime as dt
import json
import shutil
import sqlite3

import geopandas as gpd
import pytest
from click.testing import CliRunner
from shapely.geometry import box

from evenbeat.core.cli.main import group
from evenbeat.core.errors import AuditError, ModelError, PublishError
from evenbeat.core.pipeline.audit import run_verify
from evenbeat.core.pipeline.daily import run_daily
from evenbeat.core.pipeline.ingest import run_ingest
from evenbeat.core.pipeline.publish import run_publish
from evenbeat.core.store.files import sha256_tree
from evenbeat.core.store.publication import read_manifest
from tests.agency_day import FORECAST_DAY, context_of

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("days_later", [30, 400, 30_000])
def test_daily__data_too_old_are_refused(finished_copy, days_later):
    before = sha256_tree(finished_copy / "published")
    with pytest.raises(ModelError, match="days without crime"):
        run_daily(context_of(finished_copy), FORECAST_DAY + dt.timedelta(days=days_later))
    assert sha256_tree(finished_copy / "published") == before


def test_daily__ageing_data_are_named(finished_copy):
    outcome = run_daily(context_of(finished_copy), FORECAST_DAY + dt.timedelta(days=5))
    assert any("days old" in note for note in outcome.notes)


def test_publish__a_day_that_would_be_pruned_is_refused(finished_copy):
    context = context_of(finished_copy)
    manifest = finished_copy / "published" / "manifest.json"
    far = manifest.read_text().replace(FORECAST_DAY.isoformat(), "2030-01-01")
    manifest.write_text(far)
    with pytest.raises(PublishError, match="keep_days"):
        run_publish(context, FORECAST_DAY)
    risk = read_manifest(finished_copy / "published").layers["priority"]
    assert list(risk.dates) == ["2030-01-01"]


@pytest.mark.parametrize(
    ("lost", "step"),
    [
        ("runs/*/*/risk.zarr/expected_count", "forecast"),
        ("runs/*/*/assignments.gpkg", "plan"),
        ("runs/*/*/briefing/index.html", "brief"),
        ("published/risk-theft", "publish"),
    ],
)
def test_daily__what_is_lost_is_made_again(finished_copy, lost, step):
    path = next(finished_copy.glob(lost))
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    outcome = run_daily(context_of(finished_copy), FORECAST_DAY)
    assert outcome.steps[step] == "done"
    assert path.exists()


def test_verify__what_stands_in_the_workspace_must_be_in_the_log(finished_copy):
    context = context_of(finished_copy)
    assert run_verify(context, files=True).intact
    page = next(finished_copy.glob("runs/*/*/briefing/index.html"))
    page.write_text(page.read_text("utf-8") + "<!-- changed -->", "utf-8")
    with pytest.raises(AuditError, match="brief"):
        run_verify(context_of(finished_copy), files=True)
    (finished_copy / "assignments.gpkg").unlink()
    with pytest.raises(AuditError, match="too short"):
        run_verify(context_of(finished_copy))


def test_verify__rows_cut_off_are_found(finished_copy):
    with sqlite3.connect(finished_copy / "assignments.gpkg") as connection:
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM audit_log WHERE action = 'forecast'")
        last = connection.execute(
            "SELECT MIN(entry) FROM audit_log WHERE action = 'plan'"
        ).fetchone()
        connection.execute("DELETE FROM audit_log WHERE entry >= ?", last)
        for _, sql in guards:
            connection.execute(sql)
    connection.close()
    with pytest.raises(AuditError, match=r"too short|missing|no entry of the log"):
        run_verify(context_of(finished_copy))


def test_grid__cells_outside_the_boundary_are_outside(finished_copy):
    context = context_of(finished_copy)
    whole = context.workspace.grid()
    boundary = context.workspace.table("boundary").read()
    west, south, east, north = boundary.total_bounds
    middle = ((west + east) / 2, (south + north) / 2)
    hole = box(middle[0] - 600, middle[1] - 600, middle[0] + 600, middle[1] + 600)
    holed = gpd.GeoDataFrame(
        boundary.drop(columns="geometry"), geometry=boundary.difference(hole), crs=boundary.crs
    )
    context.workspace.table("boundary").write(holed)
    grid = context_of(finished_copy).workspace.grid()
    assert grid.n_inside < whole.n_inside
    row, column = grid.locate(*middle)
    assert not grid.mask[row, column]


def test_ingest__header_only_file(fresh_workspace):
    for path in fresh_workspace.glob("incidents*.csv"):
        path.write_text(path.read_text("utf-8-sig").splitlines()[0] + "\n", "utf-8")
    (fresh_workspace / "gunfire.csv").write_text(
        (fresh_workspace / "gunfire.csv").read_text("utf-8").splitlines()[0] + "\n"
    )
    result = CliRunner().invoke(group, ["daily", "-q", "-w", str(fresh_workspace)])
    assert result.exit_code in (4, 7), result.output
    assert "error:" in result.output
    assert not isinstance(result.exception, TypeError)


def test_settings__an_unknown_zone_is_named(fresh_workspace):
    settings = fresh_workspace / "evenbeat.toml"
    settings.write_text(settings.read_text().replace("America/Chicago", "Mars/Base"))
    result = CliRunner().invoke(group, ["daily", "-w", str(fresh_workspace)])
    assert result.exit_code == 2
    assert "IANA" in result.output


def test_simulate__a_workspace_in_use_is_kept(finished_copy):
    result = CliRunner().invoke(group, ["simulate", "--out", str(finished_copy)])
    assert result.exit_code == 2
    assert "--force" in result.output


def test_ingest__the_agencys_own_table_is_named(fresh_workspace):
    (fresh_workspace / "crime_types.csv").write_text(
        "system,code,crime_type,group,description\nnibrs,99Z,theft,,theft by finding\n"
    )
    outcome = run_ingest(context_of(fresh_workspace))
    assert any("own crime_types.csv" in text for text in outcome.texts)
    logged = [
        json.loads(entry.detail)
        for entry in context_of(fresh_workspace).workspace.audit.entries()
        if entry.action == "ingest"
    ]
    assert all("crime_types.csv" in detail["overrides"] for detail in logged)
