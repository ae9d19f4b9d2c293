"""Words of a comparison of settings: only what its numbers bear, noise of the draws considered."""

from __future__ import annotations

import math
from typing import Any

from evenbeat.core.reports.page import number, percent

_CLEAR = 2.0
_MANY, _LARGE = 10.0, 100.0
_SAME = 0.02

Row = dict[str, Any]


def findings(document: dict[str, Any]) -> list[str]:
    """Return what the comparison shows, in sentences for people; the most telling first.

    A difference between two variants is told only where it is more than twice its standard error
    over the draws.

    Parameters
    ----------
    document
        The comparison as kept in JSON.
    """
    rows: list[Row] = document["variants"]
    own = next(row for row in rows if row["own"])
    if not any(row["boxes"] for row in rows):
        return ["No variant gives a single box on this day, so there is nothing to compare."]
    told = [
        _price(rows, own), _reach(document, own), _lotteries(rows), _evenness(document, rows),
        _uncovered(document, rows, own), _front(rows, own), _effort(rows, own),
    ]  # fmt: skip
    return [sentence for sentence in told if sentence]


def clear_difference(one: Row, other: Row, key: str, error: str) -> float | None:
    """Return ``one`` less ``other`` where the draws' noise does not explain it, else None."""
    if one[key] is None or other[key] is None:
        return None
    difference = float(one[key]) - float(other[key])
    noise = _CLEAR * math.hypot(one[error], other[error])
    return difference if abs(difference) > max(noise, 1e-9) else None


def share(value: float | None, digits: int = 1) -> str:
    r"""Return a share of the optimal plan, which may be a little more than the whole.

    Examples
    --------
    >>> [share(part).replace("\xa0", " ") for part in (0.8755, 1.0, 1.0009, None)]
    ['87.5 %', '100 %', '100.1 %', '–']
    """
    if value is None:
        return number(None)
    return f"{100 * value:.{0 if value == 1 else digits}f}\xa0%"


def _reaching(one: Row, other: Row) -> float | None:
    return clear_difference(one, other, "share_of_best", "share_error")


def _evener(one: Row, other: Row) -> float | None:
    return clear_difference(one, other, "evenness", "evenness_error")


def _price(rows: list[Row], own: Row) -> str:
    """Tell what drawing costs and gives beside always taking the top."""
    top = next((row for row in rows if row["mode"] == "greedy"), None)
    top = top or next(row for row in rows if row["reference"])
    drawing = own if own["mode"] == "lottery" else None
    drawing = drawing or next((row for row in rows if row["mode"] == "lottery"), None)
    if drawing is None or not top["hits"] or not top["cells_with_chance"]:
        return ""
    difference, ways = _reaching(drawing, top), ""
    if difference is None:
        ways = "changes the expected weighted hits by less than the draws can show"
    else:
        lost = 1.0 - drawing["hits"] / top["hits"]
        ways = (
            f"{'costs' if lost > 0 else 'adds'} {percent(abs(lost), 0)} of expected weighted hits"
        )
    times = drawing["cells_with_chance"] / top["cells_with_chance"]
    greedy = top["mode"] == "greedy"
    taking = "always taking the top (greedy)" if greedy else "taking the optimal plan"
    return (
        f"Drawing ({drawing['name']}) instead of {taking} {ways} on this day, and "
        f"lets {_times(times)} as many cells be chosen: {number(drawing['cells_with_chance'])} "
        f"against {number(top['cells_with_chance'])}."
    )


def _reach(document: dict[str, Any], own: Row) -> str:
    """Tell how much of the optimal plan, and of all expected harm, the own settings reach."""
    if own["share_of_best"] is None or not document["expected_hits"]:
        return ""
    of_best = (
        "Your settings are the optimal mode"
        if own["reference"]
        else f"Your settings ({own['name']}) reach {share(own['share_of_best'], 0)} of the "
        "weighted hits of the optimal plan under your caps"
    )
    return (
        f"{of_best}; the boxes hold {percent(own['hits'] / document['expected_hits'])} of all the "
        f"weighted crime that the forecast expects on the day, and "
        f"{number(own['incidents'], 1)} of {number(document['expected_incidents'], 1)} incidents."
    )


def _lotteries(rows: list[Row]) -> str:
    """Tell between which ends the lotteries lie."""
    drawn = sorted(
        (row for row in rows if row["mode"] == "lottery" and row["share_of_best"] is not None),
        key=lambda row: float(row["share_of_best"]),
    )
    if len(drawn) < 2 or _reaching(drawn[-1], drawn[0]) is None:
        return ""
    low, high = drawn[0], drawn[-1]
    return (
        f"Of the lotteries, {_short(low)} reaches least, {share(low['share_of_best'], 0)} of the "
        f"optimal plan, and {_short(high)} most, {share(high['share_of_best'], 0)}."
    )


def _evenness(document: dict[str, Any], rows: list[Row]) -> str:
    """Tell who shares minutes most and least evenly, where that can be told."""
    known = sorted(
        (row for row in rows if row["evenness"] is not None), key=lambda row: float(row["evenness"])
    )
    if len(known) < 2:
        return ""
    low, high = known[0], known[-1]
    between = document["parts_are"] if document["evenness_between"] != "cells" else "cells"
    if _evener(high, low) is None:
        return (
            f"No variant shares minutes between {between} more evenly than another by more than "
            "the draws' noise."
        )
    if len(_ginis(known).split()) == 2:
        fixed = " The settings fix the boxes of each; a neighbourhoods layer would show more."
        return (
            f"Every variant shares minutes about equally evenly between {between}: {_ginis(known)}."
            f"{fixed if between == 'districts' else ''}"
        )
    first = [row for row in known if _evener(high, row) is None]
    last = [row for row in known if _evener(row, low) is None and row not in first]
    return (
        f"Minutes are shared most evenly between {between} by "
        f"{_listed([row['name'] for row in first])} ({_ginis(first)}), least by "
        f"{_listed([row['name'] for row in last])} ({_ginis(last)})."
    )


def _ginis(rows: list[Row]) -> str:
    """Return the Gini coefficients of rows as one number or a range."""
    found = sorted({f"{1 - row['evenness']:.2f}" for row in rows})
    return f"Gini {found[0]}" if len(found) == 1 else f"Gini {found[0]} to {found[-1]}"


def _short(row: Row) -> str:
    return str(row["name"]).removeprefix("lottery ")


def _uncovered(document: dict[str, Any], rows: list[Row], own: Row) -> str:
    """Tell how many high-risk cells are left out, and how many have no chance at all."""
    total = document["high_risk"]
    best = next(row for row in rows if row["reference"])
    if not total:
        return ""
    beside, chance = "", ""
    if not own["reference"]:
        beside = f", the optimal plan {decimal(best['uncovered'])}"
        chance = f", {decimal(best['high_risk_without_chance'])} under the optimal plan"
    without = decimal(own["high_risk_without_chance"])
    spacing = document["spacing_m"]
    apart = (
        f" Boxes of a shift keep {spacing:g} m apart, so cells beside a box must wait."
        if spacing else ""
    )  # fmt: skip
    return (
        f"Of the {number(total)} cells of highest risk, a plan of your settings leaves "
        f"{decimal(own['uncovered'])} uncovered{beside}; {without} had no chance under "
        f"yours{chance}.{apart}"
    )


def _front(rows: list[Row], own: Row) -> str:
    """Tell which trade-offs no other beats, and where the own settings stand."""
    names = [row["name"] for row in rows if row["on_front"]]
    beaten = [row["name"] for row in rows if not row["on_front"]]
    if len(rows) < 2 or not names:
        return ""
    if not beaten:
        return "All variants are on the front: what reaches more is less even, one for one."
    verb = "is" if len(names) == 1 else "are"
    told = (
        f"On the front of this comparison are all but {_listed(beaten)}"
        if len(beaten) < len(names)
        else f"On the front of this comparison {verb} {_listed(names)}"
    )
    if own["on_front"]:
        return (
            f"{told}: your settings are there, so nothing compared here both reaches more and is "
            "more even."
        )
    better = [
        row["name"] for row in rows
        if (_reaching(row, own) or 0.0) > 0 and (_evener(row, own) or 0.0) > 0
    ]  # fmt: skip
    if not better:
        return (
            f"{told}. Your settings lie behind it, but no variant is ahead of them in both by "
            "more than the draws' noise."
        )
    return f"{told}. Ahead of your settings in both: {_listed(better)}."


def _effort(rows: list[Row], own: Row) -> str:
    """Tell which variants spend clearly more or less than the own settings."""
    other = [
        row["name"] for row in rows
        if any(abs(row[key] - own[key]) > _SAME * own[key] for key in ("minutes", "cells"))
    ]  # fmt: skip
    if not other:
        return ""
    return (
        f"Not all spend the same: {_listed(other)} {'plan' if len(other) > 1 else 'plans'} more or "
        f"fewer minutes, or cover more or fewer cells, than your settings, so what "
        f"{'they reach' if len(other) > 1 else 'it reaches'} is not for the same effort."
    )


def _listed(names: list[str]) -> str:
    """Return names that may hold commas as a phrase."""
    if len(names) == 1:
        return names[0]
    apart = "; " if any("," in name for name in names) else ", "
    return f"{apart.join(names[:-1])} and {names[-1]}"


def _times(ratio: float) -> str:
    return f"{ratio:.1f} times" if ratio < _MANY else f"{ratio:,.0f} times"


def decimal(value: float) -> str:
    """Return a mean of counts: with one decimal where it is small and not whole.

    Examples
    --------
    >>> decimal(7.0), decimal(4.61), decimal(6.97), decimal(388.3)
    ('7', '4.6', '7', '388')
    """
    whole = value >= _LARGE or abs(value - round(value)) < 0.05
    return number(value, 0 if whole else 1)
