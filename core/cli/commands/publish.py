"""``evenbeat publish``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from evenbeat.core.cli.console import (
    Console,
    date_option,
    default_date,
    force_option,
    output_options,
    workspace_option,
)


@click.command(epilog="Example:  evenbeat publish -w riverton --date 2017-01-03")
@workspace_option
@date_option
@force_option
@output_options
def command(console: Console, workspace: Path, date: dt.date | None, force: bool) -> None:
    """Publish a day's rasters as COG with a STAC catalog, whole or not at all."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.publish import run_publish

    with console.progress("Publish") as progress:
        context = Context.local(workspace, progress=progress)
        outcome = run_publish(context, default_date(context, date), force=force)
    head = "Already published" if outcome.reused else f"Published {outcome.files} files"
    console.show(
        vars(outcome),
        [f"{head}: run {outcome.run_id} in {outcome.folder}.",
         f"Next: evenbeat serve -w {workspace}"],
    )  # fmt: skip
