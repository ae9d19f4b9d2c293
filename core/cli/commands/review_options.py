"""What the commands of ``evenbeat review`` share: options, several boxes in a row, last words."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evenbeat.core.cli.console import Console, Function
from evenbeat.core.errors import EvenbeatError

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.review.found import Decision

    Operation = Callable[[Context, str, int | None], Decision]


class Pair(click.ParamType["tuple[float, float]"]):
    """Two numbers with a comma between them, such as ``12,7`` or ``-87.63,41.88``."""

    name = "a,b"

    def __init__(self, *, whole: bool = False) -> None:
        self.whole = whole

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Parse the text."""
        if isinstance(value, tuple):
            return value
        parts = str(value).replace(";", ",").split(",")
        try:
            first, second = (int(part) if self.whole else float(part) for part in parts)
        except ValueError:
            kind = "two whole numbers, ROW,COLUMN" if self.whole else "two numbers"
            self.fail(f"{value!r} is not {kind} with a comma between them.", param, ctx)
        return first, second


def ids_argument(function: Function) -> Function:
    """Add one or more assignments."""
    return click.argument("ids", nargs=-1, required=True, metavar="ID...")(function)


def one_argument(function: Function) -> Function:
    """Add one assignment."""
    return click.argument("assignment_id", metavar="ID")(function)


def reason_option(*, required: bool = True) -> Callable[[Function], Function]:
    """Add ``--reason``."""
    # Whether it is needed is judged with the rest, so that the message says why.
    text = "Why; it is kept in the log." if required else "Why; needed with --override."

    def decorate(function: Function) -> Function:
        return click.option("--reason", default="" if required else None, help=text)(function)

    return decorate


def override_option(function: Function) -> Function:
    """Add ``--override``."""
    return click.option(
        "--override", is_flag=True,
        help="Do it although a cap is broken; supervisors and commanders, marked for good.",
    )(function)  # fmt: skip


def version_option(function: Function) -> Function:
    """Add ``--version``."""
    return click.option(
        "--version", type=click.IntRange(0),
        help="Version that you saw; if someone changed the box since, nothing is done.",
    )(function)  # fmt: skip


def several(
    console: Console, workspace: Path, ids: Sequence[str], version: int | None,
    operation: Operation,
) -> None:  # fmt: skip
    """Do something to assignments one after the other; leave with a code if any failed."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.review.lists import versions_of

    if version is not None and len(ids) > 1:
        raise click.UsageError("--version is of one assignment; give one ID with it.")
    context: Context = Context.local(workspace)
    seen = versions_of(context, ids) if version is None else {ids[0]: version}
    made: list[Decision] = []
    failed: dict[str, EvenbeatError] = {}
    for name in dict.fromkeys(ids):
        try:
            made.append(operation(context, name, seen.get(name)))
        except EvenbeatError as error:
            if len(ids) == 1:
                raise
            failed[name] = error
    document = {
        "decisions": [dataclasses.asdict(one) for one in made],
        "failed": {name: {"error": type(error).__name__, "message": str(error)}
                   for name, error in failed.items()},
    }  # fmt: skip
    lines = [line for one in made for line in told(one)]
    notes = list(dict.fromkeys(note for one in made for note in one.notes))
    tell(console, context, made[0].service_date if made else None, document, lines + notes)
    for name, refused in failed.items():
        click.echo(f"{click.style('failed:', fg='red', bold=True)} {name}: {refused}", err=True)
    if failed:
        sys.exit(next(iter(failed.values())).exit_code)


def single(
    console: Console, workspace: Path, assignment_id: str, version: int | None,
    operation: Operation,
) -> None:  # fmt: skip
    """Do something to one assignment."""
    several(console, workspace, [assignment_id], version, operation)


def tell(
    console: Console, context: Context, date: dt.date | None, document: dict[str, Any],
    lines: list[str],
) -> None:  # fmt: skip
    """Show what was done and what is still to do on that day."""
    if date is not None:
        from evenbeat.core.pipeline.review.lists import count_to_review

        left = count_to_review(context, date)
        where = f"-w {context.workspace.root} --date {date}"
        document = {**document, "date": date, "to_review": left}
        lines = [
            *lines,
            f"Next: evenbeat review list {where} --state proposed   ({left} still to review)"
            if left else f"Next: evenbeat brief {where}   (nothing is left to review)",
        ]  # fmt: skip
    console.show(document, lines)


def told(decision: Decision) -> list[str]:
    """Return what was done in words."""
    lines = [
        f"{decision.action}: {decision.assignment_id} is {decision.state} "
        f"(was {decision.state_before}; version {decision.version}, log entry "
        f"{decision.audit_entry})."
    ]
    if decision.replacement:
        lines.append(f"  in its place: {decision.replacement}")
    if decision.area_id:
        lines.append(f"  area: {decision.area_id}")
    lines += [f"  with it: {name} is {state}" for name, state in decision.also.items()]
    return lines + [f"  overridden, marked for good: {words}" for words in decision.breaches]
