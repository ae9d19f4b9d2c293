"""What followed visits with each tactic in their boxes, beside hold-outs: described, not ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evenbeat.core.pipeline.accounts.draws import HOUR_S, BoxShifts, incidents_in

if TYPE_CHECKING:
    from evenbeat.core.grid import Grid
    from evenbeat.core.pipeline.accounts.crime import Incidents

HOURS = (8, 24)
HOLD_OUTS = "hold-outs"
_COLUMNS = ("tactic", "hours", "boxes", "incidents", "rate", "low", "high")
_CONFIDENCE = 0.95


def followed_table(
    boxes: BoxShifts, delivered: pd.DataFrame, visits: pd.DataFrame, found: Incidents, grid: Grid
) -> pd.DataFrame:
    """Return incidents in a box in the hours after the first visit with a tactic.

    Hold-outs have no visit: their hours begin in the middle of the shift. The interval is that of
    a Poisson count.

    Returns
    -------
    Columns ``tactic, hours, boxes, incidents, rate, low, high``.
    """
    rows = []
    held = [at for at, record in enumerate(boxes.records) if record.outcome == "held_out"]
    groups = [(HOLD_OUTS, [boxes.records[at].cells for at in held],
               (boxes.start_s[held] + boxes.end_s[held]) / 2)]  # fmt: skip
    cells = _cells_of(boxes, delivered)
    with_tactic = visits[(visits["tactic"] != "") & visits["assignment_id"].isin(cells)]
    first = with_tactic.groupby(["tactic", "assignment_id"], as_index=False)["leave_s"].min()
    for tactic, own in first.groupby("tactic"):
        groups.append((
            str(tactic), [cells[name] for name in own["assignment_id"]], own["leave_s"].to_numpy()
        ))  # fmt: skip
    for name, own_cells, begins in groups:
        for hours in HOURS:
            count, _ = incidents_in(own_cells, begins, begins + hours * HOUR_S, found, grid)
            rows.append(_row(name, hours, len(own_cells), int(count.sum())))
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _cells_of(boxes: BoxShifts, delivered: pd.DataFrame) -> dict[str, tuple[tuple[int, int], ...]]:
    """Return the cells of each assignment, by the draw that it came from."""
    drawn = {
        (str(date), record.shift, record.row, record.column): record.cells
        for date, record in zip(boxes.dates, boxes.records, strict=True)
    }
    keys = zip(
        delivered["assignment_id"], delivered["service_date"], delivered["shift"],
        delivered["row"], delivered["column"], strict=True,
    )  # fmt: skip
    return {
        name: drawn.get((date, shift, row, column), ((row, column),))
        for name, date, shift, row, column in keys
    }


def _row(tactic: str, hours: int, boxes: int, incidents: int) -> dict[str, object]:
    from scipy.stats import chi2

    tail = (1.0 - _CONFIDENCE) / 2
    low = chi2.ppf(tail, 2 * incidents) / 2 if incidents else 0.0
    high = chi2.ppf(1.0 - tail, 2 * (incidents + 1)) / 2
    scale = boxes or np.nan
    return {
        "tactic": tactic, "hours": hours, "boxes": boxes, "incidents": incidents,
        "rate": incidents / scale, "low": low / scale, "high": high / scale,
    }  # fmt: skip
