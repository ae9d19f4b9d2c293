"""``evenbeat:daily``."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingOutputFolder,
    QgsProcessingOutputHtml,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingOutputVectorLayer,
)

from evenbeat.processing.base import EngineAlgorithm
from evenbeat.processing.fields import date_field, date_of, workspace_field, workspace_of
from evenbeat.processing.groups import PUBLISH
from evenbeat.processing.loading import LOAD, load, load_field
from evenbeat.processing.styling import by_file


class Daily(EngineAlgorithm):
    """All steps of a day; those that are done are not done again."""

    identity = "daily"
    title = "Run the day"
    group_of = PUBLISH
    operation = "daily"
    keywords = ("morning", "schedule", "all")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        workspace_field(self)
        date_field(self)
        load_field(self)
        self.addOutput(QgsProcessingOutputString("RUN", self.tr("Run")))
        self.addOutput(QgsProcessingOutputHtml("PAGE", self.tr("Briefing")))
        self.addOutput(QgsProcessingOutputVectorLayer("ASSIGNMENTS", self.tr("Assignments")))
        self.addOutput(QgsProcessingOutputFolder("FOLDER", self.tr("Publication")))
        self.addOutput(QgsProcessingOutputNumber("BOXES", self.tr("Boxes")))

    def request(self, parameters, context, feedback):
        """Return the operation's parameters."""
        return {
            "workspace": workspace_of(self, parameters, context),
            "date": date_of(self, parameters, context),
        }

    def deliver(self, result, parameters, context, feedback):
        """Tell what each step did; show the boxes."""
        for step, state in result["steps"].items():
            feedback.pushInfo(f"{step}: {state}, {result['seconds'].get(step, 0.0):.1f} s")
        source = f"{result['assignments']}|layername=assignments"
        if self.parameterAsBool(parameters, LOAD, context):
            name = self.tr("Assignments {date}").format(date=result["date"])
            load(context, source, name, by_file("assignments"), group=result["date"])
        return {
            "RUN": result["run_id"], "PAGE": result["briefing"], "ASSIGNMENTS": source,
            "FOLDER": result["publication"], "BOXES": result["boxes"],
        }  # fmt: skip
