"""Measured patrol for maps, and a day's briefing as data for a layout."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from pathlib import Path
from typing import Any

from pydantic import Field

from evenbeat.core.engine.operation import Call, DayRequest, Result, WorkspaceRequest, operation
from evenbeat.core.engine.operations.maps import RasterFacts
from evenbeat.core.engine.operations.steps import day_of


class MeasuredRequest(WorkspaceRequest):
    """A measured day."""

    date: dt.date = Field(description="day, YYYY-MM-DD; it must be measured")
    out: Path | None = Field(None, description="folder; by default a private one")


class HourlyRequest(MeasuredRequest):
    """Parameters of `dosage-rasters`."""

    variable: str = Field(
        "presence_minutes",
        description="presence_minutes, unit_minutes, officer_minutes or unknown_minutes",
    )
    single: bool = Field(False, description="also each hour as a raster of its own")


class BandFacts(Result):
    """One hour of an hourly raster."""

    band: int
    start: dt.datetime
    end: dt.datetime
    local_start: dt.datetime = Field(description="on the agency's clock, without a zone")
    total_minutes: float
    maximum: float


class HourlyResult(Result):
    """Minutes by hour."""

    path: Path = Field(description="cloud-optimised GeoTIFF with a band an hour")
    variable: str
    bands: list[BandFacts]
    single: list[Path] = Field(description="the hours one by one, where asked for")


class TracksRequest(MeasuredRequest):
    """Parameters of `tracks`."""

    shift: str | None = Field(None, description="only this shift")


class TracksResult(Result):
    """Where units were."""

    path: Path = Field(
        description="GeoPackage: tracks (lines with start and end), positions (points with time); "
        "columns local_... are texts of the agency's clock"
    )
    units: int
    lines: int
    positions: int
    named: bool = Field(description="units stand there under their pseudonyms")
    note: str = Field(description="why not")


class FulfilledResult(Result):
    """Planned against delivered."""

    path: Path = Field(description="GeoPackage with the layer delivered")
    rows: list[dict[str, Any]] = Field(description="one a box: planned, presence, visits, outcome")
    outcomes: dict[str, int]


class BriefingRequest(DayRequest):
    """Parameters of `briefing-data`."""

    out: Path | None = Field(None, description="folder; by default a private one")


class BriefingResult(Result):
    """Everything that a layout of a day needs."""

    date: dt.date
    run_id: str
    path: Path = Field(
        description="GeoPackage 1.2: pages (coverage of an atlas), boxes, incidents, events, "
        "districts, streets, places"
    )
    rasters: list[RasterFacts] = Field(description="priority of each shift")
    pages: list[dict[str, Any]] = Field(description="texts of each district and shift")
    head: dict[str, Any] = Field(
        description="agency, date, weather, freshness, cut-off, run_id, log_head, provenance"
    )
    legend: list[dict[str, str]] = Field(description="colour and text of each class")
    statement: str = Field(description="what a forecast is not")


@operation("dosage-rasters")
def dosage_rasters(call: Call, asked: HourlyRequest) -> HourlyResult:
    """Write a measured day hour by hour as a raster."""
    from evenbeat.core.pipeline.views.patrol import hourly_raster

    return HourlyResult.model_validate(hourly_raster(
        call.context(asked.workspace), asked.date, variable=asked.variable, single=asked.single,
        out=asked.out,
    ))  # fmt: skip


@operation("tracks")
def tracks(call: Call, asked: TracksRequest) -> TracksResult:
    """Write where units were, for the map; by role with or without pseudonyms."""
    from evenbeat.core.pipeline.views.patrol import unit_tracks

    return TracksResult.model_validate(unit_tracks(
        call.context(asked.workspace), asked.date, shift=asked.shift, out=asked.out
    ))  # fmt: skip


@operation("planned-delivered")
def planned_delivered(call: Call, asked: MeasuredRequest) -> FulfilledResult:
    """Tell planned against delivered in each box of a measured day."""
    from evenbeat.core.pipeline.views.patrol import planned_and_delivered

    found = planned_and_delivered(call.context(asked.workspace), asked.date, out=asked.out)
    rows = [{name: _known(value) for name, value in row.items()} for row in found.rows]
    return FulfilledResult(path=found.path, rows=rows, outcomes=found.outcomes)


@operation("briefing-data")
def briefing_data(call: Call, asked: BriefingRequest) -> BriefingResult:
    """Write a day's briefing as layers and texts for a layout."""
    from evenbeat.core.pipeline.views.briefing import briefing_data as gather

    context, date = day_of(call, asked)
    made = gather(context, date, out=asked.out)
    facts = {field.name: getattr(made, field.name) for field in dataclasses.fields(made)}
    return BriefingResult.model_validate(facts)


def _known(value: Any) -> Any:
    """Return a value of a table, None where it is not known."""
    return None if isinstance(value, float) and math.isnan(value) else value
