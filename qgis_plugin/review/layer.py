"""The boxes on the map: one layer in memory, styled by state, filled anew after each decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QObject

from evenbeat.processing.loading import Place, arrange
from evenbeat.processing.styling import by_file
from evenbeat.workspace.on_map import REVIEWED_DAY

# Column of the layer -> field of a box; the style reads status and rank.
_COLUMNS = {
    "assignment_id": "assignment_id", "status": "state", "rank": "rank", "shift": "shift",
    "district_id": "district_id", "unit": "unit", "visits": "visits", "minutes": "minutes",
    "crime_type": "dominant_type", "reviewer": "reviewer", "reason": "reason",
}  # fmt: skip
_STATES = ("proposed", "approved", "rejected", "expired")
_NUMBERS = {"rank": "integer", "visits": "integer", "minutes": "double"}


class BoxesLayer(QObject):
    """Shows boxes in the project; it comes back when somebody removed it."""

    def __init__(self) -> None:
        super().__init__()
        self.layer: QgsVectorLayer | None = None

    def show(self, boxes: Iterable[dict[str, Any]], date: str, crs: str) -> None:
        """Show these boxes and no others.

        Parameters
        ----------
        boxes
            As the engine lists them.
        date
            Their day, for the layer's name.
        crs
            Of their outlines.
        """
        wanted = list(boxes)
        if self.layer is None:
            if not wanted:
                return
            self._make(crs)
        layer = self.layer
        name = QCoreApplication.translate("BoxesLayer", "Review {date}").format(date=date)
        layer.setCustomProperty(REVIEWED_DAY, date)
        if layer.name() != name:
            layer.setName(name)
        if layer.crs().authid() != crs:
            layer.setCrs(QgsCoordinateReferenceSystem(crs))
        layer.dataProvider().truncate()
        layer.dataProvider().addFeatures([_feature(layer, box) for box in wanted])
        layer.updateExtents()
        layer.triggerRepaint()

    def remove(self) -> None:
        """Take the layer out of the project."""
        if self.layer is not None:
            QgsProject.instance().removeMapLayer(self.layer.id())

    def _make(self, crs: str) -> None:
        project = QgsProject.instance()
        # What a saved project kept of an earlier review is empty: it was in memory.
        stale = [
            one.id() for one in project.mapLayers().values() if one.customProperty(REVIEWED_DAY)
        ]
        project.removeMapLayers(stale)
        fields = "&".join(f"field={name}:{_NUMBERS.get(name, 'string')}" for name in _COLUMNS)
        layer = QgsVectorLayer(f"MultiPolygon?crs={crs}&{fields}", "", "memory")
        layer.setCustomProperty("skipMemoryLayersCheck", 1)
        layer.setReadOnly(True)
        by_file("assignments")(layer)
        _keep_states(layer)
        if not project.mapLayers():
            project.setCrs(layer.crs())
        project.addMapLayer(layer, False)
        arrange(project, layer, Place(rank=-1))
        layer.willBeDeleted.connect(self._forget)
        self.layer = layer

    def _forget(self) -> None:
        self.layer = None


def _keep_states(layer: QgsVectorLayer) -> None:
    """Leave out of the legend what a box under review is never: visited, replaced."""
    renderer = layer.renderer().clone()
    for index in reversed(range(len(renderer.categories()))):
        if renderer.categories()[index].value() not in _STATES:
            renderer.deleteCategory(index)
    layer.setRenderer(renderer)


def _feature(layer: QgsVectorLayer, box: dict[str, Any]) -> QgsFeature:
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromWkt(box["wkt"]))
    for column, field in _COLUMNS.items():
        feature.setAttribute(column, box[field])
    return feature
