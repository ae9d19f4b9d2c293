"""When units were on incidents, as dispatch has it: intervals beside what pings say themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from evenbeat.core.config import CommitmentSourceSettings
from evenbeat.core.dosage.interval_logs import read_intervals
from evenbeat.core.dosage.pings import Pings
from evenbeat.core.dosage.pseudonyms import pseudonym

SPELLINGS: dict[str, tuple[str, ...]] = {
    "unit_id": ("unit_id", "unit", "call_sign", "vehicle_id", "unit_name"),
    "started_at": ("started_at", "start", "from", "start_time", "dispatched", "dispatched_at"),
    "ended_at": ("ended_at", "end", "to", "end_time", "cleared", "cleared_at"),
    "status": ("status", "unit_status", "state"),
}  # fmt: skip
DROPS = {
    "missing_unit": "the row names no unit",
    "missing_time": "the start or the end is missing or no time",
    "ends_before_start": "the interval ends before it starts",
    "other_status": "the status is none of those that mean that a unit is on an incident",
}


@dataclass
class CommitmentReport:
    """The account of intervals: rows in are rows kept plus rows dropped."""

    rows_in: int = 0
    rows_kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        return {"rows_in": self.rows_in, "rows_kept": self.rows_kept,
                "dropped": dict(sorted(self.dropped.items()))}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Commitment:
    """A unit, under its pseudonym, on an incident from one moment to another (seconds, UTC)."""

    unit: str
    start_s: float
    end_s: float


def read_commitments(
    path: Path, source: CommitmentSourceSettings, *, timezone: str, key: bytes,
    report: CommitmentReport,
) -> list[Commitment]:  # fmt: skip
    """Read when units were on incidents.

    Parameters
    ----------
    path
        CSV with a header: unit, start, end, and perhaps a status.
    source
        Columns, zone, and which statuses count; without any, every row does.
    timezone
        Zone of times without offset, where the source names none.
    key
        Secret of the pseudonyms.
    report
        What was dropped is added to it.

    Raises
    ------
    InputError
        The file cannot be read, or lacks the unit, the start or the end.
    """
    counting = {status.casefold() for status in source.statuses}
    found = []
    for values, start, end in read_intervals(
        path, SPELLINGS, source.columns, section="[[dosage.committed]]",
        timezone=source.timezone or timezone,
    ):  # fmt: skip
        report.rows_in += 1
        fault = _fault(values["unit_id"], start, end)
        if fault is None and counting and values.get("status", "").casefold() not in counting:
            fault = "other_status"
        if fault is not None:
            report.dropped[fault] += 1
            continue
        report.rows_kept += 1
        found.append(Commitment(pseudonym(values["unit_id"], key), start, end))
    return found


def _fault(unit: str, start: float, end: float) -> str | None:
    if not unit:
        return "missing_unit"
    if not np.isfinite(start) or not np.isfinite(end):
        return "missing_time"
    return "ends_before_start" if end < start else None


def mark_committed(pings: Pings, commitments: Sequence[Commitment]) -> Pings:
    """Return pings that are committed where they said so or where an interval holds them.

    Examples
    --------
    >>> pings = Pings.of(("a",), [0, 0, 0], [0, 60, 120], [0, 0, 0], [0, 0, 0])
    >>> mark_committed(pings, [Commitment("a", 30.0, 90.0)]).is_committed
    array([False,  True, False])
    """
    if not commitments:
        return pings
    marked = pings.is_committed.copy()
    by_unit: dict[str, list[Commitment]] = {}
    for one in commitments:
        by_unit.setdefault(one.unit, []).append(one)
    for code, name in enumerate(pings.unit_ids):
        own = by_unit.get(name)
        if own is None:
            continue
        mine = np.flatnonzero(pings.unit == code)
        times = pings.time_s[mine]
        for one in own:
            marked[mine[(times >= one.start_s) & (times < one.end_s)]] = True
    return Pings(
        pings.unit_ids, pings.unit, pings.time_s, pings.easting, pings.northing, pings.accuracy_m,
        pings.speed_kmh, pings.crew, marked,
    )  # fmt: skip
