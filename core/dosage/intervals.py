"""How often units report: gap caps, and what can be seen from such pings at all."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage.cleaning import speed_limit
from evenbeat.core.dosage.pings import Pings

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_ENOUGH = 20
"""Intervals below which a unit's own median says little; all units' stands in."""
_MOST = 1_001
"""Intervals of a unit from which medians are taken: more would only take time."""


def median_intervals(pings: Pings, settings: DosageSettings) -> tuple[Floats, float]:
    """Return the median seconds between two pings, by unit and over all units.

    Silences that end a duty are left out. A unit with fewer than 20 intervals is given the median
    of all; without any interval that is NaN.

    Parameters
    ----------
    pings
        By unit and time, as `clean_pings` returns them.
    """
    steps = _some_intervals(pings, settings)
    n_steps = np.isfinite(steps).sum(axis=1)
    every = steps[np.isfinite(steps)]
    whole = float(np.median(every)) if every.size else float("nan")
    steps.sort(axis=1)  # what is no interval goes to the end
    rows = np.arange(n_steps.size)
    lower, upper = steps[rows, np.maximum(n_steps - 1, 0) // 2], steps[rows, n_steps // 2]
    return np.where(n_steps >= _ENOUGH, (lower + upper) / 2, whole), whole


def _some_intervals(pings: Pings, settings: DosageSettings) -> Floats:
    """Return intervals on duty of each unit, spread evenly over its pings, shape ``(units, m)``.

    Where there are fewer, and where a duty ends, the rest is infinite.
    """
    edges = np.searchsorted(pings.unit, np.arange(len(pings.unit_ids) + 1, dtype=np.int32))
    n_pings = np.diff(edges)[:, None]
    item = np.arange(min(_MOST, int(n_pings.max(initial=1)))) * -(-n_pings // _MOST)
    is_one = item < n_pings - 1
    first = np.where(is_one, edges[:-1, None] + item, 0)
    steps = np.full(first.shape, np.inf)
    if len(pings) > 1:
        steps = np.where(is_one, pings.time_s[first + 1] - pings.time_s[first], np.inf)
    steps[steps > settings.off_duty_minutes * 60] = np.inf
    return steps


def gap_caps(medians_s: Floats, settings: DosageSettings) -> Floats:
    """Return the longest time between two pings that is credited, in seconds.

    ``min(max(gap_cap_intervals x median, gap_cap_least_s), gap_cap_most_s)``; the least where the
    median is unknown.

    Examples
    --------
    >>> gap_caps(np.array([5.0, 60.0, 240.0]), DosageSettings())
    array([ 90., 180., 300.])
    """
    wanted = np.nan_to_num(settings.gap_cap_intervals * medians_s, nan=0.0)
    return np.clip(wanted, settings.gap_cap_least_s, settings.gap_cap_most_s)


def on_duty_steps(pings: Pings, settings: DosageSettings) -> Flags:
    """Return whether a ping and the one after it are of one unit that stayed on duty.

    Parameters
    ----------
    pings
        By unit and time.

    Returns
    -------
    Flags of shape ``(n - 1,)``.
    """
    same = pings.unit[1:] == pings.unit[:-1]
    return np.asarray(same & (np.diff(pings.time_s) <= settings.off_duty_minutes * 60), bool)


def known_steps(pings: Pings, settings: DosageSettings, *, metres_per_unit: float = 1.0) -> Flags:
    """Return whether the way from a ping to the one after it is known.

    The rule of the walk through cells: one unit on duty, within the gap cap, within the top speed.
    """
    step_s = np.diff(pings.time_s)
    caps = gap_caps(median_intervals(pings, settings)[0], settings)
    far = np.hypot(np.diff(pings.easting), np.diff(pings.northing))
    within = (step_s <= caps[pings.unit[:-1]]) if caps.size else np.zeros(0, bool)
    reach = speed_limit(settings, metres_per_unit) * step_s
    return np.asarray(on_duty_steps(pings, settings) & within & (far <= reach) & (step_s > 0), bool)


def can_count_visits(median_interval_s: float, settings: DosageSettings) -> bool:
    """Return whether pings come often enough to count visits; minutes can always be summed."""
    return bool(median_interval_s <= settings.visit_interval_s)


def share_of_crossings_seen(cell_size_m: float, speed_kmh: float, interval_s: float) -> float:
    """Return the chance that a straight crossing of a cell has at least one ping inside.

    A crossing parallel to the sides takes ``cell_size_m / speed``; a ping at a random moment falls
    into it with that time over the interval, at most surely.

    Examples
    --------
    >>> round(share_of_crossings_seen(250.0, 36.0, 60.0), 2)
    0.42
    """
    return min(1.0, cell_size_m / (speed_kmh / 3.6) / interval_s)
