"""Delimited text as agencies really export it, read fast and without losing a line in silence."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from evenbeat.core.errors import InputError
from evenbeat.core.ingest.csv_rows import MendedRows, mend_rows

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARACTERS = 64_000
_SAMPLE_ROWS = 200
_BLOCK_BYTES = 8_000_000
_MAX_FIELD_CHARACTERS = 10_000_000


@dataclass
class CsvTable:
    """Rows of a delimited file, all text and untouched, and what was mended on the way.

    Parameters
    ----------
    rows
        One ``str`` column per field, blank where the file is blank.
    repairs
        What was mended, in words, and how often.
    lines_skipped
        Rows that could not be told apart into fields; they are in no other count.
    skipped_examples
        Where some of them stand. Never their content, which may hold a person's data.
    """

    rows: pd.DataFrame
    repairs: Counter[str] = field(default_factory=Counter)
    lines_skipped: int = 0
    skipped_examples: list[str] = field(default_factory=list)


def decode_text(stored: bytes) -> tuple[str, Counter[str]]:
    """Return the text of a file with line feeds as line ends, and what was mended.

    UTF-16 is known by its mark or its zero bytes; otherwise a line that is not UTF-8 is taken as
    Windows-1252, which is what spreadsheets write.
    """
    repairs: Counter[str] = Counter()
    encoding = _wide_encoding(stored[:_SAMPLE_CHARACTERS])
    if encoding:
        repairs["file in UTF-16 instead of UTF-8"] += 1
        text = stored.decode(encoding, errors="replace").removeprefix("\ufeff")
    else:
        if stored.startswith(b"\xef\xbb\xbf"):
            repairs["byte-order mark removed"] += 1
            stored = stored[3:]
        text = _decode_narrow(stored, repairs)
    if "\x00" in text:
        repairs["zero bytes removed"] += text.count("\x00")
        text = text.replace("\x00", "")
    if "\r" in text and "\n" not in text:
        repairs["line ends were carriage returns only"] += 1
        text = text.replace("\r", "\n")
    return text, repairs


def _wide_encoding(sample: bytes) -> str | None:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if len(sample) >= 4 and sample.count(0) > len(sample) // 4:
        return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
    return None


def _decode_narrow(stored: bytes, repairs: Counter[str]) -> str:
    try:
        return stored.decode("utf-8")
    except UnicodeDecodeError:
        pass
    lines = []
    for line in stored.split(b"\n"):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            repairs["lines in Windows-1252 instead of UTF-8"] += 1
            try:
                lines.append(line.decode("cp1252"))
            except UnicodeDecodeError:
                lines.append(line.decode("latin-1"))
    return "\n".join(lines)


def sniff_delimiter(text: str) -> str:
    r"""Return the character that splits a sample of rows most evenly into more than one field.

    Examples
    --------
    >>> sniff_delimiter('id;when;where\n1;2016-01-01;"Main St, 5"\n')
    ';'
    """
    complete = text[:_SAMPLE_CHARACTERS]
    if len(text) > len(complete):
        complete = complete[: complete.rfind("\n") + 1] or complete
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(complete, newline=""), delimiter=delimiter)
        widths = [len(row) for row, _ in zip(reader, range(_SAMPLE_ROWS), strict=False) if row]
        if not widths or widths[0] < 2:
            continue
        even = sum(width == widths[0] for width in widths) / len(widths)
        score = even * (1 + np.log(widths[0]))
        if score > best_score:
            best, best_score = delimiter, score
    return best


def read_csv(stored: bytes, *, name: str) -> CsvTable:
    """Read a delimited file.

    Comma, semicolon, tab or bar; any line ends; UTF-8, UTF-16 or Windows-1252; quoted fields with
    line ends inside; an Excel ``sep=`` line. Rows that are too short are filled with blanks, blank
    extra fields are removed, and rows with other extra fields are skipped and counted.

    Parameters
    ----------
    stored
        The decompressed file.
    name
        What to call the file in messages.

    Raises
    ------
    InputError
        The file is empty, or its first row is no header.
    """
    csv.field_size_limit(_MAX_FIELD_CHARACTERS)
    text, repairs = decode_text(stored)
    body = text.lstrip("\n\r ").rstrip("\n\r")
    if not body:
        raise InputError(f"{name} is empty; a header row was expected. Export the file again.")
    delimiter = None
    first_line = body.split("\n", 1)[0].strip().strip('"')
    if first_line.lower().startswith("sep=") and len(first_line) == 5:
        delimiter, body = first_line[4], body.split("\n", 1)[-1]
        repairs["spreadsheet 'sep=' line removed"] += 1
    delimiter = delimiter or sniff_delimiter(body)
    names, n_header_lines = _read_header(body, delimiter, repairs, name)
    table, mended = _read_body(body, delimiter, names, n_header_lines, name)
    return CsvTable(
        rows=table.to_pandas(),
        repairs=repairs + mended.repairs,
        lines_skipped=mended.lines_skipped,
        skipped_examples=mended.skipped_examples,
    )


def _read_header(
    text: str, delimiter: str, repairs: Counter[str], name: str
) -> tuple[list[str], int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    raw_names = next(reader)
    if all(_is_number(cell) for cell in raw_names):
        raise InputError(
            f"The first row of {name} is {raw_names[:4]}, which are no column names."
            " Add a header row that names the columns."
        )
    names: list[str] = []
    for position, raw_name in enumerate(raw_names, start=1):
        plain = " ".join(raw_name.split()) or f"column_{position}"
        given, count = plain, 1
        while plain in names:
            count += 1
            plain = f"{given} ({count})"
        repairs["repeated column name numbered"] += plain != given
        names.append(plain)
    return names, reader.line_num


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _read_body(
    text: str, delimiter: str, names: list[str], n_header_lines: int, name: str
) -> tuple[pa.Table, MendedRows]:
    """Split the rows at full speed; go through them line by line when they are not even."""
    import pyarrow as pa

    after_header = _skip_lines(text, n_header_lines)
    n_lines = after_header.count("\n") + (not after_header.endswith("\n"))
    try:
        table, n_ragged = _parse(after_header, delimiter, names)
        is_even = n_ragged == 0 and table.num_rows == n_lines
    except pa.ArrowInvalid:
        is_even = False
    if is_even or not after_header.strip():
        return table, MendedRows("")
    mended = mend_rows(
        after_header, delimiter=delimiter, width=len(names), first_line=n_header_lines + 1
    )
    try:
        table, _ = _parse(mended.text, delimiter, names)
    except pa.ArrowInvalid as error:
        raise InputError(
            f"{name} cannot be split into rows: {error}. Open it in a spreadsheet and save it as"
            " CSV again."
        ) from error
    return table, mended


def _skip_lines(text: str, n_lines: int) -> str:
    position = 0
    for _ in range(n_lines):
        position = text.find("\n", position) + 1
        if position == 0:
            return ""
    return text[position:]


def _parse(text: str, delimiter: str, names: list[str]) -> tuple[pa.Table, int]:
    """Split rows into text columns; return them and the number of rows of another width."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    encoded = text.encode("utf-8")
    if not encoded.strip():
        return pa.table({column: pa.array([], pa.string()) for column in names}), 0
    n_ragged = 0

    def put_aside(_: object) -> str:
        nonlocal n_ragged
        n_ragged += 1
        return "skip"

    table = arrow_csv.read_csv(
        pa.BufferReader(encoded),
        read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, invalid_row_handler=put_aside
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=False,
            check_utf8=False,
        ),
    )
    return table, n_ragged
