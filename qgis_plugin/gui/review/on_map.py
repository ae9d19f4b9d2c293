"""The review on the map: the layer of boxes, the box that is looked at, and the hand."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsPointXY
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject

from evenbeat.gui.review.map_tool import ReviewTool
from evenbeat.gui.review.spotlight import Spotlight
from evenbeat.review.cells import CellGrid
from evenbeat.review.desk import ReviewDesk
from evenbeat.review.layer import BoxesLayer
from evenbeat.workspace.on_map import hide_planned_boxes, is_under_review


class ReviewMap(QObject):
    """Follows the desk; its tool is the canvas's while somebody drags or chooses cells."""

    def __init__(self, canvas: QgsMapCanvas, desk: ReviewDesk) -> None:
        super().__init__()
        self.canvas = canvas
        self.zooms = True
        self._desk = desk
        self._before: Any = None
        self._shift = ""
        self.boxes = BoxesLayer()
        self.light = Spotlight(canvas)
        self.tool = ReviewTool(canvas)
        self.tool.picked.connect(self._pick)
        canvas.destinationCrsChanged.connect(self.draw_box)

    @property
    def grid(self) -> CellGrid | None:
        """The workspace's cells, as any of the day's boxes tells them."""
        size = self._desk.session.summary.get("cell_size")
        box = self._desk.box or next(iter(self._desk.boxes.values()), None)
        return CellGrid.of_box(box, size) if box and size else None

    def draw_boxes(self) -> None:
        """Show the boxes of the list in the layer: those of the shift that is looked at."""
        if self._desk.is_read:
            self._shift = self._shift_of_box()
            is_new = not is_under_review(self._desk.date)
            self.boxes.show(self._there(), self._desk.date, self._desk.crs)
            if is_new and is_under_review(self._desk.date):
                hide_planned_boxes(self._desk.session.root, self._desk.date)

    def draw_box(self) -> None:
        """Show the box that is looked at."""
        desk, grid = self._desk, self.grid
        if desk.box is None or grid is None:
            self.light.clear()
            return
        if self._shift_of_box() != self._shift:
            self.draw_boxes()
        self.light.show(desk.box, grid, desk.crs)
        cells = [tuple(cell) for cell in desk.box["cells"]]
        self.tool.look_at(grid, QgsCoordinateReferenceSystem(desk.crs), cells)
        if self.tool.mode == "pick":
            self.tool.clear()

    def zoom(self) -> None:
        """Zoom to the box that is looked at."""
        if self._desk.box is not None and self.grid is not None:
            self.light.zoom(self._desk.box, self.grid, self._desk.crs)

    def take(self) -> None:
        """Make the review's hand the canvas's tool."""
        if self.canvas.mapTool() is not self.tool:
            self._before = self.canvas.mapTool()
            self.canvas.setMapTool(self.tool)

    def give_back(self) -> None:
        """Give the canvas the tool that it had."""
        self.tool.pick()
        if self.canvas.mapTool() is self.tool:
            self.canvas.unsetMapTool(self.tool)
            if self._before is not None:
                self.canvas.setMapTool(self._before)
        self._before = None

    def discard(self) -> None:
        """Take everything off the map."""
        self.canvas.destinationCrsChanged.disconnect(self.draw_box)
        self.give_back()
        self.light.discard()
        self.tool.discard()
        self.boxes.remove()

    def _shift_of_box(self) -> str:
        box = self._desk.box
        return box["shift"] if box else self._desk.shift

    def _there(self) -> list[dict[str, Any]]:
        """Return the listed boxes of one shift: those of several lie upon each other."""
        shift = self._shift_of_box()
        return [box for box in self._desk.shown() if shift in ("", box["shift"])]

    def _pick(self, point: QgsPointXY) -> None:
        """Choose the box that lies at a point of the workspace's CRS."""
        here = QgsGeometry.fromPointXY(point)
        for box in self._there():
            if QgsGeometry.fromWkt(box["wkt"]).contains(here):
                self._desk.choose(box["assignment_id"])
                return
