"""Writing a plan: its GeoPackage, its rows in the database and its log entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.pipeline.context import SYSTEM, Context
from evenbeat.core.pipeline.plan_records import to_candidates, to_records, to_visits
from evenbeat.core.store.database import (
    CurrentAssignment,
    PlanRecord,
    ReviewEvent,
    append_event,
    logged_records,
    record_plan,
)
from evenbeat.core.store.database.watermark import watermark
from evenbeat.core.store.files import sha256_file
from evenbeat.core.store.vectors import write_geopackage

if TYPE_CHECKING:
    import pandas as pd

    from evenbeat.core.planning import DayPlan
    from evenbeat.core.store.workspace import Workspace


def plan_document(made: DayPlan, plan_id: str, edition: int, digest: str) -> dict[str, Any]:
    """Return the facts of a plan as they are recorded."""
    table = made.assignments
    return {
        "plan_id": plan_id, "edition": edition, "boxes": len(table),
        "minutes": float(table["minutes"].sum()) if len(table) else 0.0,
        "held_out": sum(1 for row in made.candidates if row["outcome"] == "held_out"),
        "candidates": len(made.candidates), "notes": [str(note) for note in made.notes],
        "plan_notes": [note.to_dict() for note in made.notes],
        "issued_minutes": made.issued_minutes, "gaps": made.gaps, "assignments_sha256": digest,
    }  # fmt: skip


def write_plan(path: Path, made: DayPlan, *, plan_id: str, run_id: str, when: dt.datetime) -> None:
    """Write a plan as a GeoPackage: boxes, draw, visits; the same bytes for the same plan."""
    write_geopackage(
        path, {"assignments": made.assignments, "candidates": _table(made.candidates),
               "visits": _table(made.visits)},
        when=when, metadata={"run_id": run_id, "plan_id": plan_id},
    )  # fmt: skip


DOSAGE = "dosage"
_TABLES = ("districts", "boundary", "places", "neighbourhoods", "streets", DOSAGE)


def beside_of(path: Path) -> Path:
    """Return where a plan's file waits until its rows are recorded."""
    return path.with_name(f"next-{path.name}")


def finish_writing(path: Path, plan: PlanRecord | None, run_id: str) -> None:
    """Put the file of a recorded plan in its place; a crash may have come between the two."""
    beside = beside_of(path)
    if not beside.is_file() or plan is None or plan.run_id != run_id:
        return
    if sha256_file(beside) == plan.document["assignments_sha256"]:
        beside.replace(path)


def plan_inputs_of(workspace: Workspace) -> dict[str, dict[str, str]]:
    """Return the versions of the tables and policy tables that a plan is made from."""
    versions = {name: workspace.table(name).version for name in _TABLES}
    return {
        "tables": {name: version for name, version in versions.items() if version is not None},
        "overrides": workspace.override_versions(),
    }


def still_of(document: dict[str, Any], workspace: Workspace) -> bool:
    """Return whether a plan's inputs are those of now.

    Minutes delivered are left out: they come in day by day, and what is planned for a day stands.
    """
    then, now = document["inputs"], plan_inputs_of(workspace)
    tables = [{k: v for k, v in inputs["tables"].items() if k != DOSAGE} for inputs in (then, now)]
    return tables[0] == tables[1] and then["overrides"] == now["overrides"]


def record_made(
    context: Context,
    plan: PlanRecord,
    made: DayPlan,
    lost: Sequence[CurrentAssignment],
    *,
    seen: tuple[int, ...],
) -> bool:
    """Write the plan, its draw, its visits and the log entry in one transaction.

    Parameters
    ----------
    lost
        Boxes of the former plan that this one takes the place of.
    seen
        The watermark of what the plan was made from.

    Returns
    -------
    False where the database changed since; then nothing is written.
    """
    workspace, facts = context.workspace, plan.document
    crime_types = workspace.settings.model.crime_types
    boxes = to_records(made.assignments, plan_id=plan.plan_id, crime_types=crime_types)
    candidates = to_candidates(made.candidates, plan_id=plan.plan_id)
    visits = to_visits(made.visits)
    events = [_superseded(context, box, plan) for box in lost]
    with workspace.database.transaction() as connection:
        if watermark(connection) != seen:
            return False
        entry = context.log(
            "plan",
            {"run_id": plan.run_id, "plan_id": plan.plan_id, "mode": plan.mode,
             "boxes": facts["boxes"],
             "reason": facts["reason"], "held_out": facts["held_out"], "notes": facts["notes"],
             "settings": plan.settings_fingerprint, "seed": plan.seed,
             **plan_inputs_of(workspace),
             "output_sha256": facts["assignments_sha256"],
             "records": logged_records(plan=plan, assignments=boxes, candidates=candidates,
                                       visits=visits, events=events)},
            connection=connection,
        )  # fmt: skip
        record_plan(connection, plan, boxes, candidates, visits)
        for event in events:
            append_event(connection, replace(event, audit_entry=entry.entry))
    return True


def _superseded(context: Context, box: CurrentAssignment, plan: PlanRecord) -> ReviewEvent:
    """Return the event by which a new plan takes the place of a box."""
    name, version = box.assignment.assignment_id, box.version + 1
    return ReviewEvent(
        event_id=f"{name}#{version}", assignment_id=name, version=version, action="supersede",
        state_before=box.state, state_after="replaced", actor=SYSTEM, role="system",
        reason=f"{plan.plan_id} was made by {context.actor}", at=context.now(),
        detail={"by_plan": plan.plan_id},
    )  # fmt: skip


def _table(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as an attribute table of the GeoPackage."""
    import pandas as pd

    return pd.DataFrame([
        {name: str(value) if isinstance(value, list | dt.datetime) else value
         for name, value in row.items()}
        for row in rows
    ])  # fmt: skip
