"""The map canvas moved to what people want to see."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsCoordinateTransform, QgsMapLayer, QgsProject, QgsRectangle

_MARGIN = 1.05


def zoom_to(iface: Any, layer: QgsMapLayer) -> None:
    """Show the whole of a layer."""
    canvas = iface.mapCanvas()
    transform = QgsCoordinateTransform(
        layer.crs(), canvas.mapSettings().destinationCrs(), QgsProject.instance()
    )
    extent: QgsRectangle = transform.transformBoundingBox(layer.extent())
    extent.scale(_MARGIN)
    canvas.setExtent(extent)
    canvas.refresh()


def sees(iface: Any, layer: QgsMapLayer) -> bool:
    """Return whether some of a layer is in view, not as a dot in a far larger map."""
    canvas = iface.mapCanvas()
    settings = canvas.mapSettings()
    shown = settings.layerToMapCoordinates(layer, layer.extent())
    view = canvas.extent()
    return view.intersects(shown) and shown.width() > view.width() / 20
