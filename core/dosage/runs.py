"""Parts of the ways of units: only those that count for some question, such as uncommitted ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage.pings import Pings

Flags = npt.NDArray[np.bool_]


def cut_runs(pings: Pings, wanted: Flags) -> Pings:
    """Return the pings between which units did what is wanted; each run is a unit of its own.

    Runs of one unit keep its name, so whoever names units still tells them; but nothing is counted
    between two runs.

    Parameters
    ----------
    pings
        Cleaned, by unit and time.
    wanted
        Whether the step from a ping to the next one counts, shape ``(n,)``. Not set at the last
        ping of a unit.

    Examples
    --------
    >>> pings = Pings.of(("a",), [0] * 4, [0, 60, 120, 180], [0, 1, 2, 3], [0] * 4)
    >>> runs = cut_runs(pings, np.array([True, False, True, False]))
    >>> runs.unit_ids, runs.unit, runs.time_s
    (('a', 'a'), array([0, 0, 1, 1], dtype=int32), array([  0.,  60., 120., 180.]))
    """
    begins = np.concatenate([[False], wanted[:-1]])
    kept = wanted | begins
    run = np.cumsum(wanted & ~begins) - 1
    chosen = np.flatnonzero(kept)
    cut = pings.take(chosen)
    first = chosen[np.flatnonzero(np.diff(run[chosen], prepend=-1))]
    names = tuple(pings.unit_ids[unit] for unit in pings.unit[first])
    return Pings(
        names, run[chosen].astype(np.int32), cut.time_s, cut.easting, cut.northing, cut.accuracy_m,
        cut.speed_kmh, cut.crew, cut.is_committed,
    )  # fmt: skip


def clip_runs(runs: Pings, start_s: float, end_s: float) -> Pings:
    """Return the parts of runs within a time; the ways across its edges are cut at the edges.

    Parameters
    ----------
    runs
        As `cut_runs` returns them: every step between two pings of a run counts.
    start_s, end_s
        Seconds since 1970 UTC.

    Examples
    --------
    >>> runs = Pings.of(("a",), [0] * 3, [0, 60, 120], [0, 60, 60], [0] * 3)
    >>> clipped = clip_runs(runs, 45, 90)
    >>> clipped.time_s, clipped.easting
    (array([45., 60., 90.]), array([45., 60., 60.]))
    """
    time = runs.time_s
    touched = (runs.unit[1:] == runs.unit[:-1]) & (time[:-1] < end_s) & (time[1:] > start_s)
    kept = np.zeros(len(runs), bool)
    kept[:-1] |= touched
    kept[1:] |= touched
    chosen = np.flatnonzero(kept)
    other = chosen + (time[chosen] < start_s) - (time[chosen] > end_s)
    moment = np.clip(time[chosen], start_s, end_s)
    step = np.where(other == chosen, 1.0, time[other] - time[chosen])
    share = (moment - time[chosen]) / step
    east, north = runs.easting, runs.northing
    return replace(
        runs.take(chosen), time_s=moment,
        easting=east[chosen] + share * (east[other] - east[chosen]),
        northing=north[chosen] + share * (north[other] - north[chosen]),
    )  # fmt: skip


def count_every_step(settings: DosageSettings) -> DosageSettings:
    """Return settings by which every step of runs is known.

    The gap cap was applied when the runs were cut. A run by itself may be too short for a median
    interval of its own, and that of the whole fleet would cut its steps a second time.
    """
    return settings.model_copy(update={"gap_cap_least_s": settings.gap_cap_most_s})
