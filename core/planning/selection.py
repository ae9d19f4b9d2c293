"""Selection: which cells become boxes, in order of priority, under the caps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.grid import Grid
from evenbeat.core.planning.caps import Rule, Separation

NO_RISK = "no_risk"
# A cell that several rules refuse is counted under the first of these.
_ORDER = (Rule.RECURRENCE, Rule.SPACING, Rule.BUFFER)


@dataclass(frozen=True)
class Selection:
    """The boxes of one shift and what was passed over.

    Parameters
    ----------
    cells
        Flat indices of the chosen cells, in order of choice.
    passed_over
        District index -> rule name -> cells of the district that the rule refused while the
        district still had a box to give.
    """

    cells: npt.NDArray[np.int64]
    passed_over: dict[int, dict[str, int]]


def draw_order(seed_text: str, n_cells: int) -> npt.NDArray[np.float64]:
    """Return one number per cell that breaks ties, a function of the text alone.

    Parameters
    ----------
    seed_text
        The run's id with the shift's.
    n_cells
        How many numbers.
    """
    seed = int.from_bytes(hashlib.sha256(seed_text.encode()).digest()[:16], "big")
    return np.random.default_rng(seed).random(n_cells)


def select_greedily(
    *,
    priority: npt.NDArray[np.float32],
    grid: Grid,
    quota: npt.NDArray[np.int64],
    refused: npt.NDArray[np.uint8],
    separation: Separation,
    draw: npt.NDArray[np.float64],
) -> Selection:
    """Take the cells of highest priority that no rule refuses until each district has its boxes.

    All districts are served in one order, from the highest priority of the whole jurisdiction
    downwards, so the order of their names decides nothing.

    Parameters
    ----------
    priority
        Shape ``(height, width)``; cells without priority above 0 are never taken.
    grid
        The study's grid.
    quota
        Boxes wanted per district, in the order of ``grid.district_ids``.
    refused
        Shape ``(height, width)``: rules that refuse a cell from the start.
    separation
        What a chosen box forbids around it.
    draw
        One number per inside cell; of equal priorities the smaller number goes first.

    Returns
    -------
    The chosen cells and the counts of those passed over.
    """
    inside = grid.inside_index
    value = priority.reshape(-1)[inside]
    wanted = np.flatnonzero(value > 0)
    order = inside[wanted[np.lexsort((draw[wanted], -value[wanted].astype(np.float64)))]]
    district = grid.district.reshape(-1)[order].tolist()
    state = refused.copy()
    flat_state = state.reshape(-1)
    left = quota.tolist()
    width = grid.shape[1]
    chosen: list[int] = []
    passed: dict[int, dict[str, int]] = {}
    open_districts = sum(1 for boxes in left if boxes > 0)
    for cell, home in zip(order.tolist(), district, strict=True):
        if not open_districts:
            break
        if left[home] <= 0:
            continue
        rules = int(flat_state[cell])
        if rules:
            name = _first_rule(rules)
            counts = passed.setdefault(home, {})
            counts[name] = counts.get(name, 0) + 1
            continue
        chosen.append(cell)
        left[home] -= 1
        open_districts -= left[home] == 0
        separation.forbid_around(state, cell // width, cell % width)
    _count_no_risk(grid, value, left, passed)
    return Selection(np.asarray(chosen, dtype=np.int64), passed)


def _first_rule(rules: int) -> str:
    return next(str(rule.name).lower() for rule in _ORDER if rules & rule)


def _count_no_risk(
    grid: Grid, value: npt.NDArray[np.float32], left: list[int], passed: dict[int, dict[str, int]]
) -> None:
    """Add the cells without priority in districts that wanted more boxes."""
    home = grid.district.reshape(-1)[grid.inside_index]
    without = np.bincount(home[~(value > 0)], minlength=len(left))
    for index, boxes in enumerate(left):
        if boxes > 0 and without[index]:
            passed.setdefault(index, {})[NO_RISK] = int(without[index])
