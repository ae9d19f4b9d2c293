"""The engine's light in the status bar: one glance tells whether it runs."""

from __future__ import annotations

from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPixmap
from qgis.PyQt.QtWidgets import QToolButton

from evenbeat.engine import states
from evenbeat.engine.client import Engine

_SIZE = 16
_COLOURS = {
    states.OFF: "#9e9e9e",
    states.STARTING: "#f0ad2e",
    states.BUSY: "#2f7ed8",
    states.READY: "#3c9d4e",
    states.FAILED: "#c9302c",
}


class EngineLight(QToolButton):
    """A small button: its colour and tooltip tell the engine's state, a click opens the set-up."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.setObjectName("EvenbeatEngineLight")
        self.setAutoRaise(True)
        self.setText("Evenbeat")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(_SIZE, _SIZE))
        engine.state_changed.connect(self.show_state)
        self.state = ""
        self.show_state(*engine.state)

    def show_state(self, state: str, detail: str) -> None:
        """Show a state; the shape differs as well as the colour, for those who see no colour."""
        if state != self.state:
            self.state = state
            self.setIcon(_icon(state))
        words = {
            states.OFF: self.tr("The engine is asleep; it starts with the first step."),
            states.STARTING: self.tr("The engine is starting..."),
            states.READY: self.tr("The engine is ready."),
            states.BUSY: self.tr("The engine works: {detail}."),
            states.FAILED: self.tr("The engine does not run: {detail} Click to set it up."),
        }
        text = words[state].format(detail=detail)
        self.setToolTip(text)
        self.setAccessibleName(text)


def _icon(state: str) -> QIcon:
    picture = QPixmap(_SIZE * 2, _SIZE * 2)
    picture.setDevicePixelRatio(2.0)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_COLOURS[state]))
    if state == states.FAILED:
        painter.drawPolygon(QPointF(8, 2), QPointF(15, 14), QPointF(1, 14))
    elif state == states.OFF:
        painter.drawEllipse(QRectF(5, 5, 6, 6))
    elif state in (states.STARTING, states.BUSY):
        painter.drawEllipse(QRectF(3, 3, 10, 10))
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(QRectF(6, 6, 4, 4))
    else:
        painter.drawEllipse(QRectF(3, 3, 10, 10))
    painter.end()
    return QIcon(picture)
