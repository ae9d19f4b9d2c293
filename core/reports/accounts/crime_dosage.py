"""The crime and dosage report: one plain sentence with its grade, and all that stands behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.reports.accounts import crime_dosage_words as told_as
from evenbeat.core.reports.accounts.crime_dosage_cautions import (
    listed_notes,
    needs,
    warn_of_trend,
)
from evenbeat.core.reports.accounts.crime_dosage_displacement import tell_displacement
from evenbeat.core.reports.accounts.crime_dosage_facts import (
    GROUPS,
    crime_dosage_facts,
    has_interval,
)
from evenbeat.core.reports.accounts.crime_dosage_figures import (
    pre_trend_figure,
    rings_figure,
    weekly_figure,
)
from evenbeat.core.reports.accounts.crime_dosage_forest import forest_figure
from evenbeat.core.reports.accounts.edition import Edition, write_report
from evenbeat.core.reports.backtest_words import measure

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

KIND = "crime_dosage"
_ESTIMATE_COLUMNS = (
    "grade", "design", "outcome", "verdict", "treated_rate", "control_rate", "ratio", "ratio_low",
    "ratio_high", "difference", "difference_low", "difference_high", "p_value", "n_treated",
    "n_control", "events_treated", "events_control", "minimum_detectable_percent", "pre_trend_p",
    "sentence",
)  # fmt: skip
_WEEK_COLUMNS = (
    "week", "group", "box_shifts", "incidents", "severity", "presence_minutes",
    "incidents_per_1000_box_shifts", "minutes_per_box_shift",
)  # fmt: skip
_RING_COLUMNS = ("ring", "treated_before", "treated_after", "control_before", "control_after",
                 "net")  # fmt: skip
_TREND_COLUMNS = ("outcome", "design", "week", "difference", "low", "high")


def crime_dosage_report(
    folder: Path,
    *,
    edition: Edition,
    weekly: pd.DataFrame,
    estimates: Sequence[Mapping[str, Any]],
    displacement: Mapping[str, Any] | None,
    units_of_outcome: str,
) -> list[Path]:
    """Write the crime and dosage report as a page, JSON and tables; return their paths.

    Parameters
    ----------
    folder
        Where to write.
    edition
        What stands at the top of the page.
    weekly
        The table `WEEKLY`.
    estimates
        Estimates of effects as dictionaries, in the order of their weight within a grade.
    displacement
        ``rows`` for the box and each ring, with WDD, WDQ and TNE; None without.
    units_of_outcome
        What rates and differences of the estimates count, such as ``reported incidents in 1,000
        box-shifts``.

    Raises
    ------
    InputError
        The weeks lack a column, a week is no Monday, or a group, grade or verdict is not known.
    """
    facts = crime_dosage_facts(weekly=weekly, estimates=estimates, displacement=displacement)
    weeks = facts["sums"]["assigned"]["weeks"]
    best = facts["best"]
    document = {
        **facts,
        "units_of_outcome": units_of_outcome,
        "answer": told_as.plain_answer(facts),
        "estimates": [_worded(one) for one in facts["estimates"]],
        "grades": told_as.GRADE_MEANINGS,
        "groups": [{"group": group, "label": told_as.group_label(group)} for group in GROUPS],
        "detectable": told_as.detectable(best, weeks=weeks) if best else "",
        "displacement_findings": (
            tell_displacement(facts["displacement"]) if facts["displacement"] else []
        ),
        "needs": needs(facts),
        "notes": listed_notes(facts["estimates"]),
    }
    return write_report(
        folder,
        edition=edition,
        kind=KIND,
        template="accounts_crime_dosage.html",
        document=document,
        tables=_tables(facts),
        figures=_figures(facts),
    )


def _worded(estimate: Mapping[str, Any]) -> dict[str, Any]:
    """Return an estimate with the words that stand for it on the page."""
    asked = estimate["grade"] == "B" and (has_interval(estimate) or estimate["pre_trend"])
    return {
        **estimate,
        "label": told_as.outcome_label(estimate["outcome"]),
        "design_label": told_as.short_design(estimate["design"]),
        "rates": [measure(estimate[f"{side}_rate"]) for side in ("treated", "control")],
        "difference_text": told_as.signed_measure(estimate["difference"]),
        "interval": told_as.interval_text(estimate),
        "p_text": told_as.p_text(estimate["p_value"]),
        "trend": warn_of_trend(estimate) if asked else "",
    }


def _figures(facts: Mapping[str, Any]) -> dict[str, Markup]:
    """Return the figures that the numbers allow; a pre-trend is named after its estimate."""
    drawn = {
        "weekly": weekly_figure(facts["weeks"], name="weekly"),
        "forest": forest_figure(facts["estimates"], name="forest"),
        "rings": rings_figure((facts["displacement"] or {"rows": []})["rows"], name="rings"),
        **{
            f"trend_{place}": pre_trend_figure(one, name=f"trend{place}")
            for place, one in enumerate(facts["estimates"])
            if one["grade"] == "B"
        },
    }
    return {name: figure for name, figure in drawn.items() if figure is not None}


def _tables(facts: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Return the numbers as tables: weeks, estimates, pre-trend and rings."""
    import pandas as pd

    estimates = facts["estimates"]
    trend = [
        {"outcome": one["outcome"], "design": one["design"], **row}
        for one in estimates
        for row in one["pre_trend"]
    ]
    rings = (facts["displacement"] or {"rows": []})["rows"]
    return {
        "weeks": pd.DataFrame(facts["weeks"], columns=list(_WEEK_COLUMNS)),
        "estimates": pd.DataFrame(estimates, columns=list(_ESTIMATE_COLUMNS)),
        "pre-trend": pd.DataFrame(trend, columns=list(_TREND_COLUMNS)),
        "rings": pd.DataFrame(rings, columns=list(_RING_COLUMNS)),
    }
