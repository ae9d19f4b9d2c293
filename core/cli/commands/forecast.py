"""``evenbeat forecast``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from evenbeat.core.cli.console import table
from evenbeat.core.cli.steps import step

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.forecast import ForecastOutcome


@click.command(epilog="Example:  evenbeat forecast -w riverton --date 2017-01-03")
@step("Forecast")
def command(context: Context, date: dt.date, force: bool) -> tuple[ForecastOutcome, list[str]]:
    """Forecast the expected count of each crime type per cell and shift of a day."""
    from evenbeat.core.pipeline.forecast import run_forecast

    outcome = run_forecast(context, date, force=force)
    head = "Already there" if outcome.reused else "Made"
    rows = [(name, f"{value:.2f}") for name, value in outcome.totals.items()]
    return outcome, [
        f"{head}: run {outcome.run_id}.",
        *table(rows, header=("crime type", "expected that day, whole jurisdiction")),
        *[f"  note: {note}" for note in outcome.notes],
        f"Risk cube: {outcome.folder / 'risk.zarr'}",
        f"Next: evenbeat plan -w {context.workspace.root}",
    ]
