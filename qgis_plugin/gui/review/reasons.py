"""Why: a strip that offers the agency's reasons by number, or takes another one in words."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QEvent, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

_MOST = 9


class ReasonStrip(QFrame):
    """Asks for one reason; a digit, a click or Enter gives it, Escape leaves."""

    given = pyqtSignal(str, dict)
    left = pyqtSignal()
    edit_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("EvenbeatReasons")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.reasons: list[str] = []
        self.shortest = 3
        self._override = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(2)
        self.title = QLabel()
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.title.setWordWrap(True)
        layout.addWidget(self.title)
        self._buttons = QVBoxLayout()
        self._buttons.setSpacing(0)
        layout.addLayout(self._buttons)
        self.words = QLineEdit()
        self.words.installEventFilter(self)
        self.words.returnPressed.connect(self._give_words)
        layout.addWidget(self.words)
        layout.addLayout(self._foot())
        self.hide()

    def ask(
        self, title: str, reasons: list[str], *, days: bool = False, override: bool = False,
        editable: bool = True,
    ) -> None:  # fmt: skip
        """Ask for a reason.

        Parameters
        ----------
        title
            What it is for.
        reasons
            To choose from.
        days
            Whether to ask for a number of days too.
        override
            Whether a cap forbids it, so that the reason is one for an override.
        editable
            Whether the list can be changed here.
        """
        self.title.setText(title)
        self.show_reasons(reasons)
        self.words.clear()
        self.days_label.setVisible(days)
        self.days.setVisible(days)
        self.days.setValue(0)
        self._override = override
        self.edit.setVisible(editable)
        self.show()
        self.words.setFocus()

    def show_reasons(self, reasons: list[str]) -> None:
        """Offer these reasons."""
        self.reasons = list(reasons)[:_MOST]
        while self._buttons.count():
            former = self._buttons.takeAt(0).widget()
            former.hide()  # it is deleted later, and must not be painted below the new ones
            former.deleteLater()
        for number, reason in enumerate(self.reasons, start=1):
            button = QToolButton()
            button.setText(f"{number}   {reason}")
            button.setAutoRaise(True)
            button.setToolTip(self.tr("Key {number}").format(number=number))
            button.clicked.connect(lambda _checked=False, words=reason: self._give(words))
            self._buttons.addWidget(button)
        self.words.setPlaceholderText(
            self.tr("1 to {last}, or another reason and Enter").format(last=len(self.reasons))
            if self.reasons else self.tr("Type it, then Enter")
        )  # fmt: skip

    def close_quietly(self) -> None:
        """Ask no more."""
        self.hide()

    def eventFilter(self, _watched: Any, event: Any) -> bool:
        """Take digits while nothing is typed, and Escape."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return True
        number = event.text()
        if not self.words.text() and number.isdigit() and 1 <= int(number) <= len(self.reasons):
            self._give(self.reasons[int(number) - 1])
            return True
        return False

    def _foot(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self.days_label = QLabel(self.tr("Keep out for"))
        self.days = QSpinBox()
        self.days.setRange(0, 3650)
        self.days.setSpecialValueText(self.tr("the usual days"))
        self.days.setSuffix(self.tr(" days"))
        self.edit = QPushButton(self.tr("Edit the list..."))
        self.edit.setFlat(True)
        self.edit.clicked.connect(self.edit_wanted)
        cancel = QPushButton(self.tr("Cancel (Esc)"))
        cancel.clicked.connect(self._leave)
        line.addWidget(self.days_label)
        line.addWidget(self.days)
        line.addStretch(1)
        line.addWidget(self.edit)
        line.addWidget(cancel)
        return line

    def _give_words(self) -> None:
        words = self.words.text().strip()
        if sum(letter.isalnum() for letter in words) < self.shortest:
            self.words.clear()
            self.words.setPlaceholderText(
                self.tr("At least {count} letters: it is kept in the log").format(
                    count=self.shortest
                )
            )
            return
        self._give(words)

    def _give(self, reason: str) -> None:
        more: dict[str, Any] = {}
        if self.days.isVisibleTo(self) and self.days.value():
            more["days"] = self.days.value()
        if self._override:
            more["override"] = True
        self.hide()
        self.given.emit(reason, more)

    def _leave(self) -> None:
        self.hide()
        self.left.emit()


class ReasonsDialog(QDialog):
    """The reasons to choose from for one action, a line each."""

    def __init__(self, action: str, reasons: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Reasons to choose from"))
        self.resize(420, 300)
        layout = QVBoxLayout(self)
        label = QLabel(self.tr(
            "One reason a line, for: {action}. The first {most} get a number. They are kept in "
            "the workspace's settings, for everyone."
        ).format(action=action, most=_MOST))  # fmt: skip
        label.setWordWrap(True)
        self.lines = QPlainTextEdit("\n".join(reasons))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(label)
        layout.addWidget(self.lines)
        layout.addWidget(buttons)

    def reasons(self) -> list[str]:
        """Return the lines that hold something, each once."""
        lines = (line.strip() for line in self.lines.toPlainText().splitlines())
        return list(dict.fromkeys(line for line in lines if line))
