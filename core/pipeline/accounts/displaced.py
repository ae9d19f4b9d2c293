"""Whether crime moved: treated cells, cells like them, and the rings around both."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.effects import (
    Change,
    match_boxes,
    ring_counts,
    total_net_effect,
    weighted_displacement_difference,
    weighted_displacement_quotient,
)
from evenbeat.core.errors import EffectError
from evenbeat.core.pipeline.accounts.cell_panel import (
    FEWEST_ASSIGNED,
    MATCH_WEEKS,
    WEEK_S,
    CellPanel,
    start_of,
)
from evenbeat.core.pipeline.accounts.crime import Incidents, read_incidents_of

if TYPE_CHECKING:
    from evenbeat.core.grid import Grid
    from evenbeat.core.pipeline.accounts.period import Period

RINGS_M = (0.0, 100.0, 300.0)


def displacement_of(period: Period, panel: CellPanel, *, seed: int) -> dict[str, Any]:
    """Return counts of treated cells, matched cells and their rings, before and in the period.

    Raises
    ------
    EffectError
        No cell was assigned often enough, or none is like it.
    """
    used = np.flatnonzero(panel.treated | panel.untouched)
    matches = match_boxes(
        panel.counts[used, :MATCH_WEEKS].sum(axis=1), panel.treated[used], each=1, seed=seed
    )
    mine = panel.cells[used[matches.treated]]
    theirs = panel.cells[used[np.unique(matches.controls)]]
    if not mine.size or not theirs.size:
        raise EffectError("No cell was assigned often enough and has another like it.")
    grid, start = period.grid, start_of(period)
    length = (panel.counts.shape[1] - panel.start) * WEEK_S
    before, after = (
        read_incidents_of(period, begin, begin + length) for begin in (start - length, start)
    )
    shapes = [[_square(grid, cell) for cell in cells.tolist()] for cells in (mine, theirs)]
    told = [_rings(shapes, one, grid) for one in (before, after)]
    names = list(told[0])
    changes = {name: Change(float(told[0][name]), float(told[1][name])) for name in names}
    rings = [_summed(changes, "treated"), _summed(changes, "control")]
    whole = weighted_displacement_difference(
        changes["treated"], changes["control"], rings[0], rings[1]
    )
    quotient = weighted_displacement_quotient(changes["treated"], changes["control"], rings[0])
    net = total_net_effect(changes["treated"], changes["control"], rings[0])
    return {
        "rows": [
            _row("box", changes["treated"], changes["control"]),
            *(_row(f"{low:.0f}-{high:.0f} m", changes[f"treated_ring_{at}"],
                   changes[f"control_ring_{at}"])
              for at, (low, high) in enumerate(pairwise(RINGS_M))),
        ],
        "wdd": whole.difference, "wdd_low": finite_or_none(whole.low),
        "wdd_high": finite_or_none(whole.high),
        "wdq": finite_or_none(quotient),
        "wdq_note": "" if np.isfinite(quotient) else
        "Not told: it has a meaning only where the boxes did better than those like them.",
        "tne": finite_or_none(net),
        "notes": [
            f"{mine.size} cells that were assigned at least {FEWEST_ASSIGNED} times beside "
            f"{theirs.size} that never were, matched on {MATCH_WEEKS} earlier weeks; as many days "
            "before the period as in it. The interval is that of Poisson counts; weeks that "
            "resemble each other widen it.",
        ],
    }  # fmt: skip


def _summed(changes: dict[str, Change], group: str) -> Change:
    """Return the change of all rings together."""
    rings = [changes[f"{group}_ring_{at}"] for at in range(len(RINGS_M) - 1)]
    return Change(sum(ring.before for ring in rings), sum(ring.after for ring in rings))


def _rings(shapes: list[list[Any]], found: Incidents, grid: Grid) -> dict[str, int]:
    counted = ring_counts(
        shapes[0], shapes[1], found.easting, found.northing, edges_m=RINGS_M,
        metres_per_unit=grid.metres_per_unit,
    )  # fmt: skip
    return {
        "treated": int(counted.treated.sum()), "control": int(counted.control.sum()),
        **{f"{group}_ring_{at}": int(count)
           for group, rings in (("treated", counted.treated_ring),
                                ("control", counted.control_ring))
           for at, count in enumerate(rings.sum(axis=0))},
    }  # fmt: skip


def _row(ring: str, treated: Change, control: Change) -> dict[str, Any]:
    return {
        "ring": ring, "treated_before": treated.before, "treated_after": treated.after,
        "control_before": control.before, "control_after": control.after,
    }  # fmt: skip


def _square(grid: Grid, cell: int) -> Any:
    row, column = divmod(cell, grid.shape[1])
    return grid.box(row, column)


def finite_or_none(value: float) -> float | None:
    """Return a number as JSON holds it: None where it is not finite."""
    return float(value) if np.isfinite(value) else None
