"""Results in the project: named, styled, and in one group of the layer tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qgis.core import (
    QgsLayerTreeLayer,
    QgsLayerTreeNode,
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsProcessingParameterBoolean,
    QgsProject,
)

from evenbeat.processing.styling import tidy_legend

LOAD = "LOAD"
GROUP = "Evenbeat"
_RANK = "evenbeat/rank"

Style = Callable[[QgsMapLayer], None]
_kept: list[QgsProcessingLayerPostProcessorInterface] = []


def load_field(algorithm: QgsProcessingAlgorithm) -> None:
    """Add whether the results are shown on the map."""
    algorithm.addParameter(
        QgsProcessingParameterBoolean(
            LOAD, algorithm.tr("Add the results to the map"), defaultValue=True
        )
    )


def load(
    context: QgsProcessingContext, source: str, name: str, style: Style, *, group: str = "",
    rank: int = 0, shown: bool = True,
) -> None:  # fmt: skip
    """Add a file to the project when the algorithm ends; without a project, do nothing.

    Parameters
    ----------
    source
        A path, or ``path|layername=...``.
    style
        Styles the layer, in the main thread.
    group
        Heading within the group Evenbeat.
    rank
        Layers of lower rank lie above.
    shown
        Whether it is drawn at once.
    """
    if context.project() is None:
        return
    details = QgsProcessingContext.LayerDetails(name, context.project(), name)
    details.forceName = True
    processor = _Arranger(style, Place(group, rank, shown))
    _kept.append(processor)  # the details do not keep it
    details.setPostProcessor(processor)
    context.addLayerToLoadOnCompletion(source, details)


@dataclass(frozen=True)
class Place:
    """Where a layer is in the layer tree, and whether it is drawn at once."""

    heading: str = ""
    rank: int = 0
    shown: bool = True


class _Arranger(QgsProcessingLayerPostProcessorInterface):
    """Styles a layer that was loaded and puts it into its group."""

    def __init__(self, style: Style, place: Place) -> None:
        super().__init__()
        self._style = style
        self._place = place

    def postProcessLayer(
        self, layer: QgsMapLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        """Do it; QGIS calls this in the main thread."""
        if layer.isValid():
            self._style(layer)
            layer.triggerRepaint()
            arrange(context.project() or QgsProject.instance(), layer, self._place)
        if self in _kept:
            _kept.remove(self)


def arrange(project: QgsProject, layer: QgsMapLayer, place: Place) -> None:
    """Put a layer of the project where it belongs in the group Evenbeat."""
    root = project.layerTreeRoot()
    group = root.findGroup(GROUP) or root.insertGroup(0, GROUP)
    if place.heading:
        group = group.findGroup(place.heading) or group.insertGroup(0, place.heading)
    found = root.findLayer(layer.id())
    node = QgsLayerTreeLayer(layer) if found is None else found.clone()
    node.setCustomProperty(_RANK, place.rank)
    node.setItemVisibilityChecked(place.shown)
    node.setExpanded(place.shown)
    tidy_legend(node)
    below = (
        number for number, child in enumerate(group.children())
        if child is not found and int(child.customProperty(_RANK, 0)) > place.rank
    )  # fmt: skip
    group.insertChildNode(next(below, len(group.children())), node)
    if found is not None:  # last: a layer without any node leaves the project
        found.parent().removeChildNode(found)
    if place.shown:
        _reveal(node)


def _reveal(node: QgsLayerTreeNode) -> None:
    """Tick the groups a node is in: a layer that was asked for and is not drawn is a riddle.

    What an unticked group hid is unticked itself, so that nothing else appears.
    """
    while (group := node.parent()) is not None:
        if not group.itemVisibilityChecked():
            for other in group.children():
                other.setItemVisibilityChecked(other is node)
            group.setItemVisibilityChecked(True)
        node = group
