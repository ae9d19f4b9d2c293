"""Every reason for which a row is dropped or mended, one file for each."""

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from evenbeat.core.config import IngestSettings
from evenbeat.core.ingest import incident_reader
from evenbeat.core.ingest.formats import RawTable
from evenbeat.core.ingest.reasons import DROPS, REPAIRS
from tests.ingest.incident_files import CRS, GOOD, raw_table, read

# What spoils a row of an otherwise good file of three rows, and the settings that it needs.
DROPPED = {
    "missing_id": {"id": ""},
    "damaged_id": {"id": "2.00847E+09"},
    "repeated_id": {"id": "3", "last_updated": "2016-05-09 08:00:00"},
    "missing_class": {"class": ""},
    "unknown_class": {"class": "99Z"},
    "refused_class": {"class": "35A"},
    "missing_time": {"datetimefrom": "", "datetimeto": ""},
    "unparseable_time": {"datetimefrom": "31/31/2015 25:61"},
    "future_time": {"datetimefrom": "2016-06-01 10:00", "datetimeto": "2016-06-01 10:00",
                    "report_time": ""},
    "window_too_long": {"datetimefrom": "2016-03-01 10:00"},
    "missing_coordinates": {"pointx": "", "pointy": ""},
    "unparseable_coordinates": {"pointx": "n/a"},
    "zero_coordinates": {"pointx": "0", "pointy": "0.0"},
    "outside_jurisdiction": {"pointx": "-86.0"},
}  # fmt: skip
REPAIRED = {
    "id_as_float": {"id": "2008466348.0"},
    "several_classes": {"class": "120|13A"},
    "date_only": {"datetimefrom": "2016-05-04", "datetimeto": "2016-05-04"},
    "unpadded_time": {"datetimefrom": "5/4/2016 9:15 PM"},
    "short_offset": {"datetimefrom": "2016-05-04T22:15:00-5:00"},
    "excel_serial_time": {"datetimefrom": "42494.9"},
    "epoch_time": {"datetimefrom": "1462418100"},
    "nonexistent_local_time": {"datetimefrom": "2016-03-13 02:30",
                               "datetimeto": "2016-03-13 05:00"},
    "ambiguous_local_time": {"datetimefrom": "2015-11-01 01:30", "datetimeto": "2015-11-01 04:00"},
    "blank_end": {"datetimeto": ""},
    "unparseable_end": {"datetimeto": "soon"},
    "blank_start": {"datetimefrom": ""},
    "reversed_window": {"datetimefrom": "2016-05-04 23:00"},
    "unparseable_report_time": {"report_time": "soon"},
    "reported_before_occurrence": {"report_time": "2016-05-01 10:00"},
    "unparseable_update_time": {"last_updated": "soon"},
    "decimal_comma": {"pointx": "-87,65", "pointy": "41,87"},
    "swapped_coordinates": {"pointx": "41.87", "pointy": "-87.65"},
}  # fmt: skip
ELSEWHERE = {
    "unsplittable_line", "fallback_class", "day_month_swapped", "other_time_format",
    "fallback_coordinates", "geometry_centroid", "unknown_geocode_quality", "unknown_source_kind",
}  # fmt: skip
"""Reasons that need another file; each has a test of its own below."""


READERS = ("incident_reader", "identifiers", "classes", "times", "windows", "locations")


def test_every_reason_of_the_reader_is_exercised():
    """The reasons that stand in the reader's code are those of the tables above, and have words."""
    folder = Path(incident_reader.__file__).parent
    code = "".join((folder / f"{name}.py").read_text("utf-8") for name in READERS)
    reasons = set(re.findall(r'"([a-z_]+)"', code)) & (set(DROPS) | set(REPAIRS))
    assert reasons == set(DROPPED) | set(REPAIRED) | ELSEWHERE
    assert set(DROPPED) <= set(DROPS)
    assert set(REPAIRED) <= set(REPAIRS)


@pytest.mark.parametrize("reason", DROPPED)
def test_read_incidents__drops(reason):
    incidents, report = read(raw_table([{}, DROPPED[reason], {}]))
    assert {name: tally.count for name, tally in report.dropped.items()} == {reason: 1}
    assert report.dropped[reason].examples[0].startswith("row 3")
    assert report.repaired == {}
    assert report.rows_in == 3
    assert report.rows_kept == len(incidents) == 2
    assert "2" not in incidents["incident_id"].tolist()


@pytest.mark.parametrize("reason", REPAIRED)
def test_read_incidents__repairs(reason):
    incidents, report = read(raw_table([{}, REPAIRED[reason], {}]))
    assert {name: tally.count for name, tally in report.repaired.items()} == {reason: 1}
    assert report.repaired[reason].examples[0].startswith("row 3")
    assert report.dropped == {}
    assert report.rows_in == report.rows_kept == len(incidents) == 3


def test_read_incidents__a_repair_of_a_dropped_row_is_not_counted():
    _, report = read(raw_table([{**REPAIRED["blank_end"], **DROPPED["missing_coordinates"]}, {}]))
    assert report.repaired == {}
    assert list(report.dropped) == ["missing_coordinates"]


def test_read_incidents__a_row_is_dropped_for_one_reason_and_mended_for_several():
    spoilt = {}
    for row in DROPPED.values():
        spoilt.update(row)
    _, report = read(raw_table([spoilt, {}]))
    assert report.rows_dropped == 1
    mended = {**REPAIRED["id_as_float"], **REPAIRED["blank_end"], **REPAIRED["several_classes"]}
    _, report = read(raw_table([mended, {}]))
    assert set(report.repaired) == {"id_as_float", "blank_end", "several_classes"}


def test_read_incidents__a_date_is_dropped_when_the_settings_say_so():
    rows = raw_table([REPAIRED["date_only"], {}])
    _, report = read(rows, settings=IngestSettings(unknown_time="drop"))
    assert report.dropped["date_only"].count == 1
    assert "date_only" not in report.repaired


def test_read_incidents__future_of_the_ingest():
    rows = raw_table([{"last_updated": ""}])
    before = dt.datetime(2016, 5, 1, tzinfo=dt.UTC)
    assert read(rows, now=before)[1].dropped["future_time"].count == 1
    assert read(rows, now=before + dt.timedelta(days=9))[1].dropped == {}
    rows = raw_table([{"last_updated": "", "datetimefrom": "2216-05-04 22:15", "datetimeto": ""}])
    assert read(rows)[1].dropped["future_time"].count == 1


def test_read_incidents__lines_that_the_reader_skipped():
    raw = replace(raw_table([{}]), lines_skipped=2, skipped_examples=("row 9: 3 fields",))
    _, report = read(raw)
    assert report.rows_in == 3
    assert report.dropped["unsplittable_line"].count == 2


def test_read_incidents__fallback_class():
    raw = raw_table([{"class": "9999"}, {"class": ""}, {}])
    raw = replace(raw, rows=raw.rows.assign(backup=["05", "18", "06"]))
    columns = {"fallback_class_code": "backup"}
    incidents, report = read(raw, columns=columns)
    assert report.repaired["fallback_class"].count == 1
    assert report.refused_classes == {"narcotics": 1}
    assert incidents["crime_type"].tolist() == ["burglary", "robbery"]
    assert incidents["class_code"].tolist() == ["05", "120"]


def test_read_incidents__fallback_class_cannot_help_blanks():
    raw = raw_table([{"class": ""}, {}])
    raw = replace(raw, rows=raw.rows.assign(backup=["", "06"]))
    _, report = read(raw, columns={"fallback_class_code": "backup"})
    assert report.dropped["missing_class"].count == 1


def test_read_incidents__day_and_month_the_other_way_round():
    times = ["05/14/2016 10:00", "13/05/2016 10:00"]
    rows = [{"datetimefrom": time, "datetimeto": time, "last_updated": "", "report_time": ""}
            for time in times]  # fmt: skip
    _, report = read(raw_table(rows))
    assert {name: tally.count for name, tally in report.repaired.items()} == {
        "day_month_swapped": 1
    }


def test_read_incidents__other_time_format():
    raw = raw_table([{}, {"datetimefrom": "05/04/2016 22:15"}])
    _, report = read(raw, time_format="%Y-%m-%d %H:%M:%S")
    assert {name: tally.count for name, tally in report.repaired.items()} == {
        "other_time_format": 1
    }


def test_read_incidents__second_pair_of_coordinates():
    raw = raw_table([{"pointx": "", "pointy": ""}, {}])
    raw = replace(raw, rows=raw.rows.assign(lon="-87.66", lat="41.88"))
    columns = {"longitude": "lon", "latitude": "lat", "easting": "pointx", "northing": "pointy"}
    raw.rows.loc[1, ["pointx", "pointy"]] = ["1170000", "1900000"]
    incidents, report = read(raw, columns=columns, crs="EPSG:3435")
    assert {name: tally.count for name, tally in report.repaired.items()} == {
        "fallback_coordinates": 1
    }
    assert len(incidents) == 2


def test_read_incidents__zero_in_the_first_pair_and_nonsense_in_the_second():
    raw = raw_table([{"pointx": "0", "pointy": "0"}, {}])
    raw = replace(raw, rows=raw.rows.assign(lon=["-91.68", "-87.66"], lat=["36.61", "41.88"]))
    raw.rows.loc[1, ["pointx", "pointy"]] = ["1170000", "1900000"]
    columns = {"longitude": "lon", "latitude": "lat", "easting": "pointx", "northing": "pointy"}
    _, report = read(raw, columns=columns, crs="EPSG:3435")
    assert {name: tally.count for name, tally in report.dropped.items()} == {"zero_coordinates": 1}


def test_read_incidents__geometry_points_lines_and_nothing():
    shapes = [
        shapely.Point(358_000, 579_000),
        shapely.LineString([(358_000, 579_000), (358_100, 579_000)]),
        None,
        shapely.Point(),
        shapely.Point(0, 0),
        shapely.Point(1_000, 1_000),
    ]
    rows = pd.DataFrame(
        [{**GOOD, "id": str(number)} for number in range(len(shapes))], dtype="str"
    ).drop(columns=["pointx", "pointy"])
    raw = RawTable(rows, gpd.GeoSeries(shapes, crs=CRS), CRS, "events.gpkg", format="gpkg")
    incidents, report = read(raw)
    assert incidents["easting"].tolist() == [358_000, 358_050]
    assert report.repaired["geometry_centroid"].count == 1
    assert {name: tally.count for name, tally in report.dropped.items()} == {
        "missing_coordinates": 2, "zero_coordinates": 1, "outside_jurisdiction": 1,
    }  # fmt: skip


def test_read_incidents__geocode_quality_of_a_list():
    raw = raw_table([{}, {}, {}])
    raw = replace(raw, rows=raw.rows.assign(how=["Block", "superb", ""]))
    incidents, report = read(raw, columns={"geocode_quality": "how"})
    assert incidents["geocode_quality"].tolist() == ["block", "unknown", "unknown"]
    assert report.repaired["unknown_geocode_quality"].count == 1
    incidents, _ = read(raw_table([{}]), constants={"geocode_quality": "block"})
    assert incidents["geocode_quality"].tolist() == ["block"]


def test_read_incidents__source_kind_of_a_list():
    raw = raw_table([{}, {}, {}, {}])
    raw = replace(raw, rows=raw.rows.assign(how=["On-View", "rumour", "", "sensor"]))
    incidents, report = read(raw, columns={"source_kind": "how"})
    assert incidents["source_kind"].tolist() == ["discovered", "reported", "reported", "sensor"]
    assert incidents["weight"].tolist() == [0, 1, 1, 1]
    assert report.repaired["unknown_source_kind"].count == 1
