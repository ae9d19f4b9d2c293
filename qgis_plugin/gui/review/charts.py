"""Small charts that Qt paints: rows with bars, a line, columns, the parts of a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qgis.PyQt.QtCore import QPointF, QRect, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from evenbeat.gui.review.look import BLUE, COLOURS, faint, text_colour

_BAR, _GAP, _BETWEEN = 6, 3, 9
_WRAP = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)
_RIGHT = int(Qt.AlignmentFlag.AlignRight) | int(Qt.AlignmentFlag.AlignTop)


@dataclass(frozen=True)
class BarRow:
    """One row: words, a figure at the right, how long the bar is (0 to 1), and its colour."""

    words: str
    figure: str
    fraction: float
    colour: str = BLUE


class BarRows(QWidget):
    """Rows of words, each with a bar below it; as high as its words need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[BarRow] = []
        # Not fixed: that would hold it to the height at its former width, and words be cut.
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_rows(self, rows: list[BarRow]) -> None:
        """Show these rows."""
        self.rows = rows
        self.setAccessibleDescription("; ".join(f"{row.words} {row.figure}" for row in rows))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Words wrap, so the height depends on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all rows."""
        return sum(self._words(row, width).height() + _GAP + _BAR + _BETWEEN for row in self.rows)

    def sizeHint(self) -> QSize:
        """Return the size at the present width."""
        width = max(self.width(), 220)
        return QSize(220, self.heightForWidth(width))

    def paintEvent(self, _event: Any) -> None:
        """Paint the rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0
        for row in self.rows:
            words = self._words(row, self.width()).translated(0, top)
            painter.setPen(text_colour(self.palette()))
            painter.drawText(words, _WRAP, row.words)
            painter.drawText(QRect(0, top, self.width(), words.height()), _RIGHT, row.figure)
            top += words.height() + _GAP
            track = QRectF(0, top, self.width(), _BAR)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faint(self.palette()))
            painter.drawRoundedRect(track, 3, 3)
            painter.setBrush(QColor(row.colour))
            track.setWidth(max(_BAR, self.width() * min(max(row.fraction, 0.0), 1.0)))
            if row.fraction > 0:
                painter.drawRoundedRect(track, 3, 3)
            top += _BAR + _BETWEEN

    def _words(self, row: BarRow, width: int) -> QRect:
        metrics = QFontMetrics(self.font())
        right = metrics.horizontalAdvance(row.figure) + 10 if row.figure else 0
        room = QRect(0, 0, max(width - right, 60), 10_000)
        height = metrics.boundingRect(room, _WRAP, row.words).height()
        return QRect(0, 0, room.width(), height)


class _Strip(QWidget):
    """A low chart of the whole width, with words below for the first and the last value."""

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: list[float] = []
        self.ends = ("", "")
        self.setFixedHeight(height + QFontMetrics(self.font()).height() + 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_values(self, values: list[float], ends: tuple[str, str], words: str) -> None:
        """Show values; ``words`` tell them to who does not see the chart."""
        self.values, self.ends = values, ends
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.update()

    def paintEvent(self, _event: Any) -> None:
        """Paint the base line, its words, and the values."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        below = QFontMetrics(self.font()).height() + 2
        room = QRectF(1, 4, self.width() - 2, self.height() - below - 5)
        painter.setPen(QPen(faint(self.palette(), 0.35), 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.setPen(faint(self.palette(), 0.65))
        line = QRect(0, self.height() - below, self.width(), below)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft), self.ends[0])
        painter.drawText(line, int(Qt.AlignmentFlag.AlignRight), self.ends[1])
        if self.values:
            self._paint(painter, room)

    def _paint(self, painter: QPainter, room: QRectF) -> None:
        raise NotImplementedError


class Sparkline(_Strip):
    """Values as a line with a dot at the last one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(34, parent)

    def _paint(self, painter: QPainter, room: QRectF) -> None:
        most = max(*self.values, 1.0)
        step = (room.width() - 8) / max(len(self.values) - 1, 1)
        points = [
            QPointF(room.left() + 4 + number * step, room.bottom() - room.height() * value / most)
            for number, value in enumerate(self.values)
        ]
        area = QPolygonF([
            QPointF(points[0].x(), room.bottom()), *points, QPointF(points[-1].x(), room.bottom())
        ])  # fmt: skip
        fill = QColor(BLUE)
        fill.setAlpha(50)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(BLUE), 1.6))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(QColor(BLUE))
        painter.drawEllipse(points[-1], 3, 3)


class DayColumns(_Strip):
    """A column a day; days that count as visited are strong, the others pale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(30, parent)
        self.counted: list[bool] = []

    def _paint(self, painter: QPainter, room: QRectF) -> None:
        most = max(*self.values, 1.0)
        step = room.width() / len(self.values)
        pale = QColor(BLUE)
        pale.setAlpha(110)
        painter.setPen(Qt.PenStyle.NoPen)
        for number, (value, counted) in enumerate(zip(self.values, self.counted)):
            painter.setBrush(QColor(COLOURS["approved"]) if counted else pale)
            height = room.height() * value / most
            left = room.left() + number * step
            painter.drawRect(QRectF(left, room.bottom() - height, max(step - 2, 1), height))


class Shares(QWidget):
    """One bar that is cut into parts: how many boxes are approved, rejected, and left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parts: list[tuple[float, QColor]] = []
        self.setFixedHeight(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_parts(self, parts: list[tuple[float, QColor]]) -> None:
        """Show parts in their order."""
        self.parts = parts
        self.update()

    def paintEvent(self, _event: Any) -> None:
        """Paint the parts."""
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(self.rect(), faint(self.palette()))
        whole, left = sum(size for size, _ in self.parts), 0.0
        for size, colour in self.parts if whole else ():
            width = self.width() * size / whole
            painter.fillRect(QRectF(left, 0, max(width - 1, 0), self.height()), colour)
            left += width
