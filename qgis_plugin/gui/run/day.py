"""One button for the day: which day, what to show afterwards, how far it is, what it made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QDate, Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from evenbeat.engine.calls import Reply
from evenbeat.engine.protocol import EngineError
from evenbeat.gui.messages import sentence_label, tell_error
from evenbeat.gui.progress_line import ProgressLine
from evenbeat.workspace.session import Session

_FORMAT = "yyyy-MM-dd"
SHORTCUT = "Ctrl+Alt+R"


class DayForm(QWidget):
    """Runs the day in the background; `made` follows with what the engine tells."""

    made = pyqtSignal(dict)

    def __init__(self, iface: Any, session: Session) -> None:
        super().__init__()
        self.iface = iface
        self._session = session
        self._notes: list[str] = []
        self._page = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._when())
        layout.addLayout(self._options())
        self.run_button = QPushButton(self.tr("Run the day"))
        self.run_button.setObjectName("EvenbeatRunDay")
        self.run_button.setShortcut(SHORTCUT)
        self.run_button.setToolTip(self.tr(
            "Read what is new, forecast, plan, brief and publish ({keys}). What is done already "
            "is not done again."
        ).format(keys=SHORTCUT))  # fmt: skip
        font = self.run_button.font()
        font.setBold(True)
        self.run_button.setFont(font)
        self.run_button.setMinimumHeight(34)
        self.run_button.clicked.connect(lambda _checked=False: self.run())
        layout.addWidget(self.run_button)
        self.progress = ProgressLine()
        layout.addWidget(self.progress)
        self.outcome = sentence_label()
        layout.addWidget(self.outcome)
        layout.addLayout(self._after())
        session.changed.connect(self.show_state)
        self.show_state()

    def run(self) -> None:
        """Run the chosen day."""
        if self.progress.is_busy or not self._session.writable:
            return
        self._notes = []
        self._say("", "")
        date = None if self.by_itself else self.date.date().toString(_FORMAT)
        reply: Reply = self._session.ask("daily", lane="work", date=date)
        self.progress.follow(reply, self.tr("Starting..."), self.tr("Run the day"))
        reply.noted.connect(self._notes.append)
        reply.finished.connect(self._made)
        reply.failed.connect(self._failed)
        reply.ended.connect(self.show_state)
        self.show_state()

    @property
    def by_itself(self) -> bool:
        """Return whether the engine chooses the day."""
        return self.which.currentIndex() == 0

    def show_state(self) -> None:
        """Enable what can be done."""
        busy = self.progress.is_busy
        self.run_button.setEnabled(self._session.writable and not busy)
        self.run_button.setVisible(not busy)
        self.which.setEnabled(not busy)
        self.date.setEnabled(not busy and not self.by_itself)
        if self._session.is_open and not self._session.writable:
            self.run_button.setToolTip(self.tr("This workspace can only be read."))

    def offer(self, day: str) -> None:
        """Show a day in the field, without choosing it."""
        date = QDate.fromString(day, _FORMAT)
        if self.by_itself and date.isValid():
            self.date.setDate(date)

    def _when(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self.which = QComboBox()
        self.which.addItem(self.tr("Today, or after the newest data"))
        self.which.addItem(self.tr("This day"))
        self.which.currentIndexChanged.connect(lambda _index: self.show_state())
        self.date = QDateEdit(QDate.currentDate())
        self.date.setCalendarPopup(True)
        self.date.setDisplayFormat(_FORMAT)
        label = QLabel(self.tr("Day"))
        label.setBuddy(self.which)
        line.addWidget(label)
        line.addWidget(self.which, 1)
        line.addWidget(self.date)
        return line

    def _options(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self.to_map = QCheckBox(self.tr("Show it on the map"))
        self.to_map.setChecked(True)
        self.to_browser = QCheckBox(self.tr("Open the briefing"))
        line.addWidget(self.to_map)
        line.addWidget(self.to_browser)
        line.addStretch()
        return line

    def _after(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self.briefing_button = QPushButton(self.tr("Briefing"))
        self.briefing_button.clicked.connect(lambda _checked=False: open_page(self._page))
        self.briefing_button.hide()
        line.addWidget(self.briefing_button)
        line.addStretch()
        return line

    def _made(self, result: dict[str, Any]) -> None:
        expected = sum(result["totals"].values())
        steps = [step for step, state in result["steps"].items() if state == "done"]
        did = (
            self.tr("Done: {steps}.").format(steps=", ".join(steps)) if steps
            else self.tr("Everything was done already.")
        )  # fmt: skip
        words = self.tr("{date}: {boxes} boxes, {expected:.1f} incidents expected.").format(
            date=result["date"], boxes=result["boxes"], expected=expected
        )
        self._say(" ".join((words, did)), result["briefing"])
        self.outcome.setToolTip("\n".join(dict.fromkeys([*result["notes"], *self._notes])))
        if self.to_browser.isChecked():
            open_page(result["briefing"])
        self.made.emit(result)

    def _failed(self, error: EngineError) -> None:
        if error.cancelled:
            self._say(self.tr("Cancelled. What was finished stands; run it again to go on."), "")
        else:
            self._say(error.failure.message, "")
            tell_error(self.iface, self.tr("The day was not finished"), error)

    def _say(self, words: str, page: str) -> None:
        self._page = str(page)
        self.outcome.setText(words)
        self.outcome.setVisible(bool(words))
        self.briefing_button.setVisible(bool(page))


def open_page(path: str) -> None:
    """Open a page in the browser."""
    if path and Path(path).is_file():
        QDesktopServices.openUrl(QUrl.fromLocalFile(path))


def right() -> int:
    """Return the alignment of numbers in lists."""
    return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
