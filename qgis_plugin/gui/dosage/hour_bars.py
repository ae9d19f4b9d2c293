"""A day's hours as bars: the total of each, the hour on the map, and a click to go there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QPainter
from qgis.PyQt.QtWidgets import QSizePolicy, QToolTip, QWidget

_HEIGHT = 74
_GAP = 0.18
_NOW = QColor("#e8a33d")
_BAR = QColor("#1f747e")
_EVERY = 4


class HourBars(QWidget):
    """Left and right go an hour back and on, Home and End to the first and the last."""

    chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[str, ...] = ()
        self._totals: tuple[float, ...] = ()
        self.current = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Minutes of patrol by hour"))

    def sizeHint(self) -> QSize:
        """Return a height for bars and their hours."""
        return QSize(240, _HEIGHT)

    def show_hours(self, labels: Sequence[str], totals: Sequence[float]) -> None:
        """Show other hours, "07:00" and minutes each."""
        self._labels, self._totals = tuple(labels), tuple(totals)
        self.current = 0 if labels else -1
        self.update()

    def show_current(self, hour: int) -> None:
        """Mark the hour that is on the map."""
        if hour != self.current and 0 <= hour < len(self._labels):
            self.current = hour
            self.setAccessibleDescription(self.words(hour))
            self.update()

    def words(self, hour: int) -> str:
        """Return an hour and its minutes in words."""
        return self.tr("{hour}: {minutes:,.0f} min").format(
            hour=self._labels[hour], minutes=self._totals[hour]
        )

    def paintEvent(self, event: Any) -> None:
        """Paint the bars, and every fourth hour below them."""
        if not self._labels:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(font)
        text_height = painter.fontMetrics().height()
        width, height = self.width() / len(self._labels), self.height() - text_height - 4
        largest = max(self._totals) or 1.0
        ink = self.palette().color(self.foregroundRole())
        for hour, (label, total) in enumerate(zip(self._labels, self._totals)):
            tall = max(1.0, (height - 2) * total / largest)
            bar = QRectF(width * (hour + _GAP / 2), height - tall, width * (1 - _GAP), tall)
            painter.fillRect(bar, _NOW if hour == self.current else _BAR)
            if hour % _EVERY == 0:
                painter.setPen(ink)
                place = QPointF(bar.left(), height + text_height - 1)
                painter.drawText(place, label)
        if self.hasFocus():
            painter.setPen(self.palette().color(self.palette().ColorRole.Highlight))
            painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1))
        painter.end()

    def mousePressEvent(self, event: Any) -> None:
        """Go to the hour below the mouse."""
        self._choose(self._at(event.pos().x()))

    def mouseMoveEvent(self, event: Any) -> None:
        """Tell the hour below the mouse."""
        hour = self._at(event.pos().x())
        if hour >= 0:
            QToolTip.showText(self.mapToGlobal(event.pos()), self.words(hour), self)

    def keyPressEvent(self, event: Any) -> None:
        """Go with the arrow keys."""
        last = len(self._labels) - 1
        steps = {
            Qt.Key.Key_Left: max(0, self.current - 1), Qt.Key.Key_Home: 0,
            Qt.Key.Key_Right: min(last, self.current + 1), Qt.Key.Key_End: last,
        }  # fmt: skip
        if event.key() in steps:
            self._choose(steps[event.key()])
        else:
            super().keyPressEvent(event)

    def _at(self, x: int) -> int:
        if not self._labels:
            return -1
        return min(len(self._labels) - 1, max(0, int(x * len(self._labels) / self.width())))

    def _choose(self, hour: int) -> None:
        if 0 <= hour < len(self._labels):
            self.show_current(hour)
            self.chosen.emit(hour)
