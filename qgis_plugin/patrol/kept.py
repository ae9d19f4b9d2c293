"""Layers of patrol in the project: found again by what they show, so that they are replaced."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsLayerTreeGroup, QgsMapLayer, QgsProject

from evenbeat.processing.loading import GROUP, Place, arrange

_KIND = "evenbeat/patrol"


def replace_layers(
    project: QgsProject, kind: str, layers: Sequence[QgsMapLayer], places: Sequence[Place]
) -> None:
    """Put layers into the project in place of those of the same kind."""
    remove_layers(project, kind)
    for layer, place in zip(layers, places):
        layer.setCustomProperty(_KIND, kind)
        project.addMapLayer(layer, False)
        arrange(project, layer, place)


def remove_layers(project: QgsProject, kind: str) -> None:
    """Take the layers of a kind out of the project, and the groups that are empty then."""
    project.removeMapLayers([layer.id() for layer in layers_of(project, kind)])
    group = project.layerTreeRoot().findGroup(GROUP)
    if group is not None:
        for child in list(group.children()):
            if isinstance(child, QgsLayerTreeGroup) and not child.children():
                group.removeChildNode(child)


def layers_of(project: QgsProject, kind: str) -> list[QgsMapLayer]:
    """Return the layers of a kind."""
    return [
        layer for layer in project.mapLayers().values() if layer.customProperty(_KIND) == kind
    ]  # fmt: skip


def fold(project: QgsProject, heading: str, *, whole: bool = False) -> None:
    """Fold the legends of a group of layers, or the group itself."""
    group = project.layerTreeRoot().findGroup(heading)
    if group is None:
        return
    for child in group.children():
        child.setExpanded(False)
    group.setExpanded(not whole)
