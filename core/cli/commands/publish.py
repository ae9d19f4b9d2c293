"""``evenbeat publish``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, cast

import click

from evenbeat.core.cli.console import Date
from evenbeat.core.cli.steps import step
from evenbeat.core.errors import PublishError
from evenbeat.core.store.retraction import CATEGORIES, Category

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.publish import PublishOutcome

_EXAMPLES = """Examples:  evenbeat publish -w riverton --date 2017-01-03

evenbeat publish -w riverton --to s3://county-maps/riverton

evenbeat publish -w riverton --retract 2017-01-03 --layer risk-robbery --reason "wrong export"
"""


@click.command(epilog=_EXAMPLES)
@click.option("--to", metavar="URL",
              help="Copy the publication to s3://bucket/prefix. Default: publish.url.")  # fmt: skip
@click.option("--take-over", is_flag=True,
              help="Replace what another publisher wrote there.")  # fmt: skip
@click.option("--retract", type=Date(), metavar="DATE",
              help="Take this day out of the publication instead, at once.")  # fmt: skip
@click.option("--layer", help="With --retract: only this layer, or assignments.")
@click.option("--shift", help="With --retract: only this shift.")
@click.option("--reason", help="With --retract: why, in words, for the audit log.")
@click.option("--category", type=click.Choice(CATEGORIES), default="other", show_default=True,
              help="With --retract: the kind of reason that everybody is told.")  # fmt: skip
@step("Publish")
def command(
    context: Context, date: dt.date, force: bool, to: str | None, take_over: bool,
    retract: dt.date | None, layer: str | None, shift: str | None, reason: str | None,
    category: str,
) -> tuple[object, list[str]]:  # fmt: skip
    """Publish a day's rasters as COG with a STAC catalog, whole or not at all.

    The folder is published first. Where publish.url or --to names an object store, it is then
    copied there; credentials come from AWS_ACCESS_KEY_ID and the other AWS_ variables.

    With --retract a day that is published is taken back: it is removed from the folder and from the
    copy, and the tile service answers 410 for it.
    """
    from evenbeat.core.pipeline.publish import run_publish

    if retract is not None:
        return _retract(context, retract, layer, shift, reason, category, to)
    if layer or shift or reason:
        raise PublishError("--layer, --shift and --reason belong to --retract DATE.")
    outcome = run_publish(context, date, force=force, to=to, take_over=take_over)
    head = "Already published" if outcome.reused else f"Published {outcome.files} files"
    return outcome, [
        f"{head}: run {outcome.run_id} in {outcome.folder}.",
        *_beyond(outcome),
        f"Next: evenbeat serve -w {context.workspace.root}",
    ]


def _beyond(outcome: PublishOutcome) -> list[str]:
    """Return what to say of the copy, and of what was retracted and stays out."""
    lines = [f"Copy: {outcome.url}, {outcome.sent} files sent."] if outcome.url else []
    lines += [f"  stays out, because it was retracted: {name}" for name in outcome.held_back]
    if outcome.held_back:
        lines.append("  A new run takes its place; --force publishes this one again.")
    return lines


def _retract(
    context: Context, date: dt.date, layer: str | None, shift: str | None, reason: str | None,
    category: str, to: str | None,
) -> tuple[object, list[str]]:  # fmt: skip
    from evenbeat.core.pipeline.retract import run_retract

    outcome = run_retract(
        context, date, layer=layer, shift=shift, category=cast("Category", category),
        reason=reason or "", to=to,
    )  # fmt: skip
    copy = f" Also taken out of {outcome.url}." if outcome.url else ""
    return outcome, [
        *[f"Retracted: {name}" for name in outcome.retracted],
        f"{len(outcome.retracted)} retracted, {outcome.removed} folders removed.{copy}",
        "Caches between the service and its clients may keep tiles; docs/publishing.md says what "
        "to purge.",
    ]
