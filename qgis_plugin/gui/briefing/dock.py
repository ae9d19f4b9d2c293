"""The dock of briefings: a day, a template, and one click to PDF, PNG or SVG."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingException, QgsSettings
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QStandardPaths, Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QKeySequence
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDockWidget,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from evenbeat import project
from evenbeat.briefing.export import FORMATS, Order
from evenbeat.briefing.maker import BriefingMaker, own_copy
from evenbeat.briefing.templates import Template, templates
from evenbeat.engine.protocol import EngineError, Failure
from evenbeat.gui.icons import icon
from evenbeat.gui.messages import error_text, sentence_label, tell, tell_error
from evenbeat.workspace.session import Session

SHORTCUT = "Ctrl+Alt+B"
FOLDER = "briefings"
_TEMPLATE_SETTING = "evenbeat/briefing/template"
_STEPS = 1000
_EMPTY, _READY = 0, 1


class BriefingDock(QDockWidget):
    """Shows what is missing, or the form."""

    def __init__(self, iface: Any, session: Session) -> None:
        super().__init__()
        self.setObjectName("EvenbeatBriefing")
        self.setWindowTitle(self.tr("Evenbeat: briefing"))
        self.iface = iface
        self._session = session
        self._refusal: EngineError | None = None
        self.maker = BriefingMaker(session.engine)
        self.maker.progressed.connect(self._progress)
        self.maker.made.connect(self._made)
        self.maker.opened.connect(self._opened)
        self.maker.failed.connect(self._failed)
        self.maker.ended.connect(self._ended)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(8, 8, 8, 8)
        self.faces = QStackedWidget()
        self.faces.addWidget(self._empty())
        self.faces.addWidget(self._form())
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
            self._fill()
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
        template = self.chosen_template()
        if template is None or self.maker.is_busy:
            return
        QgsSettings().setValue(_TEMPLATE_SETTING, template.name)
        kind = self.kind.currentData()
        order = Order(
            Path(self.folder.filePath().strip() or self._own_folder()), kind,
            _chosen(self.shift), _chosen(self.district),
        )  # fmt: skip
        self._busy(True)
        self.maker.export(self._session.root, self.day.currentText(), template, order)

    def edit(self) -> None:
        """Open the workspace's own copy of the template in QGIS's layout window."""
        template = self.chosen_template()
        if template is None or self.maker.is_busy:
            return
        try:
            own = own_copy(template, self._session.root)
        except QgsProcessingException as error:
            tell_error(self.iface, self.tr("The template was not opened"),
                       EngineError(Failure("Layout", str(error))))  # fmt: skip
            return
        cache = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.CacheLocation)
        kept = Path(cache) / "evenbeat-layouts"
        self._edited = own
        self._busy(True)
        self.maker.open(self._session.root, self.day.currentText(), own, kept)

    def chosen_template(self) -> Template | None:
        """Return the template of the form."""
        return self.template.currentData()

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

    def _form(self) -> QWidget:
        face = QWidget()
        layout = QVBoxLayout(face)
        layout.setContentsMargins(0, 0, 0, 0)
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
        self.edit_button.clicked.connect(self.edit)
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
        layout.addLayout(form)
        layout.addLayout(self._buttons())
        self.note = sentence_label(faint=True)
        layout.addWidget(self.note)
        layout.addStretch(1)
        return face

    def _buttons(self) -> QVBoxLayout:
        self.button = QPushButton(icon("briefing"), self.tr("Export the briefing"))
        self.button.setShortcut(QKeySequence(SHORTCUT))
        self.button.setToolTip(self.tr("Write it into the folder ({keys})").format(keys=SHORTCUT))
        self.button.clicked.connect(self.export)
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.cancel = QPushButton(icon("cancel"), self.tr("Cancel"))
        self.cancel.clicked.connect(self.maker.cancel)
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

    def _fill(self) -> None:
        """Offer what the workspace has; keep what was chosen."""
        summary = self._session.summary
        days = sorted((str(day) for day in summary["run_dates"]), reverse=True)
        wanted = self.day.currentText() or project.remembered(project.DATE)
        _offer(self.day, [(day, day) for day in days], wanted)
        shifts = [(name.capitalize(), name) for name in map(_named, summary["shifts"])]
        _offer(self.shift, [(self.tr("All shifts"), ""), *shifts], self.shift.currentData())
        districts = [(name, name) for name in map(str, summary["districts"])]
        _offer(self.district, [(self.tr("All districts"), ""), *districts],
               self.district.currentData())  # fmt: skip
        chosen = self.chosen_template()
        name = chosen.name if chosen else str(QgsSettings().value(_TEMPLATE_SETTING, "") or "")
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

    def _run_day(self) -> None:
        import processing

        processing.execAlgorithmDialog("evenbeat:daily", {"WORKSPACE": self._session.root})
        self._session.read()

    def _busy(self, busy: bool) -> None:
        self.line.setVisible(busy)
        self.stage.setVisible(busy)
        self.bar.setValue(0)
        self.stage.setText(self.tr("Gathering the day") if busy else "")
        for widget in (self.button, self.edit_button, self.day, self.shift, self.district,
                       self.template, self.kind, self.folder):  # fmt: skip
            widget.setEnabled(not busy)
        if not busy:
            self.edit_button.setEnabled(self._session.writable)

    def _progress(self, stage: str, fraction: float) -> None:
        self.bar.setValue(round(_STEPS * fraction))
        self.stage.setText(stage[:1].upper() + stage[1:])

    def _made(self, files: list[Path]) -> None:
        first = files[0]
        shown = first if len(files) == 1 else first.parent
        self.note.setText(str(shown))
        tell(
            self.iface, self.tr("The briefing is written: {name}").format(name=shown.name),
            button=(self.tr("Open"), lambda: QDesktopServices.openUrl(
                QUrl.fromLocalFile(str(shown))
            )),
        )  # fmt: skip

    def _opened(self, layout: Any) -> None:
        self.iface.openLayoutDesigner(layout)
        self.note.setText(self.tr(
            "When it looks right: Layout > Save as Template, over {path}"
        ).format(path=self._edited.path))  # fmt: skip

    def _failed(self, error: EngineError) -> None:
        tell_error(self.iface, self.tr("The briefing was not written"), error)

    def _ended(self) -> None:
        self._busy(False)
        self.show_state()

    def _refused(self, error: EngineError) -> None:
        self._refusal = error


def _offer(box: QComboBox, items: list[tuple[str, str]], wanted: Any) -> None:
    """Fill a list, keeping the choice where it is still there."""
    box.clear()
    for text, value in items:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(wanted)))


def _chosen(box: QComboBox) -> tuple[str, ...]:
    value = box.currentData()
    return (value,) if value else ()


def _named(entry: Any) -> str:
    """Return a name of a summary, whether it is told alone or with more."""
    return str(entry["name"]) if isinstance(entry, dict) else str(entry)


def _title(template: Template) -> str:
    """Return a template's name as people read it: "A4 portrait colour"."""
    words = template.name.replace("-", " ")
    return words[:1].upper() + words[1:]
