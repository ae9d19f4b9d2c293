"""What the report of a shift says: each assignment's plan against what it was given."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

NO_REASON = "the data give no reason"
_OUTCOMES = {"visited": "visited", "partly_visited": "partly visited",
             "not_visited": "not visited"}  # fmt: skip
_UNIT_MINUTES = (
    "on_duty_minutes", "unknown_minutes", "outside_minutes", "committed_minutes",
    "uncommitted_minutes", "engaged_minutes", "in_boxes_minutes", "directed_minutes",
)  # fmt: skip


def of_shift(table: pd.DataFrame, date: dt.date, shift: str | None) -> pd.DataFrame:
    """Return the rows of one day, and of one shift unless ``shift`` is None."""
    of_day = table["service_date"] == date.isoformat()
    wanted = of_day if shift is None else of_day & (table["shift"] == shift)
    return table[wanted].reset_index(drop=True)


def assignment_rows(
    delivered: pd.DataFrame, zone: ZoneInfo, labels: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return one row an assignment, by shift, district, unit and name, numbered from 1.

    Parameters
    ----------
    delivered
        Assignments of one day, in the declared columns.
    zone
        Of the clock on which arrivals are told.
    labels
        Short name of each unit.

    Returns
    -------
    Each with what was planned and delivered; ``visits`` is None where pings are too seldom to
    tell; ``filled`` and ``planned_at`` are the ends of the bar, in percent of the longest one.
    """
    ordered = delivered.sort_values(
        ["shift_start_s", "district_id", "unit", "assignment_id"], kind="stable"
    )
    minutes = ordered[["planned_minutes", "presence_minutes"]].to_numpy(dtype=np.float64)
    longest = float(np.nanmax(minutes, initial=1.0))
    rows = []
    for number, told in enumerate(ordered.to_dict("records"), 1):
        rows.append({
            "number": number, "over": told["over_minutes"] > 0,
            "visits": None if told["visits"] < 0 else told["visits"],
            "outcome_words": _OUTCOMES.get(told["outcome"], told["outcome"]),
            "first_arrive": local_time(told["first_arrive_s"], zone),
            "unit_label": labels.get(told["unit"], told["unit"]),
            "last_leave": local_time(told["last_leave_s"], zone),
            "filled": _percent(told["presence_minutes"], longest),
            "planned_at": _percent(told["planned_minutes"], longest),
            **{key: told[key] for key in (
                "assignment_id", "shift", "district_id", "neighbourhood", "unit", "state",
                "dominant_type", "tactics", "easting", "northing", "planned_visits",
                "planned_minutes", "cap_minutes", "presence_minutes", "directed_minutes",
                "over_minutes", "gap_minutes", "outcome", "reason",
            )},
        })  # fmt: skip
    return rows


def _percent(minutes: Any, longest: float) -> float:
    return round(100 * minutes / longest, 2) if math.isfinite(minutes) else 0.0


def local_time(second: float, zone: ZoneInfo) -> str:
    """Return an instant on the local clock; empty where there is none.

    Examples
    --------
    >>> local_time(0.0, ZoneInfo("Europe/Paris")), local_time(float("nan"), ZoneInfo("UTC"))
    ('01:00', '')
    """
    return "" if math.isnan(second) else f"{dt.datetime.fromtimestamp(second, zone):%H:%M}"


def shift_totals(rows: list[dict[str, Any]], units: pd.DataFrame) -> dict[str, Any]:
    """Return the sums over the assignments and over the units of a shift.

    Presence is None where no unit had pings: it is then unknown, not zero.
    """
    outcomes = Counter(row["outcome"] for row in rows)
    known = [row["visits"] for row in rows if row["visits"] is not None]
    presence = float(np.nansum([row["presence_minutes"] for row in rows]))
    return {
        "assignments": len(rows),
        "visited": outcomes["visited"],
        "partly_visited": outcomes["partly_visited"],
        "not_visited": outcomes["not_visited"],
        "over_dosed": sum(row["over"] for row in rows),
        "planned_visits": sum(row["planned_visits"] for row in rows),
        "visits": sum(known) if known else None,
        "planned_minutes": float(np.nansum([row["planned_minutes"] for row in rows])),
        "presence_minutes": presence if len(units) else None,
        "directed_minutes": float(np.nansum([row["directed_minutes"] for row in rows])),
        "units": units["unit"].nunique(),
        **{f"unit_{key}": float(units[key].sum()) for key in _UNIT_MINUTES},
    }


def missed_reasons(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the reasons of assignments that were missed or partly so, the most frequent first."""
    missed = [row for row in rows if row["outcome"] != "visited"]
    by_reason: dict[str, list[dict[str, Any]]] = {}
    for row in missed:
        by_reason.setdefault(row["reason"] or NO_REASON, []).append(row)
    told = [
        {"reason": reason, "numbers": [row["number"] for row in own],
         "not_visited": sum(row["outcome"] == "not_visited" for row in own),
         "partly_visited": sum(row["outcome"] == "partly_visited" for row in own)}
        for reason, own in by_reason.items()
    ]  # fmt: skip
    return sorted(told, key=lambda one: (-len(one["numbers"]), one["reason"]))


def in_one_sentence(totals: dict[str, Any]) -> str:
    """Return what became of the assignments, in one sentence."""
    count = totals["assignments"]
    if not count:
        return "No assignment stood in this shift."
    if not totals["units"]:
        return f"{_boxes(count)} stood, but no pings tell whether anyone came."
    told = (
        f"Of {_boxes(count)}, {totals['visited']} visited, {totals['partly_visited']} partly"
        f" visited and {totals['not_visited']} not visited"
    )
    return f"{told}; {totals['over_dosed']} over-dosed." if totals["over_dosed"] else f"{told}."


def _boxes(count: int) -> str:
    return "1 assignment" if count == 1 else f"{count} assignments"
