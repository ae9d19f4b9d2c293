"""The log outside the database: the head that is kept elsewhere, and exported files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.errors import AuditError
from evenbeat.core.pipeline.audit import anchor_of, log_head

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.database import AuditEntry, Verification


def head_to_keep(context: Context) -> AuditEntry:
    """Return the newest entry, whose hash anchors all before it where it is kept outside.

    Raises
    ------
    AuditError
        The log has no entry.
    """
    head = log_head(context)
    if head is None:
        raise AuditError("The log has no entry yet, so there is nothing to anchor.")
    return head


def verify_export(
    path: Path, *, public: Path | None = None, head: str | None = None
) -> Verification:
    """Check an exported file without the database.

    Parameters
    ----------
    path
        The file.
    public
        The public key that it is signed with; without it only the chain is checked.
    head
        A head hash kept elsewhere; it must be in the file.

    Raises
    ------
    ConfigError
        The head is malformed.
    AuditError
        The file is not as it was written.
    """
    from evenbeat.core.store.database.export import check_export

    anchored = None if head is None else anchor_of(head)
    found = check_export(path, public=public, anchored_head=anchored)
    if not found.intact:
        raise AuditError(f"{path} is broken: {found.fault}.")
    return found
