"""``evenbeat keys``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evenbeat.core.cli.console import Console, output_options, table, workspace_option

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.tile_server.access.keys import KeyRecord

_EXAMPLE = 'Example:  evenbeat keys create "County GIS" --layer "risk-*" --days 365 -w riverton'


@click.group(epilog=_EXAMPLE)
def command() -> None:
    """Make, list, revoke and rotate the keys of other agencies.

    A key is shown once. What is kept is its hash and what it opens, in private/keys.json; a service
    that runs takes every change from its next request on.
    """


@command.command(epilog=_EXAMPLE)
@click.argument("name")
@click.option("--layer", "layers", multiple=True, default=("*",), show_default=True,
              help="Layers that it opens, such as risk-*. Repeat it.")  # fmt: skip
@click.option("--days", type=click.IntRange(1, 3660), help="Days until it ends. Default: none.")
@click.option("--newest-lag", type=click.IntRange(0), default=0, show_default=True,
              help="Only dates at least so many days old.")  # fmt: skip
@click.option("--oldest-lag", type=click.IntRange(0), help="Only dates at most so many days old.")
@click.option("--max-zoom", type=click.IntRange(0, 22), help="Deepest zoom of tiles.")
@click.option("--may", "rights", multiple=True,
              type=click.Choice(["download", "assignments", "admin"]),
              help="Further rights. Repeat it.")  # fmt: skip
@click.option("--rate", type=click.IntRange(1), help="Requests a minute, at most.")
@workspace_option
@output_options
def create(
    console: Console, name: str, layers: tuple[str, ...], days: int | None, newest_lag: int,
    oldest_lag: int | None, max_zoom: int | None, rights: tuple[str, ...], rate: int | None,
    workspace: Path,
) -> None:  # fmt: skip
    """Make a key for NAME, and show it once."""
    from evenbeat.core.pipeline.keys import create_key

    record, token = create_key(
        _context(workspace), name, days=days, layers=layers, newest_lag_days=newest_lag,
        oldest_lag_days=oldest_lag, maximum_zoom=max_zoom, rights=rights, rate_per_minute=rate,
    )  # fmt: skip
    _show(console, record, token, f"Key {record.id} for {record.name}:")


@command.command("list", epilog="Example:  evenbeat keys list -w riverton")
@workspace_option
@output_options
def list_keys(console: Console, workspace: Path) -> None:
    """List keys and what they open; never the keys themselves."""
    from evenbeat.core.pipeline.keys import keys_of, public_facts

    context = _context(workspace)
    now, keys = context.now(), keys_of(context)
    header = ("key", "for", "state", "layers", "dates", "rights", "a minute", "ends")
    rows = [
        (key.id, key.name, key.state(now), " ".join(key.layers), _dates(key),
         " ".join(key.rights) or "-", str(key.rate_per_minute or "any"),
         f"{key.expires_at:%Y-%m-%d}" if key.expires_at else "-")
        for key in keys
    ]  # fmt: skip
    documents = [public_facts(key) for key in keys]
    lines = table(rows, header=header) if rows else ["No key yet: evenbeat keys create NAME"]
    console.show(documents, lines)


@command.command(epilog="Example:  evenbeat keys revoke 0a1b2c3d -w riverton")
@click.argument("key_id")
@workspace_option
@output_options
def revoke(console: Console, key_id: str, workspace: Path) -> None:
    """End a key now."""
    from evenbeat.core.pipeline.keys import public_facts, revoke_key

    record = revoke_key(_context(workspace), key_id)
    console.show(public_facts(record),
                 [f"Key {record.id} for {record.name} opens nothing any more."])  # fmt: skip


@command.command(epilog="Example:  evenbeat keys rotate 0a1b2c3d --overlap-days 7 -w riverton")
@click.argument("key_id")
@click.option("--overlap-days", type=click.FloatRange(0, 90), default=7.0, show_default=True,
              help="Days in which the former key still works.")  # fmt: skip
@workspace_option
@output_options
def rotate(console: Console, key_id: str, overlap_days: float, workspace: Path) -> None:
    """Make a key of the same scope, and let the former one end."""
    from evenbeat.core.pipeline.keys import rotate_key

    record, token = rotate_key(_context(workspace), key_id, overlap_days=overlap_days)
    head = f"Key {record.id} for {record.name}; {key_id} ends in {overlap_days:g} days:"
    _show(console, record, token, head)


def _context(workspace: Path) -> Context:
    from evenbeat.core.pipeline.context import Context

    return Context.local(workspace)


def _dates(key: KeyRecord) -> str:
    newest = f"{key.newest_lag_days}+ days old" if key.newest_lag_days else "all"
    return newest if key.oldest_lag_days is None else f"{newest}, up to {key.oldest_lag_days}"


def _show(console: Console, record: KeyRecord, token: str, head: str) -> None:
    from evenbeat.core.pipeline.keys import public_facts

    console.show({**public_facts(record), "token": token}, [
        head, f"  {token}", "It is not kept and cannot be shown again. Send it in the header "
        "X-API-Key, or as ?key= in an address.",
    ])  # fmt: skip
