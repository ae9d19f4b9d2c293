"""How the layers of a briefing look on paper, in colour and in grey.

The classes of priority grow darker evenly, so they read in grey as well; boxes are frames, so that
the classes below them stay visible; crimes against persons are filled marks, others open ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsColorRampShader,
    QgsFillSymbol,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsPalLayerSettings,
    QgsRasterLayer,
    QgsRendererCategory,
    QgsRuleBasedRenderer,
    QgsSingleSymbolRenderer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor, QFont

from evenbeat.processing.styling import apply_classes, raster_values

SHARES = (0.01, 0.025, 0.05, 0.10, 0.25)
"""Upper edges of the classes of priority, as shares of the area."""
GREYS = ("#555555", "#7d7d7d", "#a2a2a2", "#c4c4c4", "#e0e0e0", "#f8f8f8")
_OF_THE_PAGE = '"district_id" = try(attribute(@atlas_feature, \'district_id\'), "district_id")'
_MARKS = {
    "gunfire": ("star", True), "homicide": ("square", True),
    "aggravated_assault": ("triangle", True), "robbery": ("diamond", True),
    "burglary": ("pentagon", False), "motor_vehicle_theft": ("square", False),
    "theft": ("circle", False), "arson": ("cross2", False),
}  # fmt: skip


@dataclass(frozen=True)
class Ink:
    """The colours of one printing.

    Parameters
    ----------
    classes
        Colours of the classes of priority, the highest first; empty: those that the engine tells.
    """

    classes: tuple[str, ...]
    person: str
    property: str
    event: str
    box: str = "#000000"
    outline: str = "#222222"
    street: str = "#8a929c"


COLOUR = Ink((), "#b3261e", "#7a1f5c", "#c46a00")
GREY = Ink(GREYS, "#000000", "#000000", "#000000", street="#9a9a9a")


def style_priority(layer: QgsRasterLayer, legend: Sequence[dict[str, str]], ink: Ink) -> None:
    """Colour a priority by its place among all cells."""
    values = raster_values(layer)
    if values.size == 0:
        return
    colours = ink.classes or tuple(one["colour"] for one in legend)
    uppers = [float("inf"), *(float(np.quantile(values, 1.0 - share)) for share in SHARES)]
    items = [
        QgsColorRampShader.ColorRampItem(upper, QColor(colour), one["text"])
        for upper, colour, one in zip(uppers, colours, legend)
    ]
    items.reverse()
    apply_classes(layer, items, float(values.min()), float(values.max()))
    layer.renderer().setOpacity(1.0)


def style_boxes(layer: QgsVectorLayer, ink: Ink) -> None:
    """Frame the boxes of the page's district and number them."""
    symbol = QgsFillSymbol.createSimple(
        {"color": "0,0,0,0", "outline_color": "#ffffff", "outline_width": "1.5",
         "joinstyle": "miter"}
    )  # fmt: skip
    frame = QgsFillSymbol.createSimple(
        {"color": "0,0,0,0", "outline_color": ink.box, "outline_width": "0.7",
         "joinstyle": "miter"}
    )  # fmt: skip
    symbol.appendSymbolLayer(frame.symbolLayer(0).clone())
    root = QgsRuleBasedRenderer.Rule(None)
    root.appendChild(QgsRuleBasedRenderer.Rule(symbol, filterExp=_OF_THE_PAGE, label="Box"))
    layer.setRenderer(QgsRuleBasedRenderer(root))
    settings = QgsPalLayerSettings()
    settings.fieldName = f'if({_OF_THE_PAGE}, "rank", NULL)'
    settings.isExpression = True
    settings.placement = QgsPalLayerSettings.Placement.OverPoint
    settings.displayAll = True
    settings.setFormat(_text(8.5, ink.box, bold=True))
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)


def style_incidents(layer: QgsVectorLayer, ink: Ink) -> None:
    """Give each type of crime its mark."""
    titles = {}
    for feature in layer.getFeatures():
        titles.setdefault(str(feature["crime_type"]), str(feature["title"]))
    order = [name for name in _MARKS if name in titles]
    order += sorted(set(titles) - set(order))
    categories = []
    for name in order:
        mark, filled = _MARKS.get(name, ("circle", True))
        colour = ink.person if filled else ink.property
        symbol = QgsMarkerSymbol.createSimple(
            {"name": mark, "size": "2.6" if mark == "star" else "1.9",
             "color": colour if filled else "#ffffff",
             "outline_color": "#ffffff" if filled else colour,
             "outline_width": "0.15" if filled else "0.35"}
        )  # fmt: skip
        categories.append(QgsRendererCategory(name, symbol, titles[name].capitalize()))
    layer.setRenderer(QgsCategorizedSymbolRenderer("crime_type", categories))


def style_events(layer: QgsVectorLayer, ink: Ink) -> None:
    """Mark events, whatever their geometry is."""
    if layer.geometryType() == 0:
        symbol = QgsMarkerSymbol.createSimple(
            {"name": "star", "size": "4.2", "color": ink.event, "outline_color": "#ffffff"}
        )
    else:
        symbol = QgsFillSymbol.createSimple(
            {"color": ink.event, "style": "b_diagonal", "outline_color": ink.event}
        )
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))


def style_districts(layer: QgsVectorLayer, ink: Ink) -> None:
    """Outline all districts, the page's with a thick line."""
    root = QgsRuleBasedRenderer.Rule(None)
    for width, style, filter_, label in (
        ("0.3", "dash", f"NOT ({_OF_THE_PAGE})", "Other districts"),
        ("0.9", "solid", _OF_THE_PAGE, "District"),
    ):
        symbol = QgsFillSymbol.createSimple(
            {"color": "0,0,0,0", "outline_color": ink.outline, "outline_width": width,
             "outline_style": style}
        )  # fmt: skip
        root.appendChild(QgsRuleBasedRenderer.Rule(symbol, filterExp=filter_, label=label))
    layer.setRenderer(QgsRuleBasedRenderer(root))


def style_locator(layer: QgsVectorLayer, ink: Ink) -> None:
    """Fill the page's district among all, for the small map of the jurisdiction."""
    root = QgsRuleBasedRenderer.Rule(None)
    for colour, filter_ in (("#ffffff", f"NOT ({_OF_THE_PAGE})"), ("#b9bec4", _OF_THE_PAGE)):
        symbol = QgsFillSymbol.createSimple(
            {"color": colour, "outline_color": ink.outline, "outline_width": "0.2"}
        )
        root.appendChild(QgsRuleBasedRenderer.Rule(symbol, filterExp=filter_))
    layer.setRenderer(QgsRuleBasedRenderer(root))
    settings = QgsPalLayerSettings()
    settings.fieldName = "district_id"
    settings.setFormat(_text(6.0, ink.outline))
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)


def style_streets(layer: QgsVectorLayer, ink: Ink) -> None:
    """Draw streets as thin lines."""
    symbol = QgsLineSymbol.createSimple({"color": ink.street, "width": "0.18"})
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))


def style_places(layer: QgsVectorLayer, ink: Ink) -> None:
    """Draw places, such as a bar or a stop, as small crosses."""
    symbol = QgsMarkerSymbol.createSimple(
        {"name": "cross", "size": "1.4", "outline_color": "#3d4651", "outline_width": "0.2"}
    )
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))


def _text(points: float, colour: str, *, bold: bool = False) -> QgsTextFormat:
    """Return a format with a white edge, so that it reads on every class."""
    font = QFont("Arial")
    font.setBold(bold)
    form = QgsTextFormat()
    form.setFont(font)
    form.setSize(points)
    form.setColor(QColor(colour))
    edge = QgsTextBufferSettings()
    edge.setEnabled(True)
    edge.setSize(0.9)
    edge.setColor(QColor("#ffffff"))
    form.setBuffer(edge)
    return form
