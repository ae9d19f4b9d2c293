"""``evenbeat doctor``."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from evenbeat.core.cli.console import Console, output_options


@click.command(epilog="Example:  evenbeat doctor -w riverton")
@click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path),
    default=None,
    help="Also check this workspace.",
)
@output_options
def command(console: Console, workspace: Path | None) -> None:
    """Check the installation and a workspace, and say how to mend what is not well."""
    from evenbeat.core.pipeline.doctor import run_doctor

    with console.progress("Doctor") as progress:
        findings = run_doctor(workspace, progress=progress)
    lines = []
    for finding in findings:
        mark = click.style("ok  ", fg="green") if finding.ok else click.style("MEND", fg="red")
        lines.append(f"{mark} {finding.check}: {finding.detail}")
        if finding.advice:
            lines.append(f"     -> {finding.advice}")
    console.show([asdict(finding) for finding in findings], lines)
    sys.exit(0 if all(finding.ok for finding in findings) else 1)
