"""What the page of a back-test tells of layers without dates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evenbeat.core.reports.page import words


def name_undated(settings: Mapping[str, Any]) -> list[str]:
    """Return the names of what carries no dates: layers, and categories of places.

    Examples
    --------
    >>> name_undated({"undated_layers": ["weather"], "undated_places": ["liquor_outlet"]})
    ['weather', 'places (liquor outlet)']
    """
    layers = list(map(words, settings["undated_layers"]))
    places = ", ".join(map(words, settings.get("undated_places") or ()))
    return [*layers, *([f"places ({places})"] if places else [])]


def undated_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each crime type with and without what carries no dates, at the main budget."""
    main = document["main_budget"]
    return [
        {
            "type": name, "paired": told["paired"][main], "gain": told["gain"],
            **{key: {"gain_nats": told[key]["gain_nats"], **told[key]["budgets"][main]}
               for key in ("with", "without")},
        }
        for name, told in _types_of(document).items()
    ]  # fmt: skip


def added_by_undated(document: Mapping[str, Any]) -> list[str]:
    """Return the crime types of which more was surely caught with the undated layers."""
    return [
        words(row["type"])
        for row in undated_rows(document)
        if (row["paired"]["difference_low"] or 0.0) > 0
    ]


def _types_of(document: Mapping[str, Any]) -> dict[str, Any]:
    return (document.get("without_undated") or {}).get("types") or {}
