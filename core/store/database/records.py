"""The rows of the database as immutable values, each declared once.

Identifiers are texts that the caller makes; times are aware; cells are ``(row, column)`` of the
grid; geometries are in the grid's CRS. What is a ``dict`` or ``list`` here is canonical JSON in
the database, so it holds only what JSON holds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

State = Literal["proposed", "approved", "rejected", "replaced", "expired"]
ChosenBy = Literal["lottery", "exploration", "greedy", "optimal", "custom", "reviewer"]
Outcome = Literal["assigned", "held_out", "not_drawn", "over_limit"]
AreaKind = Literal["exclude", "custom"]

PROPOSED: State = "proposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRecord:
    """One plan of a day; a later plan of the same day names the one it ``supersedes``."""

    plan_id: str
    run_id: str
    service_date: dt.date
    issued_at: dt.datetime
    actor: str
    mode: str
    seed: str
    settings_fingerprint: str
    document: dict[str, Any] = field(default_factory=dict)
    supersedes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRecord:
    """One box on one shift as it was planned or added; it never changes.

    ``shift_start`` and ``shift_end`` are ISO texts with the agency's offset. ``minutes`` are all
    minutes of the shift, ``visit_minutes`` those of one visit. ``expected`` has the expected count
    by crime type, ``shares`` each type's share of the priority, ``why`` and ``instead`` the
    explanation, ``past_dose`` what was delivered before. ``replaces`` names the assignment that
    this one stands in for after a reviewer moved or resized it.
    """

    assignment_id: str
    plan_id: str
    run_id: str
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
    cells: tuple[tuple[int, int], ...]
    visits: int
    visit_minutes: float
    minutes: float
    visit_gap_hours: float
    priority: float
    share_of_district: float | None
    percentile: float | None
    z_score: float | None
    expected_total: float
    dominant_type: str | None
    expected: dict[str, float]
    shares: dict[str, float]
    tactics: list[Any]
    why: list[Any]
    instead: Any
    past_dose: dict[str, Any]
    days_in_last_7: int
    days_in_last_28: int
    chosen_by: ChosenBy
    inclusion_probability: float | None
    replaces: str | None
    easting: float
    northing: float
    geometry: MultiPolygon | Polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEvent:
    """One change of an assignment's state; the newest version is the state that counts.

    ``version`` is one more than the version that the reviewer saw. ``audit_entry`` is the number
    of the log row that records the event; it is given by the log, so it is no part of the digest.
    """

    event_id: str
    assignment_id: str
    version: int
    action: str
    state_before: State
    state_after: State
    actor: str
    role: str
    reason: str | None
    at: dt.datetime
    overridden: bool = False
    detail: dict[str, Any] = field(default_factory=dict)
    audit_entry: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRecord:
    """One box in a draw, and what the draw made of it.

    ``chosen_by`` names the draw: a chance by ``exploration`` is that of one even draw from all
    cells, a chance by ``lottery`` that of the whole draw from the pool.
    """

    plan_id: str
    shift: str
    district_id: str
    neighbourhood: str | None
    row: int
    column: int
    cells: tuple[tuple[int, int], ...]
    chosen_by: ChosenBy
    priority: float
    weight: float
    inclusion_probability: float
    hold_out_probability: float
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """One planned visit of an assignment; ``number`` counts from 1, ``position`` in the tour."""

    assignment_id: str
    number: int
    unit: str | None
    position: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    travel_minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRecord:
    """A polygon that is kept out of plans, or that is to get a box of its own.

    ``shifts`` empty means every shift; the area counts up to and including ``expires_on``.
    """

    area_id: str
    kind: AreaKind
    geometry: MultiPolygon | Polygon
    district_id: str | None
    shifts: tuple[str, ...]
    reason: str
    author: str
    created_at: dt.datetime
    expires_on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaLift:
    """The end of an area before it expires."""

    area_id: str
    actor: str
    reason: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentAssignment:
    """An assignment with its newest state; without an event it is proposed, version 0."""

    assignment: AssignmentRecord
    state: State
    version: int
    last_action: str | None
    reviewer: str | None
    reason: str | None
    reviewed_at: dt.datetime | None
    ever_overridden: bool


Record = (
    PlanRecord
    | AssignmentRecord
    | ReviewEvent
    | CandidateRecord
    | VisitRecord
    | AreaRecord
    | AreaLift
)
