"""The open workspace, shared by all panels: they ask it, and hear when something changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from evenbeat import project
from evenbeat.engine.calls import Reply
from evenbeat.engine.client import Engine
from evenbeat.engine.protocol import EngineError
from evenbeat.workspace.recent import remember_workspace


class Session(QObject):
    """Which workspace is open, and its summary.

    It follows the project: a project that is opened opens its workspace, and a workspace that is
    opened is remembered by the project.
    """

    changed = pyqtSignal()
    refused = pyqtSignal(object)

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.root = ""
        self.summary: dict[str, Any] = {}
        self.is_reading = False
        self._reply: Reply | None = None
        self._waiting: set[Reply] = set()
        store = QgsProject.instance()
        store.customVariablesChanged.connect(self.follow_project)
        store.readProject.connect(self.follow_project)
        store.cleared.connect(self._on_cleared)

    @property
    def is_open(self) -> bool:
        """Return whether a workspace is open and could be read."""
        return bool(self.summary)

    @property
    def writable(self) -> bool:
        """Return whether the open workspace can be changed."""
        return bool(self.summary.get("writable"))

    def follow_project(self, *_: Any) -> None:
        """Open the workspace that the project names."""
        wanted = project.remembered(project.WORKSPACE)
        if wanted and wanted != self.root:
            self.open(wanted)

    def open(self, root: str) -> None:
        """Open a workspace; `changed` follows, or `refused` with the reason."""
        self.root = str(Path(root))
        self.summary = {}
        self.read()

    def read(self) -> None:
        """Read the summary again."""
        if not self.root:
            return
        if self._reply is not None:
            self._reply.cancel()
        self.is_reading = True
        reply = self.ask("workspace-summary")
        reply.finished.connect(lambda found: self._take(reply, found))
        reply.failed.connect(lambda error: self._refuse(reply, error))
        self._reply = reply
        self.changed.emit()

    def ask(self, operation: str, lane: str = "screen", **parameters: Any) -> Reply:
        """Send the engine a request about this workspace."""
        reply = self.engine.ask(operation, {"workspace": self.root, **parameters}, lane=lane)
        self._waiting.add(reply)
        reply.ended.connect(lambda: self._waiting.discard(reply))
        return reply

    def close(self) -> None:
        """Follow the project no more; what is asked is answered to nobody, for panels go too."""
        for reply in self._waiting:
            reply.cancel()
            reply.blockSignals(True)
        self._waiting.clear()
        store = QgsProject.instance()
        store.customVariablesChanged.disconnect(self.follow_project)
        store.readProject.disconnect(self.follow_project)
        store.cleared.disconnect(self._on_cleared)

    def _on_cleared(self) -> None:
        """Let a new project know the open workspace: panels show it, and algorithms ask for it.

        A project is cleared before another is read, too; then that one says which workspace it has.
        """
        QTimer.singleShot(0, self._tell_new_project)

    def _tell_new_project(self) -> None:
        store = QgsProject.instance()
        if self.is_open and not store.fileName() and not project.remembered(project.WORKSPACE):
            was_changed = store.isDirty()
            project.remember(workspace=self.root)
            store.setDirty(was_changed)

    def _take(self, reply: Reply, found: dict[str, Any]) -> None:
        if reply is not self._reply:
            return
        self.is_reading = False
        self.summary = found
        remember_workspace(self.root)
        project.remember(workspace=self.root)
        self.changed.emit()

    def _refuse(self, reply: Reply, error: EngineError) -> None:
        if reply is not self._reply or error.cancelled:
            return
        self.is_reading = False
        self.summary = {}
        self.refused.emit(error)
        self.changed.emit()


_shared: dict[int, Session] = {}


def shared_session(engine: Engine) -> Session:
    """Return the session of an engine, made with the first panel that needs it."""
    if id(engine) not in _shared:
        session = Session(engine)
        _shared.clear()
        _shared[id(engine)] = session
        session.follow_project()
    return _shared[id(engine)]


def close_shared_session() -> None:
    """Forget the session; the plugin is unloaded."""
    while _shared:
        _shared.popitem()[1].close()
