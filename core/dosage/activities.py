"""The officers' own log of directed patrols: read, and joined to assignments."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.config import ActivitySourceSettings
from evenbeat.core.dosage.interval_logs import read_intervals
from evenbeat.core.dosage.pseudonyms import pseudonym
from evenbeat.core.policy.free_text import without_personal_data

if TYPE_CHECKING:
    from evenbeat.core.policy.tactics import TacticsLibrary

NO_TACTIC = "not stated"
UNKNOWN_TACTIC = "not in the library"
"""One name for every tactic that nobody knows: its text may say anything, so it is not kept."""
LONGEST_S = 24 * 3600.0
_SEPARATORS = re.compile(r"[,;/|]")
SPELLINGS: dict[str, tuple[str, ...]] = {
    "activity_id": ("activity_id", "id"),
    "unit_id": ("unit_id", "unit", "call_sign", "vehicle_id"),
    "officers": ("officers", "crew", "officer_count"),
    "officer_ids": ("officer_ids", "officer_id", "badge", "badges"),
    "assignment_id": ("assignment_id", "assignment", "box", "box_id"),
    "tactic": ("tactic", "activity", "activity_type"),
    "started_at": ("started_at", "start", "start_time", "begin"),
    "ended_at": ("ended_at", "end", "end_time"),
    "note": ("note", "notes", "comment", "remarks"),
}  # fmt: skip
"""Our name to the names by which files call it; nothing else of a file is read."""
DROPS = {
    "missing_unit": "the row names no unit",
    "missing_time": "the start or the end is missing or no time",
    "ends_before_start": "the activity ends before it starts",
    "longer_than_a_day": "it lasts longer than 24 hours, as where nobody logged its end",
    "duplicate": "the same unit, start and end were read before",
}
REPAIRS = {
    "unknown_tactic": "the tactic is not in the library; it counts as enforcement",
    "withheld_note": "the note held what looks like personal data; that was left out",
    "unparseable_officers": "the number of officers is none; one is assumed",
}


@dataclass
class ActivityReport:
    """The account of a log: rows in are rows kept plus rows dropped.

    ``seen`` holds the unit, start and end of every row kept. One report is handed through all
    files and the journal, so that a row in two of them counts once.
    """

    rows_in: int = 0
    rows_kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    seen: set[tuple[str, float, float]] = field(default_factory=set, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        return {
            "rows_in": self.rows_in, "rows_kept": self.rows_kept,
            "dropped": dict(sorted(self.dropped.items())),
            "repaired": dict(sorted(self.repaired.items())),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class LoggedActivity:
    """One directed patrol as it was logged, under the unit's pseudonym.

    ``activity_id`` is a keyed hash, because a log's own number may name an officer.
    ``officer_ids`` go to the role-gated table alone.
    """

    activity_id: str
    unit: str
    officers: int
    officer_ids: tuple[str, ...]
    assignment_id: str
    tactic: str
    enforcement: bool
    started_s: float
    ended_s: float
    note: str

    def touches(self, start_s: float, end_s: float) -> bool:
        """Return whether any of it lies in ``[start_s, end_s)``, seconds since 1970 UTC."""
        return start_s <= self.started_s < end_s or self.started_s < start_s < self.ended_s


def read_activities(
    path: Path, source: ActivitySourceSettings, *, timezone: str, key: bytes,
    library: TacticsLibrary, report: ActivityReport,
) -> list[LoggedActivity]:  # fmt: skip
    """Read a log of directed patrols.

    Parameters
    ----------
    path
        CSV with a header.
    source
        Columns and zone.
    timezone
        Zone of times without offset, where the source names none.
    key
        Secret of the pseudonyms.
    library
        Tactics that are known, by id or name.
    report
        What was dropped and mended is added to it.

    Raises
    ------
    InputError
        The file cannot be read, or lacks the unit, the start or the end.
    """
    made = []
    for values, start, end in read_intervals(
        path, SPELLINGS, source.columns, section="[[dosage.activities]]",
        timezone=source.timezone or timezone,
    ):  # fmt: skip
        report.rows_in += 1
        one = activity_of(values, start, end, key=key, library=library, report=report)
        if one is not None:
            report.rows_kept += 1
            made.append(one)
    return made


def activity_of(
    values: dict[str, str], start: float, end: float, *, key: bytes, library: TacticsLibrary,
    report: ActivityReport, own_id: str = "",
) -> LoggedActivity | None:  # fmt: skip
    """Return one activity, or None where it is dropped; both are counted.

    Parameters
    ----------
    values
        Texts by the names of `SPELLINGS`; only the unit must be there.
    start, end
        Seconds since 1970 UTC, NaN where unknown.
    own_id
        Identifier that Evenbeat made at random; it stands as it is.
    """
    unit = pseudonym(values["unit_id"], key)
    reason = _reason_to_drop(values["unit_id"], (unit, start, end), report)
    if reason:
        report.dropped[reason] += 1
        return None
    report.seen.add((unit, start, end))
    tactic, enforcement = _tactic(values.get("tactic", ""), library, report)
    note, withheld = without_personal_data(values.get("note", ""))
    if withheld:
        report.repaired["withheld_note"] += 1
    ids = split_officers(values.get("officer_ids", ""))
    officers = _officers(values.get("officers", ""), ids, report)
    name = own_id or _keyed_id(unit, values.get("activity_id", ""), start, end, key)
    return LoggedActivity(
        name, unit, officers, ids, values.get("assignment_id", ""), tactic, enforcement, start,
        end, note,
    )  # fmt: skip


def _reason_to_drop(
    unit_id: str, row: tuple[str, float, float], report: ActivityReport
) -> str | None:
    _, start, end = row
    if not unit_id:
        return "missing_unit"
    if not np.isfinite(start) or not np.isfinite(end):
        return "missing_time"
    if end < start:
        return "ends_before_start"
    if end - start > LONGEST_S:
        return "longer_than_a_day"
    return "duplicate" if row in report.seen else None


def _keyed_id(unit: str, given: str, start: float, end: float, key: bytes) -> str:
    """Return an id that shows nothing of the log's own one, nor clashes with another file's.

    BLAKE2 (doi:10.17487/RFC7693) under the key of the pseudonyms, so that nobody without it can
    try all numbers of officers.
    """
    spelt = f"{unit}|{given}|{start:.3f}|{end:.3f}".encode()
    return hashlib.blake2b(spelt, key=key[:64], digest_size=8, person=b"activity id").hexdigest()


def split_officers(text: str) -> tuple[str, ...]:
    """Return the officers that one cell names, each once.

    They stand apart by ``,``, ``;``, ``/`` or ``|``, and by spaces where each word has a digit.

    Examples
    --------
    >>> split_officers("4411, 5522/4411")
    ('4411', '5522')
    >>> split_officers("4411 5522; PC 6633")
    ('4411', '5522', 'PC 6633')
    """
    found: list[str] = []
    for part in _SEPARATORS.split(text):
        words = part.split()
        numbers = all(any(letter.isdigit() for letter in word) for word in words)
        found.extend(words if numbers else [" ".join(words)])
    return tuple(dict.fromkeys(found))


def _officers(text: str, ids: tuple[str, ...], report: ActivityReport) -> int:
    if not text:
        return max(len(ids), 1)
    try:
        return max(int(float(text)), 1)
    except (ValueError, OverflowError):
        report.repaired["unparseable_officers"] += 1
        return max(len(ids), 1)


def _tactic(text: str, library: TacticsLibrary, report: ActivityReport) -> tuple[str, bool]:
    """Return the tactic's name, and whether it is enforcement; what nobody knows counts as such."""
    if not text:
        return NO_TACTIC, False
    for known in library.tactics:
        if text.casefold() in (known.id.casefold(), known.name.casefold()):
            return known.name, known.enforcement
    report.repaired["unknown_tactic"] += 1
    return UNKNOWN_TACTIC, True
