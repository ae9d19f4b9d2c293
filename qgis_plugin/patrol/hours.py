"""Minutes of patrol hour by hour, as layers with a time.

From QGIS 3.38 on one raster has a time for each band. Before, each hour is a raster of its own.
The classes are the same for every hour of every day, so that what grows darker is more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsColorRampShader, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QColor

from evenbeat.compat import RASTER_FIXED_RANGE, RASTER_RANGE_PER_BAND, set_abstract
from evenbeat.patrol.clock import on_the_clock, within
from evenbeat.patrol.kept import fold, replace_layers
from evenbeat.processing.loading import Place
from evenbeat.processing.styling import apply_classes

KIND = "hours"
EDGES_MINUTES = (1, 5, 10, 20, 40)
_COLOURS = ("#c7e9d9", "#8fd0ba", "#4aa79c", "#1f747e", "#0b3a53")
_LOWEST_RANK = 200


def one_raster_an_hour() -> bool:
    """Return whether this QGIS needs each hour as a raster of its own."""
    return RASTER_RANGE_PER_BAND is None


def show_hours(project: QgsProject, made: dict[str, Any], date: str, title: str) -> None:
    """Add what the engine's ``dosage-rasters`` made, in place of hours that are there."""
    heading = _tr("Minutes by hour, {date}").format(date=date)
    if made["single"]:
        layers = [
            _one_hour(path, band, title) for path, band in zip(made["single"], made["bands"])
        ]  # fmt: skip
        places = [Place(heading, _LOWEST_RANK + band["band"]) for band in made["bands"]]
        replace_layers(project, KIND, layers, places)
        fold(project, heading, whole=True)
        return
    layer = QgsRasterLayer(made["path"], heading)
    set_abstract(layer, title)
    _style(layer)
    times = layer.temporalProperties()
    times.setMode(RASTER_RANGE_PER_BAND)
    times.setFixedRangePerBand(
        {band["band"]: within(on_the_clock(band["local_start"])) for band in made["bands"]}
    )
    times.setIsActive(True)
    replace_layers(project, KIND, [layer], [Place("", _LOWEST_RANK)])


def _one_hour(path: str, band: dict[str, Any], title: str) -> QgsRasterLayer:
    start = on_the_clock(band["local_start"])
    layer = QgsRasterLayer(path, start.toString("HH:mm"))
    if not layer.isValid():
        raise OSError(_tr("{name} cannot be read as a raster.").format(name=Path(path).name))
    set_abstract(layer, title)
    _style(layer)
    times = layer.temporalProperties()
    times.setMode(RASTER_FIXED_RANGE)
    times.setFixedTemporalRange(within(start))
    times.setIsActive(True)
    return layer


def _style(layer: QgsRasterLayer) -> None:
    items = [QgsColorRampShader.ColorRampItem(EDGES_MINUTES[0], QColor(0, 0, 0, 0), "")]
    uppers = (*EDGES_MINUTES[1:], float("inf"))
    for lower, upper, colour in zip(EDGES_MINUTES, uppers, _COLOURS):
        label = (
            _tr("{lower} to {upper} min") if upper != float("inf") else _tr("over {lower} min")
        ).format(lower=lower, upper=upper)
        items.append(QgsColorRampShader.ColorRampItem(upper, QColor(colour), label))
    apply_classes(layer, items, 0.0, 60.0)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Patrol", text)
