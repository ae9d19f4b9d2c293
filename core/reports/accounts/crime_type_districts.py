"""Dose by district and crime type, planned and delivered, beside forecast and reported crime."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def share_of(part: float, whole: float) -> float | None:
    """Return a part of a whole; None where the whole is nothing.

    Examples
    --------
    >>> share_of(3.0, 12.0), share_of(0.0, 0.0)
    (0.25, None)
    """
    return float(part / whole) if whole > 0 else None


def district_facts(
    boxes: pd.DataFrame,
    seen: pd.DataFrame,
    expected: pd.DataFrame,
    *,
    kinds: Sequence[str],
    totals: dict[str, Any],
) -> list[dict[str, Any]]:
    """Return one entry for each district with boxes, a forecast or incidents, in natural order.

    Parameters
    ----------
    boxes, seen, expected
        The tables of assignments, incidents and forecasts, checked.
    kinds
        Crime types in the order of the page.
    totals
        Sums of the whole period, by which shares are taken.

    Returns
    -------
    For each: ``district_id``, ``planned_minutes``, ``delivered_minutes``, ``shares`` and, in
    ``types``, planned and delivered minutes of each type.
    """
    names = {*boxes["district_id"], *seen["district_id"], *expected["district_id"]}
    return [
        _district(
            name,
            boxes[boxes["district_id"] == name],
            seen[seen["district_id"] == name],
            expected[expected["district_id"] == name],
            kinds,
            totals,
        )
        for name in sorted(names, key=_natural)
    ]


def _natural(name: str) -> tuple[bool, int, str]:
    """Order numbers as numbers, names after them, and what has no district last."""
    return (name == "", int(name) if name.isdecimal() else 10**9, name)


def _district(
    name: str,
    own: pd.DataFrame,
    reported: pd.DataFrame,
    forecast: pd.DataFrame,
    kinds: Sequence[str],
    totals: dict[str, Any],
) -> dict[str, Any]:
    sums = {
        "planned_minutes": float(own["planned_minutes"].sum()),
        "delivered_minutes": float(own["presence_minutes"].sum()),
        "severity_expected": float(forecast["severity_expected"].sum()),
        "severity": float(reported["severity"].sum()),
        "incidents": len(reported),
    }
    return {
        "district_id": name,
        "assignments": len(own),
        **sums,
        "delivered_of_planned": share_of(sums["delivered_minutes"], sums["planned_minutes"]),
        "shares": {key: share_of(value, totals[key]) for key, value in sums.items()},
        "types": [_square(kind, own[own["dominant_type"] == kind]) for kind in kinds],
    }


def _square(kind: str, own: pd.DataFrame) -> dict[str, Any]:
    planned = float(own["planned_minutes"].sum())
    delivered = float(own["presence_minutes"].sum())
    return {
        "crime_type": kind,
        "assignments": len(own),
        "planned_minutes": planned,
        "delivered_minutes": delivered,
        "delivered_of_planned": share_of(delivered, planned),
    }
