"""The dock of the workspace: the open one at the top, below it layers and priorities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsCoordinateReferenceSystem, QgsUnitTypes
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDockWidget,
    QLabel,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from evenbeat.engine.protocol import EngineError
from evenbeat.gui.empty_state import EmptyState
from evenbeat.gui.messages import error_text, sentence_label, tell, warn
from evenbeat.gui.priorities.page import PrioritiesPage
from evenbeat.gui.sources.page import SourcesPage
from evenbeat.gui.workspace.chooser import WorkspaceChooser
from evenbeat.gui.workspace.new_dialog import NewWorkspaceDialog
from evenbeat.workspace.session import Session


class WorkspaceDock(QDockWidget):
    """Shows one of three faces: no workspace, one that is being read or cannot be, an open one."""

    def __init__(self, iface: Any, session: Session) -> None:
        super().__init__()
        self.setObjectName("EvenbeatWorkspace")
        self.setWindowTitle(self.tr("Workspace and layers"))
        self.iface = iface
        self._session = session
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(8, 8, 8, 8)
        self.chooser = WorkspaceChooser(session)
        self.chooser.new_wanted.connect(self.make_new)
        self.chooser.not_one.connect(self._no_workspace)
        layout.addWidget(self.chooser)
        self.faces = QStackedWidget()
        nothing = EmptyState()
        self.message = nothing.message
        self.start = nothing.offer(self.tr("Make a workspace..."), self.make_new)
        self.faces.addWidget(nothing)
        self.faces.addWidget(self._open())
        layout.addWidget(self.faces, 1)
        self.setWidget(whole)
        self._error: EngineError | None = None
        session.refused.connect(self._refused)
        session.changed.connect(self.show_state)
        self.show_state()

    def make_new(self) -> None:
        """Ask for a new workspace, and open it."""
        dialog = NewWorkspaceDialog(self._session.engine, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._session.open(dialog.root)
            tell(self.iface, self.tr("The workspace is made. Add the districts next."))

    def show_state(self) -> None:
        """Show what the session knows."""
        session = self._session
        if session.is_open:
            self._error = None
            self._show_facts(session.summary)
            self.faces.setCurrentIndex(1)
            return
        self.faces.setCurrentIndex(0)
        self.start.setVisible(not session.root)
        if session.is_reading:
            self.message.setText(self.tr("Reading the workspace..."))
        elif self._error is not None:
            self.message.setText(error_text(self._error))
        else:
            self.message.setText(self.tr(
                "No workspace is open. Open a folder that holds evenbeat.toml, or make a new one "
                "and add your layers to it."
            ))  # fmt: skip

    def _open(self) -> QWidget:
        face = QWidget()
        layout = QVBoxLayout(face)
        layout.setContentsMargins(0, 4, 0, 0)
        self.agency = QLabel()
        font = self.agency.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.2)
        self.agency.setFont(font)
        self.facts = sentence_label(faint=True)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.sources = SourcesPage(self.iface, self._session)
        self.priorities = PrioritiesPage(self.iface, self._session)
        self.tabs.addTab(self.sources, self.tr("Layers"))
        self.tabs.addTab(self.priorities, self.tr("Priorities"))
        layout.addWidget(self.agency)
        layout.addWidget(self.facts)
        layout.addWidget(self.tabs, 1)
        return face

    def _show_facts(self, summary: dict[str, Any]) -> None:
        self.agency.setText(summary["agency"])
        crs = summary["crs"]
        facts = [
            self.tr("CRS by itself") if crs == "auto" else crs,
            self.tr("cells of {size:g} {unit}").format(size=summary["cell_size"], unit=_unit(crs)),
            self.tr("{shifts} shifts").format(shifts=len(summary["shifts"])),
            summary["timezone"],
            self.tr("you are {actor} ({role})").format(
                actor=summary["actor"], role=summary["role"] or self.tr("no reviewer")
            ),
        ]
        if not summary["writable"]:
            facts.append(self.tr("can only be read"))
        self.facts.setText("  \u00b7  ".join(facts))

    def _refused(self, error: EngineError) -> None:
        self._error = error

    def _no_workspace(self, root: str) -> None:
        warn(self.iface, self.tr(
            "{folder} is no workspace: it has no evenbeat.toml. Choose another folder, or make it "
            "one with New..."
        ).format(folder=Path(root).name or root))  # fmt: skip


def _unit(crs: str) -> str:
    """Return the unit of a CRS as people write it; one that Evenbeat chooses is in metres."""
    known = QgsCoordinateReferenceSystem(crs)
    return QgsUnitTypes.toAbbreviatedString(known.mapUnits()) if known.isValid() else "m"
