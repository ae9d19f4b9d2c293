"""``evenbeat:describe``."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingOutputHtml, QgsProcessingOutputNumber

from evenbeat.processing.base import EngineAlgorithm
from evenbeat.processing.fields import workspace_field, workspace_of
from evenbeat.processing.groups import DATA


class Describe(EngineAlgorithm):
    """A page about everything that was ingested."""

    identity = "describe"
    title = "Describe the data"
    group_of = DATA
    operation = "describe"
    keywords = ("quality", "counts", "completeness")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        workspace_field(self)
        self.addOutput(QgsProcessingOutputHtml("PAGE", self.tr("Page about the data")))
        self.addOutput(QgsProcessingOutputNumber("INCIDENTS", self.tr("Incidents")))

    def request(self, parameters, context, feedback):
        """Return the operation's parameters."""
        return {"workspace": workspace_of(self, parameters, context)}

    def deliver(self, result, parameters, context, feedback):
        """Tell the counts; return the page."""
        counts = result["summary"].get("counts_by_type", {})
        for crime_type, count in counts.items():
            feedback.pushInfo(f"{crime_type}: {int(count):,}")
        return {"PAGE": result["page"], "INCIDENTS": int(sum(counts.values()))}
