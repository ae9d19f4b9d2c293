"""What happened, where the reviewer looks: one line of the dock, with a colour and a button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt.QtCore import QRect, Qt
from qgis.PyQt.QtGui import QColor, QPainter
from qgis.PyQt.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from evenbeat.gui.messages import sentence_label
from evenbeat.gui.review.look import BLUE, COLOURS, RED

_COLOURS = {"refused": RED, "notice": BLUE, "done": COLOURS["approved"]}
_EDGE = 4


class Banner(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("EvenbeatBanner")
        self.manner = ""
        self._press: Callable[[], None] | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_EDGE, 0, 4, 0)
        self.words = sentence_label()
        self.words.setContentsMargins(6, 5, 0, 5)
        self.button = QPushButton()
        self.button.clicked.connect(self._pressed)
        close = QToolButton()
        close.setText("\u00d7")
        close.setAutoRaise(True)
        close.setToolTip(self.tr("Close"))
        close.clicked.connect(self.hide)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.button)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(
        self, manner: str, text: str, button: str = "", press: Callable[[], None] | None = None
    ) -> None:
        """Say something; ``manner`` is refused, notice or done."""
        self.manner = manner
        self.words.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self._press = press
        self.show()
        self.update()

    def paintEvent(self, event: Any) -> None:
        """Paint the edge in the colour of the manner."""
        super().paintEvent(event)
        painter = QPainter(self)
        ground = QColor(_COLOURS.get(self.manner, BLUE))
        painter.fillRect(QRect(0, 0, _EDGE, self.height()), ground)
        ground.setAlpha(28)
        painter.fillRect(self.rect(), ground)

    def _pressed(self) -> None:
        self.hide()
        if self._press is not None:
            self._press()
