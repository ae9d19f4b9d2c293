"""Sources and rosters put into the settings, by the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, pyqtSignal

from evenbeat.workspace.checking import not_copied
from evenbeat.workspace.handing_over import copying
from evenbeat.workspace.session import Session


class SourceSaver(QObject):
    """Writes the copy where one is kept, then the settings."""

    saved = pyqtSignal(str)
    failed = pyqtSignal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._task: Any = None

    def save_copy(
        self, layer: QgsVectorLayer, entry: dict[str, Any], columns: set[str], number: int | None
    ) -> None:
        """Keep a copy, where the entry says, of the columns that are read; name it in the settings.

        `failed` follows where it cannot be written.
        """
        target = Path(self._session.root) / entry["path"]
        part = target.with_name(f".{target.name}")
        try:
            target.parent.mkdir(exist_ok=True)
        except OSError as error:
            self.failed.emit(not_copied(str(error)))
            return
        task = copying(layer, part, columns)

        def copied(*_: Any) -> None:
            try:
                part.replace(target)
            except OSError as error:  # another program has it open
                self.failed.emit(not_copied(str(error)))
                return
            self.save(entry, number)

        task.completed.connect(copied)
        task.errorOccurred.connect(lambda _code, words: self.failed.emit(not_copied(words)))
        self._task = task
        QgsApplication.taskManager().addTask(task)

    def save(self, entry: dict[str, Any], number: int | None) -> None:
        """Put an entry in the place of a number, or of one of the same file and role, or last."""

        def write(found: dict[str, Any]) -> None:
            sources = list(found["given"].get("sources", []))
            at = number if number is not None else _place(sources, entry)
            after = at + 1
            sources[at:after] = [entry]
            self._write(found["version"], ["sources"], sources, entry["path"])

        self._read(write)

    def save_roster(self, units: list[dict[str, Any]]) -> None:
        """Put units in the place of the roster."""

        def write(found: dict[str, Any]) -> None:
            words = self.tr("{count} units").format(count=len(units))
            self._write(found["version"], ["plan", "units"], units, words)

        self._read(write)

    def _read(self, then: Any) -> None:
        reply = self._session.ask("settings-read")
        reply.finished.connect(then)
        reply.failed.connect(self.failed)

    def _write(self, version: str, path: list[str], value: Any, what: str) -> None:
        changes = [{"path": path, "value": value}]
        reply = self._session.ask("settings-change", version=version, changes=changes)
        reply.finished.connect(lambda _made: sip.isdeleted(self) or self.saved.emit(what))
        reply.failed.connect(self.failed)


def _place(sources: list[dict[str, Any]], entry: dict[str, Any]) -> int:
    same = ((one["path"], one["role"]) == (entry["path"], entry["role"]) for one in sources)
    return next((at for at, is_same in enumerate(same) if is_same), len(sources))
