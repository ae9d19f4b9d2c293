"""Vehicle logs as agencies export them: formats, times, units, and what is never read."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from evenbeat.core.config import PingSourceSettings
from evenbeat.core.dosage import (
    PingReport,
    Projection,
    clean_pings,
    join_pings,
    pseudonym,
    read_pings,
)
from evenbeat.core.errors import ConfigError, InputError, PolicyError
from evenbeat.core.grid import Grid
from evenbeat.core.simulate.ping_files import write_pings
from tests.dosage.scene import KEY, SETTINGS

GRID = Grid("EPSG:26971", 250.0, 350_000.0, 600_000.0, np.zeros((80, 80)))
LON, LAT = -87.65, 41.98
NOON = dt.datetime(2024, 3, 7, 12, tzinfo=dt.UTC).timestamp()


def read(path, *, timezone="UTC", batch_rows=500_000, **options):
    source, report = PingSourceSettings(path=str(path), **options), PingReport()
    batches = list(read_pings(path, source, grid=GRID, timezone=timezone, key=KEY, report=report,
                              batch_rows=batch_rows))  # fmt: skip
    report.check_balance()
    return join_pings(batches), report


def write_csv(folder, *rows, header="unit_id,time,longitude,latitude", encoding="utf-8"):
    path = folder / "pings.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding)
    return path


@pytest.mark.parametrize(
    ("written", "options"),
    [
        ("2024-03-07T12:00:00Z", {}),
        ("2024-03-07T06:00:00-06:00", {}),
        ("2024-03-07 06:00:00", {"timezone": "America/Chicago"}),
        ("3/7/2024 6:00:00 AM", {"timezone": "America/Chicago"}),
        (f"{NOON:.0f}", {}),
        (f"{NOON * 1000:.0f}", {}),
        (f"{NOON:.0f}", {"time_unit": "s"}),
        (f"{NOON * 1000:.0f}", {"time_unit": "ms"}),
    ],
)
def test_read_pings__times_of_every_kind(tmp_path, written, options):
    pings, _ = read(write_csv(tmp_path, f"A1,{written},{LON},{LAT}"), **options)
    assert pings.time_s.tolist() == [NOON]


@pytest.mark.parametrize(
    "column",
    [
        pd.to_datetime(["2024-03-07T12:00Z"]),
        pd.to_datetime(["2024-03-07T12:00Z"]).tz_convert("America/Chicago"),
        pd.to_datetime(["2024-03-07T06:00"]),
        [int(NOON)],
        [NOON * 1000],
    ],
)
def test_read_pings__typed_times_of_parquet(tmp_path, column):
    path = tmp_path / "pings.parquet"
    table = {"vehicle": [7.0], "timestamp": column, "lon": [LON], "lat": [LAT]}
    pd.DataFrame(table).to_parquet(path)
    pings, report = read(path, timezone="America/Chicago")
    assert pings.time_s.tolist() == [NOON]
    assert pings.unit_ids == (pseudonym("7", KEY),)
    assert report.columns["unit_id"] == "vehicle"


def test_read_pings__local_times_of_a_clock_change_are_counted(tmp_path):
    path = write_csv(tmp_path, f"A1,2024-03-10 02:30:00,{LON},{LAT}",
                     f"A1,2024-11-03 01:30:00,{LON},{LAT}")  # fmt: skip
    _, report = read(path, timezone="America/Chicago")
    assert dict(report.repaired) == {"nonexistent_local_time": 1, "ambiguous_local_time": 1}


@pytest.mark.parametrize(("unit", "kmh"), [("mph", 16.09344), ("km/h", 10), ("kn", 18.52),
                                           ("m/s", 36)])  # fmt: skip
def test_read_pings__speeds(tmp_path, unit, kmh):
    path = write_csv(tmp_path, f"A1,{NOON},{LON},{LAT},10", header="unit,time,lon,lat,speed")
    pings, _ = read(path, speed_unit=unit)
    assert pings.speed_kmh[0] == pytest.approx(kmh)


def test_read_pings__every_dropped_row_has_a_reason(tmp_path):
    path = write_csv(
        tmp_path,
        f"A1,{NOON},{LON},{LAT},4",
        f",{NOON},{LON},{LAT},4",
        f"A1,,{LON},{LAT},4",
        f"A1,yesterday,{LON},{LAT},4",
        f"A1,2024-03-07,{LON},{LAT},4",
        f"A1,{NOON},,{LAT},4",
        f"A1,{NOON},here,{LAT},4",
        f"A1,{NOON},0.0,0,4",
        f"A1,{NOON},{LON},95,4",
        f"A1,{NOON},{LON}",
        f"A2,{NOON},{LON},{LAT},good",
        header="unit_id,time,longitude,latitude,accuracy",
    )
    pings, report = read(path)
    assert len(pings) == 2
    assert report.rows_in == 11
    assert dict(report.dropped) == {
        "missing_unit": 1, "missing_time": 1, "unparseable_time": 2, "missing_coordinates": 2,
        "zero_coordinates": 1, "outside_crs": 1, "unsplittable_line": 1,
    }  # fmt: skip
    assert dict(report.repaired) == {"unparseable_accuracy": 1}


def test_read_pings__semicolons_and_a_byte_order_mark(tmp_path):
    path = write_csv(tmp_path, f"A1;{NOON};{LON};{LAT}", header='"Vehicle";"GPS Time";Lon;Lat',
                     encoding="utf-8-sig")  # fmt: skip
    assert len(read(path)[0]) == 1


def test_read_pings__points_of_a_geopackage(tmp_path):
    path = tmp_path / "pings.gpkg"
    points = gpd.GeoDataFrame(
        {"unit": ["A1", "A2", "A3"], "time": [NOON, NOON + 5, NOON]},
        geometry=gpd.points_from_xy([LON] * 3, [LAT] * 3), crs="EPSG:4326",
    )  # fmt: skip
    points.loc[2, "geometry"] = None
    points.to_file(path, layer="pings")
    pings, report = read(path)
    assert pings.time_s.tolist() == [NOON, NOON + 5]
    assert dict(report.dropped) == {"missing_coordinates": 1}
    expected = points.to_crs(GRID.crs).geometry[0]
    np.testing.assert_allclose([pings.easting[0], pings.northing[0]], [expected.x, expected.y],
                               atol=2e-3)  # fmt: skip


def test_read_pings__batches_are_the_whole(tmp_path, patrolled_city):
    path = tmp_path / "pings.parquet"
    table = patrolled_city.pings()
    table.to_parquet(path)
    source = {"crs": patrolled_city.crs, "columns": {"speed": "speed_kmh"}}
    whole, _ = read(path, **source)
    parts, report = read(path, batch_rows=1000, **source)
    assert report.rows_in == len(table) == len(whole)
    assert [whole.unit_ids[unit] for unit in whole.unit[:50]] == [
        parts.unit_ids[unit] for unit in parts.unit[:50]
    ]
    for name in ("time_s", "easting", "northing", "accuracy_m", "speed_kmh", "crew",
                 "is_committed"):  # fmt: skip
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))
    np.testing.assert_array_equal(whole.is_committed, table["incident_number"] != "")


def test_read_pings__codes_of_parquet_are_the_texts_of_csv(tmp_path):
    units, calls = ["A1", None, " A2", "A1", "", "A3"], ["", "C1", None, "C1", "nan", "C2"]
    table = pd.DataFrame({"unit": units, "time": NOON + np.arange(6), "lon": LON, "lat": LAT,
                          "incident": calls})  # fmt: skip
    table.to_csv(tmp_path / "pings.csv", index=False)
    table.to_parquet(tmp_path / "pings.parquet", row_group_size=2)
    (text, told), (coded, report) = read(tmp_path / "pings.csv"), read(tmp_path / "pings.parquet")
    assert told.dropped == report.dropped == {"missing_unit": 2}
    assert coded.unit_ids == text.unit_ids
    for name in ("unit", "time_s", "is_committed"):
        np.testing.assert_array_equal(getattr(coded, name), getattr(text, name))
    assert coded.is_committed.tolist() == [False, False, True, True]


def test_read_pings__the_dirt_of_devices_is_dropped_reason_by_reason(tmp_path, patrolled_city):
    path, facts = write_pings(patrolled_city, tmp_path, dirt=True)
    pings, report = read(path)
    _, cleaned = clean_pings(pings, SETTINGS)
    dropped = report.dropped + cleaned.dropped
    assert (report.rows_kept, report.rows_in) == (
        cleaned.rows_in, cleaned.rows_kept + dropped.total(),
    )  # fmt: skip
    dirt = {name: entry["rows"] for name, entry in facts["dirt"].items()}
    assert report.rows_in == facts["rows"]
    # A lost or misplaced fix may hit another kind's row, so that few are not as planned.
    kinds = {name: name for name in ("inaccurate", "duplicate", "zero_coordinates")}
    for reason, kind in {**kinds, "too_fast": "jump"}.items():
        assert dropped[reason] == pytest.approx(dirt[kind], abs=2 + 0.05 * dirt[kind])
    assert dropped.total() < 0.01 * report.rows_in


def test_read_pings__refuses_columns_about_persons_and_names_what_is_missing(tmp_path):
    path = write_csv(tmp_path, f"A1,{NOON},{LON},{LAT}", header="officer_id,time,lon,lat")
    with pytest.raises(PolicyError, match="speaks of persons"):
        read(path, columns={"unit_id": "officer_id"})
    with pytest.raises(PolicyError, match="no column that Evenbeat reads"):
        read(path, columns={"badge": "officer_id"})
    with pytest.raises(InputError, match="lack unit_id"):
        read(path)
    with pytest.raises(InputError, match="no column 'Vehicle'"):
        read(path, columns={"unit_id": "Vehicle"})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.csv", None, "does not exist"),
        ("pings.xlsx", b"PK", "no known format"),
        ("pings.csv", b"", "empty"),
        ("pings.parquet", b"PAR1 and then nothing", "Export it again"),
        ("pings.csv.gz", b"\x1f\x8b\x08 cut off", "Export it again"),
        ("pings.gpkg", b"not a database", "no readable GeoPackage"),
    ],
)
def test_read_pings__unreadable_files(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read(path)


def test_pseudonym__needs_a_key_and_keeps_to_it():
    assert pseudonym("A1", KEY) == pseudonym(" a1", KEY) != pseudonym("A2", KEY)
    assert pseudonym("A1", KEY) != pseudonym("A1", KEY + b"!")
    with pytest.raises(ConfigError, match="at least 16 bytes"):
        pseudonym("A1", b"short")


@pytest.mark.parametrize("crs", ["EPSG:26971", "EPSG:3435", "EPSG:32616"])
def test_projection__is_pyprojs_to_a_millimetre(crs):
    from pyproj import Transformer

    exact = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    east, north = exact.transform(LON, LAT)
    grid = Grid(crs, 1000.0, east - 40_000, north + 40_000, np.zeros((80, 80)))
    rng = np.random.default_rng(7)
    lon, lat = LON + rng.uniform(-0.4, 0.4, 2000), LAT + rng.uniform(-0.3, 0.3, 2000)
    lon[:3], lat[:3] = [0.0, -100.0, 139.0], [0.0, 30.0, 35.0]  # far away: pyproj itself

    found = Projection("EPSG:4326", grid).project(lon, lat)

    wanted = np.array(exact.transform(lon, lat))
    known = np.isfinite(wanted).all(axis=0)
    assert known.sum() >= lon.size - 3
    assert not np.isfinite(np.array(found)[:, ~known]).any()
    apart = np.hypot(*(np.array(found)[:, known] - wanted[:, known]))
    assert apart.max() * grid.metres_per_unit < 1e-3
    assert Projection(crs, grid).project(lon, lat)[0] is lon


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("lead", ["", "\n\n"])
def test_read_pings__line_ends_of_every_kind_and_blank_lines(tmp_path, end, lead):
    rows = [f"A1,{NOON + at},{LON},{LAT}" for at in range(3000)]
    text = lead + "\n".join(["unit,time,lon,lat", *rows[:5], "", "", *rows[5:]]) + "\n"
    (tmp_path / "pings.csv").write_bytes(text.replace("\n", end).encode())
    pings, report = read(tmp_path / "pings.csv", batch_rows=1000)
    assert pings.time_s.tolist() == [NOON + at for at in range(3000)]
    assert (report.rows_in, dict(report.dropped)) == (3000, {})


@pytest.mark.parametrize("header", ['unit,time,lon,lat,"Speed, km/h"', 'unit,time,lon,lat,"a\nb"'])
def test_read_pings__a_header_with_a_comma_or_a_line_end_in_quotes(tmp_path, header):
    path = write_csv(tmp_path, f"A1,{NOON},{LON},{LAT},4", header=header)
    pings, report = read(path)
    assert (len(pings), report.rows_in, dict(report.dropped)) == (1, 1, {})


@pytest.mark.parametrize(
    ("first", "last", "kept"),
    [
        ('"A1,{}', "A1,{}", {"unsplittable_line": 1, "inside_quotes": 59}),
        ('"A1,{}', '"A1,{}', {"inside_quotes": 30}),
    ],
)
def test_read_pings__lines_that_an_open_quote_swallows_are_counted(tmp_path, first, last, kept):
    rows = [f"A1,{NOON + at},{LON},{LAT}" for at in range(100)]
    rows[40] = f"{first.format(NOON + 40)},{LON},{LAT}"
    rows[70] = f"{last.format(NOON + 70)},{LON},{LAT}"
    pings, report = read(write_csv(tmp_path, *rows))
    assert report.rows_in == 100
    assert dict(report.dropped) == kept
    assert len(pings) == 100 - sum(kept.values())


def test_read_pings__an_open_quote_in_a_large_file_is_said(tmp_path):
    rows = [f"A1,{NOON + at},{LON},{LAT}" for at in range(9000)]
    rows[40] = '"' + rows[40]
    with pytest.raises(InputError, match="a quote is opened and not closed"):
        read(write_csv(tmp_path, *rows), batch_rows=1000)


def test_read_pings__names_that_are_not_utf8_are_read_and_counted(tmp_path):
    rows = [f"{name},{NOON + at},{LON},{LAT}" for at, name in enumerate(("Ä1", "B1", "Ä1"))]
    latin, report = read(write_csv(tmp_path, *rows, encoding="latin-1"))
    assert dict(report.repaired) == {"not_utf8": 2}
    utf8, report = read(write_csv(tmp_path, *rows))
    assert dict(report.repaired) == {}
    for pings in (latin, utf8):
        assert [pings.unit_ids[unit] for unit in pings.unit] == [
            pseudonym(name, KEY) for name in ("Ä1", "B1", "Ä1")
        ]


def test_read_pings__times_and_numbers_that_are_no_text_drop_their_row_alone(tmp_path):
    path = write_csv(tmp_path, f"A1,{NOON},{LON},{LAT}", f"A1,\xc4,{LON},{LAT}",
                     f"A1,{NOON + 9},\xff,{LAT}", encoding="latin-1")  # fmt: skip
    pings, report = read(path)
    assert len(pings) == 1
    assert dict(report.dropped) == {"unparseable_time": 1, "missing_coordinates": 1}


def test_read_pings__codes_that_are_not_utf8(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = pa.array([b"\xc41", b"B1", None, b"\xc41"], pa.binary())
    raw = pa.StringArray.from_buffers(4, names.buffers()[1], names.buffers()[2],
                                      names.buffers()[0])  # fmt: skip
    table = pa.table({"unit": raw, "time": NOON + np.arange(4), "lon": [LON] * 4,
                      "lat": [LAT] * 4})  # fmt: skip
    pq.write_table(table, tmp_path / "pings.parquet")
    pings, report = read(tmp_path / "pings.parquet")
    assert [pings.unit_ids[unit] for unit in pings.unit] == [
        pseudonym(name, KEY) for name in ("Ä1", "B1", "Ä1")
    ]
    assert dict(report.repaired) == {"not_utf8": 2}


def test_read_pings__clocks_in_the_future_are_dropped(tmp_path):
    path = write_csv(tmp_path, *(f"A1,{NOON + at},{LON},{LAT}" for at in (0, 100, 101, 9e8)))
    source, report = PingSourceSettings(path=str(path)), PingReport()
    batches = list(read_pings(path, source, grid=GRID, timezone="UTC", key=KEY, report=report,
                              latest_s=NOON + 100))  # fmt: skip
    assert join_pings(batches).time_s.tolist() == [NOON, NOON + 100]
    assert dict(report.dropped) == {"in_the_future": 2}
    report.check_balance()
