"""What is asked about a layer: which one, its role, its columns, and where it is read from."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsMapLayerProxyModel, QgsVectorLayer
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from evenbeat.gui.messages import sentence_label
from evenbeat.gui.sources.columns import LABEL_WIDTH, ColumnPickers
from evenbeat.gui.sources.entry import SourceDraft
from evenbeat.workspace.handing_over import file_of
from evenbeat.workspace.roles import ROSTER, role_named, roles
from evenbeat.workspace.session import Session

_CATEGORIES = ("places", "events")


class LayerForm(QGroupBox):
    """The questions; `changed` follows each answer."""

    changed = pyqtSignal()

    def __init__(self, session: Session, entry: dict[str, Any] | None) -> None:
        super().__init__()
        self.setTitle(self.tr("Layer"))
        self._session = session
        self._draft = SourceDraft(session, entry)
        self._categories: dict[str, list[str]] = {}
        self.columns_of_file: list[str] = []
        layout = QVBoxLayout(self)
        layout.addLayout(self._choices(entry))
        layout.addWidget(self._columns(), 1)
        layout.addWidget(self._where(entry is None))
        self._read_categories()

    @property
    def layer(self) -> QgsVectorLayer | None:
        """Return the chosen layer; None where a source is changed."""
        return self.layers.currentLayer() if self._draft.is_new else None

    @property
    def role(self) -> str:
        """Return the chosen role."""
        return self.role_box.currentData()

    @property
    def is_new(self) -> bool:
        """Return whether a layer is added, not a source changed."""
        return self._draft.is_new

    @property
    def layer_to_copy(self) -> QgsVectorLayer | None:
        """Return the layer where a copy of it is kept; None where its file is read."""
        return None if self.by_file.isChecked() else self.layer

    def prefer(self, iface: Any, role: str) -> None:
        """Choose what people probably want: the role asked for, and the layer in front."""
        if self._draft.is_new:
            active = iface.activeLayer() if iface is not None else None
            if isinstance(active, QgsVectorLayer):
                self.layers.setLayer(active)
        self.role_box.setCurrentIndex(max(0, self.role_box.findData(role)))
        self._layer_chosen()

    def entry(self) -> dict[str, Any]:
        """Return the entry of the sources that the answers make."""
        category = self.category.currentData() if self.role in _CATEGORIES else ""
        return self._draft.entry(
            self.role, self.pickers.chosen(), category, self.layer, by_file=self.by_file.isChecked()
        )

    def learn_columns(self, columns: list[str]) -> None:
        """Fill the pickers with the columns of a source, once its file was read."""
        if self._draft.is_new or self.columns_of_file:
            return
        self.columns_of_file = columns
        self.pickers.blockSignals(True)
        self.pickers.fill(role_named(self.role), columns, self._draft.columns_for(self.role))
        self.pickers.blockSignals(False)

    def _choices(self, entry: dict[str, Any] | None) -> QFormLayout:
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
        self.category.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.category_label = QLabel(self.tr("Category of all"))
        form.addRow(self.category_label, self.category)
        return form

    def _columns(self) -> QScrollArea:
        self.pickers = ColumnPickers()
        self.pickers.changed.connect(self.changed)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.pickers)
        for one in (scroll.viewport(), self.pickers):
            one.setAutoFillBackground(False)
        return scroll

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
        self.by_file.toggled.connect(lambda _on: self.changed.emit())
        self.where.setVisible(is_new)
        return self.where

    def _layer_chosen(self) -> None:
        layer = self.layer
        if layer is not None:
            self.columns_of_file = [field.name() for field in layer.fields()]
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
        self.pickers.fill(role, self.columns_of_file, given)
        self.changed.emit()

    def _read_categories(self) -> None:
        reply = self._session.engine.ask("layer-roles", {})

        def take(found: dict[str, Any]) -> None:
            if sip.isdeleted(self):
                return
            self._categories = {role["role"]: role["categories"] for role in found["roles"]}
            self._fill_categories()

        reply.finished.connect(take)

    def _fill_categories(self) -> None:
        known = self._categories.get(self.role, [])
        chosen = self.category.currentData() or self._draft.given.get("category", "")
        self.category.blockSignals(True)
        while self.category.count() > 1:
            self.category.removeItem(1)
        for name in known or ([chosen] if chosen else []):
            self.category.addItem(name.replace("_", " "), name)
        self.category.setCurrentIndex(max(0, self.category.findData(chosen)))
        self.category.blockSignals(False)
