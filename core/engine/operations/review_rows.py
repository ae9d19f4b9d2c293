"""What the review operations answer with: boxes, decisions, gauges, and what is left."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pydantic import Field

from evenbeat.core.engine.operation import Result

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.database import CurrentAssignment


class Box(Result):
    """One assignment as it stands, for a list and the map."""

    assignment_id: str
    state: str = Field(description="proposed, approved, rejected, replaced or expired")
    version: int = Field(description="to give with the next change")
    service_date: dt.date
    shift: str
    shift_start: str
    shift_end: str
    district_id: str
    neighbourhood: str | None
    unit: str | None
    rank: int
    row: int
    column: int
    cells: list[tuple[int, int]] = Field(description="row and column, the first one its seed")
    visits: int
    visit_minutes: float
    minutes: float
    percentile: float | None = Field(description="share of cells with less priority, percent")
    expected_total: float = Field(description="expected incidents in the shift")
    dominant_type: str | None
    chosen_by: str
    inclusion_probability: float | None
    replaces: str | None
    reviewer: str | None
    reason: str | None
    reviewed_at: dt.datetime | None
    ever_overridden: bool
    easting: float
    northing: float
    wkt: str = Field(description="outline in the workspace's CRS")

    @classmethod
    def of(cls, current: CurrentAssignment) -> Box:
        """Return a box of the database."""
        planned = current.assignment
        own = {name: getattr(current, name) for name in _OF_STATE}
        values = {
            name: getattr(planned, name) for name in cls.model_fields
            if name not in own and name != "wkt"
        }  # fmt: skip
        return cls(**values, **own, wkt=planned.geometry.wkt)


_OF_STATE = ("state", "version", "reviewer", "reason", "reviewed_at", "ever_overridden")


class LeftCount(Result):
    """How many boxes of a shift and district are in a state."""

    shift: str
    district_id: str
    state: str
    boxes: int


class GaugeFacts(Result):
    """How much of one cap is used."""

    rule: str
    of: str
    used: float
    allowed: float
    unit: str
    words: str


class DecisionFacts(Result):
    """What one review did."""

    assignment_id: str
    action: str
    state_before: str
    state: str
    version: int
    service_date: dt.date
    actor: str
    role: str
    overridden: bool
    breaches: list[str]
    replacement: str | None
    area_id: str | None
    also: dict[str, str] = Field(description="other boxes that changed -> state")
    audit_entry: int
    notes: list[str]


class DecisionResult(Result):
    """A decision, the boxes that it changed as they stand now, and what is left."""

    decision: DecisionFacts
    boxes: list[Box]
    to_review: int = Field(description="boxes of the day that are still proposed")
    left: list[LeftCount]


def decided(context: Context, decision: Any) -> DecisionResult:
    """Return what a decision did, with everything that a map repaints."""
    facts = DecisionFacts.model_validate(dataclasses.asdict(decision))
    names = [facts.assignment_id, *([facts.replacement] if facts.replacement else []), *facts.also]
    left = left_on(context, facts.service_date)
    return DecisionResult(
        decision=facts, boxes=boxes_of(context, names), left=left, to_review=proposed(left)
    )


def boxes_of(context: Context, names: Iterable[str]) -> list[Box]:
    """Return assignments by name, as they stand."""
    from evenbeat.core.store.database import current_assignments

    with context.workspace.database.reading() as connection:
        found = current_assignments(connection, ids=list(dict.fromkeys(names)))
    return [Box.of(one) for one in found]


def left_on(context: Context, date: dt.date) -> list[LeftCount]:
    """Return how many boxes of a day are in each state."""
    from evenbeat.core.pipeline.review.left import count_states

    return [LeftCount.model_validate(count) for count in count_states(context, date)]


def proposed(left: Iterable[LeftCount]) -> int:
    """Return how many boxes are still to review."""
    return sum(count.boxes for count in left if count.state == "proposed")
