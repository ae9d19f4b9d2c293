"""Every ping that is dropped or put in order is counted by its reason."""

import numpy as np
import pytest

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage import Pings, clean_pings, join_pings
from evenbeat.core.dosage.intervals import (
    gap_caps,
    known_steps,
    median_intervals,
    share_of_crossings_seen,
)
from evenbeat.core.errors import InputError
from tests.dosage.scene import SETTINGS, pings_of

ARRAYS = ("unit", "time_s", "easting", "northing", "crew")


def standing(size, *, step=15.0):
    return Pings.of(("a",), np.zeros(size), np.arange(size) * step, np.zeros(size), np.zeros(size))


def test_clean_pings__inaccurate_and_duplicate():
    pings = Pings.of(("a", "b"), [0, 0, 0, 1], [0, 15, 15, 15], [0, 1, 1, 1], [0] * 4,
                     accuracy_m=[50.0, np.nan, 5.0, 50.1])  # fmt: skip
    kept, report = clean_pings(pings, SETTINGS)
    assert dict(report.dropped) == {"inaccurate": 1, "duplicate": 1}
    assert kept.time_s.tolist() == [0, 15]


def test_clean_pings__a_jump_is_dropped_and_the_way_goes_on():
    pings = standing(6)
    pings.easting[2] = 9000.0
    kept, report = clean_pings(pings, SETTINGS)
    assert dict(report.dropped) == {"too_fast": 1}
    assert not kept.easting.any()


def test_clean_pings__three_that_agree_overrule_the_one_before():
    pings = standing(8)
    pings.easting[0] = -9000.0
    kept, report = clean_pings(pings, SETTINGS)
    assert dict(report.dropped) == {"too_fast": 2}
    assert kept.time_s.tolist() == [0, 45, 60, 75, 90, 105]
    assert not known_steps(kept, SETTINGS)[0]  # the way from the wrong position is unknown


def test_clean_pings__order_is_mended_and_counted():
    pings = standing(5).take(np.array([0, 2, 1, 4, 3]))
    kept, report = clean_pings(pings, SETTINGS)
    assert dict(report.repaired) == {"out_of_order": 2}
    assert (np.diff(kept.time_s) > 0).all()


def test_clean_pings__again_changes_nothing_more(patrolled_city):
    once, report = clean_pings(pings_of(patrolled_city.pings()), SETTINGS)
    twice, again = clean_pings(once, SETTINGS)
    assert not again.dropped
    assert not again.repaired
    assert again.rows_in == report.rows_kept
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(twice, name), getattr(once, name))


def test_clean_pings__any_order_gives_the_same(patrolled_city):
    pings = pings_of(patrolled_city.pings())
    shuffled = pings.take(np.random.default_rng(5).permutation(len(pings)))
    once, other = clean_pings(pings, SETTINGS)[0], clean_pings(shuffled, SETTINGS)[0]
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(other, name), getattr(once, name))


def test_median_intervals__by_unit_without_nights_at_home():
    often = np.arange(0, 600, 10.0)
    seldom = np.concatenate([np.arange(0, 3000, 100.0), 90_000 + np.arange(0, 3000, 100.0)])
    size = often.size + seldom.size
    pings = Pings.of(
        ("often", "seldom", "once"), [*np.zeros(often.size), *np.ones(seldom.size), 2],
        [*often, *seldom, 5.0], np.zeros(size + 1), np.zeros(size + 1),
    )  # fmt: skip
    medians, whole = median_intervals(pings, SETTINGS)
    assert medians.tolist() == [10, 100, whole]
    np.testing.assert_array_equal(gap_caps(medians, SETTINGS)[:2], [90, 300])
    assert np.isnan(median_intervals(pings.take(np.array([0])), SETTINGS)[1])


def test_gap_caps__follow_the_settings():
    settings = DosageSettings(gap_cap_intervals=2, gap_cap_least_s=10, gap_cap_most_s=50)
    np.testing.assert_array_equal(gap_caps(np.array([1, 20, 99.0, np.nan]), settings),
                                  [10, 40, 50, 10])  # fmt: skip


def test_share_of_crossings_seen__is_what_a_simulation_sees():
    rng = np.random.default_rng(6)
    enter, seconds = rng.uniform(0, 1e6, 20_000), 250 / 10.0
    seen = np.floor((enter + seconds) / 60) > np.floor(enter / 60)
    assert share_of_crossings_seen(250.0, 36.0, 60.0) == pytest.approx(seen.mean(), abs=0.01)
    assert share_of_crossings_seen(250.0, 36.0, 5.0) == 1.0


def test_join_pings__knows_units_by_their_ids():
    one = Pings.of(("b", "c"), [0, 1], [0, 1], [0, 0], [0, 0])
    other = Pings.of(("a", "b"), [0, 1], [2, 3], [0, 0], [0, 0])
    joined = join_pings([one, other])
    assert [joined.unit_ids[unit] for unit in joined.unit] == ["b", "c", "a", "b"]
    assert len(join_pings([])) == 0


def test_pings__refuse_arrays_that_do_not_fit():
    with pytest.raises(InputError, match="one and the same length"):
        Pings.of(("a",), [0, 0], [0.0], [0.0, 0.0], [0.0, 0.0])
    with pytest.raises(InputError, match="index 1 unit_ids"):
        Pings.of(("a",), [1], [0.0], [0.0], [0.0])


def test_clean_pings__the_account_speaks_only_of_the_times_between():
    times = [0, 30, 60, 45, 90, 90, 120, 15]
    pings = Pings.of(("a",), np.zeros(8), times, [0, 0, 0, 0, 9e6, 0, 0, 0], np.zeros(8),
                     accuracy_m=[99, 5, 99, 5, 5, 5, 5, 5])  # fmt: skip
    whole, everything = clean_pings(pings, SETTINGS)
    kept, report = clean_pings(pings, SETTINGS, between=(30.0, 90.0))
    np.testing.assert_array_equal(kept.time_s, whole.time_s)
    assert kept.time_s.tolist() == [15, 30, 45, 120]
    assert (report.rows_in, report.rows_kept) == (3, 2)
    assert dict(report.dropped) == {"inaccurate": 1}
    assert dict(report.repaired) == {"out_of_order": 1}
    assert dict(everything.dropped) == {"inaccurate": 2, "too_fast": 1, "duplicate": 1}
    assert dict(everything.repaired) == {"out_of_order": 2}


def test_clean_pings__accounts_of_parts_add_up_to_the_whole(patrolled_city):
    pings = pings_of(patrolled_city.pings())
    pings = pings.take(np.random.default_rng(8).permutation(len(pings)))
    pings.easting[::50] += 1e6
    middle = float(np.median(pings.time_s))
    _, whole = clean_pings(pings, SETTINGS)
    parts = [clean_pings(pings, SETTINGS, between=limits)[1]
             for limits in ((-np.inf, middle), (middle, np.inf))]  # fmt: skip
    assert whole.dropped["too_fast"] > 0
    assert parts[0].rows_in > 0
    for name in ("rows_in", "rows_kept", "dropped", "repaired"):
        first, second = (getattr(part, name) for part in parts)
        assert first + second == getattr(whole, name)
