"""The keys of the review, declared once: what they do, their letter, and their words.

They are no shortcuts of the window: QGIS has single letters of its own (S for snapping), and two
that meet would both do nothing. So a filter on the dock's widgets takes them first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qgis.PyQt.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QEvent, QObject, Qt
from qgis.PyQt.QtWidgets import QWidget


@dataclass(frozen=True)
class ReviewKey:
    """One key: the action's name, the keys that do it, how it is shown, what it does."""

    action: str
    codes: tuple[int, ...]
    shown: str
    words: str

    @property
    def text(self) -> str:
        """What it does, in the reader's language."""
        return QCoreApplication.translate("ReviewKeys", self.words)


KEYS = (
    ReviewKey("approve", (Qt.Key.Key_A,), "A",
              QT_TRANSLATE_NOOP("ReviewKeys", "Approve, and go on")),
    ReviewKey("reject", (Qt.Key.Key_R,), "R",
              QT_TRANSLATE_NOOP("ReviewKeys", "Reject; then 1 to 9 is the reason")),
    ReviewKey("suppress", (Qt.Key.Key_S,), "S",
              QT_TRANSLATE_NOOP("ReviewKeys", "Suppress: reject, and keep the place out")),
    ReviewKey("move", (Qt.Key.Key_M,), "M",
              QT_TRANSLATE_NOOP("ReviewKeys", "Move: drag the box on the map")),
    ReviewKey("resize", (Qt.Key.Key_E,), "E",
              QT_TRANSLATE_NOOP("ReviewKeys", "Resize: choose its cells on the map")),
    ReviewKey("add", (Qt.Key.Key_Plus, Qt.Key.Key_I), "+",
              QT_TRANSLATE_NOOP("ReviewKeys", "Add a box: choose cells on the map")),
    ReviewKey("note", (Qt.Key.Key_T,), "T",
              QT_TRANSLATE_NOOP("ReviewKeys", "Write a note")),
    ReviewKey("undo", (Qt.Key.Key_Z,), "Z",
              QT_TRANSLATE_NOOP("ReviewKeys", "Undo your last decision")),
    ReviewKey("next", (Qt.Key.Key_N,), "N",
              QT_TRANSLATE_NOOP("ReviewKeys", "Next box")),
    ReviewKey("previous", (Qt.Key.Key_P,), "P",
              QT_TRANSLATE_NOOP("ReviewKeys", "Previous box")),
    ReviewKey("zoom", (Qt.Key.Key_F,), "F",
              QT_TRANSLATE_NOOP("ReviewKeys", "Find the box on the map")),
    ReviewKey("refresh", (Qt.Key.Key_F5,), "F5",
              QT_TRANSLATE_NOOP("ReviewKeys", "Read the day again")),
    ReviewKey("help", (Qt.Key.Key_Question, Qt.Key.Key_H), "?",
              QT_TRANSLATE_NOOP("ReviewKeys", "Show or hide these keys")),
)  # fmt: skip
_BY_CODE = {code: key for key in KEYS for code in key.codes}
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_KEYPAD = Qt.KeyboardModifier.KeypadModifier
_SYMBOLS = (Qt.Key.Key_Plus, Qt.Key.Key_Question)


class ReviewKeys(QObject):
    """Takes the keys from the widgets that it watches, before they and QGIS do.

    Parameters
    ----------
    act
        Gets the action of a key.
    is_on
        Whether the keys of a watched widget are ours now.
    """

    def __init__(
        self, act: Callable[[str], None], is_on: Callable[[QObject], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._act = act
        self._is_on = is_on

    def watch(self, *widgets: QWidget) -> None:
        """Take the keys from these widgets too."""
        for widget in widgets:
            widget.removeEventFilter(self)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: Any) -> bool:
        """Act on our keys; leave all others."""
        kind = event.type()
        if kind not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return False
        key = _key_of(event)
        if key is None or not self._is_on(watched):
            return False
        event.accept()
        if kind == QEvent.Type.KeyPress and not event.isAutoRepeat():
            self._act(key.action)
        return True


def _key_of(event: Any) -> ReviewKey | None:
    key = _BY_CODE.get(event.key())
    if key is None:
        return None
    modifiers = event.modifiers() & ~_KEYPAD
    if event.key() in _SYMBOLS:
        modifiers &= ~_SHIFT
    return key if modifiers == Qt.KeyboardModifier.NoModifier else None
