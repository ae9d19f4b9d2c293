"""The officers' own log of directed patrols: read, and joined to assignments."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.config import ActivitySourceSettings
from evenbeat.core.dosage.ping_columns import read_seconds
from evenbeat.core.dosage.pseudonyms import pseudonym
from evenbeat.core.dosage.report import PingReport
from evenbeat.core.dosage.spellings import mapped_columns
from evenbeat.core.dosage.tables import ACTIVITIES, OFFICERS
from evenbeat.core.ingest.formats import read_table
from evenbeat.core.policy.free_text import without_personal_data

if TYPE_CHECKING:
    import pandas as pd

    from evenbeat.core.dosage.boxes import BoxVisits
    from evenbeat.core.policy.tactics import TacticsLibrary
    from evenbeat.core.shifts import Shift

NO_TACTIC = "not stated"
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
}
REPAIRS = {
    "unknown_tactic": "the tactic is not in the library; it counts as enforcement",
    "withheld_note": "the note held what looks like personal data; that was left out",
    "unparseable_officers": "the number of officers is none; one is assumed",
}


@dataclass
class ActivityReport:
    """The account of a log: rows in are rows kept plus rows dropped."""

    rows_in: int = 0
    rows_kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)

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
    import pyarrow as pa

    rows = read_table(path).rows
    columns = mapped_columns(
        list(rows.columns), SPELLINGS, source.columns, path.name,
        needed=("unit_id", "started_at", "ended_at"), section="[[dosage.activities]]",
    )  # fmt: skip
    texts = {
        ours: rows[theirs].astype("string").fillna("").str.strip().tolist()
        for ours, theirs in columns.items()
    }
    zone = source.timezone or timezone
    times = {
        name: read_seconds(pa.array(texts[name]), timezone=zone, time_unit="auto",
                           report=PingReport())[0]
        for name in ("started_at", "ended_at")
    }  # fmt: skip
    made = []
    for row in range(len(rows)):
        report.rows_in += 1
        values = {name: column[row] for name, column in texts.items()}
        start, end = float(times["started_at"][row]), float(times["ended_at"][row])
        one = activity_of(values, start, end, key=key, library=library, report=report)
        if one is not None:
            report.rows_kept += 1
            made.append(one)
    return made


def activity_of(
    values: dict[str, str], start: float, end: float, *, key: bytes, library: TacticsLibrary,
    report: ActivityReport,
) -> LoggedActivity | None:  # fmt: skip
    """Return one activity, or None where it is dropped; both are counted.

    Parameters
    ----------
    values
        Texts by the names of `SPELLINGS`; only the unit must be there.
    start, end
        Seconds since 1970 UTC, NaN where unknown.
    """
    if not values["unit_id"]:
        report.dropped["missing_unit"] += 1
        return None
    if not np.isfinite(start) or not np.isfinite(end):
        report.dropped["missing_time"] += 1
        return None
    if end < start:
        report.dropped["ends_before_start"] += 1
        return None
    unit = pseudonym(values["unit_id"], key)
    tactic, enforcement = _tactic(values.get("tactic", ""), library, report)
    note, withheld = without_personal_data(values.get("note", ""))
    if withheld:
        report.repaired["withheld_note"] += 1
    ids = tuple(part.strip() for part in values.get("officer_ids", "").split(";") if part.strip())
    officers = _officers(values.get("officers", ""), ids, report)
    name = (
        values.get("activity_id")
        or hashlib.sha256(f"{unit}|{start:.0f}|{end:.0f}|{tactic}".encode()).hexdigest()[:16]
    )
    return LoggedActivity(
        name, unit, officers, ids, values.get("assignment_id", ""), tactic, enforcement, start,
        end, note,
    )  # fmt: skip


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
    return text, True


def join_activities(
    logged: Sequence[LoggedActivity], shifts: Sequence[Shift], found: Sequence[BoxVisits]
) -> pd.DataFrame:
    """Return the activities of a day as `tables.ACTIVITIES`, each with its assignment.

    The assignment that the log names counts where it is of the day; else the box in whose visit
    by the same unit most of the activity lies.
    """
    boxes = {one.box.id: one for one in found}
    rows = []
    for one in sorted(logged, key=lambda each: (each.started_s, each.unit, each.activity_id)):
        shift = _shift_of(one.started_s, shifts)
        if shift is None:
            continue
        name = one.assignment_id if one.assignment_id in boxes else _box_of(one, shift, found)
        facts = boxes[name].box.facts if name else {}
        ended = min(one.ended_s, shift.end.timestamp())
        rows.append({
            "activity_id": one.activity_id, "service_date": str(shift.service_date),
            "shift": shift.name, "unit": one.unit, "officers": one.officers,
            "assignment_id": name, "district_id": facts.get("district_id", ""),
            "dominant_type": facts.get("dominant_type", ""), "tactic": one.tactic,
            "enforcement": one.enforcement, "started_s": one.started_s, "ended_s": one.ended_s,
            "minutes": (ended - one.started_s) / 60.0, "note": one.note,
        })  # fmt: skip
    return ACTIVITIES.frame(rows)


def officer_rows(logged: Sequence[LoggedActivity], joined: pd.DataFrame) -> pd.DataFrame:
    """Return who took part in the activities of a day, as `tables.OFFICERS`: role-gated."""
    ids = {one.activity_id: one.officer_ids for one in logged}
    rows = [
        {"officer": officer, **{name: row[name] for name in (
            "activity_id", "service_date", "shift", "unit", "tactic", "enforcement",
            "assignment_id", "minutes")}}
        for row in joined.to_dict("records")
        for officer in ids.get(row["activity_id"], ())
    ]  # fmt: skip
    return OFFICERS.frame(rows)


def _shift_of(moment: float, shifts: Sequence[Shift]) -> Shift | None:
    for shift in shifts:
        if shift.start.timestamp() <= moment < shift.end.timestamp():
            return shift
    return None


def _box_of(one: LoggedActivity, shift: Shift, found: Sequence[BoxVisits]) -> str:
    """Return the box of the shift in which the unit was longest during an activity, or nothing."""
    longest, name = 0.0, ""
    for box in found:
        if box.box.shift != shift.name:
            continue
        together = sum(
            max(0.0, min(one.ended_s, visit.leave_s) - max(one.started_s, visit.arrive_s))
            for visit in box.visits
            if visit.unit_id == one.unit
        )
        if together > longest:
            longest, name = together, box.box.id
    return name
