"""Operations in QGIS's own task bar, beside the panel that asked for them."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QThreadPool

from evenbeat.compat import progress_task
from evenbeat.engine.calls import Reply

_open: set[TaskLine] = set()


class TaskLine:
    """One operation there, until its reply or its panel has ended."""

    def __init__(self, reply: Reply, title: str) -> None:
        self._reply = reply
        self._task = progress_task(title, self._cancel)
        reply.progressed.connect(self._show)
        reply.finished.connect(self._succeed)
        reply.failed.connect(self._fail)
        # QGIS lets one of its threads wait for the end; drawing the map needs them too.
        QThreadPool.globalInstance().releaseThread()
        QgsApplication.taskManager().addTask(self._task)
        _open.add(self)

    def end(self, successful: bool) -> None:
        """Take it out of the task bar; a second end does nothing."""
        if self not in _open:
            return
        _open.discard(self)
        QThreadPool.globalInstance().reserveThread()
        if not sip.isdeleted(self._task):
            self._task.finalize(successful)

    def _show(self, _stage: str, fraction: float, _seconds: object) -> None:
        if self in _open and not sip.isdeleted(self._task):
            self._task.setProxyProgress(100.0 * fraction)

    def _cancel(self) -> None:
        if self in _open:
            self._reply.cancel()

    def _succeed(self, _result: dict) -> None:
        self.end(successful=True)

    def _fail(self, _error: object) -> None:
        self.end(successful=False)


def end_all() -> None:
    """End what is left: the plugin is unloaded, and QGIS must not wait for its threads."""
    for line in list(_open):
        line.end(successful=False)
