"""Rows of large files, some at a time, whatever the format."""

from __future__ import annotations

import contextlib
import csv as csv_rows
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.errors import EvenbeatError, InputError
from evenbeat.core.ingest.csv_files import sniff_delimiter

if TYPE_CHECKING:
    import pyarrow as pa

GEOMETRY = "wkb_geometry"
"""Name of the column with the points of a GeoPackage."""
_SAMPLE_BYTES = 64_000
_ROW_BYTES = 90
"""Of a usual line of text, to make blocks of about as many rows as asked for."""


@dataclass(frozen=True)
class RowBatch:
    """Some rows, and how many lines could not be split or stood inside quotes of an earlier one."""

    rows: pa.RecordBatch
    unsplittable: int = 0
    inside_quotes: int = 0


Batches = Callable[[list[str], list[str]], Iterator[RowBatch]]
"""Columns wanted, and those of them with few texts, which a format that can keeps as codes."""


@contextlib.contextmanager
def open_batches(path: Path, batch_rows: int) -> Iterator[tuple[list[str], Batches]]:
    """Open a file; give its columns, and a function that yields some of them batch by batch.

    Parameters
    ----------
    path
        ``.csv``, ``.tsv``, ``.txt`` (also ``.gz``), ``.parquet`` or ``.gpkg``.
    batch_rows
        Rows at a time, about.

    Raises
    ------
    InputError
        The file is missing, of another format, or damaged.
    """
    import pyarrow as pa

    if not path.is_file():
        raise InputError(f"{path} does not exist. Check the path of the source in evenbeat.toml.")
    opened = _opener(path)
    try:
        with opened(path, batch_rows) as found:
            yield found
    except EvenbeatError:
        raise  # some of them are an OSError too
    except (pa.ArrowException, OSError, EOFError) as error:
        raise InputError(f"{path} cannot be read to its end: {error}. Export it again.") from error


def _opener(path: Path) -> Any:
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".csv", ".tsv", ".txt")):
        return _open_csv
    if path.suffix.lower() in (".parquet", ".geoparquet"):
        return _open_parquet
    if path.suffix.lower() == ".gpkg":
        return _open_geopackage
    raise InputError(
        f"{path.name} is of no known format of vehicle locations; known are .csv, .csv.gz, .tsv, "
        ".txt, .parquet and .gpkg."
    )


@contextlib.contextmanager
def _open_csv(path: Path, batch_rows: int) -> Iterator[tuple[list[str], Batches]]:
    import pyarrow as pa
    from pyarrow import csv

    compression = "gzip" if path.suffix.lower() == ".gz" else None
    with pa.input_stream(path, compression=compression) as stream:
        sample = stream.read(_SAMPLE_BYTES).decode("utf-8-sig", errors="replace")
    sample = sample.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = sniff_delimiter(sample)
    names, header_lines = _header(sample, delimiter, path)
    in_header = sum(1 for line in sample.split("\n")[:header_lines] if line)

    def batches(columns: list[str], _: list[str]) -> Iterator[RowBatch]:
        skipped = rows = all_skipped = 0

        def put_aside(_: object) -> str:
            nonlocal skipped
            skipped += 1
            return "skip"

        with pa.input_stream(path, compression=compression) as raw:
            stream = _CountedLines(raw)
            reader = csv.open_csv(
                pa.PythonFile(stream, mode="r"),
                read_options=csv.ReadOptions(
                    block_size=max(_SAMPLE_BYTES, batch_rows * _ROW_BYTES), column_names=names,
                    skip_rows=header_lines, use_threads=False,
                ),
                parse_options=csv.ParseOptions(
                    delimiter=delimiter, invalid_row_handler=put_aside
                ),
                convert_options=csv.ConvertOptions(
                    include_columns=columns, column_types=dict.fromkeys(columns, pa.string()),
                    strings_can_be_null=False, check_utf8=False,
                ),
            )  # fmt: skip
            for batch in reader:
                yield RowBatch(batch, skipped)
                rows, all_skipped, skipped = rows + len(batch), all_skipped + skipped, 0
        inside = max(stream.lines - in_header - rows - all_skipped - skipped, 0)
        if skipped or inside:
            empty = {column: pa.array([], pa.string()) for column in columns}
            yield RowBatch(pa.RecordBatch.from_pydict(empty), skipped, inside)

    try:
        yield names, batches
    except pa.ArrowInvalid as error:
        if "out of sync" not in str(error):
            raise
        raise InputError(
            f"{path} cannot be split into rows: a quote is opened and not closed, or a text goes "
            "on over several lines. Mend that line, or export the file again without free text."
        ) from error


def _header(sample: str, delimiter: str, path: Path) -> tuple[list[str], int]:
    """Return the names of the columns, and how many lines they and blank ones before them take."""
    reader = csv_rows.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    for row in reader:
        names = [name.strip() for name in row]
        if any(names):
            return names, reader.line_num
    raise InputError(f"{path} is empty; a header row was expected. Export the file again.")


class _CountedLines:
    """A stream that counts its lines that are not blank: quotes can hide lines from a parser."""

    closed = False

    def __init__(self, raw: Any) -> None:
        self._raw, self._after_end, self.lines = raw, True, 0

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        block: bytes = self._raw.read(size)
        if block:
            letters = np.frombuffer(block, np.uint8)
            is_end = (letters == ord("\n")) | (letters == ord("\r"))
            self.lines += int(np.count_nonzero(is_end[:-1] & ~is_end[1:]))
            self.lines += int(self._after_end and not is_end[0])
            self._after_end = bool(is_end[-1])
        return block

    def close(self) -> None:
        """Leave the stream to its owner."""


@contextlib.contextmanager
def _open_parquet(path: Path, batch_rows: int) -> Iterator[tuple[list[str], Batches]]:
    import pyarrow.parquet as pq

    def batches(columns: list[str], repeating: list[str]) -> Iterator[RowBatch]:
        # Texts that repeat stay the codes that the file has: two fifths less time in all.
        with pq.ParquetFile(path, read_dictionary=repeating) as file:
            for batch in file.iter_batches(batch_rows, columns=columns, use_threads=False):
                yield RowBatch(batch)

    yield list(pq.read_schema(path).names), batches


@contextlib.contextmanager
def _open_geopackage(path: Path, batch_rows: int) -> Iterator[tuple[list[str], Batches]]:
    import pyogrio
    from pyogrio.errors import DataSourceError

    try:
        layers = pyogrio.list_layers(path)
        if len(layers) != 1:
            raise InputError(
                f"{path.name} holds {len(layers)} layers, one was expected. Export the pings alone."
            )
        described = pyogrio.read_info(path, layer=layers[0, 0])
    except DataSourceError as error:
        raise InputError(f"{path} is no readable GeoPackage: {error}.") from error
    has_geometry = described["geometry_type"] is not None

    def batches(columns: list[str], _: list[str]) -> Iterator[RowBatch]:
        with pyogrio.open_arrow(
            path, layer=layers[0, 0], columns=columns, batch_size=batch_rows, use_pyarrow=True,
            read_geometry=has_geometry,
        ) as (meta, reader):  # fmt: skip
            name = meta["geometry_name"] or GEOMETRY
            for batch in reader:
                called = [GEOMETRY if column == name else column for column in batch.schema.names]
                yield RowBatch(batch.rename_columns(called))

    yield [*described["fields"], *([GEOMETRY] if has_geometry else [])], batches
