"""The dock of briefings: a day, a template, and one click to PDF, PNG or SVG."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingException, QgsSettings
from qgis.PyQt.QtCore import QStandardPaths, Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QDockWidget, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from evenbeat.briefing.maker import BriefingMaker, own_copy
from evenbeat.briefing.templates import Template
from evenbeat.engine.protocol import EngineError, Failure
from evenbeat.gui.briefing.form import TEMPLATE_SETTING, BriefingForm
from evenbeat.gui.icons import icon
from evenbeat.gui.messages import error_text, sentence_label, tell, tell_error
from evenbeat.workspace.session import Session

_CACHE = "evenbeat-layouts"
_EMPTY, _READY = 0, 1


class BriefingDock(QDockWidget):
    """Shows what is missing, or the form."""

    def __init__(self, iface: Any, session: Session) -> None:
        super().__init__()
        self.setObjectName("EvenbeatBriefing")
        self.setWindowTitle(self.tr("Briefing"))
        self.iface = iface
        self._session = session
        self._refusal: EngineError | None = None
        self._edited: Template | None = None
        self._written = Path()
        self.maker = BriefingMaker(session.engine)
        self.maker.made.connect(self._made)
        self.maker.opened.connect(self._opened)
        self.maker.failed.connect(self._failed)
        self.maker.ended.connect(self._ended)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(8, 8, 8, 8)
        self.faces = QStackedWidget()
        self.faces.addWidget(self._empty())
        self.form = BriefingForm(session)
        self.maker.progressed.connect(self.form.show_progress)
        self.form.export_wanted.connect(self.export)
        self.form.edit_wanted.connect(self.edit)
        self.form.cancel_wanted.connect(self.maker.cancel)
        self.form.open_wanted.connect(self.open)
        self.faces.addWidget(self.form)
        layout.addWidget(self.faces, 1)
        self.setWidget(whole)
        session.changed.connect(self.show_state)
        session.refused.connect(self._refused)
        self.show_state()

    def show_state(self) -> None:
        """Show the form where the workspace has a day, otherwise what is missing."""
        session = self._session
        self.run_day.setVisible(session.is_open)
        if session.is_open and session.summary["run_dates"]:
            self._refusal = None
            self.form.fill()
            self.faces.setCurrentIndex(_READY)
            return
        self.faces.setCurrentIndex(_EMPTY)
        if session.is_open:
            text = self.tr("No day of this workspace was run yet. Run the day; then its briefing "
                           "can be made.")  # fmt: skip
        elif session.is_reading:
            text = self.tr("Reading the workspace...")
        elif self._refusal is not None:
            text = error_text(self._refusal)
        else:
            text = self.tr("No workspace is open. Open one in the panel “Workspace and layers”.")
        self.message.setText(text)

    def export(self) -> None:
        """Write the briefing as the form says."""
        template = self.form.chosen_template()
        if template is None or self.maker.is_busy:
            return
        QgsSettings().setValue(TEMPLATE_SETTING, template.name)
        order, date = self.form.order(), self.form.day.currentText()
        self.form.set_busy(True)
        self.maker.export(self._session.root, date, template, order)

    def open(self) -> None:
        """Show what was written last, in the program that the desktop has for it."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written)))

    def edit(self) -> None:
        """Open the workspace's own copy of the template in QGIS's layout window."""
        template = self.form.chosen_template()
        if template is None or self.maker.is_busy:
            return
        try:
            own = own_copy(template, self._session.root)
        except QgsProcessingException as error:
            tell_error(self.iface, self.tr("The template was not opened"),
                       EngineError(Failure("Layout", str(error))))  # fmt: skip
            return
        cache = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.CacheLocation)
        kept = Path(cache) / _CACHE
        self._edited = own
        self.form.set_busy(True)
        self.maker.open(self._session.root, self.form.day.currentText(), own, kept)

    def _empty(self) -> QWidget:
        face = QWidget()
        layout = QVBoxLayout(face)
        layout.setContentsMargins(24, 24, 24, 24)
        self.message = sentence_label()
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.run_day = QPushButton(icon("run"), self.tr("Run the day..."))
        self.run_day.clicked.connect(self._run_day)
        layout.addStretch(1)
        layout.addWidget(self.message)
        layout.addSpacing(8)
        layout.addWidget(self.run_day, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)
        return face

    def _run_day(self) -> None:
        import processing

        processing.execAlgorithmDialog("evenbeat:daily", {"WORKSPACE": self._session.root})
        self._session.read()

    def _made(self, files: list[Path]) -> None:
        first = files[0]
        self._written = shown = first if len(files) == 1 else first.parent
        self.form.show_note(str(shown), can_open=True)
        tell(
            self.iface, self.tr("The briefing is written: {name}").format(name=shown.name),
            button=(self.tr("Open"), self.open),
        )  # fmt: skip

    def _opened(self, layout: Any) -> None:
        self.iface.openLayoutDesigner(layout)
        if self._edited is not None:
            text = self.tr("When it looks right: Layout > Save as Template, over {path}")
            self.form.show_note(text.format(path=self._edited.path))

    def _failed(self, error: EngineError) -> None:
        tell_error(self.iface, self.tr("The briefing was not written"), error)

    def _ended(self) -> None:
        self.form.set_busy(False)
        self.show_state()

    def _refused(self, error: EngineError) -> None:
        self._refusal = error
