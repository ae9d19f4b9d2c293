"""What units do between two pings: stand, patrol slowly, or are in transit."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage.intervals import known_steps, on_duty_steps
from evenbeat.core.dosage.pings import Pings

Floats = npt.NDArray[np.float64]
States = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]


class State(IntEnum):
    """The movement of a unit from one ping to the next."""

    OFF_DUTY = 0
    UNKNOWN = 1
    STATIONARY = 2
    SLOW = 3
    TRANSIT = 4


ENGAGED = (State.STATIONARY, State.SLOW)
"""States in which a unit is there for the place: it stands, or patrols slowly."""


def movement_states(
    pings: Pings, settings: DosageSettings, *, metres_per_unit: float = 1.0
) -> States:
    """Return what each unit does from each ping to its next one.

    Below ``stationary_kmh`` for at least ``stationary_s`` a unit is stationary; otherwise below
    ``slow_kmh`` slow, else in transit. The speed is that of the straight way between both pings:
    what devices state is the speed of a moment. Longer than the gap cap is unknown.

    Parameters
    ----------
    pings
        Cleaned, by unit and time.
    metres_per_unit
        Length of one unit of the positions.

    Returns
    -------
    Array of shape ``(n,)``, values of `State`; the last ping of a unit has ``OFF_DUTY``.

    Examples
    --------
    >>> pings = Pings.of(("a",), [0] * 4, [0, 60, 120, 180], [0, 0, 0, 900], [0] * 4)
    >>> [State(state).name for state in movement_states(pings, DosageSettings())]
    ['STATIONARY', 'STATIONARY', 'TRANSIT', 'OFF_DUTY']
    """
    states = np.full(len(pings), State.OFF_DUTY, np.int8)
    if len(pings) < 2:
        return states
    step_s = np.diff(pings.time_s)
    on_duty = on_duty_steps(pings, settings)
    known = known_steps(pings, settings, metres_per_unit=metres_per_unit)
    metres = np.hypot(np.diff(pings.easting), np.diff(pings.northing)) * metres_per_unit
    speed = metres / np.maximum(step_s, 1e-9)
    still = known & (speed < settings.stationary_kmh / 3.6)
    still &= _run_seconds(still, step_s) >= settings.stationary_s
    moving = np.where(speed < settings.slow_kmh / 3.6, State.SLOW, State.TRANSIT)
    states[:-1] = np.where(
        still, State.STATIONARY, np.where(known, moving, np.where(on_duty, State.UNKNOWN, 0))
    )
    return states


def _run_seconds(flags: Flags, step_s: Floats) -> Floats:
    """Return for each flag that is set how long the run of set flags around it lasts."""
    before = np.concatenate([[False], flags[:-1]])
    run = np.cumsum(flags & ~before)
    length = np.bincount(run[flags], step_s[flags], minlength=int(run[-1]) + 1)
    return np.where(flags, length[run], 0.0)


def state_minutes(pings: Pings, states: States) -> dict[str, float]:
    """Return the minutes of all units in each state, in all ``engaged``, and committed ones.

    Parameters
    ----------
    pings, states
        As for and from `movement_states`.

    Returns
    -------
    ``stationary, slow, transit, unknown, engaged``, and ``committed`` and ``uncommitted``: known
    time with and without an incident.
    """
    minutes = np.zeros(len(pings))
    minutes[:-1] = np.diff(pings.time_s) / 60.0
    by_state = np.bincount(states, minutes, minlength=len(State))
    found = {state.name.lower(): float(by_state[state]) for state in State if state}
    known = states > State.UNKNOWN
    found["engaged"] = sum(float(by_state[state]) for state in ENGAGED)
    found["committed"] = float(minutes[known & pings.is_committed].sum())
    found["uncommitted"] = float(minutes[known & ~pings.is_committed].sum())
    return found
