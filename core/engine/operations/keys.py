"""Keys of other agencies for the tile service."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from evenbeat.core.engine.operation import Call, Result, WorkspaceRequest, operation

if TYPE_CHECKING:
    from evenbeat.tile_server.access.keys import KeyRecord


class KeyFacts(Result):
    """What is kept of a key; never the key itself."""

    id: str
    name: str
    layers: tuple[str, ...]
    newest_lag_days: int
    oldest_lag_days: int | None
    maximum_zoom: int | None
    rights: tuple[str, ...]
    rate_per_minute: int | None
    created_at: dt.datetime
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None
    state: str = Field(description="active, expired or revoked")


class KeyList(Result):
    """Every key that was made."""

    keys: list[KeyFacts]


class MadeKey(Result):
    """A key that was just made."""

    key: KeyFacts
    token: str = Field(description="the key; it is not kept and cannot be shown again")


class CreateRequest(WorkspaceRequest):
    """Parameters of `keys-create`."""

    name: str = Field(min_length=1, description="who it is for")
    layers: tuple[str, ...] = Field(("*",), description="layers that it opens, such as risk-*")
    days: int | None = Field(None, ge=1, le=3660, description="days until it ends")
    newest_lag_days: int = Field(0, ge=0, description="only dates at least so many days old")
    oldest_lag_days: int | None = Field(None, ge=0, description="only dates at most so old")
    maximum_zoom: int | None = Field(None, ge=0, le=22, description="deepest zoom of tiles")
    rights: tuple[Literal["download", "assignments", "admin"], ...] = Field(
        (), description="further ones"
    )
    rate_per_minute: int | None = Field(None, ge=1, description="requests a minute, at most")


class KeyRequest(WorkspaceRequest):
    """Parameters of `keys-revoke`."""

    key_id: str


class RotateRequest(KeyRequest):
    """Parameters of `keys-rotate`."""

    overlap_days: float = Field(7.0, ge=0, le=90, description="days in which the former one works")


@operation("keys-list")
def keys_list(call: Call, asked: WorkspaceRequest) -> KeyList:
    """List keys and what they open; never the keys themselves."""
    from evenbeat.core.pipeline.keys import keys_of

    context = call.context(asked.workspace)
    return KeyList(keys=[_facts(record, context.now()) for record in keys_of(context)])


@operation("keys-create", writes=True)
def keys_create(call: Call, asked: CreateRequest) -> MadeKey:
    """Make a key, and show it once."""
    from evenbeat.core.pipeline.keys import create_key

    context = call.context(asked.workspace)
    scope = asked.model_dump(exclude={"workspace", "name"})
    record, token = create_key(context, asked.name, **scope)
    return MadeKey(key=_facts(record, context.now()), token=token)


@operation("keys-revoke", writes=True)
def keys_revoke(call: Call, asked: KeyRequest) -> KeyFacts:
    """End a key now."""
    from evenbeat.core.pipeline.keys import revoke_key

    context = call.context(asked.workspace)
    return _facts(revoke_key(context, asked.key_id), context.now())


@operation("keys-rotate", writes=True)
def keys_rotate(call: Call, asked: RotateRequest) -> MadeKey:
    """Make a key of the same scope, and let the former one end."""
    from evenbeat.core.pipeline.keys import rotate_key

    context = call.context(asked.workspace)
    record, token = rotate_key(context, asked.key_id, overlap_days=asked.overlap_days)
    return MadeKey(key=_facts(record, context.now()), token=token)


def _facts(record: KeyRecord, now: dt.datetime) -> KeyFacts:
    from evenbeat.core.pipeline.keys import public_facts

    return KeyFacts.model_validate({**public_facts(record), "state": record.state(now)})
