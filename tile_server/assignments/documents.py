"""TileJSON of the assignments, and a MapLibre style that draws them."""

from __future__ import annotations

from typing import Any, Final

from evenbeat.core.store.outlines import ASSIGNMENT_COLUMNS
from evenbeat.tile_server.assignments.plans import Plan
from evenbeat.tile_server.assignments.vector_tiles import BOXES, POINTS

DEEPEST: Final = 16
_NUMBERS = {"rank", "visits", "visit_minutes", "minutes", "visit_gap_hours", "percentile"}
_LINE, _FILL, _HALO = "#1b3a5c", "#2f6db3", "#ffffff"


def tilejson(plan: Plan, address: str, *, deepest: int) -> dict[str, Any]:
    """Return TileJSON 3.0.

    Parameters
    ----------
    address
        Of the tiles, with ``{z}``, ``{x}`` and ``{y}``.
    deepest
        Last zoom that this client can ask for; clients enlarge its tiles for deeper ones.
    """
    west, south, east, north = plan.shapes().bounds
    fields = {
        name: "Number" if name in _NUMBERS else "String"
        for name in ASSIGNMENT_COLUMNS
        if any(name in properties for properties in plan.shapes().properties)
    }
    return {
        "tilejson": "3.0.0",
        "name": f"Approved assignments, {plan.date}, {plan.shift}",
        "description": "Boxes that a person approved for directed patrol in this shift.",
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [address],
        "minzoom": 0,
        "maxzoom": deepest,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, min(12, deepest)],
        "vector_layers": [
            {"id": BOXES, "description": "The boxes", "fields": fields,
             "minzoom": 0, "maxzoom": deepest},
            {"id": POINTS, "description": "A point in each box", "fields": fields,
             "minzoom": 0, "maxzoom": deepest},
        ],
    }  # fmt: skip


def maplibre_style(plan: Plan, address: str) -> dict[str, Any]:
    """Return a whole MapLibre style: outlines with a light fill, and dots on low zooms.

    Parameters
    ----------
    address
        Of the TileJSON.
    """
    west, south, east, north = plan.shapes().bounds
    return {
        "version": 8,
        "name": f"Approved assignments, {plan.date}, {plan.shift}",
        "center": [(west + east) / 2, (south + north) / 2],
        "zoom": 11,
        "sources": {"assignments": {"type": "vector", "url": address,
                                    "promoteId": "assignment_id"}},
        "layers": [
            {"id": "boxes", "type": "fill", "source": "assignments", "source-layer": BOXES,
             "paint": {"fill-color": _FILL, "fill-opacity": 0.25}},
            {"id": "outlines", "type": "line", "source": "assignments", "source-layer": BOXES,
             "layout": {"line-join": "round"},
             "paint": {"line-color": _LINE,
                       "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1, 15, 3]}},
            {"id": "dots", "type": "circle", "source": "assignments", "source-layer": POINTS,
             "maxzoom": 12,
             "paint": {"circle-color": _LINE, "circle-radius": 4, "circle-stroke-color": _HALO,
                       "circle-stroke-width": 1}},
        ],
    }  # fmt: skip
