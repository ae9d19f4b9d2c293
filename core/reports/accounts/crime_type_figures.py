"""Figures of the crime type page: minutes per officer, planned and delivered, and shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from evenbeat.core.reports.accounts.crime_type_words import type_label
from evenbeat.core.reports.figures import (
    ACCENT,
    INK,
    MUTED,
    TYPE_COLOURS,
    figure_style,
    figure_svg,
    new_figure,
)
from evenbeat.core.reports.page import number, percent

if TYPE_CHECKING:
    from markupsafe import Markup

_WIDTH = 4.7
SHARES = {
    "delivered_minutes": ("dose", ACCENT, "#ffffff"),
    "severity_expected": ("forecast severity", "#6fa0cc", "#6fa0cc"),
    "severity": ("reported severity", "#c3d4e6", "#c3d4e6"),
    "incidents": ("reported incidents", "#ffffff", MUTED),
}
"""What each share is called, its colour and its edge; from dark to light, so grey print tells."""


def spread_figure(types: Sequence[dict[str, Any]], *, name: str) -> Markup | None:
    """Draw the minutes in boxes per officer and shift: average, median and spread of each type.

    Parameters
    ----------
    types
        Facts of each type. One without a box in any shift has no row.
    name
        Unique on the page.
    """
    told = [row for row in types if row["per_officer"] is not None]
    if not told:
        return None
    with figure_style():
        figure = new_figure(_WIDTH, 0.36 * len(told) + 0.7)
        panel = _rows_panel(figure, [type_label(row["crime_type"]) for row in told])
        for place, row in enumerate(told):
            spread, colour = row["per_officer"], _colour(row)
            panel.hlines(place, spread["tenth_low"], spread["tenth_high"], color=colour,
                         linewidth=1.3)  # fmt: skip
            panel.hlines(place, spread["quarter_low"], spread["quarter_high"], color=colour,
                         linewidth=8)  # fmt: skip
            panel.plot([spread["median"]], [place], "|", color="white", markersize=8,
                       markeredgewidth=2)  # fmt: skip
            panel.plot([spread["mean"]], [place], "D", color="white", markeredgecolor=INK,
                       markeredgewidth=1.2, markersize=5, zorder=4)  # fmt: skip
        panel.set_xlabel("minutes in boxes per officer and shift")
        panel.set_xlim(0, max(*(_reach(row["per_officer"]) for row in told), 1.0) * 1.05)
    alt = "Minutes in boxes per officer and shift. " + "; ".join(
        f"{type_label(row['crime_type'])} average {number(row['per_officer']['mean'], 1)}, median"
        f" {number(row['per_officer']['median'], 1)}"
        for row in told
    )
    return figure_svg(figure, name=name, alt=alt)


def _reach(spread: dict[str, Any]) -> float:
    return max(float(spread["tenth_high"]), float(spread["mean"]))


def delivery_figure(types: Sequence[dict[str, Any]], *, name: str) -> Markup | None:
    """Draw the delivered minutes of each type as a bar, and what was planned as an upright line.

    Parameters
    ----------
    types
        Facts of each type; one without planned or delivered minutes has no row.
    name
        Unique on the page.
    """
    told = [row for row in types if row["planned_minutes"] > 0 or row["delivered_minutes"] > 0]
    if not told:
        return None
    with figure_style():
        figure = new_figure(_WIDTH, 0.36 * len(told) + 0.7)
        panel = _rows_panel(figure, [type_label(row["crime_type"]) for row in told])
        for place, row in enumerate(told):
            panel.barh(place, row["delivered_minutes"] / 60, height=0.5, color=_colour(row))
            planned = row["planned_minutes"] / 60
            panel.vlines(planned, place - 0.36, place + 0.36, color=INK, linewidth=2)
        panel.set_xlabel("hours; upright line: planned")
        panel.set_xlim(0)
    alt = "Planned and delivered hours in boxes. " + "; ".join(
        f"{type_label(row['crime_type'])} {number(row['delivered_minutes'] / 60)} of"
        f" {number(row['planned_minutes'] / 60)}"
        for row in told
    )
    return figure_svg(figure, name=name, alt=alt)


def shares_figure(types: Sequence[dict[str, Any]], *, name: str) -> Markup | None:
    """Draw each type's share of the dose, of the forecast severity and of reported crime.

    Parameters
    ----------
    types
        Facts of each type.
    name
        Unique on the page.
    """
    drawn = [key for key in SHARES if any(row["shares"][key] is not None for row in types)]
    if not drawn:
        return None
    height = 0.8 / len(drawn)
    with figure_style():
        figure = new_figure(_WIDTH, (0.14 * len(drawn) + 0.13) * len(types) + 0.7)
        panel = _rows_panel(figure, [type_label(row["crime_type"]) for row in types])
        for position, key in enumerate(drawn):
            label, colour, edge = SHARES[key]
            offset = (position - (len(drawn) - 1) / 2) * height
            values = [100 * (row["shares"][key] or 0.0) for row in types]
            places = [place + offset for place in range(len(types))]
            panel.barh(places, values, height=0.86 * height, color=colour, edgecolor=edge,
                       linewidth=0.7, label=label)  # fmt: skip
            for place, value, row in zip(places, values, types, strict=True):
                panel.annotate(percent(row["shares"][key], 0), (value, place), (3, 0),
                               textcoords="offset points", va="center", fontsize=7.5,
                               color=INK)  # fmt: skip
        panel.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")
        panel.margins(x=0.12)
        panel.set_xlim(0)
        figure.legend(loc="outside upper left", ncols=2, fontsize=8, columnspacing=1.4)
    alt = "Shares by crime type. " + "; ".join(
        f"{type_label(row['crime_type'])} "
        + ", ".join(f"{percent(row['shares'][key], 0)} of {SHARES[key][0]}" for key in drawn)
        for row in types
    )
    return figure_svg(figure, name=name, alt=alt)


def _colour(row: dict[str, Any]) -> str:
    return TYPE_COLOURS.get(row["crime_type"], MUTED)


def _rows_panel(figure: Any, labels: Sequence[str]) -> Any:
    """Return a panel with one row for each label, the first on top."""
    panel = figure.subplots()
    panel.grid(visible=False)
    panel.grid(visible=True, axis="x")
    panel.set_yticks(range(len(labels)), labels)
    panel.tick_params(axis="y", labelsize=9, labelcolor=INK)
    panel.set_ylim(len(labels) - 0.45, -0.55)
    panel.spines["left"].set_visible(False)
    panel.xaxis.set_major_locator(_locator())
    return panel


def _locator() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(6)
