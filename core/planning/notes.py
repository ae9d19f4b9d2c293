"""Notes: what the rules took from a plan, so that nothing vanishes silently."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evenbeat.core.config import PlanSettings
from evenbeat.core.grid import Grid
from evenbeat.core.planning.draw.task import CUSTOM, Selection
from evenbeat.core.planning.metering.caps import Dose
from evenbeat.core.planning.metering.neighbourhoods import FEWEST_SHARES, Neighbourhoods
from evenbeat.core.planning.metering.strata import Stratum
from evenbeat.core.planning.patrol.visits import ShiftVisits

FEWER_BOXES, FEWER_VISITS, MORE_UNITS = "fewer_boxes", "fewer_visits", "more_units"
CUSTOM_LEFT, VISITS_LEFT, CEILING_OFF = "custom_left", "visits_left", "ceiling_off"
_WORDS = {
    "roster": "",
    "excluded": "lie in an excluded area",
    "recurrence": "had a box on too many of seven days",
    "month": "had a box on too many of 28 days",
    "minutes": "have no minutes left on the day",
    "spacing": "lie too close to a box",
    "gap": "were visited too short a time before",
    "buffer": "lie inside the buffer of a box",
    "neighbourhood": "lie in a neighbourhood that has its share",
    "no_risk": "have no risk",
}


@dataclass(frozen=True, slots=True)
class PlanNote:
    """One limit that changed the plan.

    Parameters
    ----------
    kind
        ``fewer_boxes``, ``fewer_visits``, ``more_units``, ``custom_left``, ``visits_left`` or
        ``ceiling_off``.
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
        if self.kind == CUSTOM_LEFT:
            return (
                f"{where}: {self.given} of {self.wanted} custom boxes were possible under the caps"
            )
        if self.kind == VISITS_LEFT:
            return (
                f"{where}: {self.given} of {self.wanted} visits fit into the shift and the minutes "
                "of its units"
            )
        if self.kind == CEILING_OFF:
            return (
                f"the ceiling on a neighbourhood's minutes is off: there are only {self.given} "
                f"neighbourhoods, it needs {self.wanted}"
            )
        why = (
            "; ".join(_counted(rule, count) for rule, count in self.rules.items())
            or "the district holds no cell"
        )
        return f"{where}: {self.given} of {self.wanted} boxes ({why})"

    def to_dict(self) -> dict[str, Any]:
        """Return the note JSON-ready, its words included."""
        return {**asdict(self), "words": str(self)}


def _counted(rule: str, count: int) -> str:
    if rule == "roster":
        return f"the roster has minutes for {count}"
    return f"{count} {'cell' if count == 1 else 'cells'} {_WORDS[rule]}"


def ceiling_notes(neighbourhoods: Neighbourhoods) -> list[PlanNote]:
    """Return a note where the ceiling on neighbourhoods cannot be applied."""
    if neighbourhoods.applied or neighbourhoods.share >= 1:
        return []
    needed = math.ceil(FEWEST_SHARES / neighbourhoods.share)
    return [PlanNote(CEILING_OFF, "", "", needed, len(neighbourhoods.ids), {})]


def notes_of(
    *,
    shift: str,
    grid: Grid,
    strata: Sequence[Stratum],
    selection: Selection,
    settings: PlanSettings,
    dose: Dose,
    visits: ShiftVisits,
    custom: int,
) -> list[PlanNote]:
    """Return the notes of one shift, first those for all districts."""
    caps, notes = settings.caps, []
    if dose.visits < caps.visits_per_shift:
        notes.append(PlanNote(FEWER_VISITS, shift, "", caps.visits_per_shift, dose.visits, {}))
    placed = sum(1 for entry in selection.assigned if entry.chosen_by == CUSTOM)
    if placed < custom:
        notes.append(PlanNote(CUSTOM_LEFT, shift, "", custom, placed, {}))
    home = grid.district.reshape(-1)
    given = Counter(int(home[entry.candidate.seed]) for entry in selection.assigned)
    for index, district_id in enumerate(grid.district_ids):
        mine = [stratum for stratum in strata if stratum.district == index]
        asked, got = sum(s.wanted for s in mine), given[index]
        if got < asked:
            counts = dict(selection.passed_over.get(index, {}))
            places = sum(s.places for s in mine)
            if places < asked:
                counts["roster"] = places
            rules = {rule: counts[rule] for rule in _WORDS if rule in counts}
            notes.append(PlanNote(FEWER_BOXES, shift, district_id, asked, got, rules))
        if not settings.units and got > caps.boxes_per_unit:
            units = math.ceil(got / caps.boxes_per_unit)
            notes.append(PlanNote(MORE_UNITS, shift, district_id, units, 1, {}))
        lost = visits.left_out.get(index, 0)
        if lost:
            wanted = got * dose.visits
            notes.append(PlanNote(VISITS_LEFT, shift, district_id, wanted, wanted - lost, {}))
    return notes
