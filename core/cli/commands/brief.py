"""``evenbeat brief``."""

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


@click.command(epilog="Example:  evenbeat brief -w riverton --date 2017-01-03")
@workspace_option
@date_option
@force_option
@output_options
def command(console: Console, workspace: Path, date: dt.date | None, force: bool) -> None:
    """Write one printable page per district and shift, and an overview."""
    from evenbeat.core.pipeline.brief import run_brief
    from evenbeat.core.pipeline.context import Context

    with console.progress("Brief") as progress:
        context = Context.local(workspace, progress=progress)
        outcome = run_brief(context, default_date(context, date), force=force)
    head = "Already written" if outcome.reused else "Written"
    console.show(
        vars(outcome),
        [f"{head}: {outcome.pages} pages of run {outcome.run_id}.", f"Start at: {outcome.index}",
         f"Next: evenbeat publish -w {workspace}"],
    )  # fmt: skip
