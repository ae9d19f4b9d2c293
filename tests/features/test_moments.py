"""Calendar, holidays, weather and events."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from features.studies import CALENDAR, CUTOFF, make_grid
from features.test_future import AGENCY, DAY, make_events, make_weather

from evenbeat.core.config import AgencySettings
from evenbeat.core.errors import FeatureError
from evenbeat.core.features import Layers, Rows, Timeline
from evenbeat.core.features.catalogue import MOMENTS
from evenbeat.core.features.happenings import measure_events
from evenbeat.core.features.moments import find_holidays, measure_moments
from evenbeat.core.features.weather import measure_weather

NAMES = [feature.name for feature in MOMENTS]
TODAY = Timeline.of_day(CALENDAR, DAY, CUTOFF)


def test_measure_moments__thanksgiving_and_the_hours_of_shifts():
    cutoff = dt.datetime(2016, 11, 27, 6, tzinfo=dt.UTC)
    timeline = Timeline.before(CALENDAR, cutoff, 4)  # Tuesday 22nd to Friday 25th
    found = dict(zip(NAMES, measure_moments(Layers(), AGENCY, timeline), strict=True))
    assert timeline.first == dt.date(2016, 11, 22)
    np.testing.assert_array_equal(found["holiday"][:, 0], [0, 0, 1, 0])
    np.testing.assert_array_equal(found["holiday_eve"][:, 0], [0, 1, 0, 0])
    np.testing.assert_array_equal(found["weekday"][:, 2], [1, 2, 3, 4])
    np.testing.assert_array_equal(found["hour_of_week"][0], [24 + 11, 24 + 19, 24 + 27])
    np.testing.assert_array_equal(found["shift_of_day"][0], [0, 1, 2])
    np.testing.assert_allclose(
        found["season_cosine"] ** 2 + found["season_sine"] ** 2, 1, rtol=1e-5
    )


def test_find_holidays__by_country_and_state():
    first, last = dt.date(2016, 1, 1), dt.date(2016, 12, 31)
    lincoln = dt.date(2016, 2, 12)
    assert lincoln in find_holidays(AGENCY, first, last)
    assert lincoln not in find_holidays(AgencySettings(subdivision="TX"), first, last)
    with pytest.raises(FeatureError, match="'XX'"):
        find_holidays(AgencySettings(country="XX"), first, last)


def test_measure_weather__forecast_then_the_last_days_then_earlier_years():
    weather = make_weather()
    announced = measure_weather(weather, TODAY)[:, 0]
    row = weather[weather["date"] == pd.Timestamp(DAY)].iloc[0]
    np.testing.assert_allclose(
        announced, row[["temperature_c", "precipitation_mm", "snow_mm", "wind_kmh"]].astype(float)
    )
    observed = weather[weather["kind"] == "observed"]
    lately = measure_weather(observed, TODAY)[:, 0]
    assert lately[0] == pytest.approx(observed["temperature_c"].iloc[-3:].mean())
    assert np.isnan(lately[[1, 3]]).all()
    years_ago = observed.assign(date=observed["date"] - pd.DateOffset(years=1))
    normal = measure_weather(years_ago, TODAY)[:, 0]
    near = years_ago[years_ago["date"] >= pd.Timestamp("2015-11-06")]  # a leap year lies between
    assert normal[0] == pytest.approx(near["temperature_c"].mean())
    assert np.isnan(measure_weather(None, TODAY)).all()


def test_measure_events__near_active_and_announced():
    grid = make_grid()
    n = grid.n_inside
    rows = Rows(np.zeros(3 * n, int), np.repeat([0, 1, 2], n), np.tile(grid.inside_index, 3))
    found = measure_events(make_events(), grid=grid, timeline=TODAY, rows=rows)
    events, crowd = found.reshape(2, 3, n)
    # The concert runs 14 to 17 h after local midnight, the match 15 to 18: day and evening.
    assert (events[:2].max(axis=1) > 0.8).all()
    assert events[2].max() == 0
    at_concert = np.flatnonzero(grid.inside_index == np.ravel_multi_index((3, 2), grid.shape))
    assert crowd[0, at_concert] == pytest.approx(2.0, rel=0.1)
    nothing = measure_events(None, grid=grid, timeline=TODAY, rows=rows)
    assert not nothing.any()
