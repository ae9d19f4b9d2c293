"""Colours and small pictures of the review: each state has a colour and a shape of its own."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPen, QPixmap

_SIZE = 16
_CONTRAST = 100
COLOURS = {
    "proposed": "#f0ad2e", "approved": "#3c9d4e", "rejected": "#d0433f",
    "replaced": "#8a8f98", "expired": "#8a8f98",
}  # fmt: skip
BLUE = "#2f7ed8"
RED = COLOURS["rejected"]


def state_words(state: str) -> str:
    """Return a state in the reader's language."""
    words = {
        "proposed": QCoreApplication.translate("ReviewStates", "to review"),
        "approved": QCoreApplication.translate("ReviewStates", "approved"),
        "rejected": QCoreApplication.translate("ReviewStates", "rejected"),
        "replaced": QCoreApplication.translate("ReviewStates", "replaced"),
        "expired": QCoreApplication.translate("ReviewStates", "expired"),
    }
    return words.get(state, state)


def state_icon(state: str) -> QIcon:
    """Return the picture of a state: ring, tick, cross or dash."""
    if state not in _icons:
        _icons[state] = _draw(state)
    return _icons[state]


_icons: dict[str, QIcon] = {}


def _draw(state: str) -> QIcon:
    picture = QPixmap(_SIZE * 2, _SIZE * 2)
    picture.setDevicePixelRatio(2.0)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(COLOURS.get(state, COLOURS["expired"]))
    if state == "proposed":
        painter.setPen(QPen(colour, 2.2))
        painter.drawEllipse(QRectF(3.5, 3.5, 9, 9))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(1.5, 1.5, 13, 13))
        painter.setPen(QPen(QColor("#ffffff"), 1.8))
        for line in _STROKES.get(state, (((5, 8), (11, 8)),)):
            painter.drawPolyline(*[QPointF(*point) for point in line])
    painter.end()
    return QIcon(picture)


_STROKES = {
    "approved": (((4.6, 8.2), (7, 10.6), (11.4, 5.6)),),
    "rejected": (((5.4, 5.4), (10.6, 10.6)), ((10.6, 5.4), (5.4, 10.6))),
}


def ground_colour() -> QColor:
    """Return the colour of the window; a widget's own may be transparent by a style sheet."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window)


def text_colour(palette: QPalette) -> QColor:
    """Return the colour of what is painted as text.

    A theme of QGIS may give labels their colour by a style sheet and leave the palette's text dark
    on its dark ground.
    """
    ground = ground_colour()
    text = palette.color(QPalette.ColorRole.WindowText)
    if abs(ground.lightness() - text.lightness()) >= _CONTRAST:
        return text
    return QColor("#202020" if ground.lightness() > _CONTRAST else "#c8c8c8")


def faint(palette: QPalette, strength: float = 0.16) -> QColor:
    """Return the colour of a track or a line behind things, in light and dark themes."""
    colour = QColor(text_colour(palette))
    colour.setAlphaF(strength)
    return colour
