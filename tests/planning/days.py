"""Random days to plan: cities, pasts, rosters, areas; what every cap is judged on."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import strategies as st
from planning.cities import CALENDARS, DATE, explain, grids, risk_cube

from evenbeat.core.config import CapSettings, PlanSettings, UnitSettings
from evenbeat.core.grid import Grid
from evenbeat.core.planning import (
    DayPlan,
    PastBox,
    PastUse,
    Surroundings,
    plan_day,
    priority_surface,
)
from evenbeat.core.shifts import ShiftCalendar

caps_drawn = st.builds(
    CapSettings,
    visit_minutes=st.sampled_from([5.0, 15.0, 20.0]),
    visits_per_shift=st.integers(1, 6),
    visit_gap_hours=st.sampled_from([0.0, 0.5, 2.0, 4.0]),
    minutes_per_day=st.sampled_from([10.0, 45.0, 90.0, 1440.0]),
    boxes_per_unit=st.integers(1, 6),
    recurrence_days=st.integers(1, 7),
    recurrence_28_days=st.integers(1, 28),
    spacing_m=st.sampled_from([0.0, 250.0, 500.0, 820.5, 3000.0]),
    buffer_m=st.sampled_from([0.0, 100.0, 250.0, 400.0]),
    neighbourhood_share=st.sampled_from([0.1, 0.25, 0.5, 1.0]),
)


@dataclass(frozen=True)
class RandomDay:
    """One day and everything that its plan may know."""

    grid: Grid
    calendar: ShiftCalendar
    settings: PlanSettings
    past_boxes: tuple[PastBox, ...]
    surroundings: Surroundings
    seed: int

    @property
    def past(self) -> PastUse:
        return PastUse.of(self.grid, DATE, self.past_boxes)

    @property
    def past_days(self) -> dict[tuple[int, int], set[dt.date]]:
        """Days on which each cell was used."""
        days: dict[tuple[int, int], set[dt.date]] = {}
        for box in self.past_boxes:
            for cell in box.cells:
                days.setdefault(cell, set()).add(box.service_date)
        return days

    @property
    def parts(self) -> tuple[dict[tuple[int, int], str], int]:
        """The neighbourhood of each cell, judged by its centre, and how many there are."""
        layer = self.surroundings.neighbourhoods
        cells = list(zip(*np.nonzero(self.grid.mask), strict=True))
        if layer is None:
            names = {(r, c): self.grid.district_ids[self.grid.district[r, c]] for r, c in cells}
            return {(int(r), int(c)): name for (r, c), name in names.items()}, len(
                self.grid.district_ids
            )
        found = {}
        for row, column in cells:
            centre = self.grid.box(int(row), int(column)).centroid
            for name, polygon in zip(layer["neighbourhood_id"], layer.geometry, strict=True):
                if polygon.covers(centre):
                    found[int(row), int(column)] = name
                    break
        return found, len(layer)

    def plan(self, *, edition: int = 1) -> DayPlan:
        risk = risk_cube(self.grid, self.calendar, seed=self.seed)
        return plan_day(
            risk=risk, priority=priority_surface(risk=risk, grid=self.grid, settings=self.settings),
            grid=self.grid, calendar=self.calendar, date=DATE, settings=self.settings,
            past=self.past, explain=explain, run_id=f"run-{self.seed}", edition=edition,
            surroundings=self.surroundings,
        )  # fmt: skip


@st.composite
def past_boxes(draw, grid: Grid, calendar: ShiftCalendar) -> tuple[PastBox, ...]:
    """Draw boxes of the days around the date, mostly on few cells so that they recur."""
    rows = draw(st.lists(st.tuples(
        st.integers(-30, 8), st.integers(0, grid.shape[0] - 1), st.integers(0, grid.shape[1] - 1),
    ), max_size=60))  # fmt: skip
    found = []
    for offset, row, column in rows:
        day = DATE + dt.timedelta(days=offset)
        end = calendar.shifts_on(day)[-1].end.timestamp()
        found.append(PastBox(day, ((row, column),), 45.0, end))
    return tuple(found)


@st.composite
def rosters(draw, grid: Grid, calendar: ShiftCalendar) -> tuple[UnitSettings, ...]:
    count = draw(st.integers(0, 5))
    return tuple(
        UnitSettings(
            id=f"u{index}", district=draw(st.sampled_from(grid.district_ids)),
            shifts=tuple(draw(st.sets(st.sampled_from(calendar.names)))),
            minutes=draw(st.sampled_from([None, 20.0, 100.0, 400.0])),
        )
        for index in range(count)
    )  # fmt: skip


@st.composite
def surroundings(draw, grid: Grid, calendar: ShiftCalendar) -> Surroundings:
    """Draw neighbourhoods in bands across the districts, excluded cells and custom boxes."""
    layer = None
    if draw(st.booleans()):
        west, south, east, north = grid.bounds
        edges = np.linspace(south, north, draw(st.integers(2, 12)))
        layer = gpd.GeoDataFrame(
            {"neighbourhood_id": [f"n{i}" for i in range(len(edges) - 1)]},
            geometry=[shapely.box(west, low, east, high)
                      for low, high in itertools.pairwise(edges)], crs=grid.crs,
        )  # fmt: skip
    inside = grid.inside_index.tolist()
    some = st.lists(st.sampled_from(inside), max_size=6, unique=True)
    excluded = {name: draw(some) for name in calendar.names if draw(st.booleans())}
    custom = {name: [(cell,) for cell in draw(some)[:2]] for name in calendar.names}
    return Surroundings(neighbourhoods=layer, excluded=excluded, custom=custom)


@st.composite
def random_days(draw) -> RandomDay:
    """Draw a day with any mode, caps, roster, past and areas."""
    grid, calendar = draw(grids()), draw(st.sampled_from(CALENDARS))
    units = draw(rosters(grid, calendar))
    weighted = {u.id: {"theft": 9.0} for u in units if draw(st.booleans())}
    settings = PlanSettings(
        mode=draw(st.sampled_from(["lottery", "lottery", "greedy", "optimal"])),
        tau=draw(st.sampled_from([0.0, 0.5, 1.0, 3.0])),
        pool_factor=draw(st.sampled_from([1.0, 2.5, 3.0])),
        exploration_share=draw(st.sampled_from([0.0, 0.05, 0.5])),
        hold_out_share=draw(st.sampled_from([0.0, 0.1, 0.5])),
        box_cells=draw(st.integers(1, 4)),
        boxes_per_district=draw(st.integers(0, 6)),
        units=units, unit_weights=weighted, caps=draw(caps_drawn),
    )  # fmt: skip
    return RandomDay(
        grid, calendar, settings, draw(past_boxes(grid, calendar)),
        draw(surroundings(grid, calendar)), draw(st.integers(0, 999)),
    )  # fmt: skip
