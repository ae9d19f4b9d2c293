"""What incidents become: types, times, places, weights; and that nothing about persons is left."""

import datetime as dt
import string
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenbeat.core.config import IngestSettings
from evenbeat.core.errors import InputError, PolicyError
from evenbeat.core.ingest.formats import RawTable
from evenbeat.core.ingest.incidents import training_weights
from evenbeat.core.ingest.schema import INCIDENT_DTYPES, empty_incidents
from evenbeat.core.policy.columns import INCIDENT_COLUMNS
from evenbeat.core.policy.susceptibility import MINIMUM_ROWS, SusceptibilityGate
from tests.ingest.incident_files import BOUNDARY, GOOD, raw_table, read
from tests.ingest.test_incidents_reasons import DROPPED, REPAIRED
from tests.policy.test_columns import HOSTILE


def test_read_incidents__one_good_row():
    incidents, report = read(raw_table([{}]))
    row = incidents.iloc[0]
    assert row["source"] == "rms"
    assert row["incident_id"] == "1"
    assert (row["crime_type"], row["class_code"]) == ("robbery", "120")
    assert row["occurred_from"] == row["occurred_to"] == pd.Timestamp("2016-05-05 03:15", tz="UTC")
    assert row["reported_at"] == pd.Timestamp("2016-05-05 03:40", tz="UTC")
    assert row["last_updated"] == pd.Timestamp("2016-05-10 13:00", tz="UTC")
    assert BOUNDARY.contains(shapely.Point(row["easting"], row["northing"]))
    assert (row["source_kind"], row["weight"], row["geocode_quality"]) == ("reported", 1, "unknown")
    assert report.dropped == report.repaired == {}
    assert report.dropped_columns == ["address"]


def test_read_incidents__table_is_as_declared():
    for rows in ([{}], [DROPPED["missing_id"]]):
        incidents, _ = read(raw_table(rows))
        found = {name: str(dtype) for name, dtype in incidents.dtypes.items()}
        assert found == dict(INCIDENT_DTYPES)
        assert list(incidents.index) == list(range(len(incidents)))
    assert list(INCIDENT_DTYPES) == list(INCIDENT_COLUMNS) == list(empty_incidents())


def test_read_incidents__no_rows_at_all():
    raw = RawTable(pd.DataFrame({name: pd.Series(dtype="str") for name in GOOD}), name="empty.csv")
    incidents, report = read(raw)
    assert len(incidents) == report.rows_in == 0


def test_read_incidents__order_is_by_time_source_and_id():
    rows = [
        {"id": "b", "datetimefrom": "2016-05-04 10:00"},
        {"id": "a", "datetimefrom": "2016-05-04 10:00"},
        {"id": "c", "datetimefrom": "2016-05-01 10:00"},
        {"id": "z", "datetimefrom": "2016-05-04 10:00", "datasource": "aaa"},
    ]
    incidents, _ = read(raw_table(rows))
    assert incidents["incident_id"].tolist() == ["c", "z", "a", "b"]


def test_read_incidents__windows():
    rows = [
        {"datetimefrom": "2016-05-03", "datetimeto": "2016-05-04"},
        {"datetimefrom": "2016-05-03 10:00", "datetimeto": "2016-05-04"},
        {"datetimefrom": "", "datetimeto": "2016-05-04"},
    ]
    incidents, _ = read(raw_table(rows))
    incidents = incidents.set_index("incident_id")
    midnight = pd.Timestamp("2016-05-05 05:00", tz="UTC")
    assert incidents["occurred_to"].tolist() == [midnight] * 3
    assert incidents.loc["1", "occurred_from"] == pd.Timestamp("2016-05-03 05:00", tz="UTC")
    assert incidents.loc["2", "occurred_from"] == pd.Timestamp("2016-05-03 15:00", tz="UTC")
    assert incidents.loc["3", "occurred_from"] == pd.Timestamp("2016-05-04 05:00", tz="UTC")


def test_read_incidents__a_date_of_report_was_known_at_its_end():
    incidents, _ = read(raw_table([{"report_time": "2016-05-05"}]))
    end = pd.Timestamp("2016-05-06 05:00", tz="UTC")
    assert incidents["reported_at"][0] == end - pd.Timedelta(1, "us")


def test_read_incidents__window_limit_is_a_setting():
    rows = raw_table([DROPPED["window_too_long"]])
    assert len(read(rows, settings=IngestSettings(max_window_days=90))[0]) == 1


def test_read_incidents__repeated_ids_newest_update_wins():
    rows = [
        {"id": "7", "last_updated": "2016-05-12 08:00", "class": "220"},
        {"id": "7", "last_updated": "2016-05-11 08:00"},
        {"id": "7", "last_updated": ""},
        {"id": "8", "last_updated": "", "class": "220"},
        {"id": "8", "last_updated": "", "class": "240"},
        {"id": "8", "datasource": "cad"},
    ]
    incidents, report = read(raw_table(rows))
    assert report.dropped["repeated_id"].count == 3
    types = incidents.set_index(["source", "incident_id"])["crime_type"].to_dict()
    assert types == {
        ("rms", "7"): "burglary", ("rms", "8"): "motor_vehicle_theft", ("cad", "8"): "robbery",
    }  # fmt: skip


def test_read_incidents__newest_version_decides_even_when_it_is_dropped():
    rows = [{"id": "7"}, {"id": "7", "last_updated": "2016-06-01 08:00", "class": "35A"}]
    incidents, report = read(raw_table(rows))
    assert len(incidents) == 0
    assert report.withdrawn["incident_id"].tolist() == ["7"]


def test_read_incidents__refusals_and_unknown_codes_are_counted_by_name():
    classes = ["120", "35A", "35A", "520|13B", "ZZ1", "ZZ1|ZZ2", "ZZ1"]
    _, report = read(raw_table([{"class": code} for code in classes]), class_system="nibrs")
    assert report.refused_classes == {"narcotics": 2, "weapons": 1}
    assert "police who look for it" in report.refused_reasons["narcotics"]
    assert report.unknown_classes == {"ZZ1": 2, "ZZ1|ZZ2": 1}
    assert report.rows_kept == 1


def test_read_incidents__class_code_keeps_listed_codes_only():
    incidents, _ = read(raw_table([{"class": "120|John Smith|35A"}]), class_system="nibrs")
    assert incidents["class_code"].tolist() == ["120|35A"]


@pytest.mark.parametrize(
    "scale", [("EPSG:3435", 1_170_000, 1_900_000), ("EPSG:32616", 446_000, 4_636_000)]
)
def test_read_incidents__planar_coordinates_in_the_crs_of_the_source(scale):
    crs, first, second = scale
    incidents, report = read(raw_table([{"pointx": str(first), "pointy": str(second)}]), crs=crs)
    assert len(incidents) == 1, report.dropped
    swapped, report = read(raw_table([{"pointx": str(second), "pointy": str(first)}]), crs=crs)
    assert list(report.repaired) == ["swapped_coordinates"]
    np.testing.assert_allclose(swapped["easting"], incidents["easting"])


def test_read_incidents__coordinates_in_the_workspace_crs_are_detected():
    incidents, _ = read(raw_table([{"pointx": "358000", "pointy": "579000"}]))
    assert incidents[["easting", "northing"]].iloc[0].tolist() == [358_000, 579_000]


def test_read_incidents__unknown_crs_is_refused_with_advice():
    rows = [{"pointx": str(1_170_000 + step), "pointy": "1900000"} for step in range(5)]
    with pytest.raises(InputError, match=r"crs = 'EPSG:\d+' puts them there"):
        read(raw_table(rows))
    with pytest.raises(InputError, match="set crs of the source"):
        read(raw_table([{"pointx": "1e12", "pointy": "1e12"}]))


def test_read_incidents__tolerance_in_metres_and_feet():
    edge = BOUNDARY.bounds[2]
    for metres, kept in ((40, 1), (60, 0)):
        row = {"pointx": str(edge + metres), "pointy": "579000"}
        assert len(read(raw_table([row]), crs="EPSG:26971")[0]) == kept
    assert len(read(raw_table([{"pointx": "0.1"}]), boundary=None)[0]) == 1


def test_read_incidents__gunfire_role():
    raw = RawTable(
        pd.DataFrame(
            {
                "alert_id": ["a1", "a2", "a3"],
                "detected_at": ["2016-05-04T22:15:00Z"] * 3,
                "latitude": ["41.87"] * 3,
                "longitude": ["-87.65"] * 3,
                "label": ["Multiple Gunshots", "Fireworks", "?"],
                "rounds": ["3", "0", "1"],
            },
            dtype="str",
        ),
        name="alerts.csv",
        format="csv",
    )
    columns = {"incident_id": "alert_id"}
    incidents, report = read(raw, role="gunfire", columns=columns)
    assert len(incidents) == 3
    incidents, report = read(raw, role="gunfire", columns={**columns, "class_code": "label"})
    assert incidents["crime_type"].tolist() == ["gunfire", "gunfire"]
    assert incidents["source_kind"].tolist() == ["sensor", "sensor"]
    assert incidents["source"].tolist() == ["gunfire", "gunfire"]
    assert report.refused_classes == {"sensor_noise": 1}


def test_read_incidents__gunfire_without_a_sensor_is_refused():
    incidents, report = read(raw_table([{"class": "Shots fired"}, {}]))
    assert incidents["crime_type"].tolist() == ["robbery"]
    assert report.refused_classes == {"unconfirmed_gunfire": 1}
    incidents, _ = read(raw_table([{"class": "Shots fired"}, {}]), source_kind="sensor")
    assert set(incidents["crime_type"]) == {"robbery", "gunfire"}


def test_read_incidents__without_identifiers_content_makes_them():
    raw = raw_table([{}, {"class": "220"}, {}])
    raw = replace(raw, rows=raw.rows.drop(columns="id"))
    first, report = read(raw, preset="generic", columns={"occurred_from": "datetimefrom"})
    assert any("no identifiers" in remark for remark in report.notes)
    assert report.withdrawn is None
    assert first["incident_id"].is_unique
    again, _ = read(replace(raw, rows=raw.rows.iloc[::-1]), preset="generic",
                    columns={"occurred_from": "datetimefrom"})  # fmt: skip
    pd.testing.assert_frame_equal(first, again)


def test_read_incidents__date_and_clock_in_two_columns():
    raw = RawTable(
        pd.DataFrame(
            {
                "dr_no": list("12345"),
                "date_occ": ["05/04/2016 12:00:00 AM"] * 4 + ["05/14/2016"],
                "time_occ": ["2215", "930", "5", "", "22:15"],
                "offense": ["Robbery"] * 5,
                "lat": ["41.87"] * 5,
                "lon": ["-87.65"] * 5,
            },
            dtype="str",
        ),
        name="lapd.csv",
        format="csv",
    )
    incidents, report = read(raw)
    local = incidents["occurred_from"].dt.tz_convert("America/Chicago").dt.strftime("%d %H:%M")
    assert dict(zip(incidents["incident_id"], local, strict=True)) == {
        "1": "04 22:15", "2": "04 09:30", "3": "04 00:05", "4": "04 00:00", "5": "14 22:15",
    }  # fmt: skip
    assert report.repaired["date_only"].count == 1


def test_read_incidents__chicago_preset_is_recognised():
    raw = RawTable(
        pd.DataFrame(
            {
                "ID": ["1", "2"], "Case Number": ["HZ1", "HZ2"],
                "Date": ["05/04/2016 10:15:00 PM"] * 2, "Block": ["X"] * 2,
                "IUCR": ["031A", "0841"], "Arrest": ["true", "false"],
                "Domestic": ["false"] * 2, "FBI Code": ["03", "06"],
                "X Coordinate": ["1170000", ""], "Y Coordinate": ["1900000", ""],
                "Updated On": ["02/10/2018 03:50:01 PM"] * 2,
                "Latitude": ["41.881"] * 2, "Longitude": ["-87.65"] * 2,
            },
            dtype="str",
        ),
        name="portal.csv", format="csv",
    )  # fmt: skip
    incidents, report = read(raw)
    assert incidents["source"].tolist() == ["chicago-portal"]
    assert incidents["geocode_quality"].tolist() == ["block"]
    assert incidents["class_code"].tolist() == ["031A"]
    assert report.refused_classes == {"fraud": 1}
    assert {"Case Number", "Domestic", "Arrest", "Block"} <= set(report.dropped_columns)


def test_read_incidents__notes_an_assumed_order_of_day_and_month():
    _, report = read(raw_table([{"datetimefrom": "05/04/2016 22:15"}]))
    assert any("month was assumed" in remark for remark in report.notes)


def test_read_incidents__lacking_columns_are_named():
    raw = raw_table([{}])
    bare = replace(raw, rows=raw.rows[["id", "address"]])
    with pytest.raises(InputError) as fault:
        read(bare)
    for words in ("occurred_from (when", "class_code (what", "longitude and latitude", "address"):
        assert words in str(fault.value)


def test_read_incidents__progress_ends_at_one():
    from evenbeat.core.config import SourceSettings
    from evenbeat.core.ingest.incidents import read_incidents
    from tests.ingest.incident_files import CRIME_TYPES, CRS, TIMEZONE

    told = []
    read_incidents(
        raw_table([{}]), source=SourceSettings(role="incidents", path="x"),
        settings=IngestSettings(), timezone=TIMEZONE, crs=CRS, boundary=BOUNDARY,
        crime_types=CRIME_TYPES, progress=lambda stage, fraction: told.append(fraction),
    )  # fmt: skip
    assert told == sorted(told)
    assert told[-1] == 1.0


# --- the gate -----------------------------------------------------------------------------------


def flagged_file(flags, **extra):
    raw = raw_table([{} for _ in flags])
    return replace(raw, rows=raw.rows.assign(arrest=pd.Series(flags, dtype="str"), **extra))


def test_gate__share_above_the_limit_gets_weight_zero():
    flags = ["Y"] * 40 + ["N"] * 20
    incidents, report = read(flagged_file(flags))
    assert report.susceptibility == {"robbery": 40 / 60}
    assert report.refused_for_training == ["robbery"]
    assert (incidents["weight"] == 0).all()
    assert "arrest" not in incidents.columns
    assert "arrest" in report.dropped_columns


def test_gate__share_at_the_limit_and_small_samples_stay():
    incidents, report = read(flagged_file(["true"] * 30 + ["false"] * 30))
    assert report.refused_for_training == []
    assert (incidents["weight"] == 1).all()
    incidents, report = read(flagged_file(["1"] * (MINIMUM_ROWS - 1)))
    assert (incidents["weight"] == 1).all()
    assert any("too few rows to judge" in remark for remark in report.notes)


def test_gate__counts_refused_classes_too_and_what_officers_found():
    raw = raw_table([{"class": "35A"}] * 3 + [{}] * 3)
    raw = replace(raw, rows=raw.rows.assign(on_view=["Y", "Y", "N", "Y", "", "N"]))
    incidents, report = read(raw)
    assert report.flagged_by_class == {"narcotics": (3, 2), "robbery": (2, 1)}
    assert sorted(incidents["source_kind"]) == ["discovered", "reported", "reported"]
    assert sorted(incidents["weight"]) == [0, 1, 1]


def test_gate__discovered_rows_count_as_flagged():
    raw = raw_table([{}] * 60)
    raw = replace(raw, rows=raw.rows.assign(how_reported=["discovered"] * 40 + ["reported"] * 20))
    _, report = read(raw)
    assert report.refused_for_training == ["robbery"]


def test_gate__a_code_above_the_limit_inside_a_type_trains_nothing():
    raw = raw_table([{"class": "23C"}] * 60 + [{"class": "23F"}] * 200)
    raw = replace(raw, rows=raw.rows.assign(arrest=["Y"] * 50 + ["N"] * 210))
    incidents, report = read(raw)
    assert report.refused_for_training == []
    assert report.refused_codes == ["theft 23C"]
    assert report.flagged_by_code == {"theft 23C": (60, 50), "theft 23F": (200, 0)}
    assert report.to_dict()["refused_codes"] == {"theft 23C": 0.8333}
    assert any(remark.startswith("Code theft 23C is refused") for remark in report.notes)
    assert set(incidents.loc[incidents["class_code"] == "23C", "weight"]) == {0}
    assert set(incidents.loc[incidents["class_code"] == "23F", "weight"]) == {1}


def test_read_incidents__unknown_report_times_are_said():
    _, report = read(raw_table([{"report_time": ""}]))
    assert any("model.reporting_lag_days" in remark for remark in report.notes)
    _, report = read(raw_table([{}]))
    assert not any("model.reporting_lag_days" in remark for remark in report.notes)


def test_gate__counts_of_several_files_are_pooled():
    """Two files that are too small to judge are enough together."""
    gate, parts = SusceptibilityGate(), []
    for _ in range(2):
        incidents, report = read(flagged_file(["Y"] * (MINIMUM_ROWS - 1)))
        gate = gate.plus(SusceptibilityGate(report.flagged_by_class))
        parts.append(incidents)
    assert all((part["weight"] == 1).all() for part in parts)
    assert gate.refused == ("robbery",)
    assert (training_weights(pd.concat(parts), gate) == 0).all()


def test_gate__no_flag_is_said():
    _, report = read(raw_table([{}]))
    assert report.susceptibility == {}
    assert any("cannot judge" in remark for remark in report.notes)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(["Y", "N", "", "?"]), min_size=1, max_size=30))
def test_gate__the_flag_itself_leaves_no_trace(flags):
    with_flags, _ = read(flagged_file(flags))
    without, _ = read(flagged_file(["N"] * len(flags)))
    pd.testing.assert_frame_equal(with_flags, without)


# --- nothing about persons ----------------------------------------------------------------------

MARK = "Zebulon-Quux-1975"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_read_incidents__a_column_about_persons_is_dropped_and_named(hostile):
    raw = raw_table([{}, {}])
    if hostile.casefold() == "address":
        raw = replace(raw, rows=raw.rows.drop(columns="address"))
    raw = replace(raw, rows=raw.rows.assign(**{hostile: MARK}))
    for preset in ("auto", "generic"):
        columns = {"occurred_from": "datetimefrom"} if preset == "generic" else {}
        incidents, report = read(raw, preset=preset, columns=columns)
        assert list(incidents.columns) == list(INCIDENT_COLUMNS)
        assert hostile in report.dropped_columns
        assert (
            not incidents.astype("str").apply(lambda column: column.str.contains(MARK)).any().any()
        )
        assert MARK not in str(report.to_dict())


@pytest.mark.parametrize("hostile", HOSTILE)
def test_read_incidents__a_column_about_persons_cannot_be_asked_for(hostile):
    raw = replace(raw_table([{}]), rows=raw_table([{}]).rows.assign(**{hostile: MARK}))
    with pytest.raises(PolicyError, match="speaks of persons"):
        read(raw, columns={"class_code": hostile})
    with pytest.raises(PolicyError, match="drops everything else"):
        read(raw, columns={hostile: hostile})
    with pytest.raises(PolicyError, match="drops everything else"):
        read(raw, constants={hostile: "x"})


NAMES = st.text(alphabet=string.ascii_letters + string.digits + " _-.", min_size=1, max_size=20)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    columns=st.dictionaries(
        st.one_of(st.sampled_from(HOSTILE), NAMES),
        st.tuples(st.text(max_size=12), st.text(max_size=12)),
        min_size=1, max_size=6,
    ),
)  # fmt: skip
def test_read_incidents__what_is_not_listed_changes_nothing(columns):
    """Columns outside the allow-list may hold anything: the table is the same without them."""
    from evenbeat.core.policy.columns import known_spellings, plain_name

    listed = {spelling for names in known_spellings().values() for spelling in names}
    extra = {
        name: pd.Series(values, dtype="str")
        for name, values in columns.items()
        if plain_name(name) not in listed and name not in GOOD
    }
    raw = raw_table([{}, {"class": "220"}])
    plain, _ = read(raw)
    crowded, report = read(replace(raw, rows=raw.rows.assign(**extra)))
    pd.testing.assert_frame_equal(plain, crowded)
    assert set(extra) <= set(report.dropped_columns)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from([{}, *DROPPED.values(), *REPAIRED.values()]), min_size=1, max_size=25),
    st.lists(st.sampled_from(["1", "2", "3", "4"]), min_size=25, max_size=25),
)
def test_read_incidents__rows_in_are_kept_or_dropped(rows, ids):
    rows = [{"id": number, **row} for row, number in zip(rows, ids, strict=False)]
    incidents, report = read(raw_table(rows))
    assert report.rows_in == len(rows) == report.rows_kept + report.rows_dropped
    assert report.rows_kept == len(incidents)
    assert not incidents.duplicated(["source", "incident_id"]).any()
    assert (incidents["occurred_from"] <= incidents["occurred_to"]).all()
    known = incidents["reported_at"].notna()
    assert (incidents.loc[known, "reported_at"] >= incidents.loc[known, "occurred_from"]).all()
    longest = incidents["occurred_to"] - incidents["occurred_from"]
    assert (longest <= dt.timedelta(days=30)).all()


def test_read_incidents__typed_columns_of_other_formats():
    """Parquet and vector layers hand in numbers, times and categories, in any order of rows."""
    rows = pd.DataFrame(
        {
            "id": [2008466348.0, None, 3.0],
            "offense": pd.Categorical(["Robbery", "Theft", "Burglary"]),
            "datetime": pd.to_datetime(
                ["2016-05-04 22:15", "2016-05-04 22:15", "2016-05-04 23:15"]
            ),
            "lat": np.array([41.87, 41.87, np.nan], dtype="float32"),
            "lon": np.array([-87.65, -87.65, -87.65], dtype="float32"),
            "arrest": [True, False, False],
        },
        index=[7, 7, 1],
    )
    raw = RawTable(rows, name="events", format="parquet", notes=("A remark of the reader.",))
    incidents, report = read(raw)
    assert incidents["incident_id"].tolist() == ["2008466348"]
    assert report.dropped["missing_id"].examples == ("row 2",)
    assert report.dropped["missing_coordinates"].examples == ("row 3",)
    assert report.susceptibility == {"burglary": 0.0, "robbery": 1.0}
    assert "A remark of the reader." in report.notes


@pytest.mark.parametrize("codes", [[120.0, 220.0, np.nan], [120, 220, 240]])
def test_read_incidents__numeric_class_codes(codes):
    raw = raw_table([{}, {}, {}])
    incidents, report = read(replace(raw, rows=raw.rows.assign(**{"class": codes})))
    assert incidents["class_code"].tolist()[:2] == ["120", "220"]
    assert report.dropped.keys() <= {"missing_class"}
    assert report.rows_kept == 3 - sum(np.isnan(codes))
