"""Yardstick: one measure for plans of a day that were made under different settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import PlanError
from evenbeat.core.grid import Grid
from evenbeat.core.planning.draw.task import ASSIGNED, EXPLORATION, HELD_OUT
from evenbeat.core.planning.metering.neglect import risky_cells
from evenbeat.core.planning.metering.neighbourhoods import Neighbourhoods
from evenbeat.core.planning.plan import DayPlan

Floats = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Yardstick:
    """What every plan is measured by, whatever its own settings are.

    Parameters
    ----------
    grid
        The study's grid.
    neighbourhoods
        The parts of the city between which minutes are compared.
    shifts
        Names of the day's shifts.
    priority
        Expected severity-weighted incidents, ``(shift, flat cell)``, 0 outside.
    incidents
        Expected incidents of all types, ``(shift, flat cell)``, 0 outside.
    high_risk
        The flat cells of highest priority over the whole day.
    """

    grid: Grid
    neighbourhoods: Neighbourhoods
    shifts: tuple[str, ...]
    priority: Floats
    incidents: Floats
    high_risk: Flags

    @classmethod
    def of(
        cls, *, priority: npt.NDArray[np.float32], counts: npt.NDArray[np.float32], grid: Grid,
        neighbourhoods: Neighbourhoods, shifts: Sequence[str], area_share: float,
    ) -> Yardstick:  # fmt: skip
        """Take the day's surfaces as the measure.

        Parameters
        ----------
        priority
            ``(shift, height, width)``; outside the jurisdiction anything.
        counts
            ``(crime_type, shift, height, width)``.
        grid, neighbourhoods, shifts
            As of the class.
        area_share
            Share of the area that counts as high risk.
        """
        weighted = np.where(grid.mask, priority, 0.0).astype(np.float64)
        incidents = np.where(grid.mask, counts.sum(axis=0, dtype=np.float64), 0.0)
        high = risky_cells(weighted.sum(axis=0).astype(np.float32), grid, area_share)
        return cls(
            grid, neighbourhoods, tuple(shifts), weighted.reshape(len(shifts), -1),
            incidents.reshape(len(shifts), -1), high.reshape(-1),
        )  # fmt: skip

    @property
    def cells_of_part(self) -> Floats:
        """Return the number of cells of each neighbourhood."""
        home = self.neighbourhoods.of_cell[self.grid.inside_index]
        counted = np.bincount(home[home >= 0], minlength=len(self.neighbourhoods.ids))
        return counted.astype(np.float64)


@dataclass(frozen=True)
class Draw:
    """One plan of the day, measured.

    A box of the lottery counts with its chance, so that one draw tells what all draws with the
    same explorers would give on average; every other box counts whole.

    Parameters
    ----------
    hits, incidents
        Expected weighted and plain incidents in the boxes by their chances, ``(shift,)``.
    drawn_hits
        Weighted incidents expected in the boxes that this draw took, ``(shift,)``.
    boxes, cells, minutes, held_out
        Of this draw; a cell counts once for each shift on which it is part of a box.
    minutes_of_cell
        Minutes by the chances, one per flat cell; a box's are shared among its cells.
    minutes_of_part
        The same by neighbourhood of the box's seed; the last is outside all of them.
    uncovered
        High-risk cells that no box of this draw covers on any shift.
    with_chance
        Flat cells that may become part of a box, those of explorers only where drawn.
    explored_from
        Cells that an explorer was drawn from, at most; 0 without explorers.
    gaps
        Optimal mode: how far a shift may be below the best.
    """

    hits: Floats
    incidents: Floats
    drawn_hits: Floats
    boxes: int
    cells: int
    minutes: float
    held_out: int
    minutes_of_cell: Floats
    minutes_of_part: Floats
    uncovered: int
    with_chance: Flags
    explored_from: int
    gaps: dict[str, float]


def measure(plan: DayPlan, by: Yardstick) -> Draw:
    """Measure one plan of the day.

    Parameters
    ----------
    plan
        The plan.
    by
        The measure.

    Raises
    ------
    PlanError
        The plan has a shift that the yardstick does not.
    """
    strange = sorted({str(row["shift"]) for row in plan.candidates} - set(by.shifts))
    if strange:
        raise PlanError(f"The plan has the shifts {strange}; it is measured on {list(by.shifts)}.")
    n_shifts, n_cells = by.priority.shape
    boxes = _Boxes.of(plan, by)
    minutes = boxes.chance * _minutes_per_box(plan, by.shifts)[boxes.shift]
    of_part = np.zeros(len(by.neighbourhoods.ids) + 1)
    np.add.at(of_part, by.neighbourhoods.of_cell[boxes.seed], minutes)
    hits, incidents = boxes.sums(by.priority), boxes.sums(by.incidents)
    covered, with_chance = np.zeros((2, n_cells), dtype=bool)
    covered[boxes.cell[boxes.taken[boxes.owner]]] = True
    with_chance[boxes.cell[boxes.chance[boxes.owner] > 0]] = True

    def by_shift(values: Floats) -> Floats:
        return _summed(boxes.shift, values, n_shifts)

    return Draw(
        hits=by_shift(boxes.chance * hits), incidents=by_shift(boxes.chance * incidents),
        drawn_hits=by_shift(boxes.taken * hits),
        boxes=len(plan.assignments), cells=int(boxes.taken[boxes.owner].sum()),
        minutes=float(plan.assignments["minutes"].sum()),
        held_out=sum(1 for row in plan.candidates if row["outcome"] == HELD_OUT),
        minutes_of_cell=_summed(boxes.cell, (minutes / boxes.n_cells)[boxes.owner], n_cells),
        minutes_of_part=of_part, uncovered=int(np.count_nonzero(by.high_risk & ~covered)),
        with_chance=with_chance, explored_from=_explored_from(plan), gaps=dict(plan.gaps),
    )  # fmt: skip


@dataclass(frozen=True)
class _Boxes:
    """The boxes that were in a draw, as arrays; ``owner`` is the box of each of their cells."""

    shift: Wholes
    seed: Wholes
    chance: Floats
    taken: Flags
    owner: Wholes
    cell: Wholes

    @classmethod
    def of(cls, plan: DayPlan, by: Yardstick) -> _Boxes:
        rows, width = plan.candidates, by.grid.shape[1]
        cells = [[r * width + c for r, c in row["cells"]] for row in rows]
        # An explorer has a chance in a draw of its own among all cells; here it counts as drawn.
        chance = [
            1.0 if row["chosen_by"] == EXPLORATION else row["inclusion_probability"] for row in rows
        ]
        return cls(
            shift=np.array([by.shifts.index(str(row["shift"])) for row in rows], dtype=np.int64),
            seed=np.array([of_box[0] for of_box in cells], dtype=np.int64),
            chance=np.array(chance, dtype=np.float64),
            taken=np.array([row["outcome"] == ASSIGNED for row in rows], dtype=bool),
            owner=np.repeat(np.arange(len(rows)), [len(of_box) for of_box in cells]),
            cell=np.array([cell for of_box in cells for cell in of_box], dtype=np.int64),
        )

    @property
    def n_cells(self) -> Wholes:
        return np.bincount(self.owner, minlength=len(self.seed))

    def sums(self, surface: Floats) -> Floats:
        """Return the sum of a surface ``(shift, flat cell)`` over each box on its shift."""
        values = surface[self.shift[self.owner], self.cell]
        return _summed(self.owner, values, len(self.seed))


def _summed(index: Wholes, values: Floats, length: int) -> Floats:
    return np.bincount(index, weights=values, minlength=length).astype(np.float64)


def _explored_from(plan: DayPlan) -> int:
    """Return from how many cells an explorer was drawn, at most: its chance was 1 in so many."""
    return max(
        (
            round(1.0 / row["inclusion_probability"])
            for row in plan.candidates
            if row["chosen_by"] == EXPLORATION
        ),
        default=0,
    )


def _minutes_per_box(plan: DayPlan, shifts: Sequence[str]) -> Floats:
    """Return the mean minutes of a shift's boxes: visits that found no time are missing from it."""
    table = plan.assignments
    means = np.zeros(len(shifts))
    for index, name in enumerate(shifts):
        minutes = table.loc[table["shift"] == name, "minutes"]
        means[index] = float(minutes.mean()) if len(minutes) else 0.0
    return means
