"""Where the patrol units of a simulated city truly drive, and what they do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evenbeat.core.shifts import ShiftCalendar
from evenbeat.core.simulate.conditions import Hours
from evenbeat.core.simulate.fleet import ACTIVITIES, DRIVE, END, Fleet
from evenbeat.core.simulate.frame import Floats, Indices, random_stream
from evenbeat.core.simulate.geography import Geography
from evenbeat.core.simulate.streets import rotate

RESIDENTS_PER_UNIT = 14_000.0
_ACTIVITY_SHARES = (0.34, 0.24, 0.34, 0.08)
_TASKS = 64
_SPEED_M_PER_S = 9.0


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
    calendar = ShiftCalendar.three_by_eight(hours.timezone)
    edges = calendar.edges(hours.dates[first_day].date(), n_days)
    n_shifts = n_days * len(calendar)
    turn_shift = np.repeat(np.arange(n_shifts), district.size)
    district, unit = np.tile(district, n_shifts), np.tile(unit, n_shifts)
    kind = turn_shift % len(calendar)
    start, end = edges[turn_shift], edges[turn_shift + 1]
    date = hours.dates.to_numpy()[first_day + turn_shift // len(calendar)]
    time, east, north, activity = _paths(rng, ground, district, start, end)
    return Fleet(
        unit + 100 * (kind + 1), district, rng.choice([1, 2], district.size, p=[0.4, 0.6]),
        np.array(calendar.names)[kind], date.astype("datetime64[D]"), start, end, time, east,
        north, activity, ping_seconds, seed,
    )  # fmt: skip


def _paths(
    rng: np.random.Generator, ground: Geography, district: Indices, start_s: Indices,
    end_s: Indices,
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
    speed = _SPEED_M_PER_S * rng.uniform(0.7, 1.4, activity.shape)
    first_leg = np.hypot(*np.moveaxis(corner - origin, -1, 0)) / speed
    second_leg = np.hypot(*np.moveaxis(where - corner, -1, 0)) / speed
    step = np.stack([first_leg, second_leg, minutes * 60.0], axis=2).reshape(n_turns, 3 * _TASKS)
    time = np.concatenate([np.zeros((n_turns, 1)), np.cumsum(step, axis=1)], axis=1)
    points = np.stack([corner, where, where], axis=2).reshape(n_turns, 3 * _TASKS, 2)
    points = np.concatenate([station[:, None], points], axis=1)
    doing = np.full((n_turns, _TASKS, 3), DRIVE, dtype=np.int8)
    doing[:, :, 1] = activity
    kind = np.concatenate(
        [np.full((n_turns, 1), DRIVE, np.int8), doing.reshape(n_turns, 3 * _TASKS)], axis=1
    )
    return _cut_at_end(time, points, kind, start_s, end_s)


def _cut_at_end(
    time: Floats, points: Floats, kind: npt.NDArray[np.int8], start_s: Indices, end_s: Indices
) -> tuple[Floats, Floats, Floats, npt.NDArray[np.int8]]:
    """Return vertices up to the end of the shift; later ones repeat the last position."""
    length = (end_s - start_s).astype(float)
    over = time >= length[:, None]
    last = np.argmax(over, axis=1)
    row = np.arange(last.size)
    span = np.maximum(time[row, last] - time[row, last - 1], 1e-9)
    share = (length - time[row, last - 1]) / span
    final = points[row, last - 1] + share[:, None] * (points[row, last] - points[row, last - 1])
    points = np.where(over[..., None], final[:, None], points)
    time = np.where(over, length[:, None], time)
    kind = np.where(over, np.int8(END), kind)
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
