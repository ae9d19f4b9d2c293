"""``evenbeat ingest``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from evenbeat.core.cli.console import Console, force_option, output_options, workspace_option


@click.command(epilog="Example:  evenbeat ingest -w riverton --dry-run")
@workspace_option
@click.option("--dry-run", is_flag=True, help="Show what was understood; store nothing.")
@force_option
@output_options
def command(console: Console, workspace: Path, dry_run: bool, force: bool) -> None:
    """Read every source of evenbeat.toml that changed; count every drop and repair."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.ingest import preview_ingest, run_ingest

    with console.progress("Ingest") as progress:
        context = Context.local(workspace, progress=progress)
        if dry_run:
            understood = preview_ingest(context)
        else:
            outcome = run_ingest(context, force=force)
    if dry_run:
        console.show(understood, _preview_lines(understood))
        return
    lines = [line for text in outcome.texts for line in (*text.splitlines(), "")]
    if outcome.skipped:
        lines.append(f"Unchanged, not read again: {', '.join(outcome.skipped)}")
    if outcome.upserts:
        lines.append("Incidents: " + ", ".join(f"{n:,} {k}" for k, n in outcome.upserts.items()))
    lines += [f"Stored {rows:,} {name}." for name, rows in outcome.rows.items()]
    document = {key: value for key, value in vars(outcome).items() if key != "texts"}
    console.show(document, [*lines, f"Next: evenbeat describe -w {workspace}"])


def _preview_lines(understood: list[dict[str, Any]]) -> list[str]:
    lines: list[str] = []
    for entry in understood:
        lines.append(f"{entry['file']} ({entry['role']}): {entry['rows']:,} rows")
        lines += [f"  {line}" for line in entry["text"].splitlines()]
        lines.append("")
    return [*lines, "Nothing was stored."]
