"""What an analyst should look at first, in sentences with the numbers behind them."""

from __future__ import annotations

from typing import Any

import numpy as np

from evenbeat.core.ingest.reasons import in_words
from evenbeat.core.reports.description_facts import BY_CHANCE
from evenbeat.core.reports.page import number, percent, words

FEW_INCIDENTS = 60
"""Below this number of incidents no trees are trained for a type (``minimum_incidents``)."""
_HOUR_SHARE = 0.2
_MIDNIGHT_SHARE = 0.02
_DATE_SHARE = 0.02
_FIRST_OF_MONTH_FACTOR = 1.5
_POSITION_SHARE = 0.005
_DROP_SHARE = 0.005
_FEW_ROWS = 10
_BY_POLICY = ("refused_class", "refused_category")


def list_findings(facts: dict[str, Any], reports: list[dict[str, Any]]) -> list[str]:
    """Return what is unusual about the data, the most consequential first.

    Parameters
    ----------
    facts
        As `describe_incidents` gives them.
    reports
        Accounts of the files.
    """
    if not facts["incidents"]:
        return ["The store holds no incident, so nothing can be fitted or forecast."]
    return [
        *_volume(facts), *_time(facts), *_delay(facts), *_place(facts), *_rows(reports)
    ]  # fmt: skip


def _volume(facts: dict[str, Any]) -> list[str]:
    found = []
    few = [name for name, count in facts["counts_by_type"].items() if count < FEW_INCIDENTS]
    if few:
        found.append(
            f"Fewer than {FEW_INCIDENTS} incidents: {_listed(few)}. Such a type is forecast from"
            " smoothed counts alone."
        )
    totals: dict[str, int] = {}
    for months in facts["counts_by_month"].values():
        for month, count in months.items():
            totals[month] = totals.get(month, 0) + count
    typical = float(np.median(list(totals.values())))
    thin = [month for month, count in sorted(totals.items()) if 0 < count < typical / 2]
    if len(totals) > 3 and thin:
        found.append(
            f"Months with less than half of a typical month's {number(typical)} incidents:"
            f" {_listed(thin)}. A file may be missing, or the export may have begun or ended"
            " within the month."
        )
    empty = [month for month, count in sorted(totals.items()) if count == 0]
    if empty:
        found.append(f"Months without any incident: {_listed(empty)}. A file may be missing.")
    return found


def _time(facts: dict[str, Any]) -> list[str]:
    found = []
    by_type = {name: told for name, told in facts["heaping"].items() if name != "all"}
    rounded = _heaped(by_type, "on_the_hour", _HOUR_SHARE)
    if rounded:
        found.append(
            f"Times that stand exactly on the hour: {_listed(rounded)} (clocks alone would give"
            f" {percent(BY_CHANCE['on_the_hour'])}). Many are guesses, so read hours as about an"
            " hour wide."
        )
    at_midnight = _heaped(by_type, "at_midnight", _MIDNIGHT_SHARE)
    if at_midnight:
        found.append(
            f"Times that are exactly midnight: {_listed(at_midnight)} (clocks alone would give"
            f" {percent(BY_CHANCE['at_midnight'])}). Midnight often stands for an unknown time, and"
            " nights look busier than they are."
        )
    first = _heaped(by_type, "first_of_month", _FIRST_OF_MONTH_FACTOR * BY_CHANCE["first_of_month"])
    if first:
        found.append(
            f"Dates on the first of a month: {_listed(first)}"
            f" ({percent(BY_CHANCE['first_of_month'])} expected). Some of them are placeholders."
        )
    date_only = _heaped(by_type, "date_only", _DATE_SHARE)
    if date_only:
        found.append(
            f"Dates without a time: {_listed(date_only)}. They are spread over the day and say"
            " nothing about shifts."
        )
    return found


def _heaped(by_type: dict[str, Any], measure: str, limit: float) -> list[str]:
    """Return types of which a larger share is heaped than the limit, the largest share first.

    What chance may well give, three standard deviations of a count, is not told.
    """
    chance = BY_CHANCE.get(measure, 0.0)
    shares = []
    for name, told in by_type.items():
        share, rows = told[measure] or 0.0, told["rows"]
        is_clear = (share - chance) * rows > 3 * np.sqrt(max(chance * rows, 1.0))
        if rows >= FEW_INCIDENTS and share > limit and is_clear:
            shares.append((-share, name))
    return [f"{words(name)} {percent(-share)}" for share, name in sorted(shares)]


def _delay(facts: dict[str, Any]) -> list[str]:
    lags = facts["reporting_lag"]
    unknown = [name for name, lag in lags.items() if not lag["known"]]
    found = []
    if len(unknown) == len(lags):
        found.append(
            "No incident has a time of report. A forecast takes an incident as known when its"
            " window ends; set reporting_lag_days under [model] when the agency learns later."
        )
    elif unknown:
        found.append(f"No time of report for {_listed([words(name) for name in unknown])}.")
    late = [
        f"{words(name)} {percent(lag['over_a_week'], 0)}"
        for name, lag in lags.items()
        if (lag["over_a_week"] or 0) > 0.1
    ]
    if late:
        found.append(
            f"Reported more than a week later: {_listed(late)}. The newest weeks are incomplete for"
            " these types."
        )
    return found


def _place(facts: dict[str, Any]) -> list[str]:
    found = []
    most = facts["positions"]["most_used"]
    if most and most[0]["incidents"] > max(50, _POSITION_SHARE * facts["incidents"]):
        found.append(
            f"One position has {number(most[0]['incidents'])} incidents (easting"
            f" {most[0]['easting']}, northing {most[0]['northing']}). It may be a large venue, or"
            " where a geocoder puts what it cannot find: look at it on the map."
        )
    if set(facts["counts_by_geocode_quality"]) == {"unknown"}:
        found.append("The files do not say how well positions are known; cells below 100 m ask for"
                     " a precision that they may not have.")  # fmt: skip
    if set(facts["counts_by_geocode_quality"]) == {"block"}:
        found.append("Positions are moved within their block; cells below 100 m mean nothing.")
    return found


def _rows(reports: list[dict[str, Any]]) -> list[str]:
    found = []
    for report in reports:
        for reason, tally in report["dropped"].items():
            share = tally["count"] / max(report["rows_in"], 1)
            if reason not in _BY_POLICY and share > _DROP_SHARE and tally["count"] >= _FEW_ROWS:
                found.append(
                    f"{report.get('file') or report['name']}: {number(tally['count'])} rows"
                    f" ({percent(share)}) are left out because {in_words(reason)}."
                )
    return found


def _listed(names: list[str]) -> str:
    """Return names as a list in a sentence, at most eight of them."""
    shown = [*names[:8], f"{len(names) - 8} more"] if len(names) > 8 else names
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
