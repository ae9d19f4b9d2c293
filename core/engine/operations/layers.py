"""What a layer may be: the roles, and which columns each of them reads."""

from __future__ import annotations

from pydantic import Field

from evenbeat.core.engine.operation import Call, Request, Result, operation


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
