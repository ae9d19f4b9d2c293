"""``evenbeat fit``."""

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
    table,
    workspace_option,
)


@click.command(epilog="Example:  evenbeat fit -w riverton --date 2017-01-03")
@workspace_option
@date_option
@force_option
@output_options
def command(console: Console, workspace: Path, date: dt.date | None, force: bool) -> None:
    """Fit a model per crime type on what was known before the day's midnight."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.fit import run_fit

    with console.progress("Fit") as progress:
        context = Context.local(workspace, progress=progress)
        outcome = run_fit(context, default_date(context, date), force=force)
    head = "Already fitted" if outcome.reused else "Fitted"
    console.show(
        vars(outcome),
        [f"{head} {outcome.model_id} on what was known before {outcome.cutoff}.",
         *table(sorted(outcome.versions.items()), header=("crime type", "model")),
         f"Next: evenbeat forecast -w {workspace}"],
    )  # fmt: skip
