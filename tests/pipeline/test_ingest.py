"""Ingest into the store: idempotent, balanced, and honest about what it left out."""

import json

import pandas as pd
import pytest

from evenbeat.core.errors import InputError, PolicyError, WorkspaceError
from evenbeat.core.pipeline.ingest import preview_ingest, run_ingest, stored_reports
from evenbeat.core.store.files import sha256_tree
from evenbeat.core.store.workspace import Workspace
from tests.agency_day import context_of

NAMED_LAYERS = ("districts", "boundary", "neighbourhoods", "streets")
FORBIDDEN = ("arrest", "race", "ethnic", "name", "birth", "education", "address", "sex", "age")


def test_ingest__rows_in_are_kept_or_dropped_by_reason(finished_day):
    root, _ = finished_day
    reports = list(stored_reports(context_of(root)))
    assert {report["role"] for report in reports} >= {"incidents", "gunfire", "places", "districts"}
    for report in reports:
        dropped = sum(entry["count"] for entry in report["dropped"].values())
        assert report["rows_in"] == report["rows_kept"] + dropped, report["file"]


def test_ingest__twice_changes_nothing(finished_copy):
    before = sha256_tree(finished_copy / "data")
    outcome = run_ingest(context_of(finished_copy))
    assert outcome.reports == []
    assert sha256_tree(finished_copy / "data") == before
    forced = run_ingest(context_of(finished_copy), force=True)
    assert forced.changed_tables == []
    assert forced.upserts.get("new", 0) == 0
    assert sha256_tree(finished_copy / "data") == before


def test_ingest__no_column_about_a_person_is_stored(finished_day):
    root, _ = finished_day
    workspace = Workspace.open(root)
    for name in workspace.table_versions():
        for column in workspace.table(name).read().columns:
            allowed = name in NAMED_LAYERS and column == "name"
            assert allowed or not any(word in column.lower().split("_") for word in FORBIDDEN), (
                name, column,
            )  # fmt: skip


def test_ingest__refused_classes_and_left_out_columns_are_in_the_log(finished_day):
    root, _ = finished_day
    details = [
        json.loads(entry.detail)
        for entry in Workspace.open(root).audit.entries()
        if entry.action == "ingest"
    ]
    incidents = [detail for detail in details if detail["role"] == "incidents"]
    assert any(detail["refused_classes"] for detail in incidents)
    assert any(detail["dropped_columns"] for detail in incidents)
    assert all(detail["sha256"] for detail in details)


def test_ingest__refused_types_are_not_in_the_store(finished_day):
    incidents = Workspace.open(finished_day[0]).table("incidents").read()
    assert set(incidents["crime_type"]) <= {
        "gunfire", "homicide", "rape", "aggravated_assault", "robbery", "burglary",
        "motor_vehicle_theft", "theft", "arson",
    }  # fmt: skip
    discovered = incidents[incidents["source_kind"] == "discovered"]
    assert (discovered["weight"] == 0).all()


def test_ingest__missing_file_names_the_pattern(fresh_workspace):
    settings = fresh_workspace / "evenbeat.toml"
    settings.write_text(
        settings.read_text("utf-8") + '\n[[sources]]\nrole = "places"\npath = "absent/*.csv"\n'
    )
    with pytest.raises(InputError, match=r"absent/\*\.csv"):
        run_ingest(context_of(fresh_workspace))


def test_ingest__failure_leaves_the_store_as_it_was(finished_copy, monkeypatch):
    workspace = Workspace.open(finished_copy)
    version = workspace.table("incidents").version

    def fail(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", fail)
    with pytest.raises(OSError, match="disk full"):
        workspace.table("incidents").write(workspace.table("incidents").read().head(5))
    monkeypatch.undo()
    assert workspace.table("incidents").version == version
    assert len(workspace.table("incidents").read()) > 5


def test_ingest__one_writer_at_a_time(finished_copy):
    with (
        Workspace.open(finished_copy).writing(),
        pytest.raises(WorkspaceError, match="Somebody else"),
    ):
        run_ingest(context_of(finished_copy))


def test_preview__stores_nothing(fresh_workspace):
    understood = preview_ingest(context_of(fresh_workspace))
    assert {entry["role"] for entry in understood} >= {"incidents", "districts"}
    assert not (fresh_workspace / "data" / "incidents").exists()


@pytest.mark.parametrize("category", ["building", "bar"])
def test_ingest__a_list_of_parolees_never_becomes_places(fresh_workspace, category):
    (fresh_workspace / "parolees.csv").write_text(
        "offender_name,parolee_id,home_address,longitude,latitude\nJ. Doe,7,1 Oak,-87.6,41.9\n"
    )
    settings = fresh_workspace / "evenbeat.toml"
    settings.write_text(
        settings.read_text("utf-8")
        + f'\n[[sources]]\nrole = "places"\npath = "parolees.csv"\ncategory = "{category}"\n'
    )
    with pytest.raises(PolicyError, match="'offender_name' speaks of persons"):
        run_ingest(context_of(fresh_workspace))
    assert not Workspace.open(fresh_workspace).table("places").exists
    with pytest.raises(PolicyError, match="'offender_name' speaks of persons"):
        preview_ingest(context_of(fresh_workspace))
