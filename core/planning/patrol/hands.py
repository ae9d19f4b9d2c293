"""The boxes in the hands of each unit, and what becomes of those that it cannot visit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from evenbeat.core.planning.patrol.dealing import NOBODY, deal_boxes
from evenbeat.core.planning.patrol.rounds import Rounds, Terms
from evenbeat.core.planning.patrol.travel import Floats


class PatrolUnit(NamedTuple):
    """A unit and the minutes it has for visits and the travel between them in the shift."""

    unit_id: str
    minutes: float


class Hands:
    """Boxes dealt to units, so that as many as possible have a visit.

    Parameters
    ----------
    units
        Who is on duty.
    wanted
        Box to number of visits, above 0.
    centres
        Of all boxes, shape ``(box, 2)``.
    terms
        What holds for all units.
    boxes_per_unit
        Most boxes of a unit.
    """

    def __init__(
        self, units: Sequence[PatrolUnit], wanted: dict[int, int], centres: Floats, terms: Terms,
        boxes_per_unit: int,
    ) -> None:  # fmt: skip
        self._terms, self._units = terms, units
        self._room = [min(boxes_per_unit, _most_visits(unit, terms)) for unit in units]
        self._hands: list[dict[int, int]] = [{} for _ in units]
        self.nobody: dict[int, int] = {}
        boxes = list(wanted)
        dealt = deal_boxes(
            centres[boxes], terms.travel[np.ix_(boxes, boxes)], room=self._room,
            minutes=[unit.minutes for unit in units],
        )  # fmt: skip
        for box, unit in zip(boxes, dealt.tolist(), strict=True):
            (self.nobody if unit == NOBODY else self._hands[unit])[box] = wanted[box]
        self.rounds = [self._fit(unit, hand) for unit, hand in enumerate(self._hands)]
        while any(self._move(box, home) for box, home in self._stranded()):
            pass

    def _fit(self, unit: int, hand: dict[int, int]) -> Rounds:
        return Rounds.that_fit(hand, self._units[unit].minutes, self._terms)

    def _stranded(self) -> list[tuple[int, int]]:
        found = [(box, NOBODY) for box in self.nobody]
        for unit, rounds in enumerate(self.rounds):
            found += [(box, unit) for box, count in rounds.visits.items() if not count]
        return sorted(found)

    def _move(self, box: int, home: int) -> bool:
        """Give a box to the nearest unit that can take it; return whether there is one."""
        away = self._terms.travel[box]
        open_units = [
            (min((float(away[other]) for other in hand), default=0.0), unit)
            for unit, hand in enumerate(self._hands)
            if unit != home and len(hand) < self._room[unit]
        ]
        left = self.nobody if home == NOBODY else self._hands[home]
        for _, unit in sorted(open_units):
            hand = dict(sorted({**self._hands[unit], box: left[box]}.items()))
            rounds = self._fit(unit, hand)
            if all(rounds.visits.values()):
                del left[box]
                self._hands[unit], self.rounds[unit] = hand, rounds
                if home != NOBODY:
                    self.rounds[home] = self._fit(home, self._hands[home])
                return True
        return False


def _most_visits(unit: PatrolUnit, terms: Terms) -> int:
    """Return how many visits a unit could make without travel."""
    return math.floor(min(unit.minutes, terms.shift) / terms.visit + 1e-9)
