"""``evenbeat demo``."""

from __future__ import annotations

from pathlib import Path

import click

from evenbeat.core.cli.commands.daily import day_lines
from evenbeat.core.cli.console import Console, output_options


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
    from evenbeat.core.simulate.demo import DEMO_DATE, write_demo_city

    with console.progress("Demo") as progress:
        write_demo_city(out)
        context = Context.local(out, progress=progress)
        outcome = run_demo(context, DEMO_DATE)
    console.show(
        {**vars(outcome.day), "description": str(outcome.description)},
        [f"A simulated city is in {out}.", *day_lines(outcome.day),
         f"Data page:   {outcome.description}",
         f"Next: evenbeat serve -w {out}",
         f"Where patrol was: evenbeat dosage -w {out}",
         f"Who gets the minutes: evenbeat equity report -w {out}"],
    )  # fmt: skip
