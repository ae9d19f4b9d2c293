"""Audit: read, check and export the log of a workspace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import AuditError, ConfigError, StoreError
from evenbeat.core.store.files import fingerprint, read_json, sha256_file, sha256_tree

if TYPE_CHECKING:
    from pathlib import Path

    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.database import AuditEntry, Database, Verification
    from evenbeat.core.store.tables import SnapshotTable

_ADVICE = "Keep everything as it is and compare it with a backup."
_STEPS = ("forecast", "plan", "brief")
_SERVER = "postgresql+psycopg://"


def log_entries(context: Context, *, last: int | None = None) -> Iterator[AuditEntry]:
    """Yield every entry in order, or the newest ones."""
    head = log_head(context)
    newest = 0 if head is None else head.entry
    return context.workspace.audit.entries(1 if last is None else max(1, newest - last + 1))


def log_head(context: Context) -> AuditEntry | None:
    """Return the newest entry; its hash, kept elsewhere, anchors all before it."""
    return context.workspace.audit.head()


def anchor_of(text: str) -> str:
    """Return a head hash kept elsewhere as the log writes it.

    Parameters
    ----------
    text
        64 hexadecimal digits, as ``evenbeat audit anchor`` prints them.

    Raises
    ------
    ConfigError
        It is not that, or it is what stands before the first entry, which anchors nothing.

    Examples
    --------
    >>> anchor_of("AB" * 32) == "ab" * 32
    True
    """
    from evenbeat.core.store.database import GENESIS

    head = text.strip().lower()
    if re.fullmatch(r"[0-9a-f]{64}", head) is None:
        raise ConfigError(
            f"A head has 64 hexadecimal digits, got {text!r}. Give one that was kept; "
            "evenbeat audit anchor   prints the head of now."
        )
    if head == GENESIS:
        raise ConfigError(
            "64 zeros are no head: they stand before the first entry of every log, so they prove "
            "nothing. Give the head of an entry: evenbeat audit anchor"
        )
    return head


def run_verify(
    context: Context, *, anchored_head: str | None = None, files: bool = False
) -> Verification:
    """Check the chain, that the plans and reviews are as it says, and the workspace's files too.

    Parameters
    ----------
    anchored_head
        A head hash kept elsewhere; it must be in the log.
    files
        Also compute the hashes of every run's files and of the current tables, and compare them
        with the log.

    Raises
    ------
    ConfigError
        The anchored head is malformed.
    AuditError
        An entry was changed, is missing or stands in the wrong place; a plan, an assignment or an
        event is not as it was logged, or only one of the two is there; a table or a run is not in
        the log; or a file is not as it was logged. The message names it.
    """
    from evenbeat.core.store.database.accounts import Accounts

    anchored_head = None if anchored_head is None else anchor_of(anchored_head)
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
    versions = workspace.table_versions()
    _check_tables(versions, logged)
    for name in versions if files else ():
        _check_table_files(workspace.table(name))
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


def _check_table_files(table: SnapshotTable) -> None:
    """Compare the parts of a table's current version with the hashes that make its name."""
    version = str(table.version)
    pointer, folder = read_json(table.folder / "current.json"), table.folder / version
    parts: dict[str, str] = pointer.get("parts", {})
    if fingerprint(parts)[:16] != version:
        raise AuditError(
            f"{table.name}/current.json is not what was written: its parts do not make the version "
            f"{version}. {_ADVICE}"
        )
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for part in sorted(found | parts.keys()):
        where = f"The file {table.name}/{version}/{part}"
        if part not in found:
            raise AuditError(f"{where} is gone. {_ADVICE}")
        if part not in parts:
            raise AuditError(f"{where} does not belong to the table. {_ADVICE}")
        if sha256_file(folder / part) != parts[part]:
            raise AuditError(f"{where} was changed or cut off after it was stored. {_ADVICE}")


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

    The last entry of the old log says where it went on, and nothing can be added after it; the
    first new entry of the new log follows it and says that it arrived. A move that was interrupted
    between the two goes on when it is run again.

    Parameters
    ----------
    url
        Where to: ``postgresql+psycopg://user@host/database``, empty.

    Returns
    -------
    Rows of each table.

    Raises
    ------
    ConfigError
        The address is not that of a PostGIS database.
    StoreError
        The database cannot be reached or holds rows.
    AuditError
        The log is broken, before or after, or went on elsewhere.
    """
    if not url.startswith(_SERVER):
        raise ConfigError(
            f"The address of a PostGIS database begins with {_SERVER}, got {url!r}. Give, for "
            f"example, --to {_SERVER}evenbeat_owner@host/riverton"
        )
    from evenbeat.core.store.database import AuditLog, Database
    from evenbeat.core.store.database.moving import copy_database

    workspace = context.workspace
    with workspace.writing():
        run_verify(context)
        target = Database.open(url, crs=None if workspace.crs_or_auto == "auto" else workspace.crs)
        if AuditLog(target).head() is not None:
            raise StoreError(f"{target.location} holds a log already. Give an empty database.")
        last = _close(context, target)
        counts = copy_database(workspace.database, target)
        found, arrived = AuditLog(target).verify(), AuditLog(target).head()
    if not found.intact or arrived is None or arrived.previous_hash != last.hash:
        raise AuditError(f"The copy in {target.location} is not what was copied; do not use it.")
    return counts


def _close(context: Context, target: Database) -> AuditEntry:
    """Return the entry that closes the log: a new one, or that of a move that was interrupted."""
    from evenbeat.core.store.database.guards import MOVED

    head = log_head(context)
    if head is None or head.action != MOVED:
        return context.log(MOVED, {"to": target.location})
    to = json.loads(head.detail)["to"]
    if to != target.location:
        raise AuditError(
            f"This log ended with entry {head.entry}, which moved it to {to}, so it cannot go on "
            f"in {target.location} too. Finish the move with --to {to}, or move that one."
        )
    return head
