"""``evenbeat audit``."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from evenbeat.core.cli.console import (
    Console,
    date_option,
    default_date,
    output_options,
    table,
    workspace_option,
)

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(epilog="Example:  evenbeat audit verify -w riverton")
def command() -> None:
    """Read, verify, anchor or export the append-only log of everything that was done."""


@command.command("log", epilog="Example:  evenbeat audit log -w riverton --last 20")
@workspace_option
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="Entries.")
@output_options
def show_log(console: Console, workspace: Path, last: int) -> None:
    """Show the newest entries."""
    from dataclasses import asdict

    from evenbeat.core.pipeline.audit import log_entries
    from evenbeat.core.pipeline.context import Context

    entries = list(log_entries(Context.local(workspace), last=last))
    rows = [
        (str(entry.entry), entry.at[:19], entry.actor, entry.action, entry.detail[:80])
        for entry in entries
    ]
    console.show([asdict(entry) for entry in entries], table(rows))


@command.command(
    "verify",
    epilog="\b\nExamples:\n  evenbeat audit verify -w riverton --head 3f9a...\n"
    "  evenbeat audit verify --export log.jsonl --public key.pub",
)
@workspace_option
@click.option("--files", is_flag=True, help="Also compare the files of runs and tables.")
@click.option("--head", default=None, help="A head hash kept elsewhere; it must be in the log.")
@click.option("--export", "exported", type=_FILE, help="Check this exported file instead.")
@click.option("--public", type=_FILE, help="Public key that the exported file is signed with.")
@output_options
def verify(
    console: Console,
    workspace: Path,
    head: str | None,
    files: bool,
    exported: Path | None,
    public: Path | None,
) -> None:
    """Check that no entry, plan or review was changed or removed, and that all are in the log."""
    if exported is not None:
        from evenbeat.core.pipeline.log_outside import verify_export

        found = verify_export(exported, public=public, head=head)
    else:
        from evenbeat.core.pipeline.audit import run_verify
        from evenbeat.core.pipeline.context import Context

        found = run_verify(Context.local(workspace), anchored_head=head, files=files)
    console.show(
        {"entries": found.entries, "head": found.head, "intact": found.intact},
        [f"Intact: {found.entries} entries. Head {found.head}"],
    )


@command.command("anchor", epilog="Example:  evenbeat audit anchor -w riverton >> anchors.txt")
@workspace_option
@output_options
def anchor(console: Console, workspace: Path) -> None:
    """Print the head with its number and time, for keeping outside.

    Whoever has it can show with `evenbeat audit verify --head` that nothing up to that entry was
    changed or cut off since.
    """
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.log_outside import head_to_keep

    head = head_to_keep(Context.local(workspace))
    console.show(
        {"entry": head.entry, "at": head.at, "head": head.hash},
        [f"{head.entry}  {head.at}  {head.hash}"],
    )


@command.command(
    "export",
    epilog="\b\nExamples:\n  evenbeat audit export -w riverton > log.jsonl\n"
    "  evenbeat audit export -w riverton --sign key.pem > log.jsonl",
)
@workspace_option
@click.option("--sign", type=_FILE, help="Private key; the last line then has a signature.")
@output_options
def export(console: Console, workspace: Path, sign: Path | None) -> None:
    """Print the log as JSON lines."""
    from evenbeat.core.pipeline.audit import export_log
    from evenbeat.core.pipeline.context import Context

    for line in export_log(Context.local(workspace), key=sign):
        click.echo(line)


@command.command("key", epilog="Example:  evenbeat audit key key.pem")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@output_options
def key(console: Console, path: Path) -> None:
    """Make a private key for signed exports, and its public key beside it (.pub)."""
    from evenbeat.core.store.database.export import make_key

    public = make_key(path)
    console.show(
        {"private": str(path), "public": str(public)},
        [f"Private key: {path}  (keep it away from the database)", f"Public key:  {public}"],
    )


@command.command(
    "reproduce", epilog="Example:  evenbeat audit reproduce -w riverton --date 2017-01-03"
)
@workspace_option
@date_option
@click.option(
    "--run", "run_id", default=None, help="One of the day's runs; the current by default."
)
@output_options
def reproduce(console: Console, workspace: Path, date: dt.date | None, run_id: str | None) -> None:
    """Make a past day again from its logged inputs and compare every byte."""
    from dataclasses import asdict

    from evenbeat.core.errors import AuditError
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.pipeline.reproduce import run_reproduce

    with console.progress("Reproduce") as progress:
        context = Context.local(workspace, progress=progress)
        found = run_reproduce(context, default_date(context, date), run_id=run_id)
    rows = [(o.what, "same bytes" if o.same else "DIFFERS", o.again[:16]) for o in found.outputs]
    lines = [f"{found.date}, run {found.run_id}, {found.plan_id or 'no plan'}:", *table(rows)]
    if not found.same_code:
        lines.append(f"  note: made by code {found.code_then}, made again by {found.code_now}")
    console.show({**asdict(found), "identical": found.identical}, lines)
    if not found.identical and console.as_json:
        sys.exit(AuditError.exit_code)
    if not found.identical:
        raise AuditError(
            "The day made again is not what the log says. "
            + ("Keep everything as it is and compare it with a backup." if found.same_code else
               f"Try again with the code that made it, {found.code_then}.")
        )  # fmt: skip


@command.command(
    "move",
    epilog="Example:  evenbeat audit move -w riverton --to postgresql+psycopg://owner@db/riverton",
)
@workspace_option
@click.option("--to", "url", required=True, help="Address of an empty PostGIS database.")
@output_options
def move(console: Console, workspace: Path, url: str) -> None:
    """Copy assignments, reviews and the log to PostGIS, every hash unchanged."""
    from evenbeat.core.pipeline.audit import run_move
    from evenbeat.core.pipeline.context import Context

    counts = run_move(Context.local(workspace), url)
    console.show(
        counts,
        [
            *table([(name, f"{count:,}") for name, count in counts.items()]),
            "Copied and verified. From now on, put it into evenbeat.toml:",
            "",
            "[store]",
            f'url = "{url}"',
        ],
    )
