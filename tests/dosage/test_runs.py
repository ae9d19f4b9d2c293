"""Parts of ways: nothing counts between two runs, and the edges of a time cut them exactly."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage import Pings
from evenbeat.core.dosage.intervals import known_steps
from evenbeat.core.dosage.runs import clip_runs, count_every_step, cut_runs


@st.composite
def ways(draw):
    """Return pings by unit and time, and which steps are wanted; never from a unit's last one."""
    sizes = draw(st.lists(st.integers(0, 7), min_size=1, max_size=4))
    unit = np.repeat(np.arange(len(sizes)), sizes)
    steps = np.array(draw(st.lists(st.integers(1, 90), min_size=unit.size, max_size=unit.size)))
    time = np.concatenate([[0.0], np.cumsum(steps)])[: unit.size]
    east = np.array(draw(st.lists(st.integers(-50, 50), min_size=unit.size, max_size=unit.size)))
    wanted = np.array(draw(st.lists(st.booleans(), min_size=unit.size, max_size=unit.size)), bool)
    is_last = np.append(np.diff(unit) != 0, True)[: unit.size]
    names = tuple(f"u{number}" for number in range(len(sizes)))
    pings = Pings.of(names, unit, time, east, -2.0 * east, crew=1.0 + unit)
    return pings, wanted & ~is_last.astype(bool)


def steps_of_pings(pings):
    """Return every step between two pings of a unit, as plain numbers."""
    return [
        (pings.unit_ids[pings.unit[at]], pings.time_s[at], pings.time_s[at + 1],
         pings.easting[at], pings.easting[at + 1])
        for at in range(len(pings) - 1)
        if pings.unit[at] == pings.unit[at + 1]
    ]  # fmt: skip


@settings(deadline=None)
@given(ways())
def test_cut_runs__has_the_wanted_steps_and_no_others(drawn):
    pings, wanted = drawn
    expected = [
        (pings.unit_ids[pings.unit[at]], pings.time_s[at], pings.time_s[at + 1],
         pings.easting[at], pings.easting[at + 1])
        for at in np.flatnonzero(wanted)
    ]  # fmt: skip
    runs = cut_runs(pings, wanted)
    assert steps_of_pings(runs) == expected
    assert (np.diff(runs.unit) >= 0).all()
    assert set(runs.unit.tolist()) == set(range(len(runs.unit_ids)))


def test_cut_runs__of_nothing():
    pings = Pings.of(("a",), [0, 0], [0, 60], [0, 0], [0, 0])
    assert len(cut_runs(pings, np.zeros(2, bool))) == 0
    assert cut_runs(pings, np.zeros(2, bool)).unit_ids == ()
    assert len(cut_runs(Pings.of((), [], [], [], []), np.zeros(0, bool))) == 0


def test_cut_runs__keeps_crew_and_incident_of_each_ping():
    pings = Pings.of(("a", "b"), [0, 0, 1, 1], [0, 60, 0, 60], [1, 2, 3, 4], [0] * 4,
                     crew=[1, 1, 2, 2], is_committed=[True, False, False, True])  # fmt: skip
    runs = cut_runs(pings, np.array([False, False, True, False]))
    assert runs.unit_ids == ("b",)
    assert runs.crew.tolist() == [2, 2]
    assert runs.is_committed.tolist() == [False, True]


@settings(deadline=None)
@given(ways(), st.integers(-20, 300), st.integers(1, 300))
def test_clip_runs__is_each_step_cut_by_hand(drawn, start, length):
    pings, wanted = drawn
    end = start + length
    expected = []
    for unit, first, last, here, there in steps_of_pings(cut_runs(pings, wanted)):
        low, high = max(first, start), min(last, end)
        if low < high:
            at = [
                here + (there - here) * (moment - first) / (last - first) for moment in (low, high)
            ]
            expected.append((unit, low, high, *at))
    found = steps_of_pings(clip_runs(cut_runs(pings, wanted), start, end))
    assert [one[0] for one in found] == [one[0] for one in expected]
    if expected:
        np.testing.assert_allclose(
            [one[1:] for one in found], [one[1:] for one in expected], rtol=0, atol=1e-9
        )


def test_clip_runs__one_step_across_a_whole_time():
    runs = Pings.of(("a",), [0, 0], [0.0, 300.0], [0.0, 300.0], [600.0, 0.0])
    clipped = clip_runs(runs, 100.0, 200.0)
    assert clipped.time_s.tolist() == [100.0, 200.0]
    assert clipped.easting.tolist() == [100.0, 200.0]
    assert clipped.northing.tolist() == [400.0, 200.0]


def test_count_every_step__a_seldom_unit_among_quick_ones_stays_known():
    quick = np.arange(0, 600, 5.0)
    pings = Pings.of(
        ("a", "b"), [*np.zeros(quick.size), 1, 1], [*quick, 0, 280], [0] * (quick.size + 2),
        [0] * (quick.size + 2),
    )  # fmt: skip
    assert not known_steps(pings, DosageSettings())[-1]
    assert known_steps(pings, count_every_step(DosageSettings()))[-1]
