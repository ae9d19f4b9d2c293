"""Minutes are conserved, come near the truth as pings come often, and say what they do not know."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage import Pings, clean_pings, count_minutes, dosage_cube
from evenbeat.core.dosage.minutes import Room
from evenbeat.core.errors import CubeError, InputError
from evenbeat.core.grid import Grid
from tests.dosage.scene import (
    SETTINGS,
    dosage_of,
    pings_of,
    seen_every,
    shift_edges,
    true_dosage,
)

GRID = Grid("EPSG:26971", 100.0, 0.0, 400.0, np.array([[0, 0, -1, 0]] * 3 + [[0, -1, 0, 0]]))
EDGES = (1.7e9, 1.7e9 + 900, 1.7e9 + 4500)


@st.composite
def messy_pings(draw):
    """Return pings in any order: repeated, inaccurate, jumping, silent for hours, off the grid."""
    size = draw(st.integers(0, 25))
    several = {"min_size": size, "max_size": size}
    position = st.one_of(st.integers(-2, 6).map(lambda cell: cell * 100.0), st.floats(-300, 700),
                         st.sampled_from([1e7, -1e9]))  # fmt: skip
    seconds = st.one_of(st.integers(-100, 5000).map(float), st.floats(-5000, 9000))
    return Pings.of(
        ("a", "b", "c"),
        draw(st.lists(st.integers(0, 2), **several)),
        EDGES[0] + np.array(draw(st.lists(seconds, **several))),
        draw(st.lists(position, **several)),
        draw(st.lists(position, **several)),
        accuracy_m=draw(st.lists(st.sampled_from([5.0, 49.0, 51.0, np.nan]), **several)),
        crew=draw(st.lists(st.sampled_from([1.0, 2.0]), **several)),
    )


@settings(deadline=None)
@given(messy_pings())
def test_count_minutes__every_minute_is_in_a_cell_unknown_or_outside(pings):
    kept, report = clean_pings(pings, SETTINGS)
    report.check_balance()

    dosage = count_minutes(kept, GRID, EDGES, SETTINGS)

    assert dosage.imbalance <= 1e-6
    assert dosage.elapsed_total.sum() <= 3 * (EDGES[-1] - EDGES[0]) / 60 + 1e-6
    assert (dosage.presence <= dosage.unit + 1e-4).all()
    assert (dosage.presence <= np.diff(EDGES)[:, None, None] / 60 + 1e-4).all()
    assert dosage.unknown.sum() <= dosage.unknown_total.sum() * (1 + 1e-6)
    assert not dosage.unit[:, ~GRID.mask].any()


@settings(deadline=None)
@given(messy_pings())
def test_count_minutes__bins_apart_give_what_bins_together_give(pings):
    kept, _ = clean_pings(pings, SETTINGS)
    together = count_minutes(kept, GRID, EDGES, SETTINGS)
    room = Room()
    for at in range(2):
        apart = count_minutes(kept, GRID, EDGES[at : at + 2], SETTINGS, room=room)
        for name in ("presence", "unit", "officer", "unknown"):
            np.testing.assert_allclose(
                getattr(apart, name)[0], getattr(together, name)[at], rtol=1e-5, atol=1e-5
            )
        assert apart.elapsed_total[0] == pytest.approx(together.elapsed_total[at], abs=1e-6)


def error_at(city, grid, edges, truth, seconds):
    """Return the misplaced share of minutes, and the share that is unknown."""
    seen = count_minutes(seen_every(city, seconds), grid, edges, SETTINGS)
    assert seen.imbalance <= 1e-6
    moved = np.abs(seen.unit.astype(float) - truth.unit).sum() / 2
    return moved / truth.unit.sum(), seen.unknown_total.sum() / seen.elapsed_total.sum()


def test_count_minutes__comes_near_the_truth_as_pings_come_often(patrolled_city):
    grid, edges = patrolled_city.grid(100.0), shift_edges(patrolled_city, 2)
    truth = true_dosage(patrolled_city, grid, edges)
    assert truth.unknown_total.sum() == 0
    errors = [error_at(patrolled_city, grid, edges, truth, s)[0] for s in (5, 30, 60, 120, 300)]
    assert all(fine < coarse for fine, coarse in pairwise(errors))
    assert errors[0] < 0.005
    assert errors[2] < 0.05


def test_count_minutes__of_pings_with_noise_is_near_the_truth(patrolled_city):
    grid, edges = patrolled_city.grid(250.0), shift_edges(patrolled_city, 2)
    truth = true_dosage(patrolled_city, grid, edges)
    seen, report = dosage_of(pings_of(patrolled_city.pings()), grid, edges)
    assert report.rows_kept > 0.999 * report.rows_in
    inside = grid.mask
    assert np.corrcoef(seen.unit[:, inside].ravel(), truth.unit[:, inside].ravel())[0, 1] > 0.99
    assert seen.elapsed_total.sum() == pytest.approx(truth.elapsed_total.sum(), rel=0.01)
    assert seen.median_interval_s == pytest.approx(15, abs=1)


def test_count_minutes__crews_and_units_count_apart():
    stand = [0.0, 60.0]
    pings = Pings.of(("a", "b"), [0, 0, 1, 1], [*stand, *stand], [50.0] * 4, [50.0] * 4,
                     crew=[1, 1, 2, 2])  # fmt: skip
    dosage = count_minutes(pings, GRID, (0.0, 600.0), SETTINGS)
    assert dosage.presence[0, 3, 0] == 1
    assert dosage.unit[0, 3, 0] == 2
    assert dosage.officer[0, 3, 0] == 3
    assert dosage.visits[0, 3, 0] == 2


def test_count_minutes__seldom_pings_keep_minutes_but_no_visits():
    times = np.arange(0, 1200, 61.0)
    pings = Pings.of(("a",), np.zeros(times.size), times, np.full(times.size, 50.0),
                     np.full(times.size, 50.0))  # fmt: skip
    dosage = count_minutes(pings, GRID, (0.0, 3600.0), SETTINGS)
    assert dosage.visits is None
    assert dosage.unit[0, 3, 0] == pytest.approx(times[-1] / 60)
    cube = dosage_cube(dosage, ["day"])
    assert "visits" not in cube
    assert "too seldom" in cube.attrs["visits_left_out"]


def test_count_minutes__refuses_pings_out_of_order():
    pings = Pings.of(("a",), [0, 0], [10.0, 5.0], [0, 0], [0, 0])
    with pytest.raises(InputError, match="clean_pings"):
        count_minutes(pings, GRID, EDGES, SETTINGS)
    with pytest.raises(InputError, match="rising"):
        count_minutes(pings.take(np.array([0])), GRID, (5.0, 5.0), SETTINGS)


def test_count_minutes__in_feet_the_top_speed_is_the_same():
    feet = Grid("EPSG:3435", 500.0, 0.0, 5000.0, np.zeros((10, 10)))
    metres = 200 / 3.6 * 60  # in one minute at the top speed
    for share, is_known in ((0.99, True), (1.01, False)):
        way = share * metres / 0.3048006096
        pings = Pings.of(("a",), [0, 0], [0.0, 60.0], [0.0, way / 2**0.5], [0.0, way / 2**0.5])
        dosage = count_minutes(pings, feet, (0.0, 600.0), SETTINGS)
        assert (dosage.unknown_total[0] == 0) == is_known


def test_dosage_cube__is_as_declared_and_balances(patrolled_city):
    grid, edges = patrolled_city.grid(250.0), shift_edges(patrolled_city, 1)
    dosage, _ = dosage_of(pings_of(patrolled_city.pings()), grid, edges)
    cube = dosage_cube(dosage, patrolled_city.calendar().names, provenance={"run_id": "r1"})
    assert cube["presence_minutes"].dims == ("shift", "y", "x")
    assert cube.attrs["run_id"] == "r1"
    assert cube["shift_end"].values[0] == cube["shift_start"].values[1]
    spent = cube["unit_minutes"].astype(float).sum(["y", "x"]) + cube["unknown_total"]
    np.testing.assert_allclose(spent + cube["outside_total"], cube["elapsed_total"], rtol=1e-6)
    with pytest.raises(CubeError, match="as many names"):
        dosage_cube(dosage, ["day"])


def test_settings__refuse_a_cap_above_the_silence_that_ends_a_duty():
    with pytest.raises(ValueError, match="gap_cap_most_s must not exceed off_duty_minutes"):
        DosageSettings(off_duty_minutes=2)
