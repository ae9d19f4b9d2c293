"""The set-up: choose the engine's Python, see at once whether it works, and what to do if not."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsSettings
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QFontDatabase, QGuiApplication
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from evenbeat.engine import locate
from evenbeat.engine.calls import Reply
from evenbeat.engine.client import CHECK, SETTING, Engine
from evenbeat.engine.protocol import PROTOCOL, EngineError
from evenbeat.engine.states import setup_advice
from evenbeat.gui.home import from_home
from evenbeat.gui.setup.commands import INSTALLATIONS, own_system

_TYPING_MS = 600


class SetupPage(QWidget):
    """Checks the Python in its field by itself, a moment after it was changed."""

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = ""
        self._engine = engine
        self._reply: Reply | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._choice())
        layout.addWidget(self._verdict(), 1)
        layout.addWidget(self._installation())
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_TYPING_MS)
        self._wait.timeout.connect(self.check)
        self.python.setFilePath(str(QgsSettings().value(SETTING, "") or ""))
        self.python.fileChanged.connect(lambda _path: self._wait.start())
        self._show_found()

    def hideEvent(self, event: Any) -> None:
        """Look no more when nobody looks."""
        super().hideEvent(event)
        self._wait.stop()
        if self._reply is not None:
            self._reply.cancel()

    def showEvent(self, event: Any) -> None:
        """Check as soon as the page is seen."""
        super().showEvent(event)
        self.check()

    def save(self) -> None:
        """Keep the choice."""
        QgsSettings().setValue(SETTING, self.python.filePath().strip())
        self._engine.forget_failures()

    def check(self) -> None:
        """Start the Python in the field, or the one found, and show what it says."""
        self._wait.stop()
        chosen = self.python.filePath().strip()
        found = locate.candidates(chosen)
        self._show_found()
        self.rows.clear()
        if self._reply is not None:
            self._reply.cancel()
        if not found:
            self._say("failed", self.tr("No engine was found. Install it as shown below."))
            return
        self._say("", self.tr("Starting {python} ...").format(python=found[0].python))
        reply = self._engine.ask(
            "hello", {"protocol": PROTOCOL}, lane=CHECK, python=str(found[0].python)
        )
        reply.finished.connect(lambda hello: self._show_hello(reply, hello))
        reply.failed.connect(lambda error: self._show_error(reply, error))
        self._reply = reply

    def _choice(self) -> QGroupBox:
        box = QGroupBox(self.tr("Python of the engine"))
        form = QFormLayout(box)
        self.python = QgsFileWidget()
        self.python.setObjectName("EvenbeatPython")
        self.python.setDialogTitle(self.tr("Choose the Python in which Evenbeat is installed"))
        self.python.lineEdit().setPlaceholderText(self.tr("Found by itself; or choose one here"))
        self.found = QLabel()
        self.found.setWordWrap(True)
        self.found.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        form.addRow(self.python)
        form.addRow(self.found)
        return box

    def _verdict(self) -> QGroupBox:
        box = QGroupBox(self.tr("Check"))
        layout = QVBoxLayout(box)
        line = QHBoxLayout()
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.again = QPushButton(self.tr("Check again"))
        self.again.clicked.connect(self.check)
        line.addWidget(self.verdict, 1)
        line.addWidget(self.again, 0, Qt.AlignmentFlag.AlignTop)
        self.rows = QTreeWidget()
        self.rows.setHeaderLabels([self.tr("What"), self.tr("State"), self.tr("What to do")])
        self.rows.setRootIsDecorated(False)
        self.rows.setAlternatingRowColors(True)
        self.rows.setMinimumHeight(150)
        layout.addLayout(line)
        layout.addWidget(self.rows)
        return box

    def _installation(self) -> QGroupBox:
        box = QGroupBox(self.tr("Install the engine (once, outside QGIS)"))
        layout = QVBoxLayout(box)
        line = QHBoxLayout()
        self.system = QComboBox()
        self.system.addItems([one.system for one in INSTALLATIONS])
        self.copy = QPushButton(self.tr("Copy"))
        self.copy.clicked.connect(self._copy)
        line.addWidget(QLabel(self.tr(
            "Type this in the folder of Evenbeat's sources, with Python 3.11 or newer:"
        )))  # fmt: skip
        line.addStretch()
        line.addWidget(self.system)
        line.addWidget(self.copy)
        self.lines = QPlainTextEdit()
        self.lines.setReadOnly(True)
        self.lines.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.lines.setFixedHeight(self.lines.fontMetrics().lineSpacing() * 3 + 16)
        self.system.currentIndexChanged.connect(self._show_lines)
        self.system.setCurrentIndex(own_system())
        self._show_lines(own_system())
        layout.addLayout(line)
        layout.addWidget(self.lines)
        return box

    def _show_lines(self, index: int) -> None:
        self.lines.setPlainText(INSTALLATIONS[index].lines)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.lines.toPlainText())
        self.copy.setText(self.tr("Copied"))
        QTimer.singleShot(1500, self._restore_copy)

    def _restore_copy(self) -> None:
        self.copy.setText(self.tr("Copy"))

    def _show_found(self) -> None:
        self.found.setVisible(not self.python.filePath().strip())
        found = locate.candidates("")
        self.found.setText(
            self.tr("Found: {python} (by {found_by})").format(
                python=from_home(str(found[0].python)), found_by=from_home(found[0].found_by)
            )
            if found else self.tr("Found none in the usual places.")
        )  # fmt: skip

    def _show_hello(self, reply: Reply, hello: dict[str, Any]) -> None:
        if reply is not self._reply:
            return
        tests = hello.get("self_test", [])
        bad = [test for test in tests if not test.get("ok")]
        text = self.tr("Evenbeat {version} with Python {python} answers.").format(
            version=hello.get("evenbeat"), python=hello.get("python")
        )
        if bad:
            text += " " + self.tr("Not everything is in order; see below.")
        self._say("warning" if bad else "ready", text)
        for test in tests:
            self._row(test.get("name"), test.get("detail"), test.get("advice"), test.get("ok"))
        for name, version in hello.get("packages", {}).items():
            self._row(name, version, "", True)
        for column in range(2):
            self.rows.resizeColumnToContents(column)

    def _show_error(self, reply: Reply, error: EngineError) -> None:
        if reply is not self._reply or error.cancelled:
            return
        advice = error.failure.advice.replace(setup_advice(), "").strip()
        self._say("failed", "\n".join(part for part in (error.failure.message, advice) if part))

    def _row(self, name: Any, detail: Any, advice: Any, ok: Any) -> None:
        mark = "\u2713" if ok else "\u2717"
        shown = from_home(str(detail or ""))
        row = QTreeWidgetItem([f"{mark} {name}", shown, str(advice or "")])
        for column in range(3):
            row.setToolTip(column, row.text(column))
        self.rows.addTopLevelItem(row)

    def _say(self, state: str, text: str) -> None:
        self.state = state
        self.rows.setEnabled(state in {"ready", "warning"})
        colour = {"ready": "#3c9d4e", "warning": "#c77700", "failed": "#c9302c"}.get(state, "")
        self.verdict.setStyleSheet(f"color: {colour}; font-weight: bold" if colour else "")
        self.verdict.setText(text)
