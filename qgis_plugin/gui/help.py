"""Help at hand: F1 in a panel, a button in its title, an entry of the menu; a browser opens it."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QEvent, QObject, Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QAbstractButton, QDockWidget, QToolButton, QWidget

from evenbeat.gui.icons import icon
from evenbeat.processing.help import page_of

START = "start"
# The name that Qt gives to the button beside which ours stands.
_NEIGHBOUR = "qt_dockwidget_floatbutton"


def open_help(page: str = START) -> None:
    """Open a page of the help; the first one where there is none of that name."""
    path = page_of(page) or page_of(START)
    if path is not None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


class PanelHelp(QObject):
    """Gives a panel its page: F1 within it, and a button in its title bar."""

    def __init__(self, dock: QDockWidget, page: str) -> None:
        super().__init__(dock)
        self.page = page
        self.button = _button(dock)
        self.button.clicked.connect(lambda _checked=False: open_help(self.page))
        self._neighbour = dock.findChild(QAbstractButton, _NEIGHBOUR)
        for watched in (dock, self._neighbour):
            if watched is not None:
                watched.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take F1, which comes up from the widget that has the focus; follow the title bar."""
        kinds = QEvent.Type
        if event.type() in (kinds.Move, kinds.Resize, kinds.Show, kinds.Hide):
            self._place()
        if event.type() not in (kinds.ShortcutOverride, kinds.KeyPress):
            return False
        if event.key() != Qt.Key.Key_F1:
            return False
        event.accept()
        if event.type() == kinds.KeyPress:
            open_help(self.page)
        return True

    def _place(self) -> None:
        """Stand left of the button that floats the panel; a window's own title has no room."""
        beside = self._neighbour
        self.button.setVisible(beside is not None and not beside.isHidden())
        if beside is not None:
            size = max(16, beside.height())
            self.button.resize(size, size)
            self.button.move(
                beside.x() - size - 2, beside.y() + (beside.height() - size) // 2
            )  # fmt: skip
            self.button.raise_()


def _button(parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setObjectName("EvenbeatHelp")
    button.setIcon(icon("help"))
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    text = QCoreApplication.translate("Help", "Help (F1)")
    button.setToolTip(text)
    button.setAccessibleName(text)
    return button
