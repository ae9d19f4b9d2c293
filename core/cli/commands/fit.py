"""``evenbeat fit``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from evenbeat.core.cli.console import table
from evenbeat.core.cli.steps import step

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.fit import FitOutcome


@click.command(epilog="Example:  evenbeat fit -w riverton --date 2017-01-03")
@step("Fit")
def command(context: Context, date: dt.date, force: bool) -> tuple[FitOutcome, list[str]]:
    """Fit a model per crime type on what was known before the day's midnight."""
    from evenbeat.core.pipeline.fit import run_fit

    outcome = run_fit(context, date, force=force)
    head = "Already fitted" if outcome.reused else "Fitted"
    return outcome, [
        f"{head} {outcome.model_id} on what was known before {outcome.cutoff}.",
        *table(sorted(outcome.versions.items()), header=("crime type", "model")),
        *(f"Left out: {reason}" for reason in outcome.left_out.values()),
        f"Next: evenbeat forecast -w {context.workspace.root}",
    ]
