"""A layer gets a role: which columns are which, where it is read from, and what a check says."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsVectorLayer
from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGroupBox,
    QHBoxLayout,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from evenbeat.engine.protocol import EngineError
from evenbeat.gui.progress_line import ProgressLine
from evenbeat.gui.sources.layer_form import LayerForm
from evenbeat.gui.sources.verdict import Verdict
from evenbeat.workspace.checking import LayerChecker
from evenbeat.workspace.handing_over import another_name
from evenbeat.workspace.roles import ROSTER, role_named
from evenbeat.workspace.roster import rows_of, units_of
from evenbeat.workspace.saving import SourceSaver
from evenbeat.workspace.session import Session

_PAUSE_MS = 500


class LayerDialog(QDialog):
    """Adds a layer of QGIS as a source, or changes a source; checks by itself after each change."""

    saved = pyqtSignal(str)

    def __init__(
        self, iface: Any, session: Session, *, role: str = "", entry: dict[str, Any] | None = None,
        number: int | None = None, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._number = session, number
        self._found: dict[str, Any] = {}
        self._units: list[dict[str, Any]] = []
        self.setWindowTitle(self.tr("Add a layer") if entry is None else self.tr("Source"))
        self.resize(860, 560)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_PAUSE_MS)
        self._wait.timeout.connect(self.check)
        self._build(entry)
        self._checker = LayerChecker(session, self)
        self._checker.begun.connect(lambda words: self.verdict.say("none", words))
        self._checker.replied.connect(
            lambda reply: self.progress.follow(reply, self.tr("Checking the layer..."))
        )
        self._checker.told.connect(self._show_check)
        self._checker.failed.connect(self._check_failed)
        self._saver = SourceSaver(session, self)
        self._saver.saved.connect(self._was_saved)
        self._saver.failed.connect(self._save_failed)
        self.finished.connect(lambda _code: self._checker.close())
        self.form.prefer(iface, role or (entry or {}).get("role", ""))

    def check(self) -> None:
        """Check what is chosen."""
        self._wait.stop()
        self._set_ready(False)
        if self.form.is_new and self.form.layer is None:
            self.verdict.say("none", self.tr(
                "The project has no vector layer yet. Add the layer to QGIS first."
            ))  # fmt: skip
        elif self.form.role == ROSTER:
            self._check_roster()
        else:
            self._checker.check(self.form.entry(), self.form.layer_to_copy)

    def _build(self, entry: dict[str, Any] | None) -> None:
        layout = QVBoxLayout(self)
        halves = QHBoxLayout()
        self.form = LayerForm(self._session, entry)
        self.form.changed.connect(self._check_soon)
        halves.addWidget(self.form, 5)
        right = QGroupBox(self.tr("Check"))
        inner = QVBoxLayout(right)
        self.verdict = Verdict()
        self.progress = ProgressLine()
        inner.addWidget(self.verdict, 1)
        inner.addWidget(self.progress)
        inner.addStretch(0)
        halves.addWidget(right, 6)
        layout.addLayout(halves, 1)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self.save_button = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        self.save_button.setText(self.tr("Add it") if entry is None else self.tr("Save"))
        self.save_button.setEnabled(False)
        self.buttons.accepted.connect(self.save)
        self.buttons.rejected.connect(self.reject)
        layout.addWidget(self.buttons)

    def _check_soon(self) -> None:
        """Check once nothing more is changed for a moment; until then nothing can be saved."""
        self._set_ready(False)
        self._wait.start()

    def _check_roster(self) -> None:
        columns, layer = self.form.pickers.chosen(), self.form.layer
        lacking = [one.title for one in role_named(ROSTER).columns
                   if one.needed and not columns.get(one.name)]  # fmt: skip
        if lacking or layer is None:
            words = self.tr("Choose the columns: {names}.").format(names=", ".join(lacking))
            self.verdict.show_problems([words], "")
            return
        summary = self._session.summary
        districts = {one["district_id"] for one in summary["districts"]}
        self._units, problems = units_of(rows_of(layer, columns), districts, set(summary["shifts"]))
        good = self.tr("{count} units in {districts} districts.").format(
            count=len(self._units), districts=len({unit["district"] for unit in self._units})
        )
        self._set_ready(self.verdict.show_problems(problems, good) and bool(self._units))

    def _show_check(self, found: dict[str, Any]) -> None:
        if found["role"] != self.form.role:
            return
        self._found = found
        self.form.learn_columns(found["columns_found"])
        chosen = self.form.pickers.chosen()
        self.form.pickers.show_found({
            ours: theirs for ours, theirs in found["columns"].items() if ours not in chosen
        })  # fmt: skip
        usable = self.verdict.show_check(found)
        self._set_ready(usable and not self._wait.isActive())

    def _check_failed(self, error: EngineError) -> None:
        self.verdict.show_error(error)

    def _set_ready(self, ready: bool) -> None:
        self.save_button.setEnabled(ready and self._session.writable)

    def save(self) -> None:
        """Put it into the settings; the dialog closes when that is done."""
        self._set_ready(False)
        layer = self.form.layer_to_copy
        if self.form.role == ROSTER:
            self._saver.save_roster(self._units)
        elif layer is not None:
            self._save_copy(layer)
        else:
            self._saver.save(self.form.entry(), self._number)

    def _save_copy(self, layer: QgsVectorLayer) -> None:
        """Keep a copy; ask where the workspace has one of a layer of that name and role."""
        entry = self.form.entry()
        taken = {one["path"] for one in self._session.summary["sources"]}
        if self._number is None and entry["path"] in taken:
            replaces = self._ask_to_replace(layer.name())
            if replaces is None:
                self._set_ready(True)
                return
            if not replaces:
                entry["path"] = another_name(entry["path"], taken)
        columns = set(self._found["columns"].values())
        self._saver.save_copy(layer, entry, columns, self._number)

    def _ask_to_replace(self, name: str) -> bool | None:
        """Return whether the copy that is there is replaced; None where neither is wanted."""
        box = QMessageBox(self)
        box.setWindowTitle(self.tr("Add a layer"))
        box.setText(self.tr(
            "The workspace has a copy of a layer named {name} in this role. Replace it, or keep "
            "both?"
        ).format(name=name))  # fmt: skip
        replace = box.addButton(self.tr("Replace"), QMessageBox.ButtonRole.AcceptRole)
        both = box.addButton(self.tr("Keep both"), QMessageBox.ButtonRole.NoRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        pressed = box.clickedButton()
        return pressed is replace if pressed in (replace, both) else None

    def _was_saved(self, what: str) -> None:
        words = self.tr("{what} is in the settings as {role}.").format(
            what=what, role=self.form.role_box.currentText().lower()
        )
        self.saved.emit(words)
        self.accept()

    def _save_failed(self, error: EngineError) -> None:
        self.verdict.show_error(error)
        self._set_ready(True)
