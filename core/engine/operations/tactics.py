"""The tactics in use, and a library of the agency's own."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from evenbeat.core.engine.operation import Call, Request, Result, WorkspaceRequest, operation


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


def _tactic(found: Any) -> TacticFacts:
    return TacticFacts(
        id=found.id, name=found.name, text=found.text, enforcement=found.enforcement,
        crime_types=sorted(found.crime_types), contexts=sorted(found.contexts),
        source=found.source,
    )  # fmt: skip
