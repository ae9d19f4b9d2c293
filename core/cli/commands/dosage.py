"""``evenbeat dosage``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evenbeat.core.cli.console import (
    Console,
    Date,
    force_option,
    output_options,
    table,
    workspace_option,
)

if TYPE_CHECKING:
    from evenbeat.core.pipeline.patrol.measure import DosageOutcome
    from evenbeat.core.pipeline.patrol.publishing import PublishedDosage

_MOST_ROWS = 14


@click.command(
    epilog="Example:  evenbeat dosage -w riverton\n\n"
    "Name the vehicle log in evenbeat.toml first:  [[dosage.sources]]  path = \"avl/*.csv\""
)  # fmt: skip
@workspace_option
@click.option(
    "--date", "dates", type=Date(), multiple=True,
    help="Only this day, YYYY-MM-DD; repeat for several. Default: every day that changed.",
)  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), help="Processes. Default: one a core.")
@click.option(
    "--scheduler", metavar="URL", help="Dask scheduler, tcp://..., in place of processes here."
)
@click.option(
    "--publish", is_flag=True,
    help="Then publish days that are old enough, in larger cells: dosage.publish_delay_hours, "
    "dosage.publish_cell_m.",
)  # fmt: skip
@force_option
@output_options
def command(
    console: Console, workspace: Path, dates: tuple[dt.date, ...], jobs: int | None,
    scheduler: str | None, publish: bool, force: bool,
) -> None:  # fmt: skip
    """Turn vehicle logs into minutes of patrol by cell, shift and hour.

    Files that did not change are not read again, and only days whose pings, assignments or
    activities changed are measured anew. Units are stored under pseudonyms.
    """
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.patrol.measure import run_dosage
    from evenbeat.core.pipeline.patrol.publishing import publish_and_copy

    with console.progress("Dosage") as progress:
        context = Context.local(workspace, progress=progress)
        outcome = run_dosage(
            context, dates=list(dates) or None, force=force, jobs=jobs, scheduler=scheduler
        )
        published = publish_and_copy(context) if publish else None
    document = {**vars(outcome), "published": None if published is None else vars(published)}
    console.show(document, [
        *_files(outcome), *_days(outcome), *[f"  note: {note}" for note in outcome.notes],
        *_published(published),
        *[f"Next: evenbeat report shift -w {context.workspace.root} --date {date}"
          for date in _newest(outcome)],
    ])  # fmt: skip


def _published(published: PublishedDosage | None) -> list[str]:
    if published is None:
        return []
    waiting = f"; {len(published.waiting)} are not old enough" if published.waiting else ""
    taken_back = f"; {len(published.withdrawn)} taken back" if published.withdrawn else ""
    return [
        f"Published {len(published.published)} days into {published.target}, "
        f"{len(published.unchanged)} were there{waiting}{taken_back}."
    ]


def _newest(outcome: DosageOutcome) -> list[str]:
    return sorted([*outcome.measured, *outcome.unchanged])[-1:]


def _files(outcome: DosageOutcome) -> list[str]:
    lines = []
    for one in outcome.files:
        reasons = ", ".join(f"{count:,} {name}" for name, count in one["dropped"].items())
        lines.append(
            f"{one['file']}: {one['rows_in']:,} rows, {one['rows_kept']:,} kept"
            + (f"; dropped: {reasons}" if reasons else "") + "."
        )  # fmt: skip
    if outcome.activities.get("rows_in"):
        known = outcome.activities
        odd = {**known["dropped"], **known["repaired"]}
        lines.append(
            f"Logged patrols: {known['rows_kept']:,} of {known['rows_in']:,}"
            + "".join(f"; {count:,} {name}" for name, count in odd.items()) + "."
        )  # fmt: skip
    if outcome.committed.get("rows_in"):
        known = outcome.committed
        lines.append(
            f"Intervals on incidents: {known['rows_kept']:,} of {known['rows_in']:,}"
            + "".join(f"; {count:,} {name}" for name, count in known["dropped"].items()) + "."
        )  # fmt: skip
    return lines


def _days(outcome: DosageOutcome) -> list[str]:
    if not outcome.measured:
        if outcome.removed:
            return [f"Removed {len(outcome.removed)} days; {len(outcome.unchanged)} unchanged."]
        return [f"Nothing changed: {len(outcome.unchanged)} days are measured already."]
    header = ("day", "pings", "dropped", "interval", "hours on duty", "unknown", "boxes", "visited",
              "partly", "not")  # fmt: skip
    shown = outcome.measured[-_MOST_ROWS:]
    rows = [_row(date, outcome.days[date]) for date in shown]
    more = len(outcome.measured) - len(shown)
    return [
        f"Measured {len(outcome.measured)} days; {len(outcome.unchanged)} unchanged.",
        *table(rows, header=header),
        *([f"  and {more} days before"] if more else []),
    ]


def _row(date: str, day: dict[str, Any]) -> tuple[str, ...]:
    account, outcomes = day["account"], day["outcomes"]
    elapsed = sum(one["elapsed_minutes"] for one in day["totals"].values())
    unknown = sum(one["unknown_minutes"] for one in day["totals"].values())
    interval = day["median_interval_s"]
    return (
        date, f"{account['rows_in']:,}", f"{account['rows_in'] - account['rows_kept']:,}",
        "-" if interval is None else f"{interval:.0f} s", f"{elapsed / 60:,.0f}",
        f"{unknown / elapsed:.1%}" if elapsed else "-", f"{sum(outcomes.values())}",
        f"{outcomes.get('visited', 0)}", f"{outcomes.get('partly_visited', 0)}",
        f"{outcomes.get('not_visited', 0)}",
    )  # fmt: skip
