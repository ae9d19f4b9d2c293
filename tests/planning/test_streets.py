"""The street network: blocks that tile the ground, minutes along the streets."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from planning.cities import FEET, METRES, city_grid

from evenbeat.core.errors import PlanError
from evenbeat.core.planning.patrol.streets import SMALLEST_BLOCK_M2, StreetNetwork
from evenbeat.core.planning.patrol.travel import DETOUR, SPEED_KMH, StraightLine, distances


def lattice(columns: int, rows: int, step: float = 100.0) -> list[shapely.LineString]:
    """Straight streets of a city of rectangular blocks, not cut at crossings."""
    width, height = (columns - 1) * step, (rows - 1) * step
    upright = [[(column * step, 0), (column * step, height)] for column in range(columns)]
    across = [[(0, row * step), (width, row * step)] for row in range(rows)]
    return list(shapely.linestrings(upright + across))


def test_from_lines__is_cut_at_every_crossing():
    network = StreetNetwork.from_lines(lattice(4, 3), metres_per_unit=1.0)
    assert network.nodes.shape == (12, 2)
    assert len(network.edges) == 4 * 2 + 3 * 3
    assert shapely.length(network.edges).tolist() == [100.0] * 17
    assert (network.graph != network.graph.T).nnz == 0


def test_from_lines__order_and_direction_of_the_lines_do_not_matter():
    streets = lattice(5, 4)
    there = StreetNetwork.from_lines(streets, metres_per_unit=1.0)
    back = StreetNetwork.from_lines([line.reverse() for line in streets[::-1]], metres_per_unit=1.0)
    assert shapely.to_wkb(there.edges).tolist() == shapely.to_wkb(back.edges).tolist()


def test_from_lines__ends_that_just_miss_are_joined():
    """An end 30 cm short of the cross street: the blocks close, and the way is open."""
    lines = shapely.linestrings([[(0, 0), (300, 0)], [(100, 0.3), (100, 200)]])
    network = StreetNetwork.from_lines(lines, metres_per_unit=1.0)
    minutes = network.minutes_between([(0, 0), (100, 200)])
    assert minutes[0, 1] == pytest.approx(300 / 1000 / SPEED_KMH * 60, rel=0.01)


def test_minutes_between__taxicab_distance_on_a_lattice():
    network = StreetNetwork.from_lines(lattice(11, 11), metres_per_unit=1.0, speed_kmh=30.0)
    points = np.random.default_rng(3).integers(0, 11, (12, 2)) * 100.0
    taxicab = np.abs(points[:, None] - points[None]).sum(axis=2)
    np.testing.assert_allclose(network.minutes_between(points), taxicab / 1000 / 30 * 60)


def test_minutes_between__feet_are_feet():
    points = [(0.0, 0.0), (500.0, 300.0)]
    metres = StreetNetwork.from_lines(lattice(6, 6), metres_per_unit=1.0)
    feet = StreetNetwork.from_lines(lattice(6, 6), metres_per_unit=0.3048)
    # Crossings are joined within a metre, here 3.28 feet.
    np.testing.assert_allclose(
        feet.minutes_between(points), 0.3048 * metres.minutes_between(points), rtol=0.005
    )


def test_minutes_between__off_the_street_the_way_to_the_crossing_counts():
    network = StreetNetwork.from_lines(lattice(2, 2, 1000.0), metres_per_unit=1.0)
    minutes = network.minutes_between([(0, -100), (1000, -100)])
    assert minutes[0, 1] == pytest.approx(1200 / 1000 / SPEED_KMH * 60)
    same = network.minutes_between([(0, -100), (0, 100)])
    assert same[0, 1] == pytest.approx(200 / 1000 / SPEED_KMH * 60)


def test_minutes_between__the_shorter_of_parallel_streets_counts():
    lines = [
        shapely.LineString([(0, 0), (500, 400), (1000, 0)]), shapely.LineString([(0, 0), (1000, 0)])
    ]  # fmt: skip
    network = StreetNetwork.from_lines(lines, metres_per_unit=1.0)
    assert network.minutes_between([(0, 0), (1000, 0)])[0, 1] == pytest.approx(2.4)


def test_minutes_between__a_way_round_far_beyond_the_straight_line_is_found():
    """Across a river without bridge: 100 m apart, 20 km by the road."""
    road = shapely.LineString([(0, 0), (0, 10_000), (100, 10_000), (100, 0)])
    stubs = shapely.linestrings([[(0, 0), (-50, 0)], [(100, 0), (150, 0)]])
    network = StreetNetwork.from_lines([road, *stubs], metres_per_unit=1.0)
    minutes = network.minutes_between([(0, 0), (100, 0)])
    assert minutes[0, 1] == pytest.approx(20_100 / 1000 / SPEED_KMH * 60)


def test_minutes_between__straight_line_where_no_street_connects():
    island = [shapely.affinity.translate(line, 5000, 0) for line in lattice(3, 3)]
    network = StreetNetwork.from_lines([*lattice(3, 3), *island], metres_per_unit=1.0)
    points = [(0, 0), (200, 0), (5000, 0)]
    minutes = network.minutes_between(points)
    straight = StraightLine(1.0).minutes_between(points)
    assert minutes[0, 1] == pytest.approx(straight[0, 1] / DETOUR)
    assert minutes[0, 2] == pytest.approx(straight[0, 2])
    assert minutes[1, 2] == pytest.approx(straight[1, 2])


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 999), st.integers(0, 8))
def test_minutes_between__symmetric_and_never_below_the_straight_line(seed, size):
    rng = np.random.default_rng(seed)
    lines = shapely.linestrings(rng.uniform(0, 2000, (12, 2, 2)))
    network = StreetNetwork.from_lines(lines, metres_per_unit=1.0)
    points = rng.uniform(-200, 2200, (size, 2))
    minutes = network.minutes_between(points)
    assert minutes.shape == (size, size)
    np.testing.assert_array_equal(minutes, minutes.T)
    assert not minutes.diagonal().any()
    least = distances(points.reshape(-1, 2)) / 1000 / SPEED_KMH * 60
    assert (minutes >= least * (1 - 1e-9)).all()


def test_blocks__of_a_lattice_are_its_squares():
    network = StreetNetwork.from_lines(lattice(4, 3), metres_per_unit=1.0)
    blocks = network.blocks(shapely.box(0, 0, 300, 200))
    assert shapely.area(blocks).tolist() == [10_000.0] * 6
    assert shapely.bounds(blocks)[:, [0, 3]].tolist() == [
        [0, 200], [100, 200], [200, 200], [0, 100], [100, 100], [200, 100],
    ]  # fmt: skip


def test_blocks__are_cut_at_the_area_and_traffic_islands_left_out():
    lines = [*lattice(3, 3), shapely.LineString([(100, 110), (110, 100)])]
    network = StreetNetwork.from_lines(lines, metres_per_unit=1.0)
    area = shapely.box(50, 50, 250, 200)
    blocks = network.blocks(area)
    assert shapely.union_all(blocks).area == pytest.approx(area.area - 50)
    assert (shapely.area(blocks) >= SMALLEST_BLOCK_M2).all()
    assert shapely.covers(area.buffer(1e-6), blocks).all()
    assert network.blocks(shapely.box(900, 900, 990, 990)).size == 1


def test_blocks__tile_the_simulated_city(small_city):
    grid = small_city.grid()
    network = StreetNetwork.from_streets(small_city.streets, grid)
    boundary = small_city.boundary.geometry.iloc[0]
    blocks = network.blocks(boundary)
    assert shapely.is_valid(blocks).all()
    assert shapely.area(blocks).sum() == pytest.approx(boundary.area, rel=0.001)
    assert shapely.union_all(blocks).area == pytest.approx(shapely.area(blocks).sum(), rel=1e-6)
    assert 10_000 < np.median(shapely.area(blocks)) < 40_000
    centres = np.array([(0.0, 0.0), (1000.0, 500.0)]) + boundary.centroid.coords[0]
    straight = StraightLine(grid.metres_per_unit, detour=1.0).minutes_between(centres)[0, 1]
    assert 1.0 <= network.minutes_between(centres)[0, 1] / straight < 1.7


def test_from_streets__refuses_another_crs_and_layers_without_lines():
    grid = city_grid(height=3, width=3, districts=1)
    streets = gpd.GeoDataFrame(geometry=lattice(3, 3), crs=METRES)
    assert len(StreetNetwork.from_streets(streets, grid).edges) == 12
    with pytest.raises(PlanError, match="Convert the streets with to_crs"):
        StreetNetwork.from_streets(streets.to_crs(FEET), grid)
    points = gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=METRES)
    with pytest.raises(PlanError, match="holds no line"):
        StreetNetwork.from_streets(points, grid)
    with pytest.raises(PlanError, match="speed_kmh"):
        StreetNetwork.from_streets(streets, grid, speed_kmh=-1.0)
