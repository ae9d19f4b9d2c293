"""Which columns of a layer's file are read: those that are mapped or known, and no other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.errors import InputError, PolicyError
from evenbeat.core.ingest.source_names import require_source_names
from evenbeat.core.ingest.tally import MAX_EXAMPLES, IngestReport, example_of
from evenbeat.core.policy.columns import (
    plain_name,
    require_no_person_list,
    speaks_of_persons,
)

if TYPE_CHECKING:
    from evenbeat.core.config import SourceSettings
    from evenbeat.core.ingest.formats import RawTable

Flags = npt.NDArray[np.bool_]
Spellings = Mapping[str, tuple[str, ...]]

POSITION: Spellings = {
    "longitude": ("longitude", "lon", "lng", "long", "x_wgs84", "pointx"),
    "latitude": ("latitude", "lat", "y_wgs84", "pointy"),
    "easting": ("easting", "x_coordinate", "x_coord", "x_ft", "x"),
    "northing": ("northing", "y_coordinate", "y_coord", "y_ft", "y"),
    "geometry": ("wkt", "the_geom", "geom", "geometry", "shape"),
}
"""Where a row lies; a vector file's own geometry comes before all of these."""

_TEXTS = (
    "place_id", "event_id", "district_id", "neighbourhood_id", "street_id", "name", "source",
)  # fmt: skip
_WORDS_OF_PLACES = re.compile(r"street|addr(?:ess)?|licen[cs]e", re.IGNORECASE)
_BLANK = ("", "null", "none", "nan", "na", "n/a", "-", "?")


def start_report(raw: RawTable, role: str) -> IngestReport:
    """Return the account of a file, with what its reader already skipped or mended."""
    report = IngestReport(name=raw.name, role=role, rows_in=len(raw) + raw.lines_skipped)
    report.drop("unsplittable_line", raw.lines_skipped, raw.skipped_examples)
    for reason, count in raw.repairs.items():
        report.repair(reason, count)
    for remark in raw.notes:
        report.note(remark)
    return report


def choose_columns(
    raw: RawTable, source: SourceSettings, spellings: Spellings, report: IngestReport
) -> dict[str, pd.Series[Any]]:
    """Return the columns that are read, by our name, and name the others in the report.

    Parameters
    ----------
    raw
        The file.
    source
        Its mapping and constants; they come before what is detected.
    spellings
        Each of our names, and how files spell it, the best first.
    report
        Takes the columns used and those dropped.

    Raises
    ------
    PolicyError
        The mapping asks for a name that the role does not have, or for a column about persons.
    InputError
        A mapped column is not in the file, or ``source`` holds what names no data source.
    """
    _require_allowed(source, spellings)
    theirs = {str(name): name for name in raw.rows.columns}
    by_plain = {plain_name(name): name for name in reversed(list(theirs))}
    chosen: dict[str, pd.Series[Any]] = {}
    for ours, known in spellings.items():
        if ours in source.columns:
            column: str | None = _find(source.columns[ours], theirs, by_plain, raw.name)
        elif ours in source.constants:
            chosen[ours] = pd.Series([source.constants[ours]] * len(raw), dtype="str")
            continue
        else:
            found = (by_plain.get(plain_name(name)) for name in known)
            column = next((name for name in found if name is not None), None)
        if column is not None:
            chosen[ours] = raw.rows[theirs[column]].reset_index(drop=True)
            report.columns[ours] = column
    if "source" in chosen:
        require_source_names(as_text(chosen["source"]), raw.name)
    report.dropped_columns = [name for name in theirs if name not in report.columns.values()]
    return chosen


def require_no_persons(raw: RawTable, source: SourceSettings) -> None:
    """Make sure that a layer of places or events is no list of persons, however it is mapped.

    Raises
    ------
    PolicyError
        A column, the name of the file or layer, or a constant speaks of persons of whom lists are
        kept.
    """
    file = PurePath(urlsplit(raw.location).path if "://" in raw.location else raw.location).name
    said = (raw.name, file, PurePath(source.path).name, source.category, *source.constants.values())
    require_no_person_list(map(str, raw.rows.columns), filter(None, said))


def _require_allowed(source: SourceSettings, spellings: Spellings) -> None:
    for ours in (*source.columns, *source.constants):
        if ours not in spellings:
            raise PolicyError(
                f"{ours!r} is no column that Evenbeat reads from {source.role}. It reads"
                f" {', '.join(spellings)}, and drops everything else. Remove {ours!r} from the"
                " source in evenbeat.toml."
            )
    for ours, column in source.columns.items():
        usual = {plain_name(name) for name in spellings[ours]}
        if ours in _TEXTS and plain_name(column) not in usual and _names_a_person(column):
            raise PolicyError(
                f"The column {column!r} cannot be read as {ours!r}: its name speaks of persons, and"
                " no data about persons is ever an input. Map another column, or none."
            )


def _names_a_person(column: str) -> bool:
    """Return whether a column's name speaks of persons; a place may have a street or a licence."""
    return speaks_of_persons(_WORDS_OF_PLACES.sub(" ", column))


def _find(wanted: str, theirs: Mapping[str, Any], by_plain: Mapping[str, str], name: str) -> str:
    found = wanted if wanted in theirs else by_plain.get(plain_name(wanted))
    if found is None:
        raise InputError(
            f"{name} has no column {wanted!r}; it has {', '.join(theirs)}. Correct the columns of"
            " the source in evenbeat.toml."
        )
    return found


def as_text(values: pd.Series[Any]) -> pd.Series[str]:
    """Return a column as stripped text, blank where it is missing; whole floats lose their '.0'."""
    if pd.api.types.is_float_dtype(values):
        whole = values.notna() & (values == values.round())
        text = values.astype("str").where(~whole, values.round().astype("Int64").astype("str"))
    else:
        text = values.astype("object").astype("str")
    text = text.where(values.notna(), "").astype("str").str.strip()
    return text.mask(text.str.lower().isin(_BLANK), "")


def as_numbers(values: pd.Series[Any]) -> tuple[npt.NDArray[np.float64], Flags]:
    """Return a column as numbers, NaN where it holds none, and which rows hold something else.

    Thousands commas and decimal commas are understood.
    """
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.where(np.isfinite(numbers), numbers, np.nan), np.zeros(len(values), dtype=bool)
    text = as_text(values)
    numbers = _to_numbers(text)
    rest = np.isnan(numbers) & (text != "").to_numpy()
    if rest.any():
        plain = text[rest].str.replace(r"(?<=\d),(?=\d{3}(?:\D|$))", "", regex=True)
        plain = plain.str.replace(r"^([-+]?\d+),(\d+)$", r"\1.\2", regex=True)
        numbers[rest] = _to_numbers(plain)
    return numbers, rest & np.isnan(numbers)


def _to_numbers(text: pd.Series[str]) -> npt.NDArray[np.float64]:
    numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def examples(flags: Flags, values: Sequence[Any] | pd.Series[Any] | None = None) -> list[str]:
    """Return where the first flagged rows stand, and their value where it is no free text."""
    first = np.flatnonzero(flags)[:MAX_EXAMPLES]
    if values is None:
        return [f"row {row + 1}" for row in first]
    shown = np.asarray(values, dtype=object)
    return [example_of(f"row {row + 1}", shown[row]) for row in first]


def number_repeated(ids: pd.Series[str], prefix: str, report: IngestReport) -> pd.Series[str]:
    """Return identifiers without blanks and repetitions.

    A blank one becomes the prefix and the row's number (its index plus 1); of several equal ones
    the later are numbered.
    """
    rows = pd.Series((ids.index.to_numpy() + 1).astype("str"), index=ids.index, dtype="str")
    filled = ids.where(ids != "", prefix + "-" + rows)
    rank = filled.groupby(filled).cumcount()
    repeated = (rank > 0).to_numpy()
    report.repair("repeated_id_numbered", int(repeated.sum()), examples(repeated, filled))
    numbered = filled.where(~repeated, filled + "-" + (rank + 1).astype("str")).astype("str")
    return numbered if numbered.is_unique else number_repeated(numbered, prefix, report)
