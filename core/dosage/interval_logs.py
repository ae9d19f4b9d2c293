"""Logs with a unit, a start and an end in every row: read the same way, whatever they are of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evenbeat.core.dosage.ping_columns import read_seconds
from evenbeat.core.dosage.report import PingReport
from evenbeat.core.dosage.spellings import mapped_columns
from evenbeat.core.ingest.formats import read_table

NEEDED = ("unit_id", "started_at", "ended_at")


def read_intervals(
    path: Path, spellings: Mapping[str, Sequence[str]], mapped: Mapping[str, str], *,
    section: str, timezone: str,
) -> Iterator[tuple[dict[str, str], float, float]]:  # fmt: skip
    """Yield each row's texts, by our names, with start and end in seconds since 1970 UTC.

    Parameters
    ----------
    path
        CSV with a header.
    spellings, mapped
        As of `mapped_columns`.
    section
        Where the settings name the file, for messages.
    timezone
        Zone of times without offset.

    Yields
    ------
    A time is NaN where it is missing or none.

    Raises
    ------
    InputError
        The file cannot be read, or lacks the unit, the start or the end.
    """
    import pyarrow as pa

    rows = read_table(path).rows
    columns = mapped_columns(
        list(rows.columns), spellings, mapped, path.name, needed=NEEDED, section=section
    )
    texts = {
        ours: rows[theirs].astype("string").fillna("").str.strip().tolist()
        for ours, theirs in columns.items()
    }
    start, end = (
        read_seconds(pa.array(texts[name]), timezone=timezone, time_unit="auto",
                     report=PingReport())[0]
        for name in NEEDED[1:]
    )  # fmt: skip
    for row in range(len(rows)):
        values = {name: column[row] for name, column in texts.items()}
        yield values, float(start[row]), float(end[row])
