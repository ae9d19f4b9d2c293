"""Plan: capped assignments for every district and shift of a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from evenbeat.core.errors import WorkspaceError
from evenbeat.core.forecast import DayForecast, FittedModels, explain_cells
from evenbeat.core.pipeline.context import Context, cutoff_of, run_facts, run_of
from evenbeat.core.pipeline.forecast import FEATURES, RISK
from evenbeat.core.planning import plan_day, priority_surface, severity_weights
from evenbeat.core.policy.tactics import TacticsLibrary
from evenbeat.core.store.cubes import read_cube
from evenbeat.core.store.files import read_json, sha256_file, write_json
from evenbeat.core.store.vectors import read_geopackage, write_geopackage

if TYPE_CHECKING:
    import xarray as xr
    from geopandas import GeoDataFrame

    from evenbeat.core.store.workspace import Workspace

ASSIGNMENTS, NOTES = "assignments.gpkg", "plan.json"
_WINDOW_DAYS = 6
_HISTORY = ["service_date", "shift", "row", "column", "district_id"]


@dataclass(frozen=True)
class PlanOutcome:
    """What one plan made."""

    run_id: str
    path: Path
    boxes: int
    minutes: float
    notes: list[str]
    reused: bool


def run_plan(context: Context, date: dt.date, *, force: bool = False) -> PlanOutcome:
    """Choose the boxes of a day's current run and write them as a GeoPackage.

    Raises
    ------
    WorkspaceError
        The day has no forecast.
    PlanError
        The caps leave no plan.
    """
    workspace = context.workspace
    with workspace.writing():
        run_id, folder = run_of(workspace, date)
        path = folder / ASSIGNMENTS
        facts = read_json(folder / NOTES) or {}
        whole = path.is_file() and facts.get("assignments_sha256") == sha256_file(path)
        reused = whole and not force
        if not reused:
            _plan(context, date, run_id, folder)
        assignments = read_geopackage(path, "assignments")
        notes = list(plan_facts(folder)["notes"])
    minutes = float(assignments["minutes"].sum()) if len(assignments) else 0.0
    return PlanOutcome(run_id, path, len(assignments), minutes, notes, reused)


def plan_facts(folder: Path) -> dict[str, Any]:
    """Return what a run's plan recorded; ``notes`` say where rules left fewer boxes than asked.

    Raises
    ------
    WorkspaceError
        The run has no plan.
    """
    facts = read_json(folder / NOTES)
    if facts is None:
        raise WorkspaceError(f"{folder.name} has no plan yet. Make it with: evenbeat plan")
    return dict(facts)


def day_priority(workspace: Workspace, folder: Path) -> tuple[xr.Dataset, xr.DataArray]:
    """Return a run's risk cube and its priority surface."""
    risk = read_cube(folder / RISK)
    priority = priority_surface(risk=risk, grid=workspace.grid(), settings=workspace.settings.plan)
    return risk, priority


def assignment_history(workspace: Workspace, date: dt.date) -> pd.DataFrame:
    """Return the boxes of the current runs of the days around a date, for recurrence.

    Later days count too: a past day that is planned again must not break the cap of a window
    that holds them both.
    """
    parts: list[pd.DataFrame] = []
    for offset in range(-_WINDOW_DAYS, _WINDOW_DAYS + 1):
        day = date + dt.timedelta(days=offset)
        run_id = workspace.current_run(day) if offset else None
        path = workspace.run_folder(day, run_id) / ASSIGNMENTS if run_id else None
        if path is not None and path.is_file():
            parts.append(pd.DataFrame(read_geopackage(path, "assignments")[_HISTORY]))
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=_HISTORY)


def _plan(context: Context, date: dt.date, run_id: str, folder: Path) -> None:
    workspace = context.workspace
    grid, settings = workspace.grid(), workspace.settings.plan
    context.progress("reading the forecast", 0.0)
    risk, priority = day_priority(workspace, folder)
    day = DayForecast(risk=risk, features=read_cube(folder / FEATURES))
    models = FittedModels.load(
        workspace.models_folder / run_facts(folder)["provenance"]["model_id"]
    )
    weights = severity_weights(settings, tuple(map(str, risk["crime_type"].values)))

    def explain(shift: str, cells: list[tuple[int, int]]) -> list[list[dict[str, Any]]]:
        return explain_cells(
            models=models, day=day, grid=grid, shift=shift, cells=cells, priority_weights=weights
        )

    context.progress("choosing boxes", 0.2)
    assignments: GeoDataFrame = plan_day(
        risk=risk, priority=priority, grid=grid, calendar=workspace.calendar, date=date,
        settings=settings, history=assignment_history(workspace, date), explain=explain,
        run_id=run_id, tactics=TacticsLibrary.load(workspace.override("tactics.csv")),
        places=workspace.read_optional("places"),
    )  # fmt: skip
    notes = [str(note) for note in assignments.attrs.get("notes", [])]
    path = folder / ASSIGNMENTS
    write_geopackage(
        path, {"assignments": assignments}, when=cutoff_of(workspace, date),
        metadata={"run_id": run_id},
    )  # fmt: skip
    write_json(
        folder / NOTES,
        {"notes": notes, "plan_notes": assignments.attrs.get("plan_notes", []),
         "boxes": len(assignments), "assignments_sha256": sha256_file(path)},
    )  # fmt: skip
    context.log(
        "plan",
        {"run_id": run_id, "boxes": len(assignments), "notes": notes,
         "settings": workspace.settings.fingerprint, "seed": run_id,
         "output_sha256": sha256_file(path)},
    )  # fmt: skip
    context.progress("boxes chosen", 1.0)
