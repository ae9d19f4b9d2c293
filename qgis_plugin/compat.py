"""What differs between QGIS 3.22 and 4: one place, so that no other module asks for versions."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import (
    Qgis,
    QgsLayoutItemLegend,
    QgsLegendStyle,
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProxyProgressTask,
    QgsRasterLayerTemporalProperties,
    QgsTemporalNavigationObject,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerTemporalProperties,
)

try:
    from qgis.PyQt.QtGui import QAction
except ImportError:  # Qt 5 keeps it among the widgets
    from qgis.PyQt.QtWidgets import QAction

__all__ = [
    "ANIMATED", "HOURS", "RASTER_FIXED_RANGE", "RASTER_RANGE_PER_BAND", "VECTOR_BY_EXPRESSIONS",
    "QAction", "legend_points", "parameter_fields", "progress_task", "qgis_version", "save_style",
    "set_abstract", "set_legend_points", "short_version",
]  # fmt: skip


def qgis_version() -> int:
    """Return the version of QGIS as one number, 32216 for 3.22.16."""
    return Qgis.QGIS_VERSION_INT if hasattr(Qgis, "QGIS_VERSION_INT") else Qgis.versionInt()


def short_version() -> str:
    """Return the version of QGIS as people write it, "3.22.16"."""
    text = Qgis.QGIS_VERSION if hasattr(Qgis, "QGIS_VERSION") else Qgis.version()
    return text.split("-")[0]


def legend_points(legend: QgsLayoutItemLegend, part: QgsLegendStyle.Style) -> float:
    """Return the size of the type of a part of a legend."""
    style = legend.style(part)
    if hasattr(style, "textFormat"):  # from QGIS 3.30 on
        return style.textFormat().size()
    return legend.styleFont(part).pointSizeF()


def set_legend_points(
    legend: QgsLayoutItemLegend, part: QgsLegendStyle.Style, points: float
) -> None:
    """Set the size of the type of a part of a legend."""
    style = legend.style(part)
    if hasattr(style, "textFormat"):
        text_format = style.textFormat()
        text_format.setSize(points)
        style.setTextFormat(text_format)
        legend.setStyle(part, style)
        return
    font = legend.styleFont(part)
    font.setPointSizeF(points)
    legend.setStyleFont(part, font)


def save_style(layer: QgsVectorLayer, name: str, description: str) -> None:
    """Keep a layer's style in its own database, as the one that is used by default."""
    if hasattr(layer, "saveStyleToDatabaseV2"):  # from QGIS 3.42 on
        layer.saveStyleToDatabaseV2(name, description, True, "")
    else:
        layer.saveStyleToDatabase(name, description, True, "")


def set_abstract(layer: QgsMapLayer, text: str) -> None:
    """Say in a layer's properties what it shows."""
    properties = layer.serverProperties()
    if hasattr(properties, "setAbstract"):  # from QGIS 3.38 on
        properties.setAbstract(text)
    else:
        layer.setAbstract(text)


def parameter_fields(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, object], name: str,
    context: QgsProcessingContext,
) -> list[str]:  # fmt: skip
    """Return the names of fields that a parameter has."""
    if hasattr(algorithm, "parameterAsStrings"):  # QGIS 3.40 warns of the former name
        return algorithm.parameterAsStrings(parameters, name, context)
    return algorithm.parameterAsFields(parameters, name, context)


def progress_task(title: str, cancel: Callable[[], None]) -> QgsProxyProgressTask:
    """Return a line of QGIS's task bar; before QGIS 3.26 it has no button to cancel."""
    if not hasattr(QgsProxyProgressTask, "canceled"):
        return QgsProxyProgressTask(title)
    task = QgsProxyProgressTask(title, True)
    task.canceled.connect(cancel)
    return task


def _member(new_enum: str, new_name: str, old: object, old_name: str) -> object:
    """Return a member of an enum that moved to `Qgis` in a later version."""
    found = getattr(getattr(Qgis, new_enum, None), new_name, None)
    return getattr(old, old_name) if found is None else found


RASTER_FIXED_RANGE = _member(
    "RasterTemporalMode", "FixedTemporalRange",
    QgsRasterLayerTemporalProperties, "ModeFixedTemporalRange",
)  # fmt: skip
VECTOR_BY_EXPRESSIONS = _member(
    "VectorTemporalMode", "FeatureDateTimeStartAndEndFromExpressions",
    QgsVectorLayerTemporalProperties, "ModeFeatureDateTimeStartAndEndFromExpressions",
)  # fmt: skip
ANIMATED = _member(
    "TemporalNavigationMode", "Animated", QgsTemporalNavigationObject, "Animated"
)  # fmt: skip
HOURS = _member("TemporalUnit", "Hours", QgsUnitTypes, "TemporalHours")
RASTER_RANGE_PER_BAND = getattr(
    getattr(Qgis, "RasterTemporalMode", None), "FixedRangePerBand", None
)
"""None before QGIS 3.38, where a raster has one time for all its bands."""
