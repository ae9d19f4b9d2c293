"""``evenbeat equity``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from evenbeat.core.cli.console import Console, Date, output_options, table, workspace_option

_FOLDER = click.Path(path_type=Path, file_okay=False)
_NAMED = "NAME=COLUMN"


@click.group(
    epilog="\b\nExample:\n  evenbeat equity load tracts.gpkg -w riverton --id geoid \\\n"
    "      --residents total --percent renters=pct_renter\n"
    "  evenbeat equity report -w riverton --from 2017-01-01 --to 2017-03-31"
)
def command() -> None:
    """Keep the equity ledger: who gets the minutes of patrol.

    Demographic tables are kept apart from everything else: no forecast and no plan can read them.
    """


@command.command(
    "load",
    epilog="\b\nExample:\n  evenbeat equity load people.csv --outlines tracts.gpkg --id geoid \\\n"
    "      --residents total --count renters=renters",
)
@click.argument("file")
@click.option("--id", "id_column", required=True, help="Column that identifies an area.")
@click.option(
    "--residents", "residents_column", required=True, help="Column with the number of residents."
)
@click.option(
    "--share", "shares", multiple=True, metavar=_NAMED,
    help="A share from 0 to 1; may be given again.",
)  # fmt: skip
@click.option("--percent", "percents", multiple=True, metavar=_NAMED, help="The same in per cent.")
@click.option(
    "--count", "counts", multiple=True, metavar=_NAMED, help="The same as a number of residents."
)
@click.option("--outlines", help="File with the outlines, where FILE has none; joined by --id.")
@click.option("--source", default="", help="Where the figures come from, for the report.")
@workspace_option
@output_options
def load(
    console: Console, workspace: Path, file: str, id_column: str, residents_column: str,
    shares: tuple[str, ...], percents: tuple[str, ...], counts: tuple[str, ...],
    outlines: str | None, source: str,
) -> None:  # fmt: skip
    """Load residents by area, for the ledger alone.

    Only the columns that are named are kept. The table that was there is replaced.
    """
    from dataclasses import asdict

    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.equity.load import load_demographics, share_columns

    columns = share_columns(shares=shares, percents=percents, counts=counts)
    with console.progress("Equity") as progress:
        found = load_demographics(
            Context.local(workspace, progress=progress), file, id_column=id_column,
            residents_column=residents_column, shares=columns, outlines=outlines, source=source,
        )  # fmt: skip
    outside = [(f"{people:,.0f}", name) for name, people in found.outside]
    console.show(asdict(found), [
        f"{found.areas:,} areas with {found.residents:,.0f} residents, "
        f"{found.residents_inside:,.0f} of them within the patrolled cells.",
        f"Shares: {', '.join(found.shares) or 'none'}.",
        *(["Residents outside the patrolled cells, the most in:",
           *table(outside, header=("residents", "area"))] if outside else []),
        *(f"  note: {note}" for note in found.notes),
        f"Kept apart in audit_only/. Next: evenbeat equity report -w {workspace}",
    ])  # fmt: skip


@command.command("report", epilog="Example:  evenbeat equity report -w riverton --share renters")
@click.option("--from", "first", type=Date(), help="First day. Default: the last 91 days known.")
@click.option(
    "--to", "last", type=Date(), help="Last day. Default: the newest planned or measured."
)
@click.option(
    "--share", "shares", multiple=True, metavar="NAME",
    help="A share that was loaded; may be given again. Default: all.",
)  # fmt: skip
@click.option("--out", type=_FOLDER, help="Folder. Default: reports/ of the workspace.")
@click.option("--pdf", is_flag=True, help="Print the page as PDF too; needs Chromium.")
@click.option(
    "--anchor/--no-anchor", default=True, show_default=True,
    help="Print the hash of the log's newest entry.",
)  # fmt: skip
@workspace_option
@output_options
def report(
    console: Console, workspace: Path, first: dt.date | None, last: dt.date | None,
    shares: tuple[str, ...], out: Path | None, pdf: bool, anchor: bool,
) -> None:  # fmt: skip
    """Tell who got the minutes, by neighbourhood and by share."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.equity.report import write_equity_report

    with console.progress("Equity") as progress:
        outcome = write_equity_report(
            Context.local(workspace, progress=progress), first, last, shares=shares, out=out,
            pdf=pdf, anchor=anchor,
        )  # fmt: skip
    console.show(vars(outcome), [
        f"Equity report of {outcome.first} to {outcome.last}: {len(outcome.files)} files.",
        f"Page: {outcome.page}", *([f"PDF:  {outcome.pdf}"] if outcome.pdf else []),
    ])  # fmt: skip
