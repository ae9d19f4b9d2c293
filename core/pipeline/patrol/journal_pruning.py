"""What of the journal has been kept long enough."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evenbeat.core.pipeline.patrol.journal import journal_lines, journal_path
from evenbeat.core.store.files import canonical_json, replacing_file

if TYPE_CHECKING:
    from evenbeat.core.store.workspace import Workspace


@dataclass(frozen=True)
class JournalPruning:
    """What of the journal has been kept long enough.

    Parameters
    ----------
    kept
        The lines that stay, in their order.
    removed
        Number of lines that go.
    anonymised
        Number of lines that stay and lose their officers.
    """

    kept: tuple[dict[str, Any], ...]
    removed: int
    anonymised: int


def journal_pruning(
    workspace: Workspace, *, pings_before: dt.date, officers_before: dt.date
) -> JournalPruning:
    """Return what of the journal is to go; nothing is written.

    An activity whose last line is before both dates goes, ended or not: none lasts longer than a
    day. While its day has pings it may be measured again, so one that ended only before
    ``officers_before`` stays and loses its officers.

    Parameters
    ----------
    pings_before, officers_before
        First local days from which pings and officers are kept.
    """
    lines, zone = journal_lines(workspace), workspace.calendar.zone
    ended = {
        line["activity_id"]: dt.datetime.fromisoformat(line["at"]).astimezone(zone).date()
        for line in lines  # in order of time, so the last one of an activity counts
    }  # fmt: skip
    gone = {name for name, date in ended.items() if date < min(pings_before, officers_before)}
    kept, anonymised = [], 0
    for line in lines:
        if line["activity_id"] in gone:
            continue
        date = ended.get(line["activity_id"])
        if line.get("officer_ids") and date is not None and date < officers_before:
            kept.append({**line, "officer_ids": [], "officers_removed": True})
            anonymised += 1
        else:
            kept.append(line)
    return JournalPruning(tuple(kept), len(lines) - len(kept), anonymised)


def write_pruned(workspace: Workspace, pruning: JournalPruning) -> None:
    """Write the journal whole, with the lines that stay; the caller holds the workspace."""
    if not pruning.removed and not pruning.anonymised:
        return
    with replacing_file(journal_path(workspace)) as private:
        private.touch(mode=0o600)
        private.write_text("".join(canonical_json(line) + "\n" for line in pruning.kept), "utf-8")
