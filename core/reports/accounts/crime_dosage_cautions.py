"""Cautions of the crime and dosage page: what is missing, the pre-trend, the notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evenbeat.core.reports.accounts.crime_dosage_facts import has_interval
from evenbeat.core.reports.accounts.crime_dosage_words import p_text

_SURE_P = 0.05


def needs(facts: Mapping[str, Any]) -> list[str]:
    """Return what is missing for a firmer answer, each with what would mend it.

    Parameters
    ----------
    facts
        As `crime_dosage_facts` gives them.
    """
    sums, told = facts["sums"], []
    grades = {one["grade"] for one in facts["estimates"] if has_interval(one)}
    if not facts["weeks"]:
        told.append("There are no weeks with assignments and incidents. Measure more days.")
    elif sums["assigned"]["weeks"] < 2:
        told.append("There is less than two weeks of assigned boxes. Wait for more weeks.")
    if not sums["held_out"]["box_shifts"]:
        told.append(
            "No box was held out by lot. Keep a share of the eligible boxes as hold-outs, 10 %"
            " unless set otherwise: without them there is no grade A."
        )
    elif "A" not in grades:
        told.append("The hold-outs are too few, or saw too little, for an interval. Wait.")
    if "B" not in grades:
        told.append(
            "There is no matched comparison before and after (grade B). It needs weeks before the"
            " first assignment and places like the boxes that were not patrolled."
        )
    return told


def warn_of_trend(estimate: Mapping[str, Any]) -> str:
    """Return what the pre-trend says of a matched comparison.

    Parameters
    ----------
    estimate
        As `crime_dosage_facts` gives it.
    """
    p = estimate["pre_trend_p"]
    if p is None:
        return "Whether both groups moved alike before is not known, so read this with care."
    if p < _SURE_P:
        return (
            f"Before patrol both groups already moved apart ({p_text(p)}). The comparison is in"
            " doubt: what follows may be that trend going on."
        )
    return (
        f"Before patrol both groups moved alike as far as can be seen ({p_text(p)}). With few"
        " weeks that is a weak test."
    )


def listed_notes(estimates: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return every note of the estimates once, in order, with the grades that it is about."""
    about: dict[str, list[str]] = {}
    for one in estimates:
        for note in one["notes"]:
            about.setdefault(note, []).append(one["grade"])
    return [f"{', '.join(dict.fromkeys(grades))}: {note}" for note, grades in about.items()]
