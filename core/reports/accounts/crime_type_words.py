"""Words of the crime type page: where dose, forecast and reported crime part, without blame."""

from __future__ import annotations

from typing import Any

from evenbeat.core.reports.page import number, percent, words

_CLEAR_SHARE = 0.05
"""Five points: a gap that a few boxes or reports would not close."""
_MOST_GAPS = 4


def type_label(kind: str) -> str:
    """Return a crime type for people.

    Examples
    --------
    >>> type_label("motor_vehicle_theft"), type_label("")
    ('motor vehicle theft', 'no type named')
    """
    return words(kind) or "no type named"


def district_label(name: str) -> str:
    """Return a district for people.

    Examples
    --------
    >>> district_label("7"), district_label("")
    ('7', 'outside all districts')
    """
    return name or "outside all districts"


def answer(facts: dict[str, Any]) -> str:
    """Return the first sentence of the page: what took most of the dose, and what it is for.

    Parameters
    ----------
    facts
        As `crime_type_facts` gives them.
    """
    totals, types = facts["totals"], facts["types"]
    if not totals["delivered_minutes"] > 0:
        return "Cannot tell: no minutes in assigned boxes were measured in this period."
    most = types[0]
    dose = percent(most["shares"]["delivered_minutes"], 0)
    text = (
        f"{_capital(most['crime_type'])} boxes took {dose} of the dose;"
        f" {_share(most, 'severity_expected')} of the forecast severity is"
        f" {type_label(most['crime_type'])}."
    )
    below = [gap for gap in largest_gaps(facts) if gap["points"] < 0]
    return f"{text} Furthest below the forecast: {below[0]['short']}." if below else text


def largest_gaps(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the types whose share of the dose is furthest from their share of the forecast.

    Only gaps of at least five percentage points are told, the largest first.

    Parameters
    ----------
    facts
        As `crime_type_facts` gives them.

    Returns
    -------
    For each: ``crime_type``, ``points`` (share of the dose less share of the forecast severity, in
    percentage points), ``short`` and ``sentence``.
    """
    told = []
    for row in facts["types"]:
        shares = row["shares"]
        dose, harm = shares["delivered_minutes"], shares["severity_expected"]
        if dose is None or harm is None or abs(dose - harm) < _CLEAR_SHARE:
            continue
        told.append({
            "crime_type": row["crime_type"], "points": 100 * (dose - harm),
            "short": f"{type_label(row['crime_type'])}, {percent(dose, 0)} of the dose against"
                     f" {percent(harm, 0)} of the forecast severity",
            "sentence": _gap_sentence(row, dose, harm),
        })  # fmt: skip
    ranked = sorted(told, key=lambda gap: (-round(abs(gap["points"]), 6), gap["crime_type"]))
    return ranked[:_MOST_GAPS]


def _gap_sentence(row: dict[str, Any], dose: float, harm: float) -> str:
    planned = row["shares"]["planned_minutes"]
    source = ""
    if planned is not None:
        near = abs(planned - dose) < _CLEAR_SHARE
        came = "the gap is in the plan" if near else "plan and delivery differ"
        source = f" {percent(planned, 0)} of the planned minutes were for it, so {came}."
    reported = _share(row, "severity")
    return (
        f"{_capital(row['crime_type'])}: {percent(dose, 0)} of the dose, {percent(harm, 0)} of the"
        f" forecast severity, {reported} of the reported severity.{source}"
    )


def needs(facts: dict[str, Any]) -> list[str]:
    """Return what is missing for the page to say more, each with what would mend it.

    Parameters
    ----------
    facts
        As `crime_type_facts` gives them.
    """
    totals, shifts = facts["totals"], facts["shifts"]
    told = []
    if not totals["assignments"]:
        told.append("No assignment stood in this period. Plan boxes, then measure the days.")
    elif not totals["delivered_minutes"] > 0:
        told.append(
            "No minutes in boxes were measured. Ingest the pings of these days, then measure them."
        )
    if not shifts["with_officers"]:
        told.append("Nobody was on duty by the pings, so there are no minutes per officer.")
    elif shifts["boxes_without_officers"]:
        count = shifts["boxes_without_officers"]
        told.append(
            f"{number(count)} {'shift' if count == 1 else 'shifts'} with boxes had nobody on duty"
            " by the pings and are left out of the minutes per officer."
        )
    if not totals["severity_expected"] > 0:
        told.append("There is no forecast for this period to compare the dose with.")
    if not totals["incidents"]:
        told.append("No incident of a modelled type was reported in this period.")
    return told


def _share(row: dict[str, Any], name: str) -> str:
    share = row["shares"][name]
    return "an unknown share" if share is None else percent(share, 0)


def _capital(kind: str) -> str:
    label = type_label(kind)
    return label[:1].upper() + label[1:]
