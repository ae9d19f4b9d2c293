"""Assigned boxes, and what units delivered there: visits, minutes, and why not, where not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage.directed import directed_minutes
from evenbeat.core.dosage.intervals import can_count_visits
from evenbeat.core.dosage.pings import Pings
from evenbeat.core.dosage.runs import clip_runs, count_every_step
from evenbeat.core.dosage.visit_detection import Visit, describe_visits, find_visits

if TYPE_CHECKING:
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

Floats = npt.NDArray[np.float64]
_BUSY = 0.6
"""Share of the time on duty from which it counts as the reason for a missing visit. [choice]"""


@dataclass(frozen=True, eq=False)
class AssignedBox:
    """One assignment that stood at the end of its day.

    Parameters
    ----------
    facts
        The columns of `tables.DELIVERED` that the plan gives: all up to ``cap_minutes``.
    outline
        The box in the CRS of the pings.
    """

    facts: dict[str, Any]
    outline: BaseGeometry

    @property
    def id(self) -> str:
        """Return the assignment's identifier."""
        return str(self.facts["assignment_id"])

    @property
    def shift(self) -> str:
        """Return the name of its shift."""
        return str(self.facts["shift"])


@dataclass(frozen=True)
class BoxVisits:
    """An assigned box with the visits of units that were free to patrol."""

    box: AssignedBox
    visits: tuple[Visit, ...]

    def presence_minutes(self) -> float:
        """Return the minutes with at least one unit inside: what overlaps counts once."""
        total, covered = 0.0, -np.inf
        for arrive, leave in sorted(stay for visit in self.visits for stay in visit.stays):
            start = max(arrive, covered)
            if leave > start:
                total += leave - start
                covered = leave
        return total / 60.0


def visits_of_boxes(
    free: Pings, boxes: Sequence[AssignedBox], settings: DosageSettings, *, metres_per_unit: float
) -> list[BoxVisits]:
    """Return the visits to each box in its shift; the edges of the shift cut them.

    Parameters
    ----------
    free
        Runs of pings of units that were not on an incident, see `cut_runs`.
    """
    found, every = [], count_every_step(settings)
    of_shift: dict[tuple[float, float], Pings] = {}
    for box in boxes:
        window = (box.facts["shift_start_s"], box.facts["shift_end_s"])
        if window not in of_shift:
            of_shift[window] = clip_runs(free, *window)
        visits = find_visits(of_shift[window], box.outline, every, metres_per_unit=metres_per_unit)
        found.append(BoxVisits(box, tuple(visits)))
    return found


def delivered_rows(
    found: Sequence[BoxVisits], units: pd.DataFrame, activities: pd.DataFrame,
    settings: DosageSettings, *, median_interval_s: float,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return the rows of `tables.DELIVERED`.

    Parameters
    ----------
    found
        Boxes with their visits.
    units, activities
        The day's tables of these names, for the reasons.
    """
    counted = can_count_visits(median_interval_s, settings)
    logged = directed_minutes(activities, by=("assignment_id",))
    notes = _notes(activities)
    rows = []
    for one in found:
        facts, visits = one.box.facts, one.visits
        presence = one.presence_minutes()
        outcome = _outcome(facts, presence, len(visits), settings, counted=counted)
        reason = "" if outcome == "visited" else _reason(one, units, notes)
        rows.append({
            **facts, "presence_minutes": presence,
            "unit_minutes": sum((visit.minutes for visit in visits), 0.0),
            "officer_minutes": sum((visit.minutes * visit.crew for visit in visits), 0.0),
            "directed_minutes": float(logged.get(one.box.id, 0.0)),
            "visits": len(visits) if counted else -1,
            "units_seen": len({visit.unit_id for visit in visits}),
            "first_arrive_s": min((visit.arrive_s for visit in visits), default=np.nan),
            "last_leave_s": max((visit.leave_s for visit in visits), default=np.nan),
            "longest_visit_minutes": max((visit.minutes for visit in visits), default=0.0),
            "gap_minutes": describe_visits(visits).gap_minutes,
            "over_minutes": max(presence - facts["cap_minutes"], 0.0),
            "outcome": outcome, "reason": reason,
        })  # fmt: skip
    return rows


def _outcome(
    facts: dict[str, Any], presence: float, visits: int, settings: DosageSettings, *, counted: bool
) -> str:
    enough = presence >= settings.delivered_share * facts["planned_minutes"]
    if enough and (visits >= facts["planned_visits"] or not counted):
        return "visited"
    return "partly_visited" if visits else "not_visited"


def _notes(activities: pd.DataFrame) -> dict[str, str]:
    """Return what officers wrote about an assignment."""
    written = activities[(activities["assignment_id"] != "") & (activities["note"] != "")]
    notes: dict[str, list[str]] = {}
    for name, note in zip(written["assignment_id"], written["note"], strict=True):
        notes.setdefault(name, []).append(note)
    return {name: "; ".join(texts) for name, texts in notes.items()}


def _reason(one: BoxVisits, units: pd.DataFrame, notes: dict[str, str]) -> str:
    """Return the first reason that the data give for a box that lacks visits."""
    facts = one.box.facts
    if one.box.id in notes:
        return f"noted by the unit: {notes[one.box.id]}"
    here = units[units["shift"] == facts["shift"]]
    if here.empty:
        return "no vehicle reported in this shift"
    if facts["unit"] and facts["unit"] not in set(here["unit"]):
        return "the unit of the plan did not report in this shift"
    found = _local_reason(here[here["district_id"] == facts["district_id"]])
    return found or (
        "visited for less than planned" if one.visits else "no visit, and no reason in the data"
    )


def _local_reason(local: pd.DataFrame) -> str:
    """Return what the units of the district did instead; empty where that says nothing."""
    if local.empty:
        return "no vehicle was mostly in this district in this shift"
    duty = max(float(local["on_duty_minutes"].sum()), 1e-9)
    committed = float(local["committed_minutes"].sum()) / duty
    unknown = float(local["unknown_minutes"].sum()) / duty
    if committed >= _BUSY:
        return f"units of the district were on incidents {committed * 100:.0f} % of their time"
    if unknown >= _BUSY:
        return (
            f"where units of the district were is unknown for {unknown * 100:.0f} % of their time"
        )
    return ""
