"""The assignments of a day as measuring needs them: outline, what was planned, what was allowed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.dosage.boxes import AssignedBox
from evenbeat.core.dosage.pseudonyms import pseudonym
from evenbeat.core.pipeline.patrol.stood import StoodBox, boxes_that_stood

if TYPE_CHECKING:
    import numpy.typing as npt

    from evenbeat.core.store.workspace import Workspace


def assigned_boxes(workspace: Workspace, date: dt.date, *, key: bytes) -> list[AssignedBox]:
    """Return the boxes that stood on a day at the end of their shift, by identifier.

    Parameters
    ----------
    key
        Secret of the pseudonyms under which units appear.
    """
    with workspace.database.reading() as connection:
        _, found = boxes_that_stood(workspace, connection, date)
    caps = workspace.settings.plan.caps
    most = caps.visit_limit_minutes * caps.visits_per_shift
    # Without a roster a plan numbers its tours; no vehicle has such a name.
    roster = {unit.id for unit in workspace.settings.plan.units}
    return [AssignedBox(_facts(box, key, most, roster), box.assignment.geometry) for box in found]


def _facts(box: StoodBox, key: bytes, cap_minutes: float, roster: set[str]) -> dict[str, Any]:
    planned = box.assignment
    unit = pseudonym(planned.unit, key) if planned.unit in roster else ""
    return {
        "assignment_id": planned.assignment_id, "service_date": str(planned.service_date),
        "shift": planned.shift, "shift_start_s": _seconds(planned.shift_start),
        "shift_end_s": _seconds(planned.shift_end), "district_id": planned.district_id,
        "neighbourhood": planned.neighbourhood or "",
        "unit": unit, "state": box.state,
        "chosen_by": planned.chosen_by, "dominant_type": planned.dominant_type or "",
        "tactics": "; ".join(_name(tactic) for tactic in planned.tactics), "row": planned.row,
        "column": planned.column, "easting": planned.easting, "northing": planned.northing,
        "expected_total": planned.expected_total, "priority": planned.priority,
        "planned_visits": planned.visits, "planned_minutes": planned.minutes,
        "cap_minutes": max(cap_minutes, planned.minutes),
    }  # fmt: skip


def _name(tactic: Any) -> str:
    return str(tactic["name"]) if isinstance(tactic, dict) else str(tactic)


def _seconds(moment: str) -> float:
    return dt.datetime.fromisoformat(moment).timestamp()


def fixed_sites(workspace: Workspace) -> npt.NDArray[np.float64]:
    """Return the middles of places where standing is no patrol, shape ``(n, 2)``."""
    places = workspace.read_optional("places")
    if places is None or places.empty:
        return np.empty((0, 2))
    wanted = places["category"].isin(workspace.settings.dosage.fixed_site_categories)
    middles = places.loc[wanted].geometry.centroid
    return np.column_stack([middles.x, middles.y]) if len(middles) else np.empty((0, 2))
