"""``evenbeat:plan``."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterString,
)

from evenbeat.processing.day import DayAlgorithm
from evenbeat.processing.fields import advanced
from evenbeat.processing.groups import PLAN
from evenbeat.processing.loading import LOAD, load, load_field
from evenbeat.processing.styling import by_file

DISCARD = "DISCARD_REVIEWS"
REASON = "REASON"


class Plan(DayAlgorithm):
    """Capped boxes for each district and shift, drawn by lot."""

    identity = "plan"
    title = "Plan a day"
    group_of = PLAN
    operation = "plan"
    keywords = ("assignments", "boxes", "lottery")

    def declare(self) -> None:
        """Add the parameters and outputs."""
        load_field(self)
        self.addParameter(
            advanced(
                QgsProcessingParameterBoolean(
                    DISCARD, self.tr("When done again: lose the reviews of the former plan"),
                    defaultValue=False,
                )
            )
        )  # fmt: skip
        self.addParameter(
            advanced(
                QgsProcessingParameterString(
                    REASON, self.tr("When done again: why (it is logged)"), optional=True
                )
            )
        )
        boxes = QgsProcessingOutputVectorLayer("ASSIGNMENTS", self.tr("Assignments"))
        self.addOutput(boxes)
        self.addOutput(QgsProcessingOutputNumber("BOXES", self.tr("Boxes")))
        self.addOutput(QgsProcessingOutputNumber("MINUTES", self.tr("Minutes planned")))
        self.addOutput(QgsProcessingOutputNumber("HELD_OUT", self.tr("Boxes held out")))
        self.addOutput(QgsProcessingOutputString("RUN", self.tr("Run")))

    def more(self, parameters, context):
        """Return what holds when a plan is drawn anew."""
        return {
            "discard_reviews": self.parameterAsBool(parameters, DISCARD, context),
            "reason": self.parameterAsString(parameters, REASON, context) or None,
        }

    def deliver(self, result, parameters, context, feedback):
        """Show the boxes; return the counts."""
        source = f"{result['path']}|layername=assignments"
        if self.parameterAsBool(parameters, LOAD, context):
            name = self.tr("Assignments {date}").format(date=result["date"])
            load(context, source, name, by_file("assignments"), group=result["date"])
        for shift, gap in result["gaps"].items():
            feedback.pushInfo(
                self.tr("{shift}: at most {gap} below the best").format(
                    shift=shift, gap=f"{gap:.2%}"
                )
            )
        return {
            "ASSIGNMENTS": source, "BOXES": result["boxes"], "MINUTES": result["minutes"],
            "HELD_OUT": result["held_out"], "RUN": result["run_id"],
        }  # fmt: skip
