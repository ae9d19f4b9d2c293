"""The plan of one day: capped boxes for every district and shift, with dose and reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import PlanSettings
from evenbeat.core.errors import CubeError, PlanError
from evenbeat.core.grid import Grid
from evenbeat.core.planning.boxes import BoxFacts, box_rows, cell_squares, to_assignments
from evenbeat.core.planning.caps import Rule, Separation, dose_for, recurring_days, rested
from evenbeat.core.planning.nearby import categories_beside, places_on
from evenbeat.core.planning.notes import PlanNote, notes_of
from evenbeat.core.planning.priority import district_weights, expected_counts
from evenbeat.core.planning.selection import draw_order, select_greedily
from evenbeat.core.policy.tactics import TacticsLibrary
from evenbeat.core.shifts import Shift, ShiftCalendar

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from geopandas import GeoDataFrame

_STANDS_OUT = 90.0
Explain = Callable[[str, list[tuple[int, int]]], list[list[dict[str, Any]]]]


@dataclass(frozen=True)
class _Day:
    """What all shifts of one plan share."""

    grid: Grid
    calendar: ShiftCalendar
    settings: PlanSettings
    run_id: str
    quota: npt.NDArray[np.int64]
    separation: Separation
    days_before: npt.NDArray[np.int64]
    refused: npt.NDArray[np.uint8]
    weights: npt.NDArray[np.float64]
    crime_types: tuple[str, ...]
    tactics: TacticsLibrary
    places: GeoDataFrame | None


def plan_day(
    *,
    risk: xr.Dataset,
    priority: xr.DataArray,
    grid: Grid,
    calendar: ShiftCalendar,
    date: dt.date,
    settings: PlanSettings,
    history: pd.DataFrame,
    explain: Explain,
    run_id: str,
    tactics: TacticsLibrary | None = None,
    places: GeoDataFrame | None = None,
) -> GeoDataFrame:
    """Choose the boxes of every district and shift of a day, in order of priority under the caps.

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
    history
        Past assignments with ``service_date, shift, row, column, district_id``.
    explain
        Takes a shift's name and cells, returns for each cell its reasons, JSON-ready.
    run_id
        The run; ties are broken by a draw that is seeded with it.
    tactics
        The library; by default the shipped one.
    places
        Places: the tactics fit those in a box or beside it. Without them, they fit the places
        that a box's reasons name.

    Returns
    -------
    One row per box, in order of shift, district and rank, status ``proposed``. Where the rules
    left a district fewer boxes than asked, ``attrs["notes"]`` says so in words and
    ``attrs["plan_notes"]`` in fields.

    Raises
    ------
    CubeError
        Risk or priority do not fit the grid, the shifts or each other.
    PlanError
        The settings name an unknown district, or a visit above the hard limit.
    """
    shifts = calendar.shifts_on(date)
    counts = expected_counts(risk, grid)
    surface = _checked_priority(priority, grid, shifts, counts.shape[1])
    day = _prepare(risk, grid, calendar, date, settings, history, run_id, tactics, places)
    rows: list[dict[str, Any]] = []
    notes: list[PlanNote] = []
    last_end = _last_ends(grid, calendar, history, date)
    for index, shift in enumerate(shifts):
        refused = day.refused.copy()
        refused[~rested(grid, settings.caps, shift, last_end)] |= np.uint8(Rule.GAP)
        made, said = _plan_shift(day, shift, surface[index], counts[:, index], refused, explain)
        for row in made:
            last_end[row["row"], row["column"]] = shift.end.timestamp()
        rows.extend(made)
        notes.extend(said)
    assignments = to_assignments(rows, grid, day.crime_types)
    assignments.attrs["notes"] = [str(note) for note in notes]
    assignments.attrs["plan_notes"] = [note.to_dict() for note in notes]
    return assignments


def _last_ends(
    grid: Grid, calendar: ShiftCalendar, history: pd.DataFrame, date: dt.date
) -> npt.NDArray[np.float64]:
    """Return when each cell was last a box on the day before, in seconds since 1970 UTC."""
    last_end = np.full(grid.shape, -np.inf)
    before = date - dt.timedelta(days=1)
    ends = {shift.name: shift.end.timestamp() for shift in calendar.shifts_on(before)}
    of_the_day = history[history["service_date"].astype(str).str[:10] == before.isoformat()]
    for name, row, column in zip(
        of_the_day["shift"].astype(str),
        of_the_day["row"].astype(int),
        of_the_day["column"].astype(int),
        strict=True,
    ):
        if name in ends and 0 <= row < grid.shape[0] and 0 <= column < grid.shape[1]:
            last_end[row, column] = max(last_end[row, column], ends[name])
    return last_end


def boxes_wanted(settings: PlanSettings, grid: Grid) -> npt.NDArray[np.int64]:
    """Return how many boxes each district is to have, in the order of ``grid.district_ids``.

    Raises
    ------
    PlanError
        The settings name a district that the grid does not have, or a negative number.
    """
    unknown = sorted(set(settings.boxes_by_district) - set(grid.district_ids))
    if unknown:
        raise PlanError(
            f"plan.boxes_by_district names {unknown}, which the grid does not have. Its "
            f"{len(grid.district_ids)} districts begin with {list(grid.district_ids[:5])}."
        )
    wanted = np.array(
        [settings.boxes_by_district.get(d, settings.boxes_per_district) for d in grid.district_ids]
    )
    if (wanted < 0).any():
        raise PlanError(f"plan.boxes_by_district must not be negative: {wanted.min()} given.")
    return wanted.astype(np.int64)


def _prepare(
    risk: xr.Dataset, grid: Grid, calendar: ShiftCalendar, date: dt.date, settings: PlanSettings,
    history: pd.DataFrame, run_id: str, tactics: TacticsLibrary | None,
    places: GeoDataFrame | None,
) -> _Day:  # fmt: skip
    crime_types = tuple(str(name) for name in risk["crime_type"].values)
    days_before, most_days = recurring_days(grid, history, date)
    refused = np.zeros(grid.shape, dtype=np.uint8)
    refused[most_days >= settings.caps.recurrence_days] = Rule.RECURRENCE
    return _Day(
        grid=grid,
        calendar=calendar,
        settings=settings,
        run_id=run_id,
        quota=boxes_wanted(settings, grid),
        separation=Separation(grid, settings.caps),
        days_before=days_before,
        refused=refused,
        weights=district_weights(settings, crime_types, grid),
        crime_types=crime_types,
        tactics=tactics or TacticsLibrary.load(),
        places=places_on(places, date),
    )


def _plan_shift(
    day: _Day, shift: Shift, surface: npt.NDArray[np.float32], counts: npt.NDArray[np.float32],
    refused: npt.NDArray[np.uint8], explain: Explain,
) -> tuple[list[dict[str, Any]], list[PlanNote]]:  # fmt: skip
    grid = day.grid
    dose = dose_for(shift, day.settings.caps)
    selection = select_greedily(
        priority=surface, grid=grid, quota=day.quota, refused=refused,
        separation=day.separation, draw=draw_order(f"{day.run_id}/{shift.id}", grid.n_inside),
    )  # fmt: skip
    home = grid.district.reshape(-1)[selection.cells]
    order = np.argsort(home, kind="stable")
    cells = selection.cells[order]
    row, column = np.divmod(cells, grid.shape[1])
    pairs = [(int(r), int(c)) for r, c in zip(row, column, strict=True)]
    reasons = explain(shift.name, pairs) if pairs else []
    if len(reasons) != len(pairs):
        raise PlanError(f"{len(pairs)} boxes were to be explained, {len(reasons)} were.")
    facts = BoxFacts.of(surface=surface, counts=counts, weights=day.weights, grid=grid, cells=cells)
    rows = box_rows(
        facts, shift=shift, dose=dose, reasons=reasons,
        surroundings=_surroundings(day, cells, reasons), tactics=day.tactics, grid=grid,
        run_id=day.run_id, crime_types=day.crime_types, zone=day.calendar.zone,
        days_in_last_7=day.days_before[row, column] + 1,
    )  # fmt: skip
    given = np.bincount(home, minlength=len(grid.district_ids))
    notes = notes_of(
        shift=shift.name, grid=grid, wanted=day.quota, given=given,
        passed_over=selection.passed_over, caps=day.settings.caps, dose=dose,
    )  # fmt: skip
    return rows, notes


def _surroundings(
    day: _Day, cells: npt.NDArray[np.int64], reasons: Sequence[Sequence[dict[str, Any]]]
) -> list[list[str]]:
    """Return what is in each box or beside it; without places, what its reasons speak of."""
    if day.places is None:
        return [
            [str(r.get("feature", "")) for r in of_box if r.get("percentile", 0) >= _STANDS_OUT]
            for of_box in reasons
        ]
    return [list(c) for c in categories_beside(cell_squares(day.grid, cells), day.places, day.grid)]


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
