"""Tours: which unit visits which box when, within its minutes, the gaps and the shift."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import PlanError
from evenbeat.core.planning.patrol.hands import Hands, PatrolUnit
from evenbeat.core.planning.patrol.rounds import MOST_BOXES, DropReason, Rounds, Terms
from evenbeat.core.planning.patrol.travel import Travel, as_points
from evenbeat.core.shifts import Shift


@dataclass(frozen=True, slots=True)
class Visit:
    """One planned visit.

    Parameters
    ----------
    box
        Index into the boxes that were planned.
    number
        Which visit of the box in the shift, from 1.
    unit_id
        Who goes.
    position
        Place among all visits of the unit in the shift, from 1.
    starts_at, ends_at
        Aware, UTC; starts are whole minutes from the start of the shift.
    travel_minutes
        From the unit's visit before; 0 for the first and where it stays at the same box.
    """

    box: int
    number: int
    unit_id: str
    position: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    travel_minutes: float


@dataclass(frozen=True, slots=True)
class DroppedVisit:
    """A wanted visit that was not planned, by whom, and why."""

    box: int
    number: int
    unit_id: str | None
    reason: DropReason


@dataclass(frozen=True, slots=True)
class Tours:
    """The visits of one district and shift, unit by unit in order of time, and those left out."""

    visits: tuple[Visit, ...]
    dropped: tuple[DroppedVisit, ...]

    @property
    def dropped_by_reason(self) -> dict[str, int]:
        """Return how many visits were left out for each reason that occurs."""
        counts = Counter(str(drop.reason) for drop in self.dropped)
        return dict(sorted(counts.items()))


def plan_visits(
    *,
    centres: npt.ArrayLike,
    visits: Sequence[int],
    visit_minutes: float,
    gap_hours: float,
    units: Sequence[tuple[str, float]],
    shift: Shift,
    travel: Travel,
    random: np.random.Generator,
    boxes_per_unit: int = MOST_BOXES,
    not_before: Sequence[dt.datetime | None] | None = None,
) -> Tours:
    """Plan the visits to the boxes of one district in one shift.

    A unit visits its boxes in rounds along the shortest path through them, each round in a random
    direction, and starts at random times within the slack. Every rule is kept: a unit is at one
    place at a time and has the time to travel, the gap lies between two visits to a box, and all is
    inside the shift and within the unit's minutes.

    Visits that do not fit are left out, those with the highest number first and of equal ones that
    of the box last in precedence. A box loses its only visit only when every other box of its unit
    has at most one, and no unit with room can take it so that each of its own boxes has one too.

    Parameters
    ----------
    centres
        Eastings and northings of the boxes, shape ``(box, 2)``, in order of precedence.
    visits
        Wanted visits of each box.
    visit_minutes
        Length of a visit.
    gap_hours
        Least hours from the end of a visit to the start of the next at the same box.
    units
        ``(unit id, minutes)``; the minutes hold visits and travel. Waiting is not counted: a unit
        that waits can answer calls.
    shift
        When.
    travel
        Minutes between points.
    random
        Source of all that is random; the same state gives the same tours.
    boxes_per_unit
        Most boxes of a unit, 1 to 6.
    not_before
        For each box the first instant at which a visit may start, e.g. the end of its last visit in
        the shift before plus the gap; None for the start of the shift.

    Raises
    ------
    PlanError
        A number is out of its range, sequences differ in length, or a unit is named twice.

    Examples
    --------
    >>> from evenbeat.core.planning.patrol.travel import StraightLine
    >>> start = dt.datetime(2017, 1, 3, 13, tzinfo=dt.UTC)
    >>> tours = plan_visits(
    ...     centres=[(0, 0), (1000, 0)], visits=[2, 2], visit_minutes=15, gap_hours=2,
    ...     units=[("car-1", 240)], travel=StraightLine(1.0), random=np.random.default_rng(7),
    ...     shift=Shift(start, start + dt.timedelta(hours=8), dt.date(2017, 1, 3), "day"))
    >>> sorted((visit.box, visit.number) for visit in tours.visits), tours.dropped
    ([(0, 1), (0, 2), (1, 1), (1, 2)], ())
    """
    points, roster = as_points(centres), [PatrolUnit(*unit) for unit in units]
    _check(points, visits, visit_minutes, gap_hours, roster, boxes_per_unit, not_before)
    terms = Terms(
        np.asarray(travel.minutes_between(points), dtype=np.float64), float(visit_minutes),
        gap_hours * 60.0, shift.hours * 60.0, _releases(not_before, len(points), shift),
    )  # fmt: skip
    wanted = {box: int(count) for box, count in enumerate(visits) if count > 0}
    hands = Hands(roster, wanted, points, terms, boxes_per_unit)
    return _tours(roster, hands, terms, shift, random)


def _tours(
    units: Sequence[PatrolUnit], hands: Hands, terms: Terms, shift: Shift,
    random: np.random.Generator,
) -> Tours:  # fmt: skip
    """Return the visits at random times, and what was left out."""
    planned: list[Visit] = []
    dropped: list[DroppedVisit] = []
    for unit, rounds in zip(units, hands.rounds, strict=True):
        planned += _visits(unit, rounds, terms, shift, random)
        dropped += [
            DroppedVisit(box, number, unit.unit_id, reason)
            for (box, number), reason in rounds.dropped
        ]
    for box, count in hands.nobody.items():
        dropped += [
            DroppedVisit(box, number, None, DropReason.NO_UNIT) for number in range(count, 0, -1)
        ]
    return Tours(tuple(planned), tuple(dropped))


def _visits(
    unit: PatrolUnit, rounds: Rounds, terms: Terms, shift: Shift, random: np.random.Generator
) -> list[Visit]:
    stops = rounds.stops(unit.minutes, terms, random)
    if not stops:
        return []
    length = dt.timedelta(minutes=terms.visit)
    planned, before = [], stops[0][0]
    times = terms.random_times(stops, random)
    for place, ((box, number), minute) in enumerate(zip(stops, times, strict=True), start=1):
        starts_at = shift.start + dt.timedelta(minutes=minute)
        travel_minutes = float(terms.travel[before, box])
        planned.append(
            Visit(box, number, unit.unit_id, place, starts_at, starts_at + length, travel_minutes)
        )
        before = box
    return planned


def _releases(
    not_before: Sequence[dt.datetime | None] | None, boxes: int, shift: Shift
) -> tuple[int, ...]:
    """Return the first whole minute of the shift at which each box may be visited."""
    if not_before is None:
        return (0,) * boxes
    return tuple(
        0 if when is None else max(0, math.ceil((when - shift.start).total_seconds() / 60.0))
        for when in not_before
    )


def _check(
    points: npt.NDArray[np.float64], visits: Sequence[int], visit_minutes: float, gap_hours: float,
    units: list[PatrolUnit], boxes_per_unit: int, not_before: Sequence[dt.datetime | None] | None,
) -> None:  # fmt: skip
    times = len(points) if not_before is None else len(not_before)
    if not len(points) == len(visits) == times:
        raise PlanError(
            f"Each box needs a centre, its visits and a time, got {len(points)} centres, "
            f"{len(visits)} visits and {times} times."
        )
    if not visit_minutes > 0 or not gap_hours >= 0 or any(count < 0 for count in visits):
        raise PlanError(
            "visit_minutes must be positive, gap_hours and visits not negative, got "
            f"{visit_minutes}, {gap_hours} and {list(visits)}."
        )
    if not 1 <= boxes_per_unit <= MOST_BOXES:
        raise PlanError(
            f"boxes_per_unit must be 1 to {MOST_BOXES}, got {boxes_per_unit}. More boxes than that "
            "leave a unit no time for calls."
        )
    names = [unit.unit_id for unit in units]
    if len(set(names)) != len(names) or any(not unit.minutes >= 0 for unit in units):
        raise PlanError(
            "Units must differ in name and have minutes of at least 0, got "
            f"{[tuple(unit) for unit in units]}."
        )
