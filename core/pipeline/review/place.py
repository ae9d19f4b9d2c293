"""Boxes that a reviewer places: moved, resized or added, each an assignment of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import ReviewError
from evenbeat.core.pipeline.review.boxes import Draft, draft_box, past_dose
from evenbeat.core.pipeline.review.cells import shifted_cells
from evenbeat.core.pipeline.review.change import Change, changing
from evenbeat.core.pipeline.review.found import Decision, claim_of, find_box
from evenbeat.core.pipeline.review.grid import ReviewGrid, review_grid
from evenbeat.core.pipeline.review.past import past_of_cells
from evenbeat.core.pipeline.review.terms import as_planned, require_open
from evenbeat.core.pipeline.review.visits import carried_visits
from evenbeat.core.planning.metering.caps import dose_for
from evenbeat.core.planning.review import Action, next_state
from evenbeat.core.store.database import AssignmentRecord, current_assignments, plan_of

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.planning.metering.past import Cell
    from evenbeat.core.store.database import PlanRecord
    from evenbeat.core.store.workspace import Workspace


def move(
    context: Context,
    assignment_id: str,
    target: Cell,
    *,
    reason: str,
    version: int | None = None,
    override: bool = False,
) -> Decision:
    """Move an assignment so that its first cell lies on the target; a new one takes its place.

    Raises
    ------
    ReviewError
        It is neither proposed nor approved, the place is none, the caps do not allow it, there is
        no reason, or who acts may not.
    ConflictError
        Someone changed it since the version that was seen.
    """
    with context.workspace.database.reading() as connection:
        cells = shifted_cells(find_box(connection, assignment_id).assignment.cells, target)
    return _replace(context, assignment_id, "move", cells, reason, version, override=override)


def resize(
    context: Context,
    assignment_id: str,
    cells: Sequence[Cell],
    *,
    reason: str,
    version: int | None = None,
    override: bool = False,
) -> Decision:
    """Give an assignment other cells, the first one its seed; a new one takes its place.

    Raises
    ------
    ReviewError
        As `move`.
    ConflictError
        Someone changed it since the version that was seen.
    """
    return _replace(context, assignment_id, "resize", cells, reason, version, override=override)


def _replace(
    context: Context, assignment_id: str, action: Action, cells: Sequence[Cell], reason: str,
    version: int | None, *, override: bool,
) -> Decision:  # fmt: skip
    with context.workspace.database.reading() as connection:
        before = find_box(connection, assignment_id)
    seen, old = before.version if version is None else version, before.assignment
    workspace, plan = _planned(context, old.service_date)
    if before.assignment.plan_id == plan.plan_id:
        next_state(assignment_id, before.state, action)
    if tuple(map(tuple, cells)) == old.cells:
        raise ReviewError(f"{assignment_id} has these cells already. Choose others.")
    study = review_grid(workspace)
    # Slow reading is done before the database's turn is taken; the old row never changes.
    draft = draft_box(
        workspace, study, workspace.run_folder(old.service_date, old.run_id),
        date=old.service_date, shift=old.shift, cells=cells, unit=old.unit or "",
    )  # fmt: skip
    with changing(context, action, reason=reason, override=override) as change:
        box = change.box(assignment_id, seen)
        plan = change.plan_for(old.service_date, box)
        replaced = next_state(assignment_id, box.state, action)
        require_open(old, plan, change.at)
        name = f"{assignment_id}-v{box.version + 1}"
        row = _placed(change, workspace, study, draft, replace(
            old, assignment_id=name, replaces=assignment_id,
            unit=old.unit if draft.district_id == old.district_id else None,
        ))  # fmt: skip
        kept, dropped = carried_visits(change.connection, old, row, study.grid, workspace)
        if dropped:
            change.notes.append(
                f"{dropped} visits of {name} have no time now: at theirs the gap to another box on "
                "the same ground would not be kept. The unit chooses others."
            )
        change.judged(plan, standing=[claim_of(row, kept)], leaving=[assignment_id])
        change.rows.append(row)
        change.visits += kept
        change.events += [
            change.event(box, replaced, detail={"replaced_by": name}),
            change.first_event(row, box.state, detail={"replaces": assignment_id}),
        ]
    return change.decision(change.events[0], replacement=name)


def _planned(context: Context, date: dt.date) -> tuple[Workspace, PlanRecord]:
    """Return the workspace as a day was planned, and the plan.

    Raises
    ------
    ReviewError
        The day has no plan, or its settings are not at hand.
    """
    with context.workspace.database.reading() as connection:
        plan = plan_of(connection, date)
    if plan is None:
        raise ReviewError(f"{date} has no plan. Make it with: evenbeat plan --date {date}")
    return as_planned(context.workspace, plan), plan


def add(
    context: Context,
    date: dt.date,
    shift: str,
    cells: Sequence[Cell],
    *,
    reason: str,
    district_id: str | None = None,
    visits: int | None = None,
    crime_type: str | None = None,
    override: bool = False,
) -> Decision:
    """Add an assignment that no draw chose; it is approved at once.

    Parameters
    ----------
    date, shift
        When; the day needs a plan.
    cells
        Where, the first cell its seed.
    district_id
        The district that the cells should be of; by default the one that they are of.
    visits
        Visits of the shift; by default as many as the caps allow.
    crime_type
        What it is mainly for; by default the type with the largest share of the priority.

    Raises
    ------
    ReviewError
        The place is none, the caps do not allow it, there is no reason, or who acts may not.
    ShiftError
        The calendar has no such shift.
    """
    workspace, plan = _planned(context, date)
    study = review_grid(workspace)
    dose = dose_for(workspace.calendar.shift(date, shift), workspace.settings.plan.caps)
    draft = draft_box(
        workspace, study, workspace.run_folder(date, plan.run_id), date=date, shift=shift,
        cells=cells,
        crime_type=crime_type,
    )  # fmt: skip
    if district_id not in (None, draft.district_id):
        raise ReviewError(
            f"The cells are of district {draft.district_id}, not of {district_id}. Leave "
            "--district out, or name other cells."
        )
    count = dose.visits if visits is None else visits
    if count < 1:
        raise ReviewError(f"A box has at least 1 visit, got {count}.")
    with changing(context, "add", reason=reason, override=override) as change:
        plan = change.plan_for(date)
        workspace = as_planned(context.workspace, plan)
        blank = _blank(change, workspace, plan, draft, shift, count)
        row = _placed(change, workspace, study, draft, blank)
        require_open(row, plan, change.at)
        change.judged(plan, standing=[claim_of(row)])
        change.rows.append(row)
        change.events.append(change.first_event(row, "approved"))
    return change.decision(change.events[0])


def _blank(
    change: Change, workspace: Workspace, plan: PlanRecord, draft: Draft, shift: str, visits: int
) -> AssignmentRecord:
    """Return a row for an added box, all but what depends on its place."""
    date = plan.service_date
    when = workspace.calendar.shift(date, shift)
    zone, dose = workspace.calendar.zone, dose_for(when, workspace.settings.plan.caps)
    beside = [
        box.assignment for box in current_assignments(
            change.connection, first=date, last=date, shift=shift, district_id=draft.district_id
        )
    ]  # fmt: skip
    number = 1 + sum(box.chosen_by == "reviewer" and box.replaces is None for box in beside)
    return AssignmentRecord(
        assignment_id=f"{date}-{shift}-{draft.district_id}-added{number:02d}",
        plan_id=plan.plan_id, run_id=plan.run_id, service_date=date, shift=shift,
        shift_start=when.start.astimezone(zone).isoformat(),
        shift_end=when.end.astimezone(zone).isoformat(), district_id=draft.district_id,
        neighbourhood=None, unit=None, rank=1 + max((box.rank for box in beside), default=0),
        row=0, column=0, cells=(), visits=visits, visit_minutes=dose.visit_minutes,
        minutes=visits * dose.visit_minutes, visit_gap_hours=dose.visit_gap_hours, priority=0.0,
        share_of_district=None, percentile=None, z_score=None, expected_total=0.0,
        dominant_type=None, expected={}, shares={}, tactics=[], why=[], instead=None,
        past_dose={}, days_in_last_7=0, days_in_last_28=0, chosen_by="reviewer",
        inclusion_probability=None, replaces=None, easting=0.0, northing=0.0,
        geometry=draft.geometry,
    )  # fmt: skip


def _placed(
    change: Change, workspace: Workspace, study: ReviewGrid, draft: Draft, row: AssignmentRecord
) -> AssignmentRecord:
    """Return a row with everything that depends on its place; no draw chose it."""
    past = past_of_cells(workspace, change.connection, study.grid, row.service_date, draft.cells)
    dose = past_dose(past, draft.cells[0])
    return replace(
        row, cells=draft.cells, row=draft.cells[0][0], column=draft.cells[0][1],
        district_id=draft.district_id, neighbourhood=draft.neighbourhood, tactics=draft.tactics,
        easting=draft.easting, northing=draft.northing, geometry=draft.geometry,
        why=[_because(change, draft)], instead=None, past_dose=dose, chosen_by="reviewer",
        inclusion_probability=None, days_in_last_7=dose["days_in_last_7"] + 1,
        days_in_last_28=dose["days_in_last_28"] + 1, **draft.figures,
    )  # fmt: skip


def _because(change: Change, draft: Draft) -> dict[str, Any]:
    """Return the reviewer's reason in the form of a forecast's reasons."""
    return {
        "feature": "reviewer", "crime_type": draft.figures["dominant_type"], "value": None,
        "percentile": draft.figures["percentile"], "effect": 1.0,
        "words": f"chosen by a reviewer ({change.role}): {change.reason}",
    }  # fmt: skip
