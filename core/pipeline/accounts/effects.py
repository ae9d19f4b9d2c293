"""What patrol did: by lot where there are hold-outs, by matching, and merely described."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.effects import (
    Change,
    EffectError,
    descriptive,
    match_boxes,
    matched_difference,
    randomised_effect,
    ring_counts,
    scale_to_dose,
    total_net_effect,
    weighted_displacement_difference,
    weighted_displacement_quotient,
)
from evenbeat.core.pipeline.accounts.crime import Incidents, read_incidents_of
from evenbeat.core.pipeline.accounts.draws import BoxShifts
from evenbeat.core.store.database import plans_between

if TYPE_CHECKING:
    from evenbeat.core.effects import Trend
    from evenbeat.core.grid import Grid
    from evenbeat.core.pipeline.accounts.period import Period

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
MATCH_WEEKS, BEFORE_WEEKS = 26, 12
FEWEST_ASSIGNED = 5
"""Box-shifts from which a cell counts as treated in grades B and in displacement. [choice]"""
RINGS_M = (0.0, 100.0, 300.0)
_WEEK_S = 7 * 86_400.0


@dataclass(frozen=True, eq=False)
class CellPanel:
    """Cells by how often they were assigned, with their weekly counts before and during.

    Parameters
    ----------
    cells
        Flat cells inside the jurisdiction.
    counts
        Reported incidents, shape ``(cells, weeks)``.
    treated, untouched
        Cells assigned often enough; cells never assigned.
    start
        First week of the period.
    """

    cells: npt.NDArray[np.int64]
    counts: Floats
    treated: Flags
    untouched: Flags
    start: int


def estimates_of(
    period: Period, boxes: BoxShifts, grid: Grid, *, seed: int
) -> tuple[list[dict[str, Any]], dict[str, Any] | None, list[str]]:
    """Return the estimates by grade, the displacement, and why one is missing.

    Returns
    -------
    Estimates as dictionaries; rows and figures of displacement, or None; sentences.
    """
    notes: list[str] = []
    found = [*_by_lot(boxes, seed, notes)]
    panel = cell_panel(period, boxes, grid)
    before = _planned_before(period)
    displaced = None
    if before:
        notes.append(
            f"No comparison of before and after (grade B, displacement): on {before} days of the "
            f"{BEFORE_WEEKS} weeks before the period there were plans, so before is no time "
            "without patrol."
        )
    else:
        found += _by_matching(period, panel, seed, notes)
        displaced = _displaced(period, panel, grid, seed, notes)
    found += _described(boxes, notes)
    return found, displaced, notes


def _planned_before(period: Period) -> int:
    """Return on how many days of the weeks before the period there was a plan."""
    first = period.first - dt.timedelta(weeks=BEFORE_WEEKS)
    with period.workspace.database.reading() as connection:
        plans = plans_between(connection, first, period.first - dt.timedelta(days=1))
    return len({plan.service_date for plan in plans})


def _displaced(
    period: Period, panel: CellPanel, grid: Grid, seed: int, notes: list[str]
) -> dict[str, Any] | None:
    try:
        return displacement_of(period, panel, grid, seed=seed)
    except EffectError:
        notes.append(
            f"Displacement is not told: no cell was assigned {FEWEST_ASSIGNED} times or more and "
            "has another like it that never was."
        )
        return None


def _by_lot(boxes: BoxShifts, seed: int, notes: list[str]) -> list[dict[str, Any]]:
    outcome, lot = boxes.outcome(), boxes.by_lot()
    for wanted, words in (("assigned", "drawn for patrol"), ("held_out", "held out")):
        if not (lot & (outcome == wanted)).any():
            notes.append(
                f"No estimate by lot: on the measured days the lottery left no box {words}."
            )
            return []
    draws = boxes.draws
    found = []
    for values, name in ((boxes.count, "reported incidents"),
                         (boxes.severity, "points of severity")):  # fmt: skip
        try:
            made = randomised_effect(draws, values, seed=seed, outcome=name)
        except EffectError as error:
            notes.append(f"No estimate by lot of {name}: {error}")
            continue
        told = made.to_dict()
        try:
            dose = scale_to_dose(made, draws, boxes.minutes).to_dict()
            if dose["ratio"] is not None:
                told["notes"] = [*told["notes"], _dose_sentence(dose)]
        except EffectError as error:
            notes.append(f"No effect by dose: {error}")
        found.append(told)
    return found


def _dose_sentence(dose: dict[str, Any]) -> str:
    between = (
        f"{dose['ratio_low']:.2f} to {dose['ratio_high']:.2f}"
        if dose["ratio_low"] is not None and dose["ratio_high"] is not None else "not bounded"
    )  # fmt: skip
    return (
        f"Drawn boxes had {dose['minutes_treated']:.0f} minutes of presence a shift, hold-outs "
        f"{dose['minutes_control']:.0f}. For each {dose['step_minutes']:.0f} minutes more, the "
        f"ratio is {dose['ratio']:.2f} ({between})."
    )


def cell_panel(period: Period, boxes: BoxShifts, grid: Grid) -> CellPanel:
    """Return weekly counts of every cell, from 38 weeks before the period to its end."""
    start_s = _start(period)
    weeks = max(1, int(((period.last - period.first).days + 1) // 7))
    begin = start_s - (MATCH_WEEKS + BEFORE_WEEKS) * _WEEK_S
    end = start_s + weeks * _WEEK_S
    found = read_incidents_of(period.workspace, grid, begin, end)
    columns = MATCH_WEEKS + BEFORE_WEEKS + weeks
    week = ((found.time_s - begin) // _WEEK_S).astype(np.int64)
    counts = np.zeros((grid.mask.size, columns))
    np.add.at(counts, (found.cell, week), 1.0)
    assigned = np.zeros(grid.mask.size, np.int64)
    for record in boxes.records:
        if record.outcome == "assigned":
            for row, column in record.cells:
                assigned[row * grid.shape[1] + column] += 1
    inside = grid.inside_index
    return CellPanel(
        inside, counts[inside], assigned[inside] >= FEWEST_ASSIGNED, assigned[inside] == 0,
        MATCH_WEEKS + BEFORE_WEEKS,
    )  # fmt: skip


def _by_matching(
    period: Period, panel: CellPanel, seed: int, notes: list[str]
) -> list[dict[str, Any]]:
    used = panel.treated | panel.untouched
    try:
        found = matched_difference(
            panel.counts[used], panel.treated[used], start=panel.start, match_weeks=MATCH_WEEKS,
            seed=seed,
        )  # fmt: skip
    except EffectError:
        notes.append(
            "No matched estimate (grade B): fewer than ten cells were assigned "
            f"{FEWEST_ASSIGNED} times or more and have others like them. It takes more weeks."
        )
        return []
    told = found.estimate.to_dict()
    # Its counts are of cells and weeks, not of boxes and shifts.
    told["outcome"] = "reported incidents by cell and week"
    return [{**told, **_trend_before(found.trend, period)}]


def _trend_before(trend: Trend, period: Period) -> dict[str, Any]:
    """Return the trend before the period as log ratios by block, 0 for the same as its matches."""
    monday = period.first - dt.timedelta(days=period.first.weekday())
    begin = monday - dt.timedelta(weeks=MATCH_WEEKS + BEFORE_WEEKS)
    blocks = zip(trend.first_week, trend.before, trend.ratio, trend.ratio_low, trend.ratio_high,
                 strict=True)  # fmt: skip
    return {
        "pre_trend_p": _finite(trend.p_value),
        "pre_trend": [
            {"week": str(begin + dt.timedelta(weeks=first)), "difference": _log(ratio),
             "low": _log(low), "high": _log(high)}
            for first, before, ratio, low, high in blocks if before
        ],
    }  # fmt: skip


def _log(ratio: float) -> float | None:
    return float(np.log(ratio)) if np.isfinite(ratio) and ratio > 0 else None


def _described(boxes: BoxShifts, notes: list[str]) -> list[dict[str, Any]]:
    outcome, lot = boxes.outcome(), boxes.by_lot()
    drawn, passed = (lot & (outcome == "assigned")), (lot & (outcome == "not_drawn"))
    if not drawn.any() or not passed.any():
        notes.append("Nothing to describe: no box was drawn, or none was passed over.")
        return []
    made = descriptive(
        events_treated=int(boxes.count[drawn].sum()), n_treated=int(drawn.sum()),
        events_control=int(boxes.count[passed].sum()), n_control=int(passed.sum()),
        names=("the drawn boxes", "the boxes passed over"),
    )  # fmt: skip
    return [made.to_dict()]


def displacement_of(period: Period, panel: CellPanel, grid: Grid, *, seed: int) -> dict[str, Any]:
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
    start = _start(period)
    length = (panel.counts.shape[1] - panel.start) * _WEEK_S
    before, after = (
        read_incidents_of(period.workspace, grid, begin, begin + length)
        for begin in (start - length, start)
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
        "wdd": whole.difference, "wdd_low": _finite(whole.low), "wdd_high": _finite(whole.high),
        "wdq": _finite(quotient),
        "wdq_note": "" if np.isfinite(quotient) else
        "Not told: it has a meaning only where the boxes did better than those like them.",
        "tne": _finite(net),
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


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _start(period: Period) -> float:
    calendar = period.workspace.calendar
    first: dt.datetime = calendar.shifts_on(period.first)[0].start
    return first.timestamp()
