"""Dose, forecast and reported crime by type: the numbers of the crime type page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.dosage.tables import ACTIVITIES, DELIVERED, UNITS, Column, PatrolTable
from evenbeat.core.reports.accounts.crime_type_districts import district_facts, share_of

if TYPE_CHECKING:
    import pandas as pd

_WHEN = (
    Column("service_date", "text", "day of service, YYYY-MM-DD"),
    Column("shift", "text", "name of the shift"),
)
_SHIFT = ["service_date", "shift"]

INCIDENTS_SEEN = PatrolTable(
    "incidents",
    "One row for each reported incident of a modelled type in the period.",
    (
        *_WHEN,
        Column("crime_type", "text", "crime type"),
        Column("district_id", "text", "district; empty outside all"),
        Column("row", "count", "row of the cell"),
        Column("column", "count", "column of the cell"),
        Column("severity", "real", "severity weight of the incident"),
    ),
)

FORECAST_SEEN = PatrolTable(
    "forecast",
    "What was expected in each shift, district and crime type of the period.",
    (
        *_WHEN,
        Column("district_id", "text", "district; empty outside all"),
        Column("crime_type", "text", "crime type"),
        Column("expected", "real", "expected incidents"),
        Column("severity_expected", "real", "expected incidents, each times its severity weight"),
    ),
)


def crime_type_facts(
    *,
    delivered: pd.DataFrame,
    units: pd.DataFrame,
    activities: pd.DataFrame,
    incidents: pd.DataFrame,
    forecast: pd.DataFrame,
) -> dict[str, Any]:
    """Return the dose of each crime type beside what was planned, forecast and reported.

    The minutes of a box belong to its dominant type as a whole. Delivered minutes are presence
    minutes: a box counts once however many units stand in it. Minutes per officer are the officer
    minutes of a type in a shift, divided by the officers on duty in that shift; a shift without a
    box of the type counts as 0. A unit whose crew is not known counts as one officer.

    Parameters
    ----------
    delivered, units, activities
        The tables `DELIVERED`, `UNITS` and `ACTIVITIES`.
    incidents, forecast
        The tables `INCIDENTS_SEEN` and `FORECAST_SEEN`.

    Returns
    -------
    Values for JSON: ``totals``, ``shifts``, ``types`` (most dose first), ``districts``, and
    ``per_officer``, one row for each shift and type. A share of nothing is None.

    Raises
    ------
    InputError
        A table lacks a column.
    """
    boxes, crews = DELIVERED.typed(delivered), UNITS.typed(units)
    logged, seen = ACTIVITIES.typed(activities), INCIDENTS_SEEN.typed(incidents)
    expected = FORECAST_SEEN.typed(forecast)
    officers = _officers_on_duty(crews)
    per_officer = _minutes_per_officer(boxes, officers)
    kinds = _kinds(boxes, seen, expected)
    totals = _totals(boxes, logged, seen, expected)
    types = [
        _type_facts(kind, boxes=boxes, logged=logged, seen=seen, expected=expected,
                    minutes=per_officer, totals=totals)
        for kind in kinds
    ]  # fmt: skip
    assigned = set(boxes.groupby(_SHIFT).groups)
    return {
        "totals": totals,
        "shifts": {
            "with_officers": len(officers),
            "boxes_without_officers": len(assigned - set(officers.index)),
            "officers": float(officers.mean()) if len(officers) else None,
            "units_without_crew": int((~(crews["crew"] > 0)).sum()),
        },
        "types": types,
        "districts": district_facts(boxes, seen, expected, kinds=kinds, totals=totals),
        "per_officer": _rows(per_officer),
    }


def _rows(per_officer: pd.DataFrame) -> list[dict[str, Any]]:
    """Return minutes per officer as one row for each shift and type."""
    shifts, values = per_officer.index.to_frame(index=False), per_officer.to_numpy()
    return [
        {"service_date": str(shifts["service_date"][at]), "shift": str(shifts["shift"][at]),
         "crime_type": str(kind), "minutes_per_officer": float(values[at, column])}
        for at in range(len(shifts))
        for column, kind in enumerate(per_officer.columns)
    ]  # fmt: skip


def _kinds(boxes: pd.DataFrame, seen: pd.DataFrame, expected: pd.DataFrame) -> list[str]:
    """Return all types, by delivered minutes, then by what was forecast, then by name."""
    dose = boxes.groupby("dominant_type")["presence_minutes"].sum()
    harm = expected.groupby("crime_type")["severity_expected"].sum()
    names = {*dose.index, *harm.index, *seen["crime_type"]}
    return sorted(names, key=lambda kind: (-dose.get(kind, 0.0), -harm.get(kind, 0.0), kind))


def _officers_on_duty(crews: pd.DataFrame) -> pd.Series:
    """Return the officers of each shift in which anybody was on duty."""
    present = crews[crews["on_duty_minutes"] > 0]
    crew = present["crew"].where(present["crew"] > 0, 1.0)
    return crew.groupby([present["service_date"], present["shift"]]).sum()


def _minutes_per_officer(boxes: pd.DataFrame, officers: pd.Series) -> pd.DataFrame:
    """Return minutes per officer: a row for each shift on duty, a column for each type."""
    minutes = boxes.pivot_table(
        index=_SHIFT, columns="dominant_type", values="officer_minutes", aggfunc="sum"
    )
    return minutes.reindex(officers.index).fillna(0.0).div(officers, axis=0)


def _totals(
    boxes: pd.DataFrame, logged: pd.DataFrame, seen: pd.DataFrame, expected: pd.DataFrame
) -> dict[str, Any]:
    loose = logged[logged["dominant_type"] == ""]
    planned = float(boxes["planned_minutes"].sum())
    delivered = float(boxes["presence_minutes"].sum())
    return {
        "assignments": len(boxes),
        "planned_minutes": planned,
        "delivered_minutes": delivered,
        "delivered_of_planned": share_of(delivered, planned),
        "officer_minutes": float(boxes["officer_minutes"].sum()),
        "activities": len(logged),
        "logged_minutes": float(logged["minutes"].sum()),
        "activities_without_type": len(loose),
        "logged_minutes_without_type": float(loose["minutes"].sum()),
        "incidents": len(seen),
        "severity": float(seen["severity"].sum()),
        "expected": float(expected["expected"].sum()),
        "severity_expected": float(expected["severity_expected"].sum()),
    }


def _type_facts(
    kind: str,
    *,
    boxes: pd.DataFrame,
    logged: pd.DataFrame,
    seen: pd.DataFrame,
    expected: pd.DataFrame,
    minutes: pd.DataFrame,
    totals: dict[str, Any],
) -> dict[str, Any]:
    own = boxes[boxes["dominant_type"] == kind]
    reported = seen[seen["crime_type"] == kind]
    forecast = expected[expected["crime_type"] == kind]
    patrols = logged[logged["dominant_type"] == kind] if kind else logged[:0]
    sums = {
        "planned_minutes": float(own["planned_minutes"].sum()),
        "delivered_minutes": float(own["presence_minutes"].sum()),
        "officer_minutes": float(own["officer_minutes"].sum()),
        "severity_expected": float(forecast["severity_expected"].sum()),
        "expected": float(forecast["expected"].sum()),
        "severity": float(reported["severity"].sum()),
        "incidents": len(reported),
    }
    outcomes = own["outcome"].value_counts()
    return {
        "crime_type": kind,
        "assignments": len(own),
        **{name: int(outcomes.get(name, 0)) for name in ("visited", "partly_visited")},
        "not_visited": int(outcomes.get("not_visited", 0)),
        **sums,
        "delivered_of_planned": share_of(sums["delivered_minutes"], sums["planned_minutes"]),
        "shares": {name: share_of(value, totals[name]) for name, value in sums.items()},
        "per_officer": _spread(minutes[kind].to_numpy() if kind in minutes else None),
        "activities": len(patrols),
        "logged_minutes": float(patrols["minutes"].sum()),
        "tactics": _tactics(patrols),
    }


def _tactics(patrols: pd.DataFrame) -> list[dict[str, Any]]:
    """Return minutes by logged tactic, most first."""
    minutes = patrols.groupby("tactic")["minutes"].sum()
    ranked = sorted(minutes.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"tactic": str(name), "minutes": float(value)} for name, value in ranked]


def _spread(values: Any) -> dict[str, Any] | None:
    """Return average, median and spread over shifts; None where there is no shift to count."""
    if values is None or not len(values):
        return None
    ends = np.quantile(values, [0.1, 0.25, 0.5, 0.75, 0.9])
    return {
        "mean": float(values.mean()), "median": float(ends[2]),
        "quarter_low": float(ends[1]), "quarter_high": float(ends[3]),
        "tenth_low": float(ends[0]), "tenth_high": float(ends[4]),
        "most": float(values.max()), "shifts_with_minutes": int((values > 0).sum()),
    }  # fmt: skip
