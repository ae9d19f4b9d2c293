"""What may become a feature: an allow-list of places, events and the words of feature names.

A feature's name is made of listed words alone: what it measures, the crime type, the category of
place or event, a number with its unit. A name with any other word is refused, so nothing about
persons can become a feature, however it is spelt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal

from evenbeat.core.errors import PolicyError
from evenbeat.core.policy.class_codes import words_of
from evenbeat.core.policy.modelled import crime_types
from evenbeat.core.policy.shipped import read_policy_table

CategoryKind = Literal["place", "event"]
_NUMBER = re.compile(r"\d+(?:p\d+)?(?:d|h|m|km|ft|w|mm|min)?", re.ASCII)


@cache
def _categories(kind: CategoryKind) -> Mapping[str, str]:
    """Return the canonical category of every spelling."""
    spellings: dict[str, str] = {}
    for row in read_policy_table(f"{kind}_categories.csv"):
        for name in (row["category"], *filter(None, row["aliases"].split(";"))):
            spellings[name] = row["category"]
    return spellings


def _categories_of(kind: CategoryKind) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_categories(kind).values()))


def place_categories() -> tuple[str, ...]:
    """Return the categories of places that may be used."""
    return _categories_of("place")


def event_categories() -> tuple[str, ...]:
    """Return the categories of events that may be used."""
    return _categories_of("event")


def category_of(name: str, kind: CategoryKind = "place") -> str | None:
    """Return the category that a name means, or None when it is not on the list.

    Examples
    --------
    >>> category_of("Liquor outlets"), category_of("School")
    ('liquor_outlet', None)
    """
    return _categories(kind).get(words_of(name).replace(" ", "_"))


def require_category(name: str, kind: CategoryKind = "place") -> str:
    """Return the category that a name means.

    Raises
    ------
    PolicyError
        The category is not on the list.
    """
    found = category_of(name, kind)
    if found is None:
        raise PolicyError(
            f"The {kind} category {name!r} cannot be used: {refusal_of_category(name)}. Allowed are"
            f" {', '.join(_categories_of(kind))}. Leave the others out of the source."
        )
    return found


def refusal_of_category(name: str) -> str:
    """Return why a category is not on the list, in words."""
    reasons = {row["word"]: row["reason"] for row in read_policy_table("refused_categories.csv")}
    for word in words_of(name).split():
        if word in reasons:
            return reasons[word]
    return "it is not on the list"


@cache
def _vocabulary() -> frozenset[str]:
    words = {row["word"] for row in read_policy_table("feature_words.csv")}
    return frozenset(words.union(crime_types(), _categories("place"), _categories("event")))


def is_allowed_feature(name: str) -> bool:
    """Return whether a feature's name is made of listed words alone.

    Examples
    --------
    >>> is_allowed_feature("count_28d_motor_vehicle_theft"), is_allowed_feature("median_income")
    (True, False)
    """
    words = name.split("_")
    reachable = {0}
    for start in range(len(words)):
        if start not in reachable:
            continue
        if _NUMBER.fullmatch(words[start]):
            reachable.add(start + 1)
        reachable.update(
            end
            for end in range(start + 1, min(start + 4, len(words)) + 1)
            if "_".join(words[start:end]) in _vocabulary()
        )
    return len(words) in reachable


def require_feature(name: str) -> str:
    """Return the name of a feature, or of what it is made of, when it consists of listed words.

    Parameters
    ----------
    name
        Words joined by ``_``, such as ``"distance_bar"``; a category of places or events alone, or
        ``"history"``, ``"calendar"`` or ``"weather"``.

    Raises
    ------
    PolicyError
        The name holds a word that is not on the list.

    Examples
    --------
    >>> require_feature("distance_bar")
    'distance_bar'
    """
    if not is_allowed_feature(name):
        raise PolicyError(
            f"{name!r} cannot be a feature: {refusal_of_category(name)}. A feature is named with"
            " listed words alone: what is measured, the crime type, the category of place or event,"
            " a number and its unit. Leave it out; the words are in core/policy/tables/"
            "feature_words.csv, place_categories.csv, event_categories.csv and crime_types.csv."
        )
    return name


def require_features(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names when every one of them may be a feature.

    Raises
    ------
    PolicyError
        A name holds a word that is not on the list.
    """
    return tuple(require_feature(name) for name in names)
