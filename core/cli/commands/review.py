"""``evenbeat review``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from evenbeat.core.cli.commands.review_areas import areas, custom, exclude, lift
from evenbeat.core.cli.commands.review_options import (
    ids_argument,
    one_argument,
    override_option,
    reason_option,
    several,
    single,
    tell,
    version_option,
)
from evenbeat.core.cli.commands.review_place import add, move, resize
from evenbeat.core.cli.commands.review_reading import list_command, show_command
from evenbeat.core.cli.console import Console, date_option, output_options, workspace_option


@click.group(
    epilog="\b\nExamples:\n  evenbeat review list -w riverton --state proposed\n"
    "  evenbeat review approve -w riverton 2017-01-03-day-01-01\n"
    "  evenbeat review reject -w riverton 2017-01-03-day-01-02 --reason 'road closed'"
)
def command() -> None:
    """Approve, reject, move, resize, add, suppress, note and undo the boxes of a plan.

    Who acts and in which role comes from the system, [review.roles] of evenbeat.toml, or the
    database's group roles. Every change is checked against the caps and written to the log.
    """


@command.command(
    epilog="Example:  evenbeat review approve -w riverton 2017-01-03-day-01-01 2017-01-03-day-01-02"
)
@ids_argument
@reason_option(required=False)
@override_option
@version_option
@workspace_option
@output_options
def approve(
    console: Console, workspace: Path, ids: tuple[str, ...], reason: str | None, override: bool,
    version: int | None,
) -> None:  # fmt: skip
    """Approve proposed boxes; each in a transaction of its own."""
    from evenbeat.core.pipeline.review import operations as review

    several(
        console, workspace, ids, version,
        lambda context, name, seen: review.approve(
            context, name, reason=reason, version=seen, override=override
        ),
    )  # fmt: skip


@command.command(
    epilog="Example:  evenbeat review reject -w riverton 2017-01-03-day-01-02 "
    "--reason 'road closed'"
)
@ids_argument
@reason_option()
@version_option
@workspace_option
@output_options
def reject(
    console: Console, workspace: Path, ids: tuple[str, ...], reason: str, version: int | None
) -> None:
    """Reject proposed or approved boxes."""
    from evenbeat.core.pipeline.review import operations as review

    several(
        console, workspace, ids, version,
        lambda context, name, seen: review.reject(context, name, reason=reason, version=seen),
    )  # fmt: skip


@command.command(
    epilog="Example:  evenbeat review suppress -w riverton 2017-01-03-day-01-02 --days 14 "
    "--reason 'building site'"
)
@one_argument
@click.option("--days", type=click.IntRange(1), help="Days after its own. Default: the settings'.")
@reason_option()
@version_option
@workspace_option
@output_options
def suppress(
    console: Console, workspace: Path, assignment_id: str, days: int | None, reason: str,
    version: int | None,
) -> None:  # fmt: skip
    """Reject a box and keep its place out of plans for some days."""
    from evenbeat.core.pipeline.review import operations as review

    single(
        console, workspace, assignment_id, version,
        lambda context, name, seen: review.suppress(
            context, name, reason=reason, days=days, version=seen
        ),
    )  # fmt: skip


@command.command(
    epilog="Example:  evenbeat review note -w riverton 2017-01-03-day-01-02 'ask the school first'"
)
@one_argument
@click.argument("text")
@version_option
@workspace_option
@output_options
def note(
    console: Console, workspace: Path, assignment_id: str, text: str, version: int | None
) -> None:
    """Write something down about a box; its state stays."""
    from evenbeat.core.pipeline.review import operations as review

    single(
        console, workspace, assignment_id, version,
        lambda context, name, seen: review.note(context, name, text, version=seen),
    )  # fmt: skip


@command.command(
    epilog="Example:  evenbeat review undo -w riverton 2017-01-03-day-01-02 --reason 'wrong box'"
)
@one_argument
@reason_option()
@override_option
@version_option
@workspace_option
@output_options
def undo(
    console: Console, workspace: Path, assignment_id: str, reason: str, override: bool,
    version: int | None,
) -> None:  # fmt: skip
    """Take back the last decision about a box."""
    from evenbeat.core.pipeline.review import operations as review

    single(
        console, workspace, assignment_id, version,
        lambda context, name, seen: review.undo(
            context, name, reason=reason, version=seen, override=override
        ),
    )  # fmt: skip


@command.command(
    "approve-all", epilog="Example:  evenbeat review approve-all -w riverton --district 01"
)
@date_option
@click.option("--district", "district_id", help="Only this district.")
@click.option("--shift", help="Only this shift.")
@reason_option(required=False)
@workspace_option
@output_options
def approve_all(
    console: Console, workspace: Path, date: dt.date | None, district_id: str | None,
    shift: str | None, reason: str | None,
) -> None:  # fmt: skip
    """Approve every proposed box of a day; those that break a cap are left and named."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.review import operations as review
    from evenbeat.core.pipeline.review.lists import day_to_review

    context: Context = Context.local(workspace)
    day = day_to_review(context, date)
    made, left = review.approve_all(
        context, day, district_id=district_id, shift=shift, reason=reason
    )
    lines = [f"Approved {len(made)} boxes of {day}.", *(made[0].notes if made else ())]
    lines += [f"  left: {words}" for words in dict.fromkeys(left.values())]
    document = {"approved": [one.assignment_id for one in made], "left": left}
    tell(console, context, day, document, lines)


@command.command(epilog="Example:  evenbeat review expire -w riverton")
@workspace_option
@output_options
def expire(console: Console, workspace: Path) -> None:
    """Let proposed boxes whose shift is over expire; what the morning's run does too."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.review import operations as review

    count = review.expire(Context.local(workspace))
    console.show(
        {"expired": count},
        [f"Expired {count} proposed boxes whose shift is over.",
         f"Next: evenbeat review list -w {workspace}"],
    )  # fmt: skip


for other in (list_command, show_command, move, resize, add, areas, exclude, custom, lift):
    command.add_command(other)
