"""The review's hand on the map: pick a box, drag it elsewhere, or choose the cells of one."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsCoordinateTransform, QgsPointXY, QgsProject, QgsRectangle, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsMapTool, QgsRubberBand
from qgis.PyQt.QtCore import QPoint, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor

from evenbeat.review.cells import CellGrid, shifted

PICK, CELLS = "pick", "cells"
_DRAG_PIXELS = 5
_GHOST = QColor("#2f7ed8")


class ReviewTool(QgsMapTool):
    """In `PICK` a click chooses and a drag moves; in `CELLS` clicks and drags choose cells."""

    picked = pyqtSignal(object)
    dragged = pyqtSignal(object)
    cells_chosen = pyqtSignal(list)
    given_up = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.grid: CellGrid | None = None
        self.crs: Any = None
        self.mode = PICK
        self.cells: list = []
        self.own_cells: list = []
        self._from: QPoint | None = None
        self._ghost = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._ghost.setStrokeColor(_GHOST)
        self._ghost.setWidth(2)
        fill = QColor(_GHOST)
        fill.setAlpha(70)
        self._ghost.setFillColor(fill)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def look_at(self, grid: CellGrid, crs: Any, cells: list) -> None:
        """Work with the box that has these cells."""
        self.grid, self.crs, self.own_cells = grid, crs, cells

    def pick(self) -> None:
        """Pick and drag boxes."""
        self.mode = PICK
        self._from = None
        self.cells = []
        self._clear()
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def choose_cells(self, cells: list) -> None:
        """Choose cells, beginning with these."""
        self.mode = CELLS
        self.cells = list(cells)
        self._show(self.cells)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def canvasPressEvent(self, event: Any) -> None:
        """Remember where it began; the right button is done with cells."""
        if event.button() == Qt.MouseButton.RightButton and self.mode == CELLS:
            self.finish()
        elif event.button() == Qt.MouseButton.LeftButton and self.grid is not None:
            self._from = event.pos()

    def canvasMoveEvent(self, event: Any) -> None:
        """Show what a drag would do."""
        if self._from is None or not self._is_drag(event.pos()):
            return
        if self.mode == CELLS:
            self._show([*self.cells, *self._in_drag(event.pos())])
        elif self._on_own():
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._show(self._moved(event.pos()))

    def canvasReleaseEvent(self, event: Any) -> None:
        """Do it."""
        if self._from is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self.mode == CELLS:
            self._choose(event.pos())
        elif not self._is_drag(event.pos()):
            self.picked.emit(self._point(event.pos()))
        elif self._on_own():
            moved = self._moved(event.pos())
            self.setCursor(Qt.CursorShape.ArrowCursor)
            if moved != self.own_cells:
                self.dragged.emit(moved[0])
            else:
                self._clear()
        self._from = None

    def keyPressEvent(self, event: Any) -> None:
        """Enter is done with cells, Escape gives up."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.mode == CELLS:
            event.accept()
            self.finish()
        elif event.key() == Qt.Key.Key_Escape:
            event.accept()
            self.pick()
            self.given_up.emit()

    def finish(self) -> None:
        """Hand over the cells that were chosen."""
        if self.mode == CELLS and self.cells:
            self.cells_chosen.emit(self.cells)

    def deactivate(self) -> None:
        """Another tool was chosen."""
        self.pick()
        super().deactivate()

    def clear(self) -> None:
        """Show nothing any more."""
        self._clear()

    def discard(self) -> None:
        """Take what is drawn off the canvas for good."""
        self.canvas().scene().removeItem(self._ghost)

    def _choose(self, position: QPoint) -> None:
        if self._is_drag(position):
            new = [cell for cell in self._in_drag(position) if cell not in self.cells]
            self.cells = [*self.cells, *new]
        else:
            cell = self.grid.cell_at(self._point(position))
            if cell in self.cells:
                self.cells.remove(cell)
            else:
                self.cells.append(cell)
        self._show(self.cells)

    def _moved(self, position: QPoint) -> list:
        start = self.grid.cell_at(self._point(self._from))
        return shifted(self.own_cells, start, self.grid.cell_at(self._point(position)))

    def _in_drag(self, position: QPoint) -> list:
        return self.grid.cells_in(QgsRectangle(self._point(self._from), self._point(position)))

    def _on_own(self) -> bool:
        return self.grid.cell_at(self._point(self._from)) in self.own_cells

    def _is_drag(self, position: QPoint) -> bool:
        return (position - self._from).manhattanLength() >= _DRAG_PIXELS

    def _point(self, position: QPoint) -> QgsPointXY:
        """Return a position in the workspace's CRS."""
        to_workspace = QgsCoordinateTransform(
            self.canvas().mapSettings().destinationCrs(), self.crs, QgsProject.instance()
        )
        return to_workspace.transform(self.toMapCoordinates(position))

    def _show(self, cells: list) -> None:
        self._clear()
        if not cells or self.grid is None:
            return
        ground = self.grid.ground(cells)
        ground.transform(QgsCoordinateTransform(
            self.crs, self.canvas().mapSettings().destinationCrs(), QgsProject.instance()
        ))  # fmt: skip
        self._ghost.setToGeometry(ground, None)

    def _clear(self) -> None:
        self._ghost.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
