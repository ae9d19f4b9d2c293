"""The override log by direction: what people's decisions added to, and took from, each part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.equity.overlay import Parts


@dataclass(frozen=True)
class Override:
    """One decision of a person that added or removed planned minutes.

    Parameters
    ----------
    event_id
        By which the audit log knows it.
    service_date, shift
        Of the box.
    action
        What was done: reject, move, add, undo, ...
    role
        Of who did it.
    minutes
        Planned minutes that it added; below 0 those that it took away.
    cells
        Positions among the inside cells over which they are spread evenly.
    """

    event_id: str
    service_date: str
    shift: str
    action: str
    role: str
    minutes: float
    cells: tuple[int, ...]

    @property
    def direction(self) -> str:
        """Return whether minutes were added or removed."""
        return "added" if self.minutes > 0 else "removed"


@dataclass(frozen=True, eq=False)
class OverrideSums:
    """Overrides of a period.

    Parameters
    ----------
    actions
        What was done and in which direction, in order.
    count, minutes
        Decisions and minutes (at least 0) of each of them.
    by_part
        Minutes of each of them by part, shape ``(action, part)``.
    """

    actions: tuple[tuple[str, str], ...]
    count: npt.NDArray[np.int64]
    minutes: npt.NDArray[np.float64]
    by_part: npt.NDArray[np.float64]

    def direction(self, name: str) -> npt.NDArray[np.float64]:
        """Return the minutes of a direction, ``added`` or ``removed``, by part."""
        rows = [at for at, (_, direction) in enumerate(self.actions) if direction == name]
        return np.asarray(self.by_part[rows].sum(axis=0))


def sum_overrides(overrides: Sequence[Override], parts: Parts) -> OverrideSums:
    """Return the overrides summed by action, direction and part.

    Parameters
    ----------
    overrides
        Of a period.
    parts
        Minutes in none of them are in no sum by part.
    """
    actions = tuple(sorted({(one.action, one.direction) for one in overrides}))
    size = parts.of_cell.shape[1]
    count, minutes = np.zeros(len(actions), np.int64), np.zeros(len(actions))
    by_cell = np.zeros((len(actions), size))
    for one in overrides:
        at = actions.index((one.action, one.direction))
        count[at] += 1
        minutes[at] += abs(one.minutes)
        if one.cells:
            np.add.at(by_cell[at], list(one.cells), abs(one.minutes) / len(one.cells))
    return OverrideSums(actions, count, minutes, parts.sums(by_cell))
