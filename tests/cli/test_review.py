"""``evenbeat review``: what people and scripts see of it."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest
import review_scene as scene
import shapely
from click.testing import CliRunner

from evenbeat.core.cli.main import group

FIRST, SECOND = "2017-01-03-day-00-01", "2017-01-03-day-00-02"
COMMANDS = (
    "list", "show", "approve", "reject", "move", "resize", "add", "suppress", "note", "undo",
    "approve-all", "expire", "areas", "exclude", "custom", "lift",
)  # fmt: skip


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    # Planned after the fact, so that the clock of the day the test runs does not matter.
    now = dt.datetime(2017, 1, 9, tzinfo=dt.UTC)
    return scene.make_workspace(tmp_path_factory.mktemp("scene") / "city", now=now)


@pytest.fixture
def run(planned, tmp_path, monkeypatch):
    """Run a review command on a copy of the planned day, as ana unless another is named."""
    root = scene.copy_of(planned, tmp_path / "city")

    def invoke(*arguments, actor="ana"):
        monkeypatch.setenv("LOGNAME", actor)
        monkeypatch.setenv("EVENBEAT_WORKSPACE", str(root))
        return CliRunner().invoke(group, ["review", *map(str, arguments)])

    invoke.root = root
    return invoke


def documents(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_help__every_command_has_an_example(run):
    shown = run("--help").output
    for name in COMMANDS:
        assert name in shown
        help_text = run(name, "--help")
        assert help_text.exit_code == 0
        assert f"evenbeat review {name}" in help_text.output


def test_list__a_table_and_how_many_are_left(run):
    run("approve", FIRST)
    shown = run("list", "--shift", "day", "--state", "proposed")
    assert shown.exit_code == 0, shown.output
    assert SECOND in shown.output
    assert FIRST not in shown.output
    assert "15 of the day are still to review" in shown.output
    assert f"Next: evenbeat review show -w {run.root}" in shown.output
    document = documents(run("list", "--district", "00", "--json"))
    assert document["to_review"] == 15
    assert {one["district_id"] for one in document["assignments"]} == {"00"}


def test_list__a_day_without_a_plan_says_what_to_do(run):
    shown = run("list", "--date", "2017-01-09")
    assert "0 boxes of 2017-01-09" in shown.output
    assert "Next: evenbeat daily" in shown.output
    scene.context_of(run.root).workspace.run_folder(dt.date(2017, 1, 9), "r").mkdir(parents=True)
    scene.context_of(run.root).workspace.set_current_run(dt.date(2017, 1, 9), "r")
    assert "Next: evenbeat plan" in run("list", "--date", "2017-01-09").output


def test_show__everything_about_a_box(run):
    run("reject", FIRST, "--reason", "road closed")
    shown = run("show", FIRST).output
    for words in (
        "rejected, version 1", "Why here:", "many on day", "Visits:", "History:",
        "reject by ana (analyst): proposed -> rejected: road closed", "You may: note, undo",
        "past dose", "Tactics:", "lottery, chance ", "--version 1",
    ):  # fmt: skip
        assert words in shown
    document = documents(run("show", FIRST, "--json"))
    assert document["events"][0]["reason"] == "road closed"
    assert document["allowed"] == ["note", "undo"]
    assert "You (otto) may read" in run("show", FIRST, actor="otto").output


def test_approve__several_and_those_that_fail_are_named(run):
    result = run("approve", FIRST, "no-such-box", SECOND)
    assert result.exit_code == 8
    assert f"approve: {FIRST} is approved" in result.stdout
    assert f"approve: {SECOND} is approved" in result.stdout
    assert "failed: no-such-box: There is no assignment" in result.stderr
    assert "14 still to review" in result.stdout
    again = run("approve", FIRST, "--json")
    assert again.exit_code == 8
    assert json.loads(again.stdout)["error"] == "ReviewError"
    assert "Allowed there: reject, move" in json.loads(again.stdout)["message"]


def test_approve__a_stale_version_is_a_conflict(run):
    run("note", FIRST, "ask the school first")
    result = run("approve", FIRST, "--version", "0", actor="bo")
    assert result.exit_code == 12
    assert "ana (analyst) changed assignment" in result.stderr
    assert run("approve", FIRST, "--version", "1", actor="bo").exit_code == 0
    assert run("approve", FIRST, SECOND, "--version", "1").exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("reject", FIRST), ("move", FIRST, "--to", "0,0"), ("suppress", FIRST),
        ("resize", FIRST, "--cells", "0,0"), ("undo", FIRST), ("lift", "area-1"),
        ("add", "--date", "2017-01-03", "--shift", "day", "--at", "0,0"),
        ("exclude", "--box", "350000,600000,351000,601000", "--days", "2"),
    ],
)  # fmt: skip
def test_reason__is_required(run, arguments):
    result = run(*arguments)
    assert result.exit_code == 8
    assert "needs a reason of at least 3 letters or digits" in result.stderr


def test_move__three_ways_to_name_the_place(run):
    grid = scene.context_of(run.root).workspace.grid()
    from pyproj import Transformer

    to_degrees = Transformer.from_crs(grid.crs, "OGC:CRS84", always_xy=True)
    taken = [FIRST]
    for row, column in ((8, 0), (7, 0), (7, 1)):
        point = (float(grid.eastings[column]), float(grid.northings[row]))
        longitude, latitude = to_degrees.transform(*point)
        way = (
            ("--to", f"{row},{column}"), ("--to-xy", f"{point[0]},{point[1]}"),
            ("--to-lonlat", f"{longitude},{latitude}"),
        )[len(taken) - 1]  # fmt: skip
        document = documents(run("move", taken[-1], *way, "--reason", "this side", "--json"))
        taken.append(document["decisions"][0]["replacement"])
        box = scene.box_of(scene.context_of(run.root), taken[-1]).assignment
        assert (box.row, box.column) == (row, column)
    both = run("move", taken[-1], "--to", "1,1", "--to-xy", "1,1", "--reason", "this side")
    assert both.exit_code == 2
    far = run("move", taken[-1], "--to-lonlat", "-87.6,10.5", "--reason", "this side")
    assert far.exit_code == 8
    assert "outside the grid" in far.stderr


def test_resize_and_add__several_cells(run):
    document = documents(run(
        "resize", FIRST, "--cells", "8,0", "8,1", "--reason", "both sides", "--json"
    ))  # fmt: skip
    made = document["decisions"][0]["replacement"]
    box = scene.box_of(scene.context_of(run.root), made)
    assert box.assignment.cells == ((8, 0), (8, 1))
    run("reject", made, "--reason", "makes room")
    added = run(
        "add", "--date", "2017-01-03", "--shift", "day", "--district", "00", "--at", "8,0", "8,1",
        "--visits", "2", "--type", "robbery", "--reason", "by hand",
    )  # fmt: skip
    assert added.exit_code == 0, added.output
    assert "added01 is approved" in added.output
    wrong = run("add", "--date", "2017-01-03", "--shift", "day", "--district", "02", "--at", "8,1",
                "--reason", "by hand")  # fmt: skip
    assert wrong.exit_code == 8
    assert "not of 02" in wrong.stderr


def test_override__only_by_a_supervisor(run):
    beside = ("move", FIRST, "--to", "3,1", "--reason", "closer to the bars")
    refused = run(*beside)
    assert refused.exit_code == 8
    assert "nearer than 500 m" in refused.stderr
    assert run(*beside, "--override").exit_code == 8
    done = run(*beside, "--override", actor="sue")
    assert done.exit_code == 0, done.output
    assert "overridden, marked for good" in done.output
    assert "proposed*" in run("list").output


def test_approve_all__and_then_nothing_is_left(run):
    result = run("approve-all", "--district", "00")
    assert result.exit_code == 0, result.output
    assert "Approved 5 boxes" in result.output
    result = run("approve-all")
    assert "Next: evenbeat brief" in result.output
    assert documents(run("approve-all", "--json"))["approved"] == []


def test_areas__drawn_listed_and_lifted(run, tmp_path):
    ring = [[-87.7, 42.0], [-87.69, 42.0], [-87.69, 42.01], [-87.7, 42.0]]
    elsewhere = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    path = tmp_path / "fair.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [elsewhere]}))
    outside = run("exclude", "--polygon", path, "--days", "2", "--reason", "town fair")
    assert outside.exit_code == 8
    assert "outside the jurisdiction" in outside.stderr
    grid = scene.context_of(run.root).workspace.grid()
    cell = scene.box_of(scene.context_of(run.root), FIRST).assignment.geometry
    from pyproj import Transformer

    to_degrees = Transformer.from_crs(grid.crs, "OGC:CRS84", always_xy=True).transform
    path.write_text(shapely.to_geojson(shapely.transform(cell, to_degrees, interleaved=False)))
    made = run("exclude", "--polygon", path, "--days", "2", "--reason", "town fair")
    assert made.exit_code == 0, made.output
    assert "area-1: 1 cells" in made.output
    assert f"rejected with it: {FIRST}" in made.output
    corners = ",".join(map(str, grid.box(5, 5).bounds))
    custom = run(
        "custom", "--box", corners, "--days", "7", "--shift", "day", "--reason", "by the river"
    )
    assert custom.exit_code == 0, custom.output
    listed = documents(run("areas", "--json"))
    assert [(one["area_id"], one["kind"], one["shifts"]) for one in listed] == [
        ("area-1", "exclude", []), ("area-2", "custom", ["day"]),
    ]  # fmt: skip
    assert run("lift", "area-1", "--reason", "fair is over").exit_code == 0
    assert "area-1" not in run("areas").output
    path.write_text('{"type": "Point", "coordinates": [1, 2]}')
    assert run("exclude", "--polygon", path, "--days", "2", "--reason", "fair").exit_code == 8


def test_expire__the_day_is_long_past(run):
    assert documents(run("expire", "--json")) == {"expired": 16}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("approve-all", "--district", "99"), "There is no district '99'"),
        (("approve-all", "--shift", "noon"), "There is no shift 'noon'"),
        (("approve-all", "--date", "9999-12-31"), "has no plan"),
        (("add", "--date", "9999-12-31", "--shift", "day", "--at", "0,0", "--reason", "why not"),
         "has no plan"),
        (("exclude", "--box", "350000,600000,350500,600500", "--days", "367", "--reason", "fair"),
         "at most 366 days"),
        (("exclude", "--box", "350000,600000,350500,600500", "--days", "9", "--date", "9999-12-31",
          "--reason", "fair"), "beyond the calendar's end"),
        (("exclude", "--box", "350000,600000,inf,inf", "--days", "9", "--reason", "fair"),
         "Give four numbers"),
        (("suppress", FIRST, "--days", "999999999", "--reason", "fair"), "at most 366 days"),
        (("approve", "no\udcffname"), "no text that can be stored"),
        (("approve", "no\udcffname", "nor\udcffthis"), "no text that can be stored"),
        (("list", "--district", "\udcff"), "no text that can be stored"),
        (("lift", "\udcff", "--reason", "fair"), "no text that can be stored"),
        (("reject", FIRST, "--reason", "road\udcffclosed"), "no text that can be stored"),
        (("reject", FIRST, "--reason", "?!. --"), "3 letters or digits"),
        (("reject", FIRST, "--reason", "x" * 2001), "at most 2,000 characters, got 2,001"),
    ],
)  # fmt: skip
def test_review__what_is_impossible_is_refused_by_name_and_writes_nothing(run, arguments, words):
    before = scene.context_of(run.root).workspace.audit.head()
    result = run(*arguments)
    assert result.exit_code == 8, result.output
    assert words in result.stderr
    assert scene.context_of(run.root).workspace.audit.head() == before


@pytest.mark.parametrize(
    "text",
    ["null", '{"type": "Feature", "geometry": null}', '{"type": "FeatureCollection"}',
     '{"type": "FeatureCollection", "features": [null]}', "[" * 100_000],
)  # fmt: skip
def test_exclude__a_file_without_polygons(run, tmp_path, text):
    path = tmp_path / "fair.geojson"
    path.write_text(text)
    result = run("exclude", "--polygon", path, "--days", "2", "--reason", "town fair")
    assert result.exit_code == 8, result.output
    assert "fair.geojson" in result.stderr


def test_expire__only_by_those_who_decide(run):
    assert run("expire", actor="otto").exit_code == 8
    assert "may only list and show" in run("expire", actor="otto").stderr


def test_approve__imports_nothing_heavy(run):
    script = (
        "import sys\n"
        "from evenbeat.core.cli.main import group\n"
        f"try:\n    group.main(['review', 'approve', '-w', {str(run.root)!r}, {FIRST!r}])\n"
        "except SystemExit as left:\n    assert not left.code, left.code\n"
        "heavy = {'pandas', 'geopandas', 'numba', 'sklearn', 'scipy', 'xarray', 'matplotlib',\n"
        "         'rasterio', 'rich', 'alembic', 'pyarrow', 'zarr'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    run("approve", SECOND)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert f"{FIRST} is approved" in done.stdout
    assert done.stderr.strip() == "[]"
