"""``evenbeat audit``."""

from __future__ import annotations

from pathlib import Path

import click

from evenbeat.core.cli.console import Console, output_options, table, workspace_option


@click.group(epilog="Example:  evenbeat audit verify -w riverton")
def command() -> None:
    """Read, verify or export the append-only log of everything that was done."""


@command.command("log", epilog="Example:  evenbeat audit log -w riverton --last 20")
@workspace_option
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="Entries.")
@output_options
def show_log(console: Console, workspace: Path, last: int) -> None:
    """Show the newest entries."""
    from dataclasses import asdict

    from evenbeat.core.pipeline.audit import log_entries
    from evenbeat.core.pipeline.context import Context

    entries = list(log_entries(Context.local(workspace)))[-last:]
    rows = [
        (str(entry.entry), entry.at[:19], entry.actor, entry.action, entry.detail[:80])
        for entry in entries
    ]
    console.show([asdict(entry) for entry in entries], table(rows))


@command.command("verify", epilog="Example:  evenbeat audit verify -w riverton --head 3f9a...")
@workspace_option
@click.option("--files", is_flag=True, help="Also compare every run's files with the log.")
@click.option("--head", default=None, help="A head hash kept elsewhere; it must be in the log.")
@output_options
def verify(console: Console, workspace: Path, head: str | None, files: bool) -> None:
    """Check that no entry was changed or removed, and that the workspace is in the log."""
    from evenbeat.core.pipeline.audit import run_verify
    from evenbeat.core.pipeline.context import Context

    found = run_verify(Context.local(workspace), anchored_head=head, files=files)
    console.show(
        {"entries": found.entries, "head": found.head, "intact": found.intact},
        [f"Intact: {found.entries} entries. Head {found.head}"],
    )


@command.command("export", epilog="Example:  evenbeat audit export -w riverton > log.jsonl")
@workspace_option
@output_options
def export(console: Console, workspace: Path) -> None:
    """Print the log as JSON lines."""
    from evenbeat.core.pipeline.audit import export_lines
    from evenbeat.core.pipeline.context import Context

    for line in export_lines(Context.local(workspace)):
        click.echo(line)
