"""Retention: what shows where single units or officers were is removed when its time is over."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.pipeline.patrol.days import TRACES, day_store
from evenbeat.core.pipeline.patrol.parts import PartStore
from evenbeat.core.pipeline.patrol.secrets import private_folder
from evenbeat.core.store.files import read_json, write_json
from evenbeat.core.store.publication import prune_publication

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.workspace import Workspace

_REMOVED = "removed.json"


def removed_dates(workspace: Workspace) -> set[str]:
    """Return the days whose pings were removed: they cannot be measured again."""
    return set(read_json(workspace.root / "dosage" / _REMOVED) or ())


def remember_removed(workspace: Workspace, dates: set[str]) -> None:
    """Write down the days whose pings are about to be removed."""
    if dates:
        write_json(workspace.root / "dosage" / _REMOVED, sorted(removed_dates(workspace) | dates))


@dataclass
class RetentionOutcome:
    """What was removed, or would be: a number of files by kind, and the days before which."""

    removed: dict[str, int] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    dry_run: bool = False


def run_retention(context: Context, *, dry_run: bool = False) -> RetentionOutcome:
    """Remove pings, tracks and timelines, officers' names, and old publications.

    Minutes by cell, what was delivered, and the log stay. The vehicle logs that were handed in are
    the agency's own files and are never touched.

    Parameters
    ----------
    dry_run
        Only tell.
    """
    workspace, outcome = context.workspace, RetentionOutcome(dry_run=dry_run)
    settings = workspace.settings.dosage
    today = context.now().astimezone(workspace.calendar.zone).date()
    pings_before = today - dt.timedelta(days=settings.keep_pings_days)
    officers_before = today - dt.timedelta(days=settings.keep_officers_days)
    outcome.before = {"pings": str(pings_before), "officers": str(officers_before)}
    with workspace.writing():
        parts = PartStore(workspace.root / "dosage" / "parts")
        store = day_store(workspace)
        due: dict[str, list[Path]] = {
            "pings": [path for date in parts.dates() if date < pings_before
                      for path in parts.of_day(date)],
            "traces": [path for date in store.dates() if date < pings_before for name in TRACES
                       if (path := store.day(date) / f"{name}.parquet").is_file()],
            "officers": [path for path in sorted((private_folder(workspace) / "officers")
                                                 .glob("*.parquet"))
                         if dt.date.fromisoformat(path.stem) < officers_before],
        }  # fmt: skip
        outcome.removed = {name: len(paths) for name, paths in due.items()}
        if dry_run:
            return outcome
        remember_removed(workspace, {path.stem for path in due["pings"]})
        for paths in due.values():
            for path in paths:
                path.unlink(missing_ok=True)
        if workspace.publication.is_dir():
            pruned = prune_publication(
                workspace.publication,
                keep_days=workspace.settings.publish.keep_days,
                now=context.now(),
            )
            outcome.removed["published folders"] = len(pruned)
        if any(outcome.removed.values()):
            context.log("retention", {"removed": outcome.removed, "before": outcome.before})
    return outcome
