"""Words of the crime and dosage page: one plain sentence, and what would be needed to say more."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from evenbeat.core.reports.accounts.crime_dosage_facts import has_interval
from evenbeat.core.reports.backtest_words import measure
from evenbeat.core.reports.page import number, words

CANNOT_TELL = "cannot tell"
GRADE_MEANINGS = {
    "A": "randomised: against hold-outs drawn by lot; the interval is by randomisation inference",
    "B": "quasi-experimental: matched difference in differences, with the pre-trend shown",
    "C": "descriptive: confounded, as patrol goes where crime is expected; no proof of an effect",
}
_WANTED_PERCENT = 20.0
"""A fall that a department would want to see; the page says what it would take to see it."""
_MINUS, _TIED = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"


def plain_answer(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first sentence of the page with its verdict, grade and interval.

    A description (grade C) never gives a verdict: the page then cannot tell. Neither does an
    estimate without an interval.

    Parameters
    ----------
    facts
        As `crime_dosage_facts` gives them.

    Returns
    -------
    ``verdict``, ``sentence``, ``grade`` (empty without an estimate), ``meaning`` and ``interval``.
    """
    best = facts["best"]
    if best is None:
        return {
            "verdict": CANNOT_TELL, "grade": "", "meaning": "", "interval": "",
            "sentence": "Cannot tell: no effect of patrol could be estimated for this period.",
        }  # fmt: skip
    sure = best["grade"] != "C" and has_interval(best)
    verdict = best["verdict"] if sure else CANNOT_TELL
    sentence = best["sentence"] or _own_sentence(best, verdict)
    if not sentence.lower().startswith(CANNOT_TELL) and verdict == CANNOT_TELL:
        sentence = f"Cannot tell. {sentence}"
    return {
        "verdict": verdict, "sentence": sentence.replace(" %", f"{_TIED}%"),
        "grade": best["grade"],
        "meaning": GRADE_MEANINGS[best["grade"]], "interval": interval_text(best),
    }  # fmt: skip


def _own_sentence(estimate: Mapping[str, Any], verdict: str) -> str:
    what = outcome_label(estimate["outcome"])
    if verdict == CANNOT_TELL:
        return f"Cannot tell whether patrol changed {what}."
    return f"Patrol {verdict} {what}."


def outcome_label(outcome: str) -> str:
    """Return the name of an outcome for people.

    Examples
    --------
    >>> outcome_label("motor_vehicle_theft"), outcome_label("")
    ('motor vehicle theft', 'reported crime')
    """
    return words(outcome) or "reported crime"


def short_design(design: str) -> str:
    """Return what kind of comparison a design is, without its explanation.

    Examples
    --------
    >>> short_design("randomised: boxes drawn by lot against boxes held out by lot")
    'randomised'
    """
    return words(design.split(":", maxsplit=1)[0])


def change(ratio: float | None) -> str:
    r"""Return a ratio of rates as a change in percent.

    Examples
    --------
    >>> [change(ratio).replace("\xa0", " ") for ratio in (0.88, 1.0, 1.26, 0.0, 4.5, None)]
    ['−12 %', '0 %', '+26 %', '−100 %', '+350 %', '–']
    """
    if ratio is None:
        return number(None)
    text = f"{abs(100 * (ratio - 1)):,.0f}"
    sign = "" if text == "0" else "+" if ratio > 1 else _MINUS
    return f"{sign}{text}{_TIED}%"


def signed(value: float | None, digits: int = 1) -> str:
    """Return a number with its sign.

    Examples
    --------
    >>> signed(-3.25), signed(0.04), signed(12.0, 0), signed(None)
    ('−3.2', '0.0', '+12', '–')
    """
    if value is None:
        return number(None)
    text = f"{abs(value):,.{digits}f}"
    zero = not float(text.replace(",", ""))
    return text if zero else f"{'+' if value > 0 else _MINUS}{text}"


def interval_text(estimate: Mapping[str, Any]) -> str:
    """Return the change with its interval in words; empty where neither is known.

    Parameters
    ----------
    estimate
        As `crime_dosage_facts` gives it.
    """
    middle, low, high = (estimate[f"ratio{end}"] for end in ("", "_low", "_high"))
    if middle is not None:
        top = "any number more" if high is None else change(high)
        known = "" if low is None else f"{change(low)} to {top}"
        return _with_interval(change(middle), known)
    middle, low, high = (estimate[f"difference{end}"] for end in ("", "_low", "_high"))
    if middle is None:
        return ""
    known = (
        "" if low is None or high is None else f"{signed_measure(low)} to {signed_measure(high)}"
    )
    return _with_interval(f"difference {signed_measure(middle)}", known)


def _with_interval(middle: str, known: str) -> str:
    if not known:
        return f"{middle}, without an interval"
    return f"{middle} (95{_TIED}% interval {known})"


def signed_measure(value: float | None) -> str:
    """Return a number with its sign, to two significant digits.

    Examples
    --------
    >>> signed_measure(0.00512), signed_measure(-1.26), signed_measure(0.0), signed_measure(None)
    ('+0.0051', '−1.3', '0', '–')
    """
    sign = "+" if value is not None and value > 0 else ""
    return sign + measure(value, 2)


def detectable(estimate: Mapping[str, Any], *, weeks: int) -> str:
    """Return the minimum detectable effect in words, and what a finer one would take.

    Parameters
    ----------
    estimate
        As `crime_dosage_facts` gives it.
    weeks
        Weeks behind it.

    Notes
    -----
    The width of an interval on the log scale falls with the square root of the counts, so a fall
    of q in place of p takes about (log(1 - p) / log(1 - q)) squared times as many box-shifts.
    """
    percent = estimate["minimum_detectable_percent"]
    if percent is None and not has_interval(estimate):
        return "It is not known: there are too few numbers to work it out."
    if percent is None or abs(percent) >= 100:
        return (
            "With these numbers not even the end of all incidents would be seen in four of five"
            " such trials. Many more weeks or boxes are needed."
        )
    percent = abs(percent)
    text = (
        f"With these numbers, a fall of {percent:.0f}{_TIED}% or more would be seen in four of five"
        " such trials (80\N{NO-BREAK SPACE}% power). A smaller one can be there and not be seen."
    )
    if estimate["grade"] == "C":
        return (
            f"{text} More weeks will not mend a description: it takes hold-outs or a matched"
            " comparison."
        )
    if percent <= _WANTED_PERCENT:
        return text
    times = (math.log1p(-percent / 100) / math.log1p(-_WANTED_PERCENT / 100)) ** 2
    pace = f", or {times * weeks:,.0f} weeks at the pace of these {weeks}" if weeks > 1 else ""
    return (
        f"{text} To see a fall of {_WANTED_PERCENT:.0f}{_TIED}%, about {_times(times)} as many"
        f" box-shifts would be needed{pace}."
    )


def _times(times: float) -> str:
    return f"{times:.1f} times" if times < 10 else f"{times:,.0f} times"


def p_text(p: float | None) -> str:
    """Return a p-value for people.

    Examples
    --------
    >>> p_text(0.2345), p_text(0.00002), p_text(None)
    ('p = 0.23', 'p < 0.001', 'p –')
    """
    if p is None:
        return "p –"
    return "p < 0.001" if p < 0.001 else f"p = {p:.{3 if p < 0.0995 else 2}f}"


def group_label(group: str) -> str:
    """Return the name of a group of box-shifts.

    Examples
    --------
    >>> group_label("held_out")
    'held out'
    """
    return words(group)
