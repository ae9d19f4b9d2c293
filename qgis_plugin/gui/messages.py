"""What panels tell people: one line in QGIS's message bar, with the details behind a button."""

from __future__ import annotations

from typing import Any

from qgis.core import Qgis
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import QLabel, QMessageBox, QPushButton, QTreeWidget

from evenbeat.engine.protocol import EngineError

_TITLE = "Evenbeat"
_LONGEST = 160
_SECONDS = 8


def tell(iface: Any, text: str, *, button: tuple[str, Any] | None = None) -> None:
    """Say that something is done; ``button`` has a text and what a click does."""
    _push(iface, text, Qgis.MessageLevel.Success, _SECONDS, button)


def warn(iface: Any, text: str, details: str = "") -> None:
    """Say that something is not as it should be."""
    _push(iface, text, Qgis.MessageLevel.Warning, 0, _details(iface, text, details))


def tell_error(iface: Any, what: str, error: EngineError) -> None:
    """Say what did not work and what to do; a cancel is said softly.

    Parameters
    ----------
    what
        What was wanted, "The day was not run".
    """
    failure = error.failure
    if error.cancelled:
        _push(iface, f"{what}: {failure.message}", Qgis.MessageLevel.Info, _SECONDS, None)
        return
    first, rest = _first_line(failure.message)
    details = "\n\n".join(part for part in (failure.message, failure.advice) if part)
    hint = failure.advice if failure.advice and len(failure.advice) <= _LONGEST else ""
    text = " ".join(part for part in (f"{what}. {first}", hint) if part)
    shown = details if rest or not hint else ""
    _push(iface, text, Qgis.MessageLevel.Critical, 0, _details(iface, what, shown))


def error_text(error: EngineError) -> str:
    """Return a failure as a text for a panel: what, and what to do."""
    parts = (error.failure.message, error.failure.advice)
    return "\n".join(part for part in parts if part)


def sentence_label(text: str = "", *, faint: bool = False) -> QLabel:
    """Return a label for a sentence: it wraps, and can be copied."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if faint:
        label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
        palette = label.palette()
        palette.setColor(
            palette.ColorRole.WindowText, palette.color(palette.ColorRole.PlaceholderText)
        )
        label.setPalette(palette)
    return label


def plain_tree(headings: list[str]) -> QTreeWidget:
    """Return a tree with headings, as the panels' lists are."""
    tree = QTreeWidget()
    dress_tree(tree, headings)
    return tree


def dress_tree(tree: QTreeWidget, headings: list[str]) -> None:
    """Give a tree headings and the look of the panels' lists."""
    tree.setHeaderLabels(headings)
    tree.setAlternatingRowColors(True)
    tree.setUniformRowHeights(True)
    tree.setAllColumnsShowFocus(True)


def _push(iface: Any, text: str, level: Any, seconds: int, button: Any) -> None:
    bar = iface.messageBar()
    if button is None:
        bar.pushMessage(_TITLE, text, level, seconds)
        return
    item = bar.createMessage(_TITLE, text)
    press = QPushButton(button[0], item)
    press.clicked.connect(lambda _checked=False: button[1]())
    item.layout().addWidget(press)
    bar.pushWidget(item, level, seconds)


def _details(iface: Any, title: str, details: str) -> tuple[str, Any] | None:
    if not details:
        return None

    def show() -> None:
        box = QMessageBox(iface.mainWindow())
        box.setWindowTitle(_TITLE)
        box.setText(title)
        box.setInformativeText(details)
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.exec()

    return QCoreApplication.translate("Messages", "Details..."), show


def _first_line(text: str) -> tuple[str, str]:
    first, _, rest = text.partition("\n")
    if len(first) > _LONGEST:
        return first[: _LONGEST - 3] + "...", first
    return first, rest
