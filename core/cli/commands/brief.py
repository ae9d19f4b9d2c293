"""``evenbeat brief``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from evenbeat.core.cli.steps import step

if TYPE_CHECKING:
    from evenbeat.core.pipeline.brief import BriefOutcome
    from evenbeat.core.pipeline.context import Context


@click.command(epilog="Example:  evenbeat brief -w riverton --date 2017-01-03")
@click.option("--anchor", is_flag=True, help="Print the audit log's newest hash on every page.")
@step("Brief")
def command(
    context: Context, date: dt.date, force: bool, anchor: bool
) -> tuple[BriefOutcome, list[str]]:
    """Write one printable page per district and shift, and an overview."""
    from evenbeat.core.pipeline.brief import run_brief

    outcome = run_brief(context, date, force=force, anchor=anchor)
    head = "Already written" if outcome.reused else "Written"
    return outcome, [
        f"{head}: {outcome.pages} pages of run {outcome.run_id}.",
        f"Start at: {outcome.index}",
        f"Next: evenbeat publish -w {context.workspace.root}",
    ]
