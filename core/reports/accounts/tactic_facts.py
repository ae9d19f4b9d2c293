"""What the report of tactics says: minutes and visits by tactic, crime type and local hour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from evenbeat.core.dosage.directed import whole_ids

if TYPE_CHECKING:
    import pandas as pd

HOLD_OUTS = "hold-outs"
NO_TYPE = "no assignment"
_HOUR_S = 3600.0
FOLLOWED_COLUMNS = ("tactic", "hours", "boxes", "incidents", "rate", "low", "high")


def tactic_rows(activities: pd.DataFrame, visits: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one row a tactic, most minutes first; ties and nothing else by name.

    Parameters
    ----------
    activities, visits
        In the declared columns. A visit counts for the tactic that was logged at its time.

    Returns
    -------
    Each with ``minutes``, their ``share``, ``activities``, their ``median_minutes``, ``visits``,
    ``visit_minutes``, and whether it is ``enforcement``.
    """
    whole = float(activities["minutes"].sum())
    seen = visits.groupby("tactic")["minutes"].agg(["size", "sum"])
    rows = []
    for tactic, own in activities.groupby("tactic", sort=True):
        minutes = float(own["minutes"].sum())
        patrols = own["minutes"].groupby(whole_ids(own["activity_id"])).sum()
        rows.append({
            "tactic": str(tactic), "enforcement": bool(own["enforcement"].any()),
            "minutes": minutes, "share": minutes / whole if whole else None,
            "activities": patrols.size, "median_minutes": float(patrols.median()),
            "visits": int(seen["size"].get(tactic, 0)),
            "visit_minutes": float(seen["sum"].get(tactic, 0.0)),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["minutes"], row["tactic"]))


def type_columns(activities: pd.DataFrame) -> list[str]:
    """Return the crime types of the assignments, most minutes first, and what has none, last."""
    named = activities[activities["dominant_type"] != ""]
    minutes = named.groupby("dominant_type")["minutes"].sum()
    ordered = sorted(minutes.index, key=lambda name: (-minutes[name], name))
    return [*map(str, ordered), *([NO_TYPE] if len(named) < len(activities) else [])]


def by_type(
    activities: pd.DataFrame, visits: pd.DataFrame, tactics: Sequence[str]
) -> dict[str, Any]:
    """Return minutes by tactic and crime type, and the visits of each crime type.

    A visit has the crime type that the activities of its assignment have.

    Returns
    -------
    ``types``; ``rows``, each with its ``tactic`` and ``minutes`` in the order of the types;
    ``minutes`` and ``visits`` of each type.
    """
    types = type_columns(activities)
    told = activities.assign(crime_type=activities["dominant_type"].where(
        activities["dominant_type"] != "", NO_TYPE))  # fmt: skip
    minutes = told.groupby(["tactic", "crime_type"])["minutes"].sum().to_dict()
    named = activities[(activities["assignment_id"] != "") & (activities["dominant_type"] != "")]
    type_of = dict(zip(named["assignment_id"], named["dominant_type"], strict=True))
    of_visit = visits["assignment_id"].map(type_of).value_counts()
    rows = [
        {"tactic": tactic, "minutes": [float(minutes.get((tactic, one), 0.0)) for one in types]}
        for tactic in tactics
    ]
    return {
        "types": types, "rows": rows,
        "minutes": [sum(row["minutes"][at] for row in rows) for at in range(len(types))],
        "visits": [int(of_visit.get(one, 0)) if one != NO_TYPE else None for one in types],
    }  # fmt: skip


def minutes_by_hour(
    started_s: npt.ArrayLike, ended_s: npt.ArrayLike, minutes: npt.ArrayLike, zone: ZoneInfo
) -> npt.NDArray[np.float64]:
    """Return the minutes in each of the 24 hours of the local clock.

    A stretch that crosses the hour is split; its minutes are spread evenly over it.

    Parameters
    ----------
    started_s, ended_s
        Seconds since 1970 UTC, shape ``(n,)``.
    minutes
        Of each stretch, shape ``(n,)``.
    zone
        Of the clock.

    Examples
    --------
    >>> told = minutes_by_hour([1800.0], [5400.0], [60.0], ZoneInfo("Europe/Paris"))
    >>> {hour: float(told[hour]) for hour in np.flatnonzero(told).tolist()}
    {1: 30.0, 2: 30.0}
    """
    hours = np.zeros(24)
    stretches = zip(*(np.asarray(one, float).tolist() for one in (started_s, ended_s, minutes)),
                    strict=True)  # fmt: skip
    for start, end, own in stretches:
        at = start
        while at < end:
            local = dt.datetime.fromtimestamp(at, zone)
            past = local.minute * 60 + local.second + local.microsecond / 1e6
            until = min(at + _HOUR_S - past, end)
            hours[local.hour] += own * (until - at) / (end - start)
            at = until
    return hours


def by_hour(activities: pd.DataFrame, visits: pd.DataFrame, zone: ZoneInfo) -> dict[str, Any]:
    """Return minutes by local hour of both sorts of tactic, and visits by the hour of arrival."""
    enforcing = activities["enforcement"].to_numpy(dtype=bool)
    told = {}
    for name, wanted in (("non_enforcement", ~enforcing), ("enforcement", enforcing)):
        own = activities[wanted]
        told[name] = minutes_by_hour(own["started_s"], own["ended_s"], own["minutes"], zone)
    counts = {"with_tactic": np.zeros(24, int), "without_tactic": np.zeros(24, int)}
    for arrive, tactic in zip(visits["arrive_s"], visits["tactic"], strict=True):
        hour = dt.datetime.fromtimestamp(arrive, zone).hour
        counts["with_tactic" if tactic else "without_tactic"][hour] += 1
    return {**told, **counts}


def followed_rows(
    followed: pd.DataFrame, tactics: Sequence[str], *, smallest_n: int
) -> list[dict[str, Any]]:
    """Return what followed in the boxes of each tactic, in a given order, hold-outs last.

    Parameters
    ----------
    followed
        One row for each tactic and span of ``hours`` after the first visit with it, with the
        number of ``boxes``, the ``incidents`` in them, their ``rate`` for each box and the ends
        ``low`` and ``high`` of its interval; the hold-outs under the tactic ``hold-outs``, from
        the middle of the shift on. A row without boxes is left out.
    tactics
        In the order of the page; a tactic that is not named follows by name.
    smallest_n
        A row of fewer boxes tells nothing but their number.
    """
    order = {tactic: place for place, tactic in enumerate(tactics)}
    rows = []
    for told in followed[followed["boxes"] > 0].to_dict("records"):
        suppressed = not int(told["boxes"]) >= smallest_n
        rows.append({
            "tactic": str(told["tactic"]), "hours": int(told["hours"]),
            "boxes": int(told["boxes"]), "suppressed": suppressed,
            "held_out": told["tactic"] == HOLD_OUTS,
            **{key: None if suppressed else float(told[key])
               for key in ("incidents", "rate", "low", "high")},
        })  # fmt: skip
    last = len(order)
    return sorted(rows, key=lambda row: (row["held_out"], order.get(row["tactic"], last),
                                         row["tactic"], row["hours"]))  # fmt: skip
