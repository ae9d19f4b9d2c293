"""``evenbeat plan``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evenbeat.core.cli.console import table
from evenbeat.core.cli.steps import step

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.plan import PlanOutcome
    from evenbeat.core.pipeline.what_if import WhatIfOutcome

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(epilog="Example:  evenbeat plan -w riverton --date 2017-01-03")
@click.option(
    "--discard-reviews", is_flag=True,
    help="With --force: plan anew although people have reviewed the former plan.",
)  # fmt: skip
@click.option("--reason", help="With --force: why a plan that stands is drawn anew; it is logged.")
@click.option(
    "--what-if",
    "what_if",
    is_flag=True,
    help="Assign nothing; compare settings side by side on one page.",
)
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="PLAN.KEY=VALUE",
    help="With --what-if: a variant, such as plan.tau=2; several settings with commas. Repeat it.",
)
@click.option(
    "--settings",
    "files",
    type=_FILE,
    multiple=True,
    help="With --what-if: a variant that takes [plan] of a settings file. Repeat it.",
)
@click.option(
    "--draws",
    type=click.IntRange(1),
    help="With --what-if: plans drawn for a lottery. Default: 20.",
)
@click.option(
    "--out", type=_FOLDER, help="With --what-if: folder of the page. Default: the run's what-if."
)  # fmt: skip
@step("Plan")
def command(
    context: Context, date: dt.date, force: bool, discard_reviews: bool, reason: str | None,
    what_if: bool,
    changes: tuple[str, ...], files: tuple[Path, ...], draws: int | None, out: Path | None,
) -> tuple[PlanOutcome | WhatIfOutcome, list[str]]:  # fmt: skip
    """Draw capped boxes per district and shift, with hold-outs, tours and reasons.

    With --what-if, plan the day under other settings and tell what each would reach and how
    evenly: greedy, optimal and lotteries of several tau, or those given by --set and --settings.
    """
    if what_if:
        if force or discard_reviews or reason:
            raise click.UsageError(
                "--what-if assigns nothing: leave out --force, --reason and --discard-reviews."
            )
        return _compare(context, date, changes, files, draws, out)
    if changes or files or draws or out:
        raise click.UsageError("--set, --settings, --draws and --out go with --what-if.")
    from evenbeat.core.pipeline.plan import run_plan

    outcome = run_plan(context, date, force=force, discard_reviews=discard_reviews, reason=reason)
    head = "Already planned" if outcome.reused else "Planned"
    return outcome, [
        f"{head} by {outcome.mode}: {outcome.boxes} boxes, {outcome.minutes:,.0f} minutes, "
        f"{outcome.held_out} held out, run {outcome.run_id}.",
        *[f"  {shift}: at most {gap:.2%} below the best" for shift, gap in outcome.gaps.items()],
        *[f"  note: {note}" for note in outcome.notes],
        f"Assignments: {outcome.path}",
        f"Next: evenbeat review list -w {context.workspace.root} --date {date}",
    ]


def _compare(
    context: Context, date: dt.date, changes: tuple[str, ...], files: tuple[Path, ...],
    draws: int | None, out: Path | None,
) -> tuple[WhatIfOutcome, list[str]]:  # fmt: skip
    """Compare settings; return the outcome and what people are told."""
    from evenbeat.core.pipeline.what_if import DRAWS, run_what_if

    outcome = run_what_if(
        context, date, changes=changes, files=files, draws=draws or DRAWS, out=out
    )
    document = outcome.document
    header = (
        "variant",
        "boxes",
        "of optimal",
        "evenness",
        "high risk uncovered",
        "cells",
        "to adopt",
    )
    return outcome, [
        *table([_row(row) for row in document["variants"]], header=header),
        *[f"- {sentence}" for sentence in document["findings"]],
        f"Page: {outcome.page}",
        f"To adopt a setting, put its line into {context.workspace.root / 'evenbeat.toml'} and "
        f"run: evenbeat plan -w {context.workspace.root} --date {date}",
    ]


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    reached, evenness = row["share_of_best"], row["evenness"]
    return (
        row["name"], f"{row['boxes']:.0f}", "-" if reached is None else f"{reached:.0%}",
        "-" if evenness is None else f"{evenness:.2f}", f"{row['uncovered']:.1f}",
        f"{row['cells_with_chance']:.0f}",
        "your settings" if row["own"] else row["adopt"].replace("\n", " "),
    )  # fmt: skip
