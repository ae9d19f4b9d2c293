"""Keys of other agencies: made, listed, ended and rotated, each change with its log entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from evenbeat.core.pipeline.patrol.secrets import private_folder

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.tile_server.access.keys import KeyFile, KeyRecord

KEYS_FILE = "keys.json"


def keys_of(context: Context) -> tuple[KeyRecord, ...]:
    """Return every key that was made, ended ones too."""
    return tuple(_file(context).book().keys)


def create_key(
    context: Context, name: str, *, days: int | None = None, layers: Sequence[str] = ("*",),
    newest_lag_days: int = 0, oldest_lag_days: int | None = None,
    maximum_zoom: int | None = None, rights: Sequence[str] = (),
    rate_per_minute: int | None = None,
) -> tuple[KeyRecord, str]:  # fmt: skip
    """Make a key; return its record, and the key itself, which is not kept.

    Parameters
    ----------
    name
        Whose it is.
    days
        Days until it ends; it does not end by default.
    layers, newest_lag_days, oldest_lag_days, maximum_zoom, rights, rate_per_minute
        What it opens, as in `KeyFile.create`.
    """
    now = context.now()
    record, token = _file(context).create(
        name, now=now, layers=tuple(layers), newest_lag_days=newest_lag_days,
        oldest_lag_days=oldest_lag_days, maximum_zoom=maximum_zoom, rights=tuple(rights),
        rate_per_minute=rate_per_minute,
        expires_at=None if days is None else now + dt.timedelta(days=days),
    )  # fmt: skip
    _log(context, "create", record)
    return record, token


def revoke_key(context: Context, key_id: str) -> KeyRecord:
    """End a key now."""
    record = _file(context).revoke(key_id, now=context.now())
    _log(context, "revoke", record)
    return record


def rotate_key(context: Context, key_id: str, *, overlap_days: float) -> tuple[KeyRecord, str]:
    """Make a key of the same scope, and let the former one end after some days."""
    overlap = dt.timedelta(days=overlap_days)
    record, token = _file(context).rotate(key_id, now=context.now(), overlap=overlap)
    _log(context, "rotate", record)
    return record, token


def public_facts(record: KeyRecord) -> dict[str, Any]:
    """Return what anybody who administers keys may see of one: all but its hash."""
    return record.model_dump(mode="json", exclude={"sha256"})


def _file(context: Context) -> KeyFile:
    from evenbeat.tile_server.access.keys import KeyFile

    return KeyFile(private_folder(context.workspace) / KEYS_FILE)


def _log(context: Context, event: str, record: KeyRecord) -> None:
    """Record who changed which key, without anything of the key."""
    context.log(f"key-{event}", public_facts(record))
