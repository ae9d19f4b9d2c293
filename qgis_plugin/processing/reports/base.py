"""What the reports share: a folder, a PDF, the log's hash."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
)

from evenbeat.processing.base import EngineAlgorithm, existing
from evenbeat.processing.fields import (
    advanced,
    date_field,
    date_of,
    workspace_field,
    workspace_of,
)
from evenbeat.processing.groups import REPORTS

FIRST, LAST, OUT, PDF, ANCHOR = "FIRST", "LAST", "OUT", "PDF", "ANCHOR"


class ReportAlgorithm(EngineAlgorithm):
    """One report. A subclass adds what is its own in `declare` and `more`."""

    group_of = REPORTS
    keywords = ("report", "page")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        workspace_field(self)
        self.declare()
        for parameter in (
            QgsProcessingParameterFile(
                OUT, self.tr("Folder (empty: reports/ of the workspace)"),
                behavior=QgsProcessingParameterFile.Behavior.Folder, optional=True,
            ),
            QgsProcessingParameterBoolean(
                PDF, self.tr("Print the page as PDF too (needs Chromium)"), defaultValue=False
            ),
            QgsProcessingParameterBoolean(
                ANCHOR, self.tr("Print the newest hash of the audit log"), defaultValue=False
            ),
        ):  # fmt: skip
            self.addParameter(advanced(parameter))
        self.addOutput(QgsProcessingOutputHtml("PAGE", self.tr("Page")))
        self.addOutput(QgsProcessingOutputFile("PDF_FILE", self.tr("PDF")))
        self.addOutput(QgsProcessingOutputNumber("FILES", self.tr("Files")))

    def declare(self) -> None:
        """Add the parameters of this report."""

    def more(self, parameters, context) -> dict[str, Any]:
        """Return the parameters of the request that are this report's own."""
        return {}

    def request(self, parameters, context, feedback):
        """Return the operation's parameters."""
        return {
            "workspace": workspace_of(self, parameters, context),
            "out": self.parameterAsFile(parameters, OUT, context) or None,
            "pdf": self.parameterAsBool(parameters, PDF, context),
            "anchor": self.parameterAsBool(parameters, ANCHOR, context),
            **self.more(parameters, context),
        }

    def deliver(self, result, parameters, context, feedback):
        """Tell the period; return the page."""
        feedback.pushInfo(self.tr("{first} to {last}").format(**result))
        return {
            "PAGE": result["page"],
            "PDF_FILE": existing(result.get("pdf")),
            "FILES": len(result["files"]),
        }


class PeriodReportAlgorithm(ReportAlgorithm):
    """A report on a period."""

    def declare(self) -> None:
        """Add the period."""
        date_field(self, FIRST, self.tr("First day (empty: the last 91 measured days)"))
        date_field(self, LAST, self.tr("Last day (empty: the newest measured)"))

    def checkParameterValues(self, parameters, context):
        """Refuse a period that ends before it begins."""
        first, last = (date_of(self, parameters, context, name) for name in (FIRST, LAST))
        if first and last and first > last:
            return False, self.tr("The first day, {first}, is after the last, {last}.").format(
                first=first, last=last
            )
        return super().checkParameterValues(parameters, context)

    def more(self, parameters, context):
        """Return the period."""
        return {
            "first": date_of(self, parameters, context, FIRST),
            "last": date_of(self, parameters, context, LAST),
        }
