"""Cities of all sizes: their shape, their tables, their numbers; the same seed, the same city."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import shapely

from evenbeat.core.errors import ConfigError, GridError
from evenbeat.core.grid import OUTSIDE
from evenbeat.core.simulate import simulate_city
from evenbeat.core.simulate.profiles import MODELLED, PROFILES, REFUSED

INCIDENT_COLUMNS = {
    "source": "str", "incident_id": "str", "crime_type": "str", "class_code": "str",
    "occurred_from": "datetime64[us, UTC]", "occurred_to": "datetime64[us, UTC]",
    "reported_at": "datetime64[us, UTC]", "last_updated": "datetime64[us, UTC]",
    "easting": "float64", "northing": "float64", "source_kind": "str", "weight": "float32",
    "geocode_quality": "str",
}  # fmt: skip


@pytest.fixture(scope="module")
def large_city():
    return simulate_city(seed=7, size_km=15.0, start=dt.date(2015, 1, 1), days=730, ping_days=0)


def test_simulate_city__gives_the_same_city_for_the_same_seed():
    options = {"size_km": 3.0, "start": dt.date(2020, 1, 1), "days": 60, "ping_days": 1}
    one, two = (simulate_city(seed=4, **options) for _ in range(2))
    pd.testing.assert_frame_equal(one.incidents, two.incidents)
    pd.testing.assert_frame_equal(one.pings(), two.pings())
    pd.testing.assert_frame_equal(one.weather, two.weather)
    assert one.places.equals(two.places)
    other = simulate_city(seed=5, **options)
    assert not other.boundary.geometry.iloc[0].equals(one.boundary.geometry.iloc[0])
    assert len(other.incidents) != len(one.incidents)


@pytest.mark.parametrize(("size_km", "days"), [(2.0, 28), (6.5, 365)])
def test_simulate_city__has_the_size_and_days_asked_for(size_km, days):
    city = simulate_city(seed=1, size_km=size_km, start=dt.date(2019, 3, 1), days=days, ping_days=1)
    west, south, east, north = city.boundary.total_bounds
    assert max(east - west, north - south) == pytest.approx(size_km * 1000, abs=1)
    assert city.forecast_date == dt.date(2019, 3, 1) + dt.timedelta(days=days)
    history = city.incidents[city.incidents["period"] == "history"]
    local = history["happened_at"].dt.tz_convert(city.timezone).dt.date
    assert local.min() >= city.start
    assert local.max() < city.forecast_date


@pytest.mark.slow
def test_simulate_city__reaches_60_km():
    city = simulate_city(
        seed=1, size_km=60.0, days=28, ping_days=0, crime_types=("homicide", "robbery")
    )
    assert city.ground.boundary.area > 1.5e9
    assert len(city.districts) == 40
    assert (city.incidents["crime_type"] == "robbery").sum() > 500


def test_simulate_city__reaches_ten_years():
    city = simulate_city(
        seed=1, size_km=4.0, start=dt.date(2010, 1, 1), days=3650, ping_days=0,
        crime_types=("burglary",),
    )  # fmt: skip
    by_year = city.incidents["happened_at"].dt.year.value_counts()
    assert set(range(2010, 2020)) <= set(by_year.index)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"size_km": 1.0}, "2 to 60 km"),
        ({"days": 27}, "28"),
        ({"days": 4000}, "ten years"),
        ({"crime_scale": 0.0}, "crime_scale"),
        ({"crime_types": ("jaywalking",)}, "jaywalking"),
    ],
)
def test_simulate_city__refuses_what_it_cannot_do(options, says):
    with pytest.raises(ConfigError, match=says):
        simulate_city(seed=1, **{"size_km": 3.0, "days": 30, **options})


def test_simulate_city__refuses_degrees():
    with pytest.raises(GridError, match="degrees"):
        simulate_city(seed=1, size_km=3.0, days=30, crs="EPSG:4326")


def test_simulate_city__works_in_feet():
    city = simulate_city(
        seed=1, size_km=3.0, days=30, crs="EPSG:2913", timezone="America/Los_Angeles",
        subdivision="OR", ping_days=0,
    )  # fmt: skip
    west, south, east, north = city.boundary.total_bounds
    assert max(east - west, north - south) == pytest.approx(3000 / 0.3048, abs=5)
    grid = city.grid(500.0)
    assert grid.cell_size_m == pytest.approx(152.4)
    expected = city.true_expected_count("theft", city.forecast_date, grid=grid)
    in_metres = simulate_city(
        seed=1, size_km=3.0, days=30, crs="EPSG:26910", timezone="America/Los_Angeles",
        subdivision="OR", ping_days=0,
    )  # fmt: skip
    same = in_metres.true_expected_count("theft", city.forecast_date, grid=in_metres.grid(150.0))
    assert float(expected.sum()) == pytest.approx(float(same.sum()))


def test_city__districts_tile_the_boundary(small_city):
    boundary = small_city.boundary.geometry.iloc[0]
    parts = small_city.districts.geometry
    assert parts.area.sum() == pytest.approx(boundary.area, rel=1e-6)
    assert parts.union_all().symmetric_difference(boundary).area < 1e-3 * boundary.area
    grid = small_city.grid(250.0)
    assert set(np.unique(grid.district)) == {OUTSIDE, *range(len(parts))}


def test_city__streets_and_addresses_lie_inside(small_city):
    boundary = small_city.boundary.geometry.iloc[0].buffer(0.01)
    assert small_city.streets.within(boundary).all()
    assert set(small_city.streets["category"]) == {"street", "arterial_street"}
    true = small_city.incidents
    assert shapely.contains_xy(boundary, true["easting"], true["northing"]).all()
    streets = small_city.streets.geometry.union_all()
    points = shapely.points(true["easting"].head(300), true["northing"].head(300))
    assert shapely.distance(streets, points).max() < 12.0


def test_city__rates_are_those_of_a_large_city(large_city):
    history = large_city.incidents[large_city.incidents["period"] == "history"]
    residents = large_city.block_groups["residents"].sum()
    per_year = 1000 / residents * 365.25 / large_city.days
    part_1 = history["modelled"] & (history["crime_type"] != "gunfire")
    assert 30 < part_1.sum() * per_year < 50
    counts = history["crime_type"].value_counts()
    assert set(counts[counts > 0].index) == set(PROFILES)
    for name in ("theft", "burglary", "robbery", "narcotics"):
        expected = PROFILES[name].per_1000_residents
        assert counts[name] * per_year == pytest.approx(expected, rel=0.15)


def test_city__crime_is_concentrated(large_city):
    grid = large_city.grid(250.0)
    robbery = large_city.incidents[large_city.incidents["crime_type"] == "robbery"]
    row, column = grid.locate(robbery["easting"], robbery["northing"])
    counts = np.zeros(grid.shape)
    np.add.at(counts, (row, column), 1)
    ranked = np.sort(counts[grid.mask])[::-1]
    top = ranked[: int(0.01 * ranked.size)].sum() / ranked.sum()
    assert 0.07 < top < 0.2


def test_city__shares_of_arrests_feed_the_gate(large_city):
    true = large_city.incidents
    share = true.groupby("crime_type", observed=True)["arrest"].mean()
    for name in ("robbery", "burglary", "theft", "aggravated_assault", "narcotics", "weapons"):
        assert share[name] == pytest.approx(PROFILES[name].arrest_share, abs=0.04)
    assert all(share[name] < 0.5 for name in MODELLED)
    assert share["narcotics"] > 0.98
    discovered = (true["source_kind"] == "discovered").groupby(true["crime_type"], observed=True)
    assert discovered.mean()["narcotics"] > 0.9
    assert discovered.mean()["theft"] < 0.05
    assert (true.loc[true["crime_type"] == "gunfire", "source_kind"] == "sensor").all()
    assert set(REFUSED).isdisjoint(MODELLED)


def test_city__windows_hold_the_true_time(large_city):
    true = large_city.incidents
    length = true["occurred_to"] - true["occurred_from"]
    windowed = length > pd.Timedelta(0)
    assert windowed.groupby(true["crime_type"], observed=True).mean()["burglary"] > 0.5
    burglary = length[windowed & (true["crime_type"] == "burglary")].dt.total_seconds() / 3600
    assert 6 < burglary.median() < 13
    assert burglary.max() > 48
    inside = (true["happened_at"] >= true["occurred_from"]) & (
        true["happened_at"] <= true["occurred_to"]
    )
    assert inside[windowed].all()
    gap = true["happened_at"] - true["occurred_from"]
    assert gap[~windowed].between(pd.Timedelta(0), pd.Timedelta(hours=1), inclusive="left").all()
    assert (true["reported_at"] >= true["occurred_to"]).all()


def test_known_incidents__are_as_ingest_would_store_them(small_city):
    known = small_city.known_incidents()
    assert {name: str(dtype) for name, dtype in known.dtypes.items()} == INCIDENT_COLUMNS
    assert set(known["crime_type"]) <= set(MODELLED)
    assert (known["reported_at"] < small_city.cutoff).all()
    assert known["incident_id"].is_unique
    order = known.sort_values(["occurred_from", "source", "incident_id"]).index
    assert order.tolist() == list(range(len(known)))
    discovered = known["source_kind"] == "discovered"
    assert (known["weight"] == np.where(discovered, 0.0, 1.0)).all()


def test_known_incidents__grow_with_the_cutoff(small_city):
    earlier = small_city.known_incidents(small_city.cutoff - dt.timedelta(days=20))
    later = small_city.known_incidents()
    assert 0 < len(earlier) < len(later)
    assert set(earlier["incident_id"]) < set(later["incident_id"])


def test_city__layers_are_as_ingest_would_store_them(small_city):
    places = small_city.places
    assert {"place_id", "category", "valid_from", "valid_to", "dated", "source"} < set(places)
    assert places["place_id"].is_unique
    assert "school" not in set(places["category"])
    assert set(places.geom_type.str.removeprefix("Multi")) == {"Point", "LineString", "Polygon"}
    assert (places["valid_from"].notna() | places["valid_to"].notna()).sum() > 5
    events = small_city.events
    assert (events["starts_at"] < events["ends_at"]).all()
    assert (events["known_at"] < events["starts_at"]).all()
    assert events.crs == places.crs == small_city.crs
    weather = small_city.weather
    assert (weather["kind"] == "observed").sum() == small_city.days
    forecast = weather[weather["kind"] == "forecast"]
    assert forecast["date"].dt.date.tolist()[0] == small_city.forecast_date
    assert len(forecast) == 7
    january = weather["date"].dt.month == 1
    assert weather.loc[january, "temperature_c"].mean() < 5 < weather["temperature_c"].max()


def test_city__demographics_add_up_to_the_residents(small_city):
    groups = small_city.demographics.merge(small_city.block_groups, on="block_group_id")
    total = groups[["group_1", "group_2", "group_3"]].sum(axis=1)
    assert (total == groups["residents"]).all()
    assert (groups[["group_1", "group_2", "group_3"]] >= 0).all(axis=None)
