"""The steps of a day, as on the command line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from pydantic import Field

from evenbeat.core.engine.operation import (
    Call,
    DayRequest,
    Result,
    WorkspaceRequest,
    operation,
)
from evenbeat.core.pipeline.context import Context


class StepRequest(DayRequest):
    """A step on a day."""

    force: bool = Field(False, description="do it again although it is done")


class IngestRequest(WorkspaceRequest):
    """Parameters of `ingest`."""

    force: bool = Field(False, description="read unchanged sources again")


class IngestResult(Result):
    """What was read, kept and dropped."""

    reports: list[dict[str, Any]] = Field(description="one a file: rows in, kept, drops by reason")
    texts: list[str] = Field(description="the reports in words")
    skipped: list[str] = Field(description="files that did not change")
    changed_tables: list[str]
    upserts: dict[str, int] = Field(description="incidents that were new, changed or the same")
    rows: dict[str, int] = Field(description="table -> rows stored")


class PreviewResult(Result):
    """How each source would be understood."""

    sources: list[dict[str, Any]] = Field(description="one a file: file, role, rows, text")


class DescribeResult(Result):
    """Where the data page is, and its numbers."""

    page: Path
    summary: dict[str, Any]


class FitResult(Result):
    """What one fit made."""

    model_id: str
    folder: Path
    cutoff: str = Field(description="nothing known later was used")
    versions: dict[str, str] = Field(description="crime type -> model")
    left_out: dict[str, str] = Field(description="crime type without a model -> why")
    reused: bool = Field(description="it was there already")


class ForecastResult(Result):
    """What one forecast made."""

    date: dt.date
    run_id: str
    folder: Path
    totals: dict[str, float] = Field(description="crime type -> expected incidents of the day")
    notes: list[str]
    reused: bool


class PlanRequest(StepRequest):
    """Parameters of `plan`."""

    discard_reviews: bool = Field(False, description="with force: lose reviews of the former plan")
    reason: str | None = Field(None, description="with force: why it is drawn anew; it is logged")


class PlanResult(Result):
    """What one plan made."""

    date: dt.date
    run_id: str
    plan_id: str
    path: Path = Field(description="GeoPackage of the assignments")
    boxes: int
    minutes: float
    held_out: int = Field(description="boxes held out to measure effects")
    mode: str
    notes: list[str]
    gaps: dict[str, float] = Field(description="shift -> share below the best, at most")
    reused: bool


class BriefRequest(StepRequest):
    """Parameters of `brief`."""

    anchor: bool = Field(False, description="print the log's newest hash on every page")


class BriefResult(Result):
    """What one briefing made."""

    date: dt.date
    run_id: str
    index: Path = Field(description="page to start at")
    pages: int
    reused: bool


class DailyRequest(DayRequest):
    """Parameters of `daily`."""

    to: str | None = Field(
        None, description="copy it to s3://bucket/prefix; publish.url by default"
    )


class DailyResult(Result):
    """What the day made, and which steps were done already."""

    date: dt.date
    run_id: str
    briefing: Path
    assignments: Path
    publication: Path
    boxes: int
    totals: dict[str, float]
    steps: dict[str, str] = Field(description="step -> done, or already done")
    seconds: dict[str, float] = Field(description="step -> how long it took")
    notes: list[str]
    ingested: dict[str, int] = Field(description="file -> rows kept")
    measured: list[str] = Field(description="days whose patrol was measured")
    copy_url: str | None = Field(description="where the copy of the publication is")


@operation("ingest", writes=True)
def ingest(call: Call, asked: IngestRequest) -> IngestResult:
    """Read every source that changed; count every drop and repair."""
    from evenbeat.core.pipeline.ingest import run_ingest

    outcome = run_ingest(call.context(asked.workspace), force=asked.force)
    return IngestResult.model_validate(outcome)


@operation("describe", writes=True)
def describe(call: Call, asked: WorkspaceRequest) -> DescribeResult:
    """Show what the workspace holds: counts, completeness, delays, drops."""
    from evenbeat.core.pipeline.describe import run_describe

    return DescribeResult.model_validate(run_describe(call.context(asked.workspace)))


@operation("fit", writes=True)
def fit(call: Call, asked: StepRequest) -> FitResult:
    """Fit a model per crime type on what was known before the day."""
    from evenbeat.core.pipeline.fit import run_fit

    context, date = day_of(call, asked)
    return FitResult.model_validate(run_fit(context, date, force=asked.force))


@operation("forecast", writes=True)
def forecast(call: Call, asked: StepRequest) -> ForecastResult:
    """Forecast the expected count of each crime type per cell and shift."""
    from evenbeat.core.pipeline.forecast import run_forecast

    context, date = day_of(call, asked)
    outcome = run_forecast(context, date, force=asked.force)
    _tell(call, outcome.notes)
    return ForecastResult.model_validate({**vars(outcome), "date": date})


@operation("plan", writes=True)
def plan(call: Call, asked: PlanRequest) -> PlanResult:
    """Draw capped boxes per district and shift, with hold-outs and reasons."""
    from evenbeat.core.pipeline.plan import run_plan

    context, date = day_of(call, asked)
    outcome = run_plan(
        context, date, force=asked.force, discard_reviews=asked.discard_reviews,
        reason=asked.reason,
    )  # fmt: skip
    _tell(call, outcome.notes)
    return PlanResult.model_validate({**vars(outcome), "date": date})


@operation("brief", writes=True)
def brief(call: Call, asked: BriefRequest) -> BriefResult:
    """Write one printable page per district and shift, and an overview."""
    from evenbeat.core.pipeline.brief import run_brief

    context, date = day_of(call, asked)
    outcome = run_brief(context, date, force=asked.force, anchor=asked.anchor)
    return BriefResult.model_validate({**vars(outcome), "date": date})


@operation("daily", writes=True)
def daily(call: Call, asked: DailyRequest) -> DailyResult:
    """Ingest what is new, fit when due, forecast, plan, brief and publish a day."""
    from evenbeat.core.pipeline.daily import run_daily
    from evenbeat.core.pipeline.ingest import run_ingest

    context = call.context(asked.workspace)
    ingested = run_ingest(context) if asked.date is None else None
    context, date = day_of(call, asked)
    outcome = run_daily(context, date, ingested=ingested, to=asked.to)
    _tell(call, outcome.notes)
    return DailyResult.model_validate(outcome)


def day_of(call: Call, asked: DayRequest) -> tuple[Context, dt.date]:
    """Return the context and the day of a request; say which where nobody gave one."""
    from evenbeat.core.pipeline.dates import default_date

    context = call.context(asked.workspace)
    date, words = default_date(context, asked.date)
    if words is not None:
        call.note(words)
    return context, date


def _tell(call: Call, notes: list[str]) -> None:
    for words in notes:
        call.note(words)
