"""``evenbeat:dosage``."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
)

from evenbeat.processing.base import EngineAlgorithm
from evenbeat.processing.fields import (
    DATE,
    FORCE,
    date_field,
    date_of,
    force_field,
    workspace_field,
    workspace_of,
)
from evenbeat.processing.groups import DOSAGE

PUBLISH = "PUBLISH"


class Dosage(EngineAlgorithm):
    """Minutes of patrol by cell, shift and hour, from vehicle logs."""

    identity = "dosage"
    title = "Measure patrol"
    group_of = DOSAGE
    operation = "dosage"
    keywords = ("AVL", "pings", "minutes", "presence")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        workspace_field(self)
        date_field(self, DATE, self.tr("Only this day (empty: every day that changed)"))
        self.addParameter(
            QgsProcessingParameterBoolean(
                PUBLISH, self.tr("Then publish the days that are old enough, in larger cells"),
                defaultValue=False,
            )
        )  # fmt: skip
        force_field(self)
        self.addOutput(QgsProcessingOutputNumber("MEASURED", self.tr("Days measured")))
        self.addOutput(QgsProcessingOutputNumber("UNCHANGED", self.tr("Days unchanged")))
        self.addOutput(QgsProcessingOutputString("NEWEST", self.tr("Newest day measured")))

    def request(self, parameters, context, feedback):
        """Return the operation's parameters."""
        date = date_of(self, parameters, context)
        return {
            "workspace": workspace_of(self, parameters, context),
            "dates": [date] if date else [],
            "publish": self.parameterAsBool(parameters, PUBLISH, context),
            "force": self.parameterAsBool(parameters, FORCE, context),
        }

    def deliver(self, result, parameters, context, feedback):
        """Tell what was dropped and why; return the counts."""
        for one in result["files"]:
            reasons = ", ".join(f"{count:,} {name}" for name, count in one["dropped"].items())
            feedback.pushInfo(
                self.tr("{file}: {rows_in:,} rows, {rows_kept:,} kept").format(**one)
                + (self.tr("; dropped: {reasons}").format(reasons=reasons) if reasons else "")
            )
        for name, reason in result["unread"].items():
            feedback.pushWarning(f"{name}: {reason}")
        days = sorted([*result["measured"], *result["unchanged"]])
        return {
            "MEASURED": len(result["measured"]),
            "UNCHANGED": len(result["unchanged"]),
            "NEWEST": days[-1] if days else "",
        }
