"""Classes that are never modelled, each with its name and the reason that people are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from evenbeat.core.policy.class_codes import shipped_meanings, words_of
from evenbeat.core.policy.shipped import read_policy_table


@dataclass(frozen=True)
class RefusedGroup:
    """A class of offences that is never modelled.

    The list serves the messages: whatever is not a crime type is refused, listed here or not.

    Parameters
    ----------
    id
        Name in tables and reports.
    title
        Name for people.
    reason
        Why, as the end of a sentence.
    phrases
        Words by which a description gives the class away.
    """

    id: str
    title: str
    reason: str
    phrases: tuple[str, ...]


@cache
def refused_groups() -> Mapping[str, RefusedGroup]:
    """Return the classes that are refused by name, by id."""
    return {
        row["group"]: RefusedGroup(
            row["group"], row["title"], row["reason"], tuple(filter(None, row["words"].split(";")))
        )
        for row in read_policy_table("refused_groups.csv")
    }


@cache
def _phrases() -> tuple[tuple[str, str | None], ...]:
    """Return every known phrase with its refused group, or None for a crime type's, long first."""
    found: dict[str, str | None] = {
        code: meaning.group for code, meaning in shipped_meanings()["words"].items()
    }
    for group in refused_groups().values():
        for phrase in group.phrases:
            found.setdefault(phrase, group.id)
    return tuple(sorted(found.items(), key=lambda pair: (-len(pair[0]), pair[0])))


def refused_group_of(text: str) -> RefusedGroup | None:
    """Return the refused group that a name or a description speaks of, or None.

    The longest phrases are understood first, so "aggravated assault" is not taken for "assault",
    and "identity theft" not for "theft".

    Examples
    --------
    >>> refused_group_of("Possession of drug equipment").id
    'narcotics'
    >>> refused_group_of("Aggravated assault, garage") is None
    True
    """
    words = words_of(text)
    named = refused_groups().get(words.replace(" ", "_"))
    if named is not None:
        return named
    rest = f" {words} "
    for phrase, group in _phrases():
        if f" {phrase} " in rest:
            if group is not None:
                return refused_groups()[group]
            rest = rest.replace(f" {phrase} ", " | ")
    return None
