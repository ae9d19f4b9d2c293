"""A layer gets a role: which columns are which, where it is read from, and what a check says."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsMapLayerProxyModel, QgsVectorLayer
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from evenbeat.engine.protocol import EngineError
from evenbeat.gui.messages import sentence_label
from evenbeat.gui.progress_line import ProgressLine
from evenbeat.gui.sources.columns import LABEL_WIDTH, ColumnPickers
from evenbeat.gui.sources.entry import SourceDraft
from evenbeat.gui.sources.verdict import Verdict
from evenbeat.workspace.checking import LayerChecker
from evenbeat.workspace.handing_over import file_of
from evenbeat.workspace.roles import ROSTER, role_named, roles
from evenbeat.workspace.roster import rows_of, units_of
from evenbeat.workspace.saving import SourceSaver
from evenbeat.workspace.session import Session

_PAUSE_MS = 500
_CATEGORIES = ("places", "events")


class LayerDialog(QDialog):
    """Adds a layer of QGIS as a source, or changes a source; checks by itself after each change."""

    saved = pyqtSignal(str)

    def __init__(
        self, iface: Any, session: Session, *, role: str = "", entry: dict[str, Any] | None = None,
        number: int | None = None, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._number = session, number
        self._draft = SourceDraft(session, entry)
        self._found: dict[str, Any] = {}
        self._units: list[dict[str, Any]] = []
        self._columns_of_file: list[str] = []
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
        self._prefer(iface, role or (entry or {}).get("role", ""))
        self._read_categories()

    @property
    def layer(self) -> QgsVectorLayer | None:
        """Return the chosen layer; None where a source is changed."""
        return self.layers.currentLayer() if self._draft.is_new else None

    @property
    def role(self) -> str:
        """Return the chosen role."""
        return self.role_box.currentData()

    def check(self) -> None:
        """Check what is chosen."""
        self._wait.stop()
        self._set_ready(False)
        if self._draft.is_new and self.layer is None:
            self.verdict.say("none", self.tr(
                "The project has no vector layer yet. Add the layer to QGIS first."
            ))  # fmt: skip
        elif self.role == ROSTER:
            self._check_roster()
        else:
            keeps_copy = self._draft.is_new and not self.by_file.isChecked()
            self._checker.check(self._entry(), self.layer if keeps_copy else None)

    def _build(self, entry: dict[str, Any] | None) -> None:
        layout = QVBoxLayout(self)
        halves = QHBoxLayout()
        halves.addWidget(self._left(entry), 5)
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

    def _left(self, entry: dict[str, Any] | None) -> QWidget:
        box = QGroupBox(self.tr("Layer"))
        layout = QVBoxLayout(box)
        form = QFormLayout()
        if entry is None:
            self.layers = QgsMapLayerComboBox()
            self.layers.setObjectName("EvenbeatLayer")
            self.layers.setFilters(QgsMapLayerProxyModel.Filter.VectorLayer)
            self.layers.layerChanged.connect(lambda _layer: self._layer_chosen())
            layer_label = QLabel(self.tr("Layer"))
            layer_label.setMinimumWidth(LABEL_WIDTH)
            form.addRow(layer_label, self.layers)
        else:
            form.addRow(self.tr("Source"), sentence_label(entry["path"]))
        self.role_box = QComboBox()
        self.role_box.setObjectName("EvenbeatRole")
        for role in roles():
            if entry is None or role.name != ROSTER:
                self.role_box.addItem(role.title, role.name)
        self.role_box.currentIndexChanged.connect(lambda _index: self._role_chosen())
        form.addRow(self.tr("Role"), self.role_box)
        self.purpose = sentence_label(faint=True)
        self.purpose.setWordWrap(False)
        form.addRow(self.purpose)
        self.category = QComboBox()
        self.category.addItem(self.tr("from the column below"), "")
        self.category.currentIndexChanged.connect(lambda _index: self._check_soon())
        self.category_label = QLabel(self.tr("Category of all"))
        form.addRow(self.category_label, self.category)
        layout.addLayout(form)
        self.pickers = ColumnPickers()
        self.pickers.changed.connect(self._check_soon)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.pickers)
        for one in (scroll.viewport(), self.pickers):
            one.setAutoFillBackground(False)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._where(entry is None))
        return box

    def _where(self, is_new: bool) -> QWidget:
        self.where = QWidget()
        layout = QVBoxLayout(self.where)
        layout.setContentsMargins(0, 0, 0, 0)
        self.by_file = QRadioButton(self.tr("Read the layer's file, each time it changed"))
        self.by_copy = QRadioButton(self.tr("Keep a copy of what is read in the workspace"))
        group = QButtonGroup(self.where)
        for button in (self.by_file, self.by_copy):
            group.addButton(button)
            layout.addWidget(button)
        self.by_file.toggled.connect(lambda _on: self._check_soon())
        self.where.setVisible(is_new)
        return self.where

    def _prefer(self, iface: Any, role: str) -> None:
        """Choose what people probably want: the role asked for, and the layer in front."""
        if self._draft.is_new:
            active = iface.activeLayer() if iface is not None else None
            if isinstance(active, QgsVectorLayer):
                self.layers.setLayer(active)
        self.role_box.setCurrentIndex(max(0, self.role_box.findData(role)))
        self._layer_chosen()

    def _layer_chosen(self) -> None:
        layer = self.layer
        if layer is not None:
            self._columns_of_file = [field.name() for field in layer.fields()]
            file = file_of(layer)
            self.by_file.setEnabled(file is not None)
            self.by_file.setToolTip("" if file else self.tr(
                "The layer has a filter, joins or unsaved edits, or is not a file that the engine "
                "reads."
            ))  # fmt: skip
            (self.by_file if file else self.by_copy).setChecked(True)
        self._role_chosen()

    def _role_chosen(self) -> None:
        role = role_named(self.role)
        self.purpose.setText(role.purpose)
        has_category = self.role in _CATEGORIES
        self.category.setVisible(has_category)
        self.category_label.setVisible(has_category)
        if has_category:
            self._fill_categories()
        self.where.setVisible(self._draft.is_new and self.role != ROSTER)
        given = self._draft.columns_for(self.role)
        self.pickers.fill(role, self._columns_of_file, given)
        self._check_soon()

    def _check_soon(self) -> None:
        """Check once nothing more is changed for a moment; until then nothing can be saved."""
        self._set_ready(False)
        self._wait.start()

    def _entry(self) -> dict[str, Any]:
        category = self.category.currentData() if self.role in _CATEGORIES else ""
        return self._draft.entry(
            self.role, self.pickers.chosen(), category, self.layer, by_file=self.by_file.isChecked()
        )

    def _read_categories(self) -> None:
        self._categories: dict[str, list[str]] = {}
        reply = self._session.engine.ask("layer-roles", {})

        def take(found: dict[str, Any]) -> None:
            self._categories = {role["role"]: role["categories"] for role in found["roles"]}
            self._fill_categories()

        reply.finished.connect(take)

    def _fill_categories(self) -> None:
        known = getattr(self, "_categories", {}).get(self.role, [])
        chosen = self.category.currentData() or self._draft.given.get("category", "")
        self.category.blockSignals(True)
        while self.category.count() > 1:
            self.category.removeItem(1)
        for name in known or ([chosen] if chosen else []):
            self.category.addItem(name.replace("_", " "), name)
        self.category.setCurrentIndex(max(0, self.category.findData(chosen)))
        self.category.blockSignals(False)

    def _check_roster(self) -> None:
        columns, layer = self.pickers.chosen(), self.layer
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
        self._found = found
        if not self._draft.is_new and not self._columns_of_file:
            self._columns_of_file = found["columns_found"]
            self.pickers.blockSignals(True)
            given = self._draft.columns_for(self.role)
            self.pickers.fill(role_named(self.role), self._columns_of_file, given)
            self.pickers.blockSignals(False)
        chosen = self.pickers.chosen()
        self.pickers.show_found({
            ours: theirs for ours, theirs in found["columns"].items() if ours not in chosen
        })  # fmt: skip
        self._set_ready(self.verdict.show_check(found))

    def _check_failed(self, error: EngineError) -> None:
        self.verdict.show_error(error)

    def _set_ready(self, ready: bool) -> None:
        self.save_button.setEnabled(ready and self._session.writable)

    def save(self) -> None:
        """Put it into the settings; the dialog closes when that is done."""
        self._set_ready(False)
        layer = self.layer
        if self.role == ROSTER:
            self._saver.save_roster(self._units)
        elif layer is not None and not self.by_file.isChecked():
            columns = set(self._found["columns"].values())
            self._saver.save_copy(layer, self._entry(), columns, self._number)
        else:
            self._saver.save(self._entry(), self._number)

    def _was_saved(self, what: str) -> None:
        words = self.tr("{what} is in the settings as {role}.").format(
            what=what, role=self.role_box.currentText().lower()
        )
        self.saved.emit(words)
        self.accept()

    def _save_failed(self, error: EngineError) -> None:
        self.verdict.show_error(error)
        self._set_ready(True)
