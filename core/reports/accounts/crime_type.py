"""The crime type report: what each type was given, beside what was forecast and reported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.reports.accounts.crime_type_facts import crime_type_facts
from evenbeat.core.reports.accounts.crime_type_figures import (
    delivery_figure,
    shares_figure,
    spread_figure,
)
from evenbeat.core.reports.accounts.crime_type_words import (
    answer,
    district_label,
    largest_gaps,
    needs,
    type_label,
)
from evenbeat.core.reports.accounts.edition import Edition, write_report

if TYPE_CHECKING:
    import pandas as pd

KIND = "crime_type"
_PLAIN = (
    "crime_type", "assignments", "visited", "partly_visited", "not_visited", "planned_minutes",
    "delivered_minutes", "officer_minutes", "activities", "logged_minutes", "expected",
    "severity_expected", "incidents", "severity",
)  # fmt: skip
_SHARES = ("planned_minutes", "delivered_minutes", "severity_expected", "severity", "incidents")
_SPREAD = (
    "mean", "median", "quarter_low", "quarter_high", "tenth_low", "tenth_high", "most",
    "shifts_with_minutes",
)  # fmt: skip


def crime_type_report(
    folder: Path,
    *,
    edition: Edition,
    delivered: pd.DataFrame,
    units: pd.DataFrame,
    activities: pd.DataFrame,
    incidents: pd.DataFrame,
    forecast: pd.DataFrame,
) -> list[Path]:
    """Write the crime type report as a page, JSON and tables; return their paths.

    Parameters
    ----------
    folder
        Where to write.
    edition
        What stands at the top of the page.
    delivered, units, activities
        The tables `DELIVERED`, `UNITS` and `ACTIVITIES` of the period.
    incidents, forecast
        `INCIDENTS_SEEN` and `FORECAST_SEEN` of the same days, all modelled types.

    Raises
    ------
    InputError
        A table lacks a column.
    """
    facts = crime_type_facts(
        delivered=delivered, units=units, activities=activities, incidents=incidents,
        forecast=forecast,
    )  # fmt: skip
    per_officer = facts.pop("per_officer")
    document = {
        **facts,
        "answer": answer(facts),
        "gaps": largest_gaps(facts),
        "needs": needs(facts),
    }
    types = facts["types"]
    figures = {
        "spread": spread_figure(types, name="spread"),
        "delivery": delivery_figure(types, name="delivery"),
        "shares": shares_figure(types, name="shares"),
    }
    return write_report(
        folder,
        edition=edition,
        kind=KIND,
        template="accounts_crime_type.html",
        document=_labelled(document),
        tables=_tables(facts, per_officer),
        figures={name: figure for name, figure in figures.items() if figure is not None},
    )


def _labelled(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with types and districts named for people."""
    types = [{**row, "label": type_label(row["crime_type"])} for row in document["types"]]
    districts = [
        {**row, "label": district_label(row["district_id"])} for row in document["districts"]
    ]
    return {**document, "types": types, "districts": districts}


def _tables(facts: dict[str, Any], per_officer: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    """Return the numbers as tables: types, types by district, and minutes per officer by shift."""
    import pandas as pd

    types = [
        {
            **{name: row[name] for name in _PLAIN},
            **{f"share_of_{name}": row["shares"][name] for name in _SHARES},
            **{f"per_officer_{name}": (row["per_officer"] or {}).get(name) for name in _SPREAD},
        }
        for row in facts["types"]
    ]
    squares = [
        {"district_id": row["district_id"], **square}
        for row in facts["districts"]
        for square in row["types"]
    ]
    columns = [*_PLAIN, *(f"share_of_{name}" for name in _SHARES),
               *(f"per_officer_{name}" for name in _SPREAD)]  # fmt: skip
    return {
        "types": pd.DataFrame(types, columns=columns),
        "districts": pd.DataFrame(squares, columns=[
            "district_id", "crime_type", "assignments", "planned_minutes", "delivered_minutes",
            "delivered_of_planned"]),
        "minutes-per-officer": pd.DataFrame(per_officer, columns=[
            "service_date", "shift", "crime_type", "minutes_per_officer"]),
    }  # fmt: skip
