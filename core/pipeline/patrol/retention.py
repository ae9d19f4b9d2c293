"""Retention: what shows where single units or officers were is removed when its time is over."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from evenbeat.core.pipeline.patrol.days import FACTS, TRACES, DayStore, day_store
from evenbeat.core.pipeline.patrol.journal_pruning import (
    JournalPruning,
    journal_pruning,
    write_pruned,
)
from evenbeat.core.pipeline.patrol.parts import PartStore
from evenbeat.core.pipeline.patrol.secrets import private_folder
from evenbeat.core.store.files import read_json, replacing_file, sha256_file, write_json
from evenbeat.core.store.publication import prune_publication

if TYPE_CHECKING:
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.workspace import Workspace

_REMOVED = "removed.json"
_NAMED = ("visits", "activities")
"""Tables that stay for what was delivered, and lose the unit when its pings are removed."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def removed_dates(workspace: Workspace) -> set[str]:
    """Return the days whose pings were removed: they cannot be measured again."""
    return set(read_json(workspace.root / "dosage" / _REMOVED) or ())


def remember_removed(workspace: Workspace, dates: set[str]) -> None:
    """Write down the days whose pings are about to be removed."""
    if dates:
        write_json(workspace.root / "dosage" / _REMOVED, sorted(removed_dates(workspace) | dates))


@dataclass
class RetentionOutcome:
    """What was removed, or would be: a number by kind, and the days before which.

    ``removed`` counts files, and lines of the journal; ``changed`` counts what was written anew
    without units or officers.
    """

    removed: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    dry_run: bool = False


@dataclass(frozen=True)
class _Due:
    """What has been kept long enough."""

    files: dict[str, list[Path]]
    days: dict[dt.date, list[str]]
    journal: JournalPruning

    def removed(self) -> dict[str, int]:
        counts = {name: len(paths) for name, paths in self.files.items()}
        counts["journal lines"] = self.journal.removed
        return {name: count for name, count in counts.items() if count}

    def changed(self) -> dict[str, int]:
        tables = sum(len(names) for names in self.days.values())
        counts = {"tables without units": tables, "journal lines": self.journal.anonymised}
        return {name: count for name, count in counts.items() if count}


def run_retention(context: Context, *, dry_run: bool = False) -> RetentionOutcome:
    """Remove pings, tracks and timelines, officers' names, and old publications.

    Visits and activities lose their unit, and the journal the activities that are over. Shift
    reports go with the pings, reports by officer with the officers' names. Minutes by cell, what
    was delivered, and the log stay. The vehicle logs that were handed in, and reports that were
    written elsewhere with ``--out``, are the agency's own files and are never touched.

    Parameters
    ----------
    dry_run
        Only tell: nothing is written and no lock is taken.
    """
    workspace, outcome = context.workspace, RetentionOutcome(dry_run=dry_run)
    settings = workspace.settings.dosage
    today = context.now().astimezone(workspace.calendar.zone).date()
    pings_before = today - dt.timedelta(days=settings.keep_pings_days)
    officers_before = today - dt.timedelta(days=settings.keep_officers_days)
    outcome.before = {"pings": str(pings_before), "officers": str(officers_before)}
    if dry_run:
        due = _due(workspace, pings_before, officers_before)
        outcome.removed, outcome.changed = due.removed(), due.changed()
        return outcome
    with workspace.writing():
        due = _due(workspace, pings_before, officers_before)
        outcome.removed, outcome.changed = due.removed(), due.changed()
        remember_removed(workspace, {path.stem for path in due.files["pings"]})
        _remove(due.files)
        for date, names in due.days.items():
            _forget_units(day_store(workspace), date, names, at=context.now())
        write_pruned(workspace, due.journal)
        if workspace.publication.is_dir():
            pruned = prune_publication(
                workspace.publication,
                keep_days=workspace.settings.publish.keep_days,
                now=context.now(),
            )
            if pruned:
                outcome.removed["published folders"] = len(pruned)
        if outcome.removed or outcome.changed:
            context.log("retention", {
                "removed": outcome.removed, "changed": outcome.changed, "before": outcome.before,
            })  # fmt: skip
    return outcome


def _due(workspace: Workspace, pings_before: dt.date, officers_before: dt.date) -> _Due:
    parts = PartStore(workspace.root / "dosage" / "parts")
    store, private = day_store(workspace), private_folder(workspace, make=False)
    old = [date for date in store.dates() if date < pings_before]
    files: dict[str, list[Path]] = {
        "pings": [path for date in parts.dates() if date < pings_before
                  for path in parts.of_day(date)],
        "traces": [path for date in old for name in TRACES
                   if (path := store.day(date) / f"{name}.parquet").is_file()],
        "officers": [path for path in sorted((private / "officers").glob("[!.]*.parquet"))
                     if dt.date.fromisoformat(path.stem) < officers_before],
        "shift reports": [path for folder in _folders(workspace.root / "reports", pings_before)
                          for pattern in ("shift.*", "tables/shift-*")
                          for path in sorted(folder.glob(pattern))],
        "officer reports": [path for folder in _folders(private / "reports", officers_before)
                            for path in sorted(folder.rglob("*")) if path.is_file()],
    }  # fmt: skip
    days = {date: names for date in old if (names := _with_units(store, date))}
    journal = journal_pruning(
        workspace, pings_before=pings_before, officers_before=officers_before
    )  # fmt: skip
    return _Due(files, days, journal)


def _folders(reports: Path, before: dt.date) -> Iterator[Path]:
    """Yield the folders of reports whose last day, by their name, lies before a date."""
    for folder in sorted(reports.glob("*")):
        dates = _DATE.findall(folder.name)
        if folder.is_dir() and dates and dates[-1] < before.isoformat():
            yield folder


def _remove(files: dict[str, list[Path]]) -> None:
    for paths in files.values():
        for path in paths:
            path.unlink(missing_ok=True)
    for path in (*files["shift reports"], *files["officer reports"]):
        for folder in (path.parent, path.parent.parent):
            is_ours = folder.name == "tables" or _DATE.search(folder.name)
            if is_ours and folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _with_units(store: DayStore, date: dt.date) -> list[str]:
    """Return the tables of a day that still name units."""
    marked = (store.facts(date) or {}).get("retention", {}).get("without_units", [])
    return [
        name for name in _NAMED
        if name not in marked and (store.day(date) / f"{name}.parquet").is_file()
    ]  # fmt: skip


def _forget_units(store: DayStore, date: dt.date, names: list[str], *, at: dt.datetime) -> None:
    """Write tables of a day without units; the day's facts tell which, when, and their hashes.

    The facts come last: what is cut short before is done again.
    """
    import pandas as pd

    facts = store.facts(date) or {}
    output = dict(facts["output_sha256"])
    for name in names:
        path = store.day(date) / f"{name}.parquet"
        table = pd.read_parquet(path)
        with replacing_file(path) as private:
            table.assign(unit="").to_parquet(private, index=False, compression="zstd")
        output[path.name] = sha256_file(path)
    gone = [name for name in TRACES if not (store.day(date) / f"{name}.parquet").is_file()]
    for name in gone:
        output.pop(f"{name}.parquet", None)
    former = facts.get("retention", {}).get("without_units", [])
    mark = {
        "at": at.isoformat(timespec="seconds"), "removed": gone,
        "without_units": sorted({*former, *names}),
    }  # fmt: skip
    facts = {**facts, "output_sha256": output, "retention": mark}
    write_json(store.day(date) / FACTS, facts)
