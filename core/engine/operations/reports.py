"""The five patrol reports."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

from pydantic import Field

from evenbeat.core.engine.operation import Call, Result, WorkspaceRequest, operation
from evenbeat.core.pipeline.accounts.delivery import Delivery


class ReportRequest(WorkspaceRequest):
    """What all reports share."""

    out: Path | None = Field(None, description="folder; by default reports/ of the workspace")
    pdf: bool = Field(False, description="print the page as PDF too; needs Chromium")
    anchor: bool = Field(False, description="print the hash of the log's newest entry")

    def delivery(self) -> Delivery:
        """Return how the report is wanted."""
        return {"out": self.out, "pdf": self.pdf, "anchor": self.anchor}


class ShiftReportRequest(ReportRequest):
    """Parameters of `report-shift`."""

    date: dt.date | None = Field(None, description="day; by default the newest measured")
    shift: str | None = Field(None, description="one shift; by default all")


class PeriodReportRequest(ReportRequest):
    """Parameters of a report on a period."""

    first: dt.date | None = Field(None, description="by default the last 91 measured days")
    last: dt.date | None = Field(None, description="by default the newest measured day")


class OfficerReportRequest(PeriodReportRequest):
    """Parameters of `report-officer`."""

    by: Literal["officer", "unit"] = Field(
        "officer", description="by officer needs the role of a supervisor or commander"
    )


class CrimeDosageReportRequest(PeriodReportRequest):
    """Parameters of `report-crime-dosage`."""

    hours_after: float = Field(
        8.0, ge=0, le=72, description="hours after a shift in which incidents count as well"
    )


class ReportResult(Result):
    """What one report wrote."""

    kind: str
    first: dt.date
    last: dt.date
    page: Path
    files: list[Path]
    pdf: Path | None


@operation("report-shift", writes=True)
def report_shift(call: Call, asked: ShiftReportRequest) -> ReportResult:
    """Tell where units were, and what was delivered of what was planned."""
    from evenbeat.core.pipeline.accounts.write import write_shift_report

    return ReportResult.model_validate(write_shift_report(
        call.context(asked.workspace), asked.date, shift=asked.shift, **asked.delivery()
    ))  # fmt: skip


@operation("report-tactic", writes=True)
def report_tactic(call: Call, asked: PeriodReportRequest) -> ReportResult:
    """Tell minutes and visits by tactic, and what followed, beside hold-outs."""
    from evenbeat.core.pipeline.accounts.write import write_tactic_report

    return ReportResult.model_validate(write_tactic_report(
        call.context(asked.workspace), asked.first, asked.last, **asked.delivery()
    ))  # fmt: skip


@operation("report-officer", writes=True)
def report_officer(call: Call, asked: OfficerReportRequest) -> ReportResult:
    """Tell own minutes by tactic, assigned and completed; no crime, no ranking."""
    from evenbeat.core.pipeline.accounts.write import write_officer_report

    return ReportResult.model_validate(write_officer_report(
        call.context(asked.workspace), asked.first, asked.last, by=asked.by, **asked.delivery()
    ))  # fmt: skip


@operation("report-crime-type", writes=True)
def report_crime_type(call: Call, asked: PeriodReportRequest) -> ReportResult:
    """Tell directed minutes by crime type beside forecast and reported crime."""
    from evenbeat.core.pipeline.accounts.write import write_crime_type_report

    return ReportResult.model_validate(write_crime_type_report(
        call.context(asked.workspace), asked.first, asked.last, **asked.delivery()
    ))  # fmt: skip


@operation("report-crime-dosage", writes=True)
def report_crime_dosage(call: Call, asked: CrimeDosageReportRequest) -> ReportResult:
    """Tell what patrol did to reported crime: reduced, increased, or cannot tell."""
    from evenbeat.core.pipeline.accounts.write import write_crime_dosage_report

    return ReportResult.model_validate(write_crime_dosage_report(
        call.context(asked.workspace), asked.first, asked.last,
        hours_after=asked.hours_after, **asked.delivery(),
    ))  # fmt: skip
