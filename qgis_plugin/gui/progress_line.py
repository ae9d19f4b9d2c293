"""A line that shows how far an operation is, how long it takes yet, and a button to cancel it."""

from __future__ import annotations

from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from evenbeat.engine.calls import Reply
from evenbeat.gui.task_bar import TaskLine

_LEAST_SECONDS = 3
_TO_MINUTES = 90
_STEPS = 1000


class ProgressLine(QWidget):
    """Hidden until it follows a reply, and hidden again when that has ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reply: Reply | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        self.stage = QLabel()
        self.stage.setObjectName("EvenbeatStage")
        line = QHBoxLayout()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setObjectName("EvenbeatCancel")
        self.cancel.clicked.connect(self._cancel)
        line.addWidget(self.bar, 1)
        line.addWidget(self.cancel)
        layout.addWidget(self.stage)
        layout.addLayout(line)
        self.hide()

    @property
    def is_busy(self) -> bool:
        """Return whether it follows an operation that has not ended."""
        return self._reply is not None

    def follow(self, reply: Reply, what: str, title: str = "") -> None:
        """Show an operation until it ends, here and in QGIS's task bar.

        Parameters
        ----------
        what
            Shown until the engine tells of a stage.
        title
            Name in the task bar; by default the same.
        """
        self._reply = reply
        name = (title or what).rstrip(".")
        line = TaskLine(reply, f"Evenbeat: {name}")
        self.destroyed.connect(lambda: line.end(successful=False))
        self.bar.setRange(0, 0)
        self.stage.setText(what)
        self.cancel.setEnabled(True)
        self.cancel.setText(self.tr("Cancel"))
        reply.progressed.connect(self._show)
        reply.ended.connect(lambda: self._end(reply))
        self.show()

    def _show(self, stage: str, fraction: float, seconds: object) -> None:
        self.bar.setRange(0, _STEPS)
        self.bar.setValue(round(_STEPS * fraction))
        percent = f"{100 * fraction:.0f} %"
        self.stage.setText(f"{stage[:1].upper()}{stage[1:]}, {percent}{time_left(seconds)}")

    def _cancel(self) -> None:
        if self._reply is not None:
            self.cancel.setEnabled(False)
            self.cancel.setText(self.tr("Cancelling..."))
            self._reply.cancel()

    def _end(self, reply: Reply) -> None:
        if reply is self._reply and not sip.isdeleted(self):
            self._reply = None
            self.hide()


def time_left(seconds: object) -> str:
    """Return how long it takes yet, as the end of a line; "" where that is not worth telling."""
    if not isinstance(seconds, (int, float)) or seconds < _LEAST_SECONDS:
        return ""
    if seconds < _TO_MINUTES:
        text = QCoreApplication.translate("ProgressLine", "about {number:.0f} s left")
        return ", " + text.format(number=seconds)
    text = QCoreApplication.translate("ProgressLine", "about {number:.0f} min left")
    return ", " + text.format(number=seconds / 60)
