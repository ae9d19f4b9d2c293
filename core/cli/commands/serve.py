"""``evenbeat serve``."""

from __future__ import annotations

from pathlib import Path

import click

from evenbeat.core.cli.console import Console, output_options, workspace_option


@click.command(epilog="Example:  evenbeat serve -w riverton --port 8765")
@workspace_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True,
              help="Port; 0 takes a free one.")  # fmt: skip
@click.option("--keys", is_flag=True,
              help="Ask for keys (evenbeat keys); else everything published is open.")  # fmt: skip
@click.option("--public-layer", "public_layers", multiple=True,
              help="With --keys: a layer that needs none, a day late. Repeat it.")  # fmt: skip
@click.option("--request-log", type=click.Path(path_type=Path, dir_okay=False),
              help="File for a line of every request.")  # fmt: skip
@output_options
def command(
    console: Console, workspace: Path, host: str, port: int, keys: bool,
    public_layers: tuple[str, ...], request_log: Path | None,
) -> None:  # fmt: skip
    """Serve the publication: a map page at /map, tiles and queries under /v1."""
    from evenbeat.core.store.workspace import Workspace
    from evenbeat.tile_server.app import serve
    from evenbeat.tile_server.settings import ServiceSettings

    opened = Workspace.open(workspace)
    settings = ServiceSettings(
        publication=opened.publication, host=host, port=port, public_layers=public_layers,
        keys_file=opened.root / "private" / "keys.json" if keys else None,
        request_log=request_log,
    )  # fmt: skip
    serve(settings, announce=lambda address: console.show(
        {"map": f"{address}/map"}, [f"Map page: {address}/map   (Ctrl+C ends)"]
    ))  # fmt: skip
