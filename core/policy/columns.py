"""The columns of incidents: what is read, what is kept, and what can never be asked for.

The logic is an allow-list. A column of a file is read only when it is mapped to one of our names;
every other column is dropped and named in the report. Of the columns that are read, the flags serve
the susceptibility gate and end there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from evenbeat.core.errors import PolicyError
from evenbeat.core.policy.shipped import read_policy_table

INCIDENT_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "source": "name of the data source",
        "incident_id": "identifier, unique within the source",
        "crime_type": "most serious modelled type of the row",
        "class_code": "the codes that led to the type, joined by |",
        "occurred_from": "start of the window of occurrence, UTC",
        "occurred_to": "end of the window, UTC; equal to the start when exact",
        "reported_at": "when the agency knew, UTC",
        "last_updated": "version of the row, UTC; serves the upsert",
        "easting": "in the units of the workspace's CRS",
        "northing": "in the units of the workspace's CRS",
        "source_kind": "reported, discovered or sensor",
        "weight": "training weight by policy",
        "geocode_quality": "exact, block, address, centroid or unknown",
    }
)
"""Every column that a stored incident has; nothing else is ever stored."""

INPUT_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "source": "name of the data source",
        "incident_id": "identifier",
        "class_code": "class codes, several separated by |",
        "fallback_class_code": "class codes of a second scheme, for rows the first does not know",
        "occurred_from": "start of the window, or the time itself",
        "occurred_from_time": "clock time, where the date stands in occurred_from",
        "occurred_to": "end of the window",
        "occurred_to_time": "clock time, where the date stands in occurred_to",
        "reported_at": "when the agency knew",
        "reported_at_time": "clock time, where the date stands in reported_at",
        "last_updated": "version of the row",
        "longitude": "degrees east",
        "latitude": "degrees north",
        "easting": "first coordinate in the CRS of the source",
        "northing": "second coordinate in the CRS of the source",
        "source_kind": "reported, discovered or sensor",
        "geocode_quality": "exact, block, address, centroid",
    }
)
"""What of a file may be read for the table, by our name."""

GATE_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "arrest": "whether an arrest was made; read for the gate, then dropped",
        "officer_initiated": "whether an officer found it; read for the gate, then dropped",
    }
)
"""What is read for the susceptibility gate and goes no further."""

GEOCODE_QUALITIES = ("exact", "block", "address", "centroid", "unknown")

_NOT_NAME = re.compile(r"[^0-9a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def plain_name(name: str) -> str:
    """Return a column's name in lower case, letters and digits only.

    Examples
    --------
    >>> plain_name(" Occurred_From ")
    'occurredfrom'
    """
    return _NOT_NAME.sub("", name.casefold())


@cache
def known_spellings() -> Mapping[str, tuple[str, ...]]:
    """Return, for each of our names, the plain names by which files call it, the best first."""
    found: dict[str, list[str]] = {}
    for row in read_policy_table("column_names.csv"):
        found.setdefault(row["ours"], []).append(plain_name(row["theirs"]))
    return {ours: tuple(theirs) for ours, theirs in found.items()}


@cache
def _person_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the words that speak of persons, whole and, for long ones, as parts of a name."""
    words = [row["word"] for row in read_policy_table("person_words.csv")]
    return frozenset(words), tuple(word for word in words if len(word) >= 6)


def speaks_of_persons(column: str) -> bool:
    """Return whether a column's name speaks of persons rather than of an incident.

    Examples
    --------
    >>> speaks_of_persons("SuspectRace"), speaks_of_persons("date_occurred")
    (True, False)
    """
    whole, parts = _person_words()
    tokens = _NOT_NAME.sub(" ", _CAMEL.sub(" ", column).casefold()).split()
    joined = "".join(tokens)
    return bool(whole.intersection(tokens)) or joined in whole or any(p in joined for p in parts)


@cache
def _listed_persons() -> Mapping[str, frozenset[str]]:
    """Return the words for persons of whom lists are kept, and words beside which one is none."""
    return {
        row["word"]: frozenset(filter(None, row["unless"].split(";")))
        for row in read_policy_table("listed_persons.csv")
    }


def listed_person_in(name: str) -> str | None:
    """Return the word of a name that speaks of persons of whom lists are kept, or None.

    Unlike `speaks_of_persons`, this passes what ordinary layers hold, such as the address of a
    shop or the name of its owner.

    Examples
    --------
    >>> listed_person_in("SexOffender_Addresses"), listed_person_in("owner_name")
    ('offender', None)
    """
    tokens = _NOT_NAME.sub(" ", _CAMEL.sub(" ", name).casefold()).split()
    singular = {*tokens, *(token.removesuffix("s") for token in tokens)}
    joined = "".join(tokens)
    for word, unless in _listed_persons().items():
        # A short word may be part of another one: "terrace" holds no race.
        is_there = word in singular or (len(word) >= 6 and word in joined)
        if is_there and not unless.intersection(tokens):
            return word
    return None


def require_no_person_list(columns: Iterable[str], names: Iterable[str]) -> None:
    """Make sure that a layer is no list of persons.

    Dropping its columns is not enough: where listed persons live would still become the places.

    Parameters
    ----------
    columns
        The layer's own columns.
    names
        What else says what it is: its file, its layer, a category given for all of it.

    Raises
    ------
    PolicyError
        One of them speaks of persons of whom lists are kept.
    """
    named = [("column", column) for column in columns] + [("name", name) for name in names]
    for kind, text in named:
        word = listed_person_in(text)
        if word is not None:
            raise PolicyError(
                f"The layer cannot be used: its {kind} {text!r} speaks of persons ({word}), and a"
                " list of persons is never an input, not even as points on a map. Remove the"
                f" source from evenbeat.toml; if the layer is no such list, export it without"
                f" this {kind}."
            )


def require_columns(columns: Mapping[str, str]) -> None:
    """Make sure that a mapping asks only for columns that may be read.

    Parameters
    ----------
    columns
        Our name to their column.

    Raises
    ------
    PolicyError
        One of our names is not on the list.
        One of their columns speaks of persons.
    """
    for ours, theirs in columns.items():
        require_names([ours])
        is_usual_name = plain_name(theirs) in known_spellings().get(ours, ())
        if ours not in GATE_COLUMNS and not is_usual_name and speaks_of_persons(theirs):
            raise PolicyError(
                f"The column {theirs!r} cannot be read as {ours!r}: its name speaks of persons, and"
                " no data about persons is ever an input. Map a column that describes the incident,"
                " or rename it in the export if it does."
            )


def require_names(names: Iterable[str]) -> None:
    """Make sure that names are among those that may be read.

    Raises
    ------
    PolicyError
        A name is not on the list.
    """
    for name in names:
        if name not in INPUT_COLUMNS and name not in GATE_COLUMNS:
            raise PolicyError(
                f"{name!r} is no column that Evenbeat reads from incidents. It reads"
                f" {', '.join([*INPUT_COLUMNS, *GATE_COLUMNS])}, and drops everything else."
                f" Remove {name!r} from the source in evenbeat.toml."
            )
