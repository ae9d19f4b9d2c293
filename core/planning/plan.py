"""The plan of one day: metered boxes for every district and shift, with draws, tours, reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import PlanSettings
from evenbeat.core.errors import CubeError
from evenbeat.core.grid import Grid
from evenbeat.core.planning.boxes.nearby import places_on
from evenbeat.core.planning.boxes.outlines import box_outlines
from evenbeat.core.planning.boxes.rows import to_assignments
from evenbeat.core.planning.metering.caps import Separation, Today, dose_for
from evenbeat.core.planning.metering.neighbourhoods import Neighbourhoods
from evenbeat.core.planning.metering.past import PastUse
from evenbeat.core.planning.metering.strata import check_roster
from evenbeat.core.planning.notes import PlanNote, ceiling_notes
from evenbeat.core.planning.patrol.travel import StraightLine, Travel
from evenbeat.core.planning.priority import expected_counts
from evenbeat.core.planning.shift_plan import Day, Explain, ShiftPlan, plan_shift
from evenbeat.core.policy.tactics import TacticsLibrary
from evenbeat.core.shifts import Shift, ShiftCalendar

if TYPE_CHECKING:
    import xarray as xr
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

__all__ = ["DayPlan", "Explain", "Surroundings", "plan_day"]


@dataclass(frozen=True)
class Surroundings:
    """What a plan may know of the city beside its risk; everything may be absent.

    Parameters
    ----------
    places
        Places: the tactics fit those in a box or beside it. Without them, they fit the places
        that a box's reasons name.
    neighbourhoods
        Polygons with ``neighbourhood_id``; the districts stand in for them.
    districts
        District id -> polygon in the grid's CRS, at which boxes are cut; whole cells without.
    blocks
        Polygons between streets, to which boxes are snapped.
    travel
        Travel times; the straight line by default.
    excluded, custom
        Shift name -> flat cells that nobody may patrol, and cells of boxes that people drew.
    """

    places: GeoDataFrame | None = None
    neighbourhoods: GeoDataFrame | None = None
    districts: Mapping[str, BaseGeometry] | None = None
    blocks: npt.NDArray[np.object_] | None = None
    travel: Travel | None = None
    excluded: Mapping[str, Sequence[int]] = field(default_factory=dict)
    custom: Mapping[str, Sequence[tuple[int, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class DayPlan:
    """The plan of a day.

    Parameters
    ----------
    assignments
        One row per box, in order of shift, district and rank, status ``proposed``.
    candidates
        JSON-ready rows of every box that was in a draw: chances, outcome.
    visits
        JSON-ready rows of every planned visit, with the ``assignment_id``.
    notes
        What limits took from the plan.
    issued_minutes
        Shift -> the minutes of its boxes before any visit was left out: what the ceiling on
        neighbourhoods is a share of.
    gaps
        In the optimal mode, shift -> how far its boxes may be below the best, as a share.
    """

    assignments: GeoDataFrame
    candidates: list[dict[str, Any]]
    visits: list[dict[str, Any]]
    notes: list[PlanNote]
    issued_minutes: dict[str, float]
    gaps: dict[str, float]


def plan_day(
    *,
    risk: xr.Dataset,
    priority: xr.DataArray,
    grid: Grid,
    calendar: ShiftCalendar,
    date: dt.date,
    settings: PlanSettings,
    past: PastUse,
    explain: Explain,
    run_id: str,
    edition: int = 1,
    tactics: TacticsLibrary | None = None,
    surroundings: Surroundings | None = None,
) -> DayPlan:
    """Choose the boxes of every district and shift of a day under the caps.

    Parameters
    ----------
    risk
        The day's risk cube, ``expected_count(crime_type, shift, y, x)``.
    priority
        What `priority_surface` made of it, ``(shift, y, x)``.
    grid
        The study's grid.
    calendar
        The shifts.
    date
        The service date.
    settings
        The ``[plan]`` section.
    past
        What every cell was given on the days around.
    explain
        Takes a shift's name and cells, returns for each cell its reasons, JSON-ready.
    run_id
        The run; every draw is a function of it, of ``edition`` and of the shift.
    edition
        Which plan of the day this is, from 1; a later one draws anew.
    tactics
        The library; by default the shipped one.
    surroundings
        What else is known of the city.

    Raises
    ------
    CubeError
        Risk or priority do not fit the grid, the shifts or each other.
    PlanError
        The settings name an unknown district, unit or shift, or a visit above the hard limit.
    """
    shifts = calendar.shifts_on(date)
    counts = expected_counts(risk, grid)
    surface = _checked_priority(priority, grid, shifts, counts.shape[1])
    check_roster(settings, grid, calendar.names)
    around = surroundings or Surroundings()
    day = _day(
        risk, grid, calendar, date, settings, past, explain, run_id, edition, tactics, around
    )
    today = Today(past)
    made = [
        plan_shift(day, shift, surface[index], counts[:, index], today)
        for index, shift in enumerate(shifts)
    ]
    return _gathered(day, shifts, made, around)


def _day(
    risk: xr.Dataset, grid: Grid, calendar: ShiftCalendar, date: dt.date, settings: PlanSettings,
    past: PastUse, explain: Explain, run_id: str, edition: int, tactics: TacticsLibrary | None,
    around: Surroundings,
) -> Day:  # fmt: skip
    return Day(
        grid=grid, calendar=calendar, settings=settings, run_id=run_id, edition=edition,
        crime_types=tuple(str(name) for name in risk["crime_type"].values),
        tactics=tactics or TacticsLibrary.load(), places=places_on(around.places, date), past=past,
        neighbourhoods=Neighbourhoods.of(
            grid, around.neighbourhoods, settings.caps.neighbourhood_share
        ),
        separation=Separation(grid, settings.caps),
        travel=around.travel or StraightLine(grid.metres_per_unit, settings.speed_kmh),
        excluded=around.excluded, custom=around.custom, explain=explain,
    )  # fmt: skip


def _gathered(
    day: Day, shifts: Sequence[Shift], made: Sequence[ShiftPlan], around: Surroundings
) -> DayPlan:
    """Return the shifts' plans as one."""
    width = day.grid.shape[1]
    # Shift by shift, so that what is planned for the evening does not shape a box of the day.
    outlines = [
        outline
        for plan in made
        for outline in box_outlines(
            [[divmod(cell, width) for cell in box.cells] for box in plan.boxes],
            day.grid, district_areas=around.districts, blocks=around.blocks,
        )
    ]  # fmt: skip
    rows = [row for plan in made for row in plan.rows]
    candidates, visits = [], []
    for shift, plan in zip(shifts, made, strict=True):
        candidates += _candidate_rows(day, shift, plan)
        visits += _visit_rows(plan)
    return DayPlan(
        assignments=to_assignments(rows, day.crime_types, outlines, day.grid.crs),
        candidates=candidates,
        visits=visits,
        notes=[*ceiling_notes(day.neighbourhoods), *(n for plan in made for n in plan.notes)],
        issued_minutes={
            shift.name: len(plan.boxes) * dose_for(shift, day.settings.caps).minutes
            for shift, plan in zip(shifts, made, strict=True)
        },
        gaps={
            shift.name: plan.selection.optimum.gap
            for shift, plan in zip(shifts, made, strict=True)
            if plan.selection.optimum is not None
        },
    )


def _candidate_rows(day: Day, shift: Shift, plan: ShiftPlan) -> list[dict[str, Any]]:
    """Return what the log of the lottery keeps of each candidate."""
    width = day.grid.shape[1]
    rows = []
    for entry in plan.selection.entries:
        stratum, seed = plan.strata[entry.candidate.stratum], entry.candidate.seed
        row, column = divmod(seed, width)
        part = int(day.neighbourhoods.of_cell[seed])
        rows.append({
            "shift": shift.name, "district_id": day.grid.district_ids[stratum.district],
            "neighbourhood": day.neighbourhoods.name(part), "row": row, "column": column,
            "cells": [list(divmod(cell, width)) for cell in entry.candidate.cells],
            "unit": stratum.unit, "chosen_by": entry.chosen_by,
            "priority": float(plan.surface[row, column]), "weight": entry.candidate.weight,
            "inclusion_probability": entry.inclusion,
            "hold_out_probability": entry.hold_out, "outcome": entry.outcome,
        })  # fmt: skip
    return rows


def _visit_rows(plan: ShiftPlan) -> list[dict[str, Any]]:
    """Return the visits of a shift with the assignments that they belong to."""
    return [
        {
            "assignment_id": plan.rows[visit.box]["assignment_id"], "number": visit.number,
            "unit": visit.unit_id, "position": visit.position, "starts_at": visit.starts_at,
            "ends_at": visit.ends_at, "travel_minutes": visit.travel_minutes,
        }
        for visit in plan.visits.visits
    ]  # fmt: skip


def _checked_priority(
    priority: xr.DataArray, grid: Grid, shifts: Sequence[Shift], n_cube_shifts: int
) -> npt.NDArray[np.float32]:
    """Return the surface when it is one layer per shift of the date on the grid."""
    expected = (len(shifts), *grid.shape)
    if priority.shape != expected or n_cube_shifts != len(shifts):
        raise CubeError(
            f"Risk and priority need one layer for each of {[s.name for s in shifts]} on a grid "
            f"of {grid.shape}; got {n_cube_shifts} shifts of risk and priority {priority.shape}."
        )
    if "shift" in priority.coords:
        for shift, name in zip(shifts, priority["shift"].values, strict=True):
            if str(name) not in {shift.name, shift.id}:
                raise CubeError(f"A layer is for the shift {name}, where {shift.id} should be.")
    return np.asarray(priority.values, dtype=np.float32)
