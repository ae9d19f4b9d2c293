"""Plan: metered assignments for every district and shift of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import ConflictError, PlanError, WorkspaceError
from evenbeat.core.forecast import DayForecast, FittedModels, explain_cells
from evenbeat.core.pipeline.context import SYSTEM, Context, cutoff_of, run_facts, run_of
from evenbeat.core.pipeline.forecast import FEATURES, RISK
from evenbeat.core.pipeline.plan_inputs import Known, known_of
from evenbeat.core.pipeline.plan_writing import (
    beside_of,
    finish_writing,
    plan_document,
    plan_inputs_of,
    record_made,
    still_of,
    write_plan,
)
from evenbeat.core.pipeline.review.roles import reviewer_of
from evenbeat.core.pipeline.standing import STANDING
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
from evenbeat.core.store.database.watermark import watermark
from evenbeat.core.store.files import read_json, sha256_file, write_json
from evenbeat.core.store.kept_settings import keep_settings

if TYPE_CHECKING:
    import xarray as xr
    from sqlalchemy import Connection

    from evenbeat.core.store.workspace import Workspace

ASSIGNMENTS, NOTES = "assignments.gpkg", "plan.json"
_SHORTEST_REASON, _TRIES = 3, 5


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
    context: Context,
    date: dt.date,
    *,
    force: bool = False,
    discard_reviews: bool = False,
    reason: str | None = None,
) -> PlanOutcome:
    """Choose the boxes of a day's current run, and record them with the draw that chose them.

    Parameters
    ----------
    force
        Draw anew although the run has a plan; the former boxes become ``replaced``. Only who may
        decide about boxes may do so, and must say why, so that nobody draws until they like it.
    discard_reviews
        Plan anew although people have reviewed boxes of the former plan.
    reason
        Why a plan that stands is drawn anew; at least three characters.

    Raises
    ------
    WorkspaceError
        The day has no forecast.
    PlanError
        The caps leave no plan, reviews of the former plan would be lost, or the reason is missing.
    ReviewError
        Who asks for a new draw has no role that may decide.
    ConflictError
        People kept changing boxes or areas while the plan was made.
    """
    workspace = context.workspace
    with workspace.writing():
        run_id, folder = run_of(workspace, date)
        with workspace.database.reading() as connection:
            former = plan_of(connection, date)
            if force and former is not None:
                reviewer_of(context, connection).decider()
        finish_writing(folder / ASSIGNMENTS, former, run_id)
        reused = not force and _stands(former, run_id, folder, workspace)
        if not reused:
            why = _reason(former, run_id, reason, force=force)
            former = _plan_until_calm(context, date, run_id, why, discard_reviews=discard_reviews)
        if former is None:
            raise PlanError(f"{date} has no plan. Make it with: evenbeat plan --date {date}")
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
    """Return whether the newest plan of the day is of this run, its inputs and its file."""
    if former is None or former.run_id != run_id:
        return False
    path = folder / ASSIGNMENTS
    return (
        former.settings_fingerprint == workspace.settings.fingerprint
        and still_of(former.document, workspace)
        and path.is_file()
        and former.document["assignments_sha256"] == sha256_file(path)
    )


def _reason(
    former: PlanRecord | None, run_id: str, reason: str | None, *, force: bool
) -> str | None:
    """Return why there is a new plan; None for a day's first."""
    if former is None:
        return None
    if not force:
        same = "its inputs, settings or file changed"
        return same if former.run_id == run_id else f"the forecast was made anew: {run_id}"
    if reason is None or len(reason.strip()) < _SHORTEST_REASON:
        raise PlanError(
            "A plan that stands is drawn anew only for a reason, which is logged, so that nobody "
            "draws until they like it. Give it with: --reason 'the roster changed'"
        )
    return reason.strip()


def _plan_until_calm(
    context: Context, date: dt.date, run_id: str, reason: str | None, *, discard_reviews: bool
) -> PlanRecord:
    """Plan; where people changed boxes or areas meanwhile, plan again from what is there then."""
    for _ in range(_TRIES):
        record = _plan(context, date, run_id, reason, discard_reviews=discard_reviews)
        if record is not None:
            return record
    raise ConflictError(
        f"Boxes or areas were changed each of {_TRIES} times while {date} was planned. Wait until "
        "the reviewers are done, and plan again."
    )


def _plan(
    context: Context, date: dt.date, run_id: str, reason: str | None, *, discard_reviews: bool
) -> PlanRecord | None:
    """Make and record one plan; None where the database changed while it was made."""
    workspace = context.workspace
    folder = workspace.run_folder(date, run_id)
    with workspace.database.reading() as connection:
        seen, former = watermark(connection), plan_of(connection, date)
        edition = len(plans_between(connection, date, date)) + 1
        boxes = _boxes_of(connection, former)
        if not discard_reviews:
            _refuse_lost_reviews(boxes, date)
        known = known_of(workspace, connection, date)
    # The database is free again: reviewers must not wait until a plan is computed.
    made = make_plan(context, date, run_id, edition=edition, known=known)
    plan_id = f"{date.isoformat()}-plan{edition}"
    keep_settings(workspace.root, workspace.settings, workspace.override_versions())
    beside = beside_of(folder / ASSIGNMENTS)
    write_plan(beside, made, plan_id=plan_id, run_id=run_id, when=cutoff_of(workspace, date))
    document = plan_document(made, plan_id, edition, sha256_file(beside))
    record = PlanRecord(
        plan_id=plan_id, run_id=run_id, service_date=date, issued_at=context.now(),
        actor=context.actor, mode=workspace.settings.plan.mode, seed=f"{run_id}/{edition}",
        settings_fingerprint=workspace.settings.fingerprint,
        document={**document, "inputs": plan_inputs_of(workspace), "reason": reason},
        supersedes=None if former is None else former.plan_id,
    )  # fmt: skip
    open_ = [box for box in boxes if box.state in STANDING]
    if not record_made(context, record, made, open_, seen=seen):
        return None
    finish_writing(folder / ASSIGNMENTS, record, run_id)
    context.progress("boxes chosen", 1.0)
    return record


def make_plan(
    context: Context, date: dt.date, run_id: str, *, edition: int, known: Known
) -> DayPlan:
    """Compute the plan of a run from what the workspace holds; nothing is written.

    Parameters
    ----------
    edition
        Which plan of the day it is; the draws are a function of it and the run.
    known
        What the database knew: the past, and the city around.
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
        past=known.past,
        run_id=run_id, edition=edition,
        tactics=TacticsLibrary.load(workspace.override("tactics.csv")),
        surroundings=known.around,
    )  # fmt: skip


def _boxes_of(connection: Connection, former: PlanRecord | None) -> list[CurrentAssignment]:
    """Return all boxes of the former plan, those that people added to it too."""
    return [] if former is None else current_assignments(connection, plan_id=former.plan_id)


def _refuse_lost_reviews(boxes: Sequence[CurrentAssignment], date: dt.date) -> None:
    reviewed = [box for box in boxes if box.version > 0 and box.reviewer != SYSTEM]
    if reviewed:
        names = ", ".join(sorted({str(box.reviewer) for box in reviewed}))
        raise PlanError(
            f"{len(reviewed)} boxes of {date} were reviewed by {names}; a new plan would take "
            "their place. Keep the plan, or give --discard-reviews to lose them on purpose."
        )
