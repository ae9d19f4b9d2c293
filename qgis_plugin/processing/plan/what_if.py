"""``evenbeat:whatif``."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingOutputHtml,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from evenbeat.processing.base import EngineAlgorithm
from evenbeat.processing.fields import (
    advanced,
    date_field,
    date_of,
    workspace_field,
    workspace_of,
)
from evenbeat.processing.groups import PLAN

CHANGES, DRAWS = "CHANGES", "DRAWS"


class WhatIf(EngineAlgorithm):
    """The day planned under other settings, side by side; nothing is assigned."""

    identity = "whatif"
    title = "Compare plans under other settings"
    group_of = PLAN
    operation = "what-if"
    keywords = ("tau", "greedy", "optimal", "variants")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs."""
        workspace_field(self)
        date_field(self)
        self.addParameter(
            QgsProcessingParameterString(
                CHANGES,
                self.tr("Variants, one a line, such as plan.tau=2 (empty: the usual ones)"),
                multiLine=True, optional=True,
            )
        )  # fmt: skip
        self.addParameter(
            advanced(
                QgsProcessingParameterNumber(
                    DRAWS, self.tr("Plans drawn for a lottery"),
                    QgsProcessingParameterNumber.Type.Integer, 20, minValue=1,
                )
            )
        )  # fmt: skip
        self.addOutput(QgsProcessingOutputHtml("PAGE", self.tr("Page")))

    def request(self, parameters, context, feedback):
        """Return the operation's parameters."""
        text = self.parameterAsString(parameters, CHANGES, context)
        return {
            "workspace": workspace_of(self, parameters, context),
            "date": date_of(self, parameters, context),
            "changes": [line.strip() for line in text.splitlines() if line.strip()],
            "draws": self.parameterAsInt(parameters, DRAWS, context),
        }

    def deliver(self, result, parameters, context, feedback):
        """Tell what was found; return the page."""
        for sentence in result["document"]["findings"]:
            feedback.pushInfo(sentence)
        return {"PAGE": result["page"]}
