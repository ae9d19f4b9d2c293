"""Delimited text as agencies really export it, read fast and without losing a line in silence."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from evenbeat.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARACTERS = 64_000
_SAMPLE_ROWS = 200
_BLOCK_BYTES = 8_000_000
_MAX_EXAMPLES = 5
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
    body = text.lstrip("\n\r ")
    if not body:
        raise InputError(f"{name} is empty; a header row was expected. Export the file again.")
    delimiter = None
    first_line = body.split("\n", 1)[0].strip().strip('"')
    if first_line.lower().startswith("sep=") and len(first_line) == 5:
        delimiter, body = first_line[4], body.split("\n", 1)[-1]
        repairs["spreadsheet 'sep=' line removed"] += 1
    delimiter = delimiter or sniff_delimiter(body)
    names, n_header_lines = _read_header(body, delimiter, repairs, name)
    return _read_body(body, delimiter, names, n_header_lines, repairs, name)


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
    seen: Counter[str] = Counter()
    for position, raw_name in enumerate(raw_names, start=1):
        plain = " ".join(raw_name.split()) or f"column_{position}"
        seen[plain] += 1
        if seen[plain] > 1:
            repairs["repeated column name numbered"] += 1
            plain = f"{plain} ({seen[plain]})"
        names.append(plain)
    return names, reader.line_num


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _read_body(
    text: str,
    delimiter: str,
    names: list[str],
    n_header_lines: int,
    repairs: Counter[str],
    name: str,
) -> CsvTable:
    encoded = text.encode("utf-8")
    ragged: list[Any] = []
    table = _parse(encoded, delimiter, names, n_header_lines, ragged, in_order=False, name=name)
    if ragged:
        ragged.clear()
        table = _parse(encoded, delimiter, names, n_header_lines, ragged, in_order=True, name=name)
    parsed = CsvTable(table.to_pandas(), repairs)
    if ragged:
        _mend_ragged(parsed, ragged, delimiter, names, ends_cleanly=text.endswith("\n"))
    return parsed


def _parse(
    encoded: bytes, delimiter: str, names: list[str], n_header_lines: int, ragged: list[Any],
    *, in_order: bool, name: str,
) -> pa.Table:  # fmt: skip
    """Split the rows after the header into text columns; rows of other widths go to ``ragged``."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    def put_aside(row: Any) -> str:
        ragged.append(row)
        return "skip"

    convert = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        strings_can_be_null=False,
        check_utf8=False,
    )
    parse = arrow_csv.ParseOptions(
        delimiter=delimiter, newlines_in_values=True, invalid_row_handler=put_aside
    )
    for block_size in (_BLOCK_BYTES, min(len(encoded) + 1, 2**31 - 1)):
        ragged.clear()
        read = arrow_csv.ReadOptions(
            column_names=names, skip_rows=n_header_lines, block_size=block_size,
            use_threads=not in_order,
        )  # fmt: skip
        try:
            return arrow_csv.read_csv(
                pa.BufferReader(encoded), read_options=read, parse_options=parse,
                convert_options=convert,
            )  # fmt: skip
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return pa.table({column: pa.array([], pa.string()) for column in names})
            failure = error
    raise InputError(
        f"{name} cannot be split into rows: {failure}. Look for a quotation mark that is never"
        " closed."
    ) from failure


def _mend_ragged(
    parsed: CsvTable, ragged: list[Any], delimiter: str, names: list[str], *, ends_cleanly: bool
) -> None:
    """Put mended rows back where they stood; skip and count the rest."""
    import pandas as pd

    mended: list[list[str]] = []
    numbers: list[int] = []
    last_number = max(len(parsed.rows) + len(ragged) + 1, ragged[-1].number)
    for row in ragged:
        for line in row.text.splitlines() if "\n" in row.text else [row.text]:
            cells = next(csv.reader([line], delimiter=delimiter), [])
            if not cells:
                continue
            is_cut_off = row.number == last_number and not ends_cleanly
            fitted = None if is_cut_off else _fit(cells, len(names), parsed.repairs)
            if fitted is None:
                parsed.lines_skipped += 1
                if len(parsed.skipped_examples) < _MAX_EXAMPLES:
                    parsed.skipped_examples.append(
                        f"row {row.number}: {len(cells)} fields, the header has {len(names)}"
                    )
            else:
                mended.append(fitted)
                numbers.append(row.number)
    if mended:
        put_aside = {row.number for row in ragged}
        whole = [
            number for number in range(2, len(parsed.rows) + len(put_aside) + 2)
            if number not in put_aside
        ]  # fmt: skip
        order = np.argsort(np.concatenate([whole, numbers]), kind="stable")
        added = pd.DataFrame(mended, columns=parsed.rows.columns, dtype="str")
        parsed.rows = pd.concat([parsed.rows, added], ignore_index=True).iloc[order]
        parsed.rows.reset_index(drop=True, inplace=True)


def _fit(cells: list[str], width: int, repairs: Counter[str]) -> list[str] | None:
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        repairs["blank extra fields removed"] += 1
        return cells[:width]
    if len(cells) > width:
        return None
    if len(cells) < width:
        repairs["row shorter than the header filled with blanks"] += 1
    return cells + [""] * (width - len(cells))
