"""What a panel shows while there is nothing: a sentence, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QPushButton, QVBoxLayout, QWidget

from evenbeat.gui.messages import sentence_label

_MARGIN = 24


class EmptyState(QWidget):
    """A sentence in the middle, buttons below it."""

    def __init__(self) -> None:
        super().__init__()
        self.message = sentence_label()
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self._layout.addStretch(1)
        self._layout.addWidget(self.message)
        self._layout.addSpacing(8)
        self._layout.addStretch(2)

    def offer(self, text: str, act: Callable[[], None]) -> QPushButton:
        """Add a button, and what a click does; return it."""
        button = QPushButton(text)
        button.clicked.connect(lambda _checked=False: act())
        self._insert(button, Qt.AlignmentFlag.AlignHCenter)
        return button

    def add(self, widget: QWidget) -> None:
        """Add a widget as wide as the panel."""
        self._insert(widget, Qt.AlignmentFlag(0))

    def _insert(self, widget: QWidget, alignment: Qt.AlignmentFlag) -> None:
        self._layout.insertWidget(self._layout.count() - 1, widget, 0, alignment)
