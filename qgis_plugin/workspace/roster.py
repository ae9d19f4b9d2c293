"""A roster from the rows of a layer: each unit once, with its district and shifts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qgis.core import QgsFeatureRequest, QgsVectorLayer


def rows_of(layer: QgsVectorLayer, columns: dict[str, str]) -> Iterable[dict[str, Any]]:
    """Yield the rows of a layer by the roster's names."""
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    for feature in layer.getFeatures(request):
        yield {ours: feature[theirs] for ours, theirs in columns.items() if theirs}


def units_of(
    rows: Iterable[dict[str, Any]], districts: set[str], shifts: set[str]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the units as the settings hold them, and what is wrong in words.

    Parameters
    ----------
    rows
        ``id``, ``district``, and where known ``shift`` and ``minutes``; a row a unit, or a row a
        unit and shift.
    districts, shifts
        The workspace's.
    """
    units: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for row in rows:
        name, district, shift = (_text(row.get(key)) for key in ("id", "district", "shift"))
        if not name:
            continue
        if districts and district not in districts:
            problems.append(f"{name}: there is no district {district!r}")
        if shift and shift not in shifts:
            problems.append(f"{name}: there is no shift {shift!r}")
        unit = units.setdefault(name, {"id": name, "district": district, "shifts": []})
        if unit["district"] != district:
            problems.append(f"{name}: is in district {unit['district']} and in {district}")
        if shift and shift not in unit["shifts"]:
            unit["shifts"].append(shift)
        minutes = _number(row.get("minutes"))
        if minutes is not None:
            unit["minutes"] = minutes
    kept = [{key: value for key, value in unit.items() if value != []} for unit in units.values()]
    return kept, list(dict.fromkeys(problems))


def _text(value: Any) -> str:
    """Return a cell as text; a number that is whole has no decimals."""
    if value is None or (hasattr(value, "isNull") and value.isNull()):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _number(value: Any) -> float | None:
    try:
        return float(_text(value))
    except ValueError:
        return None
