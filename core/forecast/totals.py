"""Totals by shift and district: what happened, and how much the newest days were off the profile.

The temporal profile is fitted now and then; its level follows the trailing weeks day by day.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np

from evenbeat.core.features import Study, Timeline
from evenbeat.core.features.happenings import KnownEvents
from evenbeat.core.features.history import are_inside, overlap_shifts, share_out
from evenbeat.core.features.knowledge import DAY_S, KnownIncidents
from evenbeat.core.grid import Grid
from evenbeat.core.models.interface import Floats
from evenbeat.core.models.profile import FittedProfile
from evenbeat.core.models.profile_history import TotalsHistory

LEVELS: tuple[tuple[int, float, float], ...] = ((120, 28.0, 5.0), (56, 7.0, 15.0))
"""[bench] Days, half-life in days, and incidents of prior of the slow and of the fast level: the
fast one is drawn to the slow one, so that a year of more or less crime leaves little error. A quiet
town stays near its profile."""


def tally_cells(incidents: KnownIncidents, grid: Grid, timeline: Timeline) -> Any:
    """Return aoristic sums of incidents by shift and inside cell, a sparse array of counts.

    Returns
    -------
    `scipy.sparse.csr_array` of shape ``(days * shifts, inside cells)``.
    """
    from scipy import sparse

    where = np.full(grid.mask.size, -1)
    where[grid.inside_index] = np.arange(grid.n_inside)
    slot, cell, share = share_out(incidents, grid, timeline)
    shape = (timeline.n_days * len(timeline.calendar), grid.n_inside)
    return sparse.coo_array((share, (slot, where[cell])), shape=shape).tocsr()


def tally_totals(incidents: KnownIncidents, grid: Grid, timeline: Timeline) -> Floats:
    """Return aoristic sums of incidents, shape ``(days, shifts, districts)``."""
    slot, cell, share = share_out(incidents, grid, timeline)
    shape = (timeline.n_days, len(timeline.calendar), len(grid.district_ids))
    key = slot * shape[2] + grid.district.ravel()[cell]
    sums = np.bincount(key, share, minlength=math.prod(shape))
    return np.asarray(sums, dtype=np.float64).reshape(shape)


def tally_beside(incidents: KnownIncidents, grid: Grid, timeline: Timeline) -> Floats:
    """Return aoristic sums of incidents that have a place but no cell, ``(days, shifts)``.

    They happened at the edge of the jurisdiction, where a cell's centre lies outside, or off the
    raster.
    """
    placed = np.isfinite(incidents.easting) & np.isfinite(incidents.northing)
    beside = incidents.take(np.flatnonzero(placed & ~are_inside(incidents, grid)))
    position, slot, share = overlap_shifts(beside, timeline.edges_s)
    shape = (timeline.n_days, len(timeline.calendar))
    sums = np.bincount(slot, share * beside.weight[position], minlength=math.prod(shape))
    return np.asarray(sums, dtype=np.float64).reshape(shape)


def shift_lengths(timeline: Timeline) -> Floats:
    """Return the true length of each shift over its usual one, shape ``(days, shifts)``.

    It differs from 1 where the clock changes.
    """
    minutes = [start.hour * 60 + start.minute for _, start in timeline.calendar.starts]
    usual = np.diff([*minutes, minutes[0] + 1440]) / 60.0
    hours = np.diff(timeline.edges_s).reshape(timeline.n_days, -1) / 3600.0
    return np.asarray(hours / usual)


def count_events(study: Study, timeline: Timeline) -> Floats:
    """Return the planned events known at each cut-off, shape ``(days, shifts, districts)``."""
    grid, n_shifts = study.grid, len(timeline.calendar)
    out = np.zeros((timeline.n_days, n_shifts, len(grid.district_ids)))
    events = KnownEvents(study.layers.events)
    row, column = grid.locate(events.centre[:, 0], events.centre[:, 1])
    district = np.where(row >= 0, grid.district[row, column], -1)
    for day, shift in np.ndindex(*out.shape[:2]):
        for event in events.on(timeline, day, shift) if len(events) else ():
            if district[event] >= 0:
                out[day, shift, district[event]] += 1.0
    return out


def read_totals(study: Study, crime_type: str, timeline: Timeline) -> TotalsHistory:
    """Return what the temporal profile learns from, on the days of a timeline."""
    return TotalsHistory(
        tally_totals(study.known(crime_type), study.grid, timeline), shift_lengths(timeline),
        study.moments(timeline), count_events(study, timeline),
    )  # fmt: skip


def expect_totals(
    profile: FittedProfile, study: Study, crime_type: str, timeline: Timeline, *,
    settling: int,
) -> Floats:  # fmt: skip
    """Return the expected totals of days, each at the level of what was known at its cut-off.

    Parameters
    ----------
    profile, study, crime_type, timeline
        What is asked.
    settling
        Days after which the fit took incidents to be known in full.

    Returns
    -------
    Array of shape ``(days, shifts, districts)``.
    """
    known = study.known(crime_type)
    longest = max(days for days, _, _ in LEVELS)
    first = timeline.first - dt.timedelta(days=longest + settling + 2)
    n_before = (timeline.first - first).days
    trail = Timeline.of_windows(timeline.calendar, first, [1] * (n_before + timeline.n_days))
    moments, hours, events = study.moments(trail), shift_lengths(trail), count_events(study, trail)
    day_ends = trail.edges_s[:: len(timeline.calendar)][1:]
    asked = study.moments(timeline), shift_lengths(timeline), count_events(study, timeline)
    out = np.empty((timeline.n_days, len(timeline.calendar), len(study.grid.district_ids)))
    for day, cutoff in enumerate(timeline.cutoffs_s):
        settled = int(np.searchsorted(day_ends, cutoff - settling * DAY_S, side="right"))
        since = min(int(np.searchsorted(trail.cutoffs_s, known.since_s)), settled)
        by_then = known.take(np.flatnonzero(known.known_s < cutoff))
        counts, level = tally_totals(by_then, study.grid, trail), 1.0
        for days, half_life_days, prior in LEVELS:
            newest = slice(max(settled - days, since), settled)
            if newest.start >= newest.stop:
                continue  # nothing is known in full yet: the profile stands as it is
            level *= profile.level(
                counts[newest], moments[:, newest], hours[newest] * level, events[newest],
                half_life_days=half_life_days, prior_incidents=prior,
            )  # fmt: skip
        out[day] = profile.expected_totals(asked[0][:, day], asked[1][day], asked[2][day], level)
    return out
