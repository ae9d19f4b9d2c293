"""``evenbeat:reportofficer``."""

from __future__ import annotations

from qgis.core import QgsProcessingParameterEnum

from evenbeat.processing.reports.base import PeriodReportAlgorithm

BY = "BY"
CHOICES = ("unit", "officer")


class OfficerReport(PeriodReportAlgorithm):
    """Minutes by tactic, assigned and completed; no crime, no ranking."""

    identity = "reportofficer"
    title = "Officer report"
    operation = "report-officer"

    def declare(self) -> None:
        """Add the period, and whose minutes."""
        super().declare()
        self.addParameter(
            QgsProcessingParameterEnum(
                BY, self.tr("By (officer: needs the role of a supervisor or commander)"),
                list(CHOICES), defaultValue="unit", usesStaticStrings=True,
            )
        )  # fmt: skip

    def more(self, parameters, context):
        """Return the period, and whose minutes."""
        by = self.parameterAsEnumString(parameters, BY, context)
        return {**super().more(parameters, context), "by": by}
