"""The optimal choice: a mixed-integer programme under the same caps, with its gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import PlanError
from evenbeat.core.planning.draw.pool import Board
from evenbeat.core.planning.metering.strata import Stratum

_FIRST_CANDIDATES = 12
_SECONDS = 20.0
_GAP = 0.005

Chosen = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Optimum:
    """How good the answer is.

    Parameters
    ----------
    value
        Sum of the weights of the chosen boxes.
    bound
        No set of boxes that keeps the caps has more.
    candidates
        Cells that the programme chose from.
    """

    value: float
    bound: float
    candidates: int

    @property
    def gap(self) -> float:
        """Return how far the value may be below the best, as a share of it."""
        return max(self.bound - self.value, 0.0) / self.value if self.value > 0 else 0.0


def solve(
    board: Board, strata: Sequence[Stratum], left: Sequence[int],
    weights: dict[str, npt.NDArray[np.float64]],
) -> tuple[Optimum, Chosen]:  # fmt: skip
    """Choose the single cells of highest total weight for the places that are left.

    The programme chooses from the best cells of every stratum. What lies below them enters as one
    more variable per stratum, free of every spacing rule, at the weight of the best cell left
    out: so its bound holds for all cells. Where the answer would use such a variable, twice as
    many cells are taken; where it does not, no cell left out could improve it.

    Parameters
    ----------
    board
        The shift with its custom boxes on it.
    strata, left
        The strata and their places.
    weights
        Under each unit's name (the empty one for the districts) ``(height, width)``.

    Returns
    -------
    The quality of the answer, and (stratum, flat cell) of every box.

    Raises
    ------
    PlanError
        The solver found no answer within 20 s.

    References
    ----------
    HiGHS: Huangfu and Hall 2018, https://doi.org/10.1007/s12532-017-0130-5.
    """
    eligible = [_eligible(board, stratum, weights) for stratum in strata]
    depth = _FIRST_CANDIDATES
    while True:
        programme = _Programme(board, left, eligible, depth)
        optimum, chosen, used_rest = programme.solve()
        if not used_rest:
            return optimum, chosen
        depth *= 2


def _eligible(
    board: Board, stratum: Stratum, weights: dict[str, npt.NDArray[np.float64]]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the cells that the stratum may take and their weights, the best first."""
    inside = board.grid.inside_index
    value = weights[stratum.unit].reshape(-1)[inside]
    home = board.grid.district.reshape(-1)[inside]
    may = (home == stratum.district) & (board.flat[inside] == 0) & (value > 0)
    order = np.flatnonzero(may)
    order = order[np.argsort(-value[order], kind="stable")]
    return inside[order], value[order]


class _Programme:
    """Columns: the candidates of all strata, then one "rest" per stratum."""

    def __init__(
        self, board: Board, left: Sequence[int],
        eligible: Sequence[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]], depth: int,
    ) -> None:  # fmt: skip
        self.board, self.left = board, np.asarray(left, dtype=np.int64)
        sizes = [
            min(len(cells), depth * max(int(n), 0))
            for (cells, _), n in zip(eligible, left, strict=True)
        ]
        pairs = list(zip(eligible, sizes, strict=True))
        empty_cells, empty_values = np.zeros(0, np.int64), np.zeros(0)
        self.cells = np.concatenate([empty_cells, *[cells[:n] for (cells, _), n in pairs]])
        self.value = np.concatenate([empty_values, *[value[:n] for (_, value), n in pairs]])
        self.stratum = np.repeat(np.arange(len(left)), sizes)
        self.rest = np.array([float(value[n]) if n < len(value) else 0.0
                              for (_, value), n in pairs])  # fmt: skip

    def solve(self) -> tuple[Optimum, Chosen, bool]:
        from scipy.optimize import Bounds, LinearConstraint, milp

        if not len(self.cells):
            return Optimum(0.0, 0.0, 0), [], False
        scale = float(self.value.max())
        gain = np.concatenate([self.value, self.rest]) / scale
        upper = np.concatenate([np.ones(len(self.cells)), np.where(self.rest > 0, self.left, 0)])
        rows, limits = self._rows()
        found = milp(
            -gain, integrality=np.ones(len(gain)), bounds=Bounds(0, upper),
            constraints=LinearConstraint(rows, -np.inf, limits),
            options={"time_limit": _SECONDS, "mip_rel_gap": _GAP},
        )  # fmt: skip
        if found.x is None:
            raise PlanError(
                f"The optimal plan was not found in {_SECONDS:g} s: {found.message} "
                "Use plan.mode = 'greedy' or 'lottery'."
            )
        taken = np.flatnonzero(np.round(found.x[: len(self.cells)]) == 1)
        chosen = [(int(self.stratum[i]), int(self.cells[i])) for i in taken]
        used_rest = bool(np.round(found.x[len(self.cells) :]).any())
        value = float(self.value[taken].sum())
        bound = max(-float(found.mip_dual_bound) * scale, value)
        return Optimum(value, bound, len(self.cells)), chosen, used_rest

    def _rows(self) -> tuple[Any, npt.NDArray[np.float64]]:
        """Return the rows of the programme and their upper limits."""
        from scipy.sparse import coo_array

        entries: list[tuple[int, int]] = []
        limits: list[float] = []

        def add(columns: npt.NDArray[np.int64], limit: float) -> None:
            entries.extend((len(limits), int(column)) for column in columns)
            limits.append(limit)

        count = len(self.cells)
        for index, places in enumerate(self.left.tolist()):
            add(np.append(np.flatnonzero(self.stratum == index), count + index), float(places))
        part = self.board.neighbourhoods.of_cell[self.cells]
        for index in np.unique(part[part >= 0]).tolist():
            room = max(self.board.limit - int(self.board.boxes_in[index]), 0)
            members = np.flatnonzero(part == index)
            if len(members) > room:
                add(members, float(room))
        for clique in self._cliques():
            add(clique, 1.0)
        row, column = np.array(entries).T
        shape = (len(limits), count + len(self.left))
        return coo_array((np.ones(len(row)), (row, column)), shape=shape).tocsr(), np.array(limits)

    def _cliques(self) -> list[npt.NDArray[np.int64]]:
        """Return sets of candidates of which at most one can be a box; they cover every conflict.

        One set of cells that all exclude each other says more to the solver than its pairs.
        """
        conflict = self._conflicts()
        np.fill_diagonal(conflict, val=False)
        uncovered = conflict.copy()
        cliques = []
        for first in range(len(conflict)):
            while uncovered[first].any():
                second = int(np.argmax(uncovered[first]))
                clique = [first, second]
                common = conflict[first] & conflict[second]
                while common.any():
                    # The candidate that keeps most others in play makes the largest set.
                    options = np.flatnonzero(common)
                    best = int(options[np.argmax(conflict[np.ix_(options, options)].sum(axis=1))])
                    clique.append(best)
                    common &= conflict[best]
                members = np.array(sorted(clique), dtype=np.int64)
                uncovered[np.ix_(members, members)] = False
                cliques.append(members)
        return cliques

    def _conflicts(self) -> npt.NDArray[np.bool_]:
        """Return which candidates exclude each other, ``(candidate, candidate)``."""
        width = self.board.grid.shape[1]
        row, column = np.divmod(self.cells, width)
        down = row[None, :] - row[:, None]
        across = column[None, :] - column[:, None]
        return self.board.separation.conflicts(down, across)
