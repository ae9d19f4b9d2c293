"""Patrol units on duty: their true paths, and what their devices report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.simulate.conditions import stamps_of
from evenbeat.core.simulate.frame import Floats, Frame, Indices, random_stream

ACTIVITIES = ("patrol", "directed", "call", "station")
DRIVE, END = 4, 5
_CALL = ACTIVITIES.index("call")
_STATUS = np.array(("available", "directed", "onscene", "station", "enroute", "end"), dtype=object)
_GPS_SPREAD_M = 4.0
_STRIDE_S = 1_000_000


@dataclass(frozen=True)
class Fleet:
    """Units on duty over some days, and their true paths.

    A *turn* is one unit on one shift. Path vertices are arrays of shape ``(n_turns, n_vertices)``:
    straight lines between them, at constant speed, are the truth.
    """

    unit: npt.NDArray[np.int64]
    district: npt.NDArray[np.int64]
    crew: npt.NDArray[np.int64]
    shift: npt.NDArray[np.str_]
    service_date: npt.NDArray[np.datetime64]
    start_s: npt.NDArray[np.int64]
    end_s: npt.NDArray[np.int64]
    time_s: Floats
    east_m: Floats
    north_m: Floats
    activity: npt.NDArray[np.int8]
    ping_seconds: int
    seed: int

    @cached_property
    def unit_ids(self) -> npt.NDArray[np.object_]:
        """Return the call sign of each turn's unit."""
        return np.array(
            [f"{district + 1:02d}{unit:02d}" for district, unit in zip(
                self.district, self.unit, strict=True)],
            dtype=object,
        )  # fmt: skip

    def roster(self) -> pd.DataFrame:
        """Return who was on duty: no officers, only units and the size of their crews."""
        return pd.DataFrame(
            {
                "unit_id": pd.Series(self.unit_ids).astype("str"),
                "service_date": pd.Series(self.service_date).astype("str"),
                "shift": pd.Series(self.shift).astype("str"),
                "district_id": [f"{district + 1:02d}" for district in self.district],
                "crew": self.crew,
                "on_duty_from": stamps_of(self.start_s),
                "on_duty_to": stamps_of(self.end_s),
            }
        )

    def true_paths(self, frame: Frame) -> pd.DataFrame:
        """Return the vertices of the true paths, in order of turn and time.

        Returns
        -------
        Columns ``turn, unit_id, service_date, shift, time_s`` (UTC seconds), ``easting,
        northing`` (CRS units), ``activity`` (what the unit does until the next vertex; ``drive``
        between two tasks).
        """
        turn, vertex = self._real_vertices
        easting, northing = frame.to_crs(self.east_m[turn, vertex], self.north_m[turn, vertex])
        names = np.array((*ACTIVITIES, "drive", "end"), dtype=object)
        return pd.DataFrame(
            {
                "turn": turn,
                "unit_id": pd.Series(self.unit_ids[turn]).astype("str"),
                "service_date": pd.Series(self.service_date[turn]).astype("str"),
                "shift": pd.Series(self.shift[turn]).astype("str"),
                "time_s": self.time_s[turn, vertex],
                "easting": easting,
                "northing": northing,
                "activity": pd.Series(names[self.activity[turn, vertex]]).astype("str"),
            }
        )

    @cached_property
    def _real_vertices(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return turns and columns of the vertices before the padding at each turn's end."""
        ends = self.end_s[:, None]
        before = np.concatenate(
            [np.ones((self.time_s.shape[0], 1), bool), self.time_s[:, :-1] < ends], axis=1
        )
        turn, vertex = np.nonzero(before)
        return turn, vertex

    def activities(self) -> pd.DataFrame:
        """Return the log of directed patrols: unit, crew, start, end."""
        turn, vertex = self._real_vertices
        directed = self.activity[turn, vertex] == ACTIVITIES.index("directed")
        turn, vertex = turn[directed], vertex[directed]
        begin, end = self.time_s[turn, vertex], self.time_s[turn, vertex + 1]
        table = pd.DataFrame(
            {
                "unit_id": pd.Series(self.unit_ids[turn]).astype("str"),
                "officers": self.crew[turn],
                "tactic": "Be seen",
                "started_at": stamps_of(begin),
                "ended_at": stamps_of(end),
            }
        )
        whole: pd.DataFrame = table[end - begin >= 60].reset_index(drop=True)
        return whole

    def pings(self, frame: Frame) -> pd.DataFrame:
        """Return the vehicle locations as a device reports them, before any deliberate dirt.

        Returns
        -------
        Columns ``unit_id, time`` (UTC), ``easting, northing, speed_kmh, heading_deg, accuracy_m,
        status, crew, incident_number``, in order of time.
        """
        return pd.concat(list(self.ping_batches(frame)), ignore_index=True)

    def ping_batches(self, frame: Frame) -> Iterator[pd.DataFrame]:
        """Yield the vehicle locations of one shift after the other; at least one batch."""
        rng = random_stream(self.seed, "pings")
        starts = np.unique(self.start_s)
        for start in starts:
            yield self._batch(np.flatnonzero(self.start_s == start), rng, frame)
        if not starts.size:
            yield self._batch(np.empty(0, dtype=np.int64), rng, frame)

    def _batch(self, turns: Indices, rng: np.random.Generator, frame: Frame) -> pd.DataFrame:
        """Return the vehicle locations of turns that start together, in order of time."""
        step = self.ping_seconds
        length = int((self.end_s - self.start_s)[turns].max()) if turns.size else 0
        offset = np.arange(length // step) * step + step // 2
        late = rng.integers(-2, 3, (offset.size, turns.size)) if step > 5 else 0
        when = (self.start_s[turns] + offset[:, None] + late).astype(np.int64).ravel()
        turn = np.tile(turns, offset.size)
        order = np.lexsort((turn, when))
        turn, when = turn[order], when[order]
        east, north, speed, heading, activity = self._at(turns, turn, when)
        east += rng.normal(0.0, _GPS_SPREAD_M, when.size)
        north += rng.normal(0.0, _GPS_SPREAD_M, when.size)
        easting, northing = frame.to_crs(east, north)
        call = pd.Series(turn * 1000 + when // 3600 % 1000).astype("str").str.zfill(8)
        return pd.DataFrame(
            {
                "unit_id": pd.Series(self.unit_ids[turn]).astype("str"),
                "time": stamps_of(when),
                "easting": easting,
                "northing": northing,
                "speed_kmh": speed.round(1),
                "heading_deg": heading.round(),
                "accuracy_m": (rng.gamma(4.0, 1.2, when.size) + 1.0).round(1),
                "status": pd.Series(_STATUS[activity]).astype("str"),
                "crew": self.crew[turn],
                "incident_number": ("C" + call).where(activity == _CALL, ""),
            }
        )

    def _at(
        self, turns: Indices, turn: Indices, when_s: Indices
    ) -> tuple[Floats, Floats, Floats, Floats, npt.NDArray[np.int8]]:
        """Return true position, speed, heading and activity of turns at some times."""
        row = np.searchsorted(turns, turn)
        lead = np.arange(turns.size) * _STRIDE_S - self.start_s[turns]
        axis = (self.time_s[turns] + lead[:, None]).ravel()
        wanted = when_s + lead[row]
        here = np.clip(np.searchsorted(axis, wanted, side="right") - 1, 0, axis.size - 2)
        east, north = self.east_m[turns].ravel(), self.north_m[turns].ravel()
        span = np.maximum(axis[here + 1] - axis[here], 1e-9)
        share = np.clip((wanted - axis[here]) / span, 0.0, 1.0)
        step_east, step_north = east[here + 1] - east[here], north[here + 1] - north[here]
        activity = self.activity[turns].ravel()[here]
        moving = activity == DRIVE
        speed = np.where(moving, np.hypot(step_east, step_north) / span * 3.6, 0.0)
        heading = np.where(moving, np.degrees(np.arctan2(step_east, step_north)) % 360.0, 0.0)
        return (
            east[here] + share * step_east, north[here] + share * step_north, speed, heading,
            activity,
        )  # fmt: skip
