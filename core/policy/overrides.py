"""An agency's own class codes: they may add to the shipped table or narrow it, never widen it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from evenbeat.core.errors import InputError, PolicyError
from evenbeat.core.policy.class_codes import SPELLINGS, ClassMeaning, shipped_meanings
from evenbeat.core.policy.modelled import crime_types, refusal_of
from evenbeat.core.policy.refused import RefusedGroup, refused_group_of, refused_groups

OVERRIDE_COLUMNS = ("system", "code", "crime_type", "group", "description")


def read_overrides(path: Path) -> Iterator[tuple[str, str, ClassMeaning]]:
    """Yield the scheme, the canonical code and the meaning of each row of an agency's CSV.

    Parameters
    ----------
    path
        CSV with the columns ``system, code, crime_type, group, description``. A row has either a
        crime type, or the group for which the code is refused. A row that gives a new code a crime
        type needs a description, so that a reviewer can see what it is.

    Raises
    ------
    InputError
        The file is missing or lacks a column, or a row names no known scheme or group.
    PolicyError
        A row would model something that is never modelled.
    """
    for line, row in enumerate(_rows(path), start=2):
        where = f"{path.name}, line {line}"
        code = _checked_code(row, where)
        if row["group"]:
            _require_group(row["group"], where)
        else:
            _require_may_be_modelled(row, code, where)
        meaning = ClassMeaning(row["crime_type"] or None, row["group"] or None, row["description"])
        yield row["system"], code, meaning


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in OVERRIDE_COLUMNS if name not in (reader.fieldnames or ())]
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path} cannot be read as a CSV file in UTF-8: {error}. Save it again as CSV."
        ) from error
    if missing:
        raise InputError(
            f"{path} needs the columns {', '.join(OVERRIDE_COLUMNS)}; {', '.join(missing)} is"
            " missing. Add it to the first line."
        )
    return [{name: (row[name] or "").strip() for name in OVERRIDE_COLUMNS} for row in rows]


def _checked_code(row: Mapping[str, str], where: str) -> str:
    if row["system"] not in SPELLINGS or not row["code"]:
        raise InputError(
            f"{where}: a row needs a code and one of the systems {', '.join(SPELLINGS)};"
            f" got system {row['system']!r} and code {row['code']!r}."
        )
    if bool(row["crime_type"]) == bool(row["group"]):
        raise InputError(
            f"{where}: a row has either a crime_type or a group,"
            f" got {row['crime_type']!r} and {row['group']!r}. Leave one of them blank."
        )
    return SPELLINGS[row["system"]](row["code"])


def _require_group(group: str, where: str) -> None:
    if group not in refused_groups():
        raise InputError(
            f"{where}: group must be one of {', '.join(refused_groups())}; got {group!r}."
        )


def _require_may_be_modelled(row: Mapping[str, str], code: str, where: str) -> None:
    """Refuse a row that would model what is never modelled: by its type, code or description."""
    if row["crime_type"] not in crime_types():
        raise PolicyError(f"{where}: {refusal_of(row['crime_type'])} Remove the row.")
    shipped = meaning_of(shipped_meanings()[row["system"]], code)
    refused: RefusedGroup | None
    if shipped is not None:
        refused = refused_groups()[shipped.group] if shipped.group else None
    elif not row["description"]:
        raise PolicyError(
            f"{where}: the code {row['code']!r} is new, so its description must say what it is"
            " before it can be modelled. Fill in the column description."
        )
    else:
        refused = refused_group_of(row["code"])
    refused = refused or refused_group_of(row["description"])
    if refused is not None:
        raise PolicyError(
            f"{where}: {row['code']!r} ({row['description'] or 'no description'}) cannot become"
            f" {row['crime_type']!r}: it belongs to a class that is never modelled"
            f" ({refused.title.lower()}), since {refused.reason}. Remove the row."
        )


def meaning_of(meanings: Mapping[str, ClassMeaning], code: str) -> ClassMeaning | None:
    """Return the meaning of a canonical code; a ``?`` in a listed code stands for one digit."""
    found = meanings.get(code)
    if found is not None or not code[-2:].isdigit():
        return found
    return meanings.get(f"{code[:-2]}??")
