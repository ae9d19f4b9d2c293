"""Boxes of squares snapped to the blocks between streets that fit them best."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.grid import Grid

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Cell = tuple[int, int]
Shapes = npt.NDArray[np.object_]

SLIVER_SHARE = 0.01
"""[choice] Detached parts of an outline below this share of a cell's area are left out."""
LEAST_OVERLAP = 0.5
"""[choice] Blocks stand for the squares when what both cover is at least this share of what either
covers. At 0.5 they hold at least half of the squares and are at most twice as large."""


def snap_to_blocks(
    boxes: Sequence[Sequence[Cell]], squares: Shapes, areas: Shapes, blocks: Shapes, grid: Grid
) -> dict[int, BaseGeometry]:
    """Return, for each box that blocks fit, the union of the blocks that stand for it."""
    import shapely

    box, block = shapely.STRtree(blocks).query(squares, predicate="intersects").reshape(2, -1)
    order = np.lexsort((block, box))
    box, block = box[order], block[order]
    shared = shapely.area(shapely.intersection(blocks[block], squares[box]))
    touched = shared > 0
    usable = touched & ~np.isin(block, _contested(boxes, box[touched], block[touched]))
    snapped = {}
    for index in np.unique(box[usable]).tolist():
        mine = usable & (box == index)
        found = _best_union(squares[index], blocks[block[mine]], shared[mine], areas[index], grid)
        if found is not None:
            snapped[index] = found
    return snapped


def _contested(
    boxes: Sequence[Sequence[Cell]], box: npt.NDArray[np.int64], block: npt.NDArray[np.int64]
) -> list[int]:
    """Return the blocks that hold ground of two boxes without common cells."""
    cells = [frozenset((int(row), int(column)) for row, column in one) for one in boxes]
    several, count = np.unique(block, return_counts=True)
    return [
        face
        for face in several[count > 1].tolist()
        if any(
            cells[one].isdisjoint(cells[other])
            for one, other in itertools.combinations(box[block == face].tolist(), 2)
        )
    ]


def _best_union(
    square: BaseGeometry, blocks: Shapes, shared: npt.NDArray[np.float64],
    area: BaseGeometry | None, grid: Grid,
) -> BaseGeometry | None:  # fmt: skip
    """Return the union of blocks of greatest intersection over union, or None below the least.

    The ratio (sum of shared) / (square + sum of added) is greatest for the blocks whose own ratio
    shared / added is above it, so it suffices to add them in that order while it grows.
    """
    import shapely

    if area is not None:
        blocks = shapely.intersection(blocks, area)
    added = np.maximum(shapely.area(blocks) - shared, 0.0)
    order = np.argsort(added / shared, kind="stable")
    covered = np.cumsum(shared[order])
    ratio = covered / (square.area + np.cumsum(added[order]))
    chosen = order[: int(np.argmax(ratio)) + 1]
    union = polygons_of(shapely.union_all(blocks[chosen]), grid)
    if union is None:
        return None
    both = shapely.intersection(union, square).area
    return union if both >= LEAST_OVERLAP * (union.area + square.area - both) else None


def polygons_of(shape: BaseGeometry, grid: Grid) -> BaseGeometry | None:
    """Return the polygons of a shape without slivers; the largest where all are; None for none."""
    import shapely

    parts = shapely.get_parts(shapely.get_parts(np.atleast_1d(np.asarray(shape, dtype=object))))
    parts = parts[shapely.get_dimensions(parts) == 2]
    sizes = shapely.area(parts)
    if not (sizes > 0).any():
        return None
    large = sizes >= min(SLIVER_SHARE * grid.cell_size**2, float(sizes.max()))
    whole: BaseGeometry = shapely.union_all(parts[large])
    return whole
