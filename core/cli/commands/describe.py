"""``evenbeat describe``."""

from __future__ import annotations

from pathlib import Path

import click

from evenbeat.core.cli.console import Console, output_options, table, workspace_option


@click.command(epilog="Example:  evenbeat describe -w riverton")
@workspace_option
@output_options
def command(console: Console, workspace: Path) -> None:
    """Show what the workspace holds: counts, completeness, heaping, delays, drops."""
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.describe import run_describe

    with console.progress("Describe") as progress:
        outcome = run_describe(Context.local(workspace, progress=progress))
    document = {"page": str(outcome.page), **outcome.summary}
    by_type = outcome.summary.get("counts_by_type", {})
    rows = [(str(name), f"{int(count):,}") for name, count in by_type.items()]
    console.show(document, [*table(rows, header=("crime type", "incidents")),
                            f"Page with plots: {outcome.page}"])  # fmt: skip
