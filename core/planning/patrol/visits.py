"""Visits: the boxes of a shift dealt to units, each unit's tour, and when it is where."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import PlanSettings
from evenbeat.core.grid import Grid
from evenbeat.core.planning.draw.lottery import generator
from evenbeat.core.planning.metering.caps import Dose
from evenbeat.core.planning.metering.strata import Stratum, unit_minutes, units_on
from evenbeat.core.planning.patrol.tours import Visit, plan_visits
from evenbeat.core.planning.patrol.travel import Travel
from evenbeat.core.shifts import Shift


@dataclass
class ShiftVisits:
    """The visits of a shift.

    Parameters
    ----------
    visits
        In order of unit and time; their box is an index into the boxes given.
    unit, count
        Of each box: who visits it, and how often.
    left_out
        District index -> visits for which there was no time.
    """

    unit: list[str]
    count: list[int]
    visits: list[Visit] = field(default_factory=list)
    left_out: dict[int, int] = field(default_factory=dict)


def visits_of_shift(
    boxes: Sequence[tuple[Stratum, tuple[int, ...]]],
    *,
    grid: Grid,
    settings: PlanSettings,
    shift: Shift,
    dose: Dose,
    travel: Travel,
    last_visit: npt.NDArray[np.float64],
    seed_text: str,
) -> ShiftVisits:
    """Plan the visits of all boxes of a shift, district by district.

    Without a roster each district is given as many units as its boxes need, named by their
    number; they have the whole shift.

    Parameters
    ----------
    boxes
        Stratum and flat cells of each box.
    grid, settings, shift, dose
        The study, the ``[plan]`` section, the shift and what a box gets.
    travel
        Travel times.
    last_visit
        Shape ``(height, width)``: end of the last visit before the shift, seconds since 1970 UTC.
    seed_text
        What the start times are a function of.
    """
    made = ShiftVisits([""] * len(boxes), [0] * len(boxes))
    groups: dict[tuple[int, str], list[int]] = {}
    for index, (stratum, _) in enumerate(boxes):
        groups.setdefault((stratum.district, stratum.unit), []).append(index)
    for (district, unit), members in sorted(groups.items()):
        row, column = np.divmod([boxes[index][1][0] for index in members], grid.shape[1])
        tours = plan_visits(
            centres=np.column_stack([grid.eastings[column], grid.northings[row]]),
            visits=[dose.visits] * len(members), visit_minutes=dose.visit_minutes,
            gap_hours=dose.visit_gap_hours,
            units=_units(settings, shift, grid.district_ids[district], unit, len(members)),
            boxes_per_unit=settings.caps.boxes_per_unit, shift=shift, travel=travel,
            random=generator(seed_text, grid.district_ids[district], unit),
            not_before=[_earliest(boxes[i][1], last_visit, dose, shift) for i in members],
        )  # fmt: skip
        for visit in tours.visits:
            box = members[visit.box]
            made.unit[box] = visit.unit_id
            made.count[box] += 1
            made.visits.append(dataclasses.replace(visit, box=box))
        lost = len(members) * dose.visits - len(tours.visits)
        if lost:
            made.left_out[district] = made.left_out.get(district, 0) + lost
    return made


def _earliest(
    cells: Sequence[int], last_visit: npt.NDArray[np.float64], dose: Dose, shift: Shift
) -> dt.datetime | None:
    """Return the first moment at which the gap since the last visit is over; None for at once."""
    over = float(last_visit.reshape(-1)[list(cells)].max()) + dose.visit_gap_hours * 3600.0
    if over <= shift.start.timestamp():
        return None
    return dt.datetime.fromtimestamp(min(over, shift.end.timestamp()), dt.UTC)


def _units(
    settings: PlanSettings, shift: Shift, district_id: str, unit: str, boxes: int
) -> list[tuple[str, float]]:
    """Return the units that share boxes, with their minutes."""
    if not settings.units:
        count = -(-boxes // settings.caps.boxes_per_unit)
        return [(f"{district_id}-{n + 1}", shift.hours * 60.0) for n in range(count)]
    return [
        (found.id, unit_minutes(found, shift, settings))
        for found in units_on(settings, shift, district_id)
        if (found.id == unit if unit else found.id not in settings.unit_weights)
    ]
