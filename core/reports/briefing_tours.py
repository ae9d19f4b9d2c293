"""What a briefing says of the order of visits, of review, and of how a box was chosen."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

VisitTimes = Mapping[str, Sequence[tuple[str, dt.datetime]]]

_CHOSEN = {
    "lottery": "Drawn by lot with a chance of {chance}, in proportion to its priority.",
    "exploration": "An exploration box: drawn evenly from all cells, whatever their risk, so that "
    "the forecast is also tried where it sees little.",
    "greedy": "Taken for its priority; no lot was drawn.",
    "optimal": "Taken as part of the set of boxes with the highest priority; no lot was drawn.",
    "custom": "Drawn on the map by a person.",
    "reviewer": "Placed here by a reviewer.",
}


def tours_of(
    rows: Sequence[Mapping[str, Any]], visits: VisitTimes, zone: ZoneInfo
) -> list[dict[str, Any]]:
    """Return the planned visits of a page's boxes, unit by unit in order of time.

    Parameters
    ----------
    rows
        The boxes of the page, with ``assignment_id`` and ``rank``.
    visits
        Assignment id -> (unit, start) of each visit.
    zone
        The agency's time zone.

    Returns
    -------
    ``unit`` and ``stops``, each with its local ``time`` and ``box``.
    """
    stops: dict[str, list[tuple[dt.datetime, int]]] = {}
    for row in rows:
        for unit, start in visits.get(str(row["assignment_id"]), ()):
            stops.setdefault(unit, []).append((start, int(row["rank"])))
    return [
        {
            "unit": unit,
            "stops": [
                {"time": start.astimezone(zone).strftime("%H:%M"), "box": rank}
                for start, rank in sorted(of_unit)
            ],
        }
        for unit, of_unit in sorted(stops.items())
    ]


def review_words(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return how far the boxes of a page were reviewed; empty where all are approved."""
    open_ = sum(1 for row in rows if row["status"] != "approved")
    if not open_:
        return ""
    if open_ == len(rows):
        return "Not reviewed yet: these boxes are proposals of a computer. No person approved them."
    return f"{open_} of {len(rows)} boxes are not reviewed yet; they are marked as proposals."


def chosen_words(row: Mapping[str, Any]) -> str:
    """Return how a box was chosen."""
    chance = row.get("chance")
    told = f"{float(chance):.0%}" if chance is not None else ""
    return _CHOSEN[str(row["chosen_by"])].format(chance=told)


def instead_words(row: Mapping[str, Any]) -> str:
    """Return what was not chosen nearby, and why; empty where nothing was.

    A briefing does not tell which places are held out: patrol that knows them would spoil them.
    """
    instead = json.loads(row["instead"]) if row["instead"] else None
    if not instead:
        return ""
    if instead["decided_by"] != "hold_out":
        return str(instead["words"])
    before, _, _ = str(instead["words"]).partition(": ")
    return f"{before}: the lot did not fall on it."
