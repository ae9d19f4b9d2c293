"""Planned against delivered: the boxes of a measured day, coloured by what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsPalLayerSettings,
    QgsProject,
    QgsRendererCategory,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QColor

from evenbeat.patrol.kept import layers_of, remove_layers, replace_layers
from evenbeat.processing.loading import Place

KIND = "delivered"
COLOURS = {"visited": "#2e8b57", "partly_visited": "#e8a33d", "not_visited": "#c2413b"}


def outcome_title(outcome: str) -> str:
    """Return what became of a box, in words."""
    known = {
        "visited": _tr("visited"), "partly_visited": _tr("partly visited"),
        "not_visited": _tr("not visited"),
    }  # fmt: skip
    return known.get(outcome, outcome.replace("_", " "))


def show_delivered(project: QgsProject, made: dict[str, Any], date: str) -> None:
    """Add what the engine's ``planned-delivered`` made; a day without boxes removes the layer."""
    if not made["rows"]:
        remove_layers(project, KIND)
        return
    title = _tr("Planned and delivered, {date}").format(date=date)
    layer = QgsVectorLayer(f"{made['path']}|layername=delivered", title, "ogr")
    style_delivered(layer)
    replace_layers(project, KIND, [layer], [Place("", 10)])


def style_delivered(layer: QgsVectorLayer) -> None:
    """Colour boxes by outcome and write delivered of planned minutes into them."""
    categories = []
    for outcome, colour in COLOURS.items():
        fill = QColor(colour)
        fill.setAlpha(80)
        symbol = QgsFillSymbol.createSimple(
            {"color": fill.name(QColor.NameFormat.HexArgb), "outline_color": colour,
             "outline_width": "0.6", "joinstyle": "miter"}
        )  # fmt: skip
        categories.append(QgsRendererCategory(outcome, symbol, outcome_title(outcome)))
    layer.setRenderer(QgsCategorizedSymbolRenderer("outcome", categories))
    settings = QgsPalLayerSettings()
    settings.fieldName = 'round("presence_minutes") || \'/\' || round("planned_minutes")'
    settings.isExpression = True
    settings.placement = QgsPalLayerSettings.Placement.OverPoint
    settings.setFormat(_text())
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)


def show_shift(project: QgsProject, shift: str) -> None:
    """Show the boxes of one shift alone; "" shows all."""
    quoted = shift.replace("'", "''")
    for layer in layers_of(project, KIND):
        layer.setSubsetString(f"\"shift\" = '{quoted}'" if shift else "")


def select_boxes(project: QgsProject, names: Sequence[str]) -> QgsVectorLayer | None:
    """Select boxes of the layer, where it is there, and return it."""
    quoted = ", ".join("'" + name.replace("'", "''") + "'" for name in names)
    for layer in layers_of(project, KIND):
        layer.selectByExpression(f'"assignment_id" IN ({quoted})' if names else "FALSE")
        return layer
    return None


def _text() -> QgsTextFormat:
    text = QgsTextFormat()
    text.setSize(7.5)
    text.setColor(QColor("#1b1f24"))
    edge = QgsTextBufferSettings()
    edge.setEnabled(True)
    edge.setSize(0.8)
    edge.setColor(QColor("#ffffff"))
    text.setBuffer(edge)
    return text


def _tr(text: str) -> str:
    return QCoreApplication.translate("Patrol", text)
