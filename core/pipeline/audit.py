"""Audit: read, check and export the log of a workspace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from evenbeat.core.errors import AuditError

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.audit import AuditEntry, Verification


def log_entries(context: Context) -> Iterator[AuditEntry]:
    """Yield every entry in order."""
    return context.workspace.audit.entries()


def run_verify(context: Context, *, anchored_head: str | None = None) -> Verification:
    """Check the whole chain.

    Raises
    ------
    AuditError
        An entry was changed, is missing or stands in the wrong place; the message names it.
    """
    found = context.workspace.audit.verify(anchored_head=anchored_head)
    if not found.intact:
        raise AuditError(
            f"The audit log is broken: {found.fault}. Keep this file as it is and compare it "
            "with a backup."
        )
    return found


def export_lines(context: Context) -> Iterator[str]:
    """Yield the log as JSON lines, for keeping outside."""
    for entry in log_entries(context):
        document = {**asdict(entry), "detail": json.loads(entry.detail)}
        yield json.dumps(document, sort_keys=True, ensure_ascii=False)
