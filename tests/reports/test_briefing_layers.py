"""The briefing: incidents, places, events and weather on its pages."""

from __future__ import annotations

import datetime as dt
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from planning.cities import TYPES
from reports.morning import (
    CUTOFF,
    Morning,
    incident_table,
    instants,
    place_table,
    words_of,
)

from evenbeat.core.config import AgencySettings


def test_write_briefings__recent_incidents_equal_a_naive_count(tmp_path):
    rng = np.random.default_rng(8)
    morning = Morning()
    west, south, east, north = morning.grid.bounds
    days = rng.integers(0, 20, 300)
    rows = [
        (str(rng.choice(TYPES)), str(CUTOFF - dt.timedelta(days=int(day), minutes=30)),
         float(rng.uniform(west, east)), float(rng.uniform(south, north)))
        for day in days
    ]  # fmt: skip
    morning.incidents = incident_table(rows)
    morning.write(tmp_path)
    for shift in morning.calendar.names:
        page = (tmp_path / f"{shift}-01.html").read_text("utf-8")
        cards = page.split('<section class="card">')[1:]
        boxes = morning.assignments.query("shift == @shift and district_id == '01'")
        for card, box in zip(cards, boxes.itertuples(), strict=True):
            expected: dict[str, int] = {}
            for (crime_type, _, x, y), age in zip(rows, days, strict=True):
                if age < 14 and box.geometry.distance(shapely.Point(x, y)) <= 300:
                    name = crime_type.replace("_", " ")
                    expected[name] = expected.get(name, 0) + 1
            found = re.findall(r"<li><b>(\d+) ([a-z ]+)</b>", card)
            assert {name: int(count) for count, name in found} == expected


def test_write_briefings__what_is_unknown_at_the_cutoff_changes_no_byte(tmp_path):
    morning = Morning()
    x, y = morning.centre_of_first()
    before = [path.read_bytes() for path in morning.write(tmp_path / "a")]
    late = incident_table([("robbery", "2017-01-03 09:00", x, y)])
    unreported = incident_table(
        [("robbery", "2017-01-01 09:00", x, y)], reported_at=instants("2017-01-04 01:00")
    )
    found = incident_table([("robbery", "2017-01-01 09:00", x, y)], source_kind="discovered")
    morning.incidents = pd.concat([morning.incidents, late, unreported, found], ignore_index=True)
    assert [path.read_bytes() for path in morning.write(tmp_path / "b")] == before
    known = incident_table([("robbery", "2017-01-01 09:00", x, y)])
    morning.incidents = pd.concat([morning.incidents, known], ignore_index=True)
    assert [path.read_bytes() for path in morning.write(tmp_path / "c")] != before


@pytest.mark.parametrize("stamp", ["reported_at", "occurred_to"])
def test_write_briefings__what_is_stamped_at_the_cutoff_or_within_the_lag_is_unknown(
    tmp_path, stamp
):
    morning = Morning()
    before = [path.read_bytes() for path in morning.write(tmp_path / "a")]
    x, y = morning.centre_of_first()
    row = ("robbery", "2017-01-03 06:00" if stamp == "occurred_to" else "2017-01-02 12:00", x, y)
    at = incident_table([row], reported_at=instants("2017-01-03 06:00"))
    if stamp == "occurred_to":
        at["reported_at"] = instants(None)
    morning.incidents = pd.concat([morning.incidents, at], ignore_index=True)
    assert [path.read_bytes() for path in morning.write(tmp_path / "b")] == before
    unreported = incident_table([("robbery", "2017-01-02 12:00", x, y)])
    unreported["reported_at"] = instants(None)
    morning.incidents = pd.concat([morning.incidents, unreported], ignore_index=True)
    lagging = morning.write(tmp_path / "c", reporting_lag_days=1)
    assert [path.read_bytes() for path in lagging] == before
    assert [path.read_bytes() for path in morning.write(tmp_path / "d")] != before


def test_write_briefings__a_rape_is_counted_but_never_placed(tmp_path):
    morning = Morning()
    x, y = morning.centre_of_first()
    morning.incidents = incident_table(
        [("rape", "2017-01-02 09:00", x, y), ("theft", "2017-01-02 10:00", x, y)]
    )
    morning.write(tmp_path)
    page = (tmp_path / "day-00.html").read_text("utf-8")
    assert "<b>1 rape</b>" in page
    assert 'href="#i-theft"' in page
    assert "i-rape" not in page


def test_write_briefings__many_incidents_are_drawn_near_boxes_only(tmp_path):
    morning = Morning()
    rng = np.random.default_rng(1)
    west, south, east, north = morning.grid.bounds
    morning.incidents = incident_table([
        ("theft", "2017-01-02 09:00", float(rng.uniform(west, east)),
         float(rng.uniform(south, north)))
        for _ in range(2000)
    ])  # fmt: skip
    morning.write(tmp_path)
    page = (tmp_path / "day-00.html").read_text("utf-8")
    assert "of a box only" in page
    assert 0 < page.count('<use href="#i-theft" x=') < 400


def test_write_briefings__places_and_streets(tmp_path):
    morning = Morning()
    x, y = morning.centre_of_first()
    west, _, east, _ = morning.grid.bounds
    street = shapely.LineString([(west, y), (east, y)])
    park = shapely.box(x, y, x + 300, y + 300)
    rows = [("street", street), ("bar", shapely.Point(x, y)), ("bar", shapely.Point(x + 10, y)),
            ("park", park), ("bar", shapely.Point(x, y + 5000))]  # fmt: skip
    morning.places = place_table(morning.grid, rows)
    gone = morning.places.iloc[[1]].assign(valid_to=instants("2017-01-01 00:00").to_numpy())
    gone["valid_to"] = instants("2017-01-01 00:00").to_numpy()
    morning.places = gpd.GeoDataFrame(pd.concat([morning.places, gone], ignore_index=True))
    morning.places["valid_to"] = pd.to_datetime(morning.places["valid_to"], utc=True)
    morning.write(tmp_path)
    page = (tmp_path / "day-00.html").read_text("utf-8")
    assert 'class="streets"' in page
    assert "bar (2), park (1)" in page
    assert "street</li>" in page
    (tmp_path / "bare").mkdir()
    morning.places = None
    morning.write(tmp_path / "bare")
    assert 'class="streets"' not in (tmp_path / "bare" / "day-00.html").read_text("utf-8")


def test_write_briefings__events_of_the_shift_near_the_district(tmp_path):
    morning = Morning()
    x, y = morning.centre_of_first()
    shape = shapely.Point(x + 400, y)
    morning.events = gpd.GeoDataFrame(
        {"event_id": ["now", "later", "far", "secret"],
         "category": ["street_closure", "sports", "concert", "parade"],
         "starts_at": instants("2017-01-03 15:00", "2017-01-04 15:00", "2017-01-03 15:00",
                               "2017-01-03 15:00"),
         "ends_at": instants("2017-01-03 17:00", "2017-01-04 17:00", "2017-01-03 17:00",
                             "2017-01-03 17:00"),
         "known_at": instants(None, None, None, "2017-01-03 12:00"),
         "expected_attendance": [1200.0, np.nan, np.nan, np.nan], "source": "s"},
        geometry=[shape, shape, shapely.Point(x + 90_000, y), shape], crs=morning.grid.crs,
    )  # fmt: skip
    morning.agency = AgencySettings(name="Ville", timezone="America/Chicago", country="FR")
    morning.write(tmp_path)
    day, evening = words_of(tmp_path / "day-00.html"), words_of(tmp_path / "evening-00.html")
    line = "Street closure, 09:00–11:00, about 1,200 people expected; 400 m from box 1"
    assert line in day
    assert "Sports" not in day
    assert "Concert" not in day
    assert "Parade" not in day
    assert "None known in or near this district." in evening


@pytest.mark.parametrize(
    ("country", "expected"),
    [("FR", "−3 °C, precipitation 3 mm, wind 16 km/h"),
     ("US", "27 °F (−3 °C), precipitation 0.10 in, wind 10 mph")],
)  # fmt: skip
def test_write_briefings__weather_in_the_units_of_the_country(tmp_path, country, expected):
    weather = pd.DataFrame({
        "date": pd.to_datetime(["2017-01-02", "2017-01-03"]), "temperature_c": [9.0, -3.0],
        "precipitation_mm": [0.0, 2.54], "snow_mm": [np.nan, np.nan],
        "wind_kmh": [np.nan, 16.0], "source": "s", "kind": "forecast",
        "issued_at": instants("2017-01-02 12:00", "2017-01-03 05:59"),
    })  # fmt: skip
    agency = AgencySettings(name="A", timezone="America/Chicago", country=country)
    paths = Morning(weather=weather, agency=agency).write(tmp_path)
    assert expected in words_of(paths[0])
    other = Morning(weather=weather.iloc[:1], agency=agency).write(tmp_path)
    assert "no forecast in the data for this date" in words_of(other[0])
    seen = weather.iloc[[1]].assign(
        kind="observed", temperature_c=20.0, issued_at=instants(None)[0]
    )
    late = weather.iloc[[1]].assign(temperature_c=21.0, issued_at=instants("2017-01-03 06:00")[0])
    both = pd.concat([seen, weather, late], ignore_index=True)
    shown = words_of(Morning(weather=both, agency=agency).write(tmp_path)[0])
    assert f"forecast: {expected}" in shown
    weather["issued_at"] = instants(None, None)
    undated = words_of(Morning(weather=weather, agency=agency).write(tmp_path)[0])
    assert f"forecast, time of issue unknown: {expected}" in undated


def test_write_briefings__old_data_are_called_old(tmp_path):
    morning = Morning()
    morning.incidents = incident_table([("robbery", "2016-12-28 12:00", 0.0, 0.0)])
    page = morning.write(tmp_path)[0].read_text("utf-8")
    assert 'class="stale"' in page
    assert "6 days before the forecast" in page
    morning.incidents = morning.incidents.iloc[:0]
    assert "no incident in the last weeks" in words_of(morning.write(tmp_path)[0])
