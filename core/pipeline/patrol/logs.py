"""Files of vehicle logs and of directed patrols: found, told apart from those read before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.config import ActivitySourceSettings, PingSourceSettings
from evenbeat.core.dosage.activities import ActivityReport, LoggedActivity, read_activities
from evenbeat.core.dosage.commitments import (
    Commitment,
    CommitmentReport,
    read_commitments,
)
from evenbeat.core.dosage.ping_files import read_pings
from evenbeat.core.dosage.report import PingReport
from evenbeat.core.errors import ConfigError, InputError
from evenbeat.core.pipeline.patrol.journal import journal_activities
from evenbeat.core.pipeline.patrol.parts import PartStore
from evenbeat.core.pipeline.patrol.secrets import pseudonym_key
from evenbeat.core.policy.tactics import TacticsLibrary
from evenbeat.core.store.files import fingerprint, read_json, sha256_file, write_json

if TYPE_CHECKING:
    from evenbeat.core.dosage.pings import Pings
    from evenbeat.core.grid import Grid
    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.store.workspace import Workspace

_STATE = "files.json"
_READER = 1
"""Raised when what is read from a file changes, so that every file is read again."""


@dataclass(frozen=True)
class LogFile:
    """One file of a vehicle log.

    Parameters
    ----------
    key
        Its path, relative to the workspace where it lies inside.
    """

    path: Path
    key: str
    source: PingSourceSettings

    @property
    def part_name(self) -> str:
        """Return the stable name of its parts."""
        return f"{self.path.stem[:40]}-{hashlib.sha256(self.key.encode()).hexdigest()[:10]}"


def log_files(workspace: Workspace) -> list[LogFile]:
    """Return the files of every vehicle log, by source and name.

    Raises
    ------
    ConfigError
        No vehicle log is configured.
    InputError
        A source matches no file.
    """
    sources = workspace.settings.dosage.sources
    if not sources:
        raise ConfigError(
            "evenbeat.toml names no vehicle log. Add one, for example:\n"
            '  [[dosage.sources]]\n  path = "avl/*.csv"'
        )
    return [
        LogFile(path, _key(workspace.root, path), source)
        for source in sources
        for path in _matches(workspace.root, source.path)
    ]


def _matches(root: Path, pattern: str) -> list[Path]:
    whole = root / Path(pattern).expanduser()
    found = sorted(Path(whole.anchor).glob(str(whole.relative_to(whole.anchor))))
    if not found:
        raise InputError(
            f"No file matches {whole}. Paths in evenbeat.toml are relative to the workspace."
        )
    return found


def _key(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def read_logs(context: Context, grid: Grid, *, force: bool = False) -> list[dict[str, Any]]:
    """Bring every file that changed into the parts by day; return an account of each.

    A file whose size and time of change are as before is not opened; one whose bytes are as before
    is not read.
    """
    workspace, settings = context.workspace, context.workspace.settings.dosage
    store, accounts = PartStore(workspace.root / "dosage" / "parts"), []
    state_path = workspace.root / "dosage" / _STATE
    state = read_json(state_path) or {}
    files = log_files(workspace)
    key = pseudonym_key(workspace)
    shared = fingerprint([
        _READER, grid.crs, workspace.settings.agency.timezone, hashlib.sha256(key).hexdigest(),
        settings.off_duty_minutes, workspace.calendar.timezone,
        [[name, start.isoformat()] for name, start in workspace.calendar.starts],
    ])  # fmt: skip
    for number, file in enumerate(files):
        context.progress(f"reading {file.path.name}", number / len(files))
        known = {} if force else state.get(file.key, {})
        written = file.path.stat()
        stamp = [written.st_size, written.st_mtime_ns]
        reading = fingerprint([shared, file.source.model_dump(mode="json")])
        if known.get("stamp") == stamp and known.get("reading") == reading:
            continue
        digest = sha256_file(file.path)
        if known.get("sha256") != digest or known.get("reading") != reading:
            report = PingReport()
            pings = _progressing(context, file, grid, key, report, number / len(files))
            parts = store.replace(
                file.part_name, pings, workspace.calendar, settings.off_duty_minutes * 60
            )
            accounts.append({
                "file": file.path.name, "sha256": digest, "parts": parts, **report.to_dict(),
            })  # fmt: skip
        state[file.key] = {"stamp": stamp, "sha256": digest, "reading": reading}
        write_json(state_path, state)
    return accounts


def _progressing(
    context: Context, file: LogFile, grid: Grid, key: bytes, report: PingReport, at: float
) -> Iterator[Pings]:
    zone = context.workspace.settings.agency.timezone
    for batch in read_pings(
        file.path, file.source, grid=grid, timezone=zone, key=key, report=report
    ):
        context.progress(f"reading {file.path.name}, {report.rows_in:,} pings", at)
        yield batch


@dataclass(frozen=True)
class Activities:
    """Every directed patrol that was logged, with the account of its reading."""

    logged: tuple[LoggedActivity, ...]
    report: ActivityReport

    def within(self, start_s: float, end_s: float) -> list[LoggedActivity]:
        """Return those that start between two moments."""
        return [one for one in self.logged if start_s <= one.started_s < end_s]


def read_all_activities(workspace: Workspace) -> Activities:
    """Return the directed patrols of files and of ``evenbeat activity``; the same id counts once.

    Raises
    ------
    InputError
        A source matches no file, or lacks a column.
    """
    key, report = pseudonym_key(workspace), ActivityReport()
    library = TacticsLibrary.load(workspace.override("tactics.csv"))
    zone = workspace.settings.agency.timezone
    found: dict[str, LoggedActivity] = {}
    for source in workspace.settings.dosage.activities:
        for path in _matches(workspace.root, source.path):
            for one in _of_file(path, source, zone, key, library, report):
                found[one.activity_id] = one
    for one in journal_activities(workspace, key=key, library=library, report=report):
        found[one.activity_id] = one
    return Activities(tuple(found.values()), report)


def read_all_commitments(workspace: Workspace) -> Commitments:
    """Return when units were on incidents, as dispatch has it.

    Raises
    ------
    InputError
        A source matches no file, or lacks a column.
    """
    key, report = pseudonym_key(workspace), CommitmentReport()
    zone = workspace.settings.agency.timezone
    found = [
        one
        for source in workspace.settings.dosage.committed
        for path in _matches(workspace.root, source.path)
        for one in read_commitments(path, source, timezone=zone, key=key, report=report)
    ]
    return Commitments(tuple(sorted(found)), report)


@dataclass(frozen=True)
class Commitments:
    """When units were on incidents, with the account of its reading."""

    intervals: tuple[Commitment, ...]
    report: CommitmentReport

    def within(self, start_s: float, end_s: float) -> list[Commitment]:
        """Return those that touch a span of time."""
        return [one for one in self.intervals if one.start_s < end_s and one.end_s > start_s]


def _of_file(
    path: Path, source: ActivitySourceSettings, zone: str, key: bytes, library: TacticsLibrary,
    report: ActivityReport,
) -> list[LoggedActivity]:  # fmt: skip
    return read_activities(path, source, timezone=zone, key=key, library=library, report=report)
