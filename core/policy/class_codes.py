"""Codes of classes as shipped, with one canonical spelling per scheme so lost zeros do no harm."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from evenbeat.core.policy.shipped import read_policy_table

_FLOAT = re.compile(r"(\d+)\.0+")
_FBI = re.compile(r"(\d{1,2})([A-Z]?)")
_NIBRS = re.compile(r"(\d{1,2})([A-Z])")
_NOT_WORD = re.compile(r"[^0-9a-z]+")


def words_of(text: str) -> str:
    """Return a text in lower case with single spaces for everything that is no letter or digit.

    Examples
    --------
    >>> words_of(" Larceny/Theft ")
    'larceny theft'
    """
    return _NOT_WORD.sub(" ", text.casefold()).strip()


def _plain(code: str) -> str:
    stripped = code.strip().upper()
    as_float = _FLOAT.fullmatch(stripped)
    return as_float.group(1) if as_float else stripped


def _iucr(code: str) -> str:
    return _plain(code).zfill(4) if _plain(code) else ""


def _fbi(code: str) -> str:
    parts = _FBI.fullmatch(_plain(code))
    return parts.group(1).zfill(2) + parts.group(2) if parts else _plain(code)


def _nibrs(code: str) -> str:
    parts = _NIBRS.fullmatch(_plain(code))
    return parts.group(1).zfill(2) + parts.group(2) if parts else _plain(code)


def _ucr(code: str) -> str:
    return _plain(code).removeprefix("UCR").strip().lstrip("0")


SPELLINGS: dict[str, Callable[[str], str]] = {
    "chicago_iucr": _iucr,
    "fbi": _fbi,
    "nibrs": _nibrs,
    "ucr": _ucr,
    "words": words_of,
}
"""Scheme to the function that spells its codes canonically, in the order of detection."""


@dataclass(frozen=True)
class ClassMeaning:
    """What one code means: a crime type, or a group that is refused."""

    crime_type: str | None
    group: str | None
    description: str = ""


@cache
def shipped_meanings() -> Mapping[str, Mapping[str, ClassMeaning]]:
    """Return the shipped meaning of every code: scheme, canonical code, meaning."""
    return {
        system: {
            spell(row["code"]): ClassMeaning(
                row["crime_type"] or None, row["group"] or None, row["description"]
            )
            for row in read_policy_table(f"class_codes_{system}.csv")
        }
        for system, spell in SPELLINGS.items()
    }
