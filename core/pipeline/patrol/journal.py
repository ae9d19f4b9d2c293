"""Directed patrols as officers log them with ``evenbeat activity``, a line for each event.

Each line is in the audit log too, by its keyed hash, see `line_hash`. Units and officers stand in
a file of their own that only its owner may read, until retention removes them.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.dosage.activities import (
    ActivityReport,
    LoggedActivity,
    activity_of,
    split_officers,
)
from evenbeat.core.errors import InputError
from evenbeat.core.pipeline.patrol.secrets import keyed_hash, private_folder, pseudonym_key
from evenbeat.core.policy.free_text import without_personal_data
from evenbeat.core.policy.tactics import TacticsLibrary
from evenbeat.core.store.files import canonical_json

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.workspace import Workspace

_ID_BYTES = 4
_FILE = "journal.jsonl"


@dataclass(frozen=True)
class JournalOutcome:
    """What was logged."""

    activity_id: str
    event: str
    at: str
    note: str
    withheld: bool


def line_hash(line: dict[str, Any], key: bytes) -> str:
    """Return the keyed hash by which a line of the journal stands in the audit log.

    A line has little in it that is unknown, so without the key a hash could be turned back by
    trying every unit and officer. An auditor who holds the key (``private/pseudonym.key``, or
    EVENBEAT_PSEUDONYM_KEY) checks a line so: take one line of ``private/journal.jsonl`` without
    its line break, compute its HMAC-SHA-256 under the key's bytes, and compare that with
    ``line_hmac_sha256`` of the entry with the same ``activity_id`` and ``event``. A line with
    ``officers_removed`` was changed by retention and cannot be checked any more.

    Examples
    --------
    >>> line = {"activity_id": "log-1", "event": "stop", "at": "2023-03-07T12:00:00+00:00"}
    >>> one = line_hash(line, b"sixteen bytes or more")
    >>> len(one), one == line_hash(line, b"another key of the agency")
    (64, False)
    """
    return keyed_hash(canonical_json(line), key)


def journal_path(workspace: Workspace) -> Path:
    """Return the file of the journal."""
    return private_folder(workspace, make=False) / _FILE


def journal_lines(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the lines of the journal, in the order in which they were added.

    Raises
    ------
    InputError
        One is no whole line.
    """
    path = journal_path(workspace)
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
        try:
            found.append(json.loads(line) if line.strip() else None)
        except ValueError as error:
            raise InputError(
                f"Line {number} of {path} is no whole line, as after a loss of power. Its hash is "
                "in the audit log if it was ever finished. Remove that line, then go on."
            ) from error
    return [line for line in found if line is not None]


def _append(context: Context, line: dict[str, Any]) -> None:
    """Add a line, flushed, and its keyed hash to the audit log."""
    context.log("activity", {
        "activity_id": line["activity_id"], "event": line["event"],
        "line_hmac_sha256": line_hash(line, pseudonym_key(context.workspace)),
    })  # fmt: skip
    private_folder(context.workspace)
    descriptor = os.open(
        journal_path(context.workspace), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
    )
    with os.fdopen(descriptor, "ab") as stream:
        stream.write((canonical_json(line) + "\n").encode())
        stream.flush()
        os.fsync(stream.fileno())


def start_activity(
    context: Context, unit: str, *, tactic: str, assignment_id: str = "", officers: int = 1,
    officer_ids: tuple[str, ...] = (),
) -> JournalOutcome:  # fmt: skip
    """Log that a unit begins a directed patrol.

    Parameters
    ----------
    officers
        Number of officers; more where more are named.
    officer_ids
        Who takes part, one or several to a text, see `split_officers`.

    Raises
    ------
    InputError
        The tactic is not in the library, or the unit has begun one already and not ended it.
    """
    workspace = context.workspace
    library = TacticsLibrary.load(workspace.override("tactics.csv"))
    known = {name for one in library.tactics for name in (one.id, one.name)}
    if tactic not in known:
        ids = ", ".join(one.id for one in library.tactics)
        raise InputError(f"The tactic {tactic!r} is not in the library. Known are: {ids}.")
    named = split_officers(";".join(officer_ids))
    with workspace.writing():
        running = _running(workspace, unit)
        if running is not None:
            raise InputError(
                f"{unit} began {running['activity_id']} at {running['at']} and has not ended it. "
                f"End it with: evenbeat activity stop {unit}"
            )
        at = context.now().isoformat(timespec="seconds")
        line = {
            "activity_id": f"log-{secrets.token_hex(_ID_BYTES)}", "event": "start", "at": at,
            "unit_id": unit, "tactic": tactic, "assignment_id": assignment_id,
            "officers": max(officers, len(named)), "officer_ids": list(named),
        }  # fmt: skip
        _append(context, line)
    return JournalOutcome(str(line["activity_id"]), "start", at, "", withheld=False)


def stop_activity(context: Context, unit: str, *, note: str = "") -> JournalOutcome:
    """Log that a unit ends its directed patrol.

    Raises
    ------
    InputError
        It has begun none.
    """
    return _go_on(context, unit, "stop", note)


def note_activity(context: Context, unit: str, note: str) -> JournalOutcome:
    """Log a note to the directed patrol that a unit is on.

    Raises
    ------
    InputError
        It has begun none.
    """
    return _go_on(context, unit, "note", note)


def _go_on(context: Context, unit: str, event: str, note: str) -> JournalOutcome:
    with context.workspace.writing():
        running = _running(context.workspace, unit)
        if running is None:
            raise InputError(
                f"{unit} is on no directed patrol. Begin one with: evenbeat activity start {unit} "
                "--tactic be-seen"
            )
        clean, withheld = without_personal_data(note)
        at = context.now().isoformat(timespec="seconds")
        line = {"activity_id": running["activity_id"], "event": event, "at": at, "note": clean}
        _append(context, line)
    return JournalOutcome(running["activity_id"], event, at, clean, withheld=withheld)


def _running(workspace: Workspace, unit: str) -> dict[str, Any] | None:
    """Return the line with which a unit began what it has not ended, or None."""
    begun: dict[str, dict[str, Any]] = {}
    for line in journal_lines(workspace):
        if line["event"] == "start" and line["unit_id"].casefold() == unit.casefold():
            begun[line["activity_id"]] = line
        elif line["event"] == "stop":
            begun.pop(line["activity_id"], None)
    return next(iter(begun.values()), None)


def journal_activities(
    workspace: Workspace, *, key: bytes, library: TacticsLibrary, report: ActivityReport
) -> list[LoggedActivity]:
    """Return the ended patrols of the journal."""
    whole: dict[str, dict[str, Any]] = {}
    for line in journal_lines(workspace):
        one = whole.setdefault(line["activity_id"], {"notes": []})
        one[line["event"]] = line
        if line.get("note"):
            one["notes"].append(line["note"])
    made = []
    for name, one in whole.items():
        if "start" not in one or "stop" not in one:
            continue
        begun = one["start"]
        report.rows_in += 1
        values = {
            "unit_id": begun["unit_id"], "officers": str(begun["officers"]),
            "officer_ids": ";".join(begun["officer_ids"]), "tactic": begun["tactic"],
            "assignment_id": begun["assignment_id"], "note": "; ".join(one["notes"]),
        }  # fmt: skip
        times = (_seconds(begun["at"]), _seconds(one["stop"]["at"]))
        logged = activity_of(
            values, *times, key=key, library=library, report=report, own_id=name
        )  # fmt: skip
        if logged is not None:
            report.rows_kept += 1
            made.append(logged)
    return made


def _seconds(at: str) -> float:
    return dt.datetime.fromisoformat(at).timestamp()
