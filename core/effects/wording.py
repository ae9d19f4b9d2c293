"""Sentences of estimates: plain words that say no more than the grade gives."""

from __future__ import annotations

import math

from evenbeat.core.effects.estimate import Verdict

_NO_CAUSE = (
    "The boxes that were visited were chosen because they differ from others, so this is a "
    "description and not an effect of patrol."
)


def change_of(ratio: float) -> str:
    """Return a ratio as a change in percent.

    Examples
    --------
    >>> change_of(0.7), change_of(1.25), change_of(0.999), change_of(float("inf"))
    ('30 % fewer', '25 % more', '0 % fewer', 'any number more')
    """
    if math.isinf(ratio):
        return "any number more"
    percent = round(abs(ratio - 1.0) * 100.0)
    return f"{percent} % {'more' if ratio > 1.0 else 'fewer'}"


def number_of(count: float) -> str:
    """Return a count with thousands separated, with one decimal where it is no whole number.

    Examples
    --------
    >>> number_of(1234.0), number_of(2.25)
    ('1,234', '2.2')
    """
    whole = abs(count - round(count)) < 1e-6
    return f"{count:,.0f}" if whole else f"{count:,.1f}"


def detectable(percent: float) -> str:
    """Return what so few incidents would have shown.

    Examples
    --------
    >>> detectable(57.6)
    'only a reduction of 58 % or more would reliably have been seen'
    """
    if math.isnan(percent):
        return "not even the end of all incidents would reliably have been seen"
    return f"only a reduction of {math.ceil(percent)} % or more would reliably have been seen"


def sentence_by_lot(
    verdict: Verdict, *, limits: tuple[float, float, float], treated: tuple[float, int],
    control: tuple[float, int], outcome: str, controls: str, percent: float,
) -> str:  # fmt: skip
    """Return the sentence of grade A.

    Parameters
    ----------
    verdict
        The answer.
    limits
        Ratio and its limits.
    treated, control
        Events and box-shifts.
    outcome, controls
        What is counted, and what the boxes without patrol are called.
    percent
        Minimum detectable reduction.
    """
    seen = (
        f"the boxes drawn for patrol had {number_of(treated[0])} {outcome} in {treated[1]:,} "
        f"box-shifts and the {controls} {number_of(control[0])} in {control[1]:,}"
    )
    if verdict == "cannot tell":
        return f"Cannot tell: {seen}; with so few, {detectable(percent)}."
    return f"{verdict.capitalize()}: {seen}; given the chances of the lottery, {between(*limits)}."


def between(ratio: float, low: float, high: float) -> str:
    """Return an estimated change with its interval.

    Examples
    --------
    >>> between(0.7, 0.5, 0.9)
    'that is 30 % fewer (from 50 % fewer to 10 % fewer)'
    """
    return f"that is {change_of(ratio)} (from {change_of(low)} to {change_of(high)})"


def sentence_by_difference(
    verdict: Verdict, *, limits: tuple[float, float, float], treated: tuple[float, float],
    control: tuple[float, float], outcome: str, percent: float, diverged: bool,
) -> str:  # fmt: skip
    """Return the sentence of grade B: treated and control are events before and after."""
    seen = (
        f"the visited boxes went from {number_of(treated[0])} to {number_of(treated[1])} "
        f"{outcome}, the matched boxes from {number_of(control[0])} to {number_of(control[1])}"
    )
    if diverged:
        return f"Cannot tell: {seen}; but they had already moved apart before."
    if verdict == "cannot tell":
        return f"Cannot tell: {seen}; with so few, {detectable(percent)}."
    return (
        f"{verdict.capitalize()}, if both would have moved alike without patrol, which no lottery "
        f"ensures: {seen}; {between(*limits)}."
    )


def sentence_of_description(
    verdict: Verdict, *, limits: tuple[float, float, float], outcome: str, names: tuple[str, str]
) -> str:
    """Return the sentence of grade C, which never speaks of an effect."""
    if verdict == "cannot tell":
        return (
            f"Cannot tell: {names[0]} and {names[1]} had rates of {outcome} alike within chance. "
            + _NO_CAUSE
        )
    side = "fewer" if verdict == "reduced" else "more"
    return (
        f"Cannot tell what patrol did: {names[0]} had {side} {outcome} for their time than "
        f"{names[1]}; {between(*limits)}. {_NO_CAUSE}"
    )
