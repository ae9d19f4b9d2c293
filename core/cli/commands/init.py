"""``evenbeat init``."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from evenbeat.core.cli.console import Console, output_options


@click.command(
    epilog="Example:  evenbeat init riverton --name 'Riverton PD' --timezone America/Denver"
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", default="Agency", show_default=True, help="The agency's name.")
@click.option("--timezone", default="UTC", show_default=True, help="IANA time zone of the files.")
@click.option("--crs", default="auto", show_default=True, help="Projected CRS, e.g. EPSG:26971.")
@output_options
def command(console: Console, folder: Path, name: str, timezone: str, crs: str) -> None:
    """Make FOLDER a workspace: settings with comments, and a place for exports."""
    from evenbeat.core.pipeline.initialise import run_init

    path = run_init(folder, name=name, timezone=timezone, crs=crs)
    console.show(
        {"settings": str(path)},
        [f"Made {path}.", "Next: name your exports in it, then  evenbeat ingest --dry-run "
         f"-w {shlex.quote(str(folder))}"],
    )  # fmt: skip
