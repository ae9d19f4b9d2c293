"""Figures of crime and dosage over time: weeks in two panels, the pre-trend, the rings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.reports import wording
from evenbeat.core.reports.accounts.crime_dosage_words import group_label, signed, signed_measure
from evenbeat.core.reports.figures import (
    ACCENT,
    INK,
    MUTED,
    WARN,
    figure_style,
    figure_svg,
    new_figure,
)
from evenbeat.core.reports.page import number

if TYPE_CHECKING:
    from markupsafe import Markup

_WIDTH = 4.7
_MOST_TICKS = 6
_RINGS_INCHES, _NAMES_INCHES = 2.4, 2.1
_LOOKS: dict[str, dict[str, Any]] = {
    "assigned": {"color": ACCENT, "marker": "o", "linewidth": 1.9, "markersize": 4.5},
    "held_out": {"color": WARN, "marker": "s", "linewidth": 1.5, "markersize": 4,
                 "markerfacecolor": "white", "linestyle": (0, (4, 2))},
}  # fmt: skip
_PANELS = (
    ("incidents_per_1000_box_shifts", "reported incidents in 1,000 box-shifts"),
    ("minutes_per_box_shift", "minutes of presence in a box-shift"),
)
_RING_SHADES = ("#2b6aa6", "#9dbbd9", "#cfdcea", "#e6edf4")


def weekly_figure(weeks: Sequence[Mapping[str, Any]], *, name: str) -> Markup | None:
    """Draw crime above dosage by week, assigned boxes against hold-outs.

    A week without box-shifts, or that is missing, leaves a gap in its line.

    Parameters
    ----------
    weeks
        Rows as `crime_dosage_facts` gives them.
    name
        Unique on the page.
    """
    held = [row for row in weeks if row["group"] in _LOOKS and row["box_shifts"] > 0]
    if not held:
        return None
    days = _mondays([row["week"] for row in held])
    groups = [group for group in _LOOKS if any(row["group"] == group for row in held)]
    with figure_style():
        figure = new_figure(_WIDTH, 4.0)
        panels = figure.subplots(2, 1, sharex=True)
        for panel, (column, title) in zip(panels, _PANELS, strict=True):
            for group in groups:
                values = {
                    row["week"]: row[column] for row in held
                    if row["group"] == group and row[column] is not None
                }  # fmt: skip
                line = [values.get(day.isoformat(), np.nan) for day in days]
                panel.plot(range(len(days)), line, clip_on=False, **_LOOKS[group],
                           label=group_label(group))  # fmt: skip
            panel.set_title(title)
            panel.set_ylim(0, max(panel.get_ylim()[1], 1e-9))
        _date_ticks(panels[1], days)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper right", ncols=2, fontsize=8.5,
                      handlelength=2.6)  # fmt: skip
    return figure_svg(figure, name=name, alt=_weekly_alt(held, groups, days))


def _weekly_alt(held: Sequence[Mapping[str, Any]], groups: Sequence[str], days: Any) -> str:
    told = []
    for group in groups:
        for column, title in _PANELS:
            values = [
                row[column] for row in held if row["group"] == group and row[column] is not None
            ]
            if values:
                told.append(
                    f"{group_label(group)}, {title}: from {number(min(values), 1)} to"
                    f" {number(max(values), 1)}"
                )
    return f"By week from {wording.day(days[0])} to {wording.day(days[-1])}. " + "; ".join(told)


def _mondays(weeks: Sequence[str]) -> list[dt.date]:
    """Return every Monday from the first to the last week."""
    first, last = (dt.date.fromisoformat(end) for end in (min(weeks), max(weeks)))
    return [first + dt.timedelta(days=step) for step in range(0, (last - first).days + 1, 7)]


def _date_ticks(panel: Any, days: Sequence[dt.date]) -> None:
    every = max(1, -(-len(days) // _MOST_TICKS))
    shown = range(0, len(days), every)
    years = len({day.year for day in days}) > 1
    panel.set_xticks(
        list(shown), [wording.day(days[at], weekday=False, year=years) for at in shown]
    )
    panel.set_xlim(-0.4, len(days) - 0.6)
    panel.set_xlabel("week from Monday")


def pre_trend_figure(estimate: Mapping[str, Any], *, name: str) -> Markup | None:
    """Draw the difference of both groups in each week before patrol, with its interval.

    Parameters
    ----------
    estimate
        As `crime_dosage_facts` gives it.
    name
        Unique on the page.
    """
    rows = [row for row in estimate["pre_trend"] if row["difference"] is not None]
    if not rows:
        return None
    with figure_style():
        figure = new_figure(_WIDTH, 2.5)
        panel = figure.subplots()
        panel.axhline(0, color=INK, linewidth=1.0)
        for place, row in enumerate(rows):
            if row["low"] is not None and row["high"] is not None:
                panel.vlines(place, row["low"], row["high"], color=MUTED, linewidth=1.8)
        panel.plot(range(len(rows)), [row["difference"] for row in rows], "o", color=INK,
                   markersize=5, markerfacecolor="white", markeredgewidth=1.4)  # fmt: skip
        every = max(1, -(-len(rows) // _MOST_TICKS))
        shown = range(0, len(rows), every)
        panel.set_xticks(list(shown), [_week_label(rows[at]["week"]) for at in shown])
        panel.set_xlim(-0.6, len(rows) - 0.4)
        panel.set_ylabel("log of treated over control")
        panel.set_xlabel("weeks before patrol")
    alt = "Difference of treated and control before patrol, by week: " + "; ".join(
        f"{_week_label(row['week'])} {signed_measure(row['difference'])}" for row in rows
    )
    return figure_svg(figure, name=name, alt=alt)


def _week_label(week: str) -> str:
    """Return a date as day and month; a count of weeks stays as it is."""
    try:
        return wording.day(dt.date.fromisoformat(week), weekday=False, year=False)
    except ValueError:
        return week.replace("-", "\N{MINUS SIGN}")


def rings_figure(rows: Sequence[Mapping[str, Any]], *, name: str) -> Markup | None:
    """Draw the box and the rings around it, each with its net change against its control.

    Not to scale: it says what lies where.

    Parameters
    ----------
    rows
        Of the displacement as `crime_dosage_facts` gives it, the box first, then outward.
    name
        Unique on the page.
    """
    if not rows:
        return None
    most = len(rows) - 0.5
    units = (2 * most + 0.2) / _RINGS_INCHES
    with figure_style():
        figure = new_figure(_RINGS_INCHES + _NAMES_INCHES, _RINGS_INCHES)
        panel = figure.subplots()
        panel.set_axis_off()
        for step in reversed(range(len(rows))):
            panel.add_patch(_ring(step))
        for step, row in enumerate(rows):
            across, level = 0.6 * step, 0.85 * step
            panel.plot([across, most + 0.2 * units], [level, level], color=INK, linewidth=0.8)
            panel.plot([across], [level], "o", color=INK, markersize=3)
            panel.text(most + 0.27 * units, level, f"{row['ring']}: net {signed(row['net'], 0)}",
                       va="center", fontsize=9.5, color=INK)  # fmt: skip
        panel.set_xlim(-most - 0.1, most + 0.1 + _NAMES_INCHES * units)
        panel.set_ylim(-most - 0.1, most + 0.1)
        panel.set_aspect("equal")
    alt = "The box and the rings around it, net change in incidents against controls: " + "; ".join(
        f"{row['ring']} {signed(row['net'], 0)}" for row in rows
    )
    return figure_svg(figure, name=name, alt=alt)


def _ring(step: int) -> Any:
    """Return the box, or the outer edge of a ring around it, as a square with round corners."""
    from matplotlib.patches import FancyBboxPatch

    reach, rounding = step + 0.5, max(0.5 * step, 1e-6)
    side = 2 * (reach - rounding)
    return FancyBboxPatch(
        (rounding - reach, rounding - reach), side, side,
        boxstyle=f"round,pad={rounding},rounding_size={rounding}",
        facecolor=_RING_SHADES[min(step, len(_RING_SHADES) - 1)], edgecolor="white",
        linewidth=1.6,
    )  # fmt: skip
