"""Makes a briefing for a panel: asks the engine, then draws sheet by sheet in the main thread."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from qgis.core import QgsFeedback, QgsPrintLayout, QgsProcessingException, QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from evenbeat.briefing.day import day_of
from evenbeat.briefing.export import Order, export
from evenbeat.briefing.page import open_template
from evenbeat.briefing.templates import OWN_FOLDER, Template
from evenbeat.engine.calls import Reply
from evenbeat.engine.client import WORK, Engine
from evenbeat.engine.protocol import EngineError, Failure

GROUP = "Evenbeat briefing"


class BriefingMaker(QObject):
    """One briefing at a time; the signals tell how far it is and what came of it."""

    progressed = pyqtSignal(str, float)
    made = pyqtSignal(list)
    opened = pyqtSignal(object)
    failed = pyqtSignal(object)
    ended = pyqtSignal()

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine
        self._reply: Reply | None = None
        self._feedback: QgsFeedback | None = None

    @property
    def is_busy(self) -> bool:
        """Whether one is being made."""
        return self._reply is not None or self._feedback is not None

    def export(self, workspace: str, date: str, template: Template, order: Order) -> None:
        """Write a briefing; `made` follows with its files, or `failed`."""
        folder = tempfile.mkdtemp(prefix="evenbeat-")

        def write(found: dict[str, Any]) -> None:
            self._write(found, template, order)

        self._gather(workspace, date, folder, write, keep=False)

    def open(self, workspace: str, date: str, template: Template, folder: Path) -> None:
        """Put the day and the template into the project as a layout; `opened` follows.

        Parameters
        ----------
        folder
            Where the day's files stay.
        """

        def show(found: dict[str, Any]) -> None:
            self.opened.emit(layout_in_project(found, template))

        self._gather(workspace, date, str(folder), show, keep=True)

    def cancel(self) -> None:
        """End it at the next step."""
        if self._feedback is not None:
            self._feedback.cancel()
        if self._reply is not None:
            self._reply.cancel()

    def _gather(
        self, workspace: str, date: str, folder: str, then: Any, *, keep: bool
    ) -> None:  # fmt: skip
        reply = self._engine.ask(
            "briefing-data", {"workspace": workspace, "date": date, "out": folder}, lane=WORK
        )
        self._reply = reply
        reply.progressed.connect(lambda stage, fraction, _left: self.progressed.emit(
            stage, 0.2 * fraction
        ))  # fmt: skip
        reply.failed.connect(lambda error: self._end(folder, keep, error))
        reply.finished.connect(lambda found: self._go_on(found, then, folder, keep))

    def _go_on(self, found: dict[str, Any], then: Any, folder: str, keep: bool) -> None:
        self._reply = None
        error = None
        try:
            then(found)
        except EngineError as refusal:
            error = refusal
        except QgsProcessingException as refusal:
            error = EngineError(Failure("Layout", str(refusal)))
        self._end(folder, keep, error)

    def _end(self, folder: str, keep: bool, error: EngineError | None) -> None:
        self._reply = self._feedback = None
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
        if error is not None:
            self.failed.emit(error)
        self.ended.emit()

    def _write(self, found: dict[str, Any], template: Template, order: Order) -> None:
        self._feedback = QgsFeedback()
        self._feedback.progressChanged.connect(self._drawn)
        project = QgsProject()
        day = day_of(found, project, grey=template.grey)
        files = export(day, template.document(), order, self._feedback)
        project.clear()
        if not files:
            raise EngineError(Failure("Cancelled", self.tr("cancelled; nothing was written")))
        self.made.emit(files)

    def _drawn(self, percent: float) -> None:
        self.progressed.emit(self.tr("drawing the pages"), 0.2 + 0.008 * percent)
        # Layouts are drawn in this thread: let the window live between two pages.
        QCoreApplication.processEvents()


def own_copy(template: Template, workspace: str) -> Template:
    """Return the workspace's copy of a template, made where there is none yet.

    Raises
    ------
    QgsProcessingException
        The workspace cannot be changed.
    """
    folder = Path(workspace) / OWN_FOLDER
    target = folder / f"{template.name}.qpt"
    if not target.is_file():
        try:
            folder.mkdir(exist_ok=True)
            shutil.copyfile(template.path, target)
        except OSError as error:
            raise QgsProcessingException(
                f"{target} cannot be written: {error.strerror}. The template was not copied; open "
                "a workspace that can be changed."
            ) from error
    return Template(template.name, target, own=True)


def layout_in_project(found: dict[str, Any], template: Template) -> QgsPrintLayout:
    """Put the layers of a day and a template into the open project, in place of former ones."""
    project = QgsProject.instance()
    root = project.layerTreeRoot()
    former = root.findGroup(GROUP)
    if former is not None:
        project.removeMapLayers([node.layerId() for node in former.findLayers()])
        root.removeChildNode(former)
    # A project without other layers takes the day's CRS, in which all lengths are right.
    crs = project.crs() if project.mapLayers() else None
    group = root.addGroup(GROUP)
    group.setItemVisibilityChecked(False)
    group.setExpanded(False)
    day = day_of(found, project, grey=template.grey, group=group)
    if crs is not None and crs.isValid():
        project.setCrs(crs)
    layout = open_template(day, template.document())
    layout.setName(f"{GROUP}: {template.name}")
    manager = project.layoutManager()
    present = manager.layoutByName(layout.name())
    if present is not None:
        manager.removeLayout(present)
    manager.addLayout(layout)
    return layout
