"""What became of every ping: kept, dropped or mended, by reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from evenbeat.core.errors import InputError

DROPS: dict[str, str] = {
    "unsplittable_line": "the line could not be split into the columns of the header",
    "inside_quotes": "the line stands inside quotes that a line before it opened",
    "missing_unit": "the row names no unit",
    "missing_time": "the row has no time",
    "unparseable_time": "the time cannot be read",
    "in_the_future": "the time is more than a day after that of reading, a device's wrong clock",
    "missing_coordinates": "the row has no coordinates, or no numbers as such",
    "zero_coordinates": "the coordinates are (0, 0), a device without a fix",
    "outside_crs": "the position cannot be brought into the grid's CRS",
    "inaccurate": "the device states an accuracy worse than the limit",
    "duplicate": "the unit has a ping of the same time already",
    "too_fast": "the unit would have had to drive faster than it can",
}
REPAIRS: dict[str, str] = {
    "not_utf8": "a text of the row is not UTF-8; it was read as Windows-1252",
    "out_of_order": "the ping came after a later one of its unit; it was put in its place",
    "nonexistent_local_time": "local time that a clock change skipped; moved forward by the gap",
    "ambiguous_local_time": "local time that a clock change repeated; the first one is taken",
    "unparseable_speed": "the speed is no number; it counts as unknown",
    "unparseable_accuracy": "the accuracy is no number; it counts as unknown",
    "unparseable_crew": "the crew is no number of officers; one is assumed",
}


@dataclass
class PingReport:
    """The account of pings: rows in are rows kept plus rows dropped, always.

    Parameters
    ----------
    rows_in, rows_kept
        Rows given and rows that stayed.
    dropped, repaired
        Reason to number of rows; the reasons are in `DROPS` and `REPAIRS`.
    columns
        Our name to their column.
    """

    rows_in: int = 0
    rows_kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    columns: dict[str, str] = field(default_factory=dict)

    def drop(self, reason: str, count: int) -> None:
        """Count rows that are dropped; nothing happens for a count of 0."""
        if count:
            self.dropped[reason] += int(count)

    def repair(self, reason: str, count: int) -> None:
        """Count rows that are mended and kept; nothing happens for a count of 0."""
        if count:
            self.repaired[reason] += int(count)

    def check_balance(self) -> None:
        """Make sure that no row vanished.

        Raises
        ------
        InputError
            Rows in differ from rows kept plus rows dropped.
        """
        if self.rows_in != self.rows_kept + self.dropped.total():
            raise InputError(
                f"Of {self.rows_in:,} pings {self.rows_kept:,} were kept and "
                f"{self.dropped.total():,} dropped, which is another number. This is a fault of "
                "the reader; nothing was stored. Please report it."
            )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON, in a stable order."""
        return {
            "rows_in": self.rows_in, "rows_kept": self.rows_kept,
            "dropped": dict(sorted(self.dropped.items())),
            "repaired": dict(sorted(self.repaired.items())),
            "columns": dict(self.columns),
        }  # fmt: skip
