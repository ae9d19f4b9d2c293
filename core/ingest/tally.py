"""What became of every row of a file: kept, dropped or mended, by reason and with examples."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

MAX_EXAMPLES = 3
_EXAMPLE_LENGTH = 80
MAX_NAMES = 20
"""[choice] Distinct unknown codes or categories that a report names; the log keeps it for good."""
_NAME_LENGTH = 24
OTHERS = "(all others)"

_NUMBER = r"[-+]?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?"
_CODE = r"[A-Za-z]{0,3}-?\d[\d./-]*[A-Za-z]?"
_TIME = r"\d[\d/.:T -]*(?: ?[AaPp][Mm])?(?:Z| ?[-+]\d{1,2}(?::?\d{2})?)?"
_PERSONAL = r"\(?\d{3}\)?[-. ]\d{2,3}[-. ]\d{4}"
_SHOWABLE = re.compile(rf"(?!{_PERSONAL}$)(?:{_NUMBER}|{_TIME}|{_CODE}(?:\|{_CODE})*)", re.ASCII)


@dataclass(frozen=True)
class Tally:
    """How many rows a reason concerns, and where a few of them stand."""

    count: int
    examples: tuple[str, ...] = ()

    def plus(self, count: int, examples: tuple[str, ...]) -> Tally:
        """Return the tally with more rows; the first examples stay."""
        return Tally(self.count + count, (*self.examples, *examples)[:MAX_EXAMPLES])


@dataclass
class IngestReport:
    """The account of one file: rows in are rows kept plus rows dropped, always.

    Parameters
    ----------
    name
        The file or layer.
    role
        The role of its source.
    rows_in, rows_kept
        Rows that the file holds, and rows that became part of the returned table.
    dropped, repaired
        Reason to tally. A row is dropped for one reason, and may be repaired for several.
    dropped_columns
        Their columns that are not in the returned table, in the order of the file.
    refused_classes, refused_reasons
        Class to number of rows of it that were dropped because it is never modelled, and why.
    unknown_classes
        Class codes that no table knows, and how many rows have them; see `cap_names`.
    flagged_by_class
        Class to (rows, rows with an arrest or officer-initiated flag): all that is left of the
        flags.
    flagged_by_code
        The same for each class code that means a crime type, see `susceptibility.code_key`.
    refused_for_training, refused_codes
        Crime types and class codes that the susceptibility gate keeps out of training.
    columns
        Our name to their column.
    notes
        Remarks in words.
    withdrawn
        Ids of dropped rows (``source``, ``incident_id``, ``last_updated``) that an upsert has to
        withdraw from the store, because their newest version is none that may be kept.
    """

    name: str = ""
    role: str = ""
    rows_in: int = 0
    rows_kept: int = 0
    dropped: dict[str, Tally] = field(default_factory=dict)
    repaired: dict[str, Tally] = field(default_factory=dict)
    dropped_columns: list[str] = field(default_factory=list)
    refused_classes: dict[str, int] = field(default_factory=dict)
    refused_reasons: dict[str, str] = field(default_factory=dict)
    unknown_classes: dict[str, int] = field(default_factory=dict)
    flagged_by_class: dict[str, tuple[int, int]] = field(default_factory=dict)
    flagged_by_code: dict[str, tuple[int, int]] = field(default_factory=dict)
    refused_for_training: list[str] = field(default_factory=list)
    refused_codes: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    withdrawn: pd.DataFrame | None = field(default=None, repr=False, compare=False)

    @property
    def rows_dropped(self) -> int:
        """Return how many rows were dropped, for whatever reason."""
        return sum(tally.count for tally in self.dropped.values())

    @property
    def susceptibility(self) -> dict[str, float]:
        """Return the flagged share of each class; empty when the file has no flag."""
        return {
            name: flagged / rows for name, (rows, flagged) in self.flagged_by_class.items() if rows
        }

    def drop(self, reason: str, count: int, examples: tuple[str, ...] | list[str] = ()) -> None:
        """Count rows that are dropped; nothing happens for a count of 0."""
        _add(self.dropped, reason, count, tuple(examples))

    def repair(self, reason: str, count: int, examples: tuple[str, ...] | list[str] = ()) -> None:
        """Count rows that are mended and kept; nothing happens for a count of 0."""
        _add(self.repaired, reason, count, tuple(examples))

    def note(self, remark: str) -> None:
        """Add a remark once."""
        if remark not in self.notes:
            self.notes.append(remark)

    def check_balance(self) -> None:
        """Make sure that no row vanished.

        Raises
        ------
        InputError
            Rows in differ from rows kept plus rows dropped.
        """
        if self.rows_in != self.rows_kept + self.rows_dropped:
            raise InputError(
                f"{self.name or 'The file'} has {self.rows_in:,} rows, but {self.rows_kept:,} kept"
                f" and {self.rows_dropped:,} dropped make {self.rows_kept + self.rows_dropped:,}."
                " This is a fault of the reader; nothing was stored. Please report it."
            )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON, in a stable order."""
        return {
            "name": self.name,
            "role": self.role,
            "rows_in": self.rows_in,
            "rows_kept": self.rows_kept,
            "rows_dropped": self.rows_dropped,
            "dropped": _plain(self.dropped),
            "repaired": _plain(self.repaired),
            "dropped_columns": list(self.dropped_columns),
            "refused_classes": _by_count(self.refused_classes),
            "refused_reasons": dict(sorted(self.refused_reasons.items())),
            "unknown_classes": _by_count(self.unknown_classes),
            "susceptibility": {
                name: round(share, 4) for name, share in sorted(self.susceptibility.items())
            },
            "flagged_by_class": {
                name: list(counts) for name, counts in sorted(self.flagged_by_class.items())
            },
            "flagged_by_code": {
                name: list(counts) for name, counts in sorted(self.flagged_by_code.items())
            },
            "refused_for_training": list(self.refused_for_training),
            "refused_codes": {
                key: round(hits / rows, 4)
                for key, (rows, hits) in sorted(self.flagged_by_code.items())
                if key in self.refused_codes
            },
            "columns": dict(self.columns),
            "notes": list(self.notes),
        }


def example_of(where: str, value: object) -> str:
    """Return where a row stands, and its value where that is plainly a code, a number or a time.

    A column may be mapped wrongly, and reports go into a log that nobody can change: free text,
    and what looks like a telephone or social security number, is never shown.

    Examples
    --------
    >>> example_of("row 3", "2016-13-04 22:15"), example_of("row 4", "Jane Doe")
    ('row 3: 2016-13-04 22:15', 'row 4')
    """
    text = str(value).strip()
    showable = len(text) <= _EXAMPLE_LENGTH // 2 and _SHOWABLE.fullmatch(text) is not None
    return f"{where}: {text}" if showable else where


def cap_names(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the most frequent names, cut short, and how many rows all others have.

    Examples
    --------
    >>> cap_names({"a name that goes on and on and on": 2})
    {'a name that goes on and…': 2}
    """
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    capped: dict[str, int] = {}
    for place, (name, count) in enumerate(ordered):
        short = name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1] + "…"
        key = short if place < MAX_NAMES else OTHERS
        capped[key] = capped.get(key, 0) + count
    return capped


def shorten(value: object) -> str:
    """Return a value as text that fits into an example."""
    text = str(value)
    return text if len(text) <= _EXAMPLE_LENGTH else text[: _EXAMPLE_LENGTH - 1] + "…"


def _add(book: dict[str, Tally], reason: str, count: int, examples: tuple[str, ...]) -> None:
    if count:
        short = tuple(shorten(example) for example in examples[:MAX_EXAMPLES])
        book[reason] = book.get(reason, Tally(0)).plus(int(count), short)


def _plain(book: dict[str, Tally]) -> dict[str, dict[str, Any]]:
    return {
        reason: {"count": tally.count, "examples": list(tally.examples)}
        for reason, tally in sorted(book.items(), key=lambda pair: (-pair[1].count, pair[0]))
    }


def _by_count(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
