"""Plan: metered assignments for every district and shift of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import PlanError, WorkspaceError
from evenbeat.core.forecast import DayForecast, FittedModels, explain_cells
from evenbeat.core.pipeline.context import Context, cutoff_of, run_facts, run_of
from evenbeat.core.pipeline.forecast import FEATURES, RISK
from evenbeat.core.pipeline.plan_inputs import AsOf, past_use, surroundings
from evenbeat.core.pipeline.plan_writing import plan_document, record_made, write_plan
from evenbeat.core.planning import DayPlan, plan_day, priority_surface, severity_weights
from evenbeat.core.policy.tactics import TacticsLibrary
from evenbeat.core.store.cubes import read_cube
from evenbeat.core.store.database import (
    CurrentAssignment,
    PlanRecord,
    current_assignments,
    plan_of,
    plans_between,
)
from evenbeat.core.store.files import read_json, sha256_file, write_json
from evenbeat.core.store.kept_settings import keep_settings

if TYPE_CHECKING:
    import xarray as xr
    from sqlalchemy import Connection

    from evenbeat.core.store.workspace import Workspace

ASSIGNMENTS, NOTES = "assignments.gpkg", "plan.json"


@dataclass(frozen=True)
class PlanOutcome:
    """What one plan made."""

    run_id: str
    plan_id: str
    path: Path
    boxes: int
    minutes: float
    held_out: int
    mode: str
    notes: list[str]
    reused: bool
    gaps: dict[str, float] = field(default_factory=dict)


def run_plan(
    context: Context, date: dt.date, *, force: bool = False, discard_reviews: bool = False
) -> PlanOutcome:
    """Choose the boxes of a day's current run, and record them with the draw that chose them.

    Parameters
    ----------
    force
        Draw anew although the run has a plan; the former boxes become ``replaced``.
    discard_reviews
        Do so although people have reviewed boxes of the former plan.

    Raises
    ------
    WorkspaceError
        The day has no forecast.
    PlanError
        The caps leave no plan, or reviews of the former plan would be lost.
    """
    workspace = context.workspace
    with workspace.writing():
        run_id, folder = run_of(workspace, date)
        with workspace.database.reading() as connection:
            former = plan_of(connection, date)
        reused = not force and _stands(former, run_id, folder, workspace)
        if not reused:
            former = _plan(context, date, run_id, folder, former, discard_reviews=discard_reviews)
        assert former is not None
        write_json(folder / NOTES, former.document)
    facts = former.document
    return PlanOutcome(
        run_id, former.plan_id, folder / ASSIGNMENTS, facts["boxes"], facts["minutes"],
        facts["held_out"], former.mode, list(facts["notes"]), reused, dict(facts["gaps"]),
    )  # fmt: skip


def plan_facts(folder: Path) -> dict[str, Any]:
    """Return what a run's plan recorded; ``notes`` say what limits took from it.

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


def _stands(former: PlanRecord | None, run_id: str, folder: Path, workspace: Workspace) -> bool:
    """Return whether the newest plan of the day is of this run and its file as it was written."""
    if former is None or former.run_id != run_id:
        return False
    path = folder / ASSIGNMENTS
    return (
        former.settings_fingerprint == workspace.settings.fingerprint
        and path.is_file()
        and former.document["assignments_sha256"] == sha256_file(path)
    )


def _plan(
    context: Context, date: dt.date, run_id: str, folder: Path, former: PlanRecord | None, *,
    discard_reviews: bool,
) -> PlanRecord:  # fmt: skip
    workspace = context.workspace
    with workspace.database.reading() as connection:
        edition = len(plans_between(connection, date, date)) + 1
        lost = _still_open(connection, former)
        if not discard_reviews:
            _refuse_lost_reviews(lost, date)
        made = make_plan(context, date, run_id, edition=edition, connection=connection)
    path = folder / ASSIGNMENTS
    keep_settings(workspace.root, workspace.settings, workspace.override_versions())
    plan_id = f"{date.isoformat()}-plan{edition}"
    write_plan(path, made, plan_id=plan_id, run_id=run_id, when=cutoff_of(workspace, date))
    record = PlanRecord(
        plan_id=plan_id, run_id=run_id, service_date=date, issued_at=context.now(),
        actor=context.actor, mode=workspace.settings.plan.mode, seed=f"{run_id}/{edition}",
        settings_fingerprint=workspace.settings.fingerprint,
        document=plan_document(made, plan_id, edition, sha256_file(path)),
        supersedes=None if former is None else former.plan_id,
    )  # fmt: skip
    record_made(context, record, made, lost)
    context.progress("boxes chosen", 1.0)
    return record


def make_plan(
    context: Context, date: dt.date, run_id: str, *, edition: int, connection: Connection,
    as_of: AsOf | None = None,
) -> DayPlan:  # fmt: skip
    """Compute the plan of a run from what the workspace holds; nothing is written.

    Parameters
    ----------
    edition
        Which plan of the day it is; the draws are a function of it and the run.
    connection
        The database, for the past and the areas that people drew.
    as_of
        Leave out of the database what came after this moment.
    """
    workspace = context.workspace
    folder = workspace.run_folder(date, run_id)
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
    return plan_day(
        risk=risk, priority=priority, grid=grid, calendar=workspace.calendar, date=date,
        settings=settings, explain=explain,
        past=past_use(workspace, connection, grid, date, as_of=as_of),
        run_id=run_id, edition=edition,
        tactics=TacticsLibrary.load(workspace.override("tactics.csv")),
        surroundings=surroundings(workspace, connection, grid, date, as_of=as_of),
    )  # fmt: skip


def _still_open(connection: Connection, former: PlanRecord | None) -> list[CurrentAssignment]:
    """Return the boxes of the former plan that a new one takes the place of."""
    if former is None:
        return []
    return current_assignments(connection, plan_id=former.plan_id, states=("proposed", "approved"))


def _refuse_lost_reviews(boxes: Sequence[CurrentAssignment], date: dt.date) -> None:
    reviewed = [box for box in boxes if box.version > 0]
    if reviewed:
        names = ", ".join(sorted({str(box.reviewer) for box in reviewed}))
        raise PlanError(
            f"{len(reviewed)} boxes of {date} were reviewed by {names}; a new plan would take "
            "their place. Keep the plan, or give --discard-reviews to lose them on purpose."
        )
