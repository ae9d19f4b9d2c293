"""``evenbeat plan``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from evenbeat.core.cli.steps import step

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.plan import PlanOutcome


@click.command(epilog="Example:  evenbeat plan -w riverton --date 2017-01-03")
@step("Plan")
def command(context: Context, date: dt.date, force: bool) -> tuple[PlanOutcome, list[str]]:
    """Choose capped boxes per district and shift; written as a GeoPackage for QGIS."""
    from evenbeat.core.pipeline.plan import run_plan

    outcome = run_plan(context, date, force=force)
    head = "Already planned" if outcome.reused else "Planned"
    return outcome, [
        f"{head}: {outcome.boxes} boxes, {outcome.minutes:,.0f} minutes, run {outcome.run_id}.",
        *[f"  note: {note}" for note in outcome.notes],
        f"Assignments: {outcome.path}",
        f"Next: evenbeat brief -w {context.workspace.root}",
    ]
