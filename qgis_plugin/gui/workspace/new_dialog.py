"""A new workspace: its folder, the agency's name, time zone and CRS."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsProject
from qgis.gui import QgsFileWidget, QgsProjectionSelectionWidget
from qgis.PyQt.QtCore import Qt, QTimeZone
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from evenbeat.engine.client import Engine
from evenbeat.engine.protocol import EngineError
from evenbeat.gui.messages import error_text, sentence_label
from evenbeat.gui.progress_line import ProgressLine


class NewWorkspaceDialog(QDialog):
    """Asks the engine to make the workspace; stays open where it refuses."""

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self.setWindowTitle(self.tr("New Evenbeat workspace"))
        self.setMinimumWidth(480)
        layout = QVBoxLayout(self)
        layout.addWidget(sentence_label(self.tr(
            "A workspace is a folder that holds the settings, what was read of your layers, and "
            "every forecast and plan."
        )))  # fmt: skip
        layout.addLayout(self._form())
        self.complaint = sentence_label()
        self.complaint.hide()
        self.progress = ProgressLine()
        layout.addWidget(self.complaint)
        layout.addWidget(self.progress)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("Make it"))
        self.buttons.accepted.connect(self._make)
        self.buttons.rejected.connect(self.reject)
        layout.addStretch()
        layout.addWidget(self.buttons)
        self._judge()

    @property
    def root(self) -> str:
        """Return the folder."""
        return self.folder.filePath().strip()

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        self.folder = QgsFileWidget()
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.folder.setDialogTitle(self.tr("Folder of the new workspace"))
        self.folder.lineEdit().setPlaceholderText(self.tr("An empty folder, or a new one"))
        self.folder.fileChanged.connect(lambda _path: self._judge())
        self.agency = QLineEdit()
        self.agency.setPlaceholderText(self.tr("Shown on every page"))
        self.agency.textChanged.connect(lambda _text: self._judge())
        self.zone = QComboBox()
        self.zone.setEditable(True)
        self.zone.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.zone.addItems(sorted(_zone_names()))
        self.zone.setCurrentText(_own_zone())
        self.zone.completer().setFilterMode(Qt.MatchFlag.MatchContains)
        self.crs = QgsProjectionSelectionWidget()
        self.crs.setOptionVisible(QgsProjectionSelectionWidget.CrsOption.CrsNotSet, True)
        self.crs.setNotSetText(self.tr("By itself: the UTM zone of the districts"))
        project = QgsProject.instance().crs()
        self.crs.setCrs(
            project if project.isValid() and not project.isGeographic()
            and project.authid() != "EPSG:3857" else QgsCoordinateReferenceSystem()
        )  # fmt: skip
        form.addRow(self.tr("Folder"), self.folder)
        form.addRow(self.tr("Agency"), self.agency)
        form.addRow(self.tr("Time zone"), self.zone)
        form.addRow(self.tr("CRS"), self.crs)
        return form

    def _judge(self) -> None:
        can = bool(self.root and self.agency.text().strip())
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(can)

    def _make(self) -> None:
        crs = self.crs.crs()
        asked = {
            "folder": str(Path(self.root).expanduser()), "name": self.agency.text().strip(),
            "timezone": self.zone.currentText().strip(),
            "crs": crs.authid() if crs.isValid() else "auto",
        }  # fmt: skip
        self.complaint.hide()
        self.buttons.setEnabled(False)
        reply = self._engine.ask("init", asked)
        self.progress.follow(reply, self.tr("Making the workspace..."))
        reply.finished.connect(lambda _made: self.accept())
        reply.failed.connect(self._refused)

    def _refused(self, error: EngineError) -> None:
        self.buttons.setEnabled(True)
        self.complaint.setText(error_text(error))
        self.complaint.show()


def _zone_names() -> list[str]:
    return [bytes(name).decode() for name in QTimeZone.availableTimeZoneIds()]


def _own_zone() -> str:
    return bytes(QTimeZone.systemTimeZoneId()).decode() or "UTC"
