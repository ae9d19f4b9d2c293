"""``evenbeat:ingest``."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
)

from evenbeat.processing.base import EngineAlgorithm
from evenbeat.processing.fields import FORCE, force_field, workspace_field, workspace_of
from evenbeat.processing.groups import DATA

PREVIEW = "PREVIEW"


class Ingest(EngineAlgorithm):
    """Reads the agency's files into the workspace."""

    identity = "ingest"
    title = "Ingest the agency's files"
    group_of = DATA
    operation = "ingest"
    keywords = ("read", "import", "incidents", "sources")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        workspace_field(self)
        self.addParameter(
            QgsProcessingParameterBoolean(
                PREVIEW, self.tr("Only tell what was understood; store nothing"),
                defaultValue=False,
            )
        )  # fmt: skip
        force_field(self)
        self.addOutput(QgsProcessingOutputNumber("ROWS", self.tr("Rows that were read")))
        self.addOutput(QgsProcessingOutputString("TABLES", self.tr("Tables that changed")))

    def request(self, parameters, context, feedback):
        """Return the operation's parameters."""
        request = {"workspace": workspace_of(self, parameters, context)}
        if not self.parameterAsBool(parameters, PREVIEW, context):
            request["force"] = self.parameterAsBool(parameters, FORCE, context)
        return request

    def processAlgorithm(self, parameters, context, feedback):
        """Ask the engine: to read, or only to tell."""
        if not self.parameterAsBool(parameters, PREVIEW, context):
            return super().processAlgorithm(parameters, context, feedback)
        request = self.request(parameters, context, feedback)
        result = self.ask("ingest-preview", request, feedback)
        if result is None:
            return {}
        for source in result["sources"]:
            feedback.pushInfo(f"{source['file']} ({source['role']}): {source['rows']:,} rows")
            feedback.pushInfo(str(source["text"]) + "\n")
        return {"ROWS": sum(source["rows"] for source in result["sources"]), "TABLES": ""}

    def deliver(self, result, parameters, context, feedback):
        """Tell what was dropped and why; return the counts."""
        for text in result["texts"]:
            feedback.pushInfo(text + "\n")
        if result["skipped"]:
            feedback.pushInfo(
                self.tr("Unchanged, not read again: {files}").format(
                    files=", ".join(result["skipped"])
                )
            )
        return {"ROWS": sum(result["rows"].values()), "TABLES": ", ".join(result["changed_tables"])}
