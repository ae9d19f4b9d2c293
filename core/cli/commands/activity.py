"""``evenbeat activity``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evenbeat.core.cli.console import Console, output_options, workspace_option

if TYPE_CHECKING:
    from evenbeat.core.pipeline.patrol.journal import JournalOutcome


@click.group(
    epilog="Example:  evenbeat activity start 12A --tactic be-seen && evenbeat activity stop 12A"
)
def command() -> None:
    """Log directed patrols: when a unit starts, stops, and what it notes.

    The log is only added to, until retention removes what is old. What looks like personal data
    in a note is withheld; that is a guard against slips, so write none.
    """


@command.command(epilog="Example:  evenbeat activity start 12A --tactic be-seen --officers 2")
@click.argument("unit")
@click.option("--tactic", required=True, help="Tactic, by the id or name of the library.")
@click.option("--assignment", "assignment_id", default="", help="Assignment that is worked on.")
@click.option("--officers", type=click.IntRange(1), default=1, help="Number of officers.")
@click.option(
    "--officer", "officer_ids", multiple=True,
    help="Officer's number; kept where only a supervisor's report reads it. Repeat it.",
)  # fmt: skip
@workspace_option
@output_options
def start(
    console: Console, unit: str, tactic: str, assignment_id: str, officers: int,
    officer_ids: tuple[str, ...], workspace: Path,
) -> None:  # fmt: skip
    """Begin a directed patrol of UNIT."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.patrol.journal import start_activity

    context = Context.local(workspace)
    outcome = start_activity(
        context, unit, tactic=tactic, assignment_id=assignment_id,
        officers=officers, officer_ids=officer_ids,
    )  # fmt: skip
    _show(console, outcome, f"{unit} began {outcome.activity_id} at {outcome.at}.",
          f"Next: evenbeat activity stop {unit} -w {context.workspace.root}")  # fmt: skip


@command.command(epilog='Example:  evenbeat activity stop 12A --note "spoke with the shop owner"')
@click.argument("unit")
@click.option("--note", default="", help="What to remember; no personal data.")
@workspace_option
@output_options
def stop(console: Console, unit: str, note: str, workspace: Path) -> None:
    """End the directed patrol of UNIT."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.patrol.journal import stop_activity

    context = Context.local(workspace)
    outcome = stop_activity(context, unit, note=note)
    _show(console, outcome, f"{unit} ended {outcome.activity_id} at {outcome.at}.",
          f"Next: evenbeat dosage -w {context.workspace.root}")  # fmt: skip


@command.command(epilog='Example:  evenbeat activity note 12A "two street lights are out"')
@click.argument("unit")
@click.argument("text")
@workspace_option
@output_options
def note(console: Console, unit: str, text: str, workspace: Path) -> None:
    """Add a note to the directed patrol that UNIT is on."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.patrol.journal import note_activity

    outcome = note_activity(Context.local(workspace), unit, text)
    _show(console, outcome, f"Noted to {outcome.activity_id}: {outcome.note}")


def _show(console: Console, outcome: JournalOutcome, *lines: str) -> None:
    withheld = "Parts of the note looked like personal data and were left out."
    fields = {name: getattr(outcome, name) for name in outcome.__dataclass_fields__}
    console.show(fields, [*lines[:1], *([withheld] if outcome.withheld else []), *lines[1:]])
