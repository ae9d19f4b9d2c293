"""Sums over past incidents against their definition."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from features.studies import CALENDAR, CUTOFF, make_grid, make_incidents
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.errors import FeatureError
from evenbeat.core.features import Catalogue, Rows, Timeline
from evenbeat.core.features.history import gather_sum, scale_up, shares_by_shift
from evenbeat.core.features.knowledge import known_at, select_known
from evenbeat.core.features.sums import RELATED
from evenbeat.core.kernels.history import carry_history, list_cells_within
from tests import naive_history as naive

SHAPE = (5, 7)
CHANGES = st.lists(
    st.lists(st.tuples(st.integers(0, 34), st.floats(-2, 3)), max_size=4), min_size=1, max_size=5
)


def known_incidents(seed=3, grid=None, **options):
    grid = grid or make_grid()
    table = make_incidents(seed, grid, **options)
    return select_known(
        table, ("burglary",), grid=grid, cutoff=CUTOFF, reporting_lag_days=2
    )  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(CHANGES, st.integers(0, 2), st.data())
def test_carry_history__equals_oracle(changes, radius, data):
    days = len(changes)
    fade = data.draw(st.lists(st.sampled_from([1.0, 0.5, 0.9]), min_size=days, max_size=days))
    asks = data.draw(st.lists(st.lists(st.integers(0, 34)), min_size=days, max_size=days))
    taps = np.array([0.25, 0.5, 1.0, 0.5, 0.25])[2 - radius : 3 + radius]
    expected, expected_state = naive.carry_history(fade, changes, taps, asks, SHAPE)
    state, out = np.zeros(SHAPE), np.empty(expected.size)
    starts = [np.cumsum([0, *map(len, lists)]) for lists in (changes, asks)]
    flat = [change for day in changes for change in day]
    carry_history(
        np.array(fade), starts[0], np.array([cell for cell, _ in flat], dtype=np.int64),
        np.array([weight for _, weight in flat], dtype=float), taps, starts[1],
        np.array([cell for day in asks for cell in day], dtype=np.int64), state, out,
    )  # fmt: skip
    np.testing.assert_allclose(out, expected, atol=2e-9)
    np.testing.assert_allclose(state, expected_state, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.floats(-300, 1000), st.floats(-300, 800)), max_size=8),
    st.floats(1, 400),
)
def test_list_cells_within__equals_oracle(points, radius):
    easting, northing = np.array(points, dtype=float).reshape(-1, 2).T
    place = (easting, northing, 0.0, 500.0, 100.0, radius, SHAPE)
    expected = naive.cells_within(*place)
    nothing = np.empty(0, dtype=np.int64)
    n_pairs = list_cells_within(*place, nothing, nothing)
    point, cell = np.empty(n_pairs, dtype=np.int64), np.empty(n_pairs, dtype=np.int64)
    assert list_cells_within(*place, point, cell) == n_pairs
    # A centre at exactly the radius may fall on either side of rounding.
    away = {
        pair for pair in set(zip(point.tolist(), cell.tolist(), strict=True)) ^ set(expected)
        if abs(np.hypot(50 + 100 * (pair[1] % 7) - easting[pair[0]],
                        450 - 100 * (pair[1] // 7) - northing[pair[0]]) - radius) > 1e-6
    }  # fmt: skip
    assert not away


def test_list_cells_within__not_a_number_is_passed_over():
    nothing = np.empty(0, dtype=np.int64)
    easting = np.array([np.nan, np.inf])
    args = (easting, easting, 0.0, 500.0, 100.0, 200.0, SHAPE, nothing, nothing)
    assert list_cells_within(*args) == 0


SUMS = [*Catalogue(90).sums, *(e for e in Catalogue(1095).sums if e.phase == "season")]


@pytest.mark.parametrize("position", range(len(SUMS)))
def test_gather_sum__equals_definition(position):
    entry = SUMS[position]
    grid = make_grid()
    days = 1300 if entry.phase == "season" else 120
    incidents = known_incidents(grid=grid, n=400, days=days)
    timeline = Timeline.before(CALENDAR, CUTOFF, 40)
    rng = np.random.default_rng(position)
    day = np.sort(rng.integers(0, 40, 60))
    rows = Rows(day, rng.integers(0, 3, 60), rng.choice(grid.inside_index, 60))
    shares = shares_by_shift(incidents, timeline)
    expected = [
        naive.sum_history(
            entry, incidents, grid, int(timeline.cutoffs_s[d]), int(cell),
            shares[s] if entry.phase == "shift" else None, timeline.date(int(d)).weekday(),
            CALENDAR,
        ) * scale_up(entry, timeline, incidents.since_s)[d]
        for d, s, cell in zip(rows.day, rows.shift, rows.cell, strict=True)
    ]  # fmt: skip
    found = gather_sum(entry, incidents, grid=grid, timeline=timeline, rows=rows)
    assert np.any(found > 0)
    np.testing.assert_allclose(found, expected, rtol=2e-6, atol=2e-9)


def test_gather_sum__one_day_alone_equals_the_day_in_a_timeline():
    grid = make_grid()
    incidents = known_incidents(grid=grid)
    timeline = Timeline.before(CALENDAR, CUTOFF, 40)
    cells, zero = grid.inside_index, np.zeros(grid.n_inside, dtype=np.int64)
    for entry in Catalogue(90).sums:
        carried = gather_sum(
            entry, incidents, grid=grid, timeline=timeline, rows=Rows(zero + 39, zero, cells)
        )
        alone = gather_sum(
            entry, incidents, grid=grid,
            timeline=Timeline.of_day(CALENDAR, timeline.date(39), timeline.cutoff(39)),
            rows=Rows(zero, zero, cells),
        )  # fmt: skip
        np.testing.assert_allclose(carried, alone, rtol=1e-5, atol=2e-9)


def test_gather_sum__short_history_is_scaled_to_the_window():
    grid = make_grid()
    incidents = known_incidents(grid=grid, days=40, n=400)
    timeline = Timeline.of_day(CALENDAR, CUTOFF.date(), CUTOFF)
    entry = next(e for e in Catalogue(1095).sums if e.feature.name == "count_365d")
    known_days = (timeline.cutoffs_s[0] - incidents.since_s) / 86_400
    assert 35 < known_days < 41
    assert scale_up(entry, timeline, incidents.since_s)[0] == pytest.approx(365 / known_days)


def test_shares_by_shift__add_up_to_one_and_follow_the_clock():
    incidents = known_incidents()
    shares = shares_by_shift(incidents, Timeline.of_day(CALENDAR, CUTOFF.date(), CUTOFF))
    np.testing.assert_allclose(shares.sum(axis=0), 1.0)
    exact = np.flatnonzero(incidents.from_s == incidents.to_s)
    for i in exact[:20]:
        local = dt.datetime.fromtimestamp(int(incidents.from_s[i]), CALENDAR.zone)
        shift = 0 if 7 <= local.hour < 15 else 1 if 15 <= local.hour < 23 else 2
        assert shares[shift, i] == 1.0


def test_select_known__only_what_was_reported_and_has_a_weight():
    grid = make_grid()
    table = make_incidents(5, grid)
    known = select_known(table, ("burglary",), grid=grid, cutoff=CUTOFF, reporting_lag_days=2)
    assert 0 < len(known) < int((table["weight"] > 0).sum())
    assert known.known_s.max() < CUTOFF.timestamp()
    assert (known.occurred_s <= known.known_s).all()
    assert len(select_known(table, ("theft",), grid=grid, cutoff=CUTOFF, reporting_lag_days=2)) == 0
    with pytest.raises(FeatureError, match="aware"):
        select_known(
            table, ("theft",), grid=grid, cutoff=CUTOFF.replace(tzinfo=None), reporting_lag_days=0
        )


def stray_dates(table, n, *, year=1970):
    """Return the table with incidents whose date is a sentinel."""
    old = pd.to_datetime(pd.Series(pd.date_range(f"{year}-01-01", periods=n, freq="s", tz="UTC")))
    stray = table.iloc[np.arange(n) % len(table)].assign(
        occurred_from=old.array, occurred_to=old.array, reported_at=old.array, weight=1.0
    )
    both = pd.concat([stray, table], ignore_index=True)
    return both.astype(table.dtypes.to_dict())


def since_days(table, **options):
    known = select_known(
        table, ("burglary",), grid=make_grid(), cutoff=CUTOFF, reporting_lag_days=0, **options
    )
    return (CUTOFF.timestamp() - known.since_s) / 86_400


@pytest.mark.parametrize("n_stray", [1, 30])
@pytest.mark.parametrize("days", [10, 40, 120])
def test_select_known__stray_old_dates_do_not_lengthen_the_history(days, n_stray):
    table = make_incidents(5, make_grid(), 400, days=days)
    assert since_days(table) == pytest.approx(days, abs=1.5)
    assert since_days(stray_dates(table, n_stray)) == since_days(table)


def test_select_known__a_source_that_came_to_rest_keeps_its_history():
    table = make_incidents(5, make_grid(), 400, days=60)
    earlier = table.assign(
        **{
            name: table[name] - pd.Timedelta(days=700)
            for name in ("occurred_from", "occurred_to", "reported_at")
        }
    )
    assert since_days(earlier) == pytest.approx(760, abs=1.5)


def test_select_known__each_source_has_its_own_beginning():
    grid = make_grid()
    long, short = make_incidents(5, grid, 300), make_incidents(6, grid, 4000, days=20)
    both = pd.concat([long, short.assign(source="calls")], ignore_index=True)
    assert since_days(both) == since_days(long)


def test_known_at__a_stamp_at_the_cutoff_is_not_before_it_but_a_window_that_ends_there_is():
    begins, cutoff = pd.Timestamp(CUTOFF) - pd.Timedelta(days=1), pd.Timestamp(CUTOFF)
    table = make_incidents(1, make_grid(), 5).assign(weight=np.float32(1.0))
    table["occurred_to"] = [cutoff, cutoff, cutoff, begins, begins]
    table["occurred_from"] = [cutoff, begins, begins, begins, begins - pd.Timedelta(days=1)]
    table["reported_at"] = pd.Series([pd.NaT, pd.NaT, cutoff, pd.NaT, pd.NaT]).astype(
        table["reported_at"].dtype
    )
    assert (known_at(table, 0) < cutoff).tolist() == [False, True, False, True, True]
    assert (known_at(table, 1) < cutoff).tolist() == [False, False, False, False, True]
    for lag, expected in ((0, 3), (1, 1)):
        known = select_known(
            table, ("burglary",), grid=make_grid(), cutoff=CUTOFF, reporting_lag_days=lag
        )
        assert len(known) == expected


def test_gather_sum__a_training_day_does_not_know_what_is_stamped_at_its_cutoff():
    grid = make_grid()
    timeline = Timeline.before(CALENDAR, CUTOFF, 10)
    at = pd.Timestamp(timeline.cutoff(5))
    table = make_incidents(1, grid, 1).assign(
        occurred_from=at, occurred_to=at, reported_at=at, easting=1600.0, northing=4200.0,
        weight=1.0,
    )  # fmt: skip
    known = select_known(table, ("burglary",), grid=grid, cutoff=CUTOFF, reporting_lag_days=0)
    entry = next(e for e in Catalogue(90).sums if e.feature.name == "count_28d")
    rows = Rows(np.arange(10), np.zeros(10, int), np.repeat(known.cell, 10))
    found = gather_sum(entry, known, grid=grid, timeline=timeline, rows=rows)
    np.testing.assert_array_equal(found, [0] * 6 + [1] * 4)


def test_timeline_before__cutoffs_have_the_wall_time_of_the_one_asked():
    timeline = Timeline.before(CALENDAR, CUTOFF, 30)
    assert timeline.edges_s[-1] <= CUTOFF.timestamp() < timeline.edges_s[-1] + 86_400
    lead = timeline.edges_s[:-1:3] - timeline.cutoffs_s
    assert (lead[[timeline.date(day) != dt.date(2016, 11, 6) for day in range(30)]] == 25200).all()
    at_start = Timeline.before(CALENDAR, CUTOFF + dt.timedelta(hours=7), 5)
    assert (at_start.edges_s[:-1:3] == at_start.cutoffs_s).all()
    assert at_start.edges_s[-1] == (CUTOFF + dt.timedelta(hours=7)).timestamp()


@pytest.mark.parametrize("hour", [0, 6, 7, 18])
@pytest.mark.parametrize("change", [dt.date(2016, 11, 6), dt.date(2017, 3, 12)])
def test_timeline_before__wall_time_across_changes_of_the_clock(change, hour):
    wall = dt.datetime.combine(change + dt.timedelta(days=9), dt.time(hour), CALENDAR.zone)
    timeline = Timeline.before(CALENDAR, wall.astimezone(dt.UTC), 20)
    cutoffs = [timeline.cutoff(day).astimezone(CALENDAR.zone) for day in range(20)]
    before = dt.timedelta(days=1 if hour > 7 else 0)
    assert change in [timeline.date(day) for day in range(20)]
    assert {cutoff.time() for cutoff in cutoffs} == {dt.time(hour)}
    assert [c.date() + before for c in cutoffs] == [timeline.date(day) for day in range(20)]


def test_rows__refuse_days_out_of_order():
    with pytest.raises(ValueError, match="in order"):
        Rows(np.array([1, 0]), np.zeros(2, int), np.zeros(2, int))


def test_related__types_are_all_modelled_types():
    from evenbeat.core.policy.crime_types import crime_types

    assert {name for group in RELATED.values() for name in group} == set(crime_types())
