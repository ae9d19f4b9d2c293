"""What a layer of tiles shows; kept with the layer, so that a new publication finds its way."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from qgis.core import QgsMapLayer
from qgis.PyQt.QtCore import QCoreApplication

PROPERTY = "evenbeat/tiles"
LATEST = "latest"
XYZ, WMTS, VECTOR = "xyz", "wmts", "vector"
ASSIGNMENTS = "assignments"


@dataclass(frozen=True)
class Recipe:
    """One layer of a service in one shift.

    Parameters
    ----------
    address
        Of the service; never with a key.
    date
        A day, or ``latest`` to follow what is published.
    version
        Of the raster that is shown; it changes with every new forecast, and with it the address
        of each tile, so no cache shows an old one. Empty for WMTS and vector tiles.
    start, end
        Of the shift, ISO with a zone; empty where the layer has no time of its own.
    """

    address: str
    layer: str
    title: str
    date: str
    shift: str
    style: str
    way: str = XYZ
    version: str = ""
    maximum_zoom: int = 18
    start: str = ""
    end: str = ""

    @property
    def name(self) -> str:
        """What the layer tree shows."""
        day = _tr("newest") if self.date == LATEST else self.date
        return f"{self.title}, {day}, {self.shift}"

    def renewed(self, dates: list[dict[str, Any]]) -> Recipe:
        """Return the recipe for what is published now, or itself where nothing changed.

        Parameters
        ----------
        dates
            The layer's days, the newest first.
        """
        for day in dates:
            if self.date in (LATEST, day["date"]):
                for shift in day["shifts"]:
                    if shift["shift"] == self.shift:
                        return replace(self, version=shift["version"])
        return self

    def keep(self, layer: QgsMapLayer) -> None:
        """Write it into a layer."""
        layer.setCustomProperty(PROPERTY, json.dumps(asdict(self)))


def recipe_of(layer: QgsMapLayer) -> Recipe | None:
    """Return what a layer shows; None where it is no layer of a tile service."""
    text = layer.customProperty(PROPERTY)
    if not text:
        return None
    try:
        return Recipe(**json.loads(text))
    except (ValueError, TypeError):
        return None


def _tr(text: str) -> str:
    return QCoreApplication.translate("Tiles", text)
