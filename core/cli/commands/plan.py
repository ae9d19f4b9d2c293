"""``evenbeat plan``."""

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


@click.command(epilog="Example:  evenbeat plan -w riverton --date 2017-01-03")
@workspace_option
@date_option
@force_option
@output_options
def command(console: Console, workspace: Path, date: dt.date | None, force: bool) -> None:
    """Choose capped boxes per district and shift; written as a GeoPackage for QGIS."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.plan import run_plan

    with console.progress("Plan") as progress:
        context = Context.local(workspace, progress=progress)
        outcome = run_plan(context, default_date(context, date), force=force)
    head = "Already planned" if outcome.reused else "Planned"
    console.show(
        vars(outcome),
        [f"{head}: {outcome.boxes} boxes, {outcome.minutes:,.0f} minutes, run {outcome.run_id}.",
         *[f"  note: {note}" for note in outcome.notes],
         f"Assignments: {outcome.path}", f"Next: evenbeat brief -w {workspace}"],
    )  # fmt: skip
