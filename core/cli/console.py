"""What every command shares: options, progress, output for people and machines, exit codes."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from evenbeat.core.errors import EvenbeatError
from evenbeat.core.progress import Progress, silent

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context

Function = TypeVar("Function", bound=Callable[..., Any])
INTERRUPTED = 130


class Date(click.ParamType[dt.date]):
    """A calendar date: ``YYYY-MM-DD``, ``today`` or ``tomorrow``."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        """Parse the text."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no date; give it as YYYY-MM-DD.", param, ctx)


def workspace_option(function: Function) -> Function:
    """Add ``--workspace``."""
    return click.option(
        "-w", "--workspace", type=click.Path(path_type=Path), default=Path(), show_default=".",
        envvar="EVENBEAT_WORKSPACE", help="Folder that holds evenbeat.toml.",
    )(function)  # fmt: skip


def date_option(function: Function) -> Function:
    """Add ``--date``."""
    return click.option(
        "--date", type=Date(), default=None,
        help="Day to work on, YYYY-MM-DD. Default: today, or the day after old data.",
    )(function)  # fmt: skip


def force_option(function: Function) -> Function:
    """Add ``--force``."""
    return click.option("--force", is_flag=True, help="Do it again although it is done.")(function)


def output_options(function: Function) -> Function:
    """Add ``--json`` and ``--quiet``, and turn errors into messages and exit codes."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document, for machines.")
    @click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
    @functools.wraps(function)
    def wrapped(*args: Any, as_json: bool, quiet: bool, **options: Any) -> Any:
        console = Console(as_json=as_json, quiet=quiet)
        try:
            return function(console, *args, **options)
        except EvenbeatError as error:
            console.fail(error)
        except KeyboardInterrupt:
            click.echo("Interrupted; what was finished stands, run again to go on.", err=True)
            sys.exit(INTERRUPTED)

    # The options that a command gains are not in its type.
    return wrapped  # type: ignore[return-value]


class Console:
    """Where a command's words go: results to stdout, progress and errors to stderr."""

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self.as_json = as_json
        self.quiet = quiet

    @contextlib.contextmanager
    def progress(self, title: str) -> Iterator[Progress]:
        """Yield a progress that draws a bar on a terminal and is silent in a pipe."""
        if self.quiet or self.as_json or not sys.stderr.isatty():
            yield silent
            return
        from rich.console import Console as Terminal
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("{task.fields[title]}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"),
            TimeElapsedColumn(), TimeRemainingColumn(), TextColumn("{task.description}"),
        )  # fmt: skip
        with Bar(*columns, console=Terminal(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=1.0, title=title)
            yield lambda stage, fraction: bar.update(task, description=stage, completed=fraction)

    def show(self, document: Any, lines: list[str]) -> None:
        """Print the document as JSON, or the lines for people."""
        if self.as_json:
            click.echo(json.dumps(document, indent=2, sort_keys=True, default=str))
        else:
            for line in lines:
                click.echo(line)

    def fail(self, error: EvenbeatError) -> None:
        """Print an error and leave with its exit code."""
        if self.as_json:
            document = {"error": type(error).__name__, "message": str(error)}
            click.echo(json.dumps(document))
        click.echo(f"{click.style('error:', fg='red', bold=True)} {error}", err=True)
        sys.exit(error.exit_code)


def default_date(context: Context, date: dt.date | None) -> dt.date:
    """Return the date given, else the one that it is about, and say so where that may surprise."""
    from evenbeat.core.pipeline import dates

    chosen, words = dates.default_date(context, date)
    if words is not None:
        click.echo(f"note: {words} Choose another day with --date.", err=True)
    return chosen


def table(rows: Sequence[tuple[str, ...]], *, header: tuple[str, ...] = ()) -> list[str]:
    """Return rows as aligned text; numbers stand right."""
    every = [header, *rows] if header else rows
    if not every:
        return []
    widths = [max(len(row[column]) for row in every) for column in range(len(every[0]))]
    numeric = [
        bool(rows) and all(row[column][:1].isdigit() for row in rows)
        for column in range(len(widths))
    ]
    return [
        "  " + "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in every
    ]  # fmt: skip
