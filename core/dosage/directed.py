"""Logged patrols by shift: joined to assignments, counted once, with or without officers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from evenbeat.core.dosage.activities import LONGEST_S, LoggedActivity
from evenbeat.core.dosage.tables import ACTIVITIES, OFFICERS

if TYPE_CHECKING:
    import pandas as pd

    from evenbeat.core.dosage.boxes import BoxVisits
    from evenbeat.core.shifts import Shift


def join_activities(
    logged: Sequence[LoggedActivity], shifts: Sequence[Shift], found: Sequence[BoxVisits]
) -> pd.DataFrame:
    """Return the activities of a day as `tables.ACTIVITIES`, each with its assignment.

    An activity over the edge of a shift is one row a shift, with ``-1``, ``-2`` after its id; a
    day has the rows of its own shifts, wherever the activity began. The assignment that the log
    names counts where it is of the day, for a part of an activity only in the shift of that
    assignment; else the box in whose visit by the same unit most of the row lies.
    """
    boxes = {one.box.id: one for one in found}
    rows = []
    for one in sorted(logged, key=lambda each: (each.started_s, each.unit, each.activity_id)):
        for shift, part in _parts_of(one, shifts):
            whole = part.activity_id == one.activity_id
            named = boxes.get(one.assignment_id)
            counts = named is not None and (whole or named.box.shift == shift.name)
            name = one.assignment_id if counts else _box_of(part, shift, found)
            facts = boxes[name].box.facts if name else {}
            rows.append({
                "activity_id": part.activity_id, "service_date": str(shift.service_date),
                "shift": shift.name, "unit": one.unit, "officers": one.officers,
                "assignment_id": name, "district_id": facts.get("district_id", ""),
                "dominant_type": facts.get("dominant_type", ""), "tactic": one.tactic,
                "enforcement": one.enforcement, "started_s": part.started_s,
                "ended_s": part.ended_s, "minutes": (part.ended_s - part.started_s) / 60.0,
                "note": one.note,
            })  # fmt: skip
    return ACTIVITIES.frame(rows)


def _parts_of(
    one: LoggedActivity, shifts: Sequence[Shift]
) -> Iterator[tuple[Shift, LoggedActivity]]:
    """Yield what of an activity lies in each shift of a day; parts are numbered from its start."""
    starts = [shift.start.timestamp() for shift in shifts]
    # It lasts a day at most, so it began no earlier than in the shifts of the day before.
    edges = [*(start - LONGEST_S for start in starts), *starts, shifts[-1].end.timestamp()]
    is_split = any(one.started_s < edge < one.ended_s for edge in edges[len(starts) :])
    for shift in shifts:
        start, end = shift.start.timestamp(), shift.end.timestamp()
        if not one.touches(start, end):
            continue
        number = 1 + sum(one.started_s < edge <= start for edge in edges)
        yield shift, replace(
            one, activity_id=f"{one.activity_id}-{number}" if is_split else one.activity_id,
            started_s=max(one.started_s, start), ended_s=min(one.ended_s, end),
        )  # fmt: skip


def directed_minutes(activities: pd.DataFrame, *, by: Sequence[str]) -> pd.Series[float]:
    """Return the minutes of logged activities, what overlaps in one unit's log counted once.

    Parameters
    ----------
    activities
        A table in the columns of `tables.ACTIVITIES`, with units.
    by
        Columns to sum by, such as ``("shift", "unit")`` or ``("assignment_id",)``. Without the
        unit among them, the minutes of several units are added.

    Returns
    -------
    Minutes, indexed by ``by``, of the groups that occur.
    """
    keys, named = list(by), list(dict.fromkeys([*by, "unit"]))
    told = activities.sort_values([*named, "started_s"], kind="stable")
    ended = told["ended_s"].groupby([told[name] for name in named])
    # What earlier entries of the unit cover already; ends only grow within a group.
    covered = ended.cummax().groupby([told[name] for name in named]).shift(fill_value=-np.inf)
    start = np.maximum(told["started_s"], covered)
    minutes = (told["ended_s"] - start).clip(lower=0.0) / 60.0
    summed: pd.Series[float] = minutes.groupby([told[name] for name in keys]).sum()
    return summed.rename("directed_minutes")


def whole_ids(ids: pd.Series[str]) -> pd.Series[str]:
    """Return the identifiers of patrols: their parts in several shifts have the same one.

    Examples
    --------
    >>> import pandas as pd
    >>> whole_ids(pd.Series(["0c4e-1", "0c4e-2", "77aa"])).tolist()
    ['0c4e', '0c4e', '77aa']
    """
    return ids.astype(str).str.replace(r"-\d{1,2}$", "", regex=True)


def officer_rows(logged: Sequence[LoggedActivity], joined: pd.DataFrame) -> pd.DataFrame:
    """Return who took part in the activities of a day, as `tables.OFFICERS`: role-gated."""
    ids = {one.activity_id: one.officer_ids for one in logged}
    rows = [
        {"officer": officer, **{name: row[name] for name in (
            "activity_id", "service_date", "shift", "unit", "tactic", "enforcement",
            "assignment_id", "minutes")}}
        for row in joined.to_dict("records")
        for officer in _of_part(ids, row["activity_id"])
    ]  # fmt: skip
    return OFFICERS.frame(rows)


def _of_part(ids: dict[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    """Return the officers of an activity, by its id or by that of one of its parts."""
    return ids[name] if name in ids else ids.get(name.rpartition("-")[0], ())


def _box_of(one: LoggedActivity, shift: Shift, found: Sequence[BoxVisits]) -> str:
    """Return the box of the shift in which the unit was longest during an activity, or nothing."""
    longest, name = 0.0, ""
    for box in found:
        if box.box.shift != shift.name:
            continue
        together = sum(
            max(0.0, min(one.ended_s, visit.leave_s) - max(one.started_s, visit.arrive_s))
            for visit in box.visits
            if visit.unit_id == one.unit
        )
        if together > longest:
            longest, name = together, box.box.id
    return name
