"""Comparison: what plans of one day under different settings reach, and how evenly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evenbeat.core.planning.measure.evenness import gini, gini_of_mean
from evenbeat.core.planning.measure.yardstick import Draw, Yardstick


@dataclass(frozen=True)
class Measures:
    """What the draws of one variant come to, on average where nothing else is said.

    Parameters
    ----------
    draws
        Plans that were drawn.
    boxes, cells, minutes, held_out
        Of a drawn plan; a cell counts once for each shift on which it is part of a box.
    hits, incidents
        Expected weighted and plain incidents in the boxes, all shifts together.
    hits_error
        Standard error of ``hits`` over the draws.
    hits_of_shift
        The same by shift.
    first_hits, least_hits, most_hits
        Weighted incidents expected in the boxes of the first, poorest and richest drawn plan.
    minutes_of_part
        Expected minutes by neighbourhood; the last is outside all of them.
    gini_parts, gini_parts_error
        Gini coefficient of those minutes over neighbourhoods by their area, and its error.
    gini_cells
        Gini coefficient of expected minutes over all cells.
    largest_part, largest_share
        The neighbourhood with most expected minutes and its share of all; -1 is outside.
    parts_without
        Neighbourhoods where nothing is expected to be given.
    uncovered
        High-risk cells that no box of a drawn plan covers.
    high_risk_without_chance
        High-risk cells that cannot be part of a box, unless an explorer is drawn there.
    cells_with_chance
        Cells that may become part of a box, explorers aside where none was drawn.
    explored_from
        Cells that an explorer may come to, at most; 0 without exploration.
    gap
        Optimal mode: how far a shift may be below the best, at most; None in other modes.
    """

    draws: int
    boxes: float
    cells: float
    minutes: float
    held_out: float
    hits: float
    hits_error: float
    hits_of_shift: tuple[float, ...]
    incidents: float
    first_hits: float
    least_hits: float
    most_hits: float
    minutes_of_part: tuple[float, ...]
    gini_parts: float
    gini_parts_error: float
    gini_cells: float
    largest_part: int
    largest_share: float
    parts_without: int
    uncovered: float
    high_risk_without_chance: float
    cells_with_chance: float
    explored_from: int
    gap: float | None


def average(draws: Sequence[Draw], by: Yardstick) -> Measures:
    """Return what the draws of one variant come to.

    Parameters
    ----------
    draws
        At least one.
    by
        The yardstick that they were measured with.
    """
    hits = np.array([draw.hits.sum() for draw in draws])
    drawn = np.array([draw.drawn_hits.sum() for draw in draws])
    parts = np.array([draw.minutes_of_part for draw in draws])
    of_part, size = parts.mean(axis=0), by.cells_of_part
    gini_parts, gini_error = gini_of_mean(parts[:, :-1], size)
    cells = np.mean([draw.minutes_of_cell for draw in draws], axis=0)[by.grid.inside_index]
    largest, total = int(np.argmax(of_part)), float(of_part.sum())
    gaps = [gap for draw in draws for gap in draw.gaps.values()]

    def mean(values: Sequence[float]) -> float:
        return float(np.mean(values))

    return Measures(
        draws=len(draws), boxes=mean([d.boxes for d in draws]),
        cells=mean([d.cells for d in draws]),
        minutes=mean([d.minutes for d in draws]), held_out=mean([d.held_out for d in draws]),
        hits=mean(hits.tolist()),
        hits_error=float(hits.std(ddof=1) / np.sqrt(len(hits))) if len(hits) > 1 else 0.0,
        hits_of_shift=tuple(np.mean([d.hits for d in draws], axis=0).tolist()),
        incidents=mean([float(d.incidents.sum()) for d in draws]),
        first_hits=float(drawn[0]), least_hits=float(drawn.min()), most_hits=float(drawn.max()),
        minutes_of_part=tuple(of_part.tolist()), gini_parts=gini_parts,
        gini_parts_error=gini_error, gini_cells=gini(cells),
        largest_part=largest if largest < len(size) else -1,
        largest_share=float(of_part[largest]) / total if total > 0 else 0.0,
        parts_without=int(np.count_nonzero((of_part[:-1] <= 0) & (size > 0))),
        uncovered=mean([d.uncovered for d in draws]),
        high_risk_without_chance=mean(
            [float(np.count_nonzero(by.high_risk & ~d.with_chance)) for d in draws]
        ),
        cells_with_chance=mean([float(np.count_nonzero(d.with_chance)) for d in draws]),
        explored_from=max(d.explored_from for d in draws),
        gap=max(gaps) if gaps else None,
    )  # fmt: skip
