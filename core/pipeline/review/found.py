"""What a review finds and what it tells: an assignment as it stands, a decision, a refusal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evenbeat.core.errors import ReviewError
from evenbeat.core.pipeline.review.caps import BY_REVIEWER, times_of
from evenbeat.core.planning.metering.claims import Claim
from evenbeat.core.planning.review import require_text
from evenbeat.core.store.database import (
    AssignmentRecord,
    CurrentAssignment,
    VisitRecord,
    current_assignments,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from evenbeat.core.pipeline.context import Context


@dataclass(frozen=True)
class Decision:
    """What one review did.

    Parameters
    ----------
    assignment_id, action
        The assignment and what was done to it.
    state_before, state, version
        Its state before and now, and the version to give with the next change.
    service_date
        Its day.
    actor, role
        Who did it, and in which role.
    overridden, breaches
        Whether caps were broken on purpose, and which, in words.
    replacement
        The assignment that stands in its place, after a move or resize.
    area_id
        The area that was made or lifted.
    also
        Other assignments that changed with it, with their new states.
    audit_entry
        Number of the log entry.
    notes
        What else the person should know.
    """

    assignment_id: str
    action: str
    state_before: str
    state: str
    version: int
    service_date: dt.date
    actor: str
    role: str
    overridden: bool = False
    breaches: tuple[str, ...] = ()
    replacement: str | None = None
    area_id: str | None = None
    also: dict[str, str] = field(default_factory=dict)
    audit_entry: int = 0
    notes: tuple[str, ...] = ()


def find_box(connection: Connection, assignment_id: str) -> CurrentAssignment:
    """Return an assignment as it stands.

    Raises
    ------
    ReviewError
        There is none of that id.
    """
    name = require_text("The assignment's name", assignment_id)
    found = current_assignments(connection, ids=[name])
    if not found:
        raise ReviewError(
            f"There is no assignment {assignment_id!r}. List them with: evenbeat review list"
        )
    return found[0]


def seen_version(context: Context, assignment_id: str, version: int | None) -> int:
    """Return the version that was seen; without one, the one now."""
    if version is not None:
        return version
    with context.workspace.database.reading() as connection:
        return find_box(connection, assignment_id).version


def claim_of(row: AssignmentRecord, visits: Iterable[VisitRecord] = ()) -> Claim:
    """Return an assignment as the caps see it.

    Parameters
    ----------
    visits
        Its planned visits where the database does not have them yet.
    """
    return Claim(
        row.assignment_id, row.shift, row.district_id, row.unit or "", row.cells, row.visits,
        row.visit_minutes, row.visit_gap_hours, times_of(visits), row.chosen_by == BY_REVIEWER,
    )  # fmt: skip


def refusal(action: str, breaches: Sequence[str]) -> str:
    """Return the message of a change that the caps refuse."""
    words = "\n".join(f"  - {words}" for words in breaches)
    return (
        f"The caps do not allow this {action}:\n{words}\nChoose otherwise, or let a supervisor "
        "do it with --override and a reason; that is marked for good."
    )
