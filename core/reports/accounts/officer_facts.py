"""What the report of officers or units says: own minutes, own assignments, time that was free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from evenbeat.core.dosage.directed import whole_ids
from evenbeat.core.reports.accounts.edition_units import unit_labels

if TYPE_CHECKING:
    import pandas as pd

By = Literal["officer", "unit"]
_Key = tuple[str, str, str]
SHIFT_KEYS = ["service_date", "shift", "unit"]
MOST_TACTICS = 8
OTHER_TACTICS = "other tactics"


def own_minutes(activities: pd.DataFrame, officers: pd.DataFrame | None, by: By) -> pd.DataFrame:
    """Return who took part in which activity: the log by unit, or by officer.

    Returns
    -------
    Columns ``who``, ``service_date``, ``shift``, ``unit``, ``activity_id``, ``assignment_id``,
    ``tactic``, ``enforcement`` and ``minutes``; nothing else of the log.
    """
    source = activities if by == "unit" or officers is None else officers
    # Parts of one patrol in several shifts are one activity; who was removed is nobody's row.
    kept = source.assign(who=source[by], activity_id=whole_ids(source["activity_id"]))
    kept = kept[kept["who"] != ""]
    return kept[["who", *SHIFT_KEYS, "activity_id", "assignment_id", "tactic", "enforcement",
                 "minutes"]]  # fmt: skip


def tactic_columns(told: pd.DataFrame) -> list[str]:
    """Return the tactics with most minutes, and one name for all others where there are more."""
    minutes = told.groupby("tactic")["minutes"].sum()
    ordered = [str(name) for name in sorted(minutes.index, key=lambda one: (-minutes[one], one))]
    if len(ordered) <= MOST_TACTICS:
        return ordered
    return [*ordered[: MOST_TACTICS - 1], OTHER_TACTICS]


def account_rows(
    told: pd.DataFrame, *, units: pd.DataFrame, delivered: pd.DataFrame, by: By,
    tactics: Sequence[str],
) -> list[dict[str, Any]]:  # fmt: skip
    """Return one row for each officer or unit, in the order of the alphabet.

    By unit, a unit's time is that of all its shifts, and its assignments are those it was to go
    to or took part in. By officer, the shifts are those in which the officer logged an activity,
    with the unit of that activity: no other table says who sat in which car.

    Parameters
    ----------
    told
        As `own_minutes` gives it.
    units, delivered
        Tables in the declared columns.
    by
        ``officer`` or ``unit``.
    tactics
        Columns of the minutes, as `tactic_columns` gives them.

    Returns
    -------
    Each with ``who`` and a short ``label``, ``shifts``, ``activities``, ``directed_minutes``,
    ``by_tactic``, ``non_enforcement_share``, ``assigned``, ``completed``, ``uncommitted_hours``,
    and ``directed_per_hour``, None where no hour was free.
    """
    free = _free_minutes(units)
    planned = _assignments_of(delivered)
    completed = set(delivered.loc[delivered["outcome"] == "visited", "assignment_id"])
    standing = set(delivered["assignment_id"])
    groups = dict(iter(told.groupby("who", sort=True)))
    names = set(groups) | (
        {unit for *_, unit in (*free, *planned)} - {""} if by == "unit" else set()
    )
    labels = unit_labels(map(str, names)) if by == "unit" else {}
    rows = []
    for who in sorted(map(str, names)):
        own = groups.get(who, told.iloc[:0])
        shifts: set[_Key] = set(zip(*(own[name] for name in SHIFT_KEYS), strict=True))
        if by == "unit":
            shifts |= {key for key in (*free, *planned) if key[2] == who}
        assigned = set(own["assignment_id"]) & standing
        assigned = assigned.union(*(planned.get(key, ()) for key in shifts))
        rows.append({
            "who": who, "label": labels.get(who, who), "shifts": len(shifts),
            **_minutes(own, tactics),
            "assigned": len(assigned), "completed": len(assigned & completed),
            "uncommitted_hours": sum(float(free.get(key, 0.0)) for key in shifts) / 60,
        })  # fmt: skip
        rows[-1]["directed_per_hour"] = _ratio(
            rows[-1]["directed_minutes"], rows[-1]["uncommitted_hours"]
        )
    return rows


def _free_minutes(units: pd.DataFrame) -> dict[_Key, float]:
    """Return the uncommitted minutes of each unit in each shift."""
    free: dict[_Key, float] = {}
    columns = (units[name] for name in (*SHIFT_KEYS, "uncommitted_minutes"))
    for date, shift, unit, minutes in zip(*columns, strict=True):
        free[date, shift, unit] = free.get((date, shift, unit), 0.0) + float(minutes)
    return free


def _assignments_of(delivered: pd.DataFrame) -> dict[_Key, set[str]]:
    """Return the assignments of each unit in each shift, of the boxes that had a unit."""
    planned: dict[_Key, set[str]] = {}
    columns = (delivered[name] for name in (*SHIFT_KEYS, "assignment_id"))
    for date, shift, unit, assignment in zip(*columns, strict=True):
        if unit:
            planned.setdefault((date, shift, unit), set()).add(assignment)
    return planned


def _minutes(own: pd.DataFrame, tactics: Sequence[str]) -> dict[str, Any]:
    of_tactic = own.groupby("tactic")["minutes"].sum()
    named = [float(of_tactic.get(tactic, 0.0)) for tactic in tactics]
    whole = float(own["minutes"].sum())
    if OTHER_TACTICS in tactics:
        named[-1] = float(of_tactic.drop(list(tactics[:-1]), errors="ignore").sum())
    plain = float(own.loc[~own["enforcement"].astype(bool), "minutes"].sum())
    return {
        "activities": own["activity_id"].nunique(), "directed_minutes": whole,
        "by_tactic": named, "non_enforcement_share": _ratio(plain, whole),
    }  # fmt: skip


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
