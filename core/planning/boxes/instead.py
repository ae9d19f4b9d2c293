"""Instead: why a box is here and not there, for the nearest place that was not chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.grid import Grid
from evenbeat.core.planning.draw.pool import first_rule
from evenbeat.core.planning.draw.task import ASSIGNED, HELD_OUT, OVER_LIMIT, Entry

_RULE_WORDS = {
    "excluded": "it lies in an area that is excluded from patrol",
    "recurrence": "it had a box on too many of seven days",
    "month": "it had a box on too many of 28 days",
    "minutes": "its minutes of the day are used up",
    "gap": "it was patrolled too short a time before",
}
_DECIDED = {HELD_OUT: "hold_out", OVER_LIMIT: "neighbourhood"}


def nearest_not_chosen(
    boxes: Sequence[Entry],
    entries: Sequence[Entry],
    *,
    grid: Grid,
    weight: npt.NDArray[np.float64],
    refused: npt.NDArray[np.uint8],
) -> list[dict[str, Any] | None]:
    """Return, for each box, the nearest place of its district that could have been it.

    That is a box of the pool that was not drawn, or a cell of at least the box's weight that a
    rule refused before anything was chosen; None where there is neither.

    Parameters
    ----------
    boxes
        The chosen ones.
    entries
        All candidates of the shift.
    grid
        The study's grid.
    weight
        Shape ``(height, width)``: what candidates were ranked by.
    refused
        Shape ``(height, width)``: the rules that refused cells from the start.

    Returns
    -------
    JSON-ready: ``row, column, distance_m, weight_ratio, decided_by, chance, words``.
    """
    home, flat_weight = grid.district.reshape(-1), weight.reshape(-1)
    lost = [entry for entry in entries if entry.outcome != ASSIGNED]
    lost_cells = np.array([entry.candidate.seed for entry in lost], dtype=np.int64)
    ruled = grid.inside_index[refused.reshape(-1)[grid.inside_index] > 0]
    found: list[dict[str, Any] | None] = []
    for box in boxes:
        seed = box.candidate.seed
        there = np.flatnonzero(home[lost_cells] == home[seed])
        better = ruled[(home[ruled] == home[seed]) & (flat_weight[ruled] >= box.candidate.weight)]
        cells = np.concatenate([lost_cells[there], better])
        if not len(cells):
            found.append(None)
            continue
        metres = _metres(grid, seed, cells)
        nearest = int(np.argmin(metres))
        entry = lost[there[nearest]] if nearest < len(there) else None
        cell = int(cells[nearest])
        ratio = float(flat_weight[cell] / box.candidate.weight) if box.candidate.weight else 0.0
        rules = int(refused.reshape(-1)[cell])
        found.append(_told(grid, cell, float(metres[nearest]), ratio, entry, rules))
    return found


def _told(
    grid: Grid, cell: int, metres: float, ratio: float, entry: Entry | None, rules: int
) -> dict[str, Any]:
    """Return the fields and the words for one place."""
    row, column = divmod(cell, grid.shape[1])
    if entry is None:
        decided, chance = first_rule(rules), 0.0
        why = _RULE_WORDS[decided]
    else:
        decided, chance = _DECIDED.get(entry.outcome, "draw"), entry.inclusion
        why = {
            "draw": f"the draw, in which it had a chance of {chance:.0%}, did not take it",
            "hold_out": "it was held out by lot, so that the effect of patrol can be measured",
            "neighbourhood": "its neighbourhood has its share of the shift's minutes already",
        }[decided]
    words = (
        f"The nearest place that was not chosen lies {metres:,.0f} m away and counts "
        f"{ratio:.0%} of this one: {why}."
    )
    return {
        "row": row, "column": column, "distance_m": round(metres, 1),
        "weight_ratio": round(ratio, 4), "decided_by": decided, "chance": round(chance, 6),
        "words": words,
    }  # fmt: skip


def _metres(grid: Grid, seed: int, cells: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    row, column = divmod(seed, grid.shape[1])
    rows, columns = np.divmod(cells, grid.shape[1])
    return np.asarray(np.hypot(rows - row, columns - column) * grid.cell_size_m)
