"""Styles of results: files for vectors, fixed shares of the area for rasters.

A raster of risk is coloured by rank: the top 1, 2, 5 and 10 percent of the area. So two days
look alike when they rank alike, whatever the level of crime.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from osgeo import gdal
from qgis.core import (
    QgsColorRampShader,
    QgsLayerTreeLayer,
    QgsMapLayer,
    QgsMapLayerLegendUtils,
    QgsRasterLayer,
    QgsRasterShader,
    QgsRasterSymbolLegendNode,
    QgsSingleBandPseudoColorRenderer,
)
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtGui import QColor

FOLDER = Path(__file__).parent.parent / "styles"
SHARES = (0.10, 0.05, 0.02, 0.01)
_COLOURS = ("#fde0a6", "#fdae61", "#e2562b", "#8c1313")
_OPACITY = 0.75
_MOST_PIXELS = 2000


def by_file(name: str) -> Callable[[QgsMapLayer], None]:
    """Return what gives a layer the style of ``styles/NAME.qml``."""

    def style(layer: QgsMapLayer) -> None:
        layer.loadNamedStyle(str(FOLDER / f"{name}.qml"))

    return style


def by_share_of_area(layer: QgsRasterLayer) -> None:
    """Colour the first band by the share of the area that is at least as high."""
    values = raster_values(layer)
    if values.size == 0:
        return
    breaks = [float(np.quantile(values, 1.0 - share)) for share in SHARES]
    items = [QgsColorRampShader.ColorRampItem(breaks[0], QColor(0, 0, 0, 0), "")]
    for number, (share, colour) in enumerate(zip(SHARES, _COLOURS)):
        last = number + 1 == len(SHARES)
        upper = float("inf") if last else breaks[number + 1]
        label = _tr("top {share} % of the area").format(share=f"{100 * share:g}")
        items.append(QgsColorRampShader.ColorRampItem(upper, QColor(colour), label))
    apply_classes(layer, items, breaks[0], float(values.max()))


def diverging(layer: QgsRasterLayer) -> None:
    """Colour falls blue and rises red, with white where little changed."""
    values = np.abs(raster_values(layer))
    if values.size == 0:
        return
    edge = float(np.quantile(values, 0.99)) or float(values.max()) or 1.0
    colours = ("#2166ac", "#92c5de", "#f7f7f7", "#f4a582", "#b2182b")
    texts = (_tr("falls most"), _tr("falls"), _tr("little change"), _tr("rises"), _tr("rises most"))
    uppers = (-0.6 * edge, -0.2 * edge, 0.2 * edge, 0.6 * edge, float("inf"))
    items = [
        QgsColorRampShader.ColorRampItem(upper, _colour(colour, index == 2), text)
        for index, (upper, colour, text) in enumerate(zip(uppers, colours, texts))
    ]
    apply_classes(layer, items, -edge, edge)


def _colour(name: str, faint: bool) -> QColor:
    colour = QColor(name)
    colour.setAlpha(60 if faint else 255)
    return colour


def apply_classes(layer: QgsRasterLayer, items: list, lowest: float, highest: float) -> None:
    """Draw the first band in classes, each up to the value of its item."""
    function = QgsColorRampShader(lowest, highest)
    function.setColorRampType(QgsColorRampShader.Type.Discrete)
    function.setColorRampItemList(items)
    shader = QgsRasterShader()
    shader.setRasterShaderFunction(function)
    renderer = QgsSingleBandPseudoColorRenderer(layer.dataProvider(), 1, shader)
    # The legend shows "nan" after the project is opened again without these.
    renderer.setClassificationMin(lowest)
    renderer.setClassificationMax(highest)
    renderer.setOpacity(_OPACITY)
    layer.setRenderer(renderer)


def tidy_legend(node: QgsLayerTreeLayer) -> None:
    """Leave out of a raster's legend the title of its band, and the class that is not drawn."""
    layer = node.layer()
    if not isinstance(layer, QgsRasterLayer) or layer.legend() is None:
        return
    if not isinstance(layer.renderer(), QgsSingleBandPseudoColorRenderer):
        return
    rows = layer.legend().createLayerTreeModelLegendNodes(node)
    told = [
        number for number, row in enumerate(rows)
        if isinstance(row, QgsRasterSymbolLegendNode) and row.data(Qt.ItemDataRole.DisplayRole)
    ]  # fmt: skip
    QgsMapLayerLegendUtils.setLegendNodeOrder(node, told)


def raster_values(layer: QgsRasterLayer) -> np.ndarray:
    """Return the values of the first band that are there; of a large raster a sample."""
    dataset = gdal.Open(layer.source())
    if dataset is None:
        return np.empty(0)
    band = dataset.GetRasterBand(1)
    columns, rows = min(band.XSize, _MOST_PIXELS), min(band.YSize, _MOST_PIXELS)
    values = band.ReadAsArray(buf_xsize=columns, buf_ysize=rows).astype(float)
    nothing = band.GetNoDataValue()
    if nothing is not None and np.isfinite(nothing):
        values = values[values != nothing]
    return values[np.isfinite(values)]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Legends", text)
