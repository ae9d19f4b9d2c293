"""``evenbeat retention``."""

from __future__ import annotations

from pathlib import Path

import click

from evenbeat.core.cli.console import Console, output_options, workspace_option


@click.command(epilog="Example:  evenbeat retention -w riverton --dry-run")
@click.option("--dry-run", is_flag=True, help="Only tell what would be removed.")
@workspace_option
@output_options
def command(console: Console, dry_run: bool, workspace: Path) -> None:
    """Remove pings, tracks and officers' names that have been kept long enough.

    How long is in evenbeat.toml: dosage.keep_pings_days and dosage.keep_officers_days. Shift
    reports go with the pings, and visits and activities lose their unit then; reports by officer
    go with the officers' names, and so do lines of the activity log once their pings are gone too.
    Minutes by cell, what was delivered and the audit log stay. The files that the agency handed
    in, and reports written elsewhere with --out, are its own and are not touched. With --dry-run
    nothing is written.
    """
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.patrol.retention import run_retention

    with console.progress("Retention") as progress:
        outcome = run_retention(Context.local(workspace, progress=progress), dry_run=dry_run)
    verb = "Would remove" if dry_run else "Removed"
    anew = "Would write anew" if dry_run else "Wrote anew"
    changed = [f"{anew}: {_listed(outcome.changed)}."] if outcome.changed else []
    console.show(vars(outcome), [
        f"{verb}: {_listed(outcome.removed) or 'nothing'}.", *changed,
        f"Pings and tracks are kept from {outcome.before['pings']} on, officers' names from "
        f"{outcome.before['officers']} on.",
    ])  # fmt: skip


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} of {name}" for name, count in counts.items())
