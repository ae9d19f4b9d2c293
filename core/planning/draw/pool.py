"""The pool: candidate boxes that may all stand together, so any draw from it keeps the caps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from evenbeat.core.grid import Grid
from evenbeat.core.planning.metering.caps import Rule, Separation
from evenbeat.core.planning.metering.neighbourhoods import Neighbourhoods
from evenbeat.core.planning.metering.strata import Stratum

NO_RISK = "no_risk"
# A cell that several rules refuse is counted under the first of these.
_ORDER = (
    Rule.EXCLUDED, Rule.RECURRENCE, Rule.MONTH, Rule.MINUTES, Rule.GAP, Rule.SPACING, Rule.BUFFER,
    Rule.NEIGHBOURHOOD,
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """One box that could be given.

    Parameters
    ----------
    stratum
        Index of the stratum whose place it would take.
    cells
        Its flat cells, the seed first.
    weight
        Priority times neglect; the chance is drawn with its power.
    """

    stratum: int
    cells: tuple[int, ...]
    weight: float

    @property
    def seed(self) -> int:
        """Return the cell it grew from."""
        return self.cells[0]


class Board:
    """The jurisdiction on one shift while boxes are put on it.

    Parameters
    ----------
    grid
        The study's grid.
    refused
        Shape ``(height, width)``: rules that refuse a cell from the start; not changed.
    separation
        What a box forbids around it.
    neighbourhoods, limit
        The parts of the jurisdiction, and how many boxes each may have.
    """

    def __init__(
        self, grid: Grid, refused: npt.NDArray[np.uint8], separation: Separation,
        neighbourhoods: Neighbourhoods, limit: int,
    ) -> None:  # fmt: skip
        self.grid, self.neighbourhoods, self.limit = grid, neighbourhoods, limit
        self.state = refused.copy()
        self.flat = self.state.reshape(-1)
        self.separation = separation
        self.boxes_in = np.zeros(len(neighbourhoods.ids) + 1, dtype=np.int64)

    def put(self, cells: Sequence[int], *, counts: bool) -> None:
        """Put a box down: forbid what is near it and, where it counts, note its neighbourhood."""
        for cell in cells:
            self.separation.forbid_around(self.state, *divmod(cell, self.grid.shape[1]))
        if counts:
            self.boxes_in[self.neighbourhoods.of_cell[cells[0]]] += 1

    def room_in(self, cell: int) -> bool:
        """Return whether the cell's neighbourhood may have one more box."""
        home = int(self.neighbourhoods.of_cell[cell])
        return home < 0 or int(self.boxes_in[home]) < self.limit


@dataclass
class Pool:
    """Candidates in order of choice, and what was passed over on the way.

    Parameters
    ----------
    candidates
        The boxes.
    passed_over
        District index -> rule name -> cells that the rule refused while the district still
        wanted boxes.
    """

    candidates: list[Candidate] = field(default_factory=list)
    passed_over: dict[int, dict[str, int]] = field(default_factory=dict)

    def pass_over(self, district: int, rule: str, cells: int = 1) -> None:
        """Count cells that a rule refused."""
        counts = self.passed_over.setdefault(district, {})
        counts[rule] = counts.get(rule, 0) + cells


def fill_pool(
    pool: Pool,
    board: Board,
    strata: Sequence[Stratum],
    sizes: Sequence[int],
    *,
    weight: npt.NDArray[np.float64],
    order: npt.NDArray[np.float64],
    members: Sequence[int],
    within_limit: bool,
    box_cells: int = 1,
) -> None:
    """Add to a pool the boxes of highest weight that no rule refuses, up to each stratum's size.

    All given strata are served in one order, from the highest weight of the whole jurisdiction
    downwards, so the order of their names decides nothing.

    Parameters
    ----------
    pool, board
        Both are added to.
    strata, sizes
        Every stratum, and the candidates that each may still be given.
    weight
        Shape ``(height, width)``; cells without weight above 0 are never taken.
    order
        One number per inside cell; of equal weights the smaller number goes first.
    members
        Indices of the strata to serve, at most one for a district.
    within_limit
        Count every candidate against its neighbourhood's limit: where all of the pool is given.
    box_cells
        Cells of a box, at most.
    """
    grid = board.grid
    inside = grid.inside_index
    value = weight.reshape(-1)[inside]
    wanted = np.flatnonzero(value > 0)
    ranked = inside[wanted[np.lexsort((order[wanted], -value[wanted]))]]
    stratum_of = {strata[index].district: index for index in members}
    left = {strata[index].district: sizes[index] for index in members if sizes[index] > 0}
    homes = grid.district.reshape(-1)[ranked].tolist()
    for cell, home in zip(ranked.tolist(), homes, strict=True):
        if not left:
            break
        if home not in left:
            continue
        rules = int(board.flat[cell])
        if not rules and within_limit and not board.room_in(cell):
            rules = int(Rule.NEIGHBOURHOOD)
        if rules:
            pool.pass_over(home, first_rule(rules))
            continue
        cells = grown(board, cell, weight, box_cells)
        pool.candidates.append(Candidate(stratum_of[home], cells, float(weight.reshape(-1)[cell])))
        board.put(cells, counts=within_limit)
        left[home] -= 1
        if not left[home]:
            del left[home]
    _count_no_risk(pool, grid, value, left)


def grown(
    board: Board, seed: int, weight: npt.NDArray[np.float64], box_cells: int
) -> tuple[int, ...]:
    """Return the flat cells of the box that grows from a seed, the seed first."""
    if box_cells == 1 or not weight.reshape(-1)[seed] > 0:
        return (seed,)
    from evenbeat.core.planning.boxes.outlines import grow_box

    width = board.grid.shape[1]
    cells = grow_box(
        divmod(seed, width), weight, board.grid, board.state > 0, cells=box_cells, least_share=0.5
    )
    return tuple(row * width + column for row, column in cells)


def first_rule(rules: int) -> str:
    """Return the name of the first of several rules."""
    return next(str(rule.name).lower() for rule in _ORDER if rules & rule)


def _count_no_risk(
    pool: Pool, grid: Grid, value: npt.NDArray[np.float64], left: dict[int, int]
) -> None:
    """Count the cells without weight in districts that wanted more boxes."""
    home = grid.district.reshape(-1)[grid.inside_index]
    without = np.bincount(home[~(value > 0)], minlength=len(grid.district_ids))
    for district in left:
        if without[district]:
            pool.pass_over(district, NO_RISK, int(without[district]))
