"""Persistence: how long the same cells are flagged, and which never are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.equity.overlay import Parts

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Persistence:
    """How flags stay.

    Parameters
    ----------
    shifts
        Planned shifts.
    longest_run
        Most shifts in a row that a cell was flagged, and that cell; 0 and -1 without any flag.
    cell
        Position of that cell among the inside cells.
    always, never
        Share of cells flagged on every shift, and on none.
    flagged
        Share of the shifts that each cell was flagged, shape ``(cell,)``.
    flagged_by_part, never_by_part
        Mean of that share over the area of each part; share of its area never flagged.
    """

    shifts: int
    longest_run: int
    cell: int
    always: float
    never: float
    flagged: Floats
    flagged_by_part: Floats
    never_by_part: Floats


def longest_runs(flagged: Flags, follows: Flags) -> npt.NDArray[np.int64]:
    """Return the most shifts in a row that each cell was flagged.

    Parameters
    ----------
    flagged
        Shape ``(shift, cell)``.
    follows
        Whether each shift follows the one before it without a gap, shape ``(shift,)``.

    Examples
    --------
    >>> flags = np.array([[1], [1], [0], [1]], bool)
    >>> longest_runs(flags, np.array([False, True, True, True])).tolist()
    [2]
    """
    run = np.zeros(flagged.shape[1], dtype=np.int64)
    longest = run.copy()
    for flags, follow in zip(flagged, follows, strict=True):
        run = np.where(flags, run * bool(follow) + 1, 0)
        longest = np.maximum(longest, run)
    return longest


def persistence(flagged: Flags, follows: Flags, parts: Parts) -> Persistence | None:
    """Return how flags stay, over the city and by part; None without any shift.

    Parameters
    ----------
    flagged
        Whether a cell was part of a box that stood, shape ``(shift, cell)``.
    follows
        As of `longest_runs`.
    parts
        The parts.
    """
    if not len(flagged):
        return None
    runs = longest_runs(flagged, follows)
    share = flagged.mean(axis=0)
    area = parts.sums(np.ones(flagged.shape[1]))
    usable = np.where(area > 0, area, np.nan)
    longest = int(runs.max(initial=0))
    return Persistence(
        len(flagged), longest, int(np.argmax(runs)) if longest else -1,
        float(np.mean(share == 1.0)), float(np.mean(share == 0.0)), share,
        parts.sums(share) / usable, parts.sums(share == 0.0) / usable,
    )  # fmt: skip
