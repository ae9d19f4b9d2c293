"""A measured period made by hand: units, boxes, visits and activities with sums known by design."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from evenbeat.core.dosage.tables import (
    ACTIVITIES,
    DELIVERED,
    OFFICERS,
    TIMELINE,
    TRACKS,
    UNITS,
    VISITS_SEEN,
)
from evenbeat.core.grid import Grid
from evenbeat.core.reports.accounts.edition import Edition

DATE = dt.date(2017, 1, 3)
ZONE = ZoneInfo("America/Chicago")
START_S = dt.datetime(2017, 1, 3, 14, tzinfo=ZONE).timestamp()
SHIFT_S = 8 * 3600.0
TACTICS = (
    ("foot patrol", False), ("talk with residents", False), ("business check", False),
    ("traffic stop", True), ("warrant service", True),
)  # fmt: skip
TYPES = ("robbery", "burglary", "gunfire", "motor_vehicle_theft")
WHEN = {"service_date": DATE.isoformat(), "shift": "evening"}


def edition_of(title="Shift report", **changed):
    """Return a header; what is named differs."""
    told = {
        "title": title, "agency": "Sampleton Police", "timezone": "America/Chicago",
        "first": DATE, "last": DATE, "freshness": "2017-01-04T05:59:45+00:00",
        "ping_interval_s": 15.0, "unknown_share": 0.043, "outside_share": 0.012, "issued": 30,
        "approved": 26, "delivered": 19, "run_ids": ("plan-" + "a" * 40, "forecast-" + "b" * 40),
        "notes": (), "log_head": "c" * 64,
    }  # fmt: skip
    return Edition(**{**told, **changed})


def city_grid(cells=32):
    """Return a round city of cells of 250 m in four districts."""
    rows, columns = np.mgrid[:cells, :cells]
    half = cells / 2
    inside = np.hypot(rows + 0.5 - half, columns + 0.5 - half) < half
    district = (rows >= half) * 2 + (columns >= half)
    own = np.where(inside, district, -1).astype(np.int16)
    return Grid("EPSG:26971", 250.0, 350_000.0, 600_000.0, own, ("01", "02", "03", "04"))


def district_outlines(grid):
    """Return the districts as squares, cut by nothing."""
    west, south, east, north = grid.bounds
    x, y = (west + east) / 2, (south + north) / 2
    quarters = [(west, y, x, north), (x, y, east, north), (west, south, x, y), (x, south, east, y)]
    circle = shapely.Point(x, y).buffer((east - west) / 2)
    shapes = [shapely.box(*quarter).intersection(circle) for quarter in quarters]
    return gpd.GeoDataFrame({"district_id": grid.district_ids}, geometry=shapes, crs=grid.crs)


@dataclass(frozen=True)
class Period:
    """The tables of a period and what maps need."""

    grid: Grid
    delivered: pd.DataFrame
    visits: pd.DataFrame
    timeline: pd.DataFrame
    tracks: pd.DataFrame
    units: pd.DataFrame
    activities: pd.DataFrame
    officers: pd.DataFrame
    presence: np.ndarray
    outlines: dict


def empty_period():
    """Return a period in which nothing was planned, logged or measured."""
    grid = city_grid()
    tables = (DELIVERED, VISITS_SEEN, TIMELINE, TRACKS, UNITS, ACTIVITIES, OFFICERS)
    presence = np.where(grid.mask, 0.0, np.nan)
    return Period(grid, *(table.frame([]) for table in tables), presence, {})


def patrol_period(*, seed=3, units=24, boxes=30):
    """Return a random evening shift that looks like one; the same seed gives the same."""
    rng = np.random.default_rng(seed)
    grid = city_grid()
    names = [f"u-{number:04x}" for number in rng.permutation(9000)[:units] + 4096]
    delivered = DELIVERED.frame([_box(rng, grid, names, place) for place in range(boxes)])
    ways = [_way(rng, grid, delivered, name) for name in names]
    steps = [row for way in ways for row in way[0]]
    tracks = TRACKS.frame([row for way in ways for row in way[1]])
    visits = VISITS_SEEN.frame(_visits(rng, steps))
    activities = ACTIVITIES.frame(_activities(rng, delivered, visits))
    officers = OFFICERS.frame(_officers(activities, names))
    timeline = TIMELINE.frame(steps)
    return Period(
        grid, delivered, visits, timeline, tracks,
        UNITS.frame([_unit(timeline, name, grid, place) for place, name in enumerate(names)]),
        activities, officers, _presence(grid, tracks), _outlines(grid, delivered),
    )  # fmt: skip


def row_of(table, **given):
    """Return a row of a declared table: what is given, and for the rest nothing."""
    blank = {"text": "", "real": float("nan"), "count": 0, "flag": False}
    return {**{column.name: blank[column.kind] for column in table.columns}, **WHEN, **given}


def _box(rng, grid, names, place):
    rows, columns = np.nonzero(grid.mask)
    at = int(rng.integers(len(rows)))
    row, column = int(rows[at]), int(columns[at])
    planned = 15.0 * int(rng.integers(1, 4))
    presence = float(max(planned * rng.choice([0.0, 0.3, 0.9, 1.1, 1.3, 2.6]), 0.0))
    outcome = ("not_visited" if presence == 0 else
               "partly_visited" if presence < 0.8 * planned else "visited")  # fmt: skip
    reasons = {"not_visited": ("unit on incidents for most of the shift", "no unit was rostered",
                               ""),
               "partly_visited": ("called away by an incident", "")}  # fmt: skip
    first = START_S + float(rng.uniform(600, 0.6 * SHIFT_S)) if presence else float("nan")
    return row_of(
        DELIVERED, assignment_id=f"2017-01-03-evening-{place:03d}", shift_start_s=START_S,
        shift_end_s=START_S + SHIFT_S, district_id=grid.district_ids[grid.district[row, column]],
        neighbourhood=("Harbour", "Old Town", "Mill Quarter", "Station Park East")[place % 4],
        unit=names[place % len(names)], state="approved", chosen_by="lottery",
        dominant_type=TYPES[place % 4], tactics="foot patrol; business check", row=row,
        column=column, easting=float(grid.eastings[column]), northing=float(grid.northings[row]),
        expected_total=0.01, priority=0.02, planned_visits=int(planned / 15),
        planned_minutes=planned, cap_minutes=60.0, presence_minutes=presence,
        unit_minutes=presence, officer_minutes=2 * presence, directed_minutes=0.5 * presence,
        visits=int(np.ceil(presence / 15)), units_seen=int(presence > 0), first_arrive_s=first,
        last_leave_s=first + 60 * presence, longest_visit_minutes=min(presence, 15.0),
        over_minutes=max(presence - 60.0, 0.0), outcome=outcome,
        reason=str(rng.choice(reasons.get(outcome, ("",)))),
    )  # fmt: skip


def _way(rng, grid, delivered, name):
    """Return the intervals and the positions of one unit: it wanders, and stays in its boxes."""
    steps, positions = [], []
    time = START_S + float(rng.uniform(0, 900))
    centre = np.array([grid.west, grid.north]) + 250.0 * 16 * np.array([1, -1])
    here = centre + rng.normal(0, 1200, 2)
    own = delivered[(delivered["unit"] == name) & (delivered["presence_minutes"] > 0)]
    goals = list(own[["assignment_id", "easting", "northing"]].itertuples(index=False))
    while time < START_S + SHIFT_S - 300:
        kind = rng.choice(["drive", "drive", "incident", "box", "unknown"],
                          p=[0.3, 0.2, 0.22, 0.22, 0.06])  # fmt: skip
        goal = goals.pop(0) if kind == "box" and goals else None
        target = (np.array([goal.easting, goal.northing]) if goal else
                  centre + np.clip(rng.normal(0, 1500, 2), -2600, 2600))  # fmt: skip
        minutes = float(rng.uniform(6, 24))
        end = min(time + 60 * minutes, START_S + SHIFT_S)
        state = {"unknown": "unknown", "incident": "stationary", "box": "slow"}.get(kind, "transit")
        steps.append(row_of(TIMELINE, unit=name, start_s=time, end_s=end, state=state,
                            committed=kind == "incident",
                            assignment_id=goal.assignment_id if goal else ""))  # fmt: skip
        corner = np.array([target[0], here[1]])
        for part, at in enumerate((here, corner, target, target + rng.normal(0, 40, 2))):
            easting, northing = map(float, at)
            positions.append(row_of(TRACKS, unit=name, time_s=time + part * (end - time) / 5,
                                    easting=easting, northing=northing, state=state))  # fmt: skip
        here, time = target, end
    return steps, positions


def _visits(rng, steps):
    return [
        row_of(VISITS_SEEN, assignment_id=step["assignment_id"], unit=step["unit"],
               arrive_s=step["start_s"], leave_s=step["end_s"],
               minutes=(step["end_s"] - step["start_s"]) / 60, crew=2.0,
               tactic=TACTICS[int(rng.integers(5))][0] if rng.random() < 0.8 else "")
        for step in steps if step["assignment_id"]
    ]  # fmt: skip


def _activities(rng, delivered, visits):
    type_of = dict(zip(delivered["assignment_id"], delivered["dominant_type"], strict=True))
    district = dict(zip(delivered["assignment_id"], delivered["district_id"], strict=True))
    return [
        row_of(ACTIVITIES, activity_id=f"a{place}", unit=visit.unit, officers=2,
               assignment_id=visit.assignment_id, district_id=district[visit.assignment_id],
               dominant_type=type_of[visit.assignment_id], tactic=visit.tactic,
               enforcement=dict(TACTICS)[visit.tactic], started_s=visit.arrive_s,
               ended_s=visit.leave_s, minutes=visit.minutes, note="seen by Jane Roe")
        for place, visit in enumerate(visits[visits["tactic"] != ""].itertuples())
    ]  # fmt: skip


def _officers(activities, names):
    return [
        row_of(OFFICERS, activity_id=told.activity_id, unit=told.unit, tactic=told.tactic,
               officer=f"badge-{7000 + 2 * names.index(told.unit) + seat}",
               enforcement=told.enforcement, assignment_id=told.assignment_id,
               minutes=told.minutes)
        for told in activities.itertuples() for seat in range(2)
    ]  # fmt: skip


def _unit(timeline, name, grid, place):
    own = timeline[timeline["unit"] == name]
    minutes = (own["end_s"] - own["start_s"]) / 60
    unknown = own["state"] == "unknown"
    known = ~unknown
    return row_of(
        UNITS, unit=name, district_id=grid.district_ids[place % 4], pings=1800, crew=2.0,
        median_interval_s=15.0, on_duty_minutes=minutes.sum(), outside_minutes=0.0,
        unknown_minutes=minutes[unknown].sum(),
        committed_minutes=minutes[known & own["committed"]].sum(),
        uncommitted_minutes=minutes[known & ~own["committed"]].sum(),
        engaged_minutes=minutes[own["state"].isin(["slow", "stationary"])].sum(),
        in_boxes_minutes=minutes[own["assignment_id"] != ""].sum(), directed_minutes=0.0,
    )  # fmt: skip


def _presence(grid, tracks):
    """Return two minutes for each position, spread over its cell: only for the look of a map."""
    minutes = np.zeros(grid.shape)
    column = ((tracks["easting"] - grid.west) // grid.cell_size).astype(int)
    row = ((grid.north - tracks["northing"]) // grid.cell_size).astype(int)
    np.add.at(minutes, (row.clip(0, 31), column.clip(0, 31)), 4.0)
    return np.where(grid.mask, minutes, np.nan)


def _outlines(grid, delivered):
    return {told.assignment_id: grid.box(told.row, told.column) for told in delivered.itertuples()}
