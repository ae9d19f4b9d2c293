"""Planned events near a cell on a shift, as far as they were known at the cut-off."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from evenbeat.core.features.catalogue import EVENT_BANDWIDTH_M
from evenbeat.core.features.history import TRUNCATE
from evenbeat.core.features.knowledge import DAY_S, to_seconds
from evenbeat.core.features.timeline import Rows, Timeline
from evenbeat.core.grid import Grid

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Floats = npt.NDArray[np.float64]

NOTICE_DAYS = 7
"""[choice] An event without a publication date counts as known this long before it starts."""
AFTERWARDS_S = 2 * 3600
"""[choice] An event is felt until two hours after its end."""
_UNSET = -(2**62)


def assume_dates(events: GeoDataFrame | None, cutoff: dt.datetime) -> bool:
    """Return whether any event counts as known at a cut-off without a publication date."""
    if events is None:
        return False
    assumed = events["starts_at"] - dt.timedelta(days=NOTICE_DAYS) < cutoff
    return bool((events["known_at"].isna() & assumed).any())


class KnownEvents:
    """Planned events as arrays, and which of them are on during a shift as far as was known.

    Parameters
    ----------
    events
        The EVENTS table in the grid's CRS, or None.
    """

    def __init__(self, events: GeoDataFrame | None) -> None:
        if events is None or not len(events):
            self.crowd, self.centre = np.zeros(0), np.zeros((0, 2))
            self._begins = self._ends = self._known = np.zeros(0, dtype=np.int64)
            return
        self._begins, self._ends = to_seconds(events["starts_at"]), to_seconds(events["ends_at"])
        known = to_seconds(events["known_at"], missing=_UNSET)
        self._known = np.where(known == _UNSET, self._begins - NOTICE_DAYS * DAY_S, known)
        self.crowd = np.nan_to_num(events["expected_attendance"].to_numpy(dtype=float)) / 1000.0
        self.centre = shapely.get_coordinates(shapely.centroid(events.geometry.to_numpy()))

    def __len__(self) -> int:
        return int(self.crowd.size)

    def on(self, timeline: Timeline, day: int, shift: int) -> npt.NDArray[np.int64]:
        """Return the positions of the events that touch a shift and were known at its cut-off."""
        slot = day * len(timeline.calendar) + shift
        start, end = timeline.edges_s[slot], timeline.edges_s[slot + 1]
        on = (self._known < timeline.cutoffs_s[day]) & (self._begins < end)
        return np.flatnonzero(on & (self._ends + AFTERWARDS_S > start))


def measure_events(
    events: GeoDataFrame | None, *, grid: Grid, timeline: Timeline, rows: Rows
) -> npt.NDArray[np.float32]:
    """Return the number of events close by and their expected crowd.

    Both are weighted by a Gaussian of the distance from the event, 1 at the place itself.

    Returns
    -------
    Array of shape ``(2, rows)``: events, and thousands of people.
    """
    out = np.zeros((2, len(rows)), dtype=np.float32)
    known = KnownEvents(events)
    if not len(known):
        return out
    slot = rows.day * len(timeline.calendar) + rows.shift
    order = np.argsort(slot, kind="stable")
    for asked in _runs(order, slot):
        for event in known.on(timeline, int(rows.day[asked[0]]), int(rows.shift[asked[0]])):
            nearness = _nearness(known.centre[event], rows.cell[asked], grid)
            out[0, asked] += nearness
            out[1, asked] += nearness * known.crowd[event]
    return out


def _runs(order: npt.NDArray[np.int64], key: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Split an order where its key changes."""
    if not order.size:
        return []
    return np.split(order, np.flatnonzero(np.diff(key[order])) + 1)


def _nearness(centre: Floats, cell: npt.NDArray[np.int64], grid: Grid) -> Floats:
    """Return the Gaussian weight of cells around a point; 0 beyond its reach."""
    width = grid.shape[1]
    east = grid.eastings[cell % width] - centre[0]
    north = grid.northings[cell // width] - centre[1]
    squared = (east**2 + north**2) * (grid.metres_per_unit / EVENT_BANDWIDTH_M) ** 2
    return np.where(squared <= TRUNCATE**2, np.exp(-0.5 * squared), 0.0)
