"""The real exports of Chicago, and other cities' files with their own oddities."""

import geopandas as gpd
import pandas as pd
import pytest

from evenbeat.core.config import IngestSettings, SourceSettings
from evenbeat.core.ingest.formats import read_table
from evenbeat.core.ingest.incidents import read_incidents, upsert_incidents
from evenbeat.core.policy.crime_types import CrimeTypeTable

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def jurisdiction(real_data):
    beats = gpd.read_parquet(real_data / "chicago" / "beats_dec2012.parquet")
    return beats.to_crs("EPSG:26971").union_all()


@pytest.fixture(scope="module")
def year_2016(real_data, jurisdiction):
    return read_export(real_data / "chicago" / "portal_export_2016.csv.xz", jurisdiction)


def read_export(path, boundary, *, timezone="America/Chicago", crs="EPSG:26971", **source):
    return read_incidents(
        read_table(path), source=SourceSettings(role="incidents", path=str(path), **source),
        settings=IngestSettings(), timezone=timezone, crs=crs, boundary=boundary,
        crime_types=CrimeTypeTable.load(),
    )  # fmt: skip


def test_chicago__every_row_is_accounted_for(year_2016):
    incidents, report = year_2016
    assert report.rows_in == 268_813
    assert report.rows_kept == len(incidents) == 115_245
    assert {reason: tally.count for reason, tally in report.dropped.items()} == {
        "refused_class": 152_892, "missing_coordinates": 674, "outside_jurisdiction": 2,
    }  # fmt: skip
    assert {reason: tally.count for reason, tally in report.repaired.items()} == {
        "ambiguous_local_time": 25, "nonexistent_local_time": 5,
    }  # fmt: skip


def test_chicago__susceptibility_is_as_published(year_2016):
    _, report = year_2016
    shares = report.susceptibility
    assert shares["narcotics"] > 0.99
    assert shares["prostitution"] > 0.98
    assert shares["gambling"] > 0.98
    assert 0.7 < shares["weapons"] < 0.9
    assert 0.06 < shares["robbery"] < 0.11
    assert 0.03 < shares["burglary"] < 0.07
    assert 0.06 < shares["motor_vehicle_theft"] < 0.12
    assert 0.08 < shares["theft"] < 0.13
    assert 0.15 < shares["aggravated_assault"] < 0.26
    assert report.refused_for_training == []


def test_chicago__codes_that_follow_arrests_train_nothing(year_2016):
    incidents, report = year_2016
    assert "theft 0860" in report.refused_codes
    retail = incidents["class_code"] == "0860"
    assert retail.sum() > 5_000
    assert set(incidents.loc[retail, "weight"]) == {0}
    assert set(incidents.loc[incidents["class_code"] == "0820", "weight"]) == {1}


def test_chicago__neither_flags_nor_persons_nor_blocks_are_kept(year_2016):
    incidents, report = year_2016
    assert {"Arrest", "Domestic", "Block", "Case Number"} <= set(report.dropped_columns)
    assert not incidents.astype("str").isin(["true", "false"]).any().any()


def test_chicago__agrees_with_the_cleaned_data(real_data, year_2016):
    """Counts by type against another reader's table of the same year, made from the FBI codes."""
    incidents, _ = year_2016
    cleaned = pd.read_parquet(
        real_data / "chicago" / "crime_2008_2017.parquet", columns=["dt", "iucr", "lat"]
    )
    cleaned = cleaned[(cleaned["dt"].dt.year == 2016) & cleaned["lat"].notna()]
    types = CrimeTypeTable.load().classify("chicago_iucr", cleaned["iucr"].astype("str"))
    theirs = types.value_counts()
    ours = incidents["crime_type"].value_counts()
    assert set(ours.index) == set(theirs.index)
    for name in ours.index:
        assert abs(ours[name] / theirs[name] - 1) < 0.01, name


def test_chicago__again_changes_nothing(year_2016):
    incidents, report = year_2016
    stored, _ = upsert_incidents(None, incidents, report.withdrawn)
    again, counts = upsert_incidents(stored, incidents, report.withdrawn)
    assert again.equals(stored)
    assert counts.unchanged == len(incidents)


def test_vancouver__masked_rows_are_dropped_for_their_class_or_place(real_data):
    incidents, report = read_export(
        real_data / "small_cities" / "vancouver_2020.parquet", None,
        timezone="America/Vancouver", crs="EPSG:26910",
    )  # fmt: skip
    assert report.rows_in == 37_512 == report.rows_kept + report.rows_dropped
    assert set(report.dropped) == {"refused_class", "missing_coordinates"}
    assert set(incidents["crime_type"]) == {"burglary", "theft", "motor_vehicle_theft"}


def test_san_francisco__dates_without_times_are_whole_days(real_data):
    incidents, report = read_export(
        real_data / "small_cities" / "san_francisco_2012H2.parquet", None,
        timezone="America/Los_Angeles", crs="EPSG:26910",
    )  # fmt: skip
    assert report.repaired["date_only"].count == len(incidents) == report.rows_kept
    hours = (incidents["occurred_to"] - incidents["occurred_from"]) / pd.Timedelta(hours=1)
    assert sorted(hours.unique()) == [24, 25]
    assert report.refused_classes.keys() == {"narcotics", "vandalism"}


def test_portland__feet_in_the_crs_of_the_contest(real_data):
    incidents, report = read_export(
        real_data / "portland_nij" / "burglary_mvt_2012-03-01_2017-02-28.parquet", None,
        timezone="America/Los_Angeles", crs="EPSG:2913",
        columns={"longitude": "", "latitude": ""},
    )  # fmt: skip
    assert report.columns["easting"] == "x_ft"
    assert report.rows_kept == 14_133
    assert incidents["easting"].between(7.5e6, 7.8e6).all()
