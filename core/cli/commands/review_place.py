"""``evenbeat review move | resize | add``: boxes from a reviewer's hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evenbeat.core.cli.commands.review_options import (
    Pair,
    one_argument,
    override_option,
    reason_option,
    single,
    tell,
    told,
    version_option,
)
from evenbeat.core.cli.console import (
    Console,
    Date,
    Function,
    output_options,
    workspace_option,
)

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context

_CELL = Pair(whole=True)
_POINT = Pair()


def _place_options(option: str) -> Callable[[Function], Function]:
    """Add the three ways to name a cell."""

    def decorate(function: Function) -> Function:
        for kind, suffix, meaning in (
            (_POINT, "-xy", "easting,northing in the grid's CRS"),
            (_POINT, "-lonlat", "longitude,latitude"),
            (_CELL, "", "ROW,COLUMN of the grid, from the north-west"),
        ):
            function = click.option(
                f"--{option}{suffix}", f"place{suffix.replace('-', '_')}", type=kind, help=meaning
            )(function)
        return function

    return decorate


@click.command(
    epilog="Example:  evenbeat review move -w riverton 2017-01-03-day-01-02 --to 12,7 "
    "--reason 'school on this side'"
)
@one_argument
@_place_options("to")
@reason_option()
@override_option
@version_option
@workspace_option
@output_options
def move(
    console: Console, workspace: Path, assignment_id: str, reason: str, override: bool,
    version: int | None, **places: Any,
) -> None:  # fmt: skip
    """Move a box; a new one takes its place, in the state that it had."""
    from evenbeat.core.pipeline.review import operations as review

    single(
        console, workspace, assignment_id, version,
        lambda context, name, seen: review.move(
            context, name, _cell(context, places, "--to"), reason=reason, version=seen,
            override=override,
        ),
    )  # fmt: skip


@click.command(
    epilog="Example:  evenbeat review resize -w riverton 2017-01-03-day-01-02 --cells 12,7 12,8 "
    "--reason 'both sides of the square'"
)
@one_argument
@click.option(
    "--cells", type=_CELL, multiple=True, required=True,
    help="ROW,COLUMN of each cell, the first one its seed.",
)  # fmt: skip
@click.argument("more", nargs=-1, type=_CELL, metavar="[ROW,COLUMN]...")
@reason_option()
@override_option
@version_option
@workspace_option
@output_options
def resize(
    console: Console, workspace: Path, assignment_id: str, cells: Sequence[tuple[int, int]],
    more: Sequence[tuple[int, int]], reason: str, override: bool, version: int | None,
) -> None:  # fmt: skip
    """Give a box other cells; a new one takes its place, in the state that it had."""
    from evenbeat.core.pipeline.review import operations as review

    single(
        console, workspace, assignment_id, version,
        lambda context, name, seen: review.resize(
            context, name, [*cells, *more], reason=reason, version=seen, override=override
        ),
    )  # fmt: skip


@click.command(
    epilog="Example:  evenbeat review add -w riverton --date 2017-01-03 --shift evening --at 12,7 "
    "--reason 'concert in the park'"
)
@click.option("--date", type=Date(), required=True, help="Day, YYYY-MM-DD; it needs a plan.")
@click.option("--shift", required=True, help="Shift of the day.")
@click.option("--district", "district_id", help="District that the place should be in.")
@_place_options("at")
@click.argument("more", nargs=-1, type=_CELL, metavar="[ROW,COLUMN]...")
@click.option("--visits", type=click.IntRange(1), help="Default: as many as the caps allow.")
@click.option("--type", "crime_type", help="Main crime type. Default: by the forecast.")
@reason_option()
@override_option
@workspace_option
@output_options
def add(
    console: Console, workspace: Path, date: dt.date, shift: str, district_id: str | None,
    more: Sequence[tuple[int, int]], visits: int | None, crime_type: str | None, reason: str,
    override: bool, **places: Any,
) -> None:  # fmt: skip
    """Add a box that no draw chose; it is approved at once."""
    import dataclasses

    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.review import operations as review

    context: Context = Context.local(workspace)
    made = review.add(
        context, date, shift, [_cell(context, places, "--at"), *more], reason=reason,
        district_id=district_id, visits=visits, crime_type=crime_type, override=override,
    )  # fmt: skip
    document = {"decisions": [dataclasses.asdict(made)], "failed": {}}
    tell(console, context, date, document, [*told(made), *made.notes])


def _cell(context: Context, places: dict[str, Any], option: str) -> tuple[int, int]:
    """Return the one cell that was named in one of three ways."""
    given = {name: value for name, value in places.items() if value is not None}
    if len(given) != 1:
        raise click.UsageError(
            f"Name one place: {option} ROW,COLUMN, {option}-lonlat LON,LAT or {option}-xy E,N."
        )
    name, (first, second) = next(iter(given.items()))
    if name == "place":
        return int(first), int(second)
    from evenbeat.core.pipeline.review.cells import cell_at

    crs = "OGC:CRS84" if name == "place_lonlat" else None
    return cell_at(context.workspace, first, second, crs=crs)
