"""The report of a shift: what was planned, what was delivered, where, when and why not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from evenbeat.core.grid import Grid
from evenbeat.core.progress import Progress, silent
from evenbeat.core.reports import wording
from evenbeat.core.reports.accounts.edition import Edition, write_report
from evenbeat.core.reports.accounts.edition_units import unit_labels
from evenbeat.core.reports.accounts.shift_facts import (
    assignment_rows,
    in_one_sentence,
    missed_reasons,
    of_shift,
    shift_totals,
)
from evenbeat.core.reports.accounts.timeline import stretches, timeline_figure, units_shown
from evenbeat.core.reports.accounts.tracks import (
    MINUTES_WORDS,
    MOST_NUMBERS,
    presence_classes,
    tracks_map,
)
from evenbeat.core.reports.maps import CLASS_COLOURS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from markupsafe import Markup

_FOOT = 0.3048
_FEET_WITHIN = 0.01


def shift_report(
    folder: Path,
    *,
    edition: Edition,
    date: dt.date,
    shift: str | None,
    delivered: pd.DataFrame,
    visits: pd.DataFrame,
    timeline: pd.DataFrame,
    tracks: pd.DataFrame,
    units: pd.DataFrame,
    presence: npt.NDArray[Any],
    grid: Grid,
    box_outlines: Mapping[str, Any],
    districts: gpd.GeoDataFrame | None,
    zone: ZoneInfo,
    progress: Progress = silent,
) -> list[Path]:
    """Write the report of one shift, or of all shifts of a day; return the paths.

    Parameters
    ----------
    folder
        Where to write.
    edition
        The header.
    date
        Day of service.
    shift
        Name of the shift; None for the whole day.
    delivered, visits, timeline, tracks, units
        Tables in the declared columns; rows of other days and shifts are left out.
    presence
        Minutes of presence in each cell in the shift or day, shape ``(height, width)``; NaN
        outside the jurisdiction.
    grid
        Of ``presence``.
    box_outlines
        Shape of each box by its assignment, in the grid's CRS.
    districts
        Their polygons, or None.
    zone
        The agency's time zone.
    progress
        Told of each figure.

    Raises
    ------
    GridError
        ``presence`` has another shape than the grid.
    """
    own = {
        name: of_shift(table, date, shift)
        for name, table in (("assignments", delivered), ("visits", visits),
                            ("timeline", timeline), ("tracks", tracks), ("units", units))
    }  # fmt: skip
    labels = unit_labels([*own["assignments"]["unit"], *own["timeline"]["unit"],
                          *own["tracks"]["unit"]])  # fmt: skip
    rows = assignment_rows(own["assignments"], zone, labels)
    told = stretches(own["timeline"])
    everyone = _units_of(own["units"], told)
    shown = units_shown(everyone)
    totals = shift_totals(rows, own["units"])
    document = {
        "date": date, "day": wording.day(date), "shift": shift,
        "shifts": list(dict.fromkeys(row["shift"] for row in rows)),
        "sentence": in_one_sentence(totals), "totals": totals, "assignments": rows,
        "reasons": missed_reasons(rows), "units_left_out": len(everyone) - len(shown),
        "units_shown": len(shown), "map_keys": _map_keys(presence, grid),
        "numbered": len(rows) <= MOST_NUMBERS,
        "has_tracks": bool(len(own["tracks"])), "has_timeline": bool(len(told)),
    }  # fmt: skip
    progress("drawing units over time", 0.2)
    figures: dict[str, Markup | None] = {
        "timeline": _timeline(told, shown, own["assignments"], zone, labels)
    }
    if rows or len(own["tracks"]) or np.nansum(presence) > 0:
        progress("drawing tracks over boxes", 0.4)
        figures["map"] = tracks_map(
            rows, presence=presence, grid=grid, outlines=box_outlines, tracks=own["tracks"],
            districts=districts, name="map", labels=labels,
            feet=abs(grid.metres_per_unit - _FOOT) < _FEET_WITHIN,
        )  # fmt: skip
    progress("writing the page", 0.9)
    return write_report(
        folder, edition=edition, kind="shift", template="accounts_shift.html", document=document,
        tables={name: own[name] for name in ("assignments", "visits", "units")},
        figures={name: figure for name, figure in figures.items() if figure},
    )  # fmt: skip


def _units_of(units: pd.DataFrame, told: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the district and name of each unit; its district is that of its longest shift."""
    longest = units.sort_values("on_duty_minutes", kind="stable").drop_duplicates(
        "unit", keep="last"
    )
    district = dict(zip(longest["unit"], longest["district_id"], strict=True))
    return sorted({(district.get(unit, ""), unit) for unit in told["unit"]})


def _timeline(
    told: pd.DataFrame, shown: list[tuple[str, str]], delivered: pd.DataFrame, zone: ZoneInfo,
    labels: Mapping[str, str],
) -> Markup | None:  # fmt: skip
    if not len(told):
        return None
    starts = sorted(set(delivered["shift_start_s"].dropna()))
    ends = sorted(set(delivered["shift_end_s"].dropna()))
    first = min([*starts[:1], float(told["start_s"].min())])
    last = max([*ends[-1:], float(told["end_s"].max())])
    return timeline_figure(told, rows=shown, first_s=first, last_s=last, edges_s=starts[1:],
                           zone=zone, labels=labels, name="timeline")  # fmt: skip


def _map_keys(presence: npt.NDArray[Any], grid: Grid) -> list[dict[str, str]]:
    """Return colour and words of each class of minutes that is on the map, fewest first."""
    classes = presence_classes(presence, grid)
    return [
        {"colour": colour, "text": text}
        for index, (colour, text) in enumerate(zip(CLASS_COLOURS, MINUTES_WORDS, strict=True))
        if (classes == index).any()
    ][::-1]
