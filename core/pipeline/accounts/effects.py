"""What patrol did: by lot where there are hold-outs, by matching, and merely described."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.effects import (
    descriptive,
    matched_difference,
    randomised_effect,
    scale_to_dose,
)
from evenbeat.core.errors import EffectError
from evenbeat.core.pipeline.accounts.cell_panel import (
    BEFORE_WEEKS,
    FEWEST_ASSIGNED,
    MATCH_WEEKS,
    CellPanel,
    cell_panel,
)
from evenbeat.core.pipeline.accounts.displaced import displacement_of, finite_or_none
from evenbeat.core.pipeline.accounts.draws import BoxShifts
from evenbeat.core.store.database import plans_between

if TYPE_CHECKING:
    from evenbeat.core.effects import Trend
    from evenbeat.core.pipeline.accounts.period import Period


def estimates_of(
    period: Period, boxes: BoxShifts, *, seed: int
) -> tuple[list[dict[str, Any]], dict[str, Any] | None, list[str]]:
    """Return the estimates by grade, the displacement, and why one is missing.

    Returns
    -------
    Estimates as dictionaries; rows and figures of displacement, or None; sentences.
    """
    notes: list[str] = []
    found = [*_by_lot(boxes, seed, notes)]
    panel = cell_panel(period, boxes)
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
        displaced = _displaced(period, panel, seed, notes)
    found += _described(boxes, notes)
    return found, displaced, notes


def _planned_before(period: Period) -> int:
    """Return on how many days of the weeks before the period there was a plan."""
    first = period.first - dt.timedelta(weeks=BEFORE_WEEKS)
    with period.workspace.database.reading() as connection:
        plans = plans_between(connection, first, period.first - dt.timedelta(days=1))
    return len({plan.service_date for plan in plans})


def _displaced(
    period: Period, panel: CellPanel, seed: int, notes: list[str]
) -> dict[str, Any] | None:
    try:
        return displacement_of(period, panel, seed=seed)
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
        "pre_trend_p": finite_or_none(trend.p_value),
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
