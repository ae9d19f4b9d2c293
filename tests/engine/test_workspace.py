"""The workspace through the engine: a glance, settings, layers, and one that is read-only."""

import contextlib
import json
import os
import shutil
import subprocess
import tomllib

import geopandas
import pytest
import shapely

from evenbeat.core.store.files import locked
from tests.engine_process import Engine, Refused

READ_ONLY = (
    'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
)  # fmt: skip


def test_summary__is_what_the_folder_holds(warm, city, dates):
    told = warm.ask("workspace-summary", workspace=city)

    districts = geopandas.read_file(city / "districts.geojson")
    assert {one["district_id"] for one in told["districts"]} == set(districts["district_id"])
    assert told["run_dates"] == told["measured_dates"] == dates
    assert told["crs"] == "EPSG:26971"
    assert {source["state"] for source in told["sources"]} == {"read"}
    rows = {table["name"]: table["rows"] for table in told["tables"]}
    assert rows["districts"] == len(districts)
    assert (told["actor"], told["role"], told["writable"]) == ("sue", "supervisor", True)


def test_summary__of_a_new_workspace_is_empty(warm, tmp_path):
    warm.ask("init", folder=tmp_path / "new", crs="EPSG:26971")

    told = warm.ask("workspace-summary", workspace=tmp_path / "new")

    assert (told["tables"], told["run_dates"], told["bounds"]) == ([], [], None)


def test_summary__tells_a_source_that_changed_or_is_gone(warm, copy):
    with (copy / "incidents.csv").open("a") as stream:
        stream.write("\n")
    (copy / "districts.geojson").unlink()

    sources = warm.ask("workspace-summary", workspace=copy)["sources"]

    states = {source["role"]: source["state"] for source in sources}
    assert states == {"incidents": "changed", "districts": "missing"}


def test_summary__tells_what_another_version_of_evenbeat_read(warm, copy):
    """Only a file whose own content is another one has changed."""
    path = copy / "data" / "ingest.json"
    state = json.loads(path.read_text("utf-8"))
    code = {known.split()[1] for files in state.values() for known in files.values()}
    assert len(code) == 1
    path.write_text(path.read_text("utf-8").replace(code.pop(), 64 * "0"), "utf-8")
    with (copy / "incidents.csv").open("a") as stream:
        stream.write("\n")

    before = warm.ask("workspace-summary", workspace=copy)["sources"]
    warm.ask("ingest", workspace=copy)
    after = warm.ask("workspace-summary", workspace=copy)["sources"]

    states = {source["role"]: source["state"] for source in before}
    assert states == {"incidents": "changed", "districts": "older"}
    assert {source["state"] for source in after} == {"read"}


def test_settings__change_keeps_comments_and_what_was_not_named(warm, copy):
    path = copy / "evenbeat.toml"
    text = "# ours, keep\n" + path.read_text().replace("[plan]", "[plan]  # how boxes are drawn")
    path.write_text(text)
    seen = warm.ask("settings-read", workspace=copy)

    made = warm.ask("settings-change", workspace=copy, version=seen["version"], changes=[
        {"path": ["plan", "tau"], "value": 2.5},
        {"path": ["plan", "district_weights", "01", "theft"], "value": 0.5},
        {"path": ["plan", "boxes_per_district"], "value": None},
        {"path": ["sources", "0", "path"], "value": "areas.geojson"},
    ])  # fmt: skip

    after = path.read_text()
    assert after == made["text"]
    assert after.startswith("# ours, keep\n")
    assert "[plan]  # how boxes are drawn" in after
    expected = tomllib.loads(text)
    expected["plan"].pop("boxes_per_district")
    expected["plan"] |= {"tau": 2.5, "district_weights": {"01": {"theft": 0.5}}}
    expected["sources"][0]["path"] = "areas.geojson"
    assert tomllib.loads(after) == expected
    assert warm.ask("priorities", workspace=copy)["factors"] == {"01": {"theft": 0.5}}
    log = warm.ask("audit-log", workspace=copy, last=1)["entries"][0]
    assert (log["action"], log["actor"]) == ("settings", "sue")


def test_settings__replace_a_list_of_tables(warm, copy):
    sources = warm.ask("settings-read", workspace=copy)["given"]["sources"]
    added = {"role": "places", "path": "bars.csv", "category": "bar"}

    warm.ask("settings-change", workspace=copy,
             changes=[{"path": ["sources"], "value": [*sources, added]}])  # fmt: skip

    found = tomllib.loads((copy / "evenbeat.toml").read_text())["sources"]
    assert found == [*sources, added]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["plan", "tau"], 99, "plan.tau"), (["plan", "tua"], 1, "plan.tua"),
        (["sources", "7", "path"], "x", "no entry"), (["grid", "cell_size"], "wide", "cell_size"),
    ],
)  # fmt: skip
def test_settings__unusable_ones_are_refused_and_the_file_stays(warm, copy, path, value, words):
    before = (copy / "evenbeat.toml").read_bytes()

    with pytest.raises(Refused, match=words) as refused:
        warm.ask("settings-change", workspace=copy, changes=[{"path": path, "value": value}])

    assert refused.value.kind == "ConfigError"
    assert (copy / "evenbeat.toml").read_bytes() == before


def test_settings__changed_by_somebody_else_meanwhile_are_not_overwritten(warm, copy):
    seen = warm.ask("settings-read", workspace=copy)
    with (copy / "evenbeat.toml").open("a") as stream:
        stream.write("# a colleague\n")

    with pytest.raises(Refused) as refused:
        warm.ask("settings-change", workspace=copy, version=seen["version"],
                 changes=[{"path": ["plan", "tau"], "value": 2.0}])  # fmt: skip

    assert refused.value.kind == "ConflictError"


def test_settings__edited_outside_count_at_the_next_request(warm, copy):
    assert warm.ask("priorities", workspace=copy)["preventability"] == {}
    text = (copy / "evenbeat.toml").read_text()
    (copy / "evenbeat.toml").write_text(f"{text}\n[plan.preventability]\ntheft = 0.5\n")

    assert warm.ask("priorities", workspace=copy)["preventability"] == {"theft": 0.5}


def test_tactics__replaced_refused_and_given_back(warm, copy):
    shipped = warm.ask("tactics", workspace=copy)
    row = {"id": "wave", "name": "Wave", "text": "Wave to people.", "crime_types": ["theft"]}

    own = warm.ask("tactics-change", workspace=copy, tactics=[row])
    assert own["own"]
    assert [tactic["id"] for tactic in own["tactics"]] == ["wave"]
    with pytest.raises(Refused) as refused:
        warm.ask("tactics-change", workspace=copy, tactics=[row, row])
    assert refused.value.kind == "PolicyError"
    assert warm.ask("tactics", workspace=copy) == own
    assert warm.ask("tactics-change", workspace=copy, tactics=[]) == shipped


def test_layer__incidents_are_counted_as_an_ingest_counts_them(warm, city):
    settings = warm.ask("settings-read", workspace=city)["given"]
    source = next(one for one in settings["sources"] if one["role"] == "incidents")

    told = warm.ask("layer-check", workspace=city, source=source)
    stored = warm.ask("workspace-summary", workspace=city)["tables"]

    assert told["problems"] == []
    assert told["rows_in"] == told["rows_kept"] + sum(told["dropped"].values())
    assert told["rows_kept"] == next(one["rows"] for one in stored if one["name"] == "incidents")
    assert told["columns"]["class_code"] == "nibrs"
    west, south, east, north = told["bounds_degrees"]
    assert -89 < west < east < -87
    assert 39 < south < north < 43


@pytest.fixture
def bars(tmp_path):
    """Places as a GIS hands them over: a GeoPackage with two layers, one about people."""
    path = tmp_path / "couches čárky.gpkg"
    frame = geopandas.GeoDataFrame(
        {"kind": ["bar", "school", "bar"]},
        geometry=[shapely.Point(-88.15, 39.78), shapely.Point(-88.16, 39.79), shapely.Point(0, 0)],
        crs="EPSG:4326",
    )  # fmt: skip
    frame.to_file(path, layer="bars", driver="GPKG")
    persons = frame.assign(suspect_race="x")
    persons.to_file(path, layer="people", driver="GPKG")
    return path


def test_layer__places_tell_refusals_and_what_lies_outside(warm, city, bars):
    source = {"role": "places", "path": f"{bars}|layername=bars", "columns": {"category": "kind"}}

    told = warm.ask("layer-check", workspace=city, source=source)

    assert (told["rows_in"], told["format"], told["crs"]) == (3, "gpkg", "EPSG:4326")
    assert told["rows_kept"] == 3 - sum(told["dropped"].values())
    assert told["dropped"]["refused_category"] == 1
    assert any("school" in words for words in told["refused"]) or "school" in told["text"]


def test_layer__problems_are_told_not_raised(warm, city, bars):
    about_people = warm.ask("layer-check", workspace=city, source={
        "role": "places", "path": f"{bars}|layername=people", "columns": {"category": "kind"}
    })  # fmt: skip
    missing = warm.ask("layer-check", workspace=city, source={
        "role": "places", "path": "nowhere.gpkg", "category": "bar"
    })  # fmt: skip

    assert "suspect_race" in " ".join([*about_people["problems"], *about_people["refused"],
                                       about_people["text"]])  # fmt: skip
    assert "does not exist" in missing["problems"][0]


def test_layer__unknown_role_is_a_fault_of_the_request(warm, city):
    with pytest.raises(Refused) as refused:
        warm.ask("layer-check", workspace=city, source={"role": "suspects", "path": "x.csv"})

    assert refused.value.kind == "ConfigError"
    assert "role" in refused.value.message


@contextlib.contextmanager
def read_only(root):
    """Yield a command that makes a folder read-only for what it starts."""
    if os.geteuid() == 0:
        trial = ("unshare", "-m", "sh", "-c", READ_ONLY, str(root), "true")
        if shutil.which("unshare") is None or subprocess.run(trial, check=False).returncode:
            pytest.skip("root may not make a folder read-only here")
        yield trial[:-1]
        return
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        yield ()
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_read_only_workspace__can_be_looked_at(copy, dates, tmp_path):
    with read_only(copy) as prefix, Engine(tmp_path / "engine", prefix=prefix) as engine:
        assert not engine.ask("workspace-summary", workspace=copy)["writable"]
        box = engine.ask("review-list", workspace=copy, date=dates[0])["boxes"][0]
        for operation, given in (
            ("review-show", {"assignment_id": box["assignment_id"]}), ("review-caps", {}),
            ("runs-list", {}), ("run-rasters", {"date": dates[0], "layers": ["priority"]}),
            ("briefing-data", {"date": dates[0]}), ("tracks", {"date": dates[0]}),
            ("audit-verify", {}), ("ingest-preview", {}), ("retention", {}), ("keys-list", {}),
            ("what-if", {"date": dates[0], "draws": 1, "out": tmp_path / "what-if"}),
        ):  # fmt: skip
            assert engine.ask(operation, workspace=copy, **given), operation


def test_read_only_workspace__says_so_in_plain_words(copy, dates, tmp_path):
    with read_only(copy) as prefix, Engine(tmp_path / "engine", prefix=prefix) as engine:
        box = engine.ask("review-list", workspace=copy, date=dates[0])["boxes"][0]
        for operation, given in (
            ("forecast", {}), ("daily", {}), ("dosage", {}), ("report-shift", {}),
            ("review-note", {"assignment_id": box["assignment_id"], "text": "what a box"}),
            ("settings-change", {"changes": [{"path": ["plan", "tau"], "value": 2}]}),
            ("what-if", {}),
        ):  # fmt: skip
            with pytest.raises(Refused, match="can be read but not changed") as refused:
                engine.ask(operation, workspace=copy, **given)
            assert refused.value.kind == "WorkspaceError"


def test_workspace__that_is_none_is_told(warm, tmp_path):
    with pytest.raises(Refused) as refused:
        warm.ask("workspace-summary", workspace=tmp_path)

    assert refused.value.kind == "WorkspaceError"
    assert refused.value.advice == "In QGIS: Workspace panel, New."


def test_workspace__whose_folder_is_gone_is_told(warm, tmp_path):
    with pytest.raises(Refused, match="There is no folder") as refused:
        warm.ask("workspace-summary", workspace=tmp_path / "gone")

    assert refused.value.kind == "WorkspaceError"
    assert "evenbeat init" not in str(refused.value)


def test_workspace__that_somebody_else_writes_to_says_to_wait(warm, copy):
    with locked(copy / ".lock"), pytest.raises(Refused, match="Somebody else") as refused:
        warm.ask("forecast", workspace=copy, force=True)

    assert refused.value.kind == "BusyError"
    assert refused.value.advice.startswith("Try again in a moment")


def test_layer_roles__are_what_the_settings_accept_and_ingest_reads(warm, city):
    told = {role["role"]: role for role in warm.ask("layer-roles")["roles"]}
    assert set(told) >= {"incidents", "places", "boundary", "districts", "events", "weather"}
    assert "bar" in told["places"]["categories"]
    assert "school" not in told["places"]["categories"]
    names = {role: [column["name"] for column in facts["columns"]] for role, facts in told.items()}
    for role, path in (("districts", "districts.geojson"), ("places", "places.geojson")):
        found = warm.ask("layer-check", workspace=city, source={"role": role, "path": path})
        assert set(found["columns"]) <= set(names[role])
    wrong = {"role": "districts", "path": "districts.geojson", "columns": {"class_code": "name"}}
    assert "class_code" not in names["districts"]
    assert warm.ask("layer-check", workspace=city, source=wrong)["problems"]


def test_runs_list__says_who_made_each(warm, city, dates):
    log = warm.ask("audit-log", workspace=city, last=10_000)["entries"]
    truth = {
        json.loads(entry["detail"])["run_id"]: entry["actor"]
        for entry in log if entry["action"] == "forecast"
    }  # fmt: skip
    runs = warm.ask("runs-list", workspace=city)["runs"]
    assert {run["run_id"]: run["made_by"] for run in runs} == truth
    assert len(truth) == len(dates)
