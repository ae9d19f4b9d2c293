"""Plans, assignments, reviews, areas and the log, with their guards and the view.

A migration says what a schema was on its day, so it repeats the columns and imports no table.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from evenbeat.core.store.database import geopackage, guards, postgis
from evenbeat.core.store.database.types import Area, Number, Words
from evenbeat.core.store.database.view import create_view

revision = "0001"
down_revision = None

_ASSIGNMENT = (
    "plan_id run_id service_date shift shift_start shift_end district_id neighbourhood? unit? "
    "rank:n row:n column:n cells visits:n visit_minutes:r minutes:r visit_gap_hours:r priority:r "
    "share_of_district:r? percentile:r? z_score:r? expected_total:r dominant_type? expected shares "
    "tactics why instead past_dose days_in_last_7:n days_in_last_28:n chosen_by "
    "inclusion_probability:r? replaces? easting:r northing:r geometry:g"
)
_EVENT = (
    "assignment_id version:n action state_before state_after actor role reason? at overridden:b "
    "detail audit_entry:k login?"
)
_CANDIDATE = (
    "plan_id shift district_id neighbourhood? row:n column:n cells chosen_by priority:r "
    "weight:r inclusion_probability:r hold_out_probability:r outcome"
)
_PLAN = "run_id service_date issued_at actor mode seed settings_fingerprint document supersedes?"
_AREA = "kind geometry:g district_id? shifts reason author created_at expires_on?"
_VISIT = "assignment_id number:n unit? position:n starts_at ends_at travel_minutes:r"
_KINDS: dict[str, Any] = {
    "": Words, "n": sa.Integer(), "r": sa.Double(), "b": sa.Boolean(), "k": Number, "g": Area(),
}  # fmt: skip


def upgrade() -> None:
    """Make everything."""
    connection = op.get_bind()
    postgres = connection.dialect.name == "postgresql"
    (postgis if postgres else geopackage).initialise(connection)
    op.create_table(
        "audit_log",
        sa.Column("entry", Number, primary_key=True, autoincrement=False),
        *_columns("at actor action detail previous_hash hash"),
        sa.UniqueConstraint("hash"),
    )
    _table("plan", "plan_id", _PLAN, _to("plan", "supersedes", "plan_id"))
    op.create_index("ix_plan_service_date", "plan", ["service_date"])
    _table(
        "assignment", "assignment_id", _ASSIGNMENT, _to("plan", "plan_id"),
        _to("assignment", "replaces", "assignment_id"),
    )  # fmt: skip
    op.create_index("ix_assignment_service_date", "assignment", ["service_date"])
    op.create_index("ix_assignment_plan_id", "assignment", ["plan_id"])
    _table(
        "review_event", "event_id", _EVENT, sa.UniqueConstraint("assignment_id", "version"),
        _to("assignment", "assignment_id"), _to("audit_log", "audit_entry", "entry"),
    )  # fmt: skip
    _table(
        "candidate", None, _CANDIDATE, sa.UniqueConstraint("plan_id", "shift", "row", "column"),
        _to("plan", "plan_id"),
    )  # fmt: skip
    _table(
        "visit", None, _VISIT, sa.UniqueConstraint("assignment_id", "number"),
        _to("assignment", "assignment_id"),
    )  # fmt: skip
    _table("area", "area_id", _AREA)
    _table("area_lift", "area_id", "actor reason at", _to("area", "area_id"))
    create_view(connection)
    guards.install(connection)


def _table(name: str, key: str | None, columns: str, *constraints: Any) -> None:
    known_by = [] if key is None else [sa.Column(key, Words, nullable=False, unique=True)]
    op.create_table(
        name,
        sa.Column("fid", Number, sa.Identity(), primary_key=True),
        *known_by,
        *_columns(columns),
        *constraints,
    )


def _columns(words: str) -> list[sa.Column[Any]]:
    """Return columns from ``name``, ``name?`` where it may be empty, ``name:kind``."""
    columns = []
    for word in words.split():
        name, _, kind = word.rstrip("?").partition(":")
        columns.append(sa.Column(name, _KINDS[kind], nullable=word.endswith("?")))
    return columns


def _to(table: str, column: str, key: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.{key or column}"])
