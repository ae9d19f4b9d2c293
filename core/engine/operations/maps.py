"""Runs and their surfaces as rasters for a GIS."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from pydantic import Field

from evenbeat.core.engine.operation import Call, DayRequest, Result, WorkspaceRequest, operation
from evenbeat.core.engine.operations.steps import day_of


class RasterFacts(Result):
    """One raster: a cloud-optimised GeoTIFF in the workspace's CRS."""

    path: Path
    layer: str = Field(description="priority, all, or a crime type")
    shift: str
    start: dt.datetime
    end: dt.datetime
    total: float = Field(description="sum over the cells of the jurisdiction")
    maximum: float
    edges: dict[str, float] = Field(
        description="share of the area -> least value of that top share"
    )
    unit: str


class RastersResult(Result):
    """Rasters, and the runs that they are of."""

    date: dt.date
    rasters: list[RasterFacts]


class RunsRequest(WorkspaceRequest):
    """Parameters of `runs-list`."""

    first: dt.date | None = Field(None, description="only from this day on")
    last: dt.date | None = Field(None, description="only up to this day")
    most: int = Field(100, ge=1, le=10_000, description="at most so many")


class RunFacts(Result):
    """One run of one day."""

    date: dt.date
    run_id: str
    current: bool = Field(description="it counts for its day")
    finished: bool
    made_at: dt.datetime | None
    made_by: str | None = Field(description="under which name it is logged")
    totals: dict[str, float] = Field(description="crime type -> expected incidents of the day")
    provenance: dict[str, Any]
    plan_id: str | None
    boxes: int | None
    mode: str | None
    briefing: Path | None
    assignments: Path | None
    published: bool
    notes: list[str]


class RunsResult(Result):
    """The history of runs, the newest day first."""

    runs: list[RunFacts]


class RunRastersRequest(DayRequest):
    """Parameters of `run-rasters`."""

    run_id: str | None = Field(None, description="one of the day's runs; by default the current")
    layers: tuple[str, ...] = Field((), description="priority, all or crime types; by default each")
    shifts: tuple[str, ...] = Field((), description="only these")
    out: Path | None = Field(None, description="folder; by default a private one")


class DayAndRun(Result):
    """A day and, where it is not the current one, a run."""

    date: dt.date
    run_id: str | None = Field(None, description="by default the current one")


class DifferenceRequest(WorkspaceRequest):
    """Parameters of `run-difference`."""

    older: DayAndRun
    newer: DayAndRun
    layer: str = Field("priority", description="priority, all, or a crime type")
    shifts: tuple[str, ...] = Field((), description="only these")
    out: Path | None = Field(None, description="folder; by default a private one")


class PreviewRequest(DayRequest):
    """Parameters of `priority-preview`; what is left out is as in the settings."""

    district_weights: dict[str, dict[str, float]] | None = Field(
        None, description="district -> crime type -> factor"
    )
    shift_weights: dict[str, dict[str, float]] | None = Field(
        None, description="shift -> crime type -> factor"
    )
    severity: dict[str, float] | None = Field(None, description="crime type -> weight")
    severity_preset: str | None = Field(None, description="flat, harm_index or cost_of_crime")
    preventability: dict[str, float] | None = Field(None, description="crime type -> weight")
    shifts: tuple[str, ...] = Field((), description="only these")
    out: Path | None = Field(None, description="folder; by default a private one")


@operation("runs-list")
def runs_list(call: Call, asked: RunsRequest) -> RunsResult:
    """List the runs: what was forecast, planned, briefed and published."""
    from evenbeat.core.pipeline.views.history import past_runs

    runs = past_runs(
        call.context(asked.workspace), first=asked.first, last=asked.last, most=asked.most
    )
    return RunsResult(runs=[RunFacts.model_validate(run) for run in runs])


@operation("run-rasters")
def run_rasters(call: Call, asked: RunRastersRequest) -> RastersResult:
    """Write risk and priority of a run as rasters, one a layer and shift."""
    from evenbeat.core.pipeline.views.surfaces import run_rasters as write

    context, date = day_of(call, asked)
    made = write(
        context, date, run_id=asked.run_id, layers=asked.layers, shifts=asked.shifts,
        out=asked.out,
    )  # fmt: skip
    return _told(date, made)


@operation("run-difference")
def run_difference(call: Call, asked: DifferenceRequest) -> RastersResult:
    """Write the newer of two runs minus the older one as rasters."""
    from evenbeat.core.pipeline.views.surfaces import difference_of_runs

    made = difference_of_runs(
        call.context(asked.workspace), (asked.older.date, asked.older.run_id),
        (asked.newer.date, asked.newer.run_id), layer=asked.layer, shifts=asked.shifts,
        out=asked.out,
    )  # fmt: skip
    return _told(asked.newer.date, made)


@operation("priority-preview")
def priority_preview(call: Call, asked: PreviewRequest) -> RastersResult:
    """Write the priority of a day's run under other weights; change nothing."""
    from evenbeat.core.pipeline.views.surfaces import plan_settings_with, preview_priority

    context, date = day_of(call, asked)
    given = asked.model_dump(exclude={"workspace", "date", "shifts", "out"}, exclude_none=True)
    settings = plan_settings_with(context.workspace.settings.plan, given)
    return _told(
        date, preview_priority(context, date, settings, shifts=asked.shifts, out=asked.out)
    )


def _told(date: dt.date, rasters: list[Any]) -> RastersResult:
    return RastersResult(
        date=date, rasters=[RasterFacts.model_validate(raster) for raster in rasters]
    )
