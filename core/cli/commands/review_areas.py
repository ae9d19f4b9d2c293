"""``evenbeat review areas | exclude | custom | lift``: areas that people draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evenbeat.core.cli.commands.review_options import reason_option
from evenbeat.core.cli.console import Console, date_option, output_options, table, workspace_option

if TYPE_CHECKING:
    from evenbeat.core.store.database.records import AreaKind

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(epilog="Example:  evenbeat review areas -w riverton")
@date_option
@workspace_option
@output_options
def areas(console: Console, workspace: Path, date: dt.date | None) -> None:
    """List the areas that are kept out of plans, and those that get a box."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.review.areas import areas_that_count
    from evenbeat.core.pipeline.review.lists import day_to_review

    context: Context = Context.local(workspace)
    day = day_to_review(context, date)
    found = areas_that_count(context, day)
    rows = [
        (area.area_id, area.kind, ", ".join(area.shifts) or "all", str(area.expires_on or "-"),
         area.author, area.reason)
        for area in found
    ]  # fmt: skip
    lines = table(rows, header=("area", "kind", "shifts", "until", "by", "reason"))
    lines += [
        f"{len(found)} areas count on {day}.",
        f"Next: evenbeat review lift -w {context.workspace.root} AREA --reason '...'"
        if found else f"Next: evenbeat review exclude -w {context.workspace.root} --help",
    ]  # fmt: skip
    console.show(
        [{"area_id": area.area_id, "kind": area.kind, "shifts": list(area.shifts),
          "expires_on": area.expires_on, "author": area.author, "reason": area.reason,
          "created_at": area.created_at, "wkt": area.geometry.wkt} for area in found],
        lines,
    )  # fmt: skip


def _area_options(function: Any) -> Any:
    """Add what both kinds of areas are made from."""
    for option in (
        click.option("--polygon", type=_FILE, help="GeoJSON file in longitude and latitude."),
        click.option("--box", help="west,south,east,north in the grid's CRS."),
        click.option("--days", type=click.IntRange(1), required=True, help="Days that it counts."),
        click.option("--shift", "shifts", multiple=True, help="Only this shift; may be repeated."),
        date_option,
        reason_option(),
        workspace_option,
        output_options,
    )[::-1]:
        function = option(function)
    return function


@click.command(
    epilog="Example:  evenbeat review exclude -w riverton --polygon fair.geojson --days 3 "
    "--reason 'town fair'"
)
@_area_options
def exclude(console: Console, **options: Any) -> None:
    """Keep an area out of plans; boxes that stand there are rejected.

    The days count from --date on: by default today, or the newest day that has a plan.
    """
    _draw(console, "exclude", **options)


@click.command(
    epilog="Example:  evenbeat review custom -w riverton --box 350000,590000,350500,590500 "
    "--days 7 --shift evening --reason 'burglaries by the river'"
)
@_area_options
def custom(console: Console, **options: Any) -> None:
    """Have the coming plans give an area a box of its own, where the caps allow it."""
    _draw(console, "custom", **options)


def _draw(
    console: Console, kind: AreaKind, *, workspace: Path, polygon: Path | None, box: str | None,
    days: int, shifts: Sequence[str], date: dt.date | None, reason: str,
) -> None:  # fmt: skip
    if (polygon is None) == (box is None):
        raise click.UsageError("Give either --polygon FILE or --box west,south,east,north.")
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.review.areas import draw_area
    from evenbeat.core.pipeline.review.lists import day_to_review
    from evenbeat.core.pipeline.review.shapes import area_of_corners, area_of_file

    context: Context = Context.local(workspace)
    first = day_to_review(context, date)
    shape = (
        area_of_corners(str(box)) if polygon is None
        else area_of_file(polygon, context.workspace.crs)
    )  # fmt: skip
    made = draw_area(
        context, kind, shape, first=first, days=days, reason=reason, shifts=shifts
    )  # fmt: skip
    what = "is kept out of plans" if kind == "exclude" else "is to get a box"
    console.show(
        vars(made),
        [f"{made.area_id}: {made.cells} cells, {what} from {first} to {made.expires_on} (log entry "
         f"{made.audit_entry}).",
         *[f"  rejected with it: {name}" for name in made.rejected], *made.notes,
         f"Next: evenbeat review areas -w {context.workspace.root}"],
    )  # fmt: skip


@click.command(
    epilog="Example:  evenbeat review lift -w riverton area-3 --reason 'the site is done'"
)
@click.argument("area_id", metavar="AREA")
@reason_option()
@workspace_option
@output_options
def lift(console: Console, workspace: Path, area_id: str, reason: str) -> None:
    """End an area before it expires; what was rejected with it stays rejected."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.review.areas import lift as lift_one

    context: Context = Context.local(workspace)
    made = lift_one(context, area_id, reason=reason)
    console.show(
        vars(made),
        [f"{made.area_id} no longer counts (log entry {made.audit_entry}).", *made.notes,
         f"Next: evenbeat review areas -w {context.workspace.root}"],
    )  # fmt: skip
