"""Patrol units of a simulated city: who is on duty, where they truly drive, what they do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.simulate.conditions import Hours, stamps_of
from evenbeat.core.simulate.frame import Floats, Frame, random_stream
from evenbeat.core.simulate.geography import Geography, rotate

SHIFT_STARTS_H = {"day": 7, "evening": 15, "night": 23}
SHIFT_S = 8 * 3600
RESIDENTS_PER_UNIT = 14_000.0
ACTIVITIES = ("patrol", "directed", "call", "station")
_ACTIVITY_SHARES = (0.34, 0.24, 0.34, 0.08)
_TASKS = 64
_ROUTE_FACTOR_M_PER_S = 9.0
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
                "on_duty_to": stamps_of(self.start_s + SHIFT_S),
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
        ends = self.start_s[:, None] + SHIFT_S
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
        return table[end - begin >= 60].reset_index(drop=True)

    def pings(self, frame: Frame) -> pd.DataFrame:
        """Return the vehicle locations as a device reports them, before any deliberate dirt.

        Returns
        -------
        Columns ``unit_id, time`` (UTC), ``easting, northing, speed_kmh, heading_deg, accuracy_m,
        status, crew, incident_number``, in order of time.
        """
        rng = random_stream(self.seed, "pings")
        n_turns, per_turn = self.start_s.size, SHIFT_S // self.ping_seconds
        offset = np.arange(per_turn) * self.ping_seconds + self.ping_seconds // 2
        late = rng.integers(-2, 3, (n_turns, per_turn)) if self.ping_seconds > 5 else 0
        when = (self.start_s[:, None] + offset + late).astype(np.int64).ravel()
        turn = np.repeat(np.arange(n_turns), per_turn)
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
        moving = self.activity.ravel()[here] == 4
        speed = np.where(moving, np.hypot(step_east, step_north) / span * 3.6, 0.0)
        heading = np.where(moving, np.degrees(np.arctan2(step_east, step_north)) % 360.0, 0.0)
        return (
            east[here] + share * step_east, north[here] + share * step_north, speed, heading,
            self.activity.ravel()[here],
        )  # fmt: skip


def simulate_fleet(
    seed: int, ground: Geography, hours: Hours, *, first_day: int, n_days: int, ping_seconds: int
) -> Fleet:
    """Send units out on every shift of some days.

    Each unit starts at its district's station and does one task after another: directed stops of
    12 to 16 minutes at hot spots, calls, drives through the district, waits at the station.
    """
    rng = random_stream(seed, "fleet")
    n_districts = len(ground.district_shapes)
    residents = np.bincount(
        ground.district_of_address, ground.addresses.residents, minlength=n_districts
    )
    units = np.maximum(np.round(residents / RESIDENTS_PER_UNIT), 1).astype(np.int64)
    district = np.repeat(np.arange(n_districts), units)
    unit = np.concatenate([np.arange(1, count + 1) for count in units])
    per_day = district.size * len(SHIFT_STARTS_H)
    days = np.repeat(np.arange(first_day, first_day + n_days), per_day)
    shift = np.tile(np.repeat(np.arange(3), district.size), n_days)
    start_hour = np.array(list(SHIFT_STARTS_H.values()))[shift]
    district, unit = np.tile(district, 3 * n_days), np.tile(unit, 3 * n_days)
    start = hours.midnights_s[days] + start_hour * 3600
    time, east, north, activity = _paths(rng, ground, district, start)
    return Fleet(
        unit + 10 * shift, district, rng.choice([1, 2], district.size, p=[0.4, 0.6]),
        np.array(list(SHIFT_STARTS_H))[shift], hours.dates.to_numpy()[days].astype("datetime64[D]"),
        start, time, east, north, activity, ping_seconds, seed,
    )  # fmt: skip


def _paths(
    rng: np.random.Generator, ground: Geography, district: npt.NDArray[np.int64],
    start_s: npt.NDArray[np.int64],
) -> tuple[Floats, Floats, Floats, npt.NDArray[np.int8]]:  # fmt: skip
    """Return vertices: for each task the corner on the way, the arrival and the departure."""
    n_turns = district.size
    activity = rng.choice(len(ACTIVITIES), (n_turns, _TASKS), p=_ACTIVITY_SHARES)
    minutes = np.choose(
        activity,
        [rng.uniform(1, 3, activity.shape), rng.uniform(12, 16, activity.shape),
         np.clip(rng.lognormal(3.2, 0.6, activity.shape), 8, 90),
         rng.uniform(15, 35, activity.shape)],
    )  # fmt: skip
    where = _destinations(rng, ground, district, activity)
    station = _stations(ground)[district]
    origin = np.concatenate([station[:, None], where[:, :-1]], axis=1)
    turned = (
        rotate(origin.reshape(-1, 2), -ground.angle),
        rotate(where.reshape(-1, 2), -ground.angle),
    )
    east_first = rng.random(len(turned[0])) < 0.5
    corner = np.where(
        east_first[:, None],
        np.column_stack([turned[1][:, 0], turned[0][:, 1]]),
        np.column_stack([turned[0][:, 0], turned[1][:, 1]]),
    )
    corner = rotate(corner, ground.angle).reshape(where.shape)
    speed = _ROUTE_FACTOR_M_PER_S * rng.uniform(0.7, 1.4, activity.shape)
    first_leg = np.hypot(*np.moveaxis(corner - origin, -1, 0)) / speed
    second_leg = np.hypot(*np.moveaxis(where - corner, -1, 0)) / speed
    step = np.stack([first_leg, second_leg, minutes * 60.0], axis=2).reshape(n_turns, 3 * _TASKS)
    time = np.concatenate([np.zeros((n_turns, 1)), np.cumsum(step, axis=1)], axis=1)
    points = np.stack([corner, where, where], axis=2).reshape(n_turns, 3 * _TASKS, 2)
    points = np.concatenate([station[:, None], points], axis=1)
    doing = np.full((n_turns, _TASKS, 3), 4, dtype=np.int8)
    doing[:, :, 1] = activity
    kind = np.concatenate(
        [np.full((n_turns, 1), 4, np.int8), doing.reshape(n_turns, 3 * _TASKS)], axis=1
    )
    return _cut_at_end(time, points, kind, start_s)


def _cut_at_end(
    time: Floats, points: Floats, kind: npt.NDArray[np.int8], start_s: npt.NDArray[np.int64]
) -> tuple[Floats, Floats, Floats, npt.NDArray[np.int8]]:
    """Return vertices up to the end of the shift; later ones repeat the last position."""
    over = time >= SHIFT_S
    last = np.argmax(over, axis=1)
    row = np.arange(last.size)
    span = np.maximum(time[row, last] - time[row, last - 1], 1e-9)
    share = (SHIFT_S - time[row, last - 1]) / span
    final = points[row, last - 1] + share[:, None] * (points[row, last] - points[row, last - 1])
    points = np.where(over[..., None], final[:, None], points)
    time = np.where(over, float(SHIFT_S), time)
    kind = np.where(over, np.int8(5), kind)
    return time + start_s[:, None], points[..., 0], points[..., 1], kind


def _stations(ground: Geography) -> Floats:
    """Return the address nearest to the middle of each district, shape ``(n_districts, 2)``."""
    address = ground.addresses
    points = np.column_stack([address.east_m, address.north_m])
    found = np.empty((len(ground.district_shapes), 2))
    for district in range(len(found)):
        mine = points[ground.district_of_address == district]
        middle = mine.mean(axis=0)
        found[district] = mine[np.argmin(np.hypot(*(mine - middle).T))]
    return found


def _destinations(
    rng: np.random.Generator, ground: Geography, district: npt.NDArray[np.int64],
    activity: npt.NDArray[np.int64],
) -> Floats:  # fmt: skip
    """Return where each task is; directed stops at a few hot spots of the district."""
    address = ground.addresses
    points = np.column_stack([address.east_m, address.north_m])
    where = np.empty((*activity.shape, 2))
    stations = _stations(ground)
    for number in range(len(stations)):
        turns = np.flatnonzero(district == number)
        mine = np.flatnonzero(ground.district_of_address == number)
        need = np.exp(address.disadvantage[mine]) * (0.1 + address.residents[mine])
        spots = rng.choice(mine, min(12, mine.size), replace=False, p=need / need.sum())
        shape = (turns.size, activity.shape[1])
        doing = activity[turns]
        anywhere = points[mine[rng.integers(0, mine.size, shape)]]
        hot = points[spots[rng.integers(0, spots.size, shape)]]
        chosen = np.where((doing == ACTIVITIES.index("directed"))[..., None], hot, anywhere)
        at_station = (doing == ACTIVITIES.index("station"))[..., None]
        where[turns] = np.where(at_station, stations[number], chosen)
    return where
