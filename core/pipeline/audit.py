"""Audit: read, check and export the log of a workspace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import AuditError
from evenbeat.core.store.files import read_json, sha256_file, sha256_tree

if TYPE_CHECKING:
    from pathlib import Path

    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.audit import AuditEntry, Verification

_ADVICE = "Keep everything as it is and compare it with a backup."


def log_entries(context: Context) -> Iterator[AuditEntry]:
    """Yield every entry in order."""
    return context.workspace.audit.entries()


def run_verify(
    context: Context, *, anchored_head: str | None = None, files: bool = False
) -> Verification:
    """Check the chain, and that what stands in the workspace is in it.

    Parameters
    ----------
    anchored_head
        A head hash kept elsewhere; it must be in the log.
    files
        Also compute the hashes of every run's files and compare them with the log.

    Raises
    ------
    AuditError
        An entry was changed, is missing or stands in the wrong place; a table or a run is not in
        the log; or a file is not as it was logged. The message names it.
    """
    found = context.workspace.audit.verify(anchored_head=anchored_head)
    if not found.intact:
        raise AuditError(f"The audit log is broken: {found.fault}. {_ADVICE}")
    logged = [(entry.action, json.loads(entry.detail)) for entry in log_entries(context)]
    for name, version in context.workspace.table_versions().items():
        if ("store", name, version) not in {
            (action, detail.get("table"), detail.get("version")) for action, detail in logged
        }:
            raise AuditError(
                f"The audit log is too short: it does not hold the table {name} of version "
                f"{version}. {_ADVICE}"
            )
    for folder in sorted((context.workspace.root / "runs").glob("*/*")):
        if (folder / "run.json").is_file():
            _check_run(folder, logged, files=files)
    return found


def export_lines(context: Context) -> Iterator[str]:
    """Yield the log as JSON lines, for keeping outside."""
    for entry in log_entries(context):
        document = {**asdict(entry), "detail": json.loads(entry.detail)}
        yield json.dumps(document, sort_keys=True, ensure_ascii=False)


def _check_run(folder: Path, logged: list[tuple[str, dict[str, Any]]], *, files: bool) -> None:
    """Compare one run with the newest entry of each of its steps."""
    steps = {
        action: detail["output_sha256"]
        for action, detail in logged
        if detail.get("run_id") == folder.name and action in ("forecast", "plan", "brief")
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
