"""The box that is looked at, on the map: its outline, its cells, incidents near it, the zoom."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from evenbeat.review.cells import CellGrid

_AROUND = 1.6
_POLYGON = QgsWkbTypes.GeometryType.PolygonGeometry
_POINT = QgsWkbTypes.GeometryType.PointGeometry


class Spotlight:
    """Draws above the layers; nothing of it is kept in the project."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self._canvas = canvas
        self._glow = _band(canvas, "#ffffff", 7)
        self._outline = _band(canvas, "#1667c0", 3)
        self._cells = _band(canvas, "#1667c0", 1)
        self._cells.setLineStyle(Qt.PenStyle.DashLine)
        self._incidents = QgsRubberBand(canvas, _POINT)
        self._incidents.setIcon(QgsRubberBand.IconType.ICON_CIRCLE)
        self._incidents.setIconSize(9)
        self._incidents.setWidth(2)
        self._incidents.setStrokeColor(QColor("#8c1313"))
        self._incidents.setFillColor(QColor(255, 255, 255, 200))

    def show(self, box: dict[str, Any], grid: CellGrid, crs: str) -> None:
        """Draw a box; the incidents near it follow with `show_incidents`."""
        outline = self._on_canvas(QgsGeometry.fromWkt(box["wkt"]), crs)
        self._glow.setToGeometry(outline, None)
        self._outline.setToGeometry(outline, None)
        cells = [tuple(cell) for cell in box["cells"]]
        self._cells.setToGeometry(self._on_canvas(grid.ground(cells), crs), None)
        self._incidents.reset(_POINT)

    def show_incidents(self, incidents: list[dict[str, Any]], crs: str) -> None:
        """Draw incidents that may be drawn where they occurred."""
        self._incidents.reset(_POINT)
        for incident in incidents:
            if incident["easting"] is not None:
                place = QgsPointXY(incident["easting"], incident["northing"])
                point = self._on_canvas(QgsGeometry.fromPointXY(place), crs)
                self._incidents.addPoint(point.asPoint())

    def zoom(self, box: dict[str, Any], grid: CellGrid, crs: str) -> None:
        """Show the box with some streets around it."""
        ground = QgsGeometry.fromWkt(box["wkt"]).boundingBox().buffered(grid.size * _AROUND)
        extent = self._on_canvas(QgsGeometry.fromRect(ground), crs).boundingBox()
        self._canvas.setExtent(extent)
        self._canvas.refresh()

    def clear(self) -> None:
        """Draw nothing."""
        for band in (self._glow, self._outline, self._cells):
            band.reset(_POLYGON)
        self._incidents.reset(_POINT)

    def discard(self) -> None:
        """Take everything off the canvas for good."""
        for band in (self._glow, self._outline, self._cells, self._incidents):
            self._canvas.scene().removeItem(band)

    def _on_canvas(self, geometry: QgsGeometry, crs: str) -> QgsGeometry:
        geometry.transform(QgsCoordinateTransform(
            QgsCoordinateReferenceSystem(crs), self._canvas.mapSettings().destinationCrs(),
            QgsProject.instance(),
        ))  # fmt: skip
        return geometry


def _band(canvas: QgsMapCanvas, colour: str, width: int) -> QgsRubberBand:
    band = QgsRubberBand(canvas, _POLYGON)
    band.setStrokeColor(QColor(colour))
    band.setFillColor(QColor(0, 0, 0, 0))
    band.setWidth(width)
    return band
