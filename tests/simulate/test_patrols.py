"""Units on duty: their true paths, and the pings that tell of them."""

import datetime as dt

import numpy as np
import pytest

from evenbeat.core.simulate import simulate_city


@pytest.fixture(scope="module")
def spring_city():
    """A city whose last night of history skips an hour."""
    return simulate_city(
        seed=9, size_km=4.0, start=dt.date(2017, 2, 1), days=40, ping_days=4, ping_seconds=20,
        crime_types=("homicide",),
    )  # fmt: skip


def seconds(stamps):
    return stamps.astype("int64").to_numpy() / 1e6


def test_true_unit_paths__fill_each_turn(spring_city):
    paths, roster = spring_city.true_unit_paths(), spring_city.roster()
    turns = paths.groupby("turn")["time_s"]
    assert turns.ngroups == len(roster)
    assert turns.apply(lambda times: (times.diff().dropna() >= 0).all()).all()
    np.testing.assert_allclose(turns.min(), seconds(roster["on_duty_from"]))
    np.testing.assert_allclose(turns.max(), seconds(roster["on_duty_to"]))
    assert set(paths["activity"]) == {"patrol", "directed", "call", "station", "drive", "end"}


def test_roster__follows_the_shifts_through_a_clock_change(spring_city):
    roster = spring_city.roster()
    hours = (roster["on_duty_to"] - roster["on_duty_from"]).dt.total_seconds() / 3600
    assert set(hours) == {7.0, 8.0}
    short = roster[hours == 7.0]
    assert set(short["shift"]) == {"night"}
    assert set(short["service_date"]) == {"2017-03-11"}
    shift = spring_city.calendar().shift(dt.date(2017, 3, 11), "night")
    assert (short["on_duty_from"] == shift.start).all()
    assert set(roster["crew"]) == {1, 2}


def test_pings__tell_where_the_units_truly_were(spring_city):
    paths, pings = spring_city.true_unit_paths(), spring_city.pings()
    unit = pings["unit_id"].iloc[0]
    date = spring_city.roster()["service_date"].iloc[0]
    true = paths[(paths["unit_id"] == unit) & (paths["service_date"] == date)]
    mine = pings[pings["unit_id"] == unit]
    when = seconds(mine["time"])
    inside = (when >= true["time_s"].iloc[0]) & (when < true["time_s"].iloc[-1])
    east = np.interp(when[inside], true["time_s"], true["easting"])
    north = np.interp(when[inside], true["time_s"], true["northing"])
    apart = np.hypot(mine["easting"][inside] - east, mine["northing"][inside] - north)
    assert inside.sum() > 1000
    assert np.median(apart) < 8.0
    assert apart.max() < 30.0


def test_pings__come_every_few_seconds_at_road_speeds(spring_city):
    pings = spring_city.pings()
    gaps = pings.groupby("unit_id")["time"].diff().dt.total_seconds().dropna()
    assert gaps.median() == pytest.approx(20, abs=1)
    assert pings["speed_kmh"].max() < 80
    assert pings["speed_kmh"].gt(0).mean() > 0.1
    assert pings["time"].is_monotonic_increasing
    assert set(pings["status"]) == {"available", "directed", "onscene", "station", "enroute"}
    on_call = pings["incident_number"] != ""
    assert (on_call == (pings["status"] == "onscene")).all()


def test_activities__log_the_directed_stops(spring_city):
    log = spring_city.fleet.activities()
    minutes = (log["ended_at"] - log["started_at"]).dt.total_seconds() / 60
    assert minutes.between(1, 16).all()
    assert minutes.median() > 12
    assert "officer" not in " ".join(log.columns).replace("officers", "")
