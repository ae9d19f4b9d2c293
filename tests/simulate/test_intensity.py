"""The city's own account of its intensity, against a slow one and against what happened."""

import datetime as dt

import numpy as np
import pytest
from scipy import stats
from simulate import naive_intensity as naive

from evenbeat.core.errors import ConfigError
from evenbeat.core.grid import Grid
from evenbeat.core.shifts import ShiftCalendar
from evenbeat.core.simulate import simulate_city
from evenbeat.core.simulate.near_repeats import REPEAT_LAST_DAY, repeat_lag_shares

TYPES = ("gunfire", "robbery", "burglary", "theft", "simple_assault")


@pytest.fixture(scope="module")
def busy_city():
    return simulate_city(
        seed=5, size_km=6.0, start=dt.date(2017, 1, 10), days=240, crime_scale=8.0, ping_days=0,
        crime_types=TYPES,
    )  # fmt: skip


@pytest.fixture(scope="module")
def tiny_city():
    return simulate_city(
        seed=3, size_km=2.0, start=dt.date(2016, 10, 20), days=28, crime_scale=5.0, ping_days=0,
        horizon_days=2, crime_types=("burglary", "theft"),
    )  # fmt: skip


def history_shifts(city):
    """Every shift that lies wholly in the history."""
    last = city.forecast_date - dt.timedelta(days=2)
    return list(city.calendar().between(city.start, last))


def happened(city, crime_type, shifts):
    true = city.incidents
    chosen = true[true["crime_type"] == crime_type]
    inside = (chosen["happened_at"] >= shifts[0].start) & (chosen["happened_at"] < shifts[-1].end)
    return chosen[inside]


@pytest.mark.parametrize(
    ("crime_type", "history_until"),
    [("burglary", None), ("burglary", dt.date(2016, 11, 6)), ("theft", None)],
)
def test_true_expected_count__equals_the_slow_account(tiny_city, crime_type, history_until):
    calendar = ShiftCalendar("America/Chicago", (("late", dt.time(5, 45)), ("early", dt.time(22))))
    shifts = list(calendar.between(dt.date(2016, 11, 5), dt.date(2016, 11, 7)))
    grid = tiny_city.grid(150.0)
    found = tiny_city.true_expected_count(
        crime_type, shifts, grid=grid, history_until=history_until
    )
    address = tiny_city.ground.addresses
    row, column = grid.locate(*tiny_city.frame.to_crs(address.east_m, address.north_m))
    for number in (0, 5):
        slow = np.zeros(grid.shape)
        expected = naive.expected_at_addresses(tiny_city, crime_type, shifts[number], history_until)
        np.add.at(slow, (row, column), expected)
        np.testing.assert_allclose(found.values[number], slow, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("crime_type", TYPES)
def test_true_expected_count__totals_match_what_happened(busy_city, crime_type):
    shifts = history_shifts(busy_city)
    parts = busy_city.true_components(crime_type, shifts, grid=busy_city.grid(1000.0)).sum()
    triggered = float(parts["triggered"])
    background = sum(float(part) for part in parts.values()) - triggered
    found = happened(busy_city, crime_type, shifts)
    first = int((found["generation"] == 0).sum())
    assert abs(first - background) < 4 * np.sqrt(background)
    assert abs(len(found) - first - triggered) < 4 * np.sqrt(max(triggered, 1.0))


@pytest.mark.parametrize("crime_type", ["burglary", "theft"])
def test_true_expected_count__is_calibrated_by_cell_and_shift(busy_city, crime_type):
    shifts, grid = history_shifts(busy_city), busy_city.grid(250.0)
    expected = busy_city.true_expected_count(crime_type, shifts, grid=grid).values
    found = happened(busy_city, crime_type, shifts)
    edges = np.array([shift.start.timestamp() for shift in shifts] + [shifts[-1].end.timestamp()])
    seconds = found["happened_at"].astype("int64").to_numpy() / 1e6
    number = np.searchsorted(edges, seconds, side="right") - 1
    row, column = grid.locate(found["easting"], found["northing"])
    counts = np.zeros(expected.shape)
    np.add.at(counts, (number, row, column), 1)
    order = np.argsort(expected.ravel())
    groups = np.array_split(order, 20)
    mean = np.array([expected.ravel()[group].sum() for group in groups])
    seen = np.array([counts.ravel()[group].sum() for group in groups])
    big = mean > 5
    chi_square = float(((seen - mean)[big] ** 2 / mean[big]).sum())
    assert big.sum() >= 10
    assert stats.chi2.sf(chi_square, big.sum()) > 1e-4
    flat = np.full(expected.shape, expected.mean())
    inside = expected > 0
    gain = (counts[inside] * np.log(expected[inside] / flat[inside])).sum() / counts.sum()
    assert gain > 0.3


def test_true_expected_count__has_the_rhythm_of_the_day(busy_city):
    shifts = history_shifts(busy_city)
    hours = busy_city.processes["burglary"].hours
    found = happened(busy_city, "burglary", shifts)
    local = found["happened_at"].dt.tz_convert(busy_city.timezone)
    seen = np.bincount(local.dt.hour, minlength=24)
    by_hour = ShiftCalendar(
        busy_city.timezone, tuple((f"h{hour}", dt.time(hour)) for hour in range(24))
    )
    days = [busy_city.start + dt.timedelta(days=day) for day in range(0, busy_city.days - 2, 7)]
    hourly = np.zeros(24)
    for day in days:
        each = busy_city.true_expected_count(
            "burglary", by_hour.shifts_on(day), grid=busy_city.grid(1000.0)
        )
        hourly += each.sum(["y", "x"]).values[:24]
    expected = hourly / hourly.sum() * seen.sum()
    assert len(hours) > 24
    assert stats.chisquare(seen, expected).pvalue > 1e-4
    assert seen[9] > 1.5 * seen[3]


def test_true_expected_count__of_the_forecast_day_needs_no_future(busy_city):
    day, grid = busy_city.forecast_date, busy_city.grid(500.0)
    known = busy_city.true_expected_count("burglary", day, grid=grid, history_until=day)
    given_all = busy_city.true_expected_count("burglary", day, grid=grid)
    np.testing.assert_allclose(known.values[:2], given_all.values[:2])
    assert known.dims == ("shift", "y", "x")
    assert list(known["shift"].values) == [
        shift.id for shift in busy_city.calendar().shifts_on(day)
    ]
    assert not np.allclose(known.values[2], given_all.values[2])


def test_true_expected_count__counts_all_addresses(busy_city):
    west, north = busy_city.frame.easting - 10_000, busy_city.frame.northing + 10_000
    one_cell = Grid(busy_city.crs, 20_000.0, west, north, np.zeros((1, 1), np.int16))
    day = busy_city.forecast_date
    whole = busy_city.true_expected_count("theft", day, grid=one_cell)
    fine = busy_city.true_expected_count("theft", day, grid=busy_city.grid(100.0))
    np.testing.assert_allclose(whole.values.ravel(), fine.sum(["y", "x"]).values)


def test_true_expected_count__refuses_days_and_types_it_does_not_know(busy_city):
    with pytest.raises(ConfigError, match="outside the simulated days"):
        busy_city.true_expected_count("theft", dt.date(2030, 1, 1))
    with pytest.raises(ConfigError, match="arson"):
        busy_city.true_expected_count("arson", busy_city.forecast_date)


def test_events__raise_the_intensity_around_them_while_they_last(busy_city):
    values, hours = busy_city.event_values, busy_city.hours
    number = int(np.argmax(values.attendance * (values.start_s > hours.midnights_s[40])))
    start = dt.datetime.fromtimestamp(int(values.start_s[number]), tz=dt.UTC)
    date = start.astimezone(busy_city.calendar().zone).date()
    parts = busy_city.true_components("theft", date, grid=busy_city.grid(500.0))
    expected = busy_city.processes["theft"].profile.per_1000_attendance
    assert float(parts["events"].sum()) >= expected * values.attendance[number] / 1000 * 0.9
    easting, northing = busy_city.frame.to_crs(values.east_m[number], values.north_m[number])
    near = parts["events"].sum("shift").sel(x=float(easting), y=float(northing), method="nearest")
    assert float(near) > float(parts["events"].sum("shift").median())


def test_dated_places__act_only_while_they_are_there(busy_city):
    places, hours = busy_city.place_values, busy_city.hours
    opens = (places.opened_s > hours.midnights_s[60]) & (places.opened_s < hours.midnights_s[200])
    number = int(np.flatnonzero(opens & (places.component == "nightlife"))[0])
    opened = dt.datetime.fromtimestamp(int(places.opened_s[number]), tz=dt.UTC).date()
    easting, northing = busy_city.frame.to_crs(places.east_m[number], places.north_m[number])

    def near(date):
        parts = busy_city.true_components("robbery", date, grid=busy_city.grid(500.0))
        at = parts["dated_places"].sel(x=float(easting), y=float(northing), method="nearest")
        return float(at.sum())

    assert near(opened + dt.timedelta(days=2)) > near(opened - dt.timedelta(days=3))


def test_repeat_lag_shares__lie_in_the_four_weeks_after():
    shares = repeat_lag_shares()
    assert shares[0] == 0.0
    assert shares.size == REPEAT_LAST_DAY + 1
    assert shares.sum() == pytest.approx(1.0)
    assert 0.8 < shares[:15].sum() < 0.95


def test_happenings__repeat_nearby_and_soon(busy_city):
    """A Knox test: pairs close in space and time are more frequent than with shuffled days."""
    true = busy_city.incidents
    chosen = true[true["crime_type"] == "burglary"].sample(1_500, random_state=1)
    points = chosen[["easting", "northing"]].to_numpy()
    day = chosen["day"].to_numpy()
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    near = np.triu(apart <= 200.0, k=1)
    soon = int((near & (np.abs(day[:, None] - day[None]) <= 14)).sum())
    rng = np.random.default_rng(2)
    shuffled = []
    for _ in range(39):
        mixed = rng.permutation(day)
        shuffled.append(int((near & (np.abs(mixed[:, None] - mixed[None]) <= 14)).sum()))
    assert soon > max(shuffled)
