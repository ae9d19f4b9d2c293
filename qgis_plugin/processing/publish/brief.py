"""``evenbeat:brief``."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingOutputHtml,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
)

from evenbeat.processing.day import DayAlgorithm
from evenbeat.processing.fields import advanced
from evenbeat.processing.groups import PUBLISH

ANCHOR = "ANCHOR"


class Brief(DayAlgorithm):
    """Printable pages: one a district and shift, and an overview."""

    identity = "brief"
    title = "Write the briefing pages"
    group_of = PUBLISH
    operation = "brief"
    keywords = ("briefing", "print", "page")

    def declare(self) -> None:
        """Add the parameter and outputs."""
        self.addParameter(
            advanced(
                QgsProcessingParameterBoolean(
                    ANCHOR, self.tr("Print the newest hash of the audit log on every page"),
                    defaultValue=False,
                )
            )
        )  # fmt: skip
        self.addOutput(QgsProcessingOutputHtml("PAGE", self.tr("First page")))
        self.addOutput(QgsProcessingOutputNumber("PAGES", self.tr("Pages")))
        self.addOutput(QgsProcessingOutputString("RUN", self.tr("Run")))

    def more(self, parameters, context):
        """Return whether the hash is printed."""
        return {"anchor": self.parameterAsBool(parameters, ANCHOR, context)}

    def deliver(self, result, parameters, context, feedback):
        """Return where to start reading."""
        return {"PAGE": result["index"], "PAGES": result["pages"], "RUN": result["run_id"]}
