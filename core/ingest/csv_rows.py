"""Rows of delimited text that are not as wide as the header: mended, or skipped and counted."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field

_MAX_EXAMPLES = 5
_MAX_LINES_OF_A_ROW = 2_000


@dataclass
class MendedRows:
    """Text whose every row has the header's width, and what it took.

    Parameters
    ----------
    text
        The mended rows.
    repairs
        What was mended, in words, and how often.
    lines_skipped
        Rows that could not be told apart into fields.
    skipped_examples
        Where some of them stand. Never their content, which may hold a person's data.
    """

    text: str
    repairs: Counter[str] = field(default_factory=Counter)
    lines_skipped: int = 0
    skipped_examples: list[str] = field(default_factory=list)


def mend_rows(text: str, *, delimiter: str, width: int, first_line: int) -> MendedRows:
    """Bring every row to the same number of fields.

    Rows that are too short are filled with blanks, blank fields too many are removed, and a
    quotation mark that is never closed does not swallow the rows after it. Rows with other fields
    too many, and a last line that was cut off, are skipped.

    Parameters
    ----------
    text
        The rows, without the header.
    delimiter
        The character between fields.
    width
        The number of the header's fields.
    first_line
        The number of the text's first line in its file.
    """
    ends_cleanly = text.endswith("\n")
    lines = text.split("\n")
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\n")
    mended = MendedRows("")
    position = 0
    while position < len(lines):
        start, line = position, lines[position].removesuffix("\r")
        if '"' in line:
            cells, position = _quoted_row(lines, position, delimiter, width, mended.repairs)
        else:
            cells, position = line.split(delimiter) if line.strip() else [], position + 1
        if len(cells) == width and '"' not in line:
            written.write(line + "\n")
            continue
        is_cut_off = position == len(lines) and not ends_cleanly and len(cells) < width
        fitted = None if is_cut_off else _fit(cells, width, mended.repairs)
        if fitted is not None:
            writer.writerow(fitted)
        elif cells:
            mended.lines_skipped += 1
            if len(mended.skipped_examples) < _MAX_EXAMPLES:
                mended.skipped_examples.append(
                    f"line {first_line + start}: {len(cells)} fields, the header has {width}"
                )
    mended.text = written.getvalue()
    return mended


def _quoted_row(
    lines: list[str], position: int, delimiter: str, width: int, repairs: Counter[str]
) -> tuple[list[str], int]:
    """Return the fields of the row that starts at a line, and where the next row starts."""
    record = lines[position]
    last = min(len(lines), position + _MAX_LINES_OF_A_ROW)
    following = position + 1
    marks = record.count('"')
    parts = [record]
    while marks % 2 and following < last:
        marks += lines[following].count('"')
        parts.append(lines[following])
        following += 1
    cells = _split_strictly("\n".join(parts), delimiter) if marks % 2 == 0 else None
    if cells is not None:
        return cells, following
    plain = record.removesuffix("\r").split(delimiter)
    if len(plain) == width:
        repairs["quotation mark that is never closed"] += 1
        plain = [cell.removeprefix('"') for cell in plain]
    return plain, position + 1


def _split_strictly(record: str, delimiter: str) -> list[str] | None:
    reader = csv.reader(io.StringIO(record, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(reader)
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _fit(cells: list[str], width: int, repairs: Counter[str]) -> list[str] | None:
    if not cells:
        return None
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        repairs["blank extra fields removed"] += 1
        return cells[:width]
    if len(cells) > width:
        return None
    if len(cells) < width:
        repairs["row shorter than the header filled with blanks"] += 1
    return cells + [""] * (width - len(cells))
