"""The buttons of the review; each has its key in the tooltip and is off where it is not allowed."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from evenbeat.gui.icons import icon
from evenbeat.gui.review.keys import KEYS
from evenbeat.review.desk import ReviewDesk

_ROWS = (("approve", "reject", "suppress", "note", "previous"),
         ("move", "resize", "add", "undo", "next"))  # fmt: skip
_ALWAYS = {"next", "previous"}


class ActionBar(QWidget):
    """Two rows of buttons."""

    wanted = pyqtSignal(str)

    def __init__(self, desk: ReviewDesk) -> None:
        super().__init__()
        self._desk = desk
        self.buttons: dict[str, QToolButton] = {}
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        words = {key.action: key for key in KEYS}
        for row, actions in enumerate(_ROWS):
            for column, action in enumerate(actions):
                button = QToolButton()
                button.setObjectName(f"EvenbeatReview_{action}")
                button.setIcon(icon(action))
                button.setIconSize(QSize(16, 16))
                button.setText(_label(action))
                button.setToolTip(f"{words[action].text} ({words[action].shown})")
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
                button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
                button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
                button.clicked.connect(lambda _checked=False, name=action: self.wanted.emit(name))
                layout.addWidget(button, row, column)
                self.buttons[action] = button

    def refresh(self) -> None:
        """Turn on what may be done now: by the role, the state and the clock."""
        desk = self._desk
        allowed = set(desk.story.get("allowed", ())) if desk.may_decide else set()
        for action, button in self.buttons.items():
            on = action in allowed or action in _ALWAYS
            if action == "add":
                on = desk.may_decide and desk.is_read
            elif action == "undo":
                on = desk.may_decide and bool(desk.to_undo())
            button.setEnabled(on and (action in _ALWAYS or not desk.is_busy))


def _label(action: str) -> str:
    words = {
        "approve": QCoreApplication.translate("ReviewActions", "Approve"),
        "reject": QCoreApplication.translate("ReviewActions", "Reject"),
        "suppress": QCoreApplication.translate("ReviewActions", "Suppress"),
        "note": QCoreApplication.translate("ReviewActions", "Note"),
        "previous": QCoreApplication.translate("ReviewActions", "Back"),
        "move": QCoreApplication.translate("ReviewActions", "Move"),
        "resize": QCoreApplication.translate("ReviewActions", "Resize"),
        "add": QCoreApplication.translate("ReviewActions", "Add"),
        "undo": QCoreApplication.translate("ReviewActions", "Undo"),
        "next": QCoreApplication.translate("ReviewActions", "Next"),
    }
    return words[action]
