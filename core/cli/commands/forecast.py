"""``evenbeat forecast``."""

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


@click.command(epilog="Example:  evenbeat forecast -w riverton --date 2017-01-03")
@workspace_option
@date_option
@force_option
@output_options
def command(console: Console, workspace: Path, date: dt.date | None, force: bool) -> None:
    """Forecast the expected count of each crime type per cell and shift of a day."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.forecast import run_forecast

    with console.progress("Forecast") as progress:
        context = Context.local(workspace, progress=progress)
        outcome = run_forecast(context, default_date(context, date), force=force)
    head = "Already there" if outcome.reused else "Made"
    rows = [(name, f"{value:.2f}") for name, value in outcome.totals.items()]
    console.show(
        vars(outcome),
        [f"{head}: run {outcome.run_id}.",
         *table(rows, header=("crime type", "expected that day, whole jurisdiction")),
         f"Risk cube: {outcome.folder / 'risk.zarr'}", f"Next: evenbeat plan -w {workspace}"],
    )  # fmt: skip
