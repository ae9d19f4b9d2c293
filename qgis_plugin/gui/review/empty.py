"""What the dock shows where there is nothing to review: why, and the step that comes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QFileDialog

from evenbeat.engine.protocol import EngineError
from evenbeat.gui.empty_state import EmptyState
from evenbeat.gui.messages import error_text
from evenbeat.workspace.session import Session


class EmptyFace(EmptyState):
    """Says why, and offers the next step."""

    reload_wanted = pyqtSignal()
    newest_wanted = pyqtSignal()
    cancel_wanted = pyqtSignal()

    def __init__(self, iface: Any, session: Session) -> None:
        super().__init__()
        self._iface = iface
        self._session = session
        self._error: EngineError | None = None
        self._press: Callable[[], None] | None = None
        self.words = self.message
        self.button = self.offer("", self._pressed)
        self.button.setObjectName("EvenbeatNextStep")
        self.newest = self.offer(self.tr("Show the newest planned day"), self.newest_wanted.emit)
        self.newest.setFlat(True)
        session.refused.connect(self._remember)

    def show_session(self) -> None:
        """Show why no workspace is open."""
        if self._session.is_reading:
            self._error = None
            self._show(self.tr("Reading the workspace..."))
        elif self._error is not None:
            self._show(error_text(self._error), self.tr("Open a workspace..."), self._open)
        else:
            self._show(
                self.tr("No workspace is open, so there is nothing to review."),
                self.tr("Open a workspace..."), self._open,
            )  # fmt: skip

    def show_reading(self) -> None:
        """Show that the day is being read."""
        self._show(
            self.tr("Reading the day. The engine may need some seconds to start..."),
            self.tr("Cancel"), self.cancel_wanted.emit,
        )  # fmt: skip

    def show_stopped(self) -> None:
        """Show that reading was cancelled."""
        self._show(self.tr("The day was not read."), self.tr("Read it"), self.reload_wanted.emit)

    def show_no_plan(self, date: str) -> None:
        """Show that a day has no boxes."""
        self._show(
            self.tr("No plan for {date} yet. Run the day, then review its boxes here.").format(
                date=date
            ),
            self.tr("Run the day..."), lambda: self._run(date),
        )  # fmt: skip
        self.newest.setVisible(bool(self._session.summary.get("run_dates")))

    def show_error(self, error: EngineError) -> None:
        """Show why the day could not be read."""
        self._show(error_text(error), self.tr("Try again"), self.reload_wanted.emit)

    def _show(self, words: str, button: str = "", press: Callable[[], None] | None = None) -> None:
        self.words.setText(words)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.newest.hide()
        self._press = press

    def _pressed(self) -> None:
        if self._press is not None:
            self._press()

    def _remember(self, error: EngineError) -> None:
        self._error = error

    def _open(self) -> None:
        root = QFileDialog.getExistingDirectory(
            self, self.tr("Choose the folder that holds evenbeat.toml")
        )
        if root:
            self._session.open(root)

    def _run(self, date: str) -> None:
        """Open the algorithm that runs the day, filled in; then read the day."""
        import processing

        parameters = {"WORKSPACE": self._session.root, "DATE": date}
        dialog = processing.createAlgorithmDialog("evenbeat:daily", parameters)
        dialog.finished.connect(lambda _result: self.reload_wanted.emit())
        dialog.show()
