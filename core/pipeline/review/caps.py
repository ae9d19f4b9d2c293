"""The caps judged again on the boxes of a day, with a change and before it is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import sqlalchemy as sa

from evenbeat.core.grid import Grid
from evenbeat.core.pipeline.plan_inputs import covered_cells
from evenbeat.core.pipeline.review.grid import ReviewGrid
from evenbeat.core.pipeline.review.past import past_of_cells, unsuperseded
from evenbeat.core.planning.metering.breaches import breaches
from evenbeat.core.planning.metering.claims import Bounds, Breach, Claim
from evenbeat.core.planning.metering.past import Cell
from evenbeat.core.planning.metering.strata import unit_minutes, units_on
from evenbeat.core.planning.review import STANDING
from evenbeat.core.store.database import AreaRecord, PlanRecord, areas_on
from evenbeat.core.store.database.schema import ASSIGNMENT_NOW, CANDIDATE

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from evenbeat.core.store.workspace import Workspace

_EPSILON = 1e-6


def claims_on(connection: Connection, date: dt.date) -> list[Claim]:
    """Return the boxes of a day that stand, without what judging them does not need."""
    now = ASSIGNMENT_NOW.c
    query = sa.select(
        now.assignment_id, now.shift, now.district_id, now.unit, now.cells, now.visits,
        now.visit_minutes, now.visit_gap_hours,
    ).where(now.service_date == date, now.state.in_(STANDING), unsuperseded())  # fmt: skip
    return [
        Claim(row[0], row[1], row[2], row[3] or "", row[4], row[5], row[6], row[7])
        for row in connection.execute(query.order_by(now.assignment_id))
    ]


def judge(
    workspace: Workspace,
    connection: Connection,
    study: ReviewGrid,
    plan: PlanRecord,
    *,
    claims: Sequence[Claim],
    about: Collection[str],
    without_area: str | None = None,
) -> list[Breach]:
    """Return the caps that boxes break, judged among all that stand with them.

    Parameters
    ----------
    study
        The grid and neighbourhoods.
    plan
        The plan of the day.
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
    bounds = _bounds(workspace, connection, study, plan, changed, without_area)
    shifts, cells = {claim.shift for claim in changed}, set(cells_of(changed))
    # Every cap is of one shift but the minutes of a cell and day.
    near = [claim for claim in claims if claim.shift in shifts or not cells.isdisjoint(claim.cells)]
    return [*breaches(near, bounds, about=about), *_ceiling(near, bounds, about)]


def _bounds(
    workspace: Workspace, connection: Connection, study: ReviewGrid, plan: PlanRecord,
    changed: Sequence[Claim], without_area: str | None,
) -> Bounds:  # fmt: skip
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
    """Return the flat cells that an area covers; an area never changes, so they are kept."""
    import shapely

    return _covered(grid, shapely.to_wkb(area.geometry))


@lru_cache(maxsize=512)
def _covered(grid: Grid, outline: bytes) -> frozenset[int]:
    import shapely

    return frozenset(covered_cells(grid, shapely.from_wkb(outline)))


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
    parts, width = bounds.neighbourhoods, bounds.grid.shape[1]
    if not parts.applied:
        return []
    found = []
    seats = {(claim.shift, _part(claim, bounds, width)) for claim in claims
             if claim.box_id in about}  # fmt: skip
    for shift, part in sorted(seats):
        there = [
            claim for claim in claims
            if claim.shift == shift and part >= 0 and _part(claim, bounds, width) == part
        ]  # fmt: skip
        minutes = sum(claim.minutes for claim in there)
        issued = bounds.issued_minutes.get(shift, 0.0)
        limit = max([parts.share * issued, *(claim.minutes for claim in there)])
        standing = sum(claim.minutes for claim in claims if claim.shift == shift)
        told = minutes > max(limit, parts.share * max(issued, standing)) + _EPSILON
        if minutes > limit + _EPSILON and not told:
            ids = tuple(claim.box_id for claim in there)
            found.append(Breach(
                "neighbourhood", ids, minutes, limit,
                f"{', '.join(ids)}: {minutes:g} minutes of neighbourhood {parts.name(part)}, "
                f"{shift}, at most {limit:g} of the minutes that the plan gave out are allowed",
            ))  # fmt: skip
    return found


def _part(claim: Claim, bounds: Bounds, width: int) -> int:
    row, column = claim.cells[0]
    return int(bounds.neighbourhoods.of_cell[row * width + column])
