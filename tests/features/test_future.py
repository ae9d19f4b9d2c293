"""Nothing that became known after the cut-off may change a feature."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from features.studies import CALENDAR, CUTOFF, make_grid, make_incidents

from evenbeat.core.config import AgencySettings
from evenbeat.core.features import (
    Catalogue,
    Layers,
    Rows,
    Study,
    Timeline,
    list_place_measures,
    list_undated_layers,
)

GRID = make_grid()
TYPES = ("burglary", "robbery")
AGENCY = AgencySettings(timezone="America/Chicago", subdivision="IL")
AFTER = pd.Timestamp(CUTOFF) + pd.Timedelta(hours=1)
BEFORE = pd.Timestamp(CUTOFF) - pd.Timedelta(days=1)
DAY = dt.date(2016, 11, 20)


def times(*values):
    return pd.Series(values).astype("datetime64[us, UTC]")


def make_places():
    points = shapely.points([[1200, 4800], [2000, 4000], [2500, 3500], [1500, 3200]])
    shapes = [*points, shapely.LineString([[1000, 4000], [3000, 3000]]),
              shapely.box(1300, 3300, 2100, 4100)]  # fmt: skip
    return gpd.GeoDataFrame(
        {
            "place_id": [str(i) for i in range(6)],
            "category": ["bar", "bar", "bar", "grocery", "street", "park"],
            "valid_from": times(None, BEFORE, None, None, None, None),
            "valid_to": times(None, None, BEFORE - pd.Timedelta(days=30), None, None, None),
            "dated": [True, True, True, True, False, False],
            "source": "layers",
        },
        geometry=shapes, crs="EPSG:26971",
    )  # fmt: skip


def make_events():
    starts = pd.Timestamp(CUTOFF) + pd.to_timedelta([14, 15, -40], unit="h")
    return gpd.GeoDataFrame(
        {
            "event_id": ["a", "b", "c"], "category": ["concert", "sports", "sports"],
            "starts_at": times(*starts), "ends_at": times(*(starts + pd.Timedelta(hours=3))),
            "known_at": times(BEFORE, None, BEFORE - pd.Timedelta(days=9)),
            "expected_attendance": [2000.0, np.nan, 500.0], "source": "layers",
        },
        geometry=shapely.points([[1600, 4200], [2400, 3400], [1600, 4200]]), crs="EPSG:26971",
    )  # fmt: skip


def make_weather():
    dates = pd.date_range("2016-08-01", "2016-11-22")
    ahead = dates >= pd.Timestamp(DAY)
    return pd.DataFrame(
        {
            "date": dates, "temperature_c": np.linspace(25, 4, len(dates)),
            "precipitation_mm": 1.0, "snow_mm": 0.0, "wind_kmh": 12.0,
            "source": "office of forecasts", "kind": np.where(ahead, "forecast", "observed"),
            "issued_at": times(*np.where(ahead, BEFORE, pd.NaT)),
        }
    )  # fmt: skip


def make_tables():
    parts = [make_incidents(i, GRID, crime_type=name) for i, name in enumerate(TYPES)]
    incidents = pd.concat(parts).sort_values(["occurred_from", "incident_id"], ignore_index=True)
    return {"incidents": incidents, "places": make_places(), "events": make_events(),
            "weather": make_weather()}  # fmt: skip


def compute(tables):
    """Return the bytes of everything that features tell, for training rows and for the day."""
    layers = Layers(tables["places"], tables["events"], tables["weather"])
    catalogue = Catalogue(
        90, list_place_measures(layers, CUTOFF), list_undated_layers(layers, CUTOFF)
    )
    study = Study(GRID, AGENCY, tables["incidents"], layers, catalogue, CUTOFF, 2)
    past = Timeline.before(CALENDAR, CUTOFF, 30)
    rng = np.random.default_rng(8)
    rows = Rows(
        np.repeat(np.arange(30), 6), np.tile([0, 1, 2], 60), rng.choice(GRID.inside_index, 180)
    )
    matrix = study.row_matrix("burglary", past, rows)
    day = study.day_predictors(TYPES, Timeline.of_day(CALENDAR, DAY, CUTOFF))
    blocks = {name: block.tobytes() for name, block in day.blocks.items()}
    return catalogue.to_dict(), matrix.tobytes(), blocks, day.scale.tobytes()


def add(table, **changes):
    """Return a table with a changed copy of its first row added."""
    row = table.iloc[[0]].copy()
    for name, value in changes.items():
        row[name] = value
    joined = pd.concat([table, row], ignore_index=True)
    return joined.astype(table.dtypes.to_dict())


def late_report_of_an_old_incident(tables):
    old = pd.Timestamp("2016-01-01", tz="UTC")
    tables["incidents"] = add(
        tables["incidents"], incident_id="new", occurred_from=old, occurred_to=old,
        reported_at=AFTER,
    )  # fmt: skip


def incident_without_report_time_within_the_lag(tables):
    tables["incidents"] = add(
        tables["incidents"], incident_id="new", occurred_from=BEFORE, occurred_to=BEFORE,
        reported_at=pd.NaT, easting=1600.0, northing=4200.0,
    )  # fmt: skip


def altered_incidents_reported_later(tables):
    late = tables["incidents"]["reported_at"] > CUTOFF
    assert late.any()
    tables["incidents"].loc[late, ["easting", "northing"]] = 1600.0, 4200.0


def place_that_opens_later(tables):
    tables["places"] = add(tables["places"], place_id="new", category="bank", valid_from=AFTER)


def place_that_closes_later(tables):
    tables["places"].loc[0, "valid_to"] = AFTER


def undated_place_of_a_dated_category_that_opens_later(tables):
    tables["places"] = add(tables["places"], place_id="new", valid_from=AFTER, dated=False)


def event_published_later(tables):
    tables["events"] = add(tables["events"], event_id="new", known_at=AFTER)


def weather_observed_later(tables):
    observed = make_weather().iloc[-3:].assign(temperature_c=-30.0, kind="observed")
    tables["weather"] = pd.concat([tables["weather"], observed], ignore_index=True)


def weather_announced_for_later_days(tables):
    later = tables["weather"]["date"] > pd.Timestamp(DAY)
    tables["weather"].loc[later, "temperature_c"] = -30.0


def weather_forecast_issued_later(tables):
    later = (
        make_weather()
        .iloc[-3:]
        .assign(temperature_c=-30.0, issued_at=times(AFTER, AFTER, AFTER).to_numpy())
    )
    later["issued_at"] = later["issued_at"].astype(tables["weather"]["issued_at"].dtype)
    tables["weather"] = pd.concat([tables["weather"], later], ignore_index=True)


def everything_stamped_at_the_cutoff(tables):
    at = pd.Timestamp(CUTOFF)
    tables["incidents"] = add(
        tables["incidents"], incident_id="new", occurred_from=at, occurred_to=at, reported_at=at,
        easting=1600.0, northing=4200.0,
    )  # fmt: skip
    tables["events"] = add(tables["events"], event_id="new", known_at=at)
    today = make_weather().iloc[[-3]].assign(temperature_c=-30.0)
    today["issued_at"] = times(at).to_numpy()
    today["issued_at"] = today["issued_at"].astype(tables["weather"]["issued_at"].dtype)
    tables["weather"] = pd.concat([tables["weather"], today], ignore_index=True)


FUTURE = [
    late_report_of_an_old_incident, incident_without_report_time_within_the_lag,
    altered_incidents_reported_later, place_that_opens_later, place_that_closes_later,
    undated_place_of_a_dated_category_that_opens_later, event_published_later,
    weather_observed_later, weather_announced_for_later_days, weather_forecast_issued_later,
    everything_stamped_at_the_cutoff,
]  # fmt: skip


@pytest.mark.parametrize("change", FUTURE, ids=lambda change: change.__name__)
def test_features__the_future_changes_nothing(change):
    expected = compute(make_tables())
    tables = make_tables()
    change(tables)
    assert compute(tables) == expected


def known_report(tables):
    tables["incidents"] = add(
        tables["incidents"], incident_id="new", reported_at=BEFORE, occurred_from=BEFORE,
        occurred_to=BEFORE, easting=1600.0, northing=4200.0,
    )  # fmt: skip


def known_place(tables):
    tables["places"] = add(tables["places"], place_id="new", valid_from=BEFORE,
                           geometry=shapely.Point(2700, 4700))  # fmt: skip


def known_event(tables):
    tables["events"] = add(tables["events"], event_id="new", known_at=BEFORE)


def known_weather(tables):
    tables["weather"].loc[tables["weather"]["date"] == pd.Timestamp(DAY), "temperature_c"] = -30.0


@pytest.mark.parametrize("change", [known_report, known_place, known_event, known_weather])
def test_features__the_past_changes_something(change):
    expected = compute(make_tables())
    tables = make_tables()
    change(tables)
    assert compute(tables) != expected


def test_row_matrix__training_days_do_not_know_the_days_after_them():
    tables = make_tables()
    layers = Layers(tables["places"], tables["events"], tables["weather"])
    study = Study(GRID, AGENCY, tables["incidents"], layers, Catalogue(90), CUTOFF, 2)
    past = Timeline.before(CALENDAR, CUTOFF, 30)
    earlier = past.cutoff(10)
    then = Study(GRID, AGENCY, tables["incidents"], layers, Catalogue(90), earlier, 2)
    cells, zero = GRID.inside_index, np.zeros(GRID.n_inside, dtype=np.int64)
    carried = study.row_matrix("burglary", past, Rows(zero + 10, zero + 1, cells))
    alone = then.row_matrix(
        "burglary", Timeline.of_day(CALENDAR, past.date(10), earlier), Rows(zero, zero + 1, cells)
    )
    np.testing.assert_allclose(carried, alone, rtol=1e-4, atol=1e-6)


def test_list_undated_layers__names_what_is_assumed_to_have_been_known():
    def undated(**changes):
        tables = {**make_tables(), **changes}
        layers = Layers(tables["places"], tables["events"], tables["weather"])
        catalogue = Catalogue(90, (), list_undated_layers(layers, CUTOFF))
        assert Catalogue.from_dict(catalogue.to_dict()) == catalogue
        return [feature.name for feature in catalogue.features if not feature.dated]

    events, weather = make_events(), make_weather()
    dated = events[events["known_at"].notna()]
    assert undated(events=dated) == []
    assert undated(events=None, weather=None) == []
    assert undated() == ["events_near", "expected_attendance_near"]
    far = events.assign(starts_at=events["starts_at"] + pd.Timedelta(days=20))
    assert undated(events=far) == []
    forecast = weather["kind"] == "forecast"
    weather["issued_at"] = weather["issued_at"].where(~forecast)
    assert undated(events=dated, weather=weather) == [
        "temperature", "precipitation", "snow", "wind",
    ]  # fmt: skip
    assert undated(events=dated, weather=weather[~forecast]) == []
