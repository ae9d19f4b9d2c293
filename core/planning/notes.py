"""Notes: what the rules took from a plan, so that nothing vanishes silently."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import CapSettings
from evenbeat.core.grid import Grid
from evenbeat.core.planning.caps import Dose

FEWER_BOXES, FEWER_VISITS, MORE_UNITS = "fewer_boxes", "fewer_visits", "more_units"
_WORDS = {
    "recurrence": "had a box on too many of seven days",
    "spacing": "lie too close to a box",
    "gap": "were visited too short a time before",
    "buffer": "lie inside the buffer of a box",
    "no_risk": "have no risk",
}


@dataclass(frozen=True, slots=True)
class PlanNote:
    """One limit that changed the plan.

    Parameters
    ----------
    kind
        ``fewer_boxes``, ``fewer_visits`` or ``more_units``.
    shift
        The shift's name.
    district_id
        The district, or an empty text for all.
    wanted, given
        Boxes, visits or units asked for and had.
    rules
        Rule name -> cells that it refused.
    """

    kind: str
    shift: str
    district_id: str
    wanted: int
    given: int
    rules: dict[str, int]

    def __str__(self) -> str:
        where = f"{self.shift}, district {self.district_id}" if self.district_id else self.shift
        if self.kind == FEWER_VISITS:
            return f"{where}: {self.given} of {self.wanted} visits a box fit in the shift"
        if self.kind == MORE_UNITS:
            return f"{where}: the boxes take at least {self.wanted} units, not one"
        why = (
            "; ".join(
                f"{count} {'cell' if count == 1 else 'cells'} {_WORDS[rule]}"
                for rule, count in self.rules.items()
            )
            or "the district holds no cell"
        )
        return f"{where}: {self.given} of {self.wanted} boxes ({why})"

    def to_dict(self) -> dict[str, Any]:
        """Return the note JSON-ready, its words included."""
        return {**asdict(self), "words": str(self)}


def notes_of(
    *,
    shift: str,
    grid: Grid,
    wanted: npt.NDArray[np.int64],
    given: npt.NDArray[np.int64],
    passed_over: dict[int, dict[str, int]],
    caps: CapSettings,
    dose: Dose,
) -> list[PlanNote]:
    """Return the notes of one shift, first those for all districts."""
    notes = []
    if dose.visits < caps.visits_per_shift:
        notes.append(PlanNote(FEWER_VISITS, shift, "", caps.visits_per_shift, dose.visits, {}))
    for index, district_id in enumerate(grid.district_ids):
        asked, got = int(wanted[index]), int(given[index])
        if got < asked:
            counts = passed_over.get(index, {})
            rules = {rule: counts[rule] for rule in _WORDS if rule in counts}
            notes.append(PlanNote(FEWER_BOXES, shift, district_id, asked, got, rules))
        if got > caps.boxes_per_unit:
            units = math.ceil(got / caps.boxes_per_unit)
            notes.append(PlanNote(MORE_UNITS, shift, district_id, units, 1, {}))
    return notes
