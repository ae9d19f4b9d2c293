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

    How long is in evenbeat.toml: dosage.keep_pings_days and dosage.keep_officers_days. Minutes by
    cell, what was delivered and the audit log stay. The files that the agency handed in are its
    own and are not touched.
    """
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.patrol.retention import run_retention

    with console.progress("Retention") as progress:
        outcome = run_retention(Context.local(workspace, progress=progress), dry_run=dry_run)
    verb = "Would remove" if dry_run else "Removed"
    parts = ", ".join(f"{count:,} of {name}" for name, count in outcome.removed.items() if count)
    console.show(vars(outcome), [
        f"{verb}: {parts or 'nothing'}.",
        f"Pings and tracks are kept from {outcome.before['pings']} on, officers' names from "
        f"{outcome.before['officers']} on.",
    ])  # fmt: skip
