"""The equity ledger: demographic tables kept apart, and the report."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import Field

from evenbeat.core.engine.operation import Call, Result, WorkspaceRequest, operation
from evenbeat.core.engine.operations.reports import ReportRequest, ReportResult


class EquityLoadRequest(WorkspaceRequest):
    """Parameters of `equity-load`."""

    file: str = Field(description="table of residents by area; GeoPackage, GeoJSON, CSV, ...")
    id_column: str = Field(description="column that identifies an area")
    residents_column: str = Field(description="column with the number of residents")
    shares: list[str] = Field([], description="NAME=COLUMN, each a share from 0 to 1")
    percents: list[str] = Field([], description="NAME=COLUMN, each in per cent")
    counts: list[str] = Field([], description="NAME=COLUMN, each a number of residents")
    outlines: str | None = Field(
        None, description="file with the outlines where the table has none; joined by the column"
    )
    source: str = Field("", description="where the figures come from, for the report")


class EquityLoadResult(Result):
    """What one loading did."""

    areas: int
    residents: float
    residents_inside: float
    residents_outside: float
    outside: list[tuple[str, float]]
    shares: list[str]
    version: str
    notes: list[str]


class EquityReportRequest(ReportRequest):
    """Parameters of `equity-report`."""

    first: dt.date | None = Field(None, description="by default the last 91 days known")
    last: dt.date | None = Field(
        None, description="by default the newest day that was planned or measured"
    )
    shares: list[str] = Field([], description="names of loaded shares; by default all")
    anchor: bool = Field(True, description="print the hash of the log's newest entry")


@operation("equity-load", writes=True)
def equity_load(call: Call, asked: EquityLoadRequest) -> EquityLoadResult:
    """Load residents by area for the equity ledger alone; no forecast and no plan reads them."""
    from evenbeat.core.pipeline.equity.load import load_demographics, share_columns

    columns = share_columns(shares=asked.shares, percents=asked.percents, counts=asked.counts)
    return EquityLoadResult.model_validate(load_demographics(
        call.context(asked.workspace), _path(asked.file), id_column=asked.id_column,
        residents_column=asked.residents_column, shares=columns,
        outlines=None if asked.outlines is None else _path(asked.outlines), source=asked.source,
    ))  # fmt: skip


@operation("equity-report", writes=True)
def equity_report(call: Call, asked: EquityReportRequest) -> ReportResult:
    """Tell who got the minutes of patrol: by neighbourhood and by fifths of each share."""
    from evenbeat.core.pipeline.equity.report import write_equity_report

    return ReportResult.model_validate(write_equity_report(
        call.context(asked.workspace), asked.first, asked.last, shares=asked.shares,
        **asked.delivery(),
    ))  # fmt: skip


def _path(text: str) -> str:
    """Return a location with the home folder written out."""
    return str(Path(text).expanduser()) if text.startswith("~") else text
