"""Vehicle logs brought into the parts by day: what is new is read, what is gone is taken back."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evenbeat.core.dosage.ping_files import read_pings
from evenbeat.core.dosage.report import PingReport
from evenbeat.core.errors import EvenbeatError, InputError
from evenbeat.core.pipeline.patrol.log_files import (
    LogFile,
    is_id,
    log_files,
    remember_names,
    remembered_names,
)
from evenbeat.core.pipeline.patrol.parts import ClosedDays, PartStore, count_own
from evenbeat.core.pipeline.patrol.retention import removed_dates
from evenbeat.core.pipeline.patrol.secrets import pseudonym_key
from evenbeat.core.store.files import fingerprint, read_json, sha256_file, write_json

if TYPE_CHECKING:
    from evenbeat.core.dosage.pings import Pings
    from evenbeat.core.grid import Grid
    from evenbeat.core.pipeline.context import Context

_STATE = "files.json"
_READER = 2
"""Raised when what is read from a file changes, so that every file is read again."""
_MOST_UNSPLITTABLE = 0.5


@dataclass
class LogReading:
    """What became of the vehicle logs.

    Parameters
    ----------
    store
        The parts, in the order of the files.
    accounts
        Of each file that was read: its name, id, size, SHA-256, parts, and the report.
    unread
        Id to why a file could not be read; it keeps the parts that it had.
    taken_back
        Id to the number of pings of files that are no more.
    notes
        The same for people, by name.
    closed
        Days that were met in files, and whose pings are kept no longer.
    """

    store: PartStore
    accounts: list[dict[str, Any]] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    taken_back: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    closed: set[dt.date] = field(default_factory=set)


def read_logs(context: Context, grid: Grid, *, force: bool = False) -> LogReading:
    """Bring every file that changed into the parts by day, and take back those that are gone.

    A file whose size and time of change are as before is not opened; one whose bytes are as before
    is not read. One that cannot be read keeps its parts and is tried again the next time.

    Raises
    ------
    InputError
        A source matches no file, or none of the files can be read.
    """
    workspace = context.workspace
    key = pseudonym_key(workspace)
    files = log_files(workspace, key)
    store = PartStore(workspace.root / "dosage" / "parts", tuple(file.id for file in files))
    reader = _LogReader(context, grid, key, store, LogReading(store))
    first: InputError | None = None
    for number, file in enumerate(files):
        context.progress(f"reading {file.path.name}", number / len(files))
        try:
            reader.bring_in(file, number / len(files), force=force)
        except InputError as error:
            first = first or error
            reader.set_aside(file, error)
    if first is not None and len(reader.reading.unread) == len(files):
        raise InputError(f"No vehicle log could be read. The first of {len(files)}: {first}")
    reader.take_back(files)
    return reader.reading


class _LogReader:
    """One reading of all files."""

    def __init__(
        self, context: Context, grid: Grid, key: bytes, store: PartStore, reading: LogReading
    ) -> None:
        workspace = context.workspace
        self.context, self.grid, self.key = context, grid, key
        self.store, self.reading, self.calendar = store, reading, workspace.calendar
        self.margin_s = workspace.settings.dosage.off_duty_minutes * 60
        self.closed = frozenset(map(dt.date.fromisoformat, removed_dates(workspace)))
        self.state_path = workspace.root / "dosage" / _STATE
        known = read_json(self.state_path) or {}
        self.state = {name: known[name] for name in store.order if name in known}
        self.shared = fingerprint([
            _READER, grid.crs, workspace.settings.agency.timezone, hashlib.sha256(key).hexdigest(),
            workspace.settings.dosage.off_duty_minutes, workspace.calendar.timezone,
            [[name, start.isoformat()] for name, start in workspace.calendar.starts],
        ])  # fmt: skip

    def bring_in(self, file: LogFile, at: float, *, force: bool) -> None:
        """Read a file where it changed."""
        has_parts = self.store.has(file.id)
        known = {} if force or not has_parts else self.state.get(file.id, {})
        try:
            written = file.path.stat()
            stamp = [written.st_size, written.st_mtime_ns]
            source = file.source.model_dump(mode="json", exclude={"path"})
            reading = fingerprint([self.shared, source])
            if known.get("stamp") == stamp and known.get("reading") == reading:
                return
            digest = sha256_file(file.path)
        except OSError as error:
            raise InputError(
                f"{file.name} cannot be opened: {error.strerror}. Check that the user who runs "
                "Evenbeat may read it."
            ) from error
        if known.get("sha256") != digest or known.get("reading") != reading:
            report, closed = PingReport(), ClosedDays(self.closed)
            parts = self.store.replace(
                file.id, self._pings(file, report, at), self.calendar, self.margin_s,
                closed=closed,
            )  # fmt: skip
            self.reading.closed |= closed.met
            self.reading.accounts.append({
                "file": file.name, "id": file.id, "bytes": stamp[0], "sha256": digest,
                "parts": parts, **report.to_dict(),
            })  # fmt: skip
            self.reading.notes += _faults(file, report)
        self.state[file.id] = {"stamp": stamp, "sha256": digest, "reading": reading}
        write_json(self.state_path, self.state)

    def set_aside(self, file: LogFile, error: InputError) -> None:
        """Note a file that cannot be read; without its stamp it is tried again."""
        self.reading.unread[file.id] = file.without_name(str(error))
        kept = " What was read of it before stays." if self.store.has(file.id) else ""
        self.reading.notes.append(
            f"{file.name} was left out and is tried again the next time: {error}{kept}"
        )
        if self.state.pop(file.id, None) is not None:
            write_json(self.state_path, self.state)

    def take_back(self, files: Iterable[LogFile]) -> None:
        """Remove the parts of files that no source matches any more."""
        workspace, there = self.context.workspace, {file.id: file.name for file in files}
        names = remembered_names(workspace)
        for name in self.store.names():
            if name in there:
                continue
            pings = sum(
                count_own([self.store.folder / name / f"{date}.parquet"], date, self.calendar)
                for date in self.store.dates_of(name)
            )
            self.store.remove(name)
            called = names.get(name, name)
            # Under another key, or from an older version, a file has another id and is no other.
            if pings and is_id(name) and called not in there.values():
                self.reading.taken_back[name] = pings
                self.reading.notes.append(
                    f"taken back: {pings:,} pings of {called}, which no source matches any more"
                )
        write_json(self.state_path, self.state)
        remember_names(workspace, there)

    def _pings(self, file: LogFile, report: PingReport, at: float) -> Iterator[Pings]:
        zone = self.context.workspace.settings.agency.timezone
        latest = self.context.now() + dt.timedelta(days=1)
        try:
            for batch in read_pings(
                file.path, file.source, grid=self.grid, timezone=zone, key=self.key,
                report=report, latest_s=latest.timestamp(),
            ):  # fmt: skip
                self.context.progress(f"reading {file.path.name}, {report.rows_in:,} pings", at)
                yield batch
        except EvenbeatError:
            raise
        except Exception as error:
            # A file can be damaged in ways that no library names; the others must not wait for it.
            raise InputError(
                f"{file.name} cannot be read: {type(error).__name__}, {error}. Export it again."
            ) from error


def _faults(file: LogFile, report: PingReport) -> list[str]:
    """Return what is so wrong with the rows of a file that someone should look."""
    inside, split = report.dropped["inside_quotes"], report.dropped["unsplittable_line"]
    if inside:
        return [
            f"{file.name}: {inside:,} lines stand inside quotes that an earlier line opened, and "
            "were not read. Look for a quote that is not closed."
        ]
    if split > _MOST_UNSPLITTABLE * report.rows_in:
        return [
            f"{file.name}: {split:,} of {report.rows_in:,} lines could not be split into the "
            "columns of the header. Compare the header with the lines below it."
        ]
    return []
