"""The report of officers, or of units: own minutes and assignments; no crime and no ranking."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from evenbeat.core.errors import InputError
from evenbeat.core.reports.accounts.edition import Edition, write_report
from evenbeat.core.reports.accounts.officer_facts import (
    By,
    account_rows,
    own_minutes,
    tactic_columns,
)
from evenbeat.core.reports.accounts.tactic_figures import WIDTH
from evenbeat.core.reports.figures import ACCENT, figure_style, figure_svg, new_figure
from evenbeat.core.reports.page import number

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

_FEWEST = 8
"""Fewer than these would be a list of persons, not a spread."""
_MOST_BINS = 12
_OF_PAGE = ("by_tactic", "label")


def officer_report(
    folder: Path,
    *,
    edition: Edition,
    officers: pd.DataFrame | None,
    activities: pd.DataFrame,
    units: pd.DataFrame,
    delivered: pd.DataFrame,
    by: By,
) -> list[Path]:
    """Write the report by officer, or by unit without any officer in it; return the paths.

    Rows stand in the order of the alphabet. Nothing of crime is in any file. Who may read the
    report by officer is decided by the caller; its files are named ``officer``, those by unit
    ``unit``.

    Parameters
    ----------
    folder
        Where to write.
    edition
        The header.
    officers
        Who took part in which activity; None, or not read, by unit.
    activities, units, delivered
        Tables in the declared columns.
    by
        ``officer`` or ``unit``.

    Raises
    ------
    InputError
        ``by`` is something else, or there is no table of officers to tell by.
    """
    if by not in get_args(By) or (by == "officer" and officers is None):
        raise InputError(
            f"The report is by 'officer' or 'unit', got {by!r}"
            f"{'' if officers is not None else ' without a table of officers'}. Give the table of"
            " officers, or choose 'unit'."
        )
    told = own_minutes(activities, officers, by)
    tactics = tactic_columns(told)
    rows = account_rows(told, units=units, delivered=delivered, by=by, tactics=tactics)
    totals = {
        "rows": len(rows), "activities": int(told["activity_id"].nunique()),
        "directed_minutes": float(told["minutes"].sum()),
        "by_tactic": [sum(row["by_tactic"][at] for row in rows) for at in range(len(tactics))],
    }  # fmt: skip
    document = {"by": by, "tactics": tactics, "rows": rows, "totals": totals,
                "sentence": _in_one_sentence(by, totals)}  # fmt: skip
    spread = spread_figure([row["directed_per_hour"] for row in rows], by=by, name="spread")
    return write_report(
        folder, edition=edition, kind=by, template="accounts_officer.html", document=document,
        tables=_tables(rows, tactics), figures={"spread": spread} if spread else {},
    )  # fmt: skip


def _in_one_sentence(by: By, totals: dict[str, Any]) -> str:
    if not totals["activities"]:
        return "No directed patrol was logged in this period."
    return (
        f"{number(totals['rows'])} {by}{'' if totals['rows'] == 1 else 's'},"
        f" {number(totals['activities'])} logged activities,"
        f" {number(totals['directed_minutes'])} {by}-minutes of directed patrol."
    )


def _tables(rows: Sequence[dict[str, Any]], tactics: Sequence[str]) -> dict[str, pd.DataFrame]:
    import pandas as pd

    account = pd.DataFrame(
        [{key: value for key, value in row.items() if key not in _OF_PAGE} for row in rows],
        columns=["who", "shifts", "activities", "directed_minutes", "non_enforcement_share",
                 "assigned", "completed", "uncommitted_hours", "directed_per_hour"],
    )  # fmt: skip
    minutes = [
        {"who": row["who"], "tactic": tactic, "minutes": own}
        for row in rows
        for tactic, own in zip(tactics, row["by_tactic"], strict=True)
    ]
    named = pd.DataFrame(minutes, columns=["who", "tactic", "minutes"])
    return {"account": account, "minutes": named}


def spread_figure(ratios: Sequence[float | None], *, by: By, name: str) -> Markup | None:
    """Draw how directed minutes for each free hour are spread, without saying whose is which.

    Parameters
    ----------
    ratios
        Of each officer or unit; None is left out.
    by
        What is counted.
    name
        Unique on the page.

    Returns
    -------
    The figure; None where there are too few for a spread.
    """
    known = np.array([ratio for ratio in ratios if ratio is not None], dtype=np.float64)
    if len(known) < _FEWEST or known.max() <= 0:
        return None
    with figure_style():
        figure = new_figure(WIDTH, 1.9)
        panel = figure.subplots()
        counts, edges = np.histogram(known, bins=_edges(known))
        panel.stairs(counts, edges, fill=True, color=ACCENT)
        panel.set_xlim(0, edges[-1])
        panel.locator_params(axis="y", nbins=4, integer=True)
        panel.set_xlabel("directed minutes for each uncommitted hour")
        panel.set_ylabel(f"{by}s")
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
    alt = (
        f"Directed minutes for each uncommitted hour of {len(known)} {by}s: half of them from"
        f" {low:.1f} to {high:.1f}, the middle one {middle:.1f}; at most {int(counts.max())} {by}s"
        " in one bar."
    )
    return figure_svg(figure, name=name, alt=alt)


def _edges(known: Any) -> Any:
    """Return ends of bars from 0 on, of one round width."""
    top = float(known.max())
    steps = (width * 10.0**power for power in range(-3, 6) for width in (1, 2, 5))
    step = next(step for step in steps if step * _MOST_BINS > top)
    return step * np.arange(int(top // step) + 2)
