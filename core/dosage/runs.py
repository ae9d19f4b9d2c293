"""Parts of the ways of units: only those that count for some question, such as uncommitted ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

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
