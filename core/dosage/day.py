"""One service day measured: minutes by shift and hour, visits to boxes, what every unit did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage.activities import LoggedActivity
from evenbeat.core.dosage.boxes import AssignedBox, delivered_rows, visits_of_boxes
from evenbeat.core.dosage.cleaning import clean_pings
from evenbeat.core.dosage.commitments import Commitment, mark_committed
from evenbeat.core.dosage.directed import join_activities
from evenbeat.core.dosage.intervals import median_intervals
from evenbeat.core.dosage.minutes import Dosage, count_minutes
from evenbeat.core.dosage.pings import Pings
from evenbeat.core.dosage.report import PingReport
from evenbeat.core.dosage.runs import count_every_step, cut_runs
from evenbeat.core.dosage.states import ENGAGED, State, movement_states
from evenbeat.core.dosage.tables import DELIVERED, VISITS_SEEN
from evenbeat.core.dosage.timeline import steps_of, timeline_table, tracks_table, units_table
from evenbeat.core.dosage.visit_detection import Visit
from evenbeat.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from evenbeat.core.grid import Grid
    from evenbeat.core.shifts import Shift

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Number = TypeVar("Number", bound=np.number[Any])
HOUR_S = 3600.0


@dataclass(frozen=True, eq=False)
class MeasuredDay:
    """What a vehicle log says about one service day.

    Parameters
    ----------
    shifts, hours
        All minutes by shift, and by hour from the first shift's start on.
    patrol
        Minutes by shift with at least one unit that patrolled: on no incident, standing or slow,
        and at no fixed site. What the caps of later plans count. Shape ``(shifts, y, x)``.
    free
        Minutes by shift with at least one unit on no incident. Shape ``(shifts, y, x)``.
    account
        What became of the day's pings.
    tables
        Name -> table, as `tables` declares them: delivered, visits, timeline, tracks, units,
        activities.
    newest_ping_s
        Time of the last ping, NaN without any.
    """

    shifts: Dosage
    hours: Dosage
    patrol: npt.NDArray[np.float32]
    free: npt.NDArray[np.float32]
    account: PingReport
    tables: dict[str, pd.DataFrame]
    newest_ping_s: float


def hour_edges(edges_s: Floats) -> Floats:
    """Return full hours from the start of a day to its end, 23 to 25 of them.

    Examples
    --------
    >>> hour_edges(np.array([0.0, 28800.0, 86400.0])).size
    25
    """
    return np.append(np.arange(edges_s[0], edges_s[-1], HOUR_S), edges_s[-1])


def measure_day(
    pings: Pings,
    *,
    grid: Grid,
    shifts: Sequence[Shift],
    settings: DosageSettings,
    boxes: Sequence[AssignedBox],
    activities: Sequence[LoggedActivity],
    fixed_sites: Floats,
    commitments: Sequence[Commitment] = (),
) -> MeasuredDay:
    """Return what a day's pings say.

    Parameters
    ----------
    pings
        Raw, in any order; with an off-duty silence before and after the day as well, so that ways
        into and out of it count.
    grid, shifts, settings
        Where, when and how to count.
    boxes
        Assignments of the day.
    activities
        Directed patrols as they were logged.
    fixed_sites
        Eastings and northings of stations and the like, shape ``(n, 2)``, in the grid's units.
    commitments
        When units were on incidents, beside what their pings say.
    """
    edges = np.array([*(one.start.timestamp() for one in shifts), shifts[-1].end.timestamp()])
    scale = grid.metres_per_unit
    kept, account = clean_pings(
        pings, settings, metres_per_unit=scale, between=(float(edges[0]), float(edges[-1]))
    )
    kept = mark_committed(kept, commitments)
    states = movement_states(kept, settings, metres_per_unit=scale)
    at_base = _at_fixed_sites(kept, states, fixed_sites, settings.fixed_site_radius_m / scale)
    by_shift, by_hour = _count_both(kept, grid, edges, settings)
    on_no_incident = (states > State.UNKNOWN) & ~kept.is_committed
    free = cut_runs(kept, on_no_incident)
    medians, median = median_intervals(kept, settings)
    found = visits_of_boxes(free, boxes, settings, metres_per_unit=scale)
    joined = join_activities(activities, shifts, found)
    steps = steps_of(kept, states, edges, found)
    units = units_table(steps, shifts, grid, at_base, medians, joined)
    rows = delivered_rows(found, units, joined, settings, median_interval_s=median)
    within = kept.time_s[(kept.time_s >= edges[0]) & (kept.time_s < edges[-1])]
    tables = {
        "delivered": DELIVERED.frame(rows),
        "visits": VISITS_SEEN.frame(
            [row for one in found for row in _visit_rows(one.box, one.visits, joined)]
        ),
        "timeline": timeline_table(steps, shifts, found),
        "tracks": tracks_table(steps, shifts),
        "units": units,
        "activities": joined,
    }
    patrolling = np.isin(states, ENGAGED) & ~kept.is_committed & ~at_base
    patrol = _count_some(kept, patrolling, grid, edges, settings)
    free_minutes = _count_some(kept, on_no_incident, grid, edges, settings)
    newest = float(within.max()) if within.size else float("nan")
    return MeasuredDay(by_shift, by_hour, patrol, free_minutes, account, tables, newest)


def _count_both(
    kept: Pings, grid: Grid, edges: Floats, settings: DosageSettings
) -> tuple[Dosage, Dosage]:
    """Count once, at the edges of shifts and hours, and add up to each of both."""
    hours = hour_edges(edges)
    finest = np.union1d(edges, hours)
    counted = count_minutes(kept, grid, finest, settings)
    return _added_up(counted, edges), _added_up(counted, hours)


def _added_up(counted: Dosage, edges: Floats) -> Dosage:
    """Return minutes by longer time bins: every part of the account is a sum over time."""
    start, behind = (np.searchsorted(counted.edges_s, part) for part in (edges[:-1], edges[1:]))
    if not np.isin(edges, counted.edges_s).all():
        raise InputError("Time bins can only be added up to bins whose edges are among theirs.")

    def added(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
        # A shift that a clock change leaves no time has no bin, and a sum of nothing.
        kind = np.float64 if values.dtype == np.float32 else values.dtype
        bins = zip(start.tolist(), behind.tolist(), strict=True)
        sums = [values[low:high].sum(axis=0, dtype=kind) for low, high in bins]
        return np.stack(sums).astype(values.dtype)

    visits = None if counted.visits is None else added(counted.visits)
    return Dosage(
        counted.grid, edges, added(counted.presence), added(counted.unit), added(counted.officer),
        added(counted.unknown), visits, added(counted.elapsed_total), added(counted.unknown_total),
        added(counted.outside_total), counted.median_interval_s,
    )  # fmt: skip


def _count_some(
    kept: Pings, wanted: Flags, grid: Grid, edges: Floats, settings: DosageSettings
) -> npt.NDArray[np.float32]:
    """Return presence minutes of the wanted steps, which are known already."""
    runs = cut_runs(kept, wanted)
    counted = count_minutes(runs, grid, np.unique(edges), count_every_step(settings))
    return _added_up(counted, edges).presence


def _at_fixed_sites(
    pings: Pings, states: npt.NDArray[np.int8], sites: Floats, radius: float
) -> Flags:
    """Return whether the step from each ping stands at a fixed site."""
    found = np.zeros(len(pings), bool)
    standing = np.flatnonzero(states == State.STATIONARY)
    if not standing.size or not len(sites):
        return found
    from scipy.spatial import KDTree

    where = np.column_stack([pings.easting[standing], pings.northing[standing]])
    apart, _ = KDTree(sites).query(where, distance_upper_bound=radius)
    found[standing] = np.isfinite(apart)
    return found


def _visit_rows(
    box: AssignedBox, visits: Sequence[Visit], activities: pd.DataFrame
) -> list[dict[str, object]]:
    """Return rows of `tables.VISITS_SEEN`; the tactic is that of the log at that time."""
    logged = activities[activities["assignment_id"] == box.id]
    rows = []
    for visit in visits:
        meanwhile = logged[
            (logged["started_s"] < visit.leave_s) & (logged["ended_s"] > visit.arrive_s)
        ]
        own = meanwhile[meanwhile["unit"] == visit.unit_id]
        tactics = list(own["tactic"]) or list(meanwhile["tactic"])
        rows.append({
            "assignment_id": box.id, "service_date": box.facts["service_date"],
            "shift": box.shift, "unit": visit.unit_id, "arrive_s": visit.arrive_s,
            "leave_s": visit.leave_s, "minutes": visit.minutes, "crew": visit.crew,
            "tactic": str(tactics[0]) if tactics else "",
        })  # fmt: skip
    return rows


def day_window(shifts: Sequence[Shift], settings: DosageSettings) -> tuple[float, float]:
    """Return from when to when pings matter for a day: an off-duty silence on both sides."""
    margin = dt.timedelta(minutes=settings.off_duty_minutes)
    return (shifts[0].start - margin).timestamp(), (shifts[-1].end + margin).timestamp()
