"""The caps judged again on the boxes of a day, with a change and before it is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import sqlalchemy as sa

from evenbeat.core.grid import Grid
from evenbeat.core.pipeline.plan_inputs import covered_cells, touched_cells
from evenbeat.core.pipeline.review.grid import ReviewGrid, review_grid
from evenbeat.core.pipeline.review.past import past_of_cells, unsuperseded
from evenbeat.core.pipeline.review.terms import as_planned
from evenbeat.core.planning.metering.breaches import above_share, breaches
from evenbeat.core.planning.metering.claims import Bounds, Breach, Claim
from evenbeat.core.planning.metering.past import Cell
from evenbeat.core.planning.metering.strata import unit_minutes, units_on
from evenbeat.core.planning.review import STANDING
from evenbeat.core.store.database import (
    AreaRecord,
    PlanRecord,
    VisitRecord,
    areas_on,
    visits_of,
)
from evenbeat.core.store.database.schema import ASSIGNMENT_NOW, CANDIDATE

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from evenbeat.core.store.workspace import Workspace

BY_REVIEWER = "reviewer"


def claims_on(connection: Connection, date: dt.date) -> list[Claim]:
    """Return the boxes of a day that stand, without what judging them does not need."""
    now = ASSIGNMENT_NOW.c
    query = sa.select(
        now.assignment_id, now.shift, now.district_id, now.unit, now.cells, now.visits,
        now.visit_minutes, now.visit_gap_hours, now.chosen_by,
    ).where(now.service_date == date, now.state.in_(STANDING), unsuperseded())  # fmt: skip
    return [
        Claim(*row[:3], row[3] or "", *row[4:8], placed=row[8] == BY_REVIEWER)
        for row in connection.execute(query.order_by(now.assignment_id))
    ]


def times_of(visits: Iterable[VisitRecord]) -> tuple[tuple[float, float], ...]:
    """Return visits as the caps see them: start and end in seconds since 1970 UTC."""
    return tuple(sorted(
        (visit.starts_at.timestamp(), visit.ends_at.timestamp()) for visit in visits
    ))  # fmt: skip


def judge(
    workspace: Workspace,
    connection: Connection,
    plan: PlanRecord,
    *,
    claims: Sequence[Claim],
    about: Collection[str],
    without_area: str | None = None,
) -> list[Breach]:
    """Return the caps that boxes break, judged among all that stand with them.

    Parameters
    ----------
    plan
        The plan of the day, by whose settings they are judged.
    claims
        Every box of the day as it would stand after the change.
    about
        The boxes that are changed.
    without_area
        An excluded area that the change lifts.
    """
    changed = [claim for claim in claims if claim.box_id in about]
    if not changed:
        return []
    workspace = as_planned(workspace, plan)
    study = review_grid(workspace)
    bounds = bounds_of(workspace, connection, study, plan, changed, without_area=without_area)
    shifts, cells = {claim.shift for claim in changed}, set(cells_of(changed))
    # Every cap is of one shift but the minutes of a cell and day.
    near = [claim for claim in claims if claim.shift in shifts or not cells.isdisjoint(claim.cells)]
    near = _with_times(connection, near, cells)
    return [*breaches(near, bounds, about=about), *_ceiling(near, bounds, about)]


def _with_times(
    connection: Connection, claims: Sequence[Claim], cells: Collection[Cell]
) -> list[Claim]:
    """Return claims with the planned visits of those that share a cell; others need no times."""
    there = [
        claim.box_id for claim in claims
        if not claim.times and not set(cells).isdisjoint(claim.cells)
    ]  # fmt: skip
    visits: dict[str, list[VisitRecord]] = {}
    for visit in visits_of(connection, there):
        visits.setdefault(visit.assignment_id, []).append(visit)
    return [
        replace(claim, times=times_of(visits[claim.box_id])) if claim.box_id in visits else claim
        for claim in claims
    ]


def bounds_of(
    workspace: Workspace, connection: Connection, study: ReviewGrid, plan: PlanRecord,
    changed: Sequence[Claim], *, without_area: str | None = None,
) -> Bounds:  # fmt: skip
    """Return what boxes of a day are judged against.

    Parameters
    ----------
    workspace
        With the settings that the plan was made with.
    changed
        The boxes to judge; shifts, districts and cells without one are left out.
    without_area
        An excluded area that does not count.
    """
    settings, date = workspace.settings.plan, plan.service_date
    shifts = {shift.name: shift for shift in workspace.calendar.shifts_on(date)}
    names = {claim.shift for claim in changed}
    return Bounds(
        grid=study.grid, caps=settings.caps, shifts=shifts,
        past=past_of_cells(workspace, connection, study.grid, date, cells_of(changed)),
        neighbourhoods=study.neighbourhoods,
        district_minutes={
            (name, claim.district_id): sum(
                unit_minutes(unit, shifts[name], settings)
                for unit in units_on(settings, shifts[name], claim.district_id)
            )
            for claim in changed for name in (claim.shift,) if settings.units
        },
        district_units={
            (claim.shift, claim.district_id): len(
                units_on(settings, shifts[claim.shift], claim.district_id)
            )
            for claim in changed if settings.units
        },
        issued_minutes=plan.document.get("issued_minutes", {}),
        excluded=_excluded(connection, study.grid, date, names, without_area),
        held_out=_held_out(connection, study.grid, plan.plan_id, names),
    )  # fmt: skip


def cells_of(claims: Sequence[Claim]) -> list[Cell]:
    """Return the cells of boxes."""
    return [cell for claim in claims for cell in claim.cells]


def _excluded(
    connection: Connection, grid: Grid, date: dt.date, names: Collection[str],
    without_area: str | None,
) -> dict[str, set[int]]:  # fmt: skip
    excluded: dict[str, set[int]] = {name: set() for name in names}
    for area in areas_on(connection, date):
        if area.kind == "exclude" and area.area_id != without_area:
            for name in names:
                if not area.shifts or name in area.shifts:
                    excluded[name] |= cells_of_area(grid, area)
    return excluded


def cells_of_area(grid: Grid, area: AreaRecord) -> frozenset[int]:
    """Return the flat cells that a plan takes from an area; it never changes, so they are kept.

    Of ground that is kept out of plans these are the cells that it reaches into, of a custom box
    those whose centre it covers.
    """
    import shapely

    return _cells(grid, shapely.to_wkb(area.geometry), area.kind)


@lru_cache(maxsize=512)
def _cells(grid: Grid, outline: bytes, kind: str) -> frozenset[int]:
    import shapely

    of_kind = touched_cells if kind == "exclude" else covered_cells
    return frozenset(of_kind(grid, shapely.from_wkb(outline)))


def _held_out(
    connection: Connection, grid: Grid, plan_id: str, names: Collection[str]
) -> dict[str, set[int]]:
    column = CANDIDATE.c
    query = sa.select(column.shift, column.cells).where(
        column.plan_id == plan_id, column.outcome == "held_out", column.shift.in_(list(names))
    )
    held: dict[str, set[int]] = {name: set() for name in names}
    for shift, cells in connection.execute(query):
        held[shift].update(r * grid.shape[1] + c for r, c in cells)
    return held


def _ceiling(claims: Sequence[Claim], bounds: Bounds, about: Collection[str]) -> list[Breach]:
    """Judge the neighbourhoods' ceiling by what the plan gave out alone.

    `breaches` takes it of what stands where that is more. What reviewers add may be rejected
    later, and that must not put a neighbourhood above its share.
    """
    changed = [claim for claim in claims if claim.box_id in about]
    found = []
    for shift in sorted({claim.shift for claim in changed}):
        issued = bounds.issued_minutes.get(shift, 0.0)
        standing = sum(claim.minutes for claim in claims if claim.shift == shift)
        if standing > issued:
            words = f", {shift}, of the minutes that the plan gave out"
            found += above_share(claims, bounds, shift, issued, words)
    return [breach for breach in found if set(breach.box_ids) & set(about)]
