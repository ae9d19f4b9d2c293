"""The task of one shift's draw, and what is told of every candidate afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import PlanSettings
from evenbeat.core.grid import Grid
from evenbeat.core.planning.draw.lottery import generator
from evenbeat.core.planning.draw.optimal import Optimum
from evenbeat.core.planning.draw.pool import Candidate
from evenbeat.core.planning.metering.caps import Separation
from evenbeat.core.planning.metering.neighbourhoods import Neighbourhoods
from evenbeat.core.planning.metering.strata import Stratum

ASSIGNED, HELD_OUT, NOT_DRAWN, OVER_LIMIT = "assigned", "held_out", "not_drawn", "over_limit"
CUSTOM, EXPLORATION = "custom", "exploration"


@dataclass(frozen=True)
class Task:
    """One shift to choose boxes for.

    Parameters
    ----------
    grid, separation, neighbourhoods, settings
        What all shifts share.
    strata
        The places.
    weights
        Weight of each cell for the units with weights of their own, and under ``""`` for the
        districts: priority times neglect, each ``(height, width)``.
    refused
        Rules that refuse cells from the start.
    custom
        Cells of boxes that people drew, each in one district.
    seed_text
        What every draw of the shift is a function of.
    """

    grid: Grid
    separation: Separation
    neighbourhoods: Neighbourhoods
    settings: PlanSettings
    strata: Sequence[Stratum]
    weights: dict[str, npt.NDArray[np.float64]]
    refused: npt.NDArray[np.uint8]
    custom: Sequence[tuple[int, ...]]
    seed_text: str


@dataclass(frozen=True)
class Entry:
    """One candidate with its chances and what became of it.

    Parameters
    ----------
    candidate
        The box.
    chosen_by
        ``lottery``, ``exploration``, ``greedy``, ``optimal`` or ``custom``: the draw it was in.
    inclusion, hold_out
        The chances of being assigned and of being held out, given the draws before.
    outcome
        ``assigned``, ``held_out``, ``not_drawn`` or ``over_limit``.
    """

    candidate: Candidate
    chosen_by: str
    inclusion: float
    hold_out: float
    outcome: str


@dataclass(frozen=True)
class Selection:
    """What was chosen on one shift.

    Parameters
    ----------
    entries
        Every candidate.
    passed_over
        District index -> rule name -> cells that the rule refused.
    optimum
        How good the optimal mode's answer is; None in the other modes.
    """

    entries: tuple[Entry, ...]
    passed_over: dict[int, dict[str, int]]
    optimum: Optimum | None = None

    @property
    def assigned(self) -> list[Entry]:
        """Return the entries that became boxes."""
        return [entry for entry in self.entries if entry.outcome == ASSIGNED]


def draw_order(seed_text: str, n_cells: int) -> npt.NDArray[np.float64]:
    """Return one number per cell that breaks ties, a function of the text alone."""
    return generator(seed_text).random(n_cells)
