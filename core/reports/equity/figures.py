"""Figures of the equity page: the Lorenz curves, and rates by fifth with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.reports.figures import (
    ACCENT,
    INK,
    MUTED,
    WARN,
    figure_style,
    figure_svg,
    new_figure,
)
from evenbeat.core.reports.page import number, percent

if TYPE_CHECKING:
    from markupsafe import Markup

FIFTHS = ("#cfdcea", "#9dbbd9", "#5f93c4", "#2b6aa6", "#0f4680")
"""From the lowest share to the highest: lightness falls evenly, so grey print tells."""
_CURVES = {
    "delivered": ("patrol minutes, delivered", ACCENT, "-", 2.2),
    "planned": ("planned minutes", "#6fa0cc", (0, (5, 2)), 1.8),
    "harm": ("reported crime, by severity", WARN, (0, (1.5, 1.5)), 1.8),
}


def lorenz_figure(curves: dict[str, Any], *, name: str) -> Markup | None:
    """Draw the Lorenz curves of minutes and of reported crime over residents.

    Parameters
    ----------
    curves
        ``delivered``, ``planned`` and ``harm`` with ``residents, amount, gini``; empty ones are
        not drawn.
    name
        Unique on the page.
    """
    drawn = [key for key in _CURVES if len(curves[key]["amount"])]
    if not drawn:
        return None
    with figure_style():
        figure = new_figure(4.7, 4.9)
        panel = figure.subplots()
        panel.grid(visible=True, axis="both")
        panel.plot([0, 100], [0, 100], color=MUTED, linewidth=1)
        panel.annotate("the same for everybody", (52, 52), rotation=45, rotation_mode="anchor",
                       xytext=(0, 4), textcoords="offset points", ha="center", color=MUTED,
                       fontsize=8)  # fmt: skip
        for key in drawn:
            label, colour, style, width = _CURVES[key]
            panel.plot(
                100 * np.asarray(curves[key]["residents"]),
                100 * np.asarray(curves[key]["amount"]), color=colour, linestyle=style,
                linewidth=width, label=f"{label}: Gini {curves[key]['gini']:.2f}",
            )  # fmt: skip
        panel.set(xlim=(0, 100), ylim=(0, 100), aspect="equal",
                  xlabel="residents, from those with least to those with most",
                  ylabel="what they have of all, together")  # fmt: skip
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:g} %")
        panel.legend(loc="upper left", fontsize=8)
    alt = "Lorenz curves over residents. " + "; ".join(
        f"{_CURVES[key][0]}: Gini {curves[key]['gini']:.2f}, the half with least has "
        f"{percent(float(np.interp(0.5, curves[key]['residents'], curves[key]['amount'])), 0)}"
        for key in drawn
    )
    return figure_svg(figure, name=name, alt=alt)


def fifths_figure(
    rows: Sequence[dict[str, Any]], measure: str, *, title: str, share: str, name: str
) -> Markup | None:
    """Draw a rate by fifth of a share as bars with their intervals.

    Parameters
    ----------
    rows
        Facts of the five fifths, from the lowest share to the highest.
    measure
        Key of the rate. Where no fifth has it, nothing is drawn.
    title
        What stands above the bars.
    share
        What the share is of.
    name
        Unique on the page.
    """
    if not any(row[measure] for row in rows):
        return None
    with figure_style():
        figure = new_figure(4.6, 2.7)
        panel = figure.subplots()
        _bars(panel, [row[measure] for row in rows], [_fifth_label(row) for row in rows])
        panel.set_title(title)
        panel.set_xlabel(f"residents by the share of {share} in their area", fontsize=8)
    alt = f"{title}, by fifth of the share of {share}: " + ", ".join(
        _spoken(row["name"], row[measure]) for row in rows
    )
    return figure_svg(figure, name=name, alt=alt)


def _fifth_label(row: dict[str, Any]) -> str:
    if not row["areas"]:
        return "no area"
    low, high = (f"{100 * row[key]:.0f}" for key in ("share_low", "share_high"))
    return f"{low} %" if low == high else f"{low}–{high} %"


def _bars(panel: Any, found: Sequence[dict[str, float] | None], labels: Sequence[str]) -> None:
    top = 0.0
    for place, one in enumerate(found):
        if one is None or not np.isfinite(one["estimate"]):
            panel.annotate("not told", (place, 0), (0, 3), textcoords="offset points",
                           ha="center", fontsize=7.5, color=MUTED)  # fmt: skip
            continue
        value, low, high = one["estimate"], one["low"], one["high"]
        panel.bar(place, value, width=0.72, color=FIFTHS[place], edgecolor=MUTED, linewidth=0.5)
        reach, whiskers = value, False
        if np.isfinite(low) and np.isfinite(high):
            panel.errorbar(place, value, [[max(value - low, 0)], [max(high - value, 0)]],
                           color=INK, linewidth=1.4, capsize=4)  # fmt: skip
            reach, whiskers = high, True
        # Beside the line of the interval, so that nobody takes its end for the rate.
        panel.annotate(_short(value), (place, value), (7 if whiskers else 0, 2), fontsize=8,
                       textcoords="offset points", ha="left" if whiskers else "center",
                       color=INK)  # fmt: skip
        top = max(top, reach)
    panel.set_xticks(range(len(labels)), labels)
    panel.set_ylim(0, 1.15 * top or 1.0)
    panel.set_xlim(-0.6, len(labels) - 0.4)


def _short(value: float) -> str:
    return number(value, 0 if value >= 100 else 1 if value >= 10 else 2)


def _spoken(name: str, one: dict[str, float] | None) -> str:
    return f"{name} {_short(one['estimate'])}" if one is not None else f"{name} not told"
