"""One change of assignments: gathered, judged, and written with its log entry in one transaction.

A change begins by taking the database's writing turn and reads the state only then, so of two
reviewers who act at once the second one sees what the first one did, and is told.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import CapError, ReviewError
from evenbeat.core.pipeline.review.caps import claims_on, judge
from evenbeat.core.pipeline.review.found import Decision, find_box, refusal
from evenbeat.core.pipeline.review.roles import Reviewer, reviewer_of
from evenbeat.core.planning.metering.claims import Claim
from evenbeat.core.planning.review import (
    STANDING,
    Action,
    Role,
    State,
    require_override,
    require_reason,
)
from evenbeat.core.store.database import (
    AreaLift,
    AreaRecord,
    AssignmentRecord,
    CurrentAssignment,
    PlanRecord,
    ReviewEvent,
    VisitRecord,
    add_area,
    add_assignment,
    append_event,
    lift_area,
    logged_records,
    plan_of,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from evenbeat.core.pipeline.context import Context


@dataclass
class Change:
    """What is to be written; `changing` writes it when its block ends."""

    context: Context
    connection: Connection
    reviewer: Reviewer
    role: Role
    action: Action
    reason: str | None
    override: bool
    at: dt.datetime
    events: list[ReviewEvent] = field(default_factory=list)
    rows: list[AssignmentRecord] = field(default_factory=list)
    visits: list[VisitRecord] = field(default_factory=list)
    areas: list[AreaRecord] = field(default_factory=list)
    lifts: list[AreaLift] = field(default_factory=list)
    breaches: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    plans: dict[str, PlanRecord] = field(default_factory=dict)
    date: dt.date | None = None
    audit_entry: int = 0

    def box(self, assignment_id: str, seen: int | None = None) -> CurrentAssignment:
        """Return an assignment as it stands in this transaction.

        Raises
        ------
        ReviewError
            There is none, or the version given was never written.
        ConflictError
            Someone changed it after the version that was seen.
        """
        box = find_box(self.connection, assignment_id)
        self.date = box.assignment.service_date
        if seen is not None and seen > box.version:
            raise ReviewError(
                f"{assignment_id} is at version {box.version}, got version {seen}. Look at it "
                f"with: evenbeat review show {assignment_id}"
            )
        if seen is not None and seen < box.version:
            # The store refuses the event that follows a stale version, and says who was faster.
            stale = self.event(box, box.state)
            append_event(self.connection, dataclasses.replace(stale, version=seen + 1))
        return box

    def plan_for(self, date: dt.date, box: CurrentAssignment | None = None) -> PlanRecord:
        """Return the plan of a day that counts, and refuse a box of an earlier one.

        Raises
        ------
        ReviewError
            The day has no plan, or a later plan took the place of the box's.
        """
        plan = plan_of(self.connection, date)
        self.date = date if self.date is None else self.date
        if plan is None:
            raise ReviewError(f"{date} has no plan. Make it with: evenbeat plan --date {date}")
        if box is not None and box.assignment.plan_id != plan.plan_id:
            raise ReviewError(
                f"{box.assignment.assignment_id} is {box.state} and belongs to "
                f"{box.assignment.plan_id}, which {plan.plan_id} took the place of. Allowed there: "
                f"note. Review the boxes that count: evenbeat review list --date {date}"
            )
        self.plans[plan.plan_id] = plan
        return plan

    def event(
        self,
        box: CurrentAssignment,
        state_after: State,
        *,
        detail: Mapping[str, Any] | None = None,
    ) -> ReviewEvent:
        """Return the next event of an assignment."""
        return self._event(
            box.assignment.assignment_id, box.version + 1, box.state, state_after, detail
        )

    def first_event(
        self, row: AssignmentRecord, state_after: State, *, detail: Mapping[str, Any] | None = None
    ) -> ReviewEvent:
        """Return the first event of an assignment that this change makes."""
        return self._event(row.assignment_id, 1, "proposed", state_after, detail)

    def _event(
        self, name: str, version: int, before: State, after: State,
        detail: Mapping[str, Any] | None,
    ) -> ReviewEvent:  # fmt: skip
        return ReviewEvent(
            event_id=f"{name}#{version}", assignment_id=name, version=version, action=self.action,
            state_before=before, state_after=after, actor=self.reviewer.actor, role=self.role,
            reason=self.reason, at=self.at, detail={**self.reviewer.account(), **(detail or {})},
        )  # fmt: skip

    def judged(
        self,
        plan: PlanRecord,
        *,
        standing: Iterable[Claim],
        leaving: Collection[str] = (),
        without_area: str | None = None,
    ) -> None:
        """Refuse the change when boxes that it makes stand break a cap, unless that is overridden.

        Parameters
        ----------
        plan
            The plan of the day.
        standing
            The boxes that the change is about, as they are to stand.
        leaving
            Boxes that no longer stand after it.
        without_area
            An excluded area that it lifts.

        Raises
        ------
        CapError
            A cap is broken; the message says which and by how much.
        """
        changed = {claim.box_id: claim for claim in standing}
        others = [
            claim for claim in claims_on(self.connection, plan.service_date)
            if claim.box_id not in changed and claim.box_id not in leaving
        ]  # fmt: skip
        found = judge(
            self.context.workspace, self.connection, plan,
            claims=[*others, *changed.values()], about=set(changed), without_area=without_area,
        )  # fmt: skip
        self.breaches += tuple(breach.words for breach in found)
        if self.breaches and not self.override:
            raise CapError(refusal(self.action, self.breaches))

    def write(self) -> None:
        """Append the log entry and everything that it speaks of; nothing where nothing is done."""
        if not (self.events or self.areas or self.lifts):
            return
        if self.breaches:
            self.events = [self._marked(event) for event in self.events]
        entry = self.context.log(
            "review",
            {"review": self.action, "role": self.role, **self.reviewer.account(),
             "assignments": [event.assignment_id for event in self.events],
             "overridden": bool(self.breaches), "settings": self._settings(),
             "records": logged_records(
                 assignments=self.rows, visits=self.visits, events=self.events, areas=self.areas,
                 lifts=self.lifts)},
            connection=self.connection,
        )  # fmt: skip
        for row in self.rows:
            mine = [visit for visit in self.visits if visit.assignment_id == row.assignment_id]
            add_assignment(self.connection, row, mine)
        for area in self.areas:
            add_area(self.connection, area)
        for lift in self.lifts:
            lift_area(self.connection, lift)
        for event in self.events:
            append_event(self.connection, dataclasses.replace(event, audit_entry=entry.entry))
        self.audit_entry = entry.entry

    def _settings(self) -> str | list[str]:
        """Return the fingerprint of the settings that counted; several where the plans' differ."""
        return logged_settings(self.plans.values(), self.context.workspace.settings.fingerprint)

    def _marked(self, event: ReviewEvent) -> ReviewEvent:
        """Return an event that says for good which caps it broke, where its box stands by it."""
        if event.state_after not in STANDING:
            return event
        return dataclasses.replace(
            event, overridden=True, detail={**event.detail, "breaches": list(self.breaches)}
        )

    def decision(
        self, event: ReviewEvent, *, replacement: str | None = None, area_id: str | None = None,
        notes: Sequence[str] = (),
    ) -> Decision:  # fmt: skip
        """Return what was done, told about one of the events."""
        assert self.date is not None
        return Decision(
            assignment_id=event.assignment_id, action=self.action, state_before=event.state_before,
            state=event.state_after, version=event.version, service_date=self.date,
            actor=self.reviewer.actor, role=self.role, overridden=bool(self.breaches),
            breaches=self.breaches,
            replacement=replacement, area_id=area_id,
            also={other.assignment_id: other.state_after for other in self.events
                  if other.assignment_id not in (event.assignment_id, replacement)},
            audit_entry=self.audit_entry, notes=(*self.reviewer.notes, *self.notes, *notes),
        )  # fmt: skip


def logged_settings(plans: Iterable[PlanRecord], own: str) -> str | list[str]:
    """Return the settings' fingerprint for a log entry: that of the plans, else this seat's own."""
    found = sorted({plan.settings_fingerprint for plan in plans}) or [own]
    return found[0] if len(found) == 1 else found


@contextlib.contextmanager
def changing(
    context: Context, action: Action, *, reason: str | None = None, override: bool = False
) -> Iterator[Change]:
    """Yield a change in the database's one write transaction; write it when the block ends.

    Raises
    ------
    ReviewError
        Who acts may not, or the reason is missing.
    """
    reason = require_reason(action, reason, override=override)
    with context.workspace.database.transaction() as connection:
        reviewer = reviewer_of(context, connection)
        context = dataclasses.replace(context, actor=reviewer.actor)
        role = reviewer.decider()
        if override:
            require_override(role, reviewer.actor)
        change = Change(
            context, connection, reviewer, role, action, reason, override, context.now()
        )
        yield change
        change.write()
