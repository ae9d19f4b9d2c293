"""Outlines: valid, inside their district, no larger than blocks allow; boxes that grow."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from planning.cities import city_grid, grids

from evenbeat.core.errors import PlanError
from evenbeat.core.grid import Grid
from evenbeat.core.planning.boxes.outlines import box_outline, box_outlines, grow_box
from evenbeat.core.planning.boxes.snapping import LEAST_OVERLAP, SLIVER_SHARE
from evenbeat.core.planning.patrol.streets import StreetNetwork

PLAIN = Grid("EPSG:26971", 100.0, 0.0, 500.0, np.zeros((5, 5), dtype=np.int16))


def overlap(first, second) -> float:
    """Intersection over union."""
    return first.intersection(second).area / first.union(second).area


def squares(cells, grid):
    return shapely.union_all([grid.box(*cell) for cell in cells])


def test_box_outline__union_of_the_squares():
    outline = box_outline([(0, 0), (0, 1), (1, 1)], PLAIN)
    assert outline.equals(squares([(0, 0), (0, 1), (1, 1)], PLAIN))
    assert outline.geom_type == "Polygon"
    apart = box_outline([(0, 0), (2, 2)], PLAIN)
    assert apart.geom_type == "MultiPolygon"
    assert apart.area == 20_000


def test_box_outline__is_cut_at_the_district():
    area = shapely.Polygon([(0, 0), (80, 0), (80, 500), (0, 500)])
    assert box_outline([(0, 0)], PLAIN, district_area=area).bounds == (0, 400, 80, 500)


def test_box_outline__slivers_of_the_cut_go_unless_all_are():
    main, speck = shapely.box(0, 0, 60, 500), shapely.box(90, 490, 98, 500)
    assert SLIVER_SHARE * 100**2 > 80
    outline = box_outline([(0, 0)], PLAIN, district_area=shapely.union(main, speck))
    assert outline.equals(shapely.box(0, 400, 60, 500))
    smaller = shapely.box(10, 490, 14, 500)
    only = box_outline([(0, 0)], PLAIN, district_area=shapely.union(speck, smaller))
    assert only.equals(speck)
    line = shapely.box(100, 0, 300, 500).union(shapely.box(20, 400, 90, 500))
    assert box_outline([(0, 0)], PLAIN, district_area=line).bounds[2] == 90


def test_box_outlines__refuse_what_is_no_box():
    two = city_grid(height=4, width=4, districts=2, seed=1)
    row = int(np.flatnonzero((two.district[:, 1] == 0) & (two.district[:, 2] == 1))[0])
    with pytest.raises(PlanError, match="cells of one district"):
        box_outline([(row, 1), (row, 2)], two)
    with pytest.raises(PlanError, match="got \\[\\(5, 0\\)\\]"):
        box_outline([(5, 0)], PLAIN)
    with pytest.raises(PlanError, match="cells of one district"):
        box_outlines([[]], PLAIN)
    with pytest.raises(PlanError, match="No polygon is given for district 'all'"):
        box_outlines([[(0, 0)]], PLAIN, district_areas={"other": shapely.box(0, 0, 1, 1)})
    with pytest.raises(PlanError, match="holds nothing of its cells"):
        box_outline([(0, 0)], PLAIN, district_area=shapely.box(300, 0, 400, 100))


def test_box_outline__takes_the_blocks_that_fit_it():
    """Blocks of 60 by 50: those that lie mostly in the square stand for it."""
    blocks = [shapely.box(60 * i, 50 * j, 60 * i + 60, 50 * j + 50)
              for i in range(9) for j in range(10)]  # fmt: skip
    outline = box_outline([(2, 2)], PLAIN, blocks=blocks)
    assert outline.equals(shapely.box(180, 200, 300, 300))
    assert box_outline([(2, 2)], PLAIN, blocks=blocks[::-1]).equals(outline)


def test_box_outline__a_block_that_holds_the_cell_stands_for_it_up_to_twice_its_size():
    twice, more = shapely.box(200, 200, 400, 300), shapely.box(200, 200, 410, 300)
    assert box_outline([(2, 2)], PLAIN, blocks=[twice]).equals(twice)
    assert box_outline([(2, 2)], PLAIN, blocks=[more]).equals(PLAIN.box(2, 2))
    assert box_outline([(2, 2)], PLAIN, blocks=[]).equals(PLAIN.box(2, 2))


def test_box_outline__blocks_are_cut_at_the_district_too():
    block, area = shapely.box(210, 190, 330, 310), shapely.box(0, 0, 290, 500)
    outline = box_outline([(2, 2)], PLAIN, district_area=area, blocks=[block])
    assert outline.equals(shapely.box(210, 190, 290, 310))


def test_box_outlines__a_block_of_two_boxes_snaps_neither():
    wide = shapely.box(200, 200, 400, 300)
    outlines = box_outlines([[(2, 2)], [(2, 3)]], PLAIN, blocks=[wide])
    assert outlines[0].equals(PLAIN.box(2, 2))
    assert outlines[1].equals(PLAIN.box(2, 3))
    of_two_shifts = box_outlines([[(2, 2)], [(2, 2)]], PLAIN, blocks=[wide])
    assert all(outline.equals(wide) for outline in of_two_shifts)


def best_of_all(square, blocks):
    """The greatest intersection over union of any set of blocks, every set tried."""
    near = [block for block in blocks if block.intersection(square).area > 0]
    sets = itertools.chain.from_iterable(
        itertools.combinations(near, size) for size in range(1, len(near) + 1)
    )
    return max((overlap(shapely.union_all(chosen), square) for chosen in sets), default=0.0)


def random_blocks(seed: int, lines: int) -> np.ndarray:
    """Faces between random lines across the plain grid."""
    rng = np.random.default_rng(seed)
    ends = rng.uniform(-50, 550, (lines, 2, 2))
    ends[::2, :, 0], ends[1::2, :, 1] = (-50, 550), (-50, 550)
    network = StreetNetwork.from_lines(shapely.linestrings(ends), metres_per_unit=1.0)
    return network.blocks(shapely.box(0, 0, 500, 500))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 9999), st.integers(3, 12), st.integers(0, 4), st.integers(0, 4))
def test_box_outline__no_set_of_blocks_fits_better(seed, lines, row, column):
    blocks = random_blocks(seed, lines)
    square = PLAIN.box(row, column)
    near = sum(block.intersection(square).area > 0 for block in blocks)
    if near > 9:
        return
    outline = box_outline([(row, column)], PLAIN, blocks=blocks)
    best = best_of_all(square, blocks)
    if best >= LEAST_OVERLAP + 1e-6:
        assert overlap(outline, square) == pytest.approx(best, abs=0.005)
        assert outline.area <= 2 * square.area + 1e-6
    elif best < LEAST_OVERLAP - 0.005:
        assert outline.equals(square)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_box_outlines__valid_inside_and_apart(data):
    """Boxes grown in cities of ragged districts, with and without blocks."""
    grid = data.draw(grids())
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    priority = np.where(grid.mask, rng.random(grid.shape) + 0.01, np.nan)
    west, south, east, north = grid.bounds
    areas = district_areas(grid, rng)
    ends = rng.uniform((west, south), (east, north), (data.draw(st.integers(1, 20)), 2, 2))
    blocks = None
    if data.draw(st.booleans()):
        network = StreetNetwork.from_lines(
            shapely.linestrings(ends), metres_per_unit=grid.metres_per_unit
        )
        blocks = network.blocks(shapely.box(west, south, east, north))
    taken, boxes = np.zeros(grid.shape, dtype=bool), []
    for cell in rng.permutation(grid.inside_index)[:5].tolist():
        seed = divmod(cell, grid.shape[1])
        if not taken[seed]:
            boxes.append(grow_box(seed, priority, grid, taken, cells=4))
            taken[tuple(np.transpose(boxes[-1]))] = True
    outlines = box_outlines(boxes, grid, district_areas=areas, blocks=blocks)
    again = box_outlines(boxes, grid, district_areas=areas, blocks=blocks)
    assert shapely.to_wkb(outlines).tolist() == shapely.to_wkb(again).tolist()
    cell_area = grid.cell_size**2
    for cells, outline in zip(boxes, outlines, strict=True):
        home = grid.district_ids[grid.district[cells[0]]]
        square = squares(cells, grid).intersection(areas[home])
        assert outline.is_valid
        assert outline.geom_type in ("Polygon", "MultiPolygon")
        assert outline.area > 0
        assert outline.difference(areas[home]).area <= 1e-6 * cell_area
        assert outline.area <= 2 * square.area * (1 + 1e-6)
        if blocks is None:
            assert outline.symmetric_difference(square).area < SLIVER_SHARE * cell_area * len(cells)
    for first, second in itertools.combinations(outlines, 2):
        assert first.intersection(second).area <= 1e-6 * cell_area


def district_areas(grid, rng):
    """Districts whose edges run askew through cells, each cell's centre in its own."""
    areas = {}
    for index, name in enumerate(grid.district_ids):
        cells = np.argwhere(grid.district == index)
        whole = [grid.box(*cell).buffer(-0.2 * grid.cell_size * rng.random(), cap_style="square")
                 for cell in cells]  # fmt: skip
        areas[name] = shapely.union_all(whole)
    return areas


def test_grow_box__takes_the_best_neighbour_each_time():
    priority = np.array(
        [
            [1.0, 9.0, 2.0, 1.0, 1.0],
            [6.0, 10.0, 7.0, 9.9, 1.0],
            [1.0, 5.0, 1.0, 1.0, 1.0],
            [1.0, 1.0, 1.0, 1.0, 10.0],
            [1.0, 1.0, 1.0, 1.0, 1.0],
        ]
    )
    free = np.zeros((5, 5), dtype=bool)
    grown = grow_box((1, 1), priority, PLAIN, free, cells=9)
    assert grown == [(1, 1), (0, 1), (1, 2), (1, 3), (1, 0), (2, 1)]
    assert grow_box((1, 1), priority, PLAIN, free, cells=3) == grown[:3]
    assert grow_box((1, 1), priority, PLAIN, free, cells=9, least_share=0.95) == [(1, 1)]
    free[1, 2] = True
    assert grow_box((1, 1), priority, PLAIN, free, cells=9) == [(1, 1), (0, 1), (1, 0), (2, 1)]


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_grow_box__cells_hang_together_in_one_district(data):
    grid = data.draw(grids())
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    priority = np.where(grid.mask, rng.integers(1, 5, grid.shape) / 4, np.nan)
    taken = rng.random(grid.shape) < 0.2
    seed = divmod(int(rng.choice(grid.inside_index)), grid.shape[1])
    most, share = data.draw(st.integers(1, 9)), data.draw(st.sampled_from([0.0, 0.5, 1.0]))
    box = grow_box(seed, priority, grid, taken, cells=most, least_share=share)
    assert box[0] == seed
    assert len(set(box)) == len(box) <= most
    assert len({grid.district[cell] for cell in box}) == 1
    for place, cell in enumerate(box[1:], start=1):
        assert not taken[cell]
        assert priority[cell] >= share * priority[seed]
        near = neighbours(box[:place], grid)
        assert cell in near
        assert priority[cell] == max(priority[other] for other in near if not taken[other])
    if len(box) < most:
        rest = [cell for cell in neighbours(box, grid) if not taken[cell]]
        assert all(priority[cell] < share * priority[seed] for cell in rest)


def neighbours(cells, grid):
    """Cells of the same district that share an edge with some cells, the cells left out."""
    return {
        (row, column)
        for row, column in np.argwhere(grid.district == grid.district[cells[0]]).tolist()
        if (row, column) not in cells and any(abs(row - r) + abs(column - c) == 1 for r, c in cells)
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cells": 0}, "at least 1 cell"),
        ({"least_share": 1.5}, "least_share of 0 to 1"),
        ({"priority": np.ones((2, 2))}, "grid's shape"),
        ({"priority": np.zeros((5, 5))}, "priority above 0"),
        ({"seed_cell": (9, 9)}, "inside the jurisdiction"),
    ],
)
def test_grow_box__refuses_what_makes_no_sense(change, message):
    given_values = {
        "seed_cell": (1, 1), "priority": np.ones((5, 5)), "grid": PLAIN,
        "taken": np.zeros((5, 5), dtype=bool), "cells": 3, **change,
    }  # fmt: skip
    with pytest.raises(PlanError, match=message):
        grow_box(**given_values)
