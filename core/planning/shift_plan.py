"""The plan of one shift: what is chosen, in which dose, by whom, in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import PlanSettings
from evenbeat.core.errors import PlanError
from evenbeat.core.grid import Grid
from evenbeat.core.planning.boxes.instead import nearest_not_chosen
from evenbeat.core.planning.boxes.nearby import categories_beside
from evenbeat.core.planning.boxes.rows import BoxFacts, ChosenBox, box_rows, cell_squares
from evenbeat.core.planning.draw.selection import select
from evenbeat.core.planning.draw.task import Entry, Selection, Task
from evenbeat.core.planning.metering.caps import (
    Dose,
    Rule,
    Separation,
    Today,
    dose_for,
    refused_by_past,
)
from evenbeat.core.planning.metering.neglect import neglect_factor
from evenbeat.core.planning.metering.neighbourhoods import Neighbourhoods
from evenbeat.core.planning.metering.past import MONTH_DAYS, WEEK_DAYS, PastUse
from evenbeat.core.planning.metering.strata import Stratum, strata_of
from evenbeat.core.planning.notes import PlanNote, notes_of
from evenbeat.core.planning.patrol.visits import ShiftVisits, visits_of_shift
from evenbeat.core.planning.priority import district_weights, weighted
from evenbeat.core.policy.tactics import TacticsLibrary
from evenbeat.core.shifts import Shift, ShiftCalendar

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from evenbeat.core.planning.patrol.travel import Travel

_STANDS_OUT = 90.0
Explain = Callable[[str, list[tuple[int, int]]], list[list[dict[str, Any]]]]


@dataclass(frozen=True)
class Day:
    """What all shifts of one plan share.

    Parameters
    ----------
    grid, calendar, settings, run_id, edition
        The study, its shifts, the ``[plan]`` section, the run, and which plan of the day it is.
    crime_types, tactics, places
        Of the risk cube, the library, and the places that exist on the day.
    past, neighbourhoods, separation, travel
        What was done before, the parts of the city, what boxes forbid, and travel times.
    excluded, custom
        Shift name -> flat cells that nobody may patrol, and boxes that people drew.
    explain
        Gives the reasons of cells.
    """

    grid: Grid
    calendar: ShiftCalendar
    settings: PlanSettings
    run_id: str
    edition: int
    crime_types: tuple[str, ...]
    tactics: TacticsLibrary
    places: GeoDataFrame | None
    past: PastUse
    neighbourhoods: Neighbourhoods
    separation: Separation
    travel: Travel
    excluded: Mapping[str, Sequence[int]]
    custom: Mapping[str, Sequence[tuple[int, ...]]]
    explain: Explain


@dataclass(frozen=True)
class ShiftPlan:
    """What was made for one shift; rows and boxes go together."""

    surface: npt.NDArray[np.float32]
    rows: list[dict[str, Any]]
    boxes: list[ChosenBox]
    selection: Selection
    strata: list[Stratum]
    visits: ShiftVisits
    notes: list[PlanNote]


def plan_shift(
    day: Day,
    shift: Shift,
    surface: npt.NDArray[np.float32],
    counts: npt.NDArray[np.float32],
    today: Today,
) -> ShiftPlan:
    """Choose the boxes of one shift and count them in ``today``.

    Parameters
    ----------
    day
        What all shifts share.
    shift
        The shift.
    surface
        Its priority, ``(height, width)``.
    counts
        Its expected counts, ``(crime_type, height, width)``.
    today
        What the earlier shifts were given; this one is added.
    """
    dose = dose_for(shift, day.settings.caps)
    task = _task(day, shift, dose, surface, counts, today)
    selection = select(task)
    ranked = _ranked(day.grid, surface, selection.assigned)
    visits = visits_of_shift(
        [(task.strata[e.candidate.stratum], e.candidate.cells) for e in ranked],
        grid=day.grid, settings=day.settings, shift=shift, dose=dose, travel=day.travel,
        last_visit=today.last_visit, seed_text=f"{task.seed_text}/visits",
    )  # fmt: skip
    boxes = _boxes(day, shift, task, selection, ranked, visits)
    facts = BoxFacts.of(
        surface=surface, counts=counts, grid=day.grid, boxes=[box.cells for box in boxes],
        weights=_box_weights(day, shift, task, ranked),
    )  # fmt: skip
    rows = box_rows(
        boxes, facts, shift=shift, dose=dose, tactics=day.tactics, grid=day.grid,
        run_id=day.run_id, edition=day.edition, crime_types=day.crime_types,
        zone=day.calendar.zone,
    )  # fmt: skip
    _count(today, day.grid, shift, dose, boxes, visits)
    notes = notes_of(
        shift=shift.name, grid=day.grid, strata=task.strata, selection=selection,
        settings=day.settings, dose=dose, visits=visits,
        custom=len(day.custom.get(shift.name, ())),
    )  # fmt: skip
    return ShiftPlan(surface, rows, boxes, selection, list(task.strata), visits, notes)


def _count(
    today: Today, grid: Grid, shift: Shift, dose: Dose, boxes: Sequence[ChosenBox],
    visits: ShiftVisits,
) -> None:  # fmt: skip
    """Note what the shift gave each cell; visits that found no time still count as given."""
    last = [shift.start.timestamp()] * len(boxes)
    for visit in visits.visits:
        last[visit.box] = max(last[visit.box], visit.ends_at.timestamp())
    for index, box in enumerate(boxes):
        cells = [divmod(cell, grid.shape[1]) for cell in box.cells]
        today.add(cells, minutes=dose.minutes, end=shift.end.timestamp(), visited=last[index])


def _task(
    day: Day, shift: Shift, dose: Dose, surface: npt.NDArray[np.float32],
    counts: npt.NDArray[np.float32], today: Today,
) -> Task:  # fmt: skip
    """Return the shift as a task: its places, weights and refused cells."""
    grid, settings = day.grid, day.settings
    refused = refused_by_past(day.past, settings.caps, shift, dose, today)
    refused.reshape(-1)[list(day.excluded.get(shift.name, ()))] |= np.uint8(Rule.EXCLUDED)
    strata = strata_of(settings, grid, shift, dose)
    neglect = neglect_factor(surface, grid=grid, past=day.past, settings=settings)
    weights = {"": np.where(grid.mask, surface, 0.0) * neglect}
    for unit in {stratum.unit for stratum in strata if stratum.unit}:
        own = district_weights(settings, day.crime_types, grid, shift=shift.name, unit=unit)
        weights[unit] = np.where(grid.mask, weighted(counts, own, grid), 0.0) * neglect
    return Task(
        grid=grid, separation=day.separation, neighbourhoods=day.neighbourhoods,
        settings=settings, strata=strata, weights=weights, refused=refused,
        custom=day.custom.get(shift.name, ()), seed_text=f"{_seed(day)}/{shift.id}",
    )  # fmt: skip


def _seed(day: Day) -> str:
    """Return what every draw of the plan is a function of: the run, and which plan of it."""
    return day.run_id if day.edition == 1 else f"{day.run_id}/plan{day.edition}"


def _ranked(grid: Grid, surface: npt.NDArray[np.float32], chosen: Sequence[Entry]) -> list[Entry]:
    """Return the boxes by district and, within it, from the highest priority down."""
    home, flat = grid.district.reshape(-1), surface.reshape(-1)
    return sorted(
        chosen, key=lambda e: (int(home[e.candidate.seed]), -float(flat[e.candidate.seed]))
    )


def _boxes(
    day: Day, shift: Shift, task: Task, selection: Selection, ranked: Sequence[Entry],
    visits: ShiftVisits,
) -> list[ChosenBox]:  # fmt: skip
    """Return the boxes with all that is told about them."""
    grid, width = day.grid, day.grid.shape[1]
    seeds = [e.candidate.seed for e in ranked]
    pairs = [divmod(seed, width) for seed in seeds]
    reasons = day.explain(shift.name, pairs) if pairs else []
    if len(reasons) != len(pairs):
        raise PlanError(f"{len(pairs)} boxes were to be explained, {len(reasons)} were.")
    instead = nearest_not_chosen(
        ranked, selection.entries, grid=grid, weight=task.weights[""], refused=task.refused
    )
    surroundings = _surroundings(day, np.array(seeds, dtype=np.int64), reasons)
    home = grid.district.reshape(-1)[seeds] if seeds else np.zeros(0, np.int64)
    first = np.searchsorted(home, home, side="left")
    past = _past_dose(day.past, seeds)
    return [
        ChosenBox(
            cells=entry.candidate.cells, district=int(home[i]),
            neighbourhood=day.neighbourhoods.name(int(day.neighbourhoods.of_cell[seeds[i]])),
            unit=visits.unit[i], rank=int(i - first[i]) + 1, chosen_by=entry.chosen_by,
            chance=entry.inclusion, visits=visits.count[i], reasons=reasons[i],
            instead=instead[i], surroundings=surroundings[i], past_dose=past[i],
        )
        for i, entry in enumerate(ranked)
    ]  # fmt: skip


def _box_weights(
    day: Day, shift: Shift, task: Task, ranked: Sequence[Entry]
) -> npt.NDArray[np.float64]:
    """Return ``(crime_type, box)``: what an expected incident weighs for the box's stratum."""
    grid = day.grid
    by_unit = {
        unit: district_weights(
            day.settings, day.crime_types, grid, shift=shift.name, unit=unit
        )
        for unit in task.weights
    }  # fmt: skip
    columns = [
        by_unit[stratum.unit][:, stratum.district]
        for stratum in (task.strata[e.candidate.stratum] for e in ranked)
    ]
    return np.array(columns).reshape(len(ranked), len(day.crime_types)).T


def _past_dose(past: PastUse, seeds: Sequence[int]) -> list[dict[str, Any]]:
    """Return the days and minutes that each seed was given before."""
    columns: dict[str, npt.NDArray[Any]] = {"days_since": past.days_since()}
    for days in (WEEK_DAYS, MONTH_DAYS):
        columns[f"days_in_last_{days}"] = past.days_before(days)
        columns[f"minutes_in_last_{days}"] = past.minutes_before(days)
    flat = {name: values.reshape(-1)[list(seeds)].tolist() for name, values in columns.items()}
    return [{name: values[i] for name, values in flat.items()} for i in range(len(seeds))]


def _surroundings(
    day: Day, cells: npt.NDArray[np.int64], reasons: Sequence[Sequence[dict[str, Any]]]
) -> list[list[str]]:
    """Return what is in each box or beside it; without places, what its reasons speak of."""
    if day.places is None:
        return [
            [str(r.get("feature", "")) for r in of_box if r.get("percentile", 0) >= _STANDS_OUT]
            for of_box in reasons
        ]
    return [list(c) for c in categories_beside(cell_squares(day.grid, cells), day.places, day.grid)]
