"""Words of the equity page: what a neighbour would ask, answered without blame or cause."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from evenbeat.core.reports.page import number, percent

RULES = {"real": "plans as they stood", "equal": "the same for every resident",
         "by_crime": "by reported crime"}  # fmt: skip
_SAID = {"delivered": "patrol minutes", "planned": "planned minutes"}


def basis_of(facts: dict[str, Any]) -> str:
    """Return which minutes the page is led by: delivered where any day was measured."""
    return "delivered" if facts["minutes"]["delivered"] > 0 else "planned"


def answer(facts: dict[str, Any]) -> str:
    """Return the first sentence of the page: how evenly minutes were shared among residents."""
    basis = basis_of(facts)
    curve = facts["curves"][basis]
    if not len(curve["amount"]):
        return "Cannot tell: no minutes were planned or measured where residents are known."
    half = float(np.interp(0.5, curve["residents"], curve["amount"]))
    crime = facts["curves"]["harm"]
    beside = (
        f"; reported crime, weighted by severity, has a Gini coefficient of {crime['gini']:.2f}"
        if len(crime["amount"]) else ""
    )  # fmt: skip
    return (
        f"The half of the residents with the least patrol had {percent(half, 0)} of the "
        f"{_SAID[basis]} (Gini coefficient {curve['gini']:.2f}){beside}."
    )


def share_findings(share: dict[str, Any], basis: str) -> list[str]:
    """Return sentences on the highest against the lowest fifth of a share.

    Parameters
    ----------
    share
        Facts of one share.
    basis
        ``delivered`` or ``planned``.
    """
    top = share["quintiles"][-1]
    minutes = comparison(top.get(f"{basis}_ratio"))
    harm = comparison(top.get(f"{basis}_to_harm_ratio"))
    return [
        f"{_SAID[basis].capitalize()} for a resident where the share of {share['name']} is "
        f"highest, compared with where it is lowest: {minutes}.",
        f"For each point of severity-weighted crime that was reported there: {harm}.",
    ]


def comparison(ratio: dict[str, float] | None) -> str:
    r"""Return a ratio with its interval in words that claim no more than it tells.

    Examples
    --------
    >>> comparison({"estimate": 1.5, "low": 1.2, "high": 1.9}).replace("\xa0", " ")
    '50 % more (1.20 to 1.90 times as many)'
    >>> comparison({"estimate": 1.1, "low": 0.8, "high": 1.4})
    'no clear difference (1.10 times as many, 0.80 to 1.40)'
    >>> comparison(None)
    'cannot be told'
    """
    if ratio is None or not math.isfinite(ratio["estimate"]):
        return "cannot be told"
    best, low, high = ratio["estimate"], ratio["low"], ratio["high"]
    if math.isnan(low) or math.isnan(high):
        return f"{best:.2f} times as many; too few days to say how sure that is"
    between = f"{low:.2f} to {high:.2f}" if math.isfinite(high) else f"{low:.2f} or more"
    if low <= 1.0 <= high:
        return f"no clear difference ({best:.2f} times as many, {between})"
    return f"{_change(best)} ({between} times as many)"


def _change(ratio: float) -> str:
    """Return a ratio as people say it."""
    if ratio >= 2.0:
        return f"{ratio:.1f} times as many"
    return f"{percent(abs(ratio - 1.0), 0)} {'more' if ratio > 1.0 else 'fewer'}"


def missing(facts: dict[str, Any]) -> list[str]:
    """Return what is missing, each with its number and what would mend it."""
    days, minutes, table = facts["days"], facts["minutes"], facts["demographics"]
    told = []
    if not days["measured"]:
        told.append("No day was measured: only planned minutes are told. Run: evenbeat dosage")
    if not days["planned"]:
        told.append("No day had a plan: planned minutes, flags and overrides are not told.")
    if days["measured"] and not days["delivered_with_crime"]:
        told.append("No measured day has reported crime yet: dose-to-harm is not told.")
    if not days["tested"]:
        told.append(
            "No day has both a forecast and the crime that was reported on it: observed over "
            "expected is not told. Read in later incidents: evenbeat ingest"
        )
    if table["residents_outside"] >= 0.5:
        some = ", ".join(f"{one['area']} ({number(one['residents'])})" for one in
                         table["outside"][:5])  # fmt: skip
        told.append(
            f"{number(table['residents_outside'])} of {number(table['residents'])} residents live "
            f"outside the patrolled cells and count nowhere; the most in {some}."
        )
    for basis, words in _SAID.items():
        if minutes["in_no_area"][basis] >= 0.5:
            told.append(
                f"{number(minutes['in_no_area'][basis])} of {number(minutes[basis])} {words} are "
                "in no area of the demographic table."
            )
    if table["small_areas"]:
        told.append(
            f"Areas with fewer than {table['least_residents']} residents: {table['small_areas']}. "
            "They have no rate of their own, and count in sums and in the fifths."
        )
    return [*told, *_without_share(facts["shares"]), *table["notes"]]


def _without_share(shares: list[dict[str, Any]]) -> list[str]:
    """Return which residents and minutes are in no fifth."""
    return [
        f"In no fifth of {one['name']}: {number(one['residents_without'])} residents, "
        f"{number(one['minutes_without']['delivered'])} patrol minutes and "
        f"{number(one['minutes_without']['planned'])} planned minutes of areas whose share is not "
        "known."
        for one in shares
        if one["residents_without"] >= 0.5 or sum(one["minutes_without"].values()) >= 0.5
    ]  # fmt: skip


def persistence_words(found: dict[str, Any] | None) -> str:
    """Return how long the same places were flagged."""
    if found is None:
        return "No plan stood in this period."
    run, shifts = found["longest_run"], found["shifts"]
    place = f" in {found['where']['neighbourhood']}" if found["where"]["neighbourhood"] else ""
    return (
        f"Of {number(found['cells'])} cells, {percent(found['never'])} were part of no box on any "
        f"of {shifts} planned shifts and {percent(found['always'])} on every one. The longest run "
        f"was {run} shift{'' if run == 1 else 's'} in a row{place}; the most often flagged cell "
        f"was so on {percent(found['most_flagged'], 0)} of the shifts."
    )
