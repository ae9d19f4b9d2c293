"""Areal weighting: every resident and every minute is somewhere, once."""

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.equity import lay_over
from evenbeat.core.errors import InputError
from tests.equity.conftest import areas_of, grid_of

WEST, NORTH, CELL = 300_000.0, 500_000.0, 100.0


def strips(edges, low=-150.0, high=450.0):
    """Upright strips between eastings, relative to the grid's corner."""
    return [
        shapely.box(WEST + left, NORTH - high, WEST + right, NORTH - low)
        for left, right in itertools.pairwise(edges)
    ]


@st.composite
def cities(draw):
    """A mask of 3 x 4 cells and strips across it with residents."""
    mask = np.array(draw(st.lists(st.booleans(), min_size=12, max_size=12))).reshape(3, 4)
    mask[1, 1] = True
    inner = draw(st.lists(st.floats(-40, 440), min_size=1, max_size=4, unique=True))
    edges = sorted({-50.0, 450.0, *(round(edge, 3) for edge in inner)})
    count = len(edges) - 1
    people = draw(st.lists(st.integers(0, 10**6), min_size=count, max_size=count))
    return mask, edges, people


@settings(deadline=None, max_examples=60)
@given(cities())
def test_lay_over__keeps_every_resident_and_minute(city):
    mask, edges, people = city
    grid = grid_of(mask)
    areas = areas_of(strips(edges), people)

    found = lay_over(areas, grid)

    inside, outside = found.areas.residents, found.residents_outside
    assert inside + outside == pytest.approx(people, rel=1e-9, abs=1e-9)
    assert found.residents_of_cell.sum() == pytest.approx(inside.sum(), rel=1e-9)
    minutes = np.arange(1.0, grid.n_inside + 1)
    assert found.areas.sums(minutes).sum() == pytest.approx(minutes.sum(), rel=1e-9)
    assert found.areas.km2.sum() == pytest.approx(grid.n_inside * grid.cell_area_km2, rel=1e-9)


@settings(deadline=None, max_examples=40)
@given(cities())
def test_lay_over__is_what_cutting_each_area_gives(city):
    mask, edges, people = city
    grid, outlines = grid_of(mask), strips(edges)
    cells = shapely.union_all([grid.box(*divmod(int(at), 4)) for at in grid.inside_index])

    found = lay_over(areas_of(outlines, people), grid)

    expected = [
        number * shapely.area(shapely.intersection(outline, cells)) / shapely.area(outline)
        for number, outline in zip(people, outlines, strict=True)
    ]
    assert found.areas.residents == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_lay_over__residents_beyond_the_cells_are_outside():
    grid = grid_of(np.ones((3, 4)))
    half_out = shapely.box(WEST + 300, NORTH - 300, WEST + 500, NORTH)
    found = lay_over(areas_of([half_out], [80.0]), grid)
    assert (found.areas.residents[0], found.residents_outside[0]) == (40.0, 40.0)
    assert found.residents_of_cell.reshape(3, 4)[:, 3] == pytest.approx([40 / 3] * 3)


def test_lay_over__minutes_under_slivers_count_once():
    grid = grid_of(np.ones((1, 2)))
    one = shapely.box(WEST, NORTH - 100, WEST + 101, NORTH)
    other = shapely.box(WEST + 99, NORTH - 100, WEST + 200, NORTH)
    found = lay_over(areas_of([one, other], [10.0, 10.0]), grid)
    assert found.areas.sums(np.array([60.0, 60.0])).sum() == pytest.approx(120.0)


def test_parts__grouped_sum_what_their_areas_sum():
    grid = grid_of(np.ones((3, 4)))
    overlay = lay_over(areas_of(strips([-50, 120, 260, 450]), [10, 20, 30]), grid)
    groups = overlay.areas.grouped(np.array([1, -1, 1]), ("none", "both"))
    minutes = np.arange(24.0).reshape(2, 12)
    by_area = overlay.areas.sums(minutes)
    assert groups.sums(minutes)[:, 1] == pytest.approx(by_area[:, 0] + by_area[:, 2])
    assert groups.residents[0] == 0
    assert groups.residents[1] == pytest.approx(
        overlay.areas.residents[0] + overlay.areas.residents[2]
    )


def test_lay_over__another_city_is_refused():
    elsewhere = [shapely.box(0, 0, 10, 10)]
    with pytest.raises(InputError, match="No area"):
        lay_over(areas_of(elsewhere, [5.0]), grid_of(np.ones((1, 1))))
