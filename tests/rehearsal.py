"""A simulated agency that patrols what was planned, in a city where patrol has a known effect.

Day by day: ingest what was reported so far, forecast, plan, approve; then units drive the planned
visits, and of the incidents that would have happened in a visited box a known share does not. What
is measured and reported afterwards can be held against that truth.

``python -m tests.rehearsal FOLDER --days 91 --effect 0.4`` rehearses a quarter.
"""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from evenbeat.core.pipeline.context import Context
from evenbeat.core.pipeline.fit import models_for, run_fit
from evenbeat.core.pipeline.forecast import run_forecast
from evenbeat.core.pipeline.ingest import run_ingest
from evenbeat.core.pipeline.patrol.measure import run_dosage
from evenbeat.core.pipeline.plan import run_plan
from evenbeat.core.pipeline.review.operations import approve_all
from evenbeat.core.simulate import simulate_city
from evenbeat.core.store.database import current_assignments, visits_of
from evenbeat.core.store.workspace import Workspace

TYPES = ("robbery", "aggravated_assault", "theft")
SKIPPED = 0.1
"""Share of planned visits that a unit does not make."""
PING_S = 15
_HOURS_AFTER = 8
_SPEED_M_S = 9.0
_GPS_M = 4.0

SETTINGS = """
[agency]
name = "Rehearsal"
timezone = "America/Chicago"
crs = "EPSG:26971"
subdivision = "IL"

[grid]
cell_size = 250

[model]
crime_types = ["robbery", "aggravated_assault", "theft"]
kind = "smoothed_365"
history_days = 730

[plan]
boxes_per_district = 4
hold_out_share = 0.25

[review.roles]
sue = "supervisor"

[[sources]]
role = "districts"
path = "districts.geojson"

[[sources]]
role = "incidents"
path = "incidents.csv"
class_system = "nibrs"
crs = "EPSG:26971"
columns.incident_id = "incident_id"
columns.class_code = "nibrs"
columns.occurred_from = "occurred_from"
columns.occurred_to = "occurred_to"
columns.reported_at = "reported_at"
columns.easting = "easting"
columns.northing = "northing"
columns.source_kind = "source_kind"

[[dosage.sources]]
path = "avl/*.csv"
crs = "EPSG:26971"

[[dosage.activities]]
path = "activities/*.csv"
"""


@dataclass(frozen=True)
class Rehearsed:
    """What was done to the city.

    Parameters
    ----------
    visits
        The visits that units made: assignment, unit, arrive_s, leave_s, easting, northing.
    prevented
        Incidents that did not happen because of them.
    """

    workspace: Workspace
    dates: list[dt.date]
    visits: pd.DataFrame
    prevented: pd.DataFrame


def rehearse(
    root: Path, *, days: int, effect: float, seed: int = 5, size_km: float = 8.0,
    history_days: int = 365, crime_scale: float = 6.0, actor: str = "sue",
) -> Rehearsed:  # fmt: skip
    """Rehearse some days; return what truly happened.

    Parameters
    ----------
    effect
        Share of the incidents in a visited box, from the first arrival to eight hours after the
        shift, that do not happen.
    """
    rng = np.random.default_rng(seed)
    city = simulate_city(
        seed=seed, size_km=size_km, start=dt.date(2022, 1, 1), days=history_days + days,
        ping_days=0, crime_types=TYPES, crime_scale=crime_scale,
    )  # fmt: skip
    incidents = city.incidents.copy()
    root.mkdir(parents=True, exist_ok=True)
    (root / "evenbeat.toml").write_text(SETTINGS, "utf-8")
    city.districts.to_file(root / "districts.geojson", driver="GeoJSON")
    dates = [city.forecast_date - dt.timedelta(days=days - number) for number in range(days)]
    made, prevented = [], []
    for date in dates:
        _write_incidents(root, incidents, date)
        context = Context(Workspace.open(root), actor)
        run_ingest(context)
        if models_for(context.workspace, date) is None:
            run_fit(context, date)
        run_forecast(context, date)
        run_plan(context, date)
        approve_all(context, date)
        visits = _patrol(context.workspace, root, date, rng)
        made.append(visits)
        gone = _prevented(context.workspace, incidents, visits, effect, rng)
        prevented.append(incidents.loc[gone])
        incidents = incidents.drop(index=gone)
    _write_incidents(root, incidents, dates[-1] + dt.timedelta(days=7))
    context = Context(Workspace.open(root), actor)
    run_ingest(context)
    run_dosage(context)
    return Rehearsed(
        context.workspace, dates, pd.concat(made, ignore_index=True), pd.concat(prevented)
    )


def _write_incidents(root: Path, incidents: pd.DataFrame, before: dt.date) -> None:
    """Write the incidents that were reported before a day, as an agency's export."""
    midnight = pd.Timestamp(before, tz="America/Chicago")
    incidents[incidents["reported_at"] < midnight].to_csv(root / "incidents.csv", index=False)


def _patrol(
    workspace: Workspace, root: Path, date: dt.date, rng: np.random.Generator
) -> pd.DataFrame:
    """Drive the planned visits of a day; write pings and activities, return the visits made."""
    with workspace.database.reading() as connection:
        boxes = current_assignments(connection, first=date, last=date, superseded=False)
        planned = visits_of(connection, [box.assignment.assignment_id for box in boxes])
    by_id = {box.assignment.assignment_id: box.assignment for box in boxes}
    rows = []
    for visit in planned:
        if rng.random() < SKIPPED:
            continue
        box = by_id[visit.assignment_id]
        middle = box.geometry.centroid
        rows.append({
            "assignment_id": visit.assignment_id,
            "unit_id": visit.unit or f"free-{box.district_id}",
            "shift": box.shift, "arrive_s": visit.starts_at.timestamp(),
            "leave_s": visit.ends_at.timestamp(), "easting": middle.x, "northing": middle.y,
            "row": box.row, "column": box.column,
            "until_s": dt.datetime.fromisoformat(box.shift_end).timestamp(),
            "tactic": str(rng.choice(["Be seen", "Greet and listen", "Walk the block"])),
        })  # fmt: skip
    visits = pd.DataFrame(rows)
    shifts = workspace.calendar.shifts_on(date)
    _write_pings(root, date, visits, shifts, rng)
    log = visits.assign(
        started_at=pd.to_datetime(visits["arrive_s"], unit="s", utc=True).dt.strftime("%FT%TZ"),
        ended_at=pd.to_datetime(visits["leave_s"], unit="s", utc=True).dt.strftime("%FT%TZ"),
        officers=2,
        officer_ids=[f"{unit}-a;{unit}-b" for unit in visits["unit_id"]],
    )
    (root / "activities").mkdir(exist_ok=True)
    log[["unit_id", "officers", "officer_ids", "assignment_id", "tactic", "started_at",
         "ended_at"]].to_csv(root / "activities" / f"{date}.csv", index=False)  # fmt: skip
    return visits


def _write_pings(root, date, visits, shifts, rng) -> None:
    parts = []
    for (unit, name), own in visits.sort_values("arrive_s").groupby(["unit_id", "shift"]):
        shift = next(one for one in shifts if one.name == name)
        start, end = shift.start.timestamp(), shift.end.timestamp()
        knots_t, knots_x, knots_y = _path(own, start, end, rng)
        seconds = np.arange(start + rng.uniform(0, PING_S), end, PING_S)
        parts.append(pd.DataFrame({
            "unit_id": unit, "time": pd.to_datetime(seconds, unit="s", utc=True),
            "easting": np.interp(seconds, knots_t, knots_x) + rng.normal(0, _GPS_M, seconds.size),
            "northing": np.interp(seconds, knots_t, knots_y) + rng.normal(0, _GPS_M, seconds.size),
            "crew": 2, "incident_number": "",
        }))  # fmt: skip
    (root / "avl").mkdir(exist_ok=True)
    table = pd.concat(parts, ignore_index=True).sort_values(["time", "unit_id"])
    table["time"] = table["time"].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    table.round({"easting": 1, "northing": 1}).to_csv(root / "avl" / f"{date}.csv", index=False)


def _path(own, start, end, rng):
    """Return knots of a unit's way: between visits it drives about and arrives in time."""
    times, east, north = (
        [start],
        [own["easting"].iloc[0] + 900.0],
        [own["northing"].iloc[0] + 900.0],
    )
    for visit in own.itertuples():
        gap = visit.arrive_s - times[-1]
        far = float(np.hypot(visit.easting - east[-1], visit.northing - north[-1]))
        drive = min(max(gap, 1.0), far / _SPEED_M_S + 1.0)
        if gap > drive + 600:  # waits or patrols elsewhere on the way
            times += [times[-1] + 300.0, visit.arrive_s - drive - 1.0]
            east += [east[-1] + rng.uniform(-700, 700)] * 2
            north += [north[-1] + rng.uniform(-700, 700)] * 2
            far = float(np.hypot(visit.easting - east[-1], visit.northing - north[-1]))
        arrive = max(visit.arrive_s, times[-1] + far / _SPEED_M_S)
        times += [arrive, max(visit.leave_s, arrive + 600.0)]
        east += [visit.easting] * 2
        north += [visit.northing] * 2
    return (
        np.append(times, max(end, times[-1] + 1.0)),
        np.append(east, east[-1]),
        np.append(north, north[-1]),
    )


def _prevented(workspace, incidents, visits, effect, rng):
    """Return the incidents that do not happen: in a visited box, in its time, by chance."""
    grid = workspace.grid()
    row, column = grid.locate(incidents["easting"], incidents["northing"])
    seconds = incidents["happened_at"].astype("int64") / _per_second(incidents["happened_at"])
    gone = np.zeros(len(incidents), bool)
    first = visits.groupby("assignment_id").agg(
        row=("row", "first"), column=("column", "first"), arrive_s=("arrive_s", "min"),
        until_s=("until_s", "first"),
    )  # fmt: skip
    for box in first.itertuples():
        here = (row == box.row) & (column == box.column)
        here &= (
            (seconds >= box.arrive_s) & (seconds < box.until_s + _HOURS_AFTER * 3600)
        ).to_numpy()
        gone |= here & (rng.random(len(incidents)) < effect)
    return incidents.index[gone]


def _per_second(times) -> float:
    return {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[times.dt.unit]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=91)
    parser.add_argument("--effect", type=float, default=0.4)
    parser.add_argument("--size-km", type=float, default=8.0)
    parser.add_argument("--crime-scale", type=float, default=6.0)
    given = parser.parse_args()
    done = rehearse(
        given.folder, days=given.days, effect=given.effect, size_km=given.size_km,
        crime_scale=given.crime_scale,
    )  # fmt: skip
    print(f"{len(done.dates)} days, {len(done.visits):,} visits, {len(done.prevented):,} prevented")


if __name__ == "__main__":
    main()
