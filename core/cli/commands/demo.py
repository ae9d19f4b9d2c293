"""``evenbeat demo``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from evenbeat.core.cli.commands.daily import day_lines
from evenbeat.core.cli.console import Console, output_options

_START, _DAYS, _SEED, _SIZE_KM = dt.date(2015, 9, 1), 490, 7, 10.0


@click.command(epilog="Example:  evenbeat demo --out .demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path(".demo"),
    show_default=True,
    help="Folder of the demo workspace.",
)
@output_options
def command(console: Console, out: Path) -> None:
    """Simulate a city, then run its day from raw files to publication."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.demonstrate import run_demo

    with console.progress("Demo") as progress:
        if not (out / "evenbeat.toml").is_file():
            from evenbeat.core.simulate import simulate_city, write_agency_files

            city = simulate_city(seed=_SEED, size_km=_SIZE_KM, start=_START, days=_DAYS)
            write_agency_files(city, out, dirt=True)
        context = Context.local(out, progress=progress)
        outcome = run_demo(context, _START + dt.timedelta(days=_DAYS))
    console.show(
        {**vars(outcome.day), "description": str(outcome.description)},
        [f"A simulated city is in {out}.", *day_lines(outcome.day),
         f"Data page:   {outcome.description}",
         f"Next: evenbeat serve -w {out}",
         f"Where patrol was: evenbeat dosage -w {out}"],
    )  # fmt: skip
