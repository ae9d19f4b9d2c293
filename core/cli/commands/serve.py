"""``evenbeat serve``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from evenbeat.core.cli.console import Console, output_options, workspace_option


class _ServeCommand(click.Command):
    """Tells every setting of the environment below its options."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example and the settings."""
        from evenbeat.tile_server.settings import ServiceSettings

        super().format_epilog(ctx, formatter)
        rows = [
            (f"EVENBEAT_{name.upper()}", field.description or "")
            for name, field in ServiceSettings.model_fields.items()
        ]
        with formatter.section("Settings by environment (lists: JSON, or with commas)"):
            formatter.write_dl(rows)


@click.command(cls=_ServeCommand, epilog="Example:  evenbeat serve -w riverton --port 8765")
@workspace_option
@click.option("--publication", metavar="PLACE",
              help="Folder, s3://bucket/prefix or https://... to serve.")  # fmt: skip
@click.option("--settings", "settings_file", type=click.Path(path_type=Path, dir_okay=False),
              help="File of EVENBEAT_... lines, read again on SIGHUP.")  # fmt: skip
@click.option("--host", help="Address to listen on. Default: 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535),
              help="Port; 0 takes a free one. Default: 8765.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), help="Worker processes. Default: 1.")
@click.option("--root-path", help="Prefix below which a proxy shows the service: /evenbeat.")
@click.option("--keys", is_flag=True,
              help="Ask for keys (evenbeat keys); else everything published is open.")  # fmt: skip
@click.option("--public-layer", "public_layers", multiple=True,
              help="With --keys: a layer that needs none, a day late. Repeat it.")  # fmt: skip
@click.option("--request-log", type=click.Path(path_type=Path, dir_okay=False),
              help="File for a line of every request.")  # fmt: skip
@click.option("--metrics-port", type=click.IntRange(0, 65535),
              help="Port on 127.0.0.1 for Prometheus; 0 takes a free one.")  # fmt: skip
@output_options
def command(
    console: Console, workspace: Path, settings_file: Path | None, keys: bool,
    public_layers: tuple[str, ...], **given: Any,
) -> None:  # fmt: skip
    """Serve the publication: a map page at /map, tiles and queries under /v1.

    What stands on the command line counts before the file of settings, and that before the
    environment. SIGHUP reads settings, keys and styles again, and no connection is lost.
    """
    from evenbeat.tile_server.operations.source import SettingsSource
    from evenbeat.tile_server.operations.supervisor import serve

    options = {name: value for name, value in given.items() if value is not None}
    if public_layers:
        options["public_layers"] = public_layers
    fallback: dict[str, Any] = {}
    if keys or not SettingsSource(options, settings_file).states("publication"):
        fallback = _of_workspace(workspace)
    if keys:
        options["keys_file"] = fallback["keys_file"]
    fallback.pop("keys_file", None)
    serve(
        SettingsSource(options, settings_file, fallback),
        announce=lambda address, metrics: _announce(console, address, metrics),
    )


def _of_workspace(workspace: Path) -> dict[str, Any]:
    from evenbeat.core.store.workspace import Workspace

    opened = Workspace.open(workspace)
    return {
        "publication": opened.publication,
        "styles": opened.root / "styles",
        "keys_file": opened.root / "private" / "keys.json",
    }


def _announce(console: Console, address: str, metrics: str | None) -> None:
    lines = [f"Map page: {address}/map   (Ctrl+C ends)"]
    if metrics is not None:
        lines.append(f"Metrics:  {metrics}")
    console.show({"map": f"{address}/map", "metrics": metrics}, lines)
