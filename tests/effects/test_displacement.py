"""Displacement measures against hand-computed values, and rings against every pair."""

import json
import math

import numpy as np
import pytest
import shapely
from effects.coverage import within_chance
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.effects import (
    Change,
    EffectError,
    ring_counts,
    total_net_effect,
    weighted_displacement_difference,
    weighted_displacement_quotient,
)


def test_weighted_displacement_difference__the_check_of_the_paper():
    found = weighted_displacement_difference(Change(20, 20), Change(20, 10))
    assert found.difference == 10.0
    assert found.standard_error == pytest.approx(math.sqrt(70))
    assert found.verdict == "cannot tell" and "more than their controls" in found.sentence


def test_weighted_displacement_difference__rings_take_back_what_moved():
    alone = weighted_displacement_difference(Change(400, 200), Change(400, 400))
    moved = weighted_displacement_difference(
        Change(400, 200), Change(400, 400), Change(300, 500), Change(300, 300)
    )
    assert (alone.difference, alone.verdict) == (-200.0, "reduced")
    assert (moved.difference, moved.verdict) == (0.0, "cannot tell")
    assert moved.standard_error == pytest.approx(math.sqrt(1400 + 1400))


def test_weighted_displacement_difference__dispersion_widens():
    rough = weighted_displacement_difference(Change(20, 20), Change(20, 10), dispersion=4.0)
    assert rough.standard_error == pytest.approx(2 * math.sqrt(70))
    with pytest.raises(EffectError, match="above 0"):
        weighted_displacement_difference(Change(1, 1), Change(1, 1), dispersion=0.0)


def test_weighted_displacement_difference__nothing_counted():
    found = weighted_displacement_difference(Change(0, 0), Change(0, 0))
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["p_value"] is None
    assert found.sentence == "Cannot tell: nothing was counted."


@pytest.mark.parametrize("moved", [0.0, 0.5])
@pytest.mark.parametrize("effect", [0.0, 0.3])
def test_weighted_displacement_difference__covers_poisson_counts(effect, moved):
    rng, covered, told = np.random.default_rng(6), 0, 0
    for _ in range(300):
        before = rng.poisson([60, 60, 90, 90])
        after = rng.poisson([60 * (1 - effect), 60, 90 + 60 * effect * moved, 90])
        found = weighted_displacement_difference(*map(Change, before.tolist(), after.tolist()))
        truth = -60 * effect * (1 - moved)
        covered += found.low <= truth <= found.high
        told += found.p_value < 0.05
    assert within_chance(covered, 300, 0.95)
    assert effect > 0 or within_chance(told, 300, 0.05)


def test_weighted_displacement_quotient__signs():
    target, control = Change(40, 20), Change(40, 40)
    assert weighted_displacement_quotient(target, control, Change(20, 20)) == 0.0
    assert weighted_displacement_quotient(target, control, Change(20, 10)) == 0.5
    assert weighted_displacement_quotient(target, control, Change(20, 60)) == -2.0


def test_weighted_displacement_quotient__no_benefit_has_none():
    ring = Change(5, 5)
    assert math.isnan(weighted_displacement_quotient(Change(20, 20), Change(20, 20), ring))
    assert math.isnan(weighted_displacement_quotient(Change(20, 20), Change(20, 10), ring))
    assert math.isnan(weighted_displacement_quotient(Change(20, 10), Change(20, 0), ring))


def test_total_net_effect__by_hand():
    # Expected 30 x 50 / 60 = 25 in the target and 12 x 50 / 60 = 10 in the ring.
    assert total_net_effect(Change(30, 15), Change(60, 50), Change(12, 14)) == pytest.approx(6)
    assert math.isnan(total_net_effect(Change(1, 1), Change(0, 1), Change(1, 1)))


def test_change__refuses_what_is_no_count():
    with pytest.raises(EffectError, match="at least 0"):
        Change(-1.0, 2.0)


def naive_rings(treated, control, points, edges):
    """Every incident against every box."""
    boxes = [*treated, *control]
    inside, rings = np.zeros(len(boxes), int), np.zeros((len(boxes), len(edges) - 1), int)
    between = outside = 0
    for point in points:
        distances = [shapely.distance(box, point) for box in boxes]
        nearest = int(np.argmin(distances))
        if distances[nearest] == 0.0:
            inside[nearest] += 1
        elif distances[nearest] <= edges[0]:
            between += 1
        elif distances[nearest] > edges[-1]:
            outside += 1
        else:
            ring = max(k for k in range(len(edges) - 1) if distances[nearest] > edges[k])
            rings[nearest, ring] += 1
    return inside, rings, between, outside


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.sampled_from([(100.0, 300.0), (0.0, 100.0, 300.0)]))
def test_ring_counts__every_incident_once(seed, edges):
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 8, (7, 2)) * 150.0
    boxes = [shapely.box(e, n, e + 150.0, n + 150.0) for e, n in corners]
    # Whole steps of 25 m put many incidents on edges and at equal distances.
    place = rng.integers(-20, 80, (120, 2)) * 25.0
    found = ring_counts(boxes[:4], boxes[4:], place[:, 0], place[:, 1], edges_m=edges)
    inside, rings, between, outside = naive_rings(
        boxes[:4], boxes[4:], shapely.points(place), edges
    )
    assert np.concatenate([found.treated, found.control]).tolist() == inside.tolist()
    assert np.vstack([found.treated_ring, found.control_ring]).tolist() == rings.tolist()
    assert (found.between, found.outside) == (between, outside)


def test_ring_counts__a_treated_box_comes_before_a_control():
    found = ring_counts([shapely.box(10, 0, 20, 10)], [shapely.box(0, 0, 10, 10)],
                        [10.0], [5.0])  # fmt: skip
    assert (found.treated.tolist(), found.control.tolist()) == ([1], [0])


def test_ring_counts__edges_are_metres_in_a_grid_of_feet():
    box = [shapely.box(0, 0, 500, 500)]
    found = ring_counts(box, [], [500 + 400.0, 500 + 990.0], [0.0, 0.0], metres_per_unit=0.3048)
    assert found.treated_ring.tolist() == [[1]] and found.outside == 1


def test_ring_counts__no_incidents():
    found = ring_counts([shapely.box(0, 0, 1, 1)], [], [], [])
    assert found.treated.tolist() == [0] and found.outside == 0


def test_ring_counts__refuses_what_bounds_nothing():
    box = [shapely.box(0, 0, 1, 1)]
    for edges in [(100.0,), (300.0, 100.0), (-1.0, 100.0)]:
        with pytest.raises(EffectError, match="rising distances"):
            ring_counts(box, [], [0.0], [0.0], edges_m=edges)
    with pytest.raises(EffectError, match="no boxes"):
        ring_counts([], [], [0.0], [0.0])
    with pytest.raises(EffectError, match="one finite easting"):
        ring_counts(box, [], [0.0, np.nan], [0.0, 1.0])
