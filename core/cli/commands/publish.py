"""``evenbeat publish``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from evenbeat.core.cli.steps import step

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.publish import PublishOutcome


@click.command(epilog="Example:  evenbeat publish -w riverton --date 2017-01-03")
@step("Publish")
def command(context: Context, date: dt.date, force: bool) -> tuple[PublishOutcome, list[str]]:
    """Publish a day's rasters as COG with a STAC catalog, whole or not at all."""
    from evenbeat.core.pipeline.publish import run_publish

    outcome = run_publish(context, date, force=force)
    head = "Already published" if outcome.reused else f"Published {outcome.files} files"
    return outcome, [
        f"{head}: run {outcome.run_id} in {outcome.folder}.",
        f"Next: evenbeat serve -w {context.workspace.root}",
    ]
