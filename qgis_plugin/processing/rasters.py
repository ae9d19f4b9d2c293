"""Rasters of runs in the project: one a layer and shift, named and coloured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qgis.core import QgsProcessingContext
from qgis.PyQt.QtCore import QCoreApplication

from evenbeat.processing.loading import Style, load
from evenbeat.processing.styling import by_share_of_area

_BELOW_VECTORS = 100


def load_rasters(
    context: QgsProcessingContext, rasters: Iterable[dict[str, Any]], group: str,
    style: Style = by_share_of_area,
) -> list[str]:  # fmt: skip
    """Add rasters, as the engine tells of them, to the project; return their files.

    They lie one upon the other, so the first alone is shown.
    """
    paths = []
    for number, raster in enumerate(rasters):
        load(
            context, raster["path"], raster_name(raster), style, group=group,
            rank=_BELOW_VECTORS + number, shown=number == 0,
        )  # fmt: skip
        paths.append(raster["path"])
    return paths


def raster_name(raster: dict[str, Any]) -> str:
    """Return what the layer tree shows, "Robbery, evening"."""
    known = {
        "priority": QCoreApplication.translate("Algorithms", "Priority"),
        "all": QCoreApplication.translate("Algorithms", "All crime types"),
    }
    layer = str(raster["layer"])
    title = known.get(layer, layer.replace("_", " ").capitalize())
    return f"{title}, {raster['shift']}"
