"""Audit: read, check and export the log of a workspace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import AuditError, StoreError
from evenbeat.core.store.files import read_json, sha256_file, sha256_tree

if TYPE_CHECKING:
    from pathlib import Path

    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.database import AuditEntry, Verification

_ADVICE = "Keep everything as it is and compare it with a backup."
_STEPS = ("forecast", "plan", "brief")


def log_entries(context: Context, *, last: int | None = None) -> Iterator[AuditEntry]:
    """Yield every entry in order, or the newest ones."""
    head = log_head(context)
    newest = 0 if head is None else head.entry
    return context.workspace.audit.entries(1 if last is None else max(1, newest - last + 1))


def log_head(context: Context) -> AuditEntry | None:
    """Return the newest entry; its hash, kept elsewhere, anchors all before it."""
    return context.workspace.audit.head()


def run_verify(
    context: Context, *, anchored_head: str | None = None, files: bool = False
) -> Verification:
    """Check the chain, that the plans and reviews are as it says, and the workspace's files too.

    Parameters
    ----------
    anchored_head
        A head hash kept elsewhere; it must be in the log.
    files
        Also compute the hashes of every run's files and compare them with the log.

    Raises
    ------
    AuditError
        An entry was changed, is missing or stands in the wrong place; a plan, an assignment or an
        event is not as it was logged, or only one of the two is there; a table or a run is not in
        the log; or a file is not as it was logged. The message names it.
    """
    from evenbeat.core.store.database.accounts import Accounts

    workspace, accounts = context.workspace, Accounts()
    logged: list[tuple[str, dict[str, Any]]] = []

    def note(entry: AuditEntry) -> None:
        accounts.note(entry)
        if entry.action == "store" or entry.action in _STEPS:
            logged.append((entry.action, json.loads(entry.detail)))

    # One moment for the log and the rows: what others write meanwhile is in neither.
    with workspace.database.reading() as connection:
        found = workspace.audit.verify(anchored_head, seen=note, connection=connection)
        if not found.intact:
            raise AuditError(f"The audit log is broken: {found.fault}. {_ADVICE}")
        fault = accounts.fault(connection)
    if fault is not None:
        raise AuditError(f"The database is not what its log says: {fault}. {_ADVICE}")
    _check_tables(workspace.table_versions(), logged)
    for folder in sorted((workspace.root / "runs").glob("*/*")):
        if (folder / "run.json").is_file():
            _check_run(folder, logged, files=files)
    return found


def export_log(context: Context, *, key: Path | None = None) -> Iterator[str]:
    """Yield the log as JSON lines, for keeping outside; with a private key, signed.

    Raises
    ------
    AuditError
        The key cannot be read.
    """
    from evenbeat.core.store.database.export import export_lines

    return export_lines(log_entries(context), key=key)


def _check_tables(versions: dict[str, str], logged: list[tuple[str, dict[str, Any]]]) -> None:
    """Look for the current version of every table in the log."""
    stored = {
        (detail.get("table"), detail.get("version"))
        for action, detail in logged
        if action == "store"
    }
    for name, version in versions.items():
        if (name, version) not in stored:
            raise AuditError(
                f"The audit log is too short: it does not hold the table {name} of version "
                f"{version}. {_ADVICE}"
            )


def _check_run(folder: Path, logged: list[tuple[str, dict[str, Any]]], *, files: bool) -> None:
    """Compare one run with the newest entry of each of its steps."""
    steps = {
        action: detail["output_sha256"]
        for action, detail in logged
        if detail.get("run_id") == folder.name and action in _STEPS
    }
    if "forecast" not in steps:
        raise AuditError(f"The audit log is too short: it does not hold {folder.name}. {_ADVICE}")
    if steps["forecast"] != read_json(folder / "run.json")["output_sha256"]:
        raise AuditError(f"{folder.name}/run.json is not as it was logged. {_ADVICE}")
    if not files:
        return
    present = {
        "forecast": {name: sha256_tree(folder / f"{name}.zarr") for name in ("risk", "features")},
        "plan": sha256_file(folder / "assignments.gpkg")
        if (folder / "assignments.gpkg").is_file() else None,
        "brief": sha256_tree(folder / "briefing"),
    }  # fmt: skip
    for step, expected in steps.items():
        if present[step] != expected:
            raise AuditError(f"What {step} wrote in {folder.name} is not as logged. {_ADVICE}")


def run_move(context: Context, url: str) -> dict[str, int]:
    """Copy assignments, reviews and the log to another database; the old one stays, closed.

    The last entry of the old log says where it went on, and is the last one copied; the first new
    entry of the new log follows it.

    Parameters
    ----------
    url
        Where to: ``postgresql+psycopg://user@host/database``, empty.

    Returns
    -------
    Rows of each table.

    Raises
    ------
    StoreError
        The database cannot be reached or holds rows.
    AuditError
        The log is broken, before or after.
    """
    from evenbeat.core.store.database import AuditLog, Database
    from evenbeat.core.store.database.moving import copy_database

    workspace = context.workspace
    with workspace.writing():
        run_verify(context)
        target = Database.open(url, crs=None if workspace.crs_or_auto == "auto" else workspace.crs)
        if AuditLog(target).head() is not None:
            raise StoreError(f"{target.location} holds a log already. Give an empty database.")
        context.log("move", {"to": target.location})
        counts = copy_database(workspace.database, target)
        found = AuditLog(target).verify()
        head = workspace.audit.head()
    if not found.intact or head is None or found.head != head.hash:
        raise AuditError(f"The copy in {target.location} is not what was copied; do not use it.")
    return counts
