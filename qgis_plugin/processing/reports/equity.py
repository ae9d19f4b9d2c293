"""``evenbeat:reportequity``."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingParameterString

from evenbeat.processing.fields import date_field, listed
from evenbeat.processing.reports.base import ANCHOR, FIRST, LAST, PeriodReportAlgorithm

SHARES = "SHARES"


class EquityReport(PeriodReportAlgorithm):
    """Who got the minutes of patrol: by neighbourhood and by fifths of demographic shares."""

    identity = "reportequity"
    title = "Equity report"
    operation = "equity-report"
    keywords = ("report", "equity", "fairness", "residents", "Gini")

    def initAlgorithm(self, configuration: Any = None) -> None:
        """Declare parameters and outputs; a page for auditors names the log by itself."""
        super().initAlgorithm(configuration)
        self.parameterDefinition(ANCHOR).setDefaultValue(True)

    def declare(self) -> None:
        """Add the period, and which shares are told."""
        date_field(self, FIRST, self.tr("First day (empty: the last 91 days known)"))
        date_field(self, LAST, self.tr("Last day (empty: the newest planned or measured)"))
        self.addParameter(
            QgsProcessingParameterString(
                SHARES, self.tr("Shares, by the names they were loaded with (empty: all)"),
                optional=True,
            )
        )  # fmt: skip

    def more(self, parameters, context):
        """Return the period and the shares."""
        shares = listed(self, parameters, context, SHARES)
        return {**super().more(parameters, context), "shares": shares}
