"""What was patrolled: vehicle logs measured, directed patrols logged, old traces removed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import Field

from evenbeat.core.engine.operation import Call, Result, WorkspaceRequest, operation


class DosageRequest(WorkspaceRequest):
    """Parameters of `dosage`."""

    dates: tuple[dt.date, ...] = Field((), description="by default every day that changed")
    jobs: int | None = Field(None, ge=1, description="processes; by default one a core")
    scheduler: str | None = Field(None, description="address of a Dask scheduler, tcp://HOST:PORT")
    publish: bool = Field(False, description="then publish days that are old enough")
    force: bool = Field(False, description="read every file and measure every day again")


class DosageResult(Result):
    """What one measuring did."""

    files: list[dict[str, Any]] = Field(description="one a file: rows in, kept, dropped by reason")
    measured: list[dt.date]
    unchanged: list[dt.date]
    removed: list[dt.date] = Field(description="days whose log is gone")
    days: dict[str, dict[str, Any]] = Field(description="measured day -> account, totals, outcomes")
    activities: dict[str, Any] = Field(description="logged patrols: rows in, kept, dropped")
    committed: dict[str, Any] = Field(description="intervals on incidents: rows in, kept, dropped")
    unread: dict[str, str] = Field(description="file that cannot be read -> why")
    taken_back: dict[str, int] = Field(description="file that is gone -> pings taken back")
    notes: list[str]
    published: dict[str, Any] | None = Field(description="days published, waiting, taken back")


class ActivityStartRequest(WorkspaceRequest):
    """Parameters of `activity-start`."""

    unit: str
    tactic: str = Field(description="id or name of the library")
    assignment_id: str = Field("", description="assignment that is worked on")
    officers: int = Field(1, ge=1, description="number of officers")
    officer_ids: tuple[str, ...] = Field((), description="kept for a supervisor's report alone")


class ActivityNoteRequest(WorkspaceRequest):
    """Parameters of `activity-stop` and `activity-note`."""

    unit: str
    note: str = Field("", description="what to remember; no personal data")


class ActivityResult(Result):
    """What was logged."""

    activity_id: str
    event: str
    at: str
    note: str
    withheld: bool = Field(description="parts of the note looked like personal data")


class RetentionRequest(WorkspaceRequest):
    """Parameters of `retention`."""

    dry_run: bool = Field(True, description="only tell what would be removed")


class RetentionResult(Result):
    """What was removed, or would be."""

    removed: dict[str, int]
    changed: dict[str, int] = Field(description="written anew without units or officers")
    before: dict[str, str] = Field(description="kind -> first day that is kept")
    dry_run: bool


@operation("dosage", writes=True)
def dosage(call: Call, asked: DosageRequest) -> DosageResult:
    """Turn vehicle logs into minutes of patrol by cell, shift and hour."""
    from evenbeat.core.pipeline.patrol.measure import run_dosage
    from evenbeat.core.pipeline.patrol.publishing import publish_and_copy

    context = call.context(asked.workspace)
    outcome = run_dosage(
        context, dates=list(asked.dates) or None, force=asked.force, jobs=asked.jobs,
        scheduler=asked.scheduler,
    )  # fmt: skip
    published = vars(publish_and_copy(context)) if asked.publish else None
    for words in outcome.notes:
        call.note(words)
    return DosageResult.model_validate({**vars(outcome), "published": published})


@operation("activity-start", writes=True)
def activity_start(call: Call, asked: ActivityStartRequest) -> ActivityResult:
    """Begin a directed patrol of a unit."""
    from evenbeat.core.pipeline.patrol.journal import start_activity

    return ActivityResult.model_validate(start_activity(
        call.context(asked.workspace), asked.unit, tactic=asked.tactic,
        assignment_id=asked.assignment_id, officers=asked.officers,
        officer_ids=asked.officer_ids,
    ))  # fmt: skip


@operation("activity-stop", writes=True)
def activity_stop(call: Call, asked: ActivityNoteRequest) -> ActivityResult:
    """End the directed patrol of a unit."""
    from evenbeat.core.pipeline.patrol.journal import stop_activity

    outcome = stop_activity(call.context(asked.workspace), asked.unit, note=asked.note)
    return ActivityResult.model_validate(outcome)


@operation("activity-note", writes=True)
def activity_note(call: Call, asked: ActivityNoteRequest) -> ActivityResult:
    """Add a note to the directed patrol that a unit is on."""
    from evenbeat.core.pipeline.patrol.journal import note_activity

    outcome = note_activity(call.context(asked.workspace), asked.unit, asked.note)
    return ActivityResult.model_validate(outcome)


@operation("retention")
def retention(call: Call, asked: RetentionRequest) -> RetentionResult:
    """Remove pings, tracks and officers' names that have been kept long enough."""
    from evenbeat.core.engine.writable import require_writable
    from evenbeat.core.pipeline.patrol.retention import run_retention

    if not asked.dry_run:
        require_writable(asked.workspace)
    outcome = run_retention(call.context(asked.workspace), dry_run=asked.dry_run)
    return RetentionResult.model_validate(outcome)
