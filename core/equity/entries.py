"""What the ledger is kept of: minutes, crime and plans by day and cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.equity.overrides import Override
from evenbeat.core.errors import InputError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_BY_DAY = ("delivered", "planned", "harm", "harm_before", "observed", "expected")
_KNOWN = ("measured", "with_plan", "reported", "forecast")


@dataclass(frozen=True, eq=False)
class Entries:
    """Everything that was done on some days; cells are those inside, in row-major order.

    Parameters
    ----------
    dates
        Days of service that were measured or planned, in order.
    measured, with_plan, reported, forecast
        Whether each day was measured, had a plan, lies within the reported incidents, and had a
        forecast; shape ``(day,)``.
    delivered, planned
        Minutes of patrol measured, and minutes of the boxes that stood; shape ``(day, cell)``.
    harm
        Severity-weighted crime reported on the day.
    harm_before
        The same over the time before the day, as a plan of that day could know it.
    observed, expected
        Incidents reported, and expected by the day's forecast.
    flagged
        Whether a cell was part of a box that stood, shape ``(planned shift, cell)``.
    follows
        Whether each of those shifts follows the one before it without a gap.
    overrides
        Decisions of people that added or removed planned minutes.

    Raises
    ------
    InputError
        Shapes differ, or minutes or crime are below 0.
    """

    dates: tuple[str, ...]
    measured: Flags
    with_plan: Flags
    reported: Flags
    forecast: Flags
    delivered: Floats
    planned: Floats
    harm: Floats
    harm_before: Floats
    observed: Floats
    expected: Floats
    flagged: Flags
    follows: Flags
    overrides: Sequence[Override] = ()

    def __post_init__(self) -> None:
        shape = (len(self.dates), self.delivered.shape[-1])
        odd = [name for name in _BY_DAY if getattr(self, name).shape != shape]
        odd += [name for name in _KNOWN if getattr(self, name).shape != shape[:1]]
        if self.flagged.shape != (self.follows.size, shape[1]):
            odd.append("flagged")
        if odd:
            raise InputError(
                f"A ledger of {shape[0]} days and {shape[1]} cells needs arrays of that shape; "
                f"these differ: {', '.join(odd)}."
            )
        below = [name for name in _BY_DAY if (getattr(self, name) < 0).any()]
        if below:
            raise InputError(f"A ledger cannot hold amounts below 0, got some in {below}.")
