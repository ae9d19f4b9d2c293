"""The exports of a simulated agency: every kind of dirt is found as often as it was put in."""

import json

import geopandas as gpd
import pytest

from evenbeat.core.config import load_settings
from evenbeat.core.ingest.formats import read_table
from evenbeat.core.ingest.incidents import read_incidents, upsert_incidents
from evenbeat.core.policy.crime_types import CrimeTypeTable

ALIKE = {"repeated_id_older": "repeated_id", "repeated_row": "repeated_id"}
"""What the simulation tells apart and the reader does not."""


@pytest.fixture(scope="module")
def agency(small_city, small_city_files):
    configured = load_settings(small_city_files / "evenbeat.toml")
    boundary = gpd.read_file(small_city_files / "boundary.geojson").to_crs(small_city.crs)
    outcome = {}
    for source in configured.sources:
        if source.role in ("incidents", "gunfire"):
            outcome[source.path] = read_incidents(
                read_table(small_city_files / source.path), source=source,
                settings=configured.ingest, timezone=small_city.timezone, crs=small_city.crs,
                boundary=boundary.union_all(), crime_types=CrimeTypeTable.load(),
            )  # fmt: skip
    return outcome


@pytest.fixture(scope="module")
def truth(small_city_files):
    facts = json.loads((small_city_files / "truth" / "truth.json").read_text("utf-8"))
    return {name: file for name, file in facts["files"].items() if "rows_to_keep" in file}


@pytest.fixture(
    params=["incidents.csv", "incidents_month.csv", "incidents_legacy.csv", "gunfire.csv"]
)
def pair(request, agency, truth):
    incidents, report = agency[request.param]
    return incidents, report, truth[request.param]


def expected_counts(put_in, effect):
    counts = {}
    for name, kind in put_in["dirt"].items():
        if kind["effect"] == effect:
            reason = ALIKE.get(name, name)
            counts[reason] = counts.get(reason, 0) + kind["rows"]
    return {reason: count for reason, count in counts.items() if count}


def test_simulated_export__rows_to_keep_are_kept(pair):
    incidents, report, put_in = pair
    assert report.rows_in == put_in["rows"]
    assert report.rows_kept == len(incidents) == put_in["rows_to_keep"]


def test_simulated_export__drops_are_those_put_in(pair):
    _, report, put_in = pair
    expected = expected_counts(put_in, "drop")
    refused = sum(put_in["refused"].values())
    if refused:
        expected["refused_class"] = refused
    assert {reason: tally.count for reason, tally in report.dropped.items()} == expected


def test_simulated_export__repairs_are_those_put_in(pair):
    _, report, put_in = pair
    found = {reason: tally.count for reason, tally in report.repaired.items() if "_" in reason}
    found.pop("several_classes", None)
    assert found == expected_counts(put_in, "repair")


def test_simulated_export__people_are_left_out_and_named(pair):
    incidents, report, put_in = pair
    assert set(put_in.get("person_columns", [])) <= set(report.dropped_columns)
    assert not set(put_in.get("person_columns", [])) & set(incidents.columns)


def test_simulated_export__susceptibility_is_that_of_the_city(agency):
    _, report = agency["incidents.csv"]
    shares = report.susceptibility
    assert shares["narcotics"] > 0.95
    assert shares["burglary"] < 0.2
    assert shares["theft"] < 0.2
    assert report.refused_for_training == []


def test_simulated_export__files_again_change_nothing(agency):
    stored = None
    for incidents, report in agency.values():
        stored, _ = upsert_incidents(stored, incidents, report.withdrawn)
    for incidents, report in agency.values():
        again, counts = upsert_incidents(stored, incidents, report.withdrawn)
        assert again.equals(stored)
        assert counts.unchanged == len(incidents)
