"""The workspace at a glance, its settings, and what weighs what."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

from pydantic import Field

from evenbeat.core.engine.operation import Call, Request, Result, WorkspaceRequest, operation
from evenbeat.core.engine.writable import require_writable
from evenbeat.core.kernels.cache_folder import is_writable

Bounds = tuple[float, float, float, float]


class TableFacts(Result):
    """One table of the workspace."""

    name: str
    rows: int
    version: str


class SourceFacts(Result):
    """One source of the settings."""

    number: int = Field(description="its place among the sources, from 0")
    role: str
    path: str
    files: list[str]
    state: str = Field(
        description="read, older (by another version of Evenbeat), changed, new, missing or address"
    )
    problem: str


class DistrictFacts(Result):
    """One district."""

    district_id: str
    name: str
    bounds: Bounds = Field(description="west, south, east, north in the CRS")


class SummaryResult(Result):
    """A workspace at a glance."""

    root: Path
    agency: str
    timezone: str
    crs: str = Field(description="CRS of every layer, or auto until the first ingest")
    cell_size: float = Field(description="in the units of the CRS")
    districts: list[DistrictFacts]
    crime_types: dict[str, str] = Field(description="modelled crime type -> title")
    shifts: dict[str, str] = Field(description="shift -> local start")
    tables: list[TableFacts]
    sources: list[SourceFacts]
    run_dates: list[dt.date] = Field(description="days with a forecast")
    measured_dates: list[dt.date] = Field(description="days with measured patrol")
    own_tables: list[str] = Field(description="policy tables that the agency overrides")
    bounds: Bounds | None = Field(description="west, south, east, north in the CRS")
    publication: str
    writable: bool
    actor: str = Field(description="name under which changes are logged")
    role: str | None = Field(description="what that person may do in review")


class SettingsResult(Result):
    """The settings as they stand."""

    text: str = Field(description="evenbeat.toml with its comments")
    version: str = Field(description="to give with a change")
    settings: dict[str, Any] = Field(description="every setting, defaults included")
    given: dict[str, Any] = Field(description="only what the file says")


class Change(Request):
    """One setting and its new value."""

    path: tuple[str, ...] = Field(
        min_length=1, description='such as ["plan", "tau"] or ["sources", "0", "path"]'
    )
    value: Any = Field(None, description="null takes the setting out: its default counts again")


class ChangeRequest(WorkspaceRequest):
    """Parameters of `settings-change`."""

    changes: tuple[Change, ...] = Field(min_length=1)
    version: str | None = Field(None, description="version that was seen")
    dry_run: bool = Field(False, description="only tell what the file would be")


class PrioritiesResult(Result):
    """What weighs what, and where."""

    crime_types: list[str]
    districts: list[DistrictFacts]
    severity: dict[str, float] = Field(description="crime type -> severity x preventability")
    preventability: dict[str, float]
    factors: dict[str, dict[str, float]] = Field(description="district -> crime type -> factor")
    shift_factors: dict[str, dict[str, float]]
    unit_factors: dict[str, dict[str, float]]
    version: str = Field(description="of the settings, to give with a change")


@operation("workspace-summary")
def workspace_summary(call: Call, asked: WorkspaceRequest) -> SummaryResult:
    """Tell what a workspace is and holds."""
    from evenbeat.core.pipeline.review.roles import reviewer_of
    from evenbeat.core.pipeline.views.summary import summarise

    context = call.context(asked.workspace)
    found = summarise(context)
    with context.workspace.database.reading() as connection:
        reviewer = reviewer_of(context, connection)
    return SummaryResult.model_validate({
        **dataclasses.asdict(found), "writable": is_writable(found.root),
        "actor": reviewer.actor, "role": reviewer.role,
    })  # fmt: skip


@operation("settings-read")
def settings_read(call: Call, asked: WorkspaceRequest) -> SettingsResult:
    """Read the settings, as text and as values."""
    from evenbeat.core.pipeline.settings_edit import read_settings

    return _settings(read_settings(call.context(asked.workspace)))


@operation("settings-change")
def settings_change(call: Call, asked: ChangeRequest) -> SettingsResult:
    """Change single settings; comments stay, and nothing unusable is written."""
    from evenbeat.core.pipeline.settings_edit import change_settings

    if not asked.dry_run:
        require_writable(asked.workspace)
    return _settings(change_settings(
        call.context(asked.workspace), [(change.path, change.value) for change in asked.changes],
        seen=asked.version, dry_run=asked.dry_run,
    ))  # fmt: skip


@operation("priorities")
def priorities(call: Call, asked: WorkspaceRequest) -> PrioritiesResult:
    """Tell the weights of crime types, and the factors of districts, shifts and units."""
    from evenbeat.core.pipeline.settings_edit import read_settings
    from evenbeat.core.pipeline.views.summary import summarise
    from evenbeat.core.planning.priority import severity_weights

    context = call.context(asked.workspace)
    plan, types = context.workspace.settings.plan, context.workspace.settings.model.crime_types
    return PrioritiesResult(
        crime_types=list(types),
        districts=[DistrictFacts.model_validate(one) for one in summarise(context).districts],
        severity=severity_weights(plan, types), preventability=plan.preventability,
        factors=plan.district_weights, shift_factors=plan.shift_weights,
        unit_factors=plan.unit_weights, version=read_settings(context).version,
    )  # fmt: skip


def _settings(found: Any) -> SettingsResult:
    return SettingsResult(
        text=found.text,
        version=found.version,
        settings=found.settings.model_dump(mode="json"),
        given=found.settings.model_dump(mode="json", exclude_unset=True),
    )
