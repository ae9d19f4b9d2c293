"""Claims: boxes as they stand, what they are judged against, and what is found."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from evenbeat.core.config import CapSettings
from evenbeat.core.grid import Grid
from evenbeat.core.planning.metering.neighbourhoods import Neighbourhoods
from evenbeat.core.planning.metering.past import Cell, PastUse
from evenbeat.core.shifts import Shift


@dataclass(frozen=True, slots=True)
class Claim:
    """One box as it stands: what it takes of which cells.

    Parameters
    ----------
    box_id
        The assignment.
    shift, district_id, unit
        Whose it is; ``unit`` empty where none is named.
    cells
        ``(row, column)``, the seed first.
    visits, visit_minutes, visit_gap_hours
        Its dose.
    times
        Start and end of each planned visit in seconds since 1970 UTC, the first one first; fewer
        than ``visits`` where the unit chooses the others.
    placed
        Whether a reviewer chose the place. The minutes of such a box count in the neighbourhoods
        of its cells, in equal parts; those of a planned one where its seed lies, as in the plan.
    """

    box_id: str
    shift: str
    district_id: str
    unit: str
    cells: tuple[Cell, ...]
    visits: int
    visit_minutes: float
    visit_gap_hours: float
    times: tuple[tuple[float, float], ...] = ()
    placed: bool = False

    @property
    def minutes(self) -> float:
        """Return the minutes of the shift."""
        return self.visits * self.visit_minutes


@dataclass(frozen=True, slots=True)
class Breach:
    """One cap that is broken.

    Parameters
    ----------
    rule
        Name of the cap.
    box_ids
        The boxes that break it.
    given, limit
        What stands, and what may.
    words
        The same for people.
    """

    rule: str
    box_ids: tuple[str, ...]
    given: float
    limit: float
    words: str

    def to_dict(self) -> dict[str, Any]:
        """Return the breach JSON-ready."""
        return asdict(self)


@dataclass(frozen=True)
class Bounds:
    """Everything that boxes of a day are judged against.

    Parameters
    ----------
    grid, caps, shifts
        The study's grid, the limits, and the day's shifts by name.
    past
        The use of the days around.
    neighbourhoods
        The parts between which patrol is kept even.
    district_minutes
        (shift, district) -> minutes that the roster has there; absent where there is no roster.
    district_units
        (shift, district) -> units that it has there; a box without a unit is one of theirs.
    issued_minutes
        Shift -> minutes that the plan gave out. The ceiling of a neighbourhood is a share of
        these, or of what stands where that is more, so that a rejection elsewhere breaks nothing.
    excluded, held_out
        Shift -> flat cells that nobody may patrol, and that are held out.
    """

    grid: Grid
    caps: CapSettings
    shifts: Mapping[str, Shift]
    past: PastUse
    neighbourhoods: Neighbourhoods
    district_minutes: Mapping[tuple[str, str], float] = field(default_factory=dict)
    district_units: Mapping[tuple[str, str], int] = field(default_factory=dict)
    issued_minutes: Mapping[str, float] = field(default_factory=dict)
    excluded: Mapping[str, Collection[int]] = field(default_factory=dict)
    held_out: Mapping[str, Collection[int]] = field(default_factory=dict)

    def minutes_of_parts(self, claim: Claim) -> dict[int, float]:
        """Return the minutes that a box takes in each neighbourhood, by its index."""
        of_cell, width = self.neighbourhoods.of_cell, self.grid.shape[1]
        cells = claim.cells if claim.placed else claim.cells[:1]
        minutes: dict[int, float] = {}
        for row, column in cells:
            part = int(of_cell[row * width + column])
            if part >= 0:
                minutes[part] = minutes.get(part, 0.0) + claim.minutes / len(cells)
        return minutes


def hours_between(
    first: Sequence[tuple[float, float]], second: Sequence[tuple[float, float]]
) -> float:
    """Return the shortest time between a visit of one box and one of another, in hours.

    Parameters
    ----------
    first, second
        Start and end of each visit, seconds; inf where either has none.

    Examples
    --------
    >>> hours_between([(0, 900)], [(8100, 9000)])
    2.0
    """
    return min(
        (max(ahead - end, start - behind) / 3600.0
         for start, end in first for ahead, behind in second),
        default=math.inf,
    )  # fmt: skip
