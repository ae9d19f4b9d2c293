"""Crime and dosage by week, and the estimates of effect: the numbers of the page, made safe."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evenbeat.core.dosage.tables import Column, PatrolTable
from evenbeat.core.errors import InputError
from evenbeat.core.reports.accounts.edition import plain

if TYPE_CHECKING:
    import pandas as pd

GROUPS = ("assigned", "held_out", "elsewhere")
GRADES = ("A", "B", "C")
VERDICTS = ("reduced", "increased", "cannot tell")

WEEKLY = PatrolTable(
    "weekly",
    "One row for each week and group of box-shifts.",
    (
        Column("week", "text", "its Monday, YYYY-MM-DD"),
        Column("group", "text", "assigned, held_out or elsewhere"),
        Column("box_shifts", "count", "boxes times shifts"),
        Column("incidents", "real", "reported incidents in them"),
        Column("severity", "real", "the same, each times its severity weight"),
        Column("presence_minutes", "real", "minutes with at least one unit"),
        Column("incidents_per_1000_box_shifts", "real", "incidents in 1,000 box-shifts"),
    ),
)
_NUMBERS = (
    "treated_rate", "control_rate", "ratio", "ratio_low", "ratio_high", "difference",
    "difference_low", "difference_high", "p_value", "n_treated", "n_control", "events_treated",
    "events_control", "minimum_detectable_percent", "pre_trend_p",
)  # fmt: skip
_RING_COUNTS = ("treated_before", "treated_after", "control_before", "control_after")


def crime_dosage_facts(
    *,
    weekly: pd.DataFrame,
    estimates: Sequence[Mapping[str, Any]],
    displacement: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return the weeks, the estimates with the best first, and the displacement, as plain values.

    Parameters
    ----------
    weekly
        The table `WEEKLY`.
    estimates
        Each as an estimate of an effect gives itself; what could not be had is None or missing.
    displacement
        ``rows`` of counts for the box and each ring, with ``wdd``, ``wdq`` and ``tne``; None or
        empty without.

    Returns
    -------
    ``weeks`` (rows), ``sums`` by group, ``estimates`` (grade A before B before C, those with an
    interval first, else as given), ``best`` (the first of them, or None) and ``displacement``.

    Raises
    ------
    InputError
        The weeks lack a column, a week is no Monday, or a group, grade or verdict is not known.
    """
    weeks = _weeks(weekly)
    told = sorted((_estimate(one) for one in estimates), key=_rank)
    return {
        "weeks": weeks,
        "sums": {group: _sum(weeks, group) for group in GROUPS},
        "estimates": told,
        "best": told[0] if told else None,
        "displacement": _displacement(displacement or {}),
    }


def finite(value: Any) -> float | None:
    """Return a number that can be printed; None for what is missing, NaN or endless.

    Examples
    --------
    >>> finite(2), finite(float("nan")), finite(float("inf")), finite(None)
    (2.0, None, None, None)
    """
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def has_interval(estimate: Mapping[str, Any]) -> bool:
    """Return whether an estimate has a ratio or a difference with an interval.

    A ratio may lack its upper end: it then goes on without one, as where the control saw nothing.
    """
    ratio = all(estimate[name] is not None for name in ("ratio", "ratio_low"))
    ends = ("difference", "difference_low", "difference_high")
    return ratio or all(estimate[name] is not None for name in ends)


def _weeks(weekly: pd.DataFrame) -> list[dict[str, Any]]:
    table = WEEKLY.typed(weekly).sort_values(["week", "group"], kind="stable")
    odd = sorted(set(table["group"]) - set(GROUPS))
    if odd:
        raise InputError(f"A group of weeks must be one of {GROUPS}; got {odd}.")
    for week in sorted(set(table["week"])):
        _check_monday(week)
    rows = [dict(row) for row in table.to_dict("records")]
    for row in rows:
        held = row["box_shifts"] > 0
        row["minutes_per_box_shift"] = row["presence_minutes"] / row["box_shifts"] if held else None
        if not held:
            row["incidents_per_1000_box_shifts"] = None
    told: list[dict[str, Any]] = plain(rows)
    return told


def _check_monday(week: str) -> None:
    try:
        monday = dt.date.fromisoformat(week).weekday() == 0
    except ValueError:
        monday = False
    if not monday:
        raise InputError(f"A week must be its Monday as YYYY-MM-DD, got {week!r}.")


def _sum(weeks: Sequence[Mapping[str, Any]], group: str) -> dict[str, Any]:
    """Return the sums of a group over all weeks, with its rates over the whole."""
    own = [row for row in weeks if row["group"] == group]
    sums: dict[str, Any] = {
        name: sum(row[name] or 0 for row in own)
        for name in ("box_shifts", "incidents", "severity", "presence_minutes")
    }
    held = sums["box_shifts"]
    return {
        **sums,
        "weeks": sum(row["box_shifts"] > 0 for row in own),
        "incidents_per_1000_box_shifts": 1000 * sums["incidents"] / held if held else None,
        "minutes_per_box_shift": sums["presence_minutes"] / held if held else None,
    }


def _estimate(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return an estimate with every name present and no number that cannot be printed."""
    grade, verdict = given.get("grade"), given.get("verdict") or "cannot tell"
    if grade not in GRADES or verdict not in VERDICTS:
        raise InputError(
            f"An estimate needs a grade of {GRADES} and a verdict of {VERDICTS}; got {grade!r} and"
            f" {verdict!r}."
        )
    ends = ("difference", "low", "high")
    return {
        **{name: str(given.get(name) or "") for name in ("design", "outcome", "sentence")},
        **{name: finite(given.get(name)) for name in _NUMBERS},
        "grade": grade,
        "verdict": verdict,
        "notes": [str(note) for note in given.get("notes") or ()],
        "pre_trend": [
            {"week": str(row["week"]), **{name: finite(row.get(name)) for name in ends}}
            for row in given.get("pre_trend") or ()
        ],
    }


def _rank(estimate: Mapping[str, Any]) -> tuple[bool, int]:
    """Order by grade; an estimate without any interval comes after all that have one."""
    return (not has_interval(estimate), GRADES.index(estimate["grade"]))


def _displacement(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the counts of box and rings with their net changes; None without rows."""
    rows = []
    for row in given.get("rows") or ():
        counts = {name: finite(row.get(name)) for name in _RING_COUNTS}
        known = None not in counts.values()
        rows.append({
            "ring": str(row["ring"]), **counts,
            "net": _net(counts) if known else None,
        })  # fmt: skip
    if not rows:
        return None
    return {
        "rows": rows,
        **{name: finite(given.get(name)) for name in ("wdd", "wdd_low", "wdd_high", "wdq", "tne")},
        "wdq_note": str(given.get("wdq_note") or ""),
        "notes": [str(note) for note in given.get("notes") or ()],
    }


def _net(counts: Mapping[str, Any]) -> float:
    """Return the change of the treated less that of their controls."""
    treated = counts["treated_after"] - counts["treated_before"]
    return float(treated - (counts["control_after"] - counts["control_before"]))
