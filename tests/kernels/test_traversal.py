"""The walk between pings beside its slow twin, and what must hold of every walk."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.kernels.stays import STAY, order_by_cell, sum_stays
from evenbeat.core.kernels.traversal import ELAPSED, UNKNOWN, list_stays
from tests import naive_traversal as naive
from tests.kernels.strategies import broken, positions, rasters

CAP_S, OFF_DUTY_S, TOP_SPEED = 100.0, 400.0, 1e9
MERGE_S, LEAST_S = 120.0, 60.0
EDGES = (0.0, 300.0, 450.0, 1200.0)


class Dose:
    """What the kernels make of pings ``(unit, time, easting, northing, crew)``."""

    def __init__(self, pings, place, mask, *, edges=EDGES, cap=CAP_S, top_speed=TOP_SPEED):
        unit, time, east, north, crew = np.array(pings, float).reshape(-1, 5).T.copy()
        edges = np.array(edges)
        n_units = int(unit.max(initial=0)) + 1
        bins = edges.size - 1
        self.ledger = np.zeros((bins, 2))
        self.lost = np.zeros((bins, *mask.shape))
        with np.errstate(all="ignore"):  # compiled code is silent about infinities anyway
            # No more room than one way may need, so that the walk stops and goes on often.
            room, n, ping = sum(mask.shape) + 9 + 3 * bins, 0, 0
            stays, cells = np.zeros(room, STAY), np.full(room, -1, np.int32)
            while ping < time.size:
                n, ping = list_stays(
                    time, unit.astype(np.int32), crew, east, north, np.full(n_units, cap),
                    OFF_DUTY_S, top_speed, edges, *place, mask, stays, cells, self.ledger,
                    self.lost, ping, n,
                )  # fmt: skip
                assert n <= stays.size
                stays, cells = np.resize(stays, n + room), np.resize(cells, n + room)
        self.stays, self.cells = stays[:n].copy(), cells[:n].copy()
        first, ordered = np.zeros(mask.size + 2, np.int64), np.empty(n, STAY)
        order_by_cell(self.stays, self.cells, mask.size + 1, first, ordered)
        out = np.zeros((3, bins, mask.size))
        visits = np.zeros((bins, mask.size), np.int32)
        self.outside = np.zeros(bins)
        sum_stays(ordered, first, edges, MERGE_S, LEAST_S, *out, visits, self.outside)
        self.presence, self.unit, self.officer = out.reshape(3, bins, *mask.shape)
        self.visits = visits.reshape(bins, *mask.shape)

    def assert_conserved(self):
        accounted = self.unit.sum(axis=(1, 2)) * 60 + self.ledger[:, UNKNOWN] + self.outside
        np.testing.assert_allclose(accounted, self.ledger[:, ELAPSED], rtol=1e-6, atol=1e-9)


@st.composite
def tracks(draw, raster, huge=False):
    """Return pings of a few units: moving, standing, along borders, lost, at one moment twice."""
    step = st.sampled_from([0.0, 1.0, 15.0, 30.5, 60.0, 100.0, 101.0, 333.0, 500.0])
    far = st.sampled_from([1e15, -1e15, 1e300, -1e300, 1e-300])
    place = positions() | broken() | far if huge else positions() | broken()
    pings = []
    for unit in range(draw(st.integers(1, 3))):
        time = draw(st.sampled_from([-50.0, 0.0, 250.0]))
        column, row = draw(positions()), draw(positions())
        for _ in range(draw(st.integers(0, 9))):
            time += draw(step)
            kind = draw(st.sampled_from(["stand", "level", "upright", "any"]))
            column = draw(place) if kind in ("level", "any") else column
            row = draw(place) if kind in ("upright", "any") else row
            crew = draw(st.sampled_from([1.0, 2.0]))
            pings.append((unit, time, float(raster.to_easting(column)),
                          float(raster.to_northing(row)), crew))  # fmt: skip
    return pings


@st.composite
def masks(draw, raster):
    cells = raster.shape[0] * raster.shape[1]
    inside = draw(st.lists(st.booleans(), min_size=cells, max_size=cells))
    return np.array(inside).reshape(raster.shape)


@settings(deadline=None)
@given(st.data())
def test_dose__equals_naive(data):
    raster = data.draw(rasters(5))
    pings, mask = data.draw(tracks(raster)), data.draw(masks(raster))

    found = Dose(pings, raster.place, mask)

    ledger, intervals, lost = naive.dose(
        pings, [CAP_S] * 3, OFF_DUTY_S, TOP_SPEED, EDGES, *raster.place, mask
    )
    expected = np.array([[float(s) for s in ledger[name]] for name in
                         ("elapsed", "unknown", "outside")]).T  # fmt: skip
    np.testing.assert_allclose(
        np.column_stack([found.ledger, found.outside]), expected, rtol=1e-9, atol=1e-6
    )
    minutes = np.zeros((3, len(EDGES) - 1, *mask.shape))
    by_cell, by_unit = defaultdict(list), defaultdict(list)
    for at, cell, start, end, unit, crew in intervals:
        minutes[1, at][cell] += float(end - start) / 60
        minutes[2, at][cell] += float(end - start) / 60 * crew
        by_cell[at, cell].append((start, end))
        by_unit[unit, cell].append((start, end))
    for (at, cell), spans in by_cell.items():
        minutes[0, at][cell] = float(naive.union(spans)) / 60
    np.testing.assert_allclose(found.presence, minutes[0], rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(found.unit, minutes[1], rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(found.officer, minutes[2], rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(found.lost.sum() * 60, float(sum(lost.values())), atol=1e-6)
    for (at, cell), seconds in lost.items():
        assert found.lost[at][cell] * 60 == pytest.approx(float(seconds))


@settings(deadline=None)
@given(st.data())
def test_dose__conserves_minutes_whatever_the_pings_say(data):
    raster = data.draw(rasters(5))
    pings, mask = data.draw(tracks(raster, huge=True)), data.draw(masks(raster))
    top_speed = data.draw(st.sampled_from([TOP_SPEED, np.inf, raster.cell_size / 10]))

    found = Dose(pings, raster.place, mask, top_speed=top_speed)

    found.assert_conserved()
    assert (found.ledger >= 0).all()
    assert (found.stays["end"] > found.stays["start"]).all()
    assert (found.presence <= found.unit + 1e-9).all()
    assert (found.unit <= found.officer + 1e-9).all()
    assert not found.unit[:, ~mask].any()


@settings(deadline=None)
@given(st.data())
def test_visits__equal_naive(data):
    """Of a unit that jumps between whole stays: no rounding decides what is a visit."""
    raster = data.draw(rasters(3))
    mask = np.ones(raster.shape, bool)
    pings = []
    for unit in range(2):
        time = 0.0
        for _ in range(data.draw(st.integers(0, 7))):
            row = data.draw(st.integers(0, raster.shape[0] - 1)) + 0.5
            column = data.draw(st.integers(0, raster.shape[1] - 1)) + 0.5
            stand = data.draw(st.sampled_from([15.0, 30.0, 60.0, 90.0]))
            east, north = float(raster.to_easting(column)), float(raster.to_northing(row))
            pings += [(unit, time, east, north, 1.0), (unit, time + stand, east, north, 1.0)]
            time += stand + data.draw(st.sampled_from([101.0, 119.0, 120.0, 121.0, 200.0]))

    found = Dose(pings, raster.place, mask)

    _, intervals, _ = naive.dose(
        pings, [CAP_S] * 2, OFF_DUTY_S, TOP_SPEED, EDGES, *raster.place, mask
    )
    by_unit = defaultdict(list)
    for _, cell, start, end, unit, _ in intervals:
        by_unit[unit, cell].append((start, end))
    expected = np.zeros_like(found.visits)
    for (_, cell), spans in by_unit.items():
        for start in naive.visits(spans, MERGE_S, LEAST_S):
            expected[np.searchsorted(EDGES, float(start), side="right") - 1][cell] += 1
    np.testing.assert_array_equal(found.visits, expected)


PLACE = (0.0, 300.0, 100.0)
WHOLE = np.ones((3, 3), bool)


def line(*corners, step=60.0, unit=0, crew=1.0, start=0.0):
    return [(unit, start + step * i, x, y, crew) for i, (x, y) in enumerate(corners)]


def test_dose__diagonal_through_corners_touches_no_other_cell():
    found = Dose(line((0, 300), (300, 0)), PLACE, WHOLE)
    np.testing.assert_allclose(found.unit[0], np.eye(3) / 3, atol=1e-12)
    assert len(found.stays) == 3


def test_dose__along_a_border_counts_once_and_where_its_points_lie():
    found = Dose(line((100, 300), (100, 0)), PLACE, WHOLE)
    np.testing.assert_allclose(found.unit[0], [[0, 1 / 3, 0]] * 3)
    found = Dose(line((0, 200), (300, 200)), PLACE, WHOLE)
    np.testing.assert_allclose(found.unit[0][1], 1 / 3)


def test_dose__standing_is_one_stay_however_many_pings():
    found = Dose(line(*[(50, 50)] * 8, step=30.0), PLACE, WHOLE)
    assert found.unit[0, 2, 0] == pytest.approx(3.5)
    assert found.visits[0, 2, 0] == 1
    assert len(found.stays) == 1


def test_dose__splits_at_the_edge_of_a_shift():
    found = Dose(line((50, 50), (50, 50), start=280.0), PLACE, WHOLE)
    np.testing.assert_allclose(found.unit[:, 2, 0] * 60, [20, 40, 0])
    np.testing.assert_allclose(found.ledger[:, ELAPSED], [20, 40, 0])
    assert found.visits[:, 2, 0].tolist() == [1, 0, 0]


def test_dose__longer_than_the_cap_is_nowhere_and_noted_where_last_seen():
    found = Dose(line((50, 50), (250, 50), step=CAP_S + 1), PLACE, WHOLE)
    assert not found.unit.any()
    assert found.ledger[0, UNKNOWN] == pytest.approx(CAP_S + 1)
    assert found.lost[0, 2, 0] * 60 == pytest.approx(CAP_S + 1)


def test_dose__off_duty_is_not_elapsed():
    found = Dose(line((50, 50), (50, 50), step=OFF_DUTY_S + 1), PLACE, WHOLE)
    assert not found.ledger.any()


def test_dose__two_units_side_by_side_are_present_once():
    pings = line((50, 50), (50, 50)) + line((60, 60), (60, 60), unit=1, crew=2.0, start=30.0)
    found = Dose(pings, PLACE, WHOLE)
    assert found.presence[0, 2, 0] == pytest.approx(1.5)
    assert found.unit[0, 2, 0] == pytest.approx(2.0)
    assert found.officer[0, 2, 0] == pytest.approx(3.0)


def test_dose__presence_of_many_units_is_the_length_of_the_union():
    rng = np.random.default_rng(3)
    starts, lengths = rng.uniform(0, 1100, 200), rng.uniform(1, 90, 200)
    pings = []
    for unit, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        pings += line((50, 50), (50, 50), step=length, unit=unit, start=start)
    found = Dose(pings, PLACE, WHOLE, edges=(0.0, 1200.0))
    spans = list(zip(starts, starts + lengths, strict=True))
    assert found.presence[0, 2, 0] * 60 == pytest.approx(naive.union(spans))


def test_dose__units_hours_apart_and_together_are_united_where_they_meet():
    """Few at once among many that come and go: only stays that share a time are looked at."""
    pings = []
    for unit in range(30):
        start = 40.0 * unit
        pings += line((50, 50), (50, 50), step=30.0, unit=unit, start=start)
    pings += line((60, 60), (60, 60), step=50.0, unit=30, start=395.0)
    found = Dose(pings, PLACE, WHOLE, edges=(0.0, 420.0, 1200.0))
    spans = [(40.0 * unit, 40.0 * unit + 30.0) for unit in range(30)] + [(395.0, 445.0)]
    for at, (low, high) in enumerate(((0.0, 420.0), (420.0, 1200.0))):
        cut = [(max(a, low), min(b, high)) for a, b in spans if max(a, low) < min(b, high)]
        assert found.presence[at, 2, 0] * 60 == pytest.approx(naive.union(cut))
        assert found.unit[at, 2, 0] * 60 == pytest.approx(sum(b - a for a, b in cut))


def test_dose__outside_the_raster_and_the_mask_is_outside():
    mask = WHOLE.copy()
    mask[2, 1] = False
    found = Dose(line((-100, 50), (500, 50)), PLACE, mask)
    np.testing.assert_allclose(found.unit[0, 2] * 60, [10, 0, 10])
    assert found.outside[0] == pytest.approx(40)


def test_dose__no_pings_and_one_ping():
    for pings in ([], line((50, 50))):
        found = Dose(pings, PLACE, WHOLE)
        assert not found.ledger.any()
        assert len(found.stays) == 0


def test_dose__threads_at_once_give_the_bytes_of_one():
    rng = np.random.default_rng(4)
    corners = rng.uniform(-100, 400, (8, 300, 2))
    jobs = [line(*corners[seed], step=3.0) for seed in range(8)]

    def bytes_of(pings):
        found = Dose(pings, PLACE, WHOLE)
        return found.unit.tobytes() + found.presence.tobytes() + found.ledger.tobytes()

    alone = [bytes_of(pings) for pings in jobs]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(bytes_of, jobs)) == alone


def test_dose__a_crew_that_changes_amid_a_stay_counts_from_then_on():
    pings = [(0, 0.0, 50, 50, 1.0), (0, 60.0, 50, 50, 2.0), (0, 120.0, 50, 50, 2.0)]
    found = Dose(pings, PLACE, WHOLE)
    assert found.officer[0, 2, 0] == pytest.approx(3.0)
    assert found.visits[0, 2, 0] == 1
