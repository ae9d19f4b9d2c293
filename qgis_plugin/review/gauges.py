"""Which caps concern a box, and how full they are."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

_NEIGHBOURHOOD = "neighbourhood "


def concerning(box: dict[str, Any], gauges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the gauges of a box, its unit, district and neighbourhood; the fullest first."""
    found = []
    for gauge in gauges:
        kind = gauge["of"].partition(", ")[2]
        if kind.startswith(_NEIGHBOURHOOD) and kind != _NEIGHBOURHOOD + str(box["neighbourhood"]):
            continue
        found.append(gauge)
    return sorted(found, key=how_full, reverse=True)


def how_full(gauge: dict[str, Any]) -> float:
    """Return how much of what is allowed is used; above 1 where it is broken."""
    if gauge["allowed"] > 0:
        return gauge["used"] / gauge["allowed"]
    return 2.0 if gauge["used"] > 0 else 0.0


def words_of(gauge: dict[str, Any], box: dict[str, Any]) -> str:
    """Return whose cap it is and which, in words."""
    whose = gauge["of"].partition(", ")[2]
    if gauge["of"] == box["assignment_id"]:
        whose = QCoreApplication.translate("Gauges", "this box")
    whose = whose or gauge["of"]
    return f"{whose[:1].upper()}{whose[1:]}: {gauge['words']}"
