"""``evenbeat report``."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evenbeat.core.cli.console import Console, Date, output_options, workspace_option

if TYPE_CHECKING:
    from evenbeat.core.pipeline.accounts.delivery import ReportOutcome

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(
    epilog="Example:  evenbeat report shift -w riverton --date 2017-01-03\n\n"
    "Measure the days first:  evenbeat dosage -w riverton"
)
def command() -> None:
    """Write one of the five patrol reports: a page, its tables, and JSON.

    Each says its period, how fresh and how complete the vehicle log is, what was issued, approved
    and delivered, and what its words mean.
    """


def _report(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what all reports share; the function returns the outcome."""

    @workspace_option
    @click.option("--out", type=_FOLDER, help="Folder. Default: reports/ of the workspace.")
    @click.option("--pdf", is_flag=True, help="Print the page as PDF too; needs Chromium.")
    @click.option("--anchor", is_flag=True, help="Print the hash of the log's newest entry.")
    @output_options
    @functools.wraps(function)
    def body(
        console: Console, workspace: Path, out: Path | None, pdf: bool, anchor: bool, **options: Any
    ) -> None:
        from evenbeat.core.pipeline.context import Context

        with console.progress("Report") as progress:
            context = Context.local(workspace, progress=progress)
            outcome: ReportOutcome = function(context, out=out, pdf=pdf, anchor=anchor, **options)
        days = (
            outcome.first
            if outcome.first == outcome.last
            else (f"{outcome.first} to {outcome.last}")
        )
        console.show(vars(outcome), [
            f"{outcome.kind} report of {days}: {len(outcome.files)} files.",
            f"Page: {outcome.page}", *([f"PDF:  {outcome.pdf}"] if outcome.pdf else []),
        ])  # fmt: skip

    return body


def _period(function: Callable[..., Any]) -> Callable[..., Any]:
    first = click.option(
        "--from", "first", type=Date(), help="First day. Default: the last 91 measured days."
    )
    last = click.option("--to", "last", type=Date(), help="Last day. Default: the newest.")
    return first(last(function))


@command.command(epilog="Example:  evenbeat report shift -w riverton --date 2017-01-03 --shift day")
@click.option("--date", type=Date(), help="Day of service. Default: the newest measured.")
@click.option("--shift", help="One shift of the day. Default: all of them.")
@_report
def shift(context: Any, date: dt.date | None, **options: Any) -> ReportOutcome:
    """Where units were, and what was delivered of what was planned."""
    from evenbeat.core.pipeline.accounts.write import write_shift_report

    return write_shift_report(context, date, **options)


@command.command(epilog="Example:  evenbeat report tactic -w riverton --from 2017-01-01")
@_period
@_report
def tactic(context: Any, **options: Any) -> ReportOutcome:
    """Minutes and visits by tactic, and what followed, beside hold-outs."""
    from evenbeat.core.pipeline.accounts.write import write_tactic_report

    return write_tactic_report(context, **options)


@command.command(epilog="Example:  evenbeat report officer -w riverton --by unit")
@click.option(
    "--by", type=click.Choice(["officer", "unit"]), default="officer", show_default=True,
    help="By officer needs the role of a supervisor or commander.",
)  # fmt: skip
@_period
@_report
def officer(context: Any, **options: Any) -> ReportOutcome:
    """Own minutes by tactic, assigned and completed; no crime, no ranking."""
    from evenbeat.core.pipeline.accounts.write import write_officer_report

    return write_officer_report(context, **options)


@command.command("crime-type", epilog="Example:  evenbeat report crime-type -w riverton")
@_period
@_report
def crime_type(context: Any, **options: Any) -> ReportOutcome:
    """Directed minutes by crime type beside forecast and reported crime."""
    from evenbeat.core.pipeline.accounts.write import write_crime_type_report

    return write_crime_type_report(context, **options)


@command.command("crime-dosage", epilog="Example:  evenbeat report crime-dosage -w riverton --pdf")
@click.option(
    "--hours-after", type=click.FloatRange(0, 72), default=8.0, show_default=True,
    help="Hours after a shift in which incidents in its boxes count as well.",
)  # fmt: skip
@_period
@_report
def crime_dosage(context: Any, **options: Any) -> ReportOutcome:
    """Tell what patrol did to reported crime: reduced, increased, or cannot tell."""
    from evenbeat.core.pipeline.accounts.write import write_crime_dosage_report

    return write_crime_dosage_report(context, **options)
