"""The dock that runs the day: the button at the top, the history of runs below it."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from evenbeat.engine.protocol import EngineError
from evenbeat.gui.messages import error_text, sentence_label, tell, tell_error
from evenbeat.gui.progress_line import ProgressLine
from evenbeat.gui.run.day import DayForm, open_page
from evenbeat.gui.run.history import History
from evenbeat.gui.run.results import ResultsOnMap
from evenbeat.workspace.session import Session

_TWO = 2
_LEAST_WIDTH = 450


class RunDock(QDockWidget):
    """Runs the day, lists the runs, and lays them or their difference on the map."""

    def __init__(self, iface: Any, session: Session) -> None:
        super().__init__()
        self.setObjectName("EvenbeatRun")
        self.setWindowTitle(self.tr("Run"))
        self.iface = iface
        self._session = session
        self._made = ""
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(8, 8, 8, 8)
        whole.setMinimumWidth(_LEAST_WIDTH)
        self.where = sentence_label(faint=True)
        layout.addWidget(self.where)
        self.day = DayForm(iface, session)
        self.day.made.connect(self._day_made)
        layout.addWidget(self.day)
        layout.addWidget(_line())
        layout.addLayout(self._heading())
        self.faces = QStackedWidget()
        self.empty = sentence_label()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMargin(20)
        self.history = History()
        self.faces.addWidget(self.empty)
        self.faces.addWidget(self.history.tree)
        layout.addWidget(self.faces, 1)
        layout.addLayout(self._choices())
        layout.addLayout(self._buttons())
        self.progress = ProgressLine()
        layout.addWidget(self.progress)
        self.setWidget(whole)
        self.results = ResultsOnMap(iface, session, self.progress, self)
        self.history.tree.itemSelectionChanged.connect(self._enable)
        self.history.tree.itemDoubleClicked.connect(lambda *_: self.show_run())
        self._error: EngineError | None = None
        session.refused.connect(self._refused)
        session.changed.connect(self.show_state)
        self.show_state()

    def show_state(self) -> None:
        """Show what the session knows, and read the history."""
        session = self._session
        if not session.is_open:
            self.where.setText("")
            self._say_empty(self._why_empty())
            return
        self._error = None
        self.where.setText(session.summary["agency"])
        self.where.setToolTip(session.root)
        self._fill_choices(session.summary)
        reply = session.ask("runs-list")
        reply.finished.connect(lambda found: self._fill(found["runs"]))
        reply.failed.connect(
            lambda error: tell_error(self.iface, self.tr("The runs cannot be listed"), error)
        )

    def show_run(self) -> None:
        """Lay the chosen run on the map."""
        runs = self.history.chosen()
        if runs and runs[-1]["finished"]:
            self.results.show_run(
                runs[-1], self.layer.currentData(), self.shift.currentData() or ""
            )

    def show_difference(self) -> None:
        """Lay the difference of the two chosen runs on the map."""
        runs = self.history.chosen()
        if len(runs) == _TWO:
            self.results.show_difference(
                *runs, self.layer.currentData(), self.shift.currentData() or ""
            )

    def open_briefing(self) -> None:
        """Open the briefing of the chosen run."""
        runs = self.history.chosen()
        if runs:
            open_page(runs[-1]["briefing"] or "")

    def _heading(self) -> QHBoxLayout:
        line = QHBoxLayout()
        title = QLabel(self.tr("History"))
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self.counted = sentence_label(faint=True)
        self.counted.setAlignment(Qt.AlignmentFlag.AlignRight)
        line.addWidget(title)
        line.addWidget(self.counted, 1)
        return line

    def _choices(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self.layer = QComboBox()
        self.layer.setToolTip(self.tr("What is shown of a run"))
        self.shift = QComboBox()
        self.shift.setToolTip(self.tr("In which shift"))
        line.addWidget(self.layer, 1)
        line.addWidget(self.shift, 1)
        return line

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self.show_button = QPushButton(self.tr("Show on the map"))
        self.show_button.setToolTip(self.tr("Also by a double click"))
        self.show_button.clicked.connect(lambda _checked=False: self.show_run())
        self.difference_button = QPushButton(self.tr("Difference"))
        self.difference_button.setToolTip(
            self.tr("Choose two runs (with Ctrl): the newer minus the older one, as a layer")
        )
        self.difference_button.clicked.connect(lambda _checked=False: self.show_difference())
        self.briefing_button = QPushButton(self.tr("Briefing"))
        self.briefing_button.setToolTip(self.tr("Open the briefing of the run in the browser"))
        self.briefing_button.clicked.connect(lambda _checked=False: self.open_briefing())
        for button in (self.show_button, self.difference_button, self.briefing_button):
            line.addWidget(button)
        return line

    def _fill_choices(self, summary: dict[str, Any]) -> None:
        layers = {
            "priority": self.tr("Priority"), "all": self.tr("All crime types"),
            **summary["crime_types"],
        }  # fmt: skip
        shifts = {"": self.tr("All shifts"), **{name: name for name in summary["shifts"]}}
        for box, items in ((self.layer, layers), (self.shift, shifts)):
            chosen = box.currentData()
            box.clear()
            for name, title in items.items():
                box.addItem(title, name)
            box.setCurrentIndex(max(0, box.findData(chosen)))

    def _fill(self, runs: list[dict[str, Any]]) -> None:
        self.history.fill(runs)
        if self._made:  # the run of now, not the one that was chosen before
            self.history.choose(self._made)
            self._made = ""
        self.counted.setText(self._count(len(runs)))
        if runs:
            self.day.offer(runs[0]["date"])
            self.faces.setCurrentIndex(1)
        else:
            self._say_empty(self.tr("No run yet. Run the day with the button above."))
        self._enable()

    def _count(self, number: int) -> str:
        if number == 1:
            return self.tr("1 run")
        return self.tr("{count} runs").format(count=number) if number else ""

    def _why_empty(self) -> str:
        if self._session.is_reading:
            return self.tr("Reading the workspace...")
        if self._error is not None:
            return error_text(self._error)
        return self.tr("Open a workspace first: Evenbeat > Workspace and layers.")

    def _refused(self, error: EngineError) -> None:
        self._error = error

    def _say_empty(self, words: str) -> None:
        self.empty.setText(words)
        self.faces.setCurrentIndex(0)
        self.history.fill([])
        self.counted.setText("")
        self._enable()

    def _enable(self) -> None:
        runs = self.history.chosen()
        usable = [run for run in runs if run["finished"]]
        self.show_button.setEnabled(len(runs) == 1 and bool(usable))
        self.difference_button.setEnabled(len(runs) == _TWO and len(usable) == _TWO)
        self.briefing_button.setEnabled(len(runs) == 1 and bool(runs[0]["briefing"]))
        for box in (self.layer, self.shift):
            box.setEnabled(bool(usable))

    def _day_made(self, result: dict[str, Any]) -> None:
        self._made = result["run_id"]
        tell(self.iface, self.tr("{date} is run: {boxes} boxes.").format(**result))
        if self.day.to_map.isChecked():
            self.results.show_run(result, "priority", "")
        self._session.read()


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line
