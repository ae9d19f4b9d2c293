"""Weather: days in metric units, from days or hours, observed or forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from ingest.layer_files import TIMEZONE, counts, of_text, source

from evenbeat.core.errors import InputError, PolicyError
from evenbeat.core.ingest.formats import RawTable, read_table
from evenbeat.core.ingest.layers import read_weather

DAYS = ["2016-01-01", "2016-01-02", "2016-01-03"]


def read(raw, **settings):
    return read_weather(raw, source=source("weather", **settings), timezone=TIMEZONE)


def test_read_weather__stored_columns_and_types():
    table, report = read(
        of_text(date=DAYS, temperature_c=["-1.5", "0", "2"], wind_kmh=["10", "20", "30"])
    )
    assert table.columns.tolist() == [
        "date", "temperature_c", "precipitation_mm", "snow_mm", "wind_kmh", "source", "kind",
        "issued_at",
    ]  # fmt: skip
    assert table["date"].tolist() == [pd.Timestamp(day) for day in DAYS]
    assert str(table["date"].dtype) == "datetime64[us]"
    assert table["temperature_c"].tolist() == [-1.5, 0, 2]
    assert table["snow_mm"].isna().all()
    assert (report.rows_in, report.rows_kept) == (3, 3)
    assert not report.notes


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"temp_f": "50", "precip_in": "1", "snow_inches": "2", "wind_mph": "10"},
         (10, 25.4, 50.8, 16.09)),
        ({"Temp (°F)": "50", "Precip (in)": "1", "Snow (in)": "2", "Wind (mph)": "10"},
         (10, 25.4, 50.8, 16.09)),
        ({"Temperature °C": "10", "Rain mm": "4", "Snowfall (cm)": "2", "Wind speed (m/s)": "10"},
         (10, 4, 20, 36)),
        ({"air_temp_k": "283.15", "prcp": "4", "snow": "2.5", "sknt": "10"}, (10, 4, 2.5, 18.52)),
        ({"TAVG": "59", "PRCP": "0.5", "SNOW": "1.5", "AWND": "10"}, (15, 12.7, 38.1, 16.09)),
        ({"tavg": "15", "prcp": "0.5", "snow": "1.5", "awnd": "10"}, (15, 0.5, 1.5, 10)),
        ({"tmax": "20", "tmin": "10"}, (15, np.nan, np.nan, np.nan)),
    ],
)  # fmt: skip
def test_read_weather__units(columns, expected):
    mapped = {}
    for ours, theirs in (("temperature", "Temp (°F)"), ("temperature", "Temperature °C"),
                         ("precipitation", "Precip (in)"), ("precipitation", "Rain mm"),
                         ("snow", "Snow (in)"), ("snow", "Snowfall (cm)"),
                         ("wind", "Wind (mph)"), ("wind", "Wind speed (m/s)")):  # fmt: skip
        if theirs in columns:
            mapped[ours] = theirs
    table, _ = read(of_text(date=DAYS[:1], **{key: [value] for key, value in columns.items()}),
                    columns=mapped)  # fmt: skip
    found = table[["temperature_c", "precipitation_mm", "snow_mm", "wind_kmh"]].to_numpy()[0]
    assert found.tolist() == pytest.approx(expected, abs=0.01, nan_ok=True)


def test_read_weather__assumed_units_are_noted():
    _, report = read(of_text(date=DAYS, temp=["20", "50", "80"], wind=["1", "2", "3"]))
    assert any("temperature is taken to be in degrees Fahrenheit" in note for note in report.notes)
    assert any("wind is taken to be in miles per hour" in note for note in report.notes)


def test_read_weather__mapped_unit_comes_before_what_is_detected():
    table, report = read(
        of_text(date=DAYS, temp=["20", "50", "80"], wind=["1"] * 3, gust=["10"] * 3),
        columns={"temperature_c": "temp", "wind_ms": "gust"},
    )
    assert table["wind_kmh"].tolist() == [36, 36, 36]
    assert table["temperature_c"].isna().tolist() == [False, False, True]
    assert counts(report.repaired) == {"impossible_temperature": 1}
    assert "wind" in report.dropped_columns


def test_read_weather__impossible_values_traces_and_blanks():
    table, report = read(
        of_text(
            date=DAYS, wind_mph=["406.2", "M", "12"], prcp_in=["T", "", "0.10"],
            temp_f=["-9999", "hot", "30"],
        )
    )  # fmt: skip
    assert table["wind_kmh"].isna().tolist() == [True, True, False]
    assert table["precipitation_mm"].tolist() == pytest.approx([0, np.nan, 2.54], nan_ok=True)
    assert counts(report.repaired) == {
        "impossible_wind": 1, "trace_counts_as_zero": 1, "impossible_temperature": 1,
        "unreadable_temperature": 1,
    }  # fmt: skip
    assert report.repaired["impossible_wind"].examples == ("row 1: 406.2",)


def test_read_weather__hours_become_local_days():
    hours = pd.date_range("2016-03-13 06:00", "2016-03-15 04:00", freq="h", tz="UTC")
    texts = hours.strftime("%Y-%m-%dT%H:%M:%SZ").tolist()
    table, report = read(
        of_text(
            time=texts, temperature_c=[str(index % 10) for index in range(len(texts))],
            precipitation_mm=["0.5"] * len(texts),
        )
    )  # fmt: skip
    # Clocks went forward on 13 March: 23 hours.
    assert table["date"].tolist() == [pd.Timestamp("2016-03-13"), pd.Timestamp("2016-03-14")]
    assert table["precipitation_mm"].tolist() == [23 * 0.5, 24 * 0.5]
    assert table["temperature_c"].iloc[0] == pytest.approx(np.mean(np.arange(23) % 10), abs=0.005)
    assert report.rows_in == report.rows_kept == 47
    assert not report.repaired


def test_read_weather__day_with_few_hours_is_told():
    texts = [f"2016-01-01 {hour:02d}:00" for hour in range(24)] + ["2016-01-02 00:00"]
    _, report = read(of_text(time=texts, temp_c=["1"] * 25))
    assert counts(report.repaired) == {"day_with_fewer_than_18_rows": 1}


def test_read_weather__several_stations_of_a_day():
    table, report = read(of_text(date=[*DAYS, DAYS[0]], temp_c=["1", "2", "3", "5"]))
    assert table["temperature_c"].tolist() == [3, 2, 3]
    assert counts(report.repaired) == {"several_rows_of_a_day_averaged": 1}
    assert report.rows_kept == 4


def test_read_weather__forecast_and_observation_of_a_day_stay_apart():
    table, _ = read(
        of_text(
            "station", date=[DAYS[0], DAYS[1], DAYS[1]], temp_c=["1", "2", "9"],
            kind=["observed", "observed", "Forecast"],
        )
    )  # fmt: skip
    assert table["source"].tolist() == ["station"] * 3
    assert table["kind"].tolist() == ["observed", "observed", "forecast"]
    assert table["temperature_c"].tolist() == [1, 2, 9]
    assert table["issued_at"].isna().all()
    assert str(table["issued_at"].dtype) == "datetime64[us, UTC]"


def test_read_weather__a_name_with_forecast_in_it_says_nothing():
    table, _ = read(of_text("forecast office", date=DAYS, temp_c=["1", "2", "3"]))
    assert (table["kind"] == "observed").all()


def test_read_weather__issues_of_a_day_stay_apart():
    issued = ["2015-12-31 18:00", "", "2015-12-30", "soon"]
    table, report = read(
        of_text(date=[DAYS[0]] * 4, temp_c=["1", "2", "3", "4"], issued_at=issued,
                kind=["forecast", "observed", "forecast", "forecast"])
    )  # fmt: skip
    assert table["temperature_c"].tolist() == [2, 4, 3, 1]
    assert table["issued_at"].isna().tolist() == [True, True, False, False]
    assert table["issued_at"].iloc[2] == pd.Timestamp("2015-12-31 05:59:59.999999", tz="UTC")
    assert table["issued_at"].iloc[3] == pd.Timestamp("2016-01-01 00:00", tz="UTC")
    assert counts(report.repaired) == {"unreadable_issued_at": 1}
    alone, _ = read(of_text(date=DAYS[:2], temp_c=["1", "2"], issued_at=["2015-12-31 18:00", ""]))
    assert alone["kind"].tolist() == ["forecast", "observed"]


def test_read_weather__whether_it_rained_is_no_amount():
    dates = pd.date_range("2016-01-01", periods=40).astype("str").tolist()
    flags = ["1", "0"] * 20
    table, report = read(of_text(date=dates, temp_c=["1"] * 40, rain=flags))
    assert table["precipitation_mm"].isna().all()
    assert "rain" in report.dropped_columns
    dry, _ = read(of_text(date=dates, temp_c=["1"] * 40, rain=["0"] * 40))
    assert (dry["precipitation_mm"] == 0).all()


def test_read_weather__rows_without_a_date_are_dropped():
    table, report = read(of_text(date=[DAYS[0], "", "never"], temp_c=["1", "2", "3"]))
    assert len(table) == 1
    assert counts(report.dropped) == {"missing_time": 1, "unparseable_time": 1}


def test_read_weather__what_cannot_be_weather():
    with pytest.raises(InputError, match="no column of dates; it has temp_c"):
        read(of_text(temp_c=["1"]))
    with pytest.raises(InputError, match="neither temperature, rain, snow nor wind"):
        read(of_text(date=DAYS, humidity=["1"] * 3))
    with pytest.raises(PolicyError, match="no column that Evenbeat reads from weather"):
        read(of_text(date=DAYS, temp_c=["1"] * 3), columns={"mood": "temp_c"})


def test_read_weather__typed_dates_of_parquet():
    rows = pd.DataFrame({"date": pd.date_range("2016-01-01", periods=12), "temp_c": 1.0})
    table, _ = read(RawTable(rows=rows, name="station", format="parquet"))
    assert table["date"].tolist() == rows["date"].tolist()


def test_read_weather__real_years_with_an_outlier(real_data):
    raw = read_table(real_data / "chicago" / "weather_daily_2001_2016-08.parquet")
    table, report = read(raw, columns={"wind_mph": "wind_max"})
    assert len(table) == 5698
    assert table["temperature_c"].between(-30, 40).all()
    assert "row 1831: 406.2" in report.repaired["impossible_wind"].examples
