"""A reader's hands in a whole QGIS: menus, buttons, lists, keys and dialogs, by their texts.

What is clicked is kept in `done`, in the words that people see, so that a test can hold it against
what a tutorial says.
"""

from __future__ import annotations

import time
import traceback

from qgis.PyQt.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QDockWidget,
    QFileDialog,
    QLineEdit,
    QMenuBar,
)

_LEFT = Qt.MouseButton.LeftButton
_POLL_MS = 50
_SECONDS = 60


class Hands:
    """Clicks and types as a reader does; each fails with what was not there."""

    def __init__(self, stage):
        self.stage = stage
        self.window = stage.iface.mainWindow()
        self.done = []

    def menu(self, *path):
        """Click through the menus, "Plugins", "Evenbeat", "Run"."""
        widget = self.window.menuBar()
        self.done.append(" > ".join(path))
        for text in path:
            shown = {plain(one.text()): one for one in widget.actions() if not one.isSeparator()}
            assert text in shown, f"the menu has no {text!r}: {sorted(shown)}"
            action = shown[text]
            assert action.isEnabled(), f"{text!r} of the menu is off"
            place, below = widget.actionGeometry(action).center(), action.menu()
            QTest.mouseClick(widget, _LEFT, Qt.KeyboardModifier.NoModifier, place)
            if below is not None:
                self._open(widget, below, place, text)
                widget = below

    def panel(self, name, *path):
        """Open a panel by the menu and return it."""
        self.menu(*path)
        self.stage.wait(lambda: self._dock(name) is not None, f"the panel {name} is open", 20)
        return self._dock(name)

    def press(self, within, text):
        """Click a button by its text."""
        button = self._button(within, text)
        self.stage.wait(button.isEnabled, f"{text!r} can be clicked")
        self.done.append(text)
        self.click(button)

    def click(self, widget):
        """Click a widget in its middle; a tick box on its box."""
        assert widget.isVisible(), f"{widget!r} is not shown"
        place = QPoint(10, widget.height() // 2) if isinstance(widget, QCheckBox) else (
            widget.rect().center()
        )  # fmt: skip
        QTest.mouseClick(widget, _LEFT, Qt.KeyboardModifier.NoModifier, place)

    def choose(self, box: QComboBox, text):
        """Choose an entry of a list by the keyboard; its text may go on."""
        wanted = next((at for at in range(box.count()) if box.itemText(at).startswith(text)), -1)
        assert wanted >= 0, f"no {text!r} in {[box.itemText(at) for at in range(box.count())]}"
        self.done.append(text)
        box.setFocus()
        while box.currentIndex() != wanted:
            before = box.currentIndex()
            QTest.keyClick(box, Qt.Key.Key_Down if wanted > before else Qt.Key.Key_Up)
            assert box.currentIndex() != before, f"{text!r} cannot be chosen"

    def row(self, tree, text):
        """Click the row of a tree whose first column has this text."""
        (item,) = tree.findItems(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive, 0)
        tree.scrollToItem(item)
        self.done.append(text)
        place = tree.visualItemRect(item).center()
        QTest.mouseClick(tree.viewport(), _LEFT, Qt.KeyboardModifier.NoModifier, place)
        return item

    def key(self, widget, key, text):
        """Press a key."""
        self.done.append(text)
        QTest.keyClick(widget, key)

    def drag(self, widget, start: QPoint, end: QPoint, halfway=lambda: None):
        """Drag with the mouse; ``halfway`` is called before it is let go."""
        none = Qt.KeyboardModifier.NoModifier
        QTest.mousePress(widget, _LEFT, none, start)
        QTest.mouseMove(widget, (start + end) / 2)
        QTest.mouseMove(widget, end)
        self.stage.rest(100)
        halfway()
        QTest.mouseRelease(widget, _LEFT, none, end)

    def drop(self, path):
        """Drop a file on QGIS's window."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        place, none = self.window.rect().center(), Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(place, Qt.DropAction.CopyAction, mime, _LEFT, none)
        QApplication.sendEvent(self.window, enter)
        drop = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, mime, _LEFT, none)
        QApplication.sendEvent(self.window, drop)
        self.done.append(path.name)

    def within(self, opening, act):
        """Do what opens a dialog that waits, and act in it."""
        before, end = QApplication.activeModalWidget(), time.monotonic() + _SECONDS
        acted = []  # some dialogs open a moment after the click

        def look():
            dialog = QApplication.activeModalWidget()
            if dialog is None or dialog is before:
                if time.monotonic() < end:
                    QTimer.singleShot(_POLL_MS, look)
                else:
                    self.stage.failures.append("waited in vain for a dialog")
                return
            try:
                act(dialog)
            except Exception:
                self.stage.failures.append(traceback.format_exc())
            acted.append(True)
            if dialog is QApplication.activeModalWidget() and self.stage.failures:
                dialog.close()

        QTimer.singleShot(_POLL_MS, look)
        opening()
        self.stage.wait(
            lambda: acted and QApplication.activeModalWidget() is before,
            "the dialog is closed again", 180,
        )  # fmt: skip

    def give_folder(self, dialog: QFileDialog, folder):
        """Give a folder to QGIS's dialog of files, and take it."""
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        field.setText(str(folder))  # typed letters open a list of names, which takes the Return
        QTest.keyClick(field, Qt.Key.Key_Return)

    def _open(self, widget, menu, place, text):
        """See that a menu opens; where it was used last, a click has only marked or closed it."""
        self.stage.rest(200)
        if not menu.isVisible():
            if isinstance(widget, QMenuBar):
                QTest.mouseClick(widget, _LEFT, Qt.KeyboardModifier.NoModifier, place)
            else:
                QTest.keyClick(widget, Qt.Key.Key_Right)
        self.stage.wait(menu.isVisible, f"the menu {text} opens", 10)

    def _dock(self, name):
        found = self.window.findChild(QDockWidget, name)
        return found if found is not None and found.isVisible() else None

    def _button(self, within, text):
        buttons = [one for one in within.findChildren(QAbstractButton) if one.isVisible()]
        found = [one for one in buttons if plain(one.text()) == text]
        assert found, f"no button {text!r}: {sorted({plain(one.text()) for one in buttons})}"
        return found[0]


def plain(text: str) -> str:
    """Return a text of a menu or button as it is read: without marks, with three full stops."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").replace("\u2026", "...")
