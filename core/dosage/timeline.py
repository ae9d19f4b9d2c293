"""What units did from when to when, and how that adds up by unit and shift."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.dosage.directed import directed_minutes
from evenbeat.core.dosage.pings import Pings
from evenbeat.core.dosage.states import ENGAGED, State
from evenbeat.core.dosage.tables import TIMELINE, TRACKS, UNITS

if TYPE_CHECKING:
    import pandas as pd

    from evenbeat.core.dosage.boxes import BoxVisits
    from evenbeat.core.grid import Grid
    from evenbeat.core.shifts import Shift

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_TRACK_SECONDS = 30.0
_NAMES = np.array([state.name.lower() for state in State], dtype=object)


@dataclass(frozen=True, eq=False)
class Steps:
    """What units did from one ping to the next, on duty and cut at the edges of shifts.

    Parameters
    ----------
    ping
        Position of the ping where the step begins.
    shift
        Position of its shift in the day's.
    start_s, end_s
        Seconds since 1970 UTC.
    box
        Position of the assigned box visited meanwhile, -1 for none.
    """

    pings: Pings
    states: npt.NDArray[np.int8]
    ping: npt.NDArray[np.int64]
    shift: npt.NDArray[np.int64]
    start_s: Floats
    end_s: Floats
    box: npt.NDArray[np.int64]

    @property
    def minutes(self) -> Floats:
        """Return how long each takes."""
        return (self.end_s - self.start_s) / 60.0


def steps_of(
    pings: Pings, states: npt.NDArray[np.int8], edges_s: Floats, found: Sequence[BoxVisits]
) -> Steps:
    """Return the steps within a day.

    Parameters
    ----------
    pings, states
        Cleaned pings, and `movement_states` of them.
    edges_s
        Edges of the day's shifts, seconds since 1970 UTC.
    found
        Boxes with their visits.
    """
    begins = np.flatnonzero(states != State.OFF_DUTY)
    start, end = pings.time_s[begins], pings.time_s[begins + 1]
    ping, low, high, shift = [], [], [], []
    for number, (first, last) in enumerate(itertools.pairwise(edges_s.tolist())):
        inside = (start < last) & (end > first)
        ping.append(begins[inside])
        low.append(np.maximum(start[inside], first))
        high.append(np.minimum(end[inside], last))
        shift.append(np.full(int(inside.sum()), number))
    order = np.concatenate(ping)
    sorting = np.lexsort((np.concatenate(low), pings.unit[order]))
    made = Steps(
        pings, states, order[sorting], np.concatenate(shift)[sorting],
        np.concatenate(low)[sorting], np.concatenate(high)[sorting],
        np.full(order.size, -1, np.int64),
    )  # fmt: skip
    _mark_boxes(made, found)
    return made


def _mark_boxes(steps: Steps, found: Sequence[BoxVisits]) -> None:
    """Write into each step the box that its unit visited in the middle of it."""
    names = {name: place for place, name in enumerate(steps.pings.unit_ids)}
    unit = steps.pings.unit[steps.ping]
    bounds = np.searchsorted(unit, np.arange(len(names) + 1))
    middle = (steps.start_s + steps.end_s) / 2
    for number, one in enumerate(found):
        for visit in one.visits:
            here = slice(*bounds[names[visit.unit_id] :][:2])
            low, high = np.searchsorted(middle[here], [visit.arrive_s, visit.leave_s])
            steps.box[here.start + low : here.start + high] = number


def timeline_table(steps: Steps, shifts: Sequence[Shift], found: Sequence[BoxVisits]) -> Any:
    """Return `tables.TIMELINE`: steps of the same kind in a row are one interval."""
    import pandas as pd

    unit = steps.pings.unit[steps.ping]
    state, committed = steps.states[steps.ping], steps.pings.is_committed[steps.ping]
    kind = np.stack([unit, steps.shift, state, committed, steps.box])
    changes = (np.diff(kind, axis=1) != 0).any(axis=0) | (steps.start_s[1:] != steps.end_s[:-1])
    first = np.flatnonzero(np.concatenate([np.ones(min(unit.size, 1), bool), changes]))
    last = np.append(first[1:], unit.size) - 1 if first.size else first
    boxes = np.array([one.box.id for one in found] + [""], dtype=object)
    table = pd.DataFrame({
        "service_date": str(shifts[0].service_date),
        "shift": _shift_names(steps.shift[first], shifts),
        "unit": _unit_names(steps.pings, unit[first]),
        "start_s": steps.start_s[first], "end_s": steps.end_s[last],
        "state": _NAMES[state[first]], "committed": committed[first],
        "assignment_id": boxes[steps.box[first]],
    })  # fmt: skip
    return TIMELINE.typed(table)


def tracks_table(steps: Steps, shifts: Sequence[Shift]) -> Any:
    """Return `tables.TRACKS`: a position at least every half minute, and at each change."""
    import pandas as pd

    pings, ping = steps.pings, steps.ping
    unit, state = pings.unit[ping], steps.states[ping]
    slot = np.floor(steps.start_s / _TRACK_SECONDS)
    kind = np.stack([unit, steps.shift, slot, state])
    changes = (np.diff(kind, axis=1) != 0).any(axis=0)
    kept = np.flatnonzero(np.concatenate([np.ones(min(unit.size, 1), bool), changes]))
    chosen = ping[kept]
    table = pd.DataFrame({
        "service_date": str(shifts[0].service_date),
        "shift": _shift_names(steps.shift[kept], shifts), "unit": _unit_names(pings, unit[kept]),
        "time_s": pings.time_s[chosen], "easting": pings.easting[chosen],
        "northing": pings.northing[chosen], "state": _NAMES[state[kept]],
    })  # fmt: skip
    return TRACKS.typed(table)


def units_table(
    steps: Steps, shifts: Sequence[Shift], grid: Grid, at_base: Flags, medians_s: Floats,
    activities: pd.DataFrame,
) -> Any:  # fmt: skip
    """Return `tables.UNITS`.

    Parameters
    ----------
    at_base
        Whether a step from each ping stands at a fixed site, shape ``(n,)``.
    medians_s
        Median interval of each unit.
    activities
        The day's `tables.ACTIVITIES`.
    """
    import pandas as pd

    pings, ping = steps.pings, steps.ping
    unit, state, minutes = pings.unit[ping], steps.states[ping], steps.minutes
    committed, known = pings.is_committed[ping], state > State.UNKNOWN
    row, column = grid.locate(pings.easting[ping], pings.northing[ping])
    district = np.where((row >= 0) & (column >= 0), grid.district[row, column], -1)
    parts = {
        "on_duty_minutes": minutes,
        "unknown_minutes": minutes * (state == State.UNKNOWN),
        "outside_minutes": minutes * (known & (district < 0)),
        "at_base_minutes": minutes * (known & at_base[ping]),
        "committed_minutes": minutes * (known & committed),
        "uncommitted_minutes": minutes * (known & ~committed),
        "engaged_minutes": minutes * np.isin(state, ENGAGED),
        "in_boxes_minutes": minutes * (known & (steps.box >= 0)),
        "crew": minutes * pings.crew[ping],
    }  # fmt: skip
    keys = {"shift_at": steps.shift, "unit_at": unit}
    table = pd.DataFrame({**keys, **parts}).groupby(list(keys), as_index=False).sum()
    where = pd.DataFrame({**keys, "district": district, "minutes": minutes})
    where = where[where["district"] >= 0].groupby([*keys, "district"], as_index=False).sum()
    # Of equal minutes the first district, whatever the order of pings.
    where = where.sort_values([*keys, "minutes", "district"], ascending=[True, True, False, True])
    mostly = where.drop_duplicates(list(keys))[[*keys, "district"]]
    table = table.merge(mostly, on=list(keys), how="left")
    ids = np.array([*grid.district_ids, ""], dtype=object)
    table["crew"] /= table["on_duty_minutes"].where(table["on_duty_minutes"] > 0, np.nan)
    table["district_id"] = ids[table["district"].fillna(-1).astype(int)]
    table["pings"] = _pings_kept(pings, shifts)[table["shift_at"], table["unit_at"]]
    table["median_interval_s"] = medians_s[table["unit_at"]]
    table["service_date"] = str(shifts[0].service_date)
    table["shift"] = _shift_names(table["shift_at"].to_numpy(), shifts)
    table["unit"] = _unit_names(pings, table["unit_at"].to_numpy())
    logged = directed_minutes(activities, by=("shift", "unit"))
    table["directed_minutes"] = [
        float(logged.get(key, 0.0)) for key in zip(table["shift"], table["unit"], strict=True)
    ]
    return UNITS.typed(table)


def _pings_kept(pings: Pings, shifts: Sequence[Shift]) -> npt.NDArray[np.int64]:
    """Return the number of pings by shift and unit."""
    edges = [*(one.start.timestamp() for one in shifts), shifts[-1].end.timestamp()]
    shift = np.searchsorted(edges, pings.time_s, side="right") - 1
    inside = (shift >= 0) & (shift < len(shifts))
    counts = np.zeros((len(shifts), len(pings.unit_ids)), np.int64)
    np.add.at(counts, (shift[inside], pings.unit[inside]), 1)
    return counts


def _shift_names(position: npt.NDArray[np.int64], shifts: Sequence[Shift]) -> Any:
    return np.array([shift.name for shift in shifts], dtype=object)[position]


def _unit_names(pings: Pings, unit: npt.NDArray[np.integer[Any]]) -> Any:
    return np.array([*pings.unit_ids, ""], dtype=object)[unit]
