"""The workspace's cells on the map: which cell a point is in, and what ground cells are."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from qgis.core import QgsGeometry, QgsPointXY, QgsRectangle

Cell = tuple  # row and column, from the north-west


@dataclass(frozen=True)
class CellGrid:
    """Squares of one size; ``west`` and ``north`` are the corner of row 0, column 0."""

    size: float
    west: float
    north: float

    @classmethod
    def of_box(cls, box: dict[str, Any], size: float) -> CellGrid:
        """Return the grid that a box's first cell lies in; its easting and northing are in it."""
        return cls(
            size, box["easting"] - (box["column"] + 0.5) * size,
            box["northing"] + (box["row"] + 0.5) * size,
        )  # fmt: skip

    def cell_at(self, point: QgsPointXY) -> Cell:
        """Return row and column of the cell that a point is in."""
        row = math.floor((self.north - point.y()) / self.size)
        return row, math.floor((point.x() - self.west) / self.size)

    def square(self, cell: Cell) -> QgsRectangle:
        """Return the ground of a cell."""
        row, column = cell
        west, north = self.west + column * self.size, self.north - row * self.size
        return QgsRectangle(west, north - self.size, west + self.size, north)

    def centre(self, cell: Cell) -> QgsPointXY:
        """Return the middle of a cell."""
        return self.square(cell).center()

    def ground(self, cells: Iterable[Cell]) -> QgsGeometry:
        """Return the ground of cells as one geometry."""
        squares = [QgsGeometry.fromRect(self.square(cell)) for cell in cells]
        return QgsGeometry.unaryUnion(squares) if squares else QgsGeometry()

    def cells_in(self, rectangle: QgsRectangle) -> list[Cell]:
        """Return the cells whose middle lies in a rectangle, row by row."""
        top, left = self.cell_at(QgsPointXY(rectangle.xMinimum(), rectangle.yMaximum()))
        bottom, right = self.cell_at(QgsPointXY(rectangle.xMaximum(), rectangle.yMinimum()))
        return [
            (row, column)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if rectangle.contains(self.centre((row, column)))
        ]


def shifted(cells: Iterable[Cell], start: Cell, end: Cell) -> list[Cell]:
    """Return cells moved as far as from one cell to another."""
    down, across = end[0] - start[0], end[1] - start[1]
    return [(row + down, column + across) for row, column in cells]
