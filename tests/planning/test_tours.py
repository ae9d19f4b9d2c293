"""Tours: no rule is ever broken, the order is the shortest, the times differ by seed."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning import naive_tours as naive

from evenbeat.core.errors import PlanError
from evenbeat.core.planning.patrol.dealing import NOBODY, deal_boxes
from evenbeat.core.planning.patrol.rounds import DropReason
from evenbeat.core.planning.patrol.tours import plan_visits
from evenbeat.core.planning.patrol.travel import StraightLine, distances
from evenbeat.core.shifts import Shift, ShiftCalendar

START = dt.datetime(2017, 1, 3, 13, tzinfo=dt.UTC)
WHOLE_DAY = ShiftCalendar("America/Chicago", (("all", dt.time(0)),))
SHORT_DAY, LONG_DAY = (
    WHOLE_DAY.shifts_on(day)[0] for day in (dt.date(2017, 3, 12), dt.date(2017, 11, 5))
)
ROW_OF_SIX = [(1000.0 * place, 0.0) for place in (0, 3, 1, 5, 2, 4)]


def shift_of(hours: float) -> Shift:
    return Shift(START, START + dt.timedelta(hours=hours), START.date(), "day")


def plan(*, seed=0, metres_per_unit=1.0, **given_values):
    values = {
        "centres": ROW_OF_SIX, "visits": [3] * 6, "visit_minutes": 15.0, "gap_hours": 2.0,
        "units": [("car-1", 480.0)], "shift": shift_of(8), **given_values,
    }  # fmt: skip
    return plan_visits(
        travel=StraightLine(metres_per_unit), random=np.random.default_rng(seed), **values
    )


def between(centres, metres_per_unit=1.0):
    return lambda a, b: naive.straight_minutes(centres[a], centres[b], metres_per_unit)


@st.composite
def requests(draw):
    """Draw a district's boxes and units in a shift of 1 to 12 h or a day with a clock change."""
    boxes = draw(st.integers(0, 10))
    place = st.integers(0, 60).map(lambda hundred: 100.0 * hundred)
    shift = draw(st.one_of(
        st.floats(1, 12).map(lambda hours: shift_of(round(hours * 4) / 4)),
        st.sampled_from([SHORT_DAY, LONG_DAY]),
    ))  # fmt: skip
    minutes = st.sampled_from([0.0, 10.0, 40.0, 90.5, 200.0, 480.0, 1500.0])
    units = draw(st.lists(minutes, max_size=4))
    later = st.one_of(st.none(), st.integers(-30, 200))
    times = draw(st.one_of(st.none(), st.lists(later, min_size=boxes, max_size=boxes)))
    return {
        "centres": draw(st.lists(st.tuples(place, place), min_size=boxes, max_size=boxes)),
        "visits": draw(st.lists(st.integers(0, 5), min_size=boxes, max_size=boxes)),
        "visit_minutes": draw(st.sampled_from([5.0, 12.5, 15.0, 20.0])),
        "gap_hours": draw(st.sampled_from([0.0, 0.33, 1.0, 2.0, 5.0])),
        "units": [(f"car-{number}", available) for number, available in enumerate(units)],
        "shift": shift,
        "boxes_per_unit": draw(st.integers(1, 6)),
        "not_before": times and [
            None if minute is None else shift.start + dt.timedelta(minutes=minute)
            for minute in times
        ],
    }  # fmt: skip


@settings(deadline=None, max_examples=250)
@given(requests(), st.integers(0, 2**32 - 1), st.sampled_from([1.0, 0.3048, 8.0]))
def test_plan_visits__no_rule_is_ever_broken(request, seed, metres_per_unit):
    tours = plan(seed=seed, metres_per_unit=metres_per_unit, **request)
    minutes = between(request["centres"], metres_per_unit)
    rules = {name: value for name, value in request.items() if name != "centres"}
    assert naive.broken_rules(tours, minutes=minutes, **rules) == []
    assert sum(tours.dropped_by_reason.values()) == len(tours.dropped)
    if request["not_before"] is None:
        for name in ("visits", "gap_hours", "not_before"):
            del rules[name]
        assert naive.could_have_helped(tours, minutes=minutes, **rules) == []
    again = plan(seed=seed, metres_per_unit=metres_per_unit, **request)
    assert repr(again) == repr(tours)


@settings(deadline=None, max_examples=100)
@given(requests(), st.integers(0, 2**32 - 1))
def test_plan_visits__each_round_is_the_shortest_path(request, seed):
    tours = plan(seed=seed, **request)
    minutes = between(request["centres"])
    key = lambda visit: (visit.unit_id, visit.number)  # noqa: E731
    for _, visits in itertools.groupby(tours.visits, key):
        boxes = [visit.box for visit in visits]
        walked = sum(minutes(a, b) for a, b in itertools.pairwise(boxes))
        assert walked <= naive.shortest_path(boxes, minutes) + 1e-6


@settings(deadline=None, max_examples=60)
@given(requests())
def test_plan_visits__what_plainly_fits_is_not_dropped(request):
    roomy = {**request, "units": [("car-1", 1e4), ("car-2", 1e4)], "boxes_per_unit": 6,
             "not_before": None}  # fmt: skip
    tours = plan(**roomy)
    minutes = between(request["centres"])
    longest = max((minutes(a, b) for a, b in itertools.combinations(range(len(roomy["centres"])), 2)
                   ), default=0.0)  # fmt: skip
    rounds, visit = max(request["visits"], default=0), request["visit_minutes"]
    one_round = 6 * (visit + longest + 2)
    needed = (rounds - 1) * max(one_round, visit + 60 * request["gap_hours"] + 1) + one_round
    if needed <= request["shift"].hours * 60:
        assert not tours.dropped
    assert DropReason.UNIT_MINUTES not in {drop.reason for drop in tours.dropped}


@settings(deadline=None, max_examples=80)
@given(
    st.integers(0, 999), st.integers(1, 4), st.integers(1, 3), st.floats(30, 200),
    st.sampled_from([1.0, 2.5, 4.0, 8.0]), st.sampled_from([0.0, 0.5, 2.0]),
)  # fmt: skip
def test_plan_visits__nothing_is_dropped_that_fits(seed, boxes, most, available, hours, gap):
    """What was given up last does not fit beside what stayed, whichever way the rounds go."""
    centres = np.random.default_rng(seed).uniform(0, 5000, (boxes, 2)).tolist()
    units, shift = [("car-1", available)], shift_of(hours)
    tours = plan(
        centres=centres, visits=[most] * boxes, gap_hours=gap, units=units, shift=shift,
        boxes_per_unit=6,
    )  # fmt: skip
    own = [drop for drop in tours.dropped if drop.unit_id is not None]
    if own:
        counts = dict.fromkeys(range(boxes), 0)
        for box in [visit.box for visit in tours.visits] + [own[-1].box]:
            counts[box] += 1
        assert not naive.fit_somehow(
            counts, minutes=between(centres), visit_minutes=15.0, gap_hours=gap,
            available=available, shift=shift,
        )  # fmt: skip


def test_plan_visits__six_boxes_in_a_row_are_driven_in_line():
    tours = plan()
    assert not tours.dropped
    assert len(tours.visits) == 18
    in_line = [0, 2, 4, 1, 5, 3]
    for number in (1, 2, 3):
        order = [visit.box for visit in tours.visits if visit.number == number]
        assert order in (in_line, in_line[::-1])
    assert sum(visit.travel_minutes for visit in tours.visits[:6]) == pytest.approx(15.6)


def test_plan_visits__seeds_give_other_times_and_directions():
    first, second = plan(seed=1), plan(seed=2)
    assert [visit.starts_at for visit in first.visits] != [
        visit.starts_at for visit in second.visits
    ]
    # A box in the middle: its neighbours come from either side.
    orders = {tuple(visit.box for visit in plan(seed=seed).visits) for seed in range(30)}
    assert len(orders) >= 3


def test_plan_visits__times_spread_over_the_shift():
    """One box and three visits: 195 minutes of slack, spread like sorted uniform draws."""
    waits = []
    for seed in range(300):
        tours = plan(centres=[(0.0, 0.0)], visits=[3], seed=seed)
        starts = [(visit.starts_at - START) / naive.MINUTE for visit in tours.visits]
        waits.append([starts[0], starts[1] - 135, starts[2] - 270])
    mean = np.mean(waits, axis=0)
    np.testing.assert_allclose(mean, np.array([1, 2, 3]) * 195 / 4, atol=10)
    hours = np.histogram(np.array(waits)[:, 0], bins=[0, 30, 60, 90, 196])[0]
    assert (hours > 15).all()


def test_plan_visits__no_slack_leaves_one_way():
    full = {"centres": [(0.0, 0.0)], "visits": [3], "shift": shift_of(4.75)}
    assert plan(seed=1, **full) == plan(seed=2, **full)
    assert len(plan(**full).visits) == 3
    short = plan(**{**full, "shift": shift_of(4.5)})
    assert len(short.visits) == 2
    assert short.dropped_by_reason == {"shift_length": 1}


def test_plan_visits__highest_numbers_go_first_and_the_last_box_before_others():
    tours = plan(centres=[(0.0, 0.0)] * 3, visits=[3, 3, 3], units=[("car-1", 75.0)])
    assert [(drop.box, drop.number) for drop in tours.dropped] == [(2, 3), (1, 3), (0, 3), (2, 2)]
    assert tours.dropped_by_reason == {"unit_minutes": 4}
    tours = plan(centres=[(0.0, 0.0)] * 3, visits=[3, 1, 1], units=[("car-1", 45.0)])
    assert sorted(visit.box for visit in tours.visits) == [0, 1, 2]


def test_plan_visits__boxes_beyond_all_hands_are_counted():
    centres = [(100.0 * place, 0.0) for place in range(8)]
    tours = plan(centres=centres, visits=[1] * 8)
    assert [(drop.box, drop.unit_id, drop.reason) for drop in tours.dropped] == [
        (6, None, DropReason.NO_UNIT), (7, None, DropReason.NO_UNIT),
    ]  # fmt: skip
    nobody = plan(units=[])
    assert nobody.visits == ()
    assert nobody.dropped_by_reason == {"no_unit": 18}
    assert plan(centres=[], visits=[]) == plan(centres=[], visits=[], units=[])


def test_plan_visits__a_box_is_given_to_the_unit_that_can_go():
    """Two boxes on either side of town, too far apart for their unit: the other takes one."""
    centres = [(0.0, 0.0), (100.0, 0.0), (0.0, 100.0), (-12_500.0, 0.0), (12_500.0, 0.0)]
    units = [("short", 100.0), ("long", 190.0)]
    tours = plan(centres=centres, visits=[1] * 5, units=units)
    assert {visit.box for visit in tours.visits} == {0, 1, 2, 3, 4}
    assert [visit.unit_id for visit in tours.visits] == ["short"] + ["long"] * 4
    alone = plan(centres=centres[3:], visits=[1, 1], units=units[:1])
    assert alone.dropped_by_reason == {"unit_minutes": 1}


def test_plan_visits__the_way_back_for_a_second_visit_counts_too():
    """Three boxes 3 km apart in a row, the middle one twice: 9 km at the least."""
    centres = [(0.0, 0.0), (3000.0, 0.0), (6000.0, 0.0)]
    way = 9000 * 1.3 / 25_000 * 60
    enough = plan(centres=centres, visits=[1, 2, 1], units=[("car-1", 60 + way)])
    assert not enough.dropped
    short = plan(centres=centres, visits=[1, 2, 1], units=[("car-1", 59 + way)])
    assert [(drop.box, drop.number, drop.reason) for drop in short.dropped] == [
        (1, 2, DropReason.UNIT_MINUTES)
    ]


def test_plan_visits__waits_for_the_gap_to_the_shift_before():
    when = START + dt.timedelta(minutes=90.5)
    for seed in range(10):
        tours = plan(centres=[(0.0, 0.0), (500.0, 0.0)], visits=[1, 1], not_before=[when, None],
                     seed=seed)  # fmt: skip
        first = next(visit for visit in tours.visits if visit.box == 0)
        assert first.starts_at >= START + dt.timedelta(minutes=91)
    too_late = plan(centres=[(0.0, 0.0)], visits=[1], not_before=[START + dt.timedelta(hours=8)])
    assert too_late.dropped_by_reason == {"shift_length": 1}


@pytest.mark.parametrize(("shift", "hours"), [(SHORT_DAY, 23), (LONG_DAY, 25)])
def test_plan_visits__days_of_clock_changes_have_their_true_length(shift, hours):
    assert shift.hours == hours
    full = hours * 60 / 15
    tours = plan(
        centres=[(0.0, 0.0)], visits=[120], gap_hours=0.0, units=[("car-1", 2000.0)], shift=shift
    )
    assert len(tours.visits) == full
    assert tours.visits[0].starts_at == shift.start
    assert tours.visits[-1].ends_at == shift.end


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"visits": [1]}, "got 6 centres, 1 visits"),
        ({"visit_minutes": 0.0}, "visit_minutes must be positive"),
        ({"gap_hours": float("nan")}, "gap_hours and visits not negative"),
        ({"visits": [1, 1, 1, 1, 1, -1]}, "gap_hours and visits not negative"),
        ({"boxes_per_unit": 7}, "boxes_per_unit must be 1 to 6"),
        ({"units": [("a", 1.0), ("a", 2.0)]}, "must differ in name"),
        ({"units": [("a", -1.0)]}, "minutes of at least 0"),
        ({"not_before": [None]}, "1 times"),
        ({"centres": [(0, 0, 0)] * 6}, r"shape \(n, 2\)"),
        ({"centres": [(float("nan"), 0)] * 6}, "must be finite"),
    ],
)
def test_plan_visits__refuses_what_makes_no_sense(change, message):
    with pytest.raises(PlanError, match=message):
        plan(**change)


def test_straight_line__refuses_impossible_travel():
    with pytest.raises(PlanError, match="speed_kmh must be a positive"):
        StraightLine(1.0, speed_kmh=0.0)
    with pytest.raises(PlanError, match="detour must be at least 1"):
        StraightLine(1.0, detour=0.9)
    with pytest.raises(PlanError, match="metres_per_unit must be positive"):
        StraightLine(0.0)


def groups_of(unit_of):
    return {
        unit: [box for box, other in enumerate(unit_of) if other == unit] for unit in set(unit_of)
    }


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=20),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 480)), min_size=1, max_size=4),
)
def test_deal_boxes__balanced_and_within_the_room(points, units):
    centres = np.array(points, dtype=float)
    room, minutes = zip(*units, strict=True)
    unit_of = deal_boxes(centres, distances(centres), room=room, minutes=minutes).tolist()
    sizes = [unit_of.count(unit) for unit in range(len(units))]
    assert all(size <= most for size, most in zip(sizes, room, strict=True))
    assert sum(sizes) == min(len(points), sum(room))
    assert unit_of[sum(sizes) :] == [NOBODY] * (len(points) - sum(sizes))
    for first, second in itertools.permutations(range(len(units)), 2):
        if sizes[second] and sizes[first] < room[first]:
            assert minutes[first] / (sizes[first] + 1) <= minutes[second] / sizes[second]


def test_deal_boxes__near_the_best_of_all_groupings():
    """Against every split of 8 boxes into halves: the same or hardly longer, over 40 cities."""
    longer = []
    for seed in range(40):
        centres = np.random.default_rng(seed).uniform(0, 3000, (8, 2))
        apart = distances(centres)

        def inside(group, apart=apart):
            return apart[np.ix_(group, group)].sum()

        unit_of = deal_boxes(centres, apart, room=[4, 4], minutes=[480, 480]).tolist()
        mine = sum(inside(group) for group in groups_of(unit_of).values())
        best = min(
            inside(list(half)) + inside([box for box in range(8) if box not in half])
            for half in itertools.combinations(range(8), 4)
        )
        assert mine >= best - 1e-6
        longer.append(mine / best)
    assert np.median(longer) == pytest.approx(1.0)
    assert max(longer) < 1.05
