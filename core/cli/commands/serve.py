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
@output_options
def command(console: Console, workspace: Path, host: str, port: int) -> None:
    """Serve the publication: a map page at /map, tiles and queries under /v1."""
    from evenbeat.core.store.workspace import Workspace
    from evenbeat.tile_server.app import serve
    from evenbeat.tile_server.settings import ServiceSettings

    opened = Workspace.open(workspace)
    settings = ServiceSettings(publication=opened.publication, host=host, port=port)
    serve(settings, announce=lambda address: console.show(
        {"map": f"{address}/map"}, [f"Map page: {address}/map   (Ctrl+C ends)"]
    ))  # fmt: skip
