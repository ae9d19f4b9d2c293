"""The form of a briefing: which day, shift and district, which template, what kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsSettings
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QStandardPaths, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from evenbeat import project
from evenbeat.briefing.export import FORMATS, Order
from evenbeat.briefing.templates import DEFAULT, DEFAULT_IN_AMERICA, Template, templates
from evenbeat.gui.icons import icon
from evenbeat.gui.messages import sentence_label
from evenbeat.workspace.session import Session

SHORTCUT = "Ctrl+Alt+B"
FOLDER = "briefings"
TEMPLATE_SETTING = "evenbeat/briefing/template"
_STEPS = 1000


class BriefingForm(QWidget):
    """Fields and buttons; what they start is the dock's."""

    export_wanted = pyqtSignal()
    edit_wanted = pyqtSignal()
    cancel_wanted = pyqtSignal()
    open_wanted = pyqtSignal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._fields())
        layout.addLayout(self._buttons())
        self.note = sentence_label(faint=True)
        layout.addWidget(self.note)
        self.open_button = QPushButton(icon("open"), self.tr("Open"))
        self.open_button.clicked.connect(self.open_wanted)
        self.open_button.hide()
        layout.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)

    def order(self) -> Order:
        """Return what is to be written, as the fields say."""
        folder = Path(self.folder.filePath().strip() or self._own_folder())
        shifts, districts = _chosen(self.shift), _chosen(self.district)
        return Order(folder, self.kind.currentData(), shifts, districts)

    def chosen_template(self) -> Template | None:
        """Return the template that is chosen."""
        return self.template.currentData()

    def show_note(self, text: str, *, can_open: bool = False) -> None:
        """Show a sentence below the buttons, and whether what it names can be opened."""
        self.note.setText(text)
        self.open_button.setVisible(can_open)

    def set_busy(self, busy: bool) -> None:
        """Show how far it is, or nothing of it."""
        self.line.setVisible(busy)
        self.stage.setVisible(busy)
        self.bar.setValue(0)
        self.stage.setText(self.tr("Gathering the day") if busy else "")
        for widget in (self.button, self.edit_button, self.day, self.shift, self.district,
                       self.template, self.kind, self.folder):  # fmt: skip
            widget.setEnabled(not busy)
        if not busy:
            self.edit_button.setEnabled(self._session.writable)

    def show_progress(self, stage: str, fraction: float) -> None:
        """Show the stage and how much of all is done, 0 to 1."""
        self.bar.setValue(round(_STEPS * fraction))
        self.stage.setText(stage[:1].upper() + stage[1:])

    def _fields(self) -> QFormLayout:
        form = QFormLayout()
        self.day, self.shift, self.district = QComboBox(), QComboBox(), QComboBox()
        self.template, self.kind = QComboBox(), QComboBox()
        self.template.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.template.setMinimumContentsLength(16)
        for kind in FORMATS:
            self.kind.addItem(kind.upper(), kind)
        self.edit_button = QPushButton(icon("settings"), self.tr("Edit..."))
        self.edit_button.setToolTip(self.tr(
            "Open this template with the day in QGIS's layout window. The workspace gets a copy of "
            "its own, which is used from then on."
        ))  # fmt: skip
        self.edit_button.clicked.connect(lambda _checked=False: self.edit_wanted.emit())
        line = QHBoxLayout()
        line.addWidget(self.template, 1)
        line.addWidget(self.edit_button)
        self.folder = QgsFileWidget()
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        for text, field in (
            (self.tr("Day"), self.day), (self.tr("Shift"), self.shift),
            (self.tr("District"), self.district), (self.tr("Template"), line),
            (self.tr("Format"), self.kind), (self.tr("Folder"), self.folder),
        ):  # fmt: skip
            form.addRow(text, field)
        return form

    def _buttons(self) -> QVBoxLayout:
        self.button = QPushButton(icon("briefing"), self.tr("Export the briefing"))
        self.button.setShortcut(QKeySequence(SHORTCUT))
        self.button.setToolTip(self.tr("Write it into the folder ({keys})").format(keys=SHORTCUT))
        self.button.clicked.connect(lambda _checked=False: self.export_wanted.emit())
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.cancel = QPushButton(icon("cancel"), self.tr("Cancel"))
        self.cancel.clicked.connect(lambda _checked=False: self.cancel_wanted.emit())
        self.stage = sentence_label(faint=True)
        line = QHBoxLayout()
        line.addWidget(self.bar, 1)
        line.addWidget(self.cancel)
        self.line = QWidget()
        self.line.setLayout(line)
        line.setContentsMargins(0, 0, 0, 0)
        box = QVBoxLayout()
        box.addWidget(self.button)
        box.addWidget(self.line)
        box.addWidget(self.stage)
        self.line.hide()
        self.stage.hide()
        return box

    def fill(self) -> None:
        """Offer what the workspace has; keep what was chosen."""
        summary = self._session.summary
        days = sorted((str(day) for day in summary["run_dates"]), reverse=True)
        wanted = self.day.currentText() or project.remembered(project.DATE)
        _offer(self.day, [(day, day) for day in days], wanted)
        shifts = [(name.capitalize(), name) for name in summary["shifts"]]
        _offer(self.shift, [(self.tr("All shifts"), ""), *shifts], self.shift.currentData())
        districts = [(_district(one), one["district_id"]) for one in summary["districts"]]
        _offer(self.district, [(self.tr("All districts"), ""), *districts],
               self.district.currentData())  # fmt: skip
        chosen = self.chosen_template()
        name = chosen.name if chosen else str(QgsSettings().value(TEMPLATE_SETTING, "") or "")
        name = name or _usual(summary["timezone"])
        self.template.clear()
        for one in templates(self._session.root):
            shown = _title(one) + (self.tr(" (own)") if one.own else "")
            self.template.addItem(shown, one)
            self.template.setItemData(
                self.template.count() - 1, str(one.path), Qt.ItemDataRole.ToolTipRole
            )
            if one.name == name:
                self.template.setCurrentIndex(self.template.count() - 1)
        if not self.folder.filePath():
            self.folder.setFilePath(str(self._own_folder()))
        self.edit_button.setEnabled(self._session.writable)

    def _own_folder(self) -> Path:
        """Return where briefings go: the workspace, or where people keep documents."""
        if self._session.writable:
            return Path(self._session.root) / FOLDER
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        return Path(QStandardPaths.writableLocation(documents))


def _offer(box: QComboBox, items: list[tuple[str, str]], wanted: Any) -> None:
    """Fill a list, keeping the choice where it is still there."""
    box.clear()
    for text, value in items:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(wanted)))


def _chosen(box: QComboBox) -> tuple[str, ...]:
    value = box.currentData()
    return (value,) if value else ()


def _district(facts: dict[str, Any]) -> str:
    """Return a district as people know it: its name, its id where that says more."""
    name, identity = str(facts.get("name") or ""), str(facts["district_id"])
    return f"{name} ({identity})" if name and name != identity else identity


def _usual(timezone: str) -> str:
    """Return the template for the paper that is usual where the agency is."""
    return DEFAULT_IN_AMERICA if timezone.startswith("America/") else DEFAULT


def _title(template: Template) -> str:
    """Return a template's name as people read it: "A4 portrait colour"."""
    words = template.name.replace("-", " ")
    return words[:1].upper() + words[1:]
