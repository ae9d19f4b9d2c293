"""Strata: how many boxes each district, and each unit with weights of its own, has on a shift."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evenbeat.core.config import PlanSettings, UnitSettings
from evenbeat.core.errors import PlanError
from evenbeat.core.grid import Grid
from evenbeat.core.planning.metering.caps import Dose
from evenbeat.core.shifts import Shift


@dataclass(frozen=True, slots=True)
class Stratum:
    """Places that are filled from one list of candidates.

    Parameters
    ----------
    district
        Index of the district.
    unit
        The unit whose weights rank the candidates; empty for the district's own.
    places
        Boxes that may be given.
    wanted
        Boxes that the settings ask for.
    """

    district: int
    unit: str
    places: int
    wanted: int


def boxes_wanted(settings: PlanSettings, grid: Grid) -> list[int]:
    """Return the boxes that the settings ask for, per district.

    Raises
    ------
    PlanError
        The settings name an unknown district, or a negative number.
    """
    unknown = sorted(set(settings.boxes_by_district) - set(grid.district_ids))
    if unknown:
        raise PlanError(
            f"plan.boxes_by_district names {unknown}, which the grid does not have. Its "
            f"{len(grid.district_ids)} districts begin with {list(grid.district_ids[:5])}."
        )
    wanted = [
        settings.boxes_by_district.get(d, settings.boxes_per_district) for d in grid.district_ids
    ]
    if min(wanted, default=0) < 0:
        raise PlanError(f"plan.boxes_by_district must not be negative: {min(wanted)} given.")
    return wanted


def unit_minutes(unit: UnitSettings, shift: Shift, settings: PlanSettings) -> float:
    """Return the minutes of a shift that a unit has for directed patrol."""
    return unit.minutes or shift.hours * 60.0 * settings.uncommitted_share


def units_on(settings: PlanSettings, shift: Shift, district_id: str) -> list[UnitSettings]:
    """Return the units of the roster that work a shift in a district."""
    return [
        unit for unit in settings.units
        if unit.district == district_id and (not unit.shifts or shift.name in unit.shifts)
    ]  # fmt: skip


def check_roster(settings: PlanSettings, grid: Grid, shift_names: Sequence[str]) -> None:
    """Refuse a roster that names what does not exist.

    Raises
    ------
    PlanError
        A unit's district or shift is unknown, or weights are for a unit that is not on it.
    """
    for unit in settings.units:
        if unit.district not in grid.district_ids:
            raise PlanError(
                f"plan.units: unit {unit.id!r} is in the district {unit.district!r}, which the "
                f"grid does not have. Its districts begin with {list(grid.district_ids[:5])}."
            )
        strange = sorted(set(unit.shifts) - set(shift_names))
        if strange:
            raise PlanError(
                f"plan.units: unit {unit.id!r} works {strange}; the shifts are {list(shift_names)}."
            )
    lost = sorted(set(settings.unit_weights) - {unit.id for unit in settings.units})
    if lost:
        raise PlanError(f"plan.unit_weights names {lost}, which plan.units does not have.")


def strata_of(settings: PlanSettings, grid: Grid, shift: Shift, dose: Dose) -> list[Stratum]:
    """Return the strata of a shift: units with weights of their own first, then the districts.

    Without a roster a district has the boxes that the settings ask for. With one it has at most
    the boxes for which its units have minutes, and at most ``boxes_per_unit`` for each of them.

    Parameters
    ----------
    settings
        The ``[plan]`` section.
    grid
        The study's grid.
    shift, dose
        The shift and what a box gets in it.
    """
    special, common = [], []
    for index, wanted in enumerate(boxes_wanted(settings, grid)):
        units = units_on(settings, shift, grid.district_ids[index])
        if not settings.units:
            common.append(Stratum(index, "", wanted, wanted))
            continue
        room = {
            unit.id: min(
                settings.caps.boxes_per_unit,
                math.floor(unit_minutes(unit, shift, settings) / dose.minutes),
            )
            for unit in units
        }
        left = wanted
        for unit in units:
            if unit.id in settings.unit_weights:
                places = min(left, room.pop(unit.id))
                special.append(Stratum(index, unit.id, places, places))
                left -= places
        common.append(Stratum(index, "", min(left, sum(room.values())), left))
    return special + common
