"""Small marks for states; shape differs as well as colour, for those who see no colour."""

from __future__ import annotations

from functools import cache

from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

_SIZE = 16
_GOOD = ("read", "good", "address", "finished")
_NEWS = ("changed", "older", "new", "warning", "stopped")
_BAD = ("missing", "bad")
_COLOURS = {"good": "#3c9d4e", "news": "#e08a00", "bad": "#d13b34", "none": "#9e9e9e"}


def mark(state: str) -> QIcon:
    """Return the mark of a state: a tick, a dot, a triangle, or a small ring for nothing."""
    for kind, states in (("good", _GOOD), ("news", _NEWS), ("bad", _BAD)):
        if state in states:
            return _drawn(kind)
    return _drawn("none")


@cache
def _drawn(kind: str) -> QIcon:
    """Return a mark in its colour, and in white for a selected row, whatever that row's colour."""
    icon = QIcon(_picture(kind, _COLOURS[kind]))
    icon.addPixmap(_picture(kind, "#ffffff"), QIcon.Mode.Selected)
    return icon


def _picture(kind: str, name: str) -> QPixmap:
    picture = QPixmap(_SIZE * 2, _SIZE * 2)
    picture.setDevicePixelRatio(2.0)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(name)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    if kind == "good":
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2.4))
        painter.drawPolyline(QPolygonF([QPointF(3, 8.5), QPointF(6.5, 12), QPointF(13, 4.5)]))
    elif kind == "news":
        painter.drawEllipse(QRectF(4, 4, 8, 8))
    elif kind == "bad":
        painter.drawPolygon(QPolygonF([QPointF(8, 2), QPointF(15, 14), QPointF(1, 14)]))
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.6))
        painter.drawEllipse(QRectF(5, 5, 6, 6))
    painter.end()
    return picture
