"""Boxes as rows of the assignments table: figures, reasons, tactics, geometry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.grid import Grid
from evenbeat.core.planning.metering.caps import Dose
from evenbeat.core.policy.tactics import Tactic, TacticsLibrary
from evenbeat.core.shifts import Shift

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

PROPOSED = "proposed"
_TEXT, _WHOLE, _REAL = "str", "int64", "float64"
_BEFORE = {
    "assignment_id": _TEXT, "run_id": _TEXT, "service_date": _TEXT, "shift": _TEXT,
    "shift_start": _TEXT, "shift_end": _TEXT, "district_id": _TEXT, "neighbourhood": _TEXT,
    "unit": _TEXT, "rank": _WHOLE, "row": _WHOLE, "column": _WHOLE, "cells": _TEXT,
    "status": _TEXT, "chosen_by": _TEXT, "chance": _REAL, "visits": _WHOLE, "visit_minutes": _REAL,
    "minutes": _REAL, "visit_gap_hours": _REAL, "priority": _REAL, "share_of_district": _REAL,
    "percentile": _REAL, "z_score": _REAL, "dominant_type": _TEXT, "expected_total": _REAL,
}  # fmt: skip
_AFTER = {
    "tactics": _TEXT, "why": _TEXT, "instead": _TEXT, "past_dose": _TEXT,
    "days_in_last_7": _WHOLE, "days_in_last_28": _WHOLE, "easting": _REAL, "northing": _REAL,
}  # fmt: skip


def assignment_dtypes(crime_types: Sequence[str]) -> dict[str, str]:
    """Return the columns of the assignments table and their dtypes, without the geometry."""
    expected = {f"expected_{name}": _REAL for name in crime_types}
    shares = {f"share_{name}": _REAL for name in crime_types}
    return {**_BEFORE, **expected, **shares, **_AFTER}


@dataclass(frozen=True)
class BoxFacts:
    """The figures of the boxes of one shift, one entry per box.

    Parameters
    ----------
    priority, share_of_district
        The priority of the box's cells together, and its share of the sum over the district's.
    percentile
        Of its seed: share of the jurisdiction's cells with less priority, equal ones counted
        half, times 100.
    z_score
        Of its seed: priority less the mean of the jurisdiction's cells, in their standard
        deviations.
    expected
        Shape ``(crime_type, box)``: expected incidents in the box on the shift.
    shares
        Shape ``(crime_type, box)``: the part of the box's priority that comes from a type.
    """

    priority: npt.NDArray[np.float64]
    share_of_district: npt.NDArray[np.float64]
    percentile: npt.NDArray[np.float64]
    z_score: npt.NDArray[np.float64]
    expected: npt.NDArray[np.float64]
    shares: npt.NDArray[np.float64]

    @classmethod
    def of(
        cls,
        *,
        surface: npt.NDArray[np.float32],
        counts: npt.NDArray[np.float32],
        weights: npt.NDArray[np.float64],
        grid: Grid,
        boxes: Sequence[tuple[int, ...]],
    ) -> BoxFacts:
        """Compute the figures of boxes.

        Parameters
        ----------
        surface
            The shift's priority, ``(height, width)``.
        counts
            The shift's expected counts, ``(crime_type, height, width)``.
        weights
            ``(crime_type, box)``: what an expected incident of a type weighs in each box.
        grid
            The study's grid.
        boxes
            The flat cells of each box, its seed first.
        """
        home = grid.district.reshape(-1)
        seeds = np.array([cells[0] for cells in boxes], dtype=np.int64)
        flat = surface.reshape(-1).astype(np.float64)
        inside = flat[grid.inside_index]
        priority = np.array([flat[list(cells)].sum() for cells in boxes])
        totals = np.bincount(
            home[grid.inside_index], weights=inside, minlength=len(grid.district_ids)
        ).astype(np.float64)
        ascending = np.sort(inside)
        below = np.searchsorted(ascending, flat[seeds], side="left")
        up_to = np.searchsorted(ascending, flat[seeds], side="right")
        spread = float(inside.std())
        layers = counts.reshape(len(counts), -1).astype(np.float64)
        columns = [layers[:, list(cells)].sum(axis=1) for cells in boxes]
        expected = np.array(columns).reshape(len(boxes), len(counts)).T
        parts = expected * weights
        whole = parts.sum(axis=0)
        district_total = totals[home[seeds]]
        return cls(
            priority, _ratio(priority, district_total),
            100.0 * (below + up_to) / (2 * len(inside)),
            (flat[seeds] - inside.mean()) / spread if spread > 0 else np.zeros(len(boxes)),
            expected, _ratio(parts, np.broadcast_to(whole, parts.shape)),
        )  # fmt: skip


def _ratio(
    part: npt.NDArray[np.float64], whole: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return parts of wholes; an explored box may lie where nothing at all is expected."""
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


@dataclass(frozen=True)
class ChosenBox:
    """One box of a shift and how it came to be.

    Parameters
    ----------
    cells
        Flat cells, the seed first.
    district, neighbourhood, unit
        Whose it is.
    rank
        Place within the district, from 1, by priority.
    chosen_by, chance
        The draw that it was in and its chance there.
    visits
        Visits that fit; its minutes follow.
    reasons, instead, surroundings
        Why it is likely to see crime, what was not chosen near it, and what is in it or beside.
    past_dose
        What it was given before.
    """

    cells: tuple[int, ...]
    district: int
    neighbourhood: str
    unit: str
    rank: int
    chosen_by: str
    chance: float
    visits: int
    reasons: Sequence[dict[str, Any]]
    instead: dict[str, Any] | None
    surroundings: Sequence[str]
    past_dose: dict[str, Any]


def box_rows(
    boxes: Sequence[ChosenBox],
    facts: BoxFacts,
    *,
    shift: Shift,
    dose: Dose,
    tactics: TacticsLibrary,
    grid: Grid,
    run_id: str,
    edition: int,
    crime_types: Sequence[str],
    zone: ZoneInfo,
) -> list[dict[str, Any]]:
    """Return one row of the assignments table per box, without geometry."""
    date = shift.service_date.isoformat()
    again = "" if edition == 1 else f"-plan{edition}"
    same = {
        "run_id": run_id, "service_date": date, "shift": shift.name,
        "shift_start": shift.start.astimezone(zone).isoformat(),
        "shift_end": shift.end.astimezone(zone).isoformat(),
        "status": PROPOSED, "visit_minutes": float(dose.visit_minutes),
        "visit_gap_hours": float(dose.visit_gap_hours),
    }  # fmt: skip
    width = grid.shape[1]
    rows = []
    for i, box in enumerate(boxes):
        row, column = divmod(box.cells[0], width)
        district_id = grid.district_ids[box.district]
        dominant = crime_types[int(np.argmax(facts.shares[:, i]))]
        rows.append({
            **same,
            "assignment_id": f"{date}-{shift.name}-{district_id}-{box.rank:02d}{again}",
            "district_id": district_id, "neighbourhood": box.neighbourhood, "unit": box.unit,
            "rank": box.rank, "row": row, "column": column,
            "cells": _json([divmod(cell, width) for cell in box.cells]),
            "chosen_by": box.chosen_by, "chance": box.chance,
            "visits": box.visits, "minutes": box.visits * float(dose.visit_minutes),
            "priority": facts.priority[i], "share_of_district": facts.share_of_district[i],
            "percentile": facts.percentile[i], "z_score": facts.z_score[i],
            "dominant_type": dominant, "expected_total": facts.expected[:, i].sum(),
            **{f"expected_{n}": facts.expected[t, i] for t, n in enumerate(crime_types)},
            **{f"share_{n}": facts.shares[t, i] for t, n in enumerate(crime_types)},
            "tactics": _json([_tactic(t) for t in tactics.for_box(dominant, box.surroundings)]),
            "why": _json(list(box.reasons)), "instead": _json(box.instead),
            "past_dose": _json(box.past_dose),
            "days_in_last_7": box.past_dose["days_in_last_7"] + 1,
            "days_in_last_28": box.past_dose["days_in_last_28"] + 1,
            "easting": grid.eastings[column], "northing": grid.northings[row],
        })  # fmt: skip
    return rows


def to_assignments(
    rows: Sequence[dict[str, Any]],
    crime_types: Sequence[str],
    outlines: Sequence[BaseGeometry],
    crs: str,
) -> GeoDataFrame:
    """Return rows as the assignments table with the boxes' outlines; none give an empty one."""
    import pandas as pd
    from geopandas import GeoDataFrame

    dtypes = assignment_dtypes(crime_types)
    table = pd.DataFrame(list(rows), columns=list(dtypes)).astype(dtypes)
    return GeoDataFrame(table, geometry=list(outlines), crs=crs)


def cell_squares(grid: Grid, cells: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    """Return the squares of flat cells as polygons."""
    import shapely

    row, column = np.divmod(cells, grid.shape[1])
    half = grid.cell_size / 2
    easting, northing = grid.eastings[column], grid.northings[row]
    squares: npt.NDArray[np.object_] = shapely.box(
        easting - half, northing - half, easting + half, northing + half
    )
    return squares


def _tactic(tactic: Tactic) -> dict[str, Any]:
    return {
        "id": tactic.id, "name": tactic.name, "text": tactic.text,
        "enforcement": tactic.enforcement,
    }  # fmt: skip


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
