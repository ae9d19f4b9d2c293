"""Publishing a day, and taking back what was published."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

from pydantic import Field

from evenbeat.core.engine.operation import Call, Result, WorkspaceRequest, operation
from evenbeat.core.engine.operations.steps import StepRequest, day_of


class PublishRequest(StepRequest):
    """Parameters of `publish`."""

    to: str | None = Field(
        None, description="copy it to s3://bucket/prefix; publish.url by default"
    )
    take_over: bool = Field(False, description="replace what another publisher wrote there")


class PublishResult(Result):
    """What one publication made."""

    date: dt.date
    run_id: str
    folder: Path
    files: int
    reused: bool
    held_back: list[str] = Field(description="what stays out because it was retracted")
    url: str | None = Field(description="where the copy is")
    sent: int = Field(description="files sent there")


class RetractRequest(WorkspaceRequest):
    """Parameters of `publish-retract`."""

    date: dt.date = Field(description="day to take back")
    layer: str | None = Field(None, description="only this layer, or assignments")
    shift: str | None = Field(None, description="only this shift")
    reason: str = Field(description="why, in words, for the log")
    category: Literal["error", "privacy", "legal", "other"] = Field(
        "other", description="the kind of reason that everybody is told"
    )
    to: str | None = Field(None, description="where the copy is; publish.url by default")


class RetractResult(Result):
    """What was taken back."""

    folder: Path
    retracted: list[str]
    removed: int = Field(description="folders removed")
    url: str | None


@operation("publish", writes=True)
def publish(call: Call, asked: PublishRequest) -> PublishResult:
    """Publish a day's rasters and catalog, whole or not at all."""
    from evenbeat.core.pipeline.publish import run_publish

    context, date = day_of(call, asked)
    outcome = run_publish(context, date, force=asked.force, to=asked.to, take_over=asked.take_over)
    return PublishResult.model_validate({**vars(outcome), "date": date})


@operation("publish-retract", writes=True)
def publish_retract(call: Call, asked: RetractRequest) -> RetractResult:
    """Take a day, a layer or a shift out of the publication at once."""
    from evenbeat.core.pipeline.retract import run_retract

    return RetractResult.model_validate(run_retract(
        call.context(asked.workspace), asked.date, layer=asked.layer, shift=asked.shift,
        category=asked.category, reason=asked.reason, to=asked.to,
    ))  # fmt: skip
