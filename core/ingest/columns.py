"""Which column of a file is what: from the settings, a preset, or the columns' usual names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from evenbeat.core.config import SourceSettings
from evenbeat.core.errors import InputError
from evenbeat.core.ingest.formats import RawTable
from evenbeat.core.ingest.presets import Preset, choose_preset
from evenbeat.core.policy.columns import (
    GATE_COLUMNS,
    INPUT_COLUMNS,
    known_spellings,
    plain_name,
    require_columns,
    require_names,
)

_ORDER = (*INPUT_COLUMNS, *GATE_COLUMNS)
_WITH_ANY_PRESET = ("source_kind", *GATE_COLUMNS)


@dataclass(frozen=True)
class ColumnPlan:
    """How a file's columns are read.

    Parameters
    ----------
    preset
        The layout that was recognised or asked for.
    columns
        Our name to their column, in the order of the policy's list.
    constants
        Our name to a value that holds for every row.
    dropped
        Their columns that do not end in the table: those that are not read at all, and the flags
        that serve the gate.
    """

    preset: Preset
    columns: Mapping[str, str]
    constants: Mapping[str, str]
    dropped: tuple[str, ...]

    def has(self, ours: str) -> bool:
        """Return whether the file has a column of ours."""
        return ours in self.columns

    def values(self, raw: RawTable, ours: str) -> pd.Series:
        """Return a column by our name."""
        return raw.rows[self.columns[ours]]


def plan_columns(raw: RawTable, source: SourceSettings) -> ColumnPlan:
    """Decide which column is what.

    The settings come first, then the preset, then the usual names; a name that the settings map to
    a blank is left out.

    Raises
    ------
    PolicyError
        The settings ask for a column that is never read.
    InputError
        The settings or the preset name a column that the file does not have.
        A column without which there is no incident is missing.
    """
    theirs = [str(name) for name in raw.rows.columns]
    wanted = {ours: name for ours, name in source.columns.items() if name.strip()}
    require_names(source.columns)
    require_columns(wanted)
    require_names(source.constants)
    preset = choose_preset(source.preset, theirs)
    found = {ours: _find(name, theirs, raw, ours) for ours, name in wanted.items()}
    closed = set(source.columns) | set(source.constants)
    if preset.columns:
        _add_preset(found, preset, theirs, closed, raw, is_asked=source.preset != "auto")
    _add_usual(found, theirs, closed, _WITH_ANY_PRESET if preset.columns else _ORDER)
    columns = {ours: found[ours] for ours in _ORDER if ours in found}
    constants = {**preset.constants, **source.constants}
    _require_enough(columns, constants, raw, source)
    kept = {name for ours, name in columns.items() if ours not in GATE_COLUMNS}
    dropped = tuple(name for name in theirs if name not in kept)
    return ColumnPlan(preset, columns, constants, dropped)


def _find(name: str, theirs: list[str], raw: RawTable, ours: str) -> str:
    if name in theirs:
        return name
    alike = [column for column in theirs if plain_name(column) == plain_name(name)]
    if len(alike) == 1:
        return alike[0]
    raise InputError(
        f"{raw.name} has no column {name!r} to read as {ours}; it has {', '.join(theirs)}."
        " Correct the columns of the source in evenbeat.toml."
    )


def _add_preset(
    found: dict[str, str], preset: Preset, theirs: list[str], closed: set[str], raw: RawTable,
    *, is_asked: bool,
) -> None:  # fmt: skip
    by_plain = {plain_name(column): column for column in reversed(theirs)}
    if is_asked:
        for name in preset.signature:
            ours = next((key for key, value in preset.columns.items() if value == name), None)
            if plain_name(name) not in by_plain and ours not in closed:
                _find(name, theirs, raw, ours or name)
    for ours, name in preset.columns.items():
        if ours not in closed and plain_name(name) in by_plain:
            found[ours] = by_plain[plain_name(name)]


def _add_usual(
    found: dict[str, str], theirs: list[str], closed: set[str], names: tuple[str, ...]
) -> None:
    """Add columns by their usual names; each of theirs is used once, and the first name wins."""
    by_plain = {plain_name(column): column for column in reversed(theirs)}
    used = set(found.values())
    for ours in names:
        if ours in found or ours in closed:
            continue
        for spelling in known_spellings().get(ours, ()):
            column = by_plain.get(spelling)
            if column is not None and column not in used:
                found[ours] = column
                used.add(column)
                break
    for ours in ("occurred_from_time", "occurred_to_time", "reported_at_time"):
        if ours in found and ours not in closed and ours.removesuffix("_time") not in found:
            del found[ours]


def _require_enough(
    columns: Mapping[str, str], constants: Mapping[str, str], raw: RawTable, source: SourceSettings
) -> None:
    lacking = []
    if "occurred_from" not in columns and "occurred_to" not in columns:
        lacking.append("occurred_from (when it happened)")
    if source.role != "gunfire" and not {"class_code"} & {*columns, *constants}:
        lacking.append("class_code (what happened)")
    has_pair = {"longitude", "latitude"} <= set(columns) or {"easting", "northing"} <= set(columns)
    if not has_pair and raw.geometry is None:
        lacking.append("longitude and latitude, or easting and northing (where it happened)")
    if lacking:
        example = "occurred_from = 'Date of incident'"
        raise InputError(
            f"{raw.name} lacks {'; '.join(lacking)}. Its columns are"
            f" {', '.join(str(name) for name in raw.rows.columns)}. Name them in the source's"
            f" columns in evenbeat.toml, such as columns = {{ {example} }}."
        )
