"""``evenbeat simulate``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from evenbeat.core.cli.console import Console, Date, force_option, output_options


@click.command(epilog="Example:  evenbeat simulate --out city --size-km 8 --days 400 --seed 7")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write.")
@click.option(
    "--size-km",
    type=click.FloatRange(2, 60),
    default=8.0,
    show_default=True,
    help="Width of the city.",
)
@click.option(
    "--start", type=Date(), default="2016-01-01", show_default=True, help="First day of history."
)
@click.option(
    "--days", type=click.IntRange(28, 3660), default=400, show_default=True, help="Days of history."
)
@click.option("--seed", type=int, default=7, show_default=True, help="Same seed, same bytes.")
@click.option("--timezone", default="America/Chicago", show_default=True)
@click.option("--clean", is_flag=True, help="Leave out the deliberate dirt.")
@force_option
@output_options
def command(
    console: Console, out: Path, size_km: float, start: dt.date, days: int, seed: int,
    timezone: str, clean: bool, force: bool,
) -> None:  # fmt: skip
    """Write the files that an agency of a simulated city would hand in, truth known."""
    from evenbeat.core.simulate import simulate_city, write_agency_files
    from evenbeat.core.simulate.demo import require_unused

    if not force:
        require_unused(out)
    with console.progress("Simulate") as progress:
        city = simulate_city(
            seed=seed, size_km=size_km, start=start, days=days, timezone=timezone,
            progress=progress,
        )  # fmt: skip
        paths = write_agency_files(city, out, dirt=not clean, progress=progress)
    console.show(
        {"folder": str(out), "files": [str(path) for path in paths]},
        [f"Wrote {len(paths)} files to {out}.", f"Next: evenbeat daily -w {out}"],
    )
