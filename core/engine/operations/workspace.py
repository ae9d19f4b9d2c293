"""The workspace at a glance, its settings, and layers looked at before they are used."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

from pydantic import Field

from evenbeat.core.engine.operation import Call, Request, Result, WorkspaceRequest, operation
from evenbeat.core.engine.operations.steps import PreviewResult
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
    state: str = Field(description="read, changed, new, missing or address")
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


class TacticFacts(Result):
    """One tactic of the library."""

    id: str
    name: str
    text: str
    enforcement: bool
    crime_types: list[str] = Field(description="empty for all")
    contexts: list[str] = Field(description="categories of places; empty for anywhere")
    source: str


class TacticsResult(Result):
    """The tactics in use."""

    tactics: list[TacticFacts]
    own: bool = Field(description="the agency's own library, not the shipped one")


class TacticRow(Request):
    """One row of a library."""

    id: str
    name: str
    text: str
    enforcement: bool = False
    crime_types: tuple[str, ...] = Field((), description="empty for all")
    contexts: tuple[str, ...] = Field((), description="empty for anywhere")
    source: str = ""


class TacticsChangeRequest(WorkspaceRequest):
    """Parameters of `tactics-change`."""

    tactics: tuple[TacticRow, ...] = Field(description="the whole library; empty: the shipped one")


class LayerRequest(WorkspaceRequest):
    """Parameters of `layer-check`."""

    source: dict[str, Any] = Field(
        description="a [[sources]] entry: role, path (file.gpkg|layername=name for a layer of a "
        "GeoPackage), and what else it may say, such as columns, crs, category"
    )


class LayerResult(Result):
    """How a layer would do in a role."""

    role: str
    path: str
    name: str
    format: str
    crs: str | None
    columns_found: list[str]
    columns: dict[str, str] = Field(description="our name -> their column")
    rows_in: int
    rows_kept: int
    dropped: dict[str, int] = Field(description="reason -> rows")
    repaired: dict[str, int] = Field(description="reason -> rows")
    refused: list[str] = Field(description="what policy refuses, in words")
    problems: list[str] = Field(description="why the layer cannot be used; empty where it can")
    notes: list[str]
    bounds: Bounds | None = Field(description="of what would be stored, workspace's CRS")
    bounds_degrees: Bounds | None
    advice: str
    text: str


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


@operation("tactics")
def tactics(call: Call, asked: WorkspaceRequest) -> TacticsResult:
    """List the tactics in use."""
    from evenbeat.core.pipeline.tactics_edit import tactics_of

    found, own = tactics_of(call.context(asked.workspace))
    return TacticsResult(tactics=[_tactic(one) for one in found], own=own)


@operation("tactics-change", writes=True)
def tactics_change(call: Call, asked: TacticsChangeRequest) -> TacticsResult:
    """Give the agency a library of its own, or go back to the shipped one."""
    from evenbeat.core.pipeline.tactics_edit import replace_tactics

    found = replace_tactics(call.context(asked.workspace), [
        {"id": row.id, "name": row.name, "text": row.text, "source": row.source,
         "enforcement": "yes" if row.enforcement else "no",
         "crime_types": "|".join(row.crime_types) or "*",
         "contexts": "|".join(row.contexts) or "*"}
        for row in asked.tactics
    ])  # fmt: skip
    return TacticsResult(tactics=[_tactic(one) for one in found], own=bool(asked.tactics))


@operation("layer-check")
def layer_check(call: Call, asked: LayerRequest) -> LayerResult:
    """Look at a layer before it is a source: columns, rows, refusals, bounds, CRS."""
    from evenbeat.core.pipeline.views.layer_check import check_layer

    found = check_layer(call.context(asked.workspace), asked.source)
    return LayerResult.model_validate(found)


@operation("ingest-preview")
def ingest_preview(call: Call, asked: WorkspaceRequest) -> PreviewResult:
    """Tell how each source would be understood; store nothing."""
    from evenbeat.core.pipeline.ingest import preview_ingest

    return PreviewResult(sources=preview_ingest(call.context(asked.workspace)))


def _settings(found: Any) -> SettingsResult:
    return SettingsResult(
        text=found.text,
        version=found.version,
        settings=found.settings.model_dump(mode="json"),
        given=found.settings.model_dump(mode="json", exclude_unset=True),
    )


def _tactic(found: Any) -> TacticFacts:
    return TacticFacts(
        id=found.id, name=found.name, text=found.text, enforcement=found.enforcement,
        crime_types=sorted(found.crime_types), contexts=sorted(found.contexts),
        source=found.source,
    )  # fmt: skip
