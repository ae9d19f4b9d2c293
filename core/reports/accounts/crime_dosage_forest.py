"""The forest plot: every estimate as a ratio of rates with its interval and its grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.reports.accounts.crime_dosage_words import (
    change,
    outcome_label,
    short_design,
)
from evenbeat.core.reports.figures import (
    ACCENT,
    INK,
    MUTED,
    RULE,
    WARN,
    figure_style,
    figure_svg,
    new_figure,
)

if TYPE_CHECKING:
    from markupsafe import Markup

_WIDTH = 4.7
_TICKS = (
    (0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0),
    (0.35, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0),
    (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
)
"""From a narrow axis to a wide one: the first that reaches far enough is used."""
_WIDEST, _NARROWEST = 10.0, 1.5
_MARKS = {"A": "o", "B": "s", "C": "D"}
_LINES = {"A": "-", "B": "-", "C": (0, (3, 2))}
_VERDICTS = {"reduced": ACCENT, "increased": WARN, "cannot tell": MUTED}
_MOST_LETTERS = 45
_PLATE = {"facecolor": "white", "linewidth": 0, "pad": 1.0}


def forest_figure(estimates: Sequence[Mapping[str, Any]], *, name: str) -> Markup | None:
    """Draw each estimate around the line of no difference, on a logarithmic axis.

    A triangle marks the minimum detectable effect as a fall; an arrowhead, an interval that goes
    on beyond the axis. A description (grade C) is grey and dashed whatever it says.

    Parameters
    ----------
    estimates
        As `crime_dosage_facts` gives them; those without a ratio have no row.
    name
        Unique on the page.
    """
    told = [one for one in estimates if one["ratio"]]
    if not told:
        return None
    most = _reach(told)
    with figure_style():
        figure = new_figure(_WIDTH, 0.62 * len(told) + 0.65)
        panel = figure.subplots()
        panel.set_xscale("log")
        panel.set_xlim(1 / most, most)
        panel.set_ylim(len(told) - 0.42, -0.72)
        panel.grid(visible=False)
        panel.axvline(1.0, color=INK, linewidth=1.0)
        for place, one in enumerate(told):
            _draw_row(panel, place, one, most)
        _name_axis(panel, most)
    alt = "Ratio of rates, treated to control, as a change. " + "; ".join(
        f"grade {one['grade']}, {_title(one)}: {_numbers(one)}, {one['verdict']}" for one in told
    )
    return figure_svg(figure, name=name, alt=alt)


def _reach(told: Sequence[Mapping[str, Any]]) -> float:
    """Return the upper end of the axis; the lower one is its inverse."""
    ends = [
        max(value, 1 / value)
        for one in told
        for value in (one["ratio"], one["ratio_low"], one["ratio_high"], _detectable(one))
        if value
    ]
    # One wide interval must not squeeze the others, but every estimate is to be seen.
    usual = max(float(np.median(ends)) ** 2, *(max(one["ratio"], 1 / one["ratio"]) for one in told))
    return float(np.clip(1.15 * min(max(ends), usual), _NARROWEST, _WIDEST))


def _detectable(one: Mapping[str, Any]) -> float | None:
    """Return the ratio of the smallest fall that could be seen; None where there is none."""
    percent = one["minimum_detectable_percent"]
    if percent is None or not 0 < abs(percent) < 100:
        return None
    return 1 - float(abs(percent)) / 100


def _draw_row(panel: Any, place: int, one: Mapping[str, Any], most: float) -> None:
    colour = MUTED if one["grade"] == "C" else _VERDICTS[one["verdict"]]
    if place:
        panel.axhline(place - 0.7, color=RULE, linewidth=0.7)
    _draw_interval(panel, place, one, most, colour)
    middle = one["ratio"]
    if 1 / most <= middle <= most:
        panel.plot([middle], [place], _MARKS[one["grade"]], color=colour, markersize=7,
                   markerfacecolor="white" if one["verdict"] == "cannot tell" else colour,
                   markeredgewidth=1.6, zorder=4)  # fmt: skip
    smallest = _detectable(one)
    if smallest is not None and smallest >= 1 / most:
        panel.plot([smallest], [place + 0.16], "^", color=INK, markersize=5.5, zorder=3)
    panel.annotate(one["grade"], (0, place - 0.4), xycoords=("axes fraction", "data"),
                   fontsize=9.5, fontweight="bold", va="center", color=INK)  # fmt: skip
    panel.annotate(_title(one), (0.04, place - 0.4), xycoords=("axes fraction", "data"),
                   fontsize=8.2, va="center", color=INK, bbox=_PLATE)  # fmt: skip
    panel.annotate(_numbers(one), (1, place - 0.4), xycoords=("axes fraction", "data"),
                   fontsize=8.2, va="center", ha="right", color=INK)  # fmt: skip


def _draw_interval(
    panel: Any, place: int, one: Mapping[str, Any], most: float, colour: str
) -> None:
    low, high = one["ratio_low"], one["ratio_high"]
    if low is None:
        return
    high = np.inf if high is None else high
    panel.plot([max(low, 1 / most), min(high, most)], [place, place], color=colour, linewidth=2.2,
               linestyle=_LINES[one["grade"]], zorder=2)  # fmt: skip
    for off, at, arrow in ((low < 1 / most, 1 / most, "<"), (high > most, most, ">")):
        if off:
            panel.plot([at], [place], arrow, color=colour, markersize=7, clip_on=False)


def _title(one: Mapping[str, Any]) -> str:
    """Return outcome and kind of design, cut where they would run into the numbers."""
    design = short_design(one["design"])
    text = ", ".join(filter(None, (outcome_label(one["outcome"]), design)))
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1].rstrip()}…"


def _numbers(one: Mapping[str, Any]) -> str:
    if one["ratio_low"] is None:
        return change(one["ratio"])
    high = "any" if one["ratio_high"] is None else change(one["ratio_high"])
    return f"{change(one['ratio'])} ({change(one['ratio_low'])} to {high})"


def _name_axis(panel: Any, most: float) -> None:
    from matplotlib.ticker import NullLocator

    wide = next((ticks for ticks in _TICKS if ticks[-1] * 1.3 >= most), _TICKS[-1])
    ticks = [tick for tick in wide if 1 / most <= tick <= most]
    panel.set_xticks(ticks, [change(tick) for tick in ticks])
    panel.xaxis.set_minor_locator(NullLocator())
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    panel.set_xlabel("←  fewer    treated against control    more  →")
