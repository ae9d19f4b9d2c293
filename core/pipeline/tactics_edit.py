"""The tactics library read and replaced as rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evenbeat.core.policy.tactics import COLUMNS, Tactic, TacticsLibrary
from evenbeat.core.store.files import replacing_file, sha256_file

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context

TACTICS_FILE = "tactics.csv"
_BETWEEN = "|"


def tactics_of(context: Context) -> tuple[tuple[Tactic, ...], bool]:
    """Return the tactics in use, and whether they are the agency's own."""
    own = context.workspace.override(TACTICS_FILE)
    return TacticsLibrary.load(own).tactics, own is not None


def replace_tactics(context: Context, rows: Sequence[Mapping[str, str]]) -> tuple[Tactic, ...]:
    """Give the agency a library of its own; without rows the shipped one counts again.

    Parameters
    ----------
    rows
        The columns of ``tactics.csv``.

    Raises
    ------
    PolicyError
        A row cannot be used; the former library stays.
    WorkspaceError
        Another command is writing, or the workspace can only be read.
    """
    path = context.workspace.root / TACTICS_FILE
    with context.workspace.writing():
        if rows:
            text = io.StringIO()
            writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            with replacing_file(path) as temporary:
                temporary.write_text(text.getvalue(), "utf-8")
                TacticsLibrary.load(temporary)
        else:
            path.unlink(missing_ok=True)
        digest = sha256_file(path) if rows else None
        context.log("tactics", {"rows": len(rows), "file_sha256": digest})
    return tactics_of(context)[0]
