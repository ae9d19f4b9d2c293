"""Tactics: an editable library of what to do in a box, non-enforcement first."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from evenbeat.core.errors import PolicyError

COLUMNS = ("id", "name", "text", "enforcement", "crime_types", "contexts", "source")
"""Of the table of tactics."""
_ANY = "*"
_FLAGS = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Tactic:
    """One thing that can be done on a visit.

    Parameters
    ----------
    id
        Stable identifier.
    name, text
        What to do, in plain words.
    enforcement
        Whether it uses police powers against someone.
    crime_types
        Types it is meant for; empty for all.
    contexts
        Categories of places where it fits best; empty for anywhere.
    source
        Where it comes from.
    """

    id: str
    name: str
    text: str
    enforcement: bool
    crime_types: frozenset[str]
    contexts: frozenset[str]
    source: str

    def suits(self, crime_type: str) -> bool:
        """Return whether the tactic is meant for a crime type."""
        return not self.crime_types or crime_type in self.crime_types

    def fits(self, names: Iterable[str]) -> bool:
        """Return whether one of some names holds one of the tactic's contexts as whole words."""
        return any(f"_{place}_" in f"_{name}_" for name in names for place in self.contexts)


@dataclass(frozen=True)
class TacticsLibrary:
    """The tactics in the order of their table."""

    tactics: tuple[Tactic, ...]

    @classmethod
    def load(cls, override: Path | None = None) -> TacticsLibrary:
        """Return the shipped library, or an agency's own table of the same columns.

        Raises
        ------
        PolicyError
            A column is missing, an id repeats or is empty, a text is empty, or ``enforcement`` is
            neither yes nor no.
        """
        if override is None:
            return _shipped()
        return cls(_parse(override.read_text("utf-8-sig"), origin=str(override)))

    def for_box(
        self, crime_type: str, categories: Iterable[str] = (), *, limit: int = 4
    ) -> tuple[Tactic, ...]:
        """Return the tactics for one box: non-enforcement first, at most one of enforcement.

        Parameters
        ----------
        crime_type
            The box's dominant crime type.
        categories
            Categories of places in or near the box, or names of features about them; tactics that
            fit come before others, and enforcement meant for a kind of place is left out where
            there is none.
        limit
            Most tactics to return.

        Examples
        --------
        >>> [tactic.id for tactic in TacticsLibrary.load().for_box("burglary", limit=2)]
        ['cocoon', 'vary-the-hour']
        """
        names = tuple(categories)
        suited = [tactic for tactic in self.tactics if tactic.suits(crime_type)]
        ranked = sorted(suited, key=lambda tactic: _rank(tactic, names))
        gentle = [tactic for tactic in ranked if not tactic.enforcement]
        forceful = [
            tactic
            for tactic in ranked
            if tactic.enforcement and (tactic.fits(names) or not tactic.contexts)
        ]
        room = min(len(forceful), 1) if limit > 1 else 0
        return tuple(gentle[: limit - room] + forceful[:room])


def _rank(tactic: Tactic, names: tuple[str, ...]) -> int:
    """Return 0 for a fitting place, then tactics of the type anywhere, the general, the rest."""
    if tactic.fits(names):
        return 0
    if tactic.contexts:
        return 3
    return 1 if tactic.crime_types else 2


@cache
def _shipped() -> TacticsLibrary:
    table = resources.files("evenbeat.core.policy") / "tables" / "tactics.csv"
    return TacticsLibrary(_parse(table.read_text("utf-8"), origin="tactics.csv"))


def _parse(text: str, *, origin: str) -> tuple[Tactic, ...]:
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise PolicyError(f"{origin} lacks the columns {missing}; it needs {list(COLUMNS)}.")
    tactics: dict[str, Tactic] = {}
    for row in reader:
        line = {name: (row[name] or "").strip() for name in COLUMNS}
        where = f"{origin}, line {reader.line_num}"
        if not line["id"] or line["id"] in tactics:
            raise PolicyError(f"{where}: the id {line['id']!r} is empty or repeats.")
        if not line["name"] or not line["text"]:
            raise PolicyError(f"{where}: {line['id']} needs a name and a text.")
        if line["enforcement"].lower() not in _FLAGS:
            raise PolicyError(
                f"{where}: enforcement must be yes or no, got {line['enforcement']!r}."
            )
        tactics[line["id"]] = Tactic(
            line["id"], line["name"], line["text"], _FLAGS[line["enforcement"].lower()],
            _words(line["crime_types"]), _words(line["contexts"]), line["source"],
        )  # fmt: skip
    return tuple(tactics.values())


def _words(cell: str) -> frozenset[str]:
    return frozenset(word.strip() for word in cell.split("|") if word.strip() not in {"", _ANY})
