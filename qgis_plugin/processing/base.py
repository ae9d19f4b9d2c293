"""What all algorithms share: parameters become a request, the engine runs it, results come back.

An algorithm says its name, its group and its operation, adds its parameters with `Fields`, and
tells what its outputs are. Everything that computes is in the engine.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from evenbeat.engine.client import shared_engine
from evenbeat.engine.protocol import EngineError, Message, Note, Progress
from evenbeat.gui.icons import icon_path
from evenbeat.processing.groups import Group
from evenbeat.processing.help import help_of, page_of

Values = dict
CONTEXT = "Algorithms"


class EngineAlgorithm(QgsProcessingAlgorithm):
    """One operation of the engine in the toolbox, in models, in batches and in ``qgis_process``.

    A subclass sets ``identity, title, group_of, operation`` and writes `initAlgorithm`, `request`
    and, where it has more outputs than the engine's own numbers, `deliver`.
    """

    identity: ClassVar[str]
    title: ClassVar[str]
    group_of: ClassVar[Group]
    operation: ClassVar[str]
    keywords: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self._stage = ""

    def createInstance(self) -> EngineAlgorithm:
        """Return a new one; QGIS runs each in its own."""
        return type(self)()

    def tr(self, text: str) -> str:
        """Translate a text; all algorithms share one context, since they share parameters."""
        return QCoreApplication.translate(CONTEXT, text)

    def name(self) -> str:
        """Return the name in scripts."""
        return self.identity

    def displayName(self) -> str:
        """Return the name in the toolbox."""
        return self.tr(self.title)

    def group(self) -> str:
        """Return the heading."""
        return self.group_of.shown

    def groupId(self) -> str:
        """Return the heading's name in scripts."""
        return self.group_of.identity

    def tags(self) -> list[str]:
        """Return words by which the toolbox finds it."""
        return ["evenbeat", "crime", "patrol", *self.keywords]

    def icon(self) -> QIcon:
        """Return the toolbox's icon."""
        return QIcon(self.svgIconPath())

    def svgIconPath(self) -> str:
        """Return the file of the icon: its own, or Evenbeat's, for the theme."""
        return icon_path(self.identity)

    def shortHelpString(self) -> str:
        """Return the text beside the parameters."""
        return help_of(self.identity, self.group_of)

    def helpUrl(self) -> str:
        """Return the page that the dialog's button opens."""
        page = page_of(self.identity)
        return "" if page is None else page.as_uri()

    def processAlgorithm(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Ask the engine, and hand over what it made."""
        request = self.request(parameters, context, feedback)
        result = self.ask(self.operation, request, feedback)
        return {} if result is None else self.deliver(result, parameters, context, feedback)

    def request(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Return the operation's parameters."""
        raise NotImplementedError

    def deliver(
        self, result: dict[str, Any], parameters: Values, context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:  # fmt: skip
        """Return the algorithm's outputs by name."""
        raise NotImplementedError

    def ask(
        self, operation: str, request: dict[str, Any], feedback: QgsProcessingFeedback
    ) -> dict[str, Any] | None:
        """Run an operation and return what it made; None where it was cancelled.

        Raises
        ------
        QgsProcessingException
            The engine refused or failed; the text says why and what to do.
        """
        try:
            return shared_engine().run(
                operation, request, feedback=feedback, heard=lambda one: self._hear(one, feedback)
            )
        except EngineError as error:
            if error.cancelled:
                feedback.pushInfo(error.failure.message)
                return None
            raise QgsProcessingException(str(error)) from error

    def _hear(self, message: Message, feedback: QgsProcessingFeedback) -> None:
        if isinstance(message, Note):
            feedback.pushWarning(message.text)
        elif isinstance(message, Progress):
            feedback.setProgress(100.0 * message.fraction)
            if message.stage != self._stage:
                self._stage = message.stage
                feedback.setProgressText(message.stage + self._left(message.remaining_seconds))

    def _left(self, seconds: float | None) -> str:
        """Return how long it will take, where that is known and long enough to tell."""
        if seconds is None or seconds < 5:
            return ""
        if seconds < 90:
            return self.tr(" (about {seconds:.0f} s left)").format(seconds=seconds)
        return self.tr(" (about {minutes:.0f} min left)").format(minutes=seconds / 60)


def existing(path: str | Path | None) -> str:
    """Return a path as outputs carry it; "" where there is none."""
    return "" if path is None else str(path)
