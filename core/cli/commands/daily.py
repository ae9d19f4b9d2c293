"""``evenbeat daily``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evenbeat.core.cli.console import (
    Console,
    date_option,
    default_date,
    output_options,
    table,
    workspace_option,
)

if TYPE_CHECKING:
    from evenbeat.core.pipeline.daily import DailyOutcome


@click.command(
    epilog="Example, each morning at five:  0 5 * * *  evenbeat daily -q -w /srv/riverton "
    "--date $(date +\\%F)"
)
@workspace_option
@date_option
@click.option("--to", metavar="URL",
              help="Copy the publication to s3://bucket/prefix. Default: publish.url.")  # fmt: skip
@output_options
def command(console: Console, workspace: Path, date: dt.date | None, to: str | None) -> None:
    """Ingest what is new, fit when due, forecast, plan, brief and publish a day.

    A step already done is not done again; after a crash, run it again.
    """
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.daily import run_daily
    from evenbeat.core.pipeline.ingest import run_ingest

    with console.progress("Day") as progress:
        context = Context.local(workspace, progress=progress)
        ingested = run_ingest(context) if date is None else None
        outcome = run_daily(context, default_date(context, date), ingested=ingested, to=to)
    console.show(vars(outcome), day_lines(outcome))


def day_lines(outcome: DailyOutcome) -> list[str]:
    """Return a day's outcome as lines for people."""
    steps = [
        (step, state, f"{outcome.seconds[step]:.1f} s") for step, state in outcome.steps.items()
    ]
    totals = [(name, f"{value:.2f}") for name, value in outcome.totals.items()]
    return [
        f"{outcome.date}, run {outcome.run_id}",
        *table(steps),
        *[f"  read {rows:,} rows of {name}" for name, rows in outcome.ingested.items()],
        *table(totals, header=("crime type", "expected that day, whole jurisdiction")),
        f"{outcome.boxes} boxes: {outcome.assignments}",
        *[f"  note: {note}" for note in outcome.notes],
        f"Briefing:    {outcome.briefing}",
        f"Publication: {outcome.publication}",
        *([f"Copy:        {outcome.copy_url}"] if outcome.copy_url else []),
    ]
