"""The rounds of one unit: the shortest order, what fits, and random times within the slack."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from evenbeat.core.planning.patrol.travel import Floats

MOST_BOXES = 6
"""Orders of up to so many boxes are all tried; also the hard cap of boxes per unit."""
_ROUNDING_MINUTES = 1e-6

Stop = tuple[int, int]
"""A box and the number of its visit, from 1."""


class DropReason(StrEnum):
    """Why a wanted visit was not planned."""

    NO_UNIT = "no_unit"
    UNIT_MINUTES = "unit_minutes"
    SHIFT_LENGTH = "shift_length"


@dataclass(frozen=True)
class Terms:
    """What holds for every unit of a district and shift; times in minutes from its start.

    Parameters
    ----------
    travel
        Shape ``(box, box)``: minutes between boxes.
    visit
        Length of a visit.
    gap
        Least time from the end of a visit to the start of the next at the same box.
    shift
        Length of the shift.
    release
        For each box the first whole minute at which a visit may start.
    """

    travel: Floats
    visit: float
    gap: float
    shift: float
    release: tuple[int, ...]
    _orders: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict, repr=False)

    def order(self, boxes: Sequence[int]) -> tuple[int, ...]:
        """Return the boxes in the order of the shortest path through all of them, exactly."""
        key = tuple(sorted(boxes))
        if key not in self._orders:
            self._orders[key] = _shortest_order(key, self.travel)
        return self._orders[key]

    def path_minutes(self, boxes: Sequence[int]) -> float:
        """Return the travel along an order of boxes."""
        return float(sum(self.travel[a, b] for a, b in itertools.pairwise(boxes)))

    def earliest(self, stops: Sequence[Stop]) -> list[int]:
        """Return the earliest whole minutes at which the stops can start, one after the other."""
        starts: list[int] = []
        last: dict[int, int] = {}
        for place, (box, _) in enumerate(stops):
            starts.append(max(self.release[box], self._bound(stops, place, starts, last)))
            last[box] = starts[-1]
        return starts

    def latest(self, stops: Sequence[Stop]) -> list[int]:
        """Return the latest whole minutes at which the stops can start so that all still fit."""
        starts = [0] * len(stops)
        following: dict[int, int] = {}
        for place in range(len(stops) - 1, -1, -1):
            box = stops[place][0]
            bound = math.floor(self.shift - self.visit + _ROUNDING_MINUTES)
            if place + 1 < len(stops):
                bound = min(bound, starts[place + 1] - self._after(box, stops[place + 1][0]))
            if box in following:
                bound = min(bound, following[box] - self._again())
            starts[place] = following[box] = bound
        return starts

    def random_times(self, stops: Sequence[Stop], random: np.random.Generator) -> list[int]:
        """Return random whole minutes at which the stops start; every rule is kept.

        Each start is drawn between the earliest that the stops before it allow and the latest that
        the stops after it allow: at the first stop of a round as the first of as many uniform draws
        as rounds are left, at others as the first of as many as stops are left. So the rounds are
        spread over the shift, and the waits between stops are short but irregular.
        """
        latest = self.latest(stops)
        rounds = stops[-1][1]
        starts: list[int] = []
        last: dict[int, int] = {}
        for place, (box, number) in enumerate(stops):
            first = max(self.release[box], self._bound(stops, place, starts, last))
            opens = place == 0 or stops[place - 1][1] != number
            left = rounds - number + 1 if opens else len(stops) - place
            wait = int(random.beta(1.0, left) * (latest[place] - first + 1))
            starts.append(min(first + wait, latest[place]))
            last[box] = starts[-1]
        return starts

    def _bound(
        self, stops: Sequence[Stop], place: int, starts: list[int], last: dict[int, int]
    ) -> int:
        """Return from when on a stop can start after the stops before it."""
        box = stops[place][0]
        bound = 0 if place == 0 else starts[-1] + self._after(stops[place - 1][0], box)
        return max(bound, last[box] + self._again()) if box in last else bound

    def _after(self, box: int, other: int) -> int:
        return math.ceil(self.visit + float(self.travel[box, other]) - _ROUNDING_MINUTES)

    def _again(self) -> int:
        return math.ceil(self.visit + self.gap - _ROUNDING_MINUTES)


@dataclass(frozen=True)
class Rounds:
    """What one unit is to visit.

    In round ``r`` it goes to every box that has a visit number ``r``, along the shortest path or
    back along it.

    Parameters
    ----------
    visits
        Box to number of visits, all at least 0.
    dropped
        The visits that do not fit, in the order in which they were given up, with the reason.
    """

    visits: dict[int, int]
    dropped: tuple[tuple[Stop, DropReason], ...]

    @classmethod
    def that_fit(cls, wanted: dict[int, int], minutes: float, terms: Terms) -> Rounds:
        """Give up visits until the rest fits into the unit's minutes and the shift.

        The visit with the highest number goes first, of equal numbers that of the box last in
        precedence; so no box loses its only visit while another box of the unit has two.

        Parameters
        ----------
        wanted
            Box to number of visits.
        minutes
            What the unit has for visits and travel.
        terms
            What holds for all units.
        """
        visits, dropped = dict(wanted), []
        while (reason := _refusal(visits, minutes, terms)) is not None:
            box = max(visits, key=lambda box: (visits[box], box))
            dropped.append(((box, visits[box]), reason))
            visits[box] -= 1
        return cls(visits, tuple(dropped))

    def stops(self, minutes: float, terms: Terms, random: np.random.Generator) -> list[Stop]:
        """Return the stops in a random choice of the directions of the rounds that fit."""
        ways = list(_ways(self.visits, terms))
        for index in random.permutation(len(ways)).tolist():
            if _fits(ways[index], minutes, terms) is None:
                return ways[index]
        return []


def _refusal(visits: dict[int, int], minutes: float, terms: Terms) -> DropReason | None:
    """Return None when the visits fit in some direction of each round, or why they do not."""
    total = sum(visits.values())
    if not total:
        return None
    paths = sum(terms.path_minutes(order) for order in _rounds(visits, terms))
    if total * terms.visit + paths > minutes + _ROUNDING_MINUTES:
        return DropReason.UNIT_MINUTES
    most = max(visits.values())
    alone = most * terms.visit + (most - 1) * terms.gap
    if max(alone, total * terms.visit + paths) > terms.shift + _ROUNDING_MINUTES:
        return DropReason.SHIFT_LENGTH
    reasons = set()
    for way in _ways(visits, terms):
        reason = _fits(way, minutes, terms)
        if reason is None:
            return None
        reasons.add(reason)
    late = DropReason.SHIFT_LENGTH
    return late if late in reasons else DropReason.UNIT_MINUTES


def _fits(stops: Sequence[Stop], minutes: float, terms: Terms) -> DropReason | None:
    used = len(stops) * terms.visit + terms.path_minutes([box for box, _ in stops])
    if used > minutes + _ROUNDING_MINUTES:
        return DropReason.UNIT_MINUTES
    end = (terms.earliest(stops)[-1] if stops else 0) + terms.visit
    return DropReason.SHIFT_LENGTH if end > terms.shift + _ROUNDING_MINUTES else None


def _rounds(visits: dict[int, int], terms: Terms) -> list[tuple[int, ...]]:
    """Return the boxes of each round in the shortest order."""
    return [
        terms.order([box for box, count in visits.items() if count >= number])
        for number in range(1, max(visits.values(), default=0) + 1)
    ]


def _ways(visits: dict[int, int], terms: Terms) -> Iterator[list[Stop]]:
    """Yield the stops for every choice of the rounds' directions."""
    rounds = _rounds(visits, terms)
    choices = [(order, order[::-1]) if len(order) > 1 else (order,) for order in rounds]
    for way in itertools.product(*choices):
        yield [(box, number) for number, order in enumerate(way, start=1) for box in order]


def _shortest_order(boxes: tuple[int, ...], travel: Floats) -> tuple[int, ...]:
    """Return the order of least travel, the first of equal ones."""
    if len(boxes) < 3:
        return boxes
    orders = np.array(boxes)[_orders_of(len(boxes))]
    lengths = travel[orders[:, :-1], orders[:, 1:]].sum(axis=1)
    return tuple(orders[int(np.argmin(lengths))].tolist())


@cache
def _orders_of(size: int) -> npt.NDArray[np.int64]:
    """Return all orders of so many things; of an order and its reverse only one."""
    orders = [order for order in itertools.permutations(range(size)) if order[0] < order[-1]]
    return np.array(orders, dtype=np.int64)
