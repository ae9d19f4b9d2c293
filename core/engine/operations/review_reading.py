"""What there is to review, and everything about one box."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

from pydantic import Field

from evenbeat.core.engine.operation import Call, Result, WorkspaceRequest, operation
from evenbeat.core.engine.operations.review_rows import (
    Box,
    GaugeFacts,
    LeftCount,
    left_on,
    proposed,
)


class ListRequest(WorkspaceRequest):
    """Parameters of `review-list`."""

    date: dt.date | None = Field(None, description="by default today, or the newest planned day")
    district_id: str | None = Field(None, description="only this district")
    shift: str | None = Field(None, description="only this shift")
    states: tuple[str, ...] = Field((), description="only these states; by default all")
    out: Path | None = Field(None, description="also write them to this GeoPackage")


class ListResult(Result):
    """Boxes of a day, by shift, district and rank."""

    date: dt.date
    crs: str
    boxes: list[Box]
    to_review: int = Field(description="boxes of the whole day that are still proposed")
    left: list[LeftCount]
    path: Path | None = Field(description="GeoPackage 1.2 with the layer boxes, where asked for")
    next_step: str = Field(description="the command that goes on where there is no box")


class ShowRequest(WorkspaceRequest):
    """Parameters of `review-show`."""

    assignment_id: str


class IncidentFacts(Result):
    """One incident near a box."""

    crime_type: str
    occurred_from: dt.datetime
    occurred_to: dt.datetime
    easting: float | None = Field(description="null for types that are never drawn on a map")
    northing: float | None
    distance_m: float | None = Field(description="from the box; 0 inside")


class WeekFacts(Result):
    """Incidents near a box in one week."""

    first: dt.date
    counts: dict[str, int]


class DoseFacts(Result):
    """Patrol of a box's first cell on one day."""

    date: dt.date
    minutes: float
    counted: bool = Field(description="the day counts as visited")


class StoryFacts(Result):
    """What happened near a box and what patrol it was given, as known before its day."""

    near_m: float
    recent_days: int
    incidents: list[IncidentFacts]
    left_out: int
    weeks: list[WeekFacts]
    doses: list[DoseFacts]


class EventFacts(Result):
    """One thing that was done to a box."""

    version: int
    action: str
    state_before: str
    state_after: str
    actor: str
    role: str
    reason: str | None
    at: dt.datetime
    overridden: bool


class VisitFacts(Result):
    """One planned visit."""

    number: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    unit: str | None


class ShowResult(Result):
    """One box in full."""

    box: Box
    crs: str
    why: list[dict[str, Any]] = Field(description="contributions: feature, effect, words")
    instead: dict[str, Any] | None = Field(description="why not elsewhere")
    expected: dict[str, float] = Field(description="crime type -> expected incidents")
    shares: dict[str, float] = Field(description="crime type -> share of the priority")
    tactics: list[dict[str, Any]]
    past_dose: dict[str, Any]
    events: list[EventFacts]
    visits: list[VisitFacts]
    replaced_by: str | None
    allowed: list[str] = Field(description="what the person who asks may do now")
    actor: str
    role: str | None
    notes: list[str]
    story: StoryFacts
    gauges: list[GaugeFacts]


class CapsRequest(WorkspaceRequest):
    """Parameters of `review-caps`."""

    date: dt.date | None = Field(None, description="by default today, or the newest planned day")
    district_id: str | None = Field(None, description="only this district and its units")
    shift: str | None = Field(None, description="only this shift")
    assignment_id: str | None = Field(None, description="also the gauges of this box")


class CapsResult(Result):
    """How much of each cap is used."""

    date: dt.date
    gauges: list[GaugeFacts]


class ReasonsResult(Result):
    """Reasons that people choose from, by action."""

    reasons: dict[str, list[str]]
    shortest: int = Field(description="letters or digits of a reason, at least")


class LeftRequest(WorkspaceRequest):
    """Parameters of `review-left`."""

    date: dt.date | None = Field(None, description="by default today, or the newest planned day")


class LeftResult(Result):
    """What is left to review."""

    date: dt.date
    to_review: int
    left: list[LeftCount]


@operation("review-list")
def review_list(call: Call, asked: ListRequest) -> ListResult:
    """List the boxes of a day with their states and outlines."""
    from evenbeat.core.pipeline.review.lists import day_to_review, list_boxes, next_step

    context = call.context(asked.workspace)
    date = day_to_review(context, asked.date)
    found = list_boxes(
        context, date, district_id=asked.district_id, shift=asked.shift,
        states=asked.states or None,
    )  # fmt: skip
    if asked.out is not None:
        from evenbeat.core.pipeline.views.boxes import write_boxes

        write_boxes(context, found.boxes, asked.out)
    workspace = context.workspace
    return ListResult(
        date=date, crs=workspace.crs, boxes=[Box.of(box) for box in found.boxes],
        to_review=found.to_review, left=left_on(context, date), path=asked.out,
        next_step="" if found.boxes else next_step(context, date),
    )  # fmt: skip


@operation("review-show")
def review_show(call: Call, asked: ShowRequest) -> ShowResult:
    """Show everything about one box: why here, incidents, patrol, trend, caps, history."""
    from evenbeat.core.pipeline.review.gauges import gauges_of
    from evenbeat.core.pipeline.review.lists import show_box
    from evenbeat.core.pipeline.review.story import story_of

    context = call.context(asked.workspace)
    whole = show_box(context, asked.assignment_id)
    planned = whole.box.assignment
    gauges = gauges_of(
        context, planned.service_date, shift=planned.shift, district_id=planned.district_id,
        assignment_id=asked.assignment_id,
    )  # fmt: skip
    return ShowResult(
        box=Box.of(whole.box), crs=context.workspace.crs, why=planned.why,
        instead=planned.instead, expected=planned.expected, shares=planned.shares,
        tactics=planned.tactics, past_dose=planned.past_dose,
        events=[EventFacts.model_validate(event) for event in whole.events],
        visits=[VisitFacts.model_validate(visit) for visit in whole.visits],
        replaced_by=whole.replaced_by, allowed=list(whole.allowed), actor=whole.reviewer.actor,
        role=whole.reviewer.role, notes=whole.reviewer.notes,
        story=StoryFacts.model_validate(dataclasses.asdict(story_of(context, asked.assignment_id))),
        gauges=[GaugeFacts.model_validate(gauge) for gauge in gauges],
    )  # fmt: skip


@operation("review-caps")
def review_caps(call: Call, asked: CapsRequest) -> CapsResult:
    """Tell how much of each cap the boxes of a day use."""
    from evenbeat.core.pipeline.review.gauges import gauges_of
    from evenbeat.core.pipeline.review.lists import day_to_review

    context = call.context(asked.workspace)
    date = day_to_review(context, asked.date)
    gauges = gauges_of(
        context, date, shift=asked.shift, district_id=asked.district_id,
        assignment_id=asked.assignment_id,
    )  # fmt: skip
    return CapsResult(date=date, gauges=[GaugeFacts.model_validate(gauge) for gauge in gauges])


@operation("review-reasons")
def review_reasons(call: Call, asked: WorkspaceRequest) -> ReasonsResult:
    """List the reasons to choose from; the agency edits them in its settings."""
    from evenbeat.core.planning.review import SHORTEST_REASON

    reasons = call.context(asked.workspace).workspace.settings.review.reasons
    return ReasonsResult(
        reasons={action: list(words) for action, words in reasons.items()},
        shortest=SHORTEST_REASON,
    )  # fmt: skip


@operation("review-left")
def review_left(call: Call, asked: LeftRequest) -> LeftResult:
    """Count the boxes of a day by shift, district and state."""
    from evenbeat.core.pipeline.review.lists import day_to_review

    context = call.context(asked.workspace)
    date = day_to_review(context, asked.date)
    left = left_on(context, date)
    return LeftResult(date=date, to_review=proposed(left), left=left)
