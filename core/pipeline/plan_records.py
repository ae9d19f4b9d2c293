"""Between the planning's tables and the database's rows."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from evenbeat.core.store.database import (
    AssignmentRecord,
    CandidateRecord,
    CurrentAssignment,
    VisitRecord,
)

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_SAME = (
    "assignment_id", "run_id", "shift", "shift_start", "shift_end", "district_id", "rank", "row",
    "column", "visits", "visit_minutes", "minutes", "visit_gap_hours", "priority",
    "share_of_district", "percentile", "z_score", "expected_total", "dominant_type",
    "days_in_last_7", "days_in_last_28", "chosen_by", "easting", "northing",
)  # fmt: skip
_JSON = ("tactics", "why", "instead", "past_dose")


def to_records(
    assignments: GeoDataFrame, *, plan_id: str, crime_types: Sequence[str]
) -> list[AssignmentRecord]:
    """Return the assignments of a plan as rows of the database."""
    rows = assignments.drop(columns="geometry").to_dict("records")
    return [
        AssignmentRecord(
            plan_id=plan_id,
            service_date=dt.date.fromisoformat(row["service_date"]),
            neighbourhood=row["neighbourhood"] or None,
            unit=row["unit"] or None,
            cells=tuple((int(r), int(c)) for r, c in json.loads(row["cells"])),
            expected={name: row[f"expected_{name}"] for name in crime_types},
            shares={name: row[f"share_{name}"] for name in crime_types},
            inclusion_probability=row["chance"],
            replaces=None,
            geometry=outline,
            **{name: row[name] for name in _SAME},
            **{name: json.loads(row[name]) for name in _JSON},
        )
        for row, outline in zip(rows, assignments.geometry, strict=True)
    ]


def to_candidates(rows: Sequence[dict[str, Any]], *, plan_id: str) -> list[CandidateRecord]:
    """Return the logged draw as rows of the database."""
    return [
        CandidateRecord(
            plan_id=plan_id,
            shift=row["shift"],
            district_id=row["district_id"],
            neighbourhood=row["neighbourhood"] or None,
            row=row["row"],
            column=row["column"],
            cells=tuple((int(r), int(c)) for r, c in row["cells"]),
            chosen_by=row["chosen_by"],
            priority=row["priority"],
            weight=row["weight"],
            inclusion_probability=row["inclusion_probability"],
            hold_out_probability=row["hold_out_probability"],
            outcome=row["outcome"],
        )
        for row in rows
    ]


def to_visits(rows: Sequence[dict[str, Any]]) -> list[VisitRecord]:
    """Return planned visits as rows of the database."""
    return [VisitRecord(**row) for row in rows]


def to_table(
    current: Sequence[CurrentAssignment], *, crime_types: Sequence[str], crs: str
) -> GeoDataFrame:
    """Return assignments with their newest state in the columns of the planning's table.

    Ranks are given anew, since reviewers add and take away.
    """
    from evenbeat.core.planning.boxes.rows import to_assignments

    ranked: dict[tuple[str, str], int] = {}
    rows = []
    for found in sorted(current, key=_by_rank):
        box = found.assignment
        place = ranked[box.shift, box.district_id] = ranked.get((box.shift, box.district_id), 0) + 1
        rows.append({
            **{name: getattr(box, name) for name in _SAME},
            **{name: json.dumps(getattr(box, name), ensure_ascii=False) for name in _JSON},
            "service_date": box.service_date.isoformat(), "rank": place, "status": found.state,
            "neighbourhood": box.neighbourhood or "", "unit": box.unit or "",
            "cells": json.dumps(box.cells), "chance": box.inclusion_probability,
            **{f"expected_{name}": box.expected.get(name, 0.0) for name in crime_types},
            **{f"share_{name}": box.shares.get(name, 0.0) for name in crime_types},
        })  # fmt: skip
    outlines = [found.assignment.geometry for found in sorted(current, key=_by_rank)]
    return to_assignments(rows, crime_types, outlines, crs)


def _by_rank(found: CurrentAssignment) -> tuple[str, str, str, int, str]:
    box = found.assignment
    return (box.shift_start, box.shift, box.district_id, box.rank, box.assignment_id)
