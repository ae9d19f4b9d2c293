"""Draws: the boxes of many lotteries with their logged chances and what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import EffectError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Against = Literal["held_out", "not_assigned"]

ASSIGNED, HELD_OUT, NOT_DRAWN = "assigned", "held_out", "not_drawn"
LOTTERY = "lottery"


class Drawn(Protocol):
    """What a logged candidate tells; the records of the store do."""

    @property
    def chosen_by(self) -> str:
        """Return the name of its draw."""

    @property
    def outcome(self) -> str:
        """Return what the draw made of it."""

    @property
    def inclusion_probability(self) -> float:
        """Return its chance of being assigned."""

    @property
    def hold_out_probability(self) -> float:
        """Return its chance of being held out."""


@dataclass(frozen=True, eq=False)
class Draws:
    """The candidates of lotteries, one row a box and shift.

    Parameters
    ----------
    outcome
        ``assigned``, ``held_out``, ``not_drawn`` or another word for boxes without a chance.
    inclusion, hold_out
        Exact chances of being assigned and of being held out, from 0 to 1.

    Raises
    ------
    EffectError
        The columns are not of one length, or a chance is not within 0 to 1.
        A box was assigned or held out that had no chance of it, or both chances sum to above 1.
    """

    outcome: npt.NDArray[np.str_]
    inclusion: Floats
    hold_out: Floats

    def __post_init__(self) -> None:
        lengths = {len(self.outcome), len(self.inclusion), len(self.hold_out)}
        if len(lengths) != 1:
            raise EffectError(f"Draws need columns of one length, got lengths {sorted(lengths)}.")
        both = np.stack([self.inclusion, self.hold_out])
        if not (np.isfinite(both).all() and both.min(initial=0.0) >= 0.0
                and both.sum(axis=0).max(initial=0.0) <= 1.0 + 1e-9):  # fmt: skip
            raise EffectError(
                "The chances of being assigned and held out must be 0 to 1 and sum to at most 1. "
                "Take them as the lottery logged them."
            )
        lost = (self.outcome == ASSIGNED) & (self.inclusion <= 0.0)
        lost |= (self.outcome == HELD_OUT) & (self.hold_out <= 0.0)
        if lost.any():
            raise EffectError(
                f"{int(lost.sum())} boxes were drawn or held out with a logged chance of 0. Give "
                "the lottery's boxes alone, without those that people or other modes chose."
            )

    @classmethod
    def from_records(cls, records: Iterable[Drawn]) -> Draws:
        """Return the draws of logged candidates, in their order.

        Boxes that a lottery did not draw, such as custom boxes and explorers, had no chance of
        being held out: they are kept as rows, so that outcomes stay aligned, and never compared.
        """
        rows = list(records)
        by_lot = np.array([row.chosen_by == LOTTERY for row in rows], dtype=bool)
        outcome = np.array([row.outcome for row in rows], dtype=np.str_)
        chance = np.array([row.inclusion_probability for row in rows], dtype=np.float64)
        held = np.array([row.hold_out_probability for row in rows], dtype=np.float64)
        return cls(
            np.where(by_lot, outcome, "chosen"), np.where(by_lot, chance, 1.0), by_lot * held
        )

    def compared(self, against: Against = "held_out") -> tuple[Flags, Floats]:
        """Return which rows are compared, and each row's chance to be patrolled among those.

        Parameters
        ----------
        against
            ``held_out``: boxes that nobody may patrol. ``not_assigned``: all that the lottery
            passed over, which are more, but may have been patrolled on somebody's own account.

        Raises
        ------
        EffectError
            The comparison is none of the two.
        """
        drawn = self.outcome == ASSIGNED
        if against == "held_out":
            other, rest = self.outcome == HELD_OUT, self.hold_out
        elif against == "not_assigned":
            other = (self.outcome == HELD_OUT) | (self.outcome == NOT_DRAWN)
            rest = 1.0 - self.inclusion
        else:
            raise EffectError(
                f"Boxes are compared with those 'held_out' or 'not_assigned', got {against!r}."
            )
        rows = (drawn | other) & (self.inclusion > 0.0) & (rest > 1e-12)
        both = np.where(rows, self.inclusion + rest, 1.0)
        return rows, np.where(rows, self.inclusion / both, 0.5)
