"""A dry run: how a file of incidents would be understood, with nothing stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from shapely.geometry.base import BaseGeometry

from evenbeat.core.config import IngestSettings, SourceSettings
from evenbeat.core.ingest.classes import class_codes, class_system_of
from evenbeat.core.ingest.columns import ColumnPlan, plan_columns
from evenbeat.core.ingest.formats import RawTable
from evenbeat.core.ingest.incident_reader import read_incidents
from evenbeat.core.ingest.locations import coordinate_pairs
from evenbeat.core.ingest.report import render_report
from evenbeat.core.ingest.windows import read_time_column
from evenbeat.core.policy.columns import GATE_COLUMNS
from evenbeat.core.policy.crime_types import CrimeTypeTable
from evenbeat.core.progress import Progress, silent

_TIMES = ("occurred_from", "occurred_to", "reported_at", "last_updated")
_SHOWN_ROWS = 5
_SAMPLE_ROWS = 20_000


def describe_understanding(
    raw: RawTable,
    *,
    source: SourceSettings,
    settings: IngestSettings,
    timezone: str,
    crime_types: CrimeTypeTable,
    crs: str | None = None,
    boundary: BaseGeometry | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Tell how a file would be read, as plain values for people and for JSON.

    Parameters
    ----------
    raw, source, settings, timezone, crime_types, progress
        As for `read_incidents`.
    crs, boundary
        The workspace's CRS and jurisdiction; without them positions are not tried.

    Returns
    -------
    ``preset``, ``columns`` (ours to theirs), ``not_kept``, ``gate_columns``, ``class_system`` and
    how many rows each scheme knows, ``times`` (how each column is written), ``coordinates``,
    ``first_rows`` as understood, ``sample`` (the report of the first rows) and ``text``, the whole
    for a terminal.

    Raises
    ------
    InputError, PolicyError
        As for `read_incidents`.
    """
    plan = plan_columns(raw, source)
    head = replace(
        raw,
        rows=raw.rows.head(_SAMPLE_ROWS),
        geometry=None if raw.geometry is None else raw.geometry.head(_SAMPLE_ROWS),
    )
    understood: dict[str, Any] = {
        "preset": plan.preset.name,
        "columns": dict(plan.columns),
        "constants": dict(plan.constants),
        "not_kept": list(plan.dropped),
        "gate_columns": [name for ours, name in plan.columns.items() if ours in GATE_COLUMNS],
        **_classes(head, plan, source, crime_types),
        "times": {
            ours: read_time_column(head, plan, ours, source=source, timezone=timezone).form
            for ours in _TIMES
            if plan.has(ours)
        },
        "coordinates": _coordinates(raw, plan, source),
    }
    if crs is not None:
        incidents, report = read_incidents(
            head, source=source, settings=settings, timezone=timezone, crs=crs, boundary=boundary,
            crime_types=crime_types, progress=progress,
        )  # fmt: skip
        understood["first_rows"] = _first_rows(incidents)
        understood["sample"] = report.to_dict()
        understood["sample_text"] = render_report(report)
    understood["text"] = render_understanding(raw.name, understood)
    return understood


def render_understanding(name: str, understood: dict[str, Any]) -> str:
    """Return an understanding as lines of text."""
    width = max(map(len, understood["columns"]), default=0)
    lines = [f"{name}: layout {understood['preset']}"]
    lines += [f"  {ours:<{width}}  {theirs}" for ours, theirs in understood["columns"].items()]
    lines += [f"  {ours:<{width}}  = {value!r}" for ours, value in understood["constants"].items()]
    if understood["not_kept"]:
        lines.append(f"Not kept: {', '.join(understood['not_kept'])}")
    if understood["gate_columns"]:
        lines.append(f"For the gate only, then dropped: {', '.join(understood['gate_columns'])}")
    lines.append(f"Class codes: {understood['class_system']}")
    lines += [f"Time {ours}: {form}" for ours, form in understood["times"].items()]
    lines += [f"Coordinates: {words}" for words in understood["coordinates"]]
    if "first_rows" in understood:
        lines.append("First rows as understood")
        lines += [f"  {row}" for row in understood["first_rows"]]
        lines.append(understood["sample_text"])
    return "\n".join(lines)


def _classes(
    head: RawTable, plan: ColumnPlan, source: SourceSettings, crime_types: CrimeTypeTable
) -> dict[str, Any]:
    if source.role == "gunfire":
        return {"class_system": "gunfire (every alert)", "class_systems": {}}
    codes = class_codes(head, plan, "class_code")
    system = class_system_of(codes, source.class_system, plan.preset.class_system, crime_types)
    shares = crime_types.recognised_shares(codes)
    return {
        "class_system": system,
        "class_systems": {name: round(share, 3) for name, share in shares.items()},
    }


def _coordinates(raw: RawTable, plan: ColumnPlan, source: SourceSettings) -> list[str]:
    pairs = coordinate_pairs(raw, plan, source)
    if not pairs:
        return [f"the geometry, in {source.crs or raw.crs or 'EPSG:4326'}"]
    return [
        f"{pair.first}, {pair.second} in {pair.crs or 'a CRS to be detected'}" for pair in pairs
    ]


def _first_rows(incidents: pd.DataFrame) -> list[str]:
    rows: list[dict[Any, Any]] = incidents.head(_SHOWN_ROWS).to_dict("records")
    return [
        f"{row['incident_id']}: {row['crime_type']} ({row['class_code']}),"
        f" {row['occurred_from'].isoformat()} to {row['occurred_to'].isoformat()},"
        f" at {row['easting']:.1f}, {row['northing']:.1f}, {row['source_kind']}"
        for row in rows
    ]
