"""Layers before they are used: how one would do, and which roles and columns there are."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from evenbeat.core.engine.operation import Call, Request, Result, WorkspaceRequest, operation
from evenbeat.core.engine.operations.steps import PreviewResult
from evenbeat.core.engine.operations.workspace import Bounds


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


class RoleColumn(Result):
    """One column that a role reads."""

    name: str = Field(description="our name")
    usual: list[str] = Field(description="how files spell it, in lower case without separators")


class RoleFacts(Result):
    """One role."""

    role: str
    columns: list[RoleColumn]
    categories: list[str] = Field(description="allowed categories; empty where it has none")


class RolesResult(Result):
    """Every role of a source."""

    roles: list[RoleFacts]
    crime_types: list[str] = Field(description="types that can be modelled")


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


@operation("layer-roles")
def layer_roles(_call: Call, asked: Request) -> RolesResult:
    """List the roles of layers, their columns, and the allowed categories."""
    from evenbeat.core.ingest.roles import columns_of_role, role_names
    from evenbeat.core.policy.features import event_categories, place_categories
    from evenbeat.core.policy.modelled import crime_types

    categories = {"places": place_categories(), "events": event_categories()}
    return RolesResult(
        roles=[
            RoleFacts(
                role=role,
                columns=[
                    RoleColumn(name=name, usual=list(usual))
                    for name, usual in columns_of_role(role).items()
                ],
                categories=list(categories.get(role, ())),
            )
            for role in role_names()
        ],
        crime_types=list(crime_types()),
    )
