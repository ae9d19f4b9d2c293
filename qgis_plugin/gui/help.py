"""Help at hand: F1 in a panel, a small button, an entry of the menu; pages open in the browser."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QEvent, QObject, Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QToolButton, QWidget

from evenbeat.gui.icons import icon
from evenbeat.processing.help import page_of

START = "start"


def open_help(page: str = START) -> None:
    """Open a page of the help; the first one where there is none of that name."""
    path = page_of(page) or page_of(START)
    if path is not None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def help_button(page: str) -> QToolButton:
    """Return a small button that opens a page."""
    button = QToolButton()
    button.setObjectName("EvenbeatHelp")
    button.setIcon(icon("help"))
    button.setAutoRaise(True)
    text = QCoreApplication.translate("Help", "Help (F1)")
    button.setToolTip(text)
    button.setAccessibleName(text)
    button.clicked.connect(lambda _checked=False: open_help(page))
    return button


class HelpKey(QObject):
    """Makes F1 within a widget open its page instead of QGIS's own help."""

    def __init__(self, widget: QWidget, page: str) -> None:
        super().__init__(widget)
        self.page = page
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take F1, which comes up from the widget that has the focus."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() not in kinds or event.key() != Qt.Key.Key_F1:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            open_help(self.page)
        return True
