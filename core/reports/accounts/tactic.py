"""The report of tactics: what was done, when, for which crime type, and what followed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import InputError
from evenbeat.core.reports.accounts.edition import Edition, write_report
from evenbeat.core.reports.accounts.tactic_facts import (
    FOLLOWED_COLUMNS,
    HOLD_OUTS,
    by_hour,
    by_type,
    followed_rows,
    tactic_rows,
)
from evenbeat.core.reports.accounts.tactic_figures import (
    clock_figure,
    followed_figure,
    minutes_figure,
)
from evenbeat.core.reports.page import number, percent

if TYPE_CHECKING:
    import pandas as pd


def tactic_report(
    folder: Path,
    *,
    edition: Edition,
    activities: pd.DataFrame,
    visits: pd.DataFrame,
    followed: pd.DataFrame,
    smallest_n: int = 20,
) -> list[Path]:
    """Write the report of tactics over a period; return the paths.

    Tactics stand in the order of their minutes everywhere, never in that of what followed.

    Parameters
    ----------
    folder
        Where to write.
    edition
        The header; its time zone is that of the hours.
    activities, visits
        Tables in the declared columns.
    followed
        Columns ``tactic``, ``hours`` (8 or 24), ``boxes``, ``incidents``, ``rate`` (incidents for
        each box), ``low`` and ``high`` (the ends of its interval); hold-outs under the tactic
        ``hold-outs``.
    smallest_n
        Of boxes, below which what followed is not told, on the page or in any file.

    Raises
    ------
    InputError
        A column of ``followed`` is missing, or ``smallest_n`` is below 1.
    """
    missing = [name for name in FOLLOWED_COLUMNS if name not in followed]
    if missing or smallest_n < 1:
        raise InputError(
            f"What followed lacks {missing}, with a smallest number of {smallest_n}. Give the"
            f" columns {list(FOLLOWED_COLUMNS)} and a smallest number of at least 1."
        )
    rows = tactic_rows(activities, visits)
    tactics = [row["tactic"] for row in rows]
    after = followed_rows(followed, tactics, smallest_n=smallest_n)
    hours = by_hour(activities, visits, edition.zone)
    totals = _totals(rows, visits)
    document: dict[str, Any] = {
        "sentence": _in_one_sentence(totals), "totals": totals, "tactics": rows,
        "by_type": by_type(activities, visits, tactics), "by_hour": hours, "followed": after,
        "followed_hours": sorted({row["hours"] for row in after}),
        "suppressed": sum(row["suppressed"] for row in after),
        "has_hold_outs": any(row["held_out"] for row in after), "smallest_n": smallest_n,
    }  # fmt: skip
    document["followed_rows"] = _side_by_side(after, document["followed_hours"])
    figures = {
        "minutes": minutes_figure(rows, name="minutes"),
        "clock": clock_figure(hours, name="clock"),
        "followed": followed_figure(after, name="followed"),
    }
    return write_report(
        folder, edition=edition, kind="tactic", template="accounts_tactic.html",
        document=document, tables=_tables(document),
        figures={name: figure for name, figure in figures.items() if figure},
    )  # fmt: skip


def _totals(rows: list[dict[str, Any]], visits: pd.DataFrame) -> dict[str, Any]:
    minutes = sum(row["minutes"] for row in rows)
    enforcing = sum(row["minutes"] for row in rows if row["enforcement"])
    return {
        "activities": sum(row["activities"] for row in rows), "minutes": minutes,
        "enforcement_minutes": enforcing,
        "non_enforcement_share": (minutes - enforcing) / minutes if minutes else None,
        "visits": len(visits), "visits_with_tactic": int((visits["tactic"] != "").sum()),
    }  # fmt: skip


def _in_one_sentence(totals: dict[str, Any]) -> str:
    if not totals["activities"]:
        return "No directed patrol was logged in this period."
    return (
        f"{number(totals['minutes'])} minutes in {number(totals['activities'])} logged activities;"
        f" {percent(totals['non_enforcement_share'])} of the minutes without enforcement."
    )


def _side_by_side(after: list[dict[str, Any]], spans: list[int]) -> list[dict[str, Any]]:
    """Return one row a tactic with what followed in each span of hours; None without one."""
    told: dict[str, dict[int, dict[str, Any]]] = {}
    for row in after:
        told.setdefault(row["tactic"], {})[row["hours"]] = row
    return [
        {"tactic": tactic, "held_out": tactic == HOLD_OUTS,
         "spans": [of_tactic.get(hours) for hours in spans]}
        for tactic, of_tactic in told.items()
    ]  # fmt: skip


def _tables(document: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Return the tables beside the page; what the page suppresses is not in them either."""
    import pandas as pd

    crossed = document["by_type"]
    types = [
        {"tactic": row["tactic"], "crime_type": kind, "minutes": minutes}
        for row in crossed["rows"]
        for kind, minutes in zip(crossed["types"], row["minutes"], strict=True)
    ]
    after = document["followed"]
    return {
        "tactics": pd.DataFrame(document["tactics"]),
        "types": pd.DataFrame(types, columns=["tactic", "crime_type", "minutes"]),
        "hours": pd.DataFrame({"hour": range(24), **document["by_hour"]}),
        "followed": pd.DataFrame(after, columns=[
            "tactic", "hours", "boxes", "suppressed", "incidents", "rate", "low", "high"]),
    }  # fmt: skip
