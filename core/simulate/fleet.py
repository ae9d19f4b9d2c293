"""Patrol units on duty: their true paths, and what their devices report."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.simulate.conditions import stamps_of
from evenbeat.core.simulate.frame import Floats, Frame, random_stream

ACTIVITIES = ("patrol", "directed", "call", "station")
DRIVE, END = 4, 5
_GPS_SPREAD_M = 4.0


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
                "tactic": "high-visibility stop",
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
        rng = random_stream(self.seed, "pings")
        n_turns, step = self.start_s.size, self.ping_seconds
        longest = int((self.end_s - self.start_s).max()) if n_turns else 0
        offset = np.arange(longest // step) * step + step // 2
        late = rng.integers(-2, 3, (n_turns, offset.size)) if step > 5 else 0
        times = (self.start_s[:, None] + offset + late).astype(np.int64)
        turn, column = np.nonzero(times < self.end_s[:, None])
        when = times[turn, column]
        east, north, speed, heading, activity = self._at(turn, when)
        accuracy = rng.gamma(4.0, 1.2, when.size) + 1.0
        east += rng.normal(0.0, _GPS_SPREAD_M, when.size)
        north += rng.normal(0.0, _GPS_SPREAD_M, when.size)
        easting, northing = frame.to_crs(east, north)
        status = np.array(("available", "directed", "onscene", "station", "enroute", "end"), object)
        call = np.where(activity == 2, turn * 1000 + when // 3600 % 1000, 0)
        table = pd.DataFrame(
            {
                "unit_id": self.unit_ids[turn], "time": when, "easting": easting,
                "northing": northing, "speed_kmh": speed.round(1),
                "heading_deg": heading.round(), "accuracy_m": accuracy.round(1),
                "status": status[activity], "crew": self.crew[turn], "call": call,
            }
        )  # fmt: skip
        order = np.lexsort((turn, when))
        table = table.iloc[order].reset_index(drop=True)
        table["time"] = stamps_of(table["time"].to_numpy())
        number = table.pop("call")
        text = "C" + number.astype("str").str.zfill(8)
        table["incident_number"] = text.where(number > 0, "")
        return table.astype({"unit_id": "str", "status": "str", "incident_number": "str"})

    def _at(
        self, turn: npt.NDArray[np.int64], when_s: npt.NDArray[np.int64]
    ) -> tuple[Floats, Floats, Floats, Floats, npt.NDArray[np.int8]]:
        """Return true position, speed, heading and activity of turns at some times."""
        stride = 1e6
        begin = self.start_s[:, None]
        axis = (self.time_s - begin + np.arange(self.start_s.size)[:, None] * stride).ravel()
        wanted = when_s - self.start_s[turn] + turn * stride
        here = np.clip(np.searchsorted(axis, wanted, side="right") - 1, 0, axis.size - 2)
        east, north = self.east_m.ravel(), self.north_m.ravel()
        span = np.maximum(axis[here + 1] - axis[here], 1e-9)
        share = np.clip((wanted - axis[here]) / span, 0.0, 1.0)
        step_east, step_north = east[here + 1] - east[here], north[here + 1] - north[here]
        moving = self.activity.ravel()[here] == DRIVE
        speed = np.where(moving, np.hypot(step_east, step_north) / span * 3.6, 0.0)
        heading = np.where(moving, np.degrees(np.arctan2(step_east, step_north)) % 360.0, 0.0)
        return (
            east[here] + share * step_east, north[here] + share * step_north, speed, heading,
            self.activity.ravel()[here],
        )  # fmt: skip
