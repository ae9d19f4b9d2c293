"""The locator's filter: ``eb`` and some words, such as "eb night burglary" or "eb 2017-01-03"."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from qgis.core import QgsFeedback, QgsLocatorContext, QgsLocatorFilter, QgsLocatorResult
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from evenbeat.engine.protocol import EngineError
from evenbeat.gui.icons import icon
from evenbeat.locator.index import BOX, DISTRICT, RUN, Entry, Index
from evenbeat.project import DATE, WORKSPACE, remembered

PREFIX = "eb"
_MOST = 40
_SCORES = {BOX: 0.6, DISTRICT: 0.9, RUN: 0.5}
_ICONS = {BOX: "review", DISTRICT: "layers", RUN: "run"}

GoTo = Callable[[str, dict], None]


class EvenbeatLocator(QgsLocatorFilter):
    """Finds boxes, districts and runs of the project's workspace.

    Without its prefix it answers only from what it knows already, so that a search for something
    else starts no engine.
    """

    def __init__(self, index: Index, go_to: GoTo) -> None:
        super().__init__()
        self._index = index
        self._go_to = go_to
        self._workspace = self._date = ""
        self._icons: dict[str, QIcon] = {}
        self.setUseWithoutPrefix(True)

    def clone(self) -> EvenbeatLocator:
        """Return another one; QGIS searches with a new one each time."""
        return EvenbeatLocator(self._index, self._go_to)

    def name(self) -> str:
        """Return the name in settings."""
        return "evenbeat"

    def displayName(self) -> str:
        """Return the heading of the results."""
        return _tr("Evenbeat: boxes, districts, runs")

    def prefix(self) -> str:
        """Return what limits a search to Evenbeat."""
        return PREFIX

    def priority(self) -> Any:
        """Return that others may come first."""
        return QgsLocatorFilter.Priority.Medium

    def prepare(self, string: str, context: QgsLocatorContext) -> list[str]:
        """Note the project's workspace and make the icons; the main thread calls this."""
        self._workspace, self._date = remembered(WORKSPACE), remembered(DATE)
        self._icons = {kind: icon(name) for kind, name in _ICONS.items()}
        return []

    def fetchResults(
        self, string: str, context: QgsLocatorContext, feedback: QgsFeedback
    ) -> None:  # fmt: skip
        """Tell what fits a search; a thread of the locator calls this."""
        search = string.strip()
        if not context.usingPrefix and not search:
            return
        if not self._workspace:
            if context.usingPrefix:
                self._tell_problem(
                    _tr("The project has no workspace. Open one in the panel of workspace and "
                        "layers.")
                )  # fmt: skip
            return
        if not context.usingPrefix and not self._index.is_warm(self._workspace, self._date):
            return
        try:
            entries = self._index.entries(self._workspace, self._date, feedback)
        except EngineError as error:
            if context.usingPrefix and not error.cancelled:
                self._tell_problem(error.failure.message)
            return
        found = [entry for entry in entries if entry.fits(search)]
        for entry in sorted(found, key=lambda one: -_SCORES[one.kind])[:_MOST]:
            if feedback.isCanceled():
                return
            self.resultFetched.emit(self._result(entry))

    def triggerResult(self, result: QgsLocatorResult) -> None:
        """Go to what was chosen."""
        data = result.userData
        chosen = data() if callable(data) else data
        if chosen:
            self._go_to(*json.loads(chosen))

    def _result(self, entry: Entry) -> QgsLocatorResult:
        # A text: QGIS 3.22 loses count of who holds a dictionary, and crashes later.
        result = QgsLocatorResult(self, entry.shown, json.dumps([entry.kind, entry.facts]))
        result.description = entry.told
        result.score = _SCORES[entry.kind]
        result.group = {
            BOX: _tr("Boxes"), DISTRICT: _tr("Districts"), RUN: _tr("Runs")
        }[entry.kind]  # fmt: skip
        if entry.kind in self._icons:
            result.icon = self._icons[entry.kind]
        return result

    def _tell_problem(self, text: str) -> None:
        result = QgsLocatorResult(self, text, "")
        self.resultFetched.emit(result)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Locator", text)
