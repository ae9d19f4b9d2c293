"""The report of a planned and patrolled city: its numbers, its page, its command, its operation."""

import datetime as dt
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner

from evenbeat.core.cli.main import group
from evenbeat.core.errors import InputError, WorkspaceError
from evenbeat.core.pipeline.equity.gather import equity_period, gather
from evenbeat.core.pipeline.equity.load import load_demographics
from evenbeat.core.pipeline.equity.report import write_equity_report
from evenbeat.core.pipeline.patrol.days import day_store
from evenbeat.core.pipeline.review.operations import reject
from evenbeat.core.planning.priority import severity_weights
from evenbeat.core.store.database import current_assignments
from tests.engine_process import Engine
from tests.equity.conftest import context_at
from tests.reports.pages import assert_self_contained

pytestmark = pytest.mark.xdist_group("equity")


@pytest.fixture(scope="module")
def written(loaded_city, tmp_path_factory):
    return write_equity_report(context_at(loaded_city), out=tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def document(written):
    return json.loads(written.page.with_suffix(".json").read_text("utf-8"))["document"]


@pytest.fixture(scope="module")
def gathered(loaded_city):
    return gather(equity_period(context_at(loaded_city).workspace, None, None))


def test_gather__minutes_are_those_that_stand_in_the_workspace(loaded_city, gathered):
    workspace, entries = context_at(loaded_city).workspace, gathered.entries
    store = day_store(workspace)
    delivered = sum(store.patrol(date)["minutes"].sum() for date in store.dates())
    assert entries.delivered.sum() == pytest.approx(float(delivered), rel=1e-6)
    with workspace.database.reading() as connection:
        boxes = [one.assignment for one in current_assignments(connection)]
    assert entries.planned.sum() == pytest.approx(sum(box.minutes for box in boxes))
    assert entries.flagged.sum() == sum(len(box.cells) for box in boxes)
    assert entries.follows.tolist() == [False, True, True]


def test_gather__crime_is_counted_row_by_row(loaded_city, gathered):
    """Against a plain walk over the stored incidents."""
    workspace = context_at(loaded_city).workspace
    grid, calendar = workspace.grid(), workspace.calendar
    types = workspace.settings.model.crime_types
    weights = severity_weights(workspace.settings.plan, types)
    stored = workspace.table("incidents").read()
    for at, date in enumerate(gathered.entries.dates):
        shifts = calendar.shifts_on(pd.Timestamp(date).date())
        severity = before = 0.0
        for row in stored.itertuples():
            low, high = row.occurred_from, max(row.occurred_from, row.occurred_to)
            middle = low + (high - low) / 2
            y, x = grid.locate(row.easting, row.northing)
            known = row.crime_type in types and row.weight > 0
            known = known and high - low <= pd.Timedelta(days=1) and y >= 0 and grid.mask[y, x]
            if known and shifts[0].start <= middle < shifts[-1].end:
                severity += weights[row.crime_type]
            past = pd.Timestamp(shifts[0].start) - middle
            if known and pd.Timedelta(0) < past <= pd.Timedelta(days=365):
                before += weights[row.crime_type]
        assert gathered.entries.harm[at].sum() == pytest.approx(severity)
        assert gathered.entries.harm_before[at].sum() == pytest.approx(before)


def test_report__sums_are_conserved(document, gathered):
    fifths = document["shares"][0]["quintiles"]
    for basis, whole in (
        ("delivered", gathered.entries.delivered.sum()), ("planned", gathered.entries.planned.sum())
    ):  # fmt: skip
        known = sum(row[f"{basis}_minutes"] for row in fifths)
        lost = document["minutes"]["in_no_area"][basis]
        assert known + lost == pytest.approx(whole, rel=1e-9)
    table = document["demographics"]
    assert table["residents_inside"] + table["residents_outside"] == pytest.approx(
        table["residents"], rel=1e-9
    )
    assert table["residents_outside"] > 0
    assert table["outside"]


def test_report__residents_of_neighbourhoods_by_cutting_polygons(loaded_city, document):
    import geopandas

    workspace = context_at(loaded_city).workspace
    grid = workspace.grid()
    areas = geopandas.read_file(loaded_city / "areas.gpkg")
    for number, row in enumerate(document["neighbourhoods"]):
        cells = [grid.box(*map(int, at)) for at in np.argwhere(grid.district == number)]
        own = shapely.union_all(cells)
        expected = (areas.geometry.intersection(own).area / areas.area * areas["people"]).sum()
        assert row["residents"] == pytest.approx(expected, rel=1e-9)


def test_report__few_days_have_no_interval_and_it_says_so(document):
    top = document["shares"][0]["quintiles"][-1]["delivered"]
    assert top["estimate"] > 0
    assert top["low"] is None
    assert "too few days" in " ".join(document["shares"][0]["findings"])


def test_report__observed_over_expected_is_that_of_the_forecasts(document, gathered):
    entries = gathered.entries
    rows = document["neighbourhoods"]
    assert sum(row["observed"] for row in rows) == entries.observed.sum() > 0
    assert sum(row["expected"] for row in rows) == pytest.approx(entries.expected.sum())
    assert all(
        row["calibration"]["estimate"] == pytest.approx(row["observed"] / row["expected"])
        for row in rows
    )


def test_page__is_one_whole_and_claims_no_cause(written):
    text = written.page.read_text("utf-8")
    assert_self_contained(text)
    assert "proves no cause" in " ".join(text.split())
    assert "Made up for tests." in text
    for word in ("because", "discriminat", "fair "):
        plain = text.split("What this report cannot show")[0]
        assert word not in plain.lower().replace("hold-outs", "")


def test_tables__say_what_the_page_says(written, document):
    folder = written.page.parent / "tables"
    fifths = pd.read_csv(folder / "equity-fifths.csv")
    assert fifths["delivered_minutes"].tolist() == pytest.approx(
        [row["delivered_minutes"] for row in document["shares"][0]["quintiles"]]
    )
    assert set(pd.read_parquet(folder / "equity-lorenz.parquet")["curve"]) == {
        "delivered", "planned", "harm",
    }  # fmt: skip
    assert len(pd.read_csv(folder / "equity-areas.csv")) == len(document["areas"])


def test_report__same_bytes_again(loaded_copy, tmp_path):
    first, second = (
        write_equity_report(context_at(loaded_copy), out=tmp_path / name) for name in "ab"
    )
    assert len(first.files) == len(second.files) > 10
    for one, other in zip(map(Path, first.files), map(Path, second.files), strict=True):
        assert one.relative_to(tmp_path / "a") == other.relative_to(tmp_path / "b")
        assert one.read_bytes() == other.read_bytes(), one.name


def test_report__a_rejected_box_is_an_override_and_no_planned_minute(loaded_copy, tmp_path):
    context = context_at(loaded_copy)
    with context.workspace.database.reading() as connection:
        box = current_assignments(connection)[0].assignment
    before = gather(equity_period(context.workspace, None, None)).entries.planned.sum()
    reject(context, box.assignment_id, reason="the road is closed")
    outcome = write_equity_report(context, out=tmp_path)
    told = json.loads(outcome.page.with_suffix(".json").read_text("utf-8"))["document"]
    assert told["overrides"] == [
        {"action": "reject", "direction": "removed", "decisions": 1, "minutes": box.minutes}
    ]
    assert told["minutes"]["planned"] == pytest.approx(before - box.minutes)
    rows = pd.read_csv(tmp_path / "tables" / "equity-overrides.csv")
    assert rows[["role", "minutes"]].to_numpy().tolist() == [["supervisor", -box.minutes]]


def test_report__what_cannot_be_told_is_refused(loaded_city, patrolled_city, tmp_path):
    context = context_at(loaded_city)
    with pytest.raises(InputError, match="loaded are renters"):
        write_equity_report(context, shares=["owners"], out=tmp_path)
    with pytest.raises(WorkspaceError, match="before it begins"):
        day = patrolled_city.dates[0]
        write_equity_report(context, day, day - dt.timedelta(days=1), out=tmp_path)
    with pytest.raises(WorkspaceError, match="equity load"):
        write_equity_report(context_at(patrolled_city.workspace.root), out=tmp_path)


def test_report__plans_alone_and_no_share_say_what_is_missing(loaded_copy, tmp_path):
    context = context_at(loaded_copy)
    shutil.rmtree(loaded_copy / "dosage" / "days")
    load_demographics(
        context, loaded_copy / "areas.gpkg", id_column="geoid", residents_column="people"
    )
    outcome = write_equity_report(context, out=tmp_path)
    text = outcome.page.read_text("utf-8")
    assert_self_contained(text)
    assert "only planned minutes are told" in text
    assert "No share of a group was loaded." in text
    told = json.loads(outcome.page.with_suffix(".json").read_text("utf-8"))["document"]
    assert (told["basis"], told["shares"]) == ("planned", [])
    assert all(row["delivered"] is None for row in told["neighbourhoods"])
    assert all(row["planned"]["estimate"] > 0 for row in told["neighbourhoods"])


def run(*arguments):
    return CliRunner().invoke(group, [str(one) for one in arguments])


def test_command__load_and_report(patrolled_city, tmp_path, monkeypatch):
    monkeypatch.setenv("LOGNAME", "sue")
    root = shutil.copytree(patrolled_city.workspace.root, tmp_path / "city")
    named = ("--id", "geoid", "--residents", "people", "-w", root)
    loaded = run("equity", "load", root / "areas.gpkg", *named, "--percent", "renters=renters")
    assert loaded.exit_code == 0, loaded.output
    assert "9 areas with 9,090 residents" in loaded.output
    assert "Residents outside the patrolled cells" in loaded.output
    report = run("equity", "report", "-w", root, "--out", tmp_path / "out", "--json")
    assert report.exit_code == 0, report.output
    page = json.loads(report.stdout)["page"]
    assert page == str(tmp_path / "out" / "equity.html")
    head = context_at(root).workspace.audit
    hashes = [entry.hash for entry in head.entries() if entry.action == "equity-load"]
    assert hashes[0][:19] in Path(page).read_text("utf-8")
    refused = run("equity", "load", root / "areas.gpkg", *named, "--share", "renters=renters")
    assert refused.exit_code == InputError.exit_code
    assert "--percent" in refused.output
    missing = run("equity", "load", root / "none.gpkg", *named)
    assert missing.exit_code == InputError.exit_code


@pytest.mark.parametrize("name", ["equity", "equity load", "equity report"])
def test_help__has_an_example(name):
    result = run(*name.split(), "--help")
    assert f"evenbeat {name}" in result.output.split("Example:", 1)[1]


def test_engine__load_and_report(patrolled_city, tmp_path):
    root = shutil.copytree(patrolled_city.workspace.root, tmp_path / "città")
    with Engine(tmp_path / "engine") as engine:
        loaded = engine.ask(
            "equity-load", workspace=root, file=str(root / "areas.gpkg"), id_column="geoid",
            residents_column="people", percents=["renters=renters"],
        )  # fmt: skip
        told = engine.ask("equity-report", workspace=root, out=tmp_path / "out")
    assert loaded["residents_inside"] + loaded["residents_outside"] == pytest.approx(9090)
    assert told["kind"] == "equity"
    assert Path(told["page"]).is_file()


def test_import__of_the_command_is_light():
    """The map of commands must not load what only the work needs."""
    code = (
        "import sys, evenbeat.core.cli.commands.equity as m; "
        "sys.exit(any(n in sys.modules for n in ('pandas', 'geopandas', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
