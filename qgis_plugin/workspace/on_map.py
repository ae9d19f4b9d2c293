"""Results of a workspace on the map: each under the heading of its day, styled, never twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsLayerTree,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from evenbeat.processing.loading import GROUP, Place, Style, arrange
from evenbeat.processing.rasters import raster_name
from evenbeat.processing.styling import by_file, by_share_of_area

_BELOW_VECTORS = 100
_ORIGIN = "evenbeat/origin"
REVIEWED_DAY = "evenbeat/review"
"""Property of the review's layer: the day that it shows."""


def show_rasters(
    rasters: list[dict[str, Any]], heading: str, style: Style = by_share_of_area
) -> list[QgsRasterLayer]:
    """Add rasters, as the engine tells of them; only the first is drawn. Return the layers."""
    return [
        show_raster(
            raster["path"], raster_name(raster), style,
            Place(heading, _BELOW_VECTORS + number, number == 0),
        )
        for number, raster in enumerate(rasters)
    ]  # fmt: skip


def show_raster(path: str, name: str, style: Style, place: Place) -> QgsRasterLayer:
    """Add one raster; one of the same name under the same heading is replaced.

    Raises
    ------
    ValueError
        QGIS cannot read it.
    """
    return _show(QgsRasterLayer(str(path), name), str(path), style, place)


def show_boxes(path: str, date: str, *, drawn: bool = True) -> QgsVectorLayer:
    """Add the boxes of a day as they were planned; what a review decided is not in that file."""
    name = f"{_tr('Assignments')} {date}"
    source = f"{path}|layername=assignments"
    place = Place(date, shown=drawn)
    return _show(QgsVectorLayer(source, name, "ogr"), source, by_file("assignments"), place)


def draw_alone(heading: str) -> None:
    """Draw what is under a heading, and of other runs nothing: their colours would mix."""
    group = QgsProject.instance().layerTreeRoot().findGroup(GROUP)
    for node in () if group is None else group.children():
        if QgsLayerTree.isGroup(node):
            layers = [one.layer() for one in node.findLayers()]
            if node.name() == heading:
                node.setItemVisibilityChecked(True)
            elif any(one.customProperty(_ORIGIN) == node.name() for one in layers if one):
                node.setItemVisibilityChecked(False)


def hide_planned_boxes(root: str, date: str) -> None:
    """Draw the boxes of a day's plan no longer: the review shows where they are now."""
    folder = Path(root) / "runs" / date
    project = QgsProject.instance()
    for node in project.layerTreeRoot().findLayers():
        layer = node.layer()
        if isinstance(layer, QgsVectorLayer) and folder in _file_of(layer).parents:
            node.setItemVisibilityChecked(False)


def is_under_review(date: str) -> bool:
    """Return whether the review has the boxes of a day on the map.

    What a saved project kept of a review does not count: it was in memory, and is empty.
    """
    return any(
        layer.customProperty(REVIEWED_DAY) == date and layer.featureCount() > 0
        for layer in QgsProject.instance().mapLayers().values()
    )


def is_empty() -> bool:
    """Return whether nothing of Evenbeat is on the map yet."""
    group = QgsProject.instance().layerTreeRoot().findGroup(GROUP)
    return group is None or not group.findLayers()


def take_crs(crs: str) -> None:
    """Give a project without layers the CRS of the workspace, so that lengths are right."""
    project = QgsProject.instance()
    if not project.mapLayers() and crs != "auto":
        project.setCrs(QgsCoordinateReferenceSystem(crs))


def remove(layer_id: str) -> None:
    """Take a layer away, and headings that it leaves empty."""
    project = QgsProject.instance()
    if project.mapLayer(layer_id) is not None:
        project.removeMapLayer(layer_id)
    group = project.layerTreeRoot().findGroup(GROUP)
    if group is not None:
        group.removeChildrenGroupWithoutLayers()


def _show(layer: Any, source: str, style: Style, place: Place) -> Any:
    if not layer.isValid():
        raise ValueError(f"QGIS cannot read {source}.")
    project = QgsProject.instance()
    for former in _same(layer.name(), place.heading):
        project.removeMapLayer(former)
    layer.setCustomProperty(_ORIGIN, place.heading)
    style(layer)
    project.addMapLayer(layer, False)
    arrange(project, layer, place)
    _unfold(project.layerTreeRoot().findGroup(GROUP), place.heading)
    return layer


def _unfold(group: Any, heading: str) -> None:
    """Open a group: one that was made empty stays shut in the panel of layers."""
    for node in (group, group.findGroup(heading) if heading else None):
        if node is not None and len(node.children()) == 1:
            node.setExpanded(False)
            node.setExpanded(True)


def _file_of(layer: QgsVectorLayer) -> Path:
    return Path(layer.source().partition("|")[0])


def _same(name: str, heading: str) -> list[str]:
    return [
        layer.id() for layer in QgsProject.instance().mapLayersByName(name)
        if layer.customProperty(_ORIGIN) == heading
    ]  # fmt: skip


def _tr(text: str) -> str:
    from qgis.PyQt.QtCore import QCoreApplication

    return QCoreApplication.translate("Algorithms", text)
