"""Decisions about boxes: each is judged by the caps and written to the log."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from evenbeat.core.engine.operation import Call, Result, WorkspaceRequest, operation
from evenbeat.core.engine.operations.review_rows import (
    Box,
    DecisionResult,
    LeftCount,
    boxes_of,
    decided,
    left_on,
    proposed,
)


class BoxRequest(WorkspaceRequest):
    """A decision about one box."""

    assignment_id: str
    version: int | None = Field(
        None,
        ge=0,
        description="version that was seen; if someone changed it since, nothing is done",
    )


class ReasonedRequest(BoxRequest):
    """A decision that needs a reason."""

    reason: str = Field(description="why; it is kept in the log")


class OverridableRequest(ReasonedRequest):
    """A decision that supervisors and commanders may take although a cap is broken."""

    override: bool = Field(False, description="do it although a cap is broken; marked for good")


class ApproveRequest(BoxRequest):
    """Parameters of `review-approve`."""

    reason: str | None = Field(None, description="needed with override")
    override: bool = Field(False, description="do it although a cap is broken; marked for good")


class SuppressRequest(ReasonedRequest):
    """Parameters of `review-suppress`."""

    days: int | None = Field(None, ge=1, description="days after its own; by default the settings'")


class NoteRequest(BoxRequest):
    """Parameters of `review-note`."""

    text: str = Field(description="what to write down; the state stays")


class ApproveAllRequest(WorkspaceRequest):
    """Parameters of `review-approve-all`."""

    date: dt.date | None = Field(None, description="by default today, or the newest planned day")
    district_id: str | None = Field(None, description="only this district")
    shift: str | None = Field(None, description="only this shift")
    reason: str | None = None


class ApproveAllResult(Result):
    """What was approved, and what was left."""

    date: dt.date
    approved: list[str]
    kept_back: dict[str, str] = Field(description="box that breaks a cap -> which, in words")
    boxes: list[Box]
    to_review: int
    left: list[LeftCount]
    notes: list[str]


class PrepareResult(Result):
    """`review-prepare` has nothing to tell."""


class ExpireResult(Result):
    """How many boxes expired."""

    expired: int


@operation("review-approve", writes=True)
def review_approve(call: Call, asked: ApproveRequest) -> DecisionResult:
    """Approve a proposed box."""
    from evenbeat.core.pipeline.review.operations import approve

    context = call.context(asked.workspace)
    return decided(context, approve(
        context, asked.assignment_id, reason=asked.reason, version=asked.version,
        override=asked.override,
    ))  # fmt: skip


@operation("review-reject", writes=True)
def review_reject(call: Call, asked: ReasonedRequest) -> DecisionResult:
    """Reject a proposed or approved box."""
    from evenbeat.core.pipeline.review.operations import reject

    context = call.context(asked.workspace)
    return decided(context, reject(
        context, asked.assignment_id, reason=asked.reason, version=asked.version
    ))  # fmt: skip


@operation("review-suppress", writes=True)
def review_suppress(call: Call, asked: SuppressRequest) -> DecisionResult:
    """Reject a box and keep its place out of plans for some days."""
    from evenbeat.core.pipeline.review.operations import suppress

    context = call.context(asked.workspace)
    return decided(context, suppress(
        context, asked.assignment_id, reason=asked.reason, days=asked.days, version=asked.version
    ))  # fmt: skip


@operation("review-note", writes=True)
def review_note(call: Call, asked: NoteRequest) -> DecisionResult:
    """Write something down about a box; its state stays."""
    from evenbeat.core.pipeline.review.operations import note

    context = call.context(asked.workspace)
    return decided(context, note(context, asked.assignment_id, asked.text, version=asked.version))


@operation("review-undo", writes=True)
def review_undo(call: Call, asked: OverridableRequest) -> DecisionResult:
    """Take back the last decision about a box."""
    from evenbeat.core.pipeline.review.operations import undo

    context = call.context(asked.workspace)
    return decided(context, undo(
        context, asked.assignment_id, reason=asked.reason, version=asked.version,
        override=asked.override,
    ))  # fmt: skip


@operation("review-approve-all", writes=True)
def review_approve_all(call: Call, asked: ApproveAllRequest) -> ApproveAllResult:
    """Approve every proposed box; those that break a cap are left and named."""
    from evenbeat.core.pipeline.review.lists import day_to_review
    from evenbeat.core.pipeline.review.operations import approve_all

    context = call.context(asked.workspace)
    date = day_to_review(context, asked.date)
    made, kept_back = approve_all(
        context, date, district_id=asked.district_id, shift=asked.shift, reason=asked.reason
    )
    names, left = [one.assignment_id for one in made], left_on(context, date)
    return ApproveAllResult(
        date=date, approved=names, kept_back=kept_back, boxes=boxes_of(context, names),
        to_review=proposed(left), left=left, notes=list(made[0].notes) if made else [],
    )  # fmt: skip


@operation("review-expire", writes=True)
def review_expire(call: Call, asked: WorkspaceRequest) -> ExpireResult:
    """Let proposed boxes whose shift is over expire."""
    from evenbeat.core.pipeline.review.operations import expire

    return ExpireResult(expired=expire(call.context(asked.workspace)))


@operation("review-prepare")
def review_prepare(call: Call, asked: WorkspaceRequest) -> PrepareResult:
    """Load what decisions need, so that the first is as quick as the next."""
    from importlib import import_module

    from evenbeat.core.pipeline.review.grid import review_grid

    for name in ("engine.operations.review_placing", "pipeline.review.operations"):
        import_module(f"evenbeat.core.{name}")
    review_grid(call.context(asked.workspace).workspace)
    return PrepareResult()
