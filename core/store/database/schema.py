"""The tables and the view, as the code reads and writes them.

``migrations/versions`` makes them; a test proves that both say the same. Every table has an integer
key ``fid`` of its own, because a GeoPackage asks for one; what a row is known by is unique beside.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from evenbeat.core.store.database.types import Area, Day, Instant, Json, Number, Words

METADATA = sa.MetaData()
_VIEWS = sa.MetaData()


def _fid() -> sa.Column[Any]:
    # An identity, unlike a sequence of its own, needs no right beyond that to add rows.
    return sa.Column("fid", Number, sa.Identity(), primary_key=True)


def _words(name: str, *, nullable: bool = False, unique: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Words, nullable=nullable, unique=unique or None)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=nullable)


def _real(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Double, nullable=nullable)


def _json(name: str, depth: int = 0) -> sa.Column[Any]:
    return sa.Column(name, Json(depth), nullable=False)


def _instant(name: str) -> sa.Column[Any]:
    return sa.Column(name, Instant, nullable=False)


def _described() -> list[sa.Column[Any]]:
    """Return what an assignment and its current state both have."""
    return [
        _words("plan_id"), _words("run_id"), sa.Column("service_date", Day, nullable=False),
        _words("shift"), _words("shift_start"), _words("shift_end"), _words("district_id"),
        _words("neighbourhood", nullable=True), _words("unit", nullable=True), _number("rank"),
        _number("row"), _number("column"), _json("cells", 2), _number("visits"),
        _real("visit_minutes"), _real("minutes"), _real("visit_gap_hours"), _real("priority"),
        _real("share_of_district", nullable=True), _real("percentile", nullable=True),
        _real("z_score", nullable=True), _real("expected_total"),
        _words("dominant_type", nullable=True), _json("expected"), _json("shares"),
        _json("tactics"), _json("why"), _json("instead"), _json("past_dose"),
        _number("days_in_last_7"), _number("days_in_last_28"), _words("chosen_by"),
        _real("inclusion_probability", nullable=True), _words("replaces", nullable=True),
        _real("easting"), _real("northing"), sa.Column("geometry", Area, nullable=False),
    ]  # fmt: skip


AUDIT_LOG = sa.Table(
    "audit_log",
    METADATA,
    sa.Column("entry", Number, primary_key=True, autoincrement=False),
    _words("at"), _words("actor"), _words("action"), _words("detail"), _words("previous_hash"),
    _words("hash", unique=True),
)  # fmt: skip

PLAN = sa.Table(
    "plan",
    METADATA,
    _fid(), _words("plan_id", unique=True), _words("run_id"),
    sa.Column("service_date", Day, nullable=False, index=True), _instant("issued_at"),
    _words("actor"), _words("mode"), _words("seed"), _words("settings_fingerprint"),
    _json("document"),
    sa.Column("supersedes", Words, sa.ForeignKey("plan.plan_id"), nullable=True),
)  # fmt: skip

ASSIGNMENT = sa.Table(
    "assignment",
    METADATA,
    _fid(), _words("assignment_id", unique=True), *_described(),
    sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"]),
    sa.ForeignKeyConstraint(["replaces"], ["assignment.assignment_id"]),
    sa.Index("ix_assignment_service_date", "service_date"),
    sa.Index("ix_assignment_plan_id", "plan_id"),
)  # fmt: skip

REVIEW_EVENT = sa.Table(
    "review_event",
    METADATA,
    _fid(), _words("event_id", unique=True),
    sa.Column("assignment_id", Words, sa.ForeignKey("assignment.assignment_id"), nullable=False),
    _number("version"), _words("action"), _words("state_before"), _words("state_after"),
    _words("actor"), _words("role"), _words("reason", nullable=True), _instant("at"),
    sa.Column("overridden", sa.Boolean, nullable=False), _json("detail"),
    sa.Column("audit_entry", Number, sa.ForeignKey("audit_log.entry"), nullable=False),
    _words("login", nullable=True),
    sa.UniqueConstraint("assignment_id", "version"),
)  # fmt: skip

CANDIDATE = sa.Table(
    "candidate",
    METADATA,
    _fid(), sa.Column("plan_id", Words, sa.ForeignKey("plan.plan_id"), nullable=False),
    _words("shift"), _words("district_id"), _words("neighbourhood", nullable=True),
    _number("row"), _number("column"), _json("cells", 2), _words("chosen_by"), _real("priority"),
    _real("weight"), _real("inclusion_probability"), _real("hold_out_probability"),
    _words("outcome"),
    sa.UniqueConstraint("plan_id", "shift", "row", "column"),
)  # fmt: skip

VISIT = sa.Table(
    "visit",
    METADATA,
    _fid(),
    sa.Column("assignment_id", Words, sa.ForeignKey("assignment.assignment_id"), nullable=False),
    _number("number"), _words("unit", nullable=True), _number("position"), _instant("starts_at"),
    _instant("ends_at"), _real("travel_minutes"),
    sa.UniqueConstraint("assignment_id", "number"),
)  # fmt: skip

AREA = sa.Table(
    "area",
    METADATA,
    _fid(), _words("area_id", unique=True), _words("kind"),
    sa.Column("geometry", Area, nullable=False), _words("district_id", nullable=True),
    _json("shifts", 1), _words("reason"), _words("author"), _instant("created_at"),
    sa.Column("expires_on", Day, nullable=True),
)  # fmt: skip

AREA_LIFT = sa.Table(
    "area_lift",
    METADATA,
    _fid(),
    sa.Column("area_id", Words, sa.ForeignKey("area.area_id"), nullable=False, unique=True),
    _words("actor"), _words("reason"), _instant("at"),
)  # fmt: skip

ASSIGNMENT_NOW = sa.Table(
    "assignment_now",
    _VIEWS,
    sa.Column("ogc_fid", Number), _words("assignment_id"), *_described(),
    _words("state"), _number("version"), _words("last_action", nullable=True),
    _words("reviewer", nullable=True), _words("reason", nullable=True),
    sa.Column("reviewed_at", Instant, nullable=True), sa.Column("ever_overridden", sa.Boolean),
)  # fmt: skip
"""Every assignment with its newest state; a view."""
