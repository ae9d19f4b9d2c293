"""The gate over all files: each file counts once, as it is now, and what it refuses is left out."""

import json

import pytest
from click.testing import CliRunner

from evenbeat.core.cli.main import group
from evenbeat.core.errors import PolicyError
from evenbeat.core.pipeline.fit import run_fit
from evenbeat.core.pipeline.ingest import run_ingest, stored_reports, susceptibility_gate
from evenbeat.core.store.workspace import Workspace
from tests.agency_day import FORECAST_DAY, context_of

HEADER = "id,iucr,occurred_from,longitude,latitude,arrest"


def write_extra(root, rows, *, name="extra.csv"):
    """Add a source whose rows are (iucr, arrest), all in the middle of the city."""
    workspace = Workspace.open(root)
    middle = workspace.jurisdiction().centroid
    lines = [
        f"x{number},{code},2016-11-04 12:00:00,{middle.x:.2f},{middle.y:.2f},{arrest}"
        for number, (code, arrest) in enumerate(rows)
    ]
    (root / name).write_text(
        "\n".join([HEADER.replace("longitude,latitude", "easting,northing"), *lines])
    )
    settings = root / "evenbeat.toml"
    text = settings.read_text("utf-8")
    if name not in text:
        settings.write_text(
            f'{text}\n[[sources]]\nrole = "incidents"\npath = "{name}"\n'
            f'class_system = "chicago_iucr"\ncrs = "{workspace.crs}"\n'
            'constants = { source = "extra" }\n'
        )


def extra_weights(root):
    incidents = Workspace.open(root).table("incidents").read()
    mine = incidents[incidents["source"] == "extra"]
    return mine.groupby("class_code")["weight"].max().to_dict()


def test_gate__a_growing_export_counts_as_it_is_now(finished_copy):
    n_reports = len(list(stored_reports(context_of(finished_copy))))
    before = susceptibility_gate(Workspace.open(finished_copy)).counts["arson"]
    rows = [("1020", "true"), ("1020", "false")] * 20
    for size in (10, 20, 40):
        write_extra(finished_copy, rows[:size])
        run_ingest(context_of(finished_copy))
    gate = susceptibility_gate(Workspace.open(finished_copy))
    assert gate.counts["arson"] == (before[0] + 40, before[1] + 20)
    assert gate.codes["arson 1020"] == (40, 20)
    assert len(list(stored_reports(context_of(finished_copy)))) == n_reports + 1
    logged = [
        json.loads(entry.detail)["rows_in"]
        for entry in Workspace.open(finished_copy).audit.entries()
        if entry.action == "ingest" and json.loads(entry.detail)["file"] == "extra.csv"
    ]
    assert logged == [10, 20, 40]


def test_gate__weights_follow_all_files_together(finished_copy):
    """A code is refused once two files tell enough, and comes back when one is corrected."""
    write_extra(finished_copy, [("1020", "true")] * 30)
    run_ingest(context_of(finished_copy))
    assert extra_weights(finished_copy) == {"1020": 1}
    write_extra(finished_copy, [("1020", "true")] * 60)
    run_ingest(context_of(finished_copy))
    assert extra_weights(finished_copy) == {"1020": 0}
    write_extra(finished_copy, [("1020", "false")] * 60)
    run_ingest(context_of(finished_copy))
    assert extra_weights(finished_copy) == {"1020": 1}


def only_types(root, names):
    settings = root / "evenbeat.toml"
    listed = ", ".join(f'"{name}"' for name in names)
    kept = [
        line for line in settings.read_text("utf-8").splitlines() if "crime_types =" not in line
    ]
    kept.insert(kept.index("[model]") + 1, f"crime_types = [{listed}]")
    settings.write_text("\n".join(kept) + "\n")


def test_fit__a_refused_type_is_left_out_and_named(finished_copy):
    write_extra(finished_copy, [("1020", "true")] * 60)
    only_types(finished_copy, ["burglary", "arson"])
    run_ingest(context_of(finished_copy))
    outcome = run_fit(context_of(finished_copy), FORECAST_DAY)
    assert set(outcome.versions) == {"burglary"}
    assert set(outcome.left_out) == {"arson"}
    assert "60 of its" in outcome.left_out["arson"]
    logged = [
        json.loads(entry.detail)
        for entry in Workspace.open(finished_copy).audit.entries()
        if entry.action == "fit"
    ]
    assert set(logged[-1]["left_out"]) == {"arson"}
    assert "arson 1020" in logged[-1]["refused_codes"]
    told = CliRunner().invoke(group, ["fit", "-w", str(finished_copy), "--date", str(FORECAST_DAY)])
    assert told.exit_code == 0
    assert "Left out: arson must not train a model" in told.output


def test_fit__nothing_left(finished_copy):
    write_extra(finished_copy, [("1020", "true")] * 60)
    only_types(finished_copy, ["arson"])
    run_ingest(context_of(finished_copy))
    with pytest.raises(PolicyError, match=r"No model can be fitted\. arson must not train"):
        run_fit(context_of(finished_copy), FORECAST_DAY)
