"""The keys, over the dock; a click or the same key puts them away."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QPainter
from qgis.PyQt.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from evenbeat.gui.review.keys import KEYS
from evenbeat.gui.review.look import faint, ground_colour


class KeyHelp(QFrame):
    """A list of keys; it lies over its parent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("EvenbeatKeys")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        title = QLabel(self.tr("Keys"))
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        layout.addWidget(title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setColumnStretch(1, 1)
        for row, key in enumerate(KEYS):
            letter = QLabel(key.shown)
            letter.setFont(font)
            letter.setAlignment(Qt.AlignmentFlag.AlignCenter)
            letter.setFrameShape(QFrame.Shape.StyledPanel)
            letter.setMinimumWidth(28)
            words = QLabel(key.text)
            words.setWordWrap(True)
            grid.addWidget(letter, row, 0)
            grid.addWidget(words, row, 1)
        layout.addLayout(grid)
        note = QLabel(
            self.tr(
                "They work in the list, and on the map after M, E or +. Esc leaves what was begun."
            )
        )
        note.setWordWrap(True)
        layout.addWidget(note)
        self.hide()

    def toggle(self) -> None:
        """Show or hide."""
        if self.isVisible():
            self.hide()
            return
        width = self.parentWidget().width() - 24
        self.setFixedWidth(width)
        self.setGeometry(12, 12, width, self.layout().heightForWidth(width))
        self.adjustSize()
        self.show()
        self.raise_()

    def paintEvent(self, event: Any) -> None:
        """Paint the ground; a theme's style sheet leaves a frame's transparent."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), ground_colour())
        painter.setPen(faint(self.palette(), 0.5))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
        super().paintEvent(event)

    def mousePressEvent(self, _event: Any) -> None:
        """Put it away."""
        self.hide()
