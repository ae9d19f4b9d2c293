"""Boxes as rows of the assignments table: figures, reasons, tactics, geometry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.grid import Grid
from evenbeat.core.planning.caps import Dose
from evenbeat.core.policy.tactics import Tactic, TacticsLibrary
from evenbeat.core.shifts import Shift

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from geopandas import GeoDataFrame

PROPOSED = "proposed"
_TEXT, _WHOLE, _REAL = "str", "int64", "float64"
_BEFORE = {
    "assignment_id": _TEXT, "run_id": _TEXT, "service_date": _TEXT, "shift": _TEXT,
    "shift_start": _TEXT, "shift_end": _TEXT, "district_id": _TEXT, "rank": _WHOLE,
    "row": _WHOLE, "column": _WHOLE, "status": _TEXT, "visits": _WHOLE, "visit_minutes": _REAL,
    "minutes": _REAL, "visit_gap_hours": _REAL, "priority": _REAL, "share_of_district": _REAL,
    "percentile": _REAL, "z_score": _REAL, "dominant_type": _TEXT, "expected_total": _REAL,
}  # fmt: skip
_AFTER = {
    "tactics": _TEXT, "why": _TEXT, "days_in_last_7": _WHOLE, "easting": _REAL, "northing": _REAL,
}  # fmt: skip


def assignment_dtypes(crime_types: Sequence[str]) -> dict[str, str]:
    """Return the columns of the assignments table and their dtypes, without the geometry."""
    expected = {f"expected_{name}": _REAL for name in crime_types}
    shares = {f"share_{name}": _REAL for name in crime_types}
    return {**_BEFORE, **expected, **shares, **_AFTER}


@dataclass(frozen=True)
class BoxFacts:
    """The figures of the boxes of one shift, one entry per box, districts in order.

    Parameters
    ----------
    cells, district, rank
        Flat cell, district index, and place within the district from 1.
    priority, share_of_district
        The box's priority, and its share of the sum over the district's cells.
    percentile
        Share of the jurisdiction's cells with less priority, equal ones counted half, times 100.
    z_score
        Priority less the mean of the jurisdiction's cells, in their standard deviations.
    expected
        Shape ``(crime_type, box)``: expected incidents in the box on the shift.
    shares
        Shape ``(crime_type, box)``: the part of the box's priority that comes from a type.
    """

    cells: npt.NDArray[np.int64]
    district: npt.NDArray[np.int64]
    rank: npt.NDArray[np.int64]
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
        cells: npt.NDArray[np.int64],
    ) -> BoxFacts:
        """Compute the figures of boxes that are grouped by district and in rank order.

        Parameters
        ----------
        surface
            The shift's priority, ``(height, width)``.
        counts
            The shift's expected counts, ``(crime_type, height, width)``.
        weights
            ``(crime_type, district)``.
        grid
            The study's grid.
        cells
            Flat indices of the boxes.
        """
        home = grid.district.reshape(-1)
        district = home[cells].astype(np.int64)
        rank = np.arange(len(cells)) - np.searchsorted(district, district, side="left") + 1
        inside = surface.reshape(-1)[grid.inside_index].astype(np.float64)
        priority = surface.reshape(-1)[cells].astype(np.float64)
        totals = np.bincount(
            home[grid.inside_index], weights=inside, minlength=len(grid.district_ids)
        )
        ascending = np.sort(inside)
        below = np.searchsorted(ascending, priority, side="left")
        up_to = np.searchsorted(ascending, priority, side="right")
        spread = float(inside.std())
        expected = counts.reshape(len(counts), -1)[:, cells].astype(np.float64)
        parts = expected * weights[:, district]
        return cls(
            cells, district, rank, priority, priority / totals[district],
            100.0 * (below + up_to) / (2 * len(inside)),
            (priority - inside.mean()) / spread if spread > 0 else np.zeros(len(cells)),
            expected, parts / parts.sum(axis=0),
        )  # fmt: skip


def box_rows(
    facts: BoxFacts,
    *,
    shift: Shift,
    dose: Dose,
    reasons: Sequence[Sequence[dict[str, Any]]],
    surroundings: Sequence[Sequence[str]],
    tactics: TacticsLibrary,
    grid: Grid,
    run_id: str,
    crime_types: Sequence[str],
    days_in_last_7: npt.NDArray[np.int64],
    zone: ZoneInfo,
) -> list[dict[str, Any]]:
    """Return one row of the assignments table per box, without geometry."""
    date = shift.service_date.isoformat()
    same = {
        "run_id": run_id, "service_date": date, "shift": shift.name,
        "shift_start": shift.start.astimezone(zone).isoformat(),
        "shift_end": shift.end.astimezone(zone).isoformat(),
        "status": PROPOSED, "visits": dose.visits, "visit_minutes": float(dose.visit_minutes),
        "minutes": float(dose.minutes), "visit_gap_hours": float(dose.visit_gap_hours),
    }  # fmt: skip
    rows = []
    for i, cell in enumerate(facts.cells.tolist()):
        row, column = divmod(cell, grid.shape[1])
        district_id, rank = grid.district_ids[facts.district[i]], int(facts.rank[i])
        dominant = crime_types[int(np.argmax(facts.shares[:, i]))]
        rows.append({
            **same,
            "assignment_id": f"{date}-{shift.name}-{district_id}-{rank:02d}",
            "district_id": district_id, "rank": rank, "row": row, "column": column,
            "priority": facts.priority[i], "share_of_district": facts.share_of_district[i],
            "percentile": facts.percentile[i], "z_score": facts.z_score[i],
            "dominant_type": dominant, "expected_total": facts.expected[:, i].sum(),
            **{f"expected_{n}": facts.expected[t, i] for t, n in enumerate(crime_types)},
            **{f"share_{n}": facts.shares[t, i] for t, n in enumerate(crime_types)},
            "tactics": _json([_tactic(t) for t in tactics.for_box(dominant, surroundings[i])]),
            "why": _json(list(reasons[i])), "days_in_last_7": int(days_in_last_7[i]),
            "easting": grid.eastings[column], "northing": grid.northings[row],
        })  # fmt: skip
    return rows


def to_assignments(
    rows: Sequence[dict[str, Any]], grid: Grid, crime_types: Sequence[str]
) -> GeoDataFrame:
    """Return rows as the assignments table with the boxes' squares; no rows give an empty one."""
    import pandas as pd
    from geopandas import GeoDataFrame

    dtypes = assignment_dtypes(crime_types)
    table = pd.DataFrame(list(rows), columns=list(dtypes)).astype(dtypes)
    cells = table["row"].to_numpy() * grid.shape[1] + table["column"].to_numpy()
    return GeoDataFrame(table, geometry=cell_squares(grid, cells), crs=grid.crs)


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
