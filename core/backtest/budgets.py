"""How many cells a forecast may flag: a share of the area, or so many boxes a district."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evenbeat.core.errors import BacktestError
from evenbeat.core.grid import Grid


@dataclass(frozen=True)
class Budget:
    """A number of cells to flag in each window.

    Parameters
    ----------
    label
        For people: ``"1 %"``, ``"3 boxes per district"``.
    key
        For files: ``"area_0.01"``, ``"boxes_3"``.
    n_cells
        Cells to flag.
    area_share
        The share of the study area that was asked for; None for boxes per district.
    by_district
        Cells to flag in each district, adding up to ``n_cells``; None where the whole area is
        one pool.

    Raises
    ------
    BacktestError
        There is no cell to flag, or the districts do not add up to the total.
    """

    label: str
    key: str
    n_cells: int
    area_share: float | None = None
    by_district: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.n_cells < 1:
            raise BacktestError(
                f"A budget must flag at least 1 cell, got {self.n_cells} for {self.label!r}. "
                "Take a larger share or more boxes."
            )
        if self.by_district is not None and sum(self.by_district) != self.n_cells:
            raise BacktestError(
                f"The districts of the budget {self.label!r} add up to {sum(self.by_district)} "
                f"cells, expected {self.n_cells}. Make it with Budget.of_boxes."
            )

    @classmethod
    def of_area(cls, share: float, grid: Grid) -> Budget:
        """Flag a share of the cells inside, rounded to whole cells, at least one.

        Raises
        ------
        BacktestError
            The share is not within (0, 1].

        Examples
        --------
        >>> grid = Grid("EPSG:26971", 150.0, 0.0, 3000.0, np.zeros((20, 20), np.int16))
        >>> Budget.of_area(0.01, grid)
        Budget(label='1 %', key='area_0.01', n_cells=4, area_share=0.01, by_district=None)
        """
        if not 0 < share <= 1:
            raise BacktestError(
                f"A share of the area must be above 0 and at most 1, got {share}. "
                "Usual shares are 0.0025 to 0.05."
            )
        n_cells = max(1, round(share * grid.n_inside))
        return cls(f"{100 * share:g} %", f"area_{share:g}", n_cells, float(share))

    @classmethod
    def of_boxes(cls, boxes_per_district: int, grid: Grid) -> Budget:
        """Flag so many cells in each district; a district with fewer cells is flagged whole.

        Raises
        ------
        BacktestError
            The number of boxes is not a positive whole number.

        Examples
        --------
        >>> district = np.repeat(np.array([0, 0, 0, 1], np.int16), 4).reshape(4, 4)
        >>> grid = Grid("EPSG:26971", 150.0, 0.0, 600.0, district, ("1", "2"))
        >>> Budget.of_boxes(5, grid).by_district
        (5, 4)
        """
        if boxes_per_district < 1 or boxes_per_district != int(boxes_per_district):
            raise BacktestError(
                f"Boxes per district must be a whole number of at least 1, got "
                f"{boxes_per_district}. Patrol plans normally use 1 to 6."
            )
        boxes = int(boxes_per_district)
        home = grid.district.ravel()[grid.inside_index]
        cells = np.bincount(home, minlength=len(grid.district_ids))
        by_district = tuple(int(count) for count in np.minimum(cells, boxes))
        plural = "box" if boxes == 1 else "boxes"
        return cls(
            f"{boxes} {plural} per district", f"boxes_{boxes}", sum(by_district),
            by_district=by_district,
        )  # fmt: skip

    def share_of(self, grid: Grid) -> float:
        """Return the share of the cells inside that are flagged, after rounding: a / A."""
        return self.n_cells / grid.n_inside

    def area_km2(self, grid: Grid) -> float:
        """Return the flagged area in square kilometres."""
        return self.n_cells * grid.cell_area_km2


def require_distinct(budgets: tuple[Budget, ...]) -> None:
    """Refuse no budgets, and budgets that share a key.

    Raises
    ------
    BacktestError
        There is none, or two have the same key.
    """
    keys = [budget.key for budget in budgets]
    if not keys or len(set(keys)) != len(keys):
        raise BacktestError(
            f"Budgets must have different keys, and there must be at least one; got {keys}. "
            "List each share and each number of boxes once."
        )
