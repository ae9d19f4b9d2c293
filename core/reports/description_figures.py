"""The figures of the description."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from evenbeat.core.reports.description_facts import BY_CHANCE, WINDOW_CLASSES
from evenbeat.core.reports.figures import (
    ACCENT,
    DENSITY_COLOURS,
    INK,
    MUTED,
    RULE,
    TYPE_COLOURS,
    WARN,
    figure_style,
    figure_svg,
    new_figure,
)
from evenbeat.core.reports.page import number, percent, words

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from markupsafe import Markup
    from pandas import DataFrame

_PANELS = 3
_MAP_CELLS = 180
_CLASS_QUANTILES = (0.5, 0.75, 0.9, 0.97, 0.995)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WINDOW_COLOURS = ("#0b5d8f", "#4f8fbf", "#9dbbd9", "#cfdcea", "#b3470b")


def months_figure(facts: dict[str, Any]) -> Markup:
    """Draw the incidents of each month, one panel a crime type, each with its own scale."""
    counts = facts["counts_by_month"]
    rows = -(-len(counts) // _PANELS)
    alt = "Incidents by month. " + "; ".join(
        f"{words(name)}: {number(sum(months.values()))}, between {number(min(months.values()))} and"
        f" {number(max(months.values()))} a month"
        for name, months in counts.items()
    )
    with figure_style():
        figure = new_figure(9.6, 1.45 * rows + 0.15)
        panels = figure.subplots(rows, _PANELS, squeeze=False, sharex=True).ravel()
        for panel, (name, months) in zip(panels, counts.items(), strict=False):
            days = [dt.date.fromisoformat(f"{month}-15") for month in months]
            values = np.fromiter(months.values(), dtype=float)
            colour = TYPE_COLOURS.get(name, ACCENT)
            panel.fill_between(days, values, color=colour, alpha=0.18, linewidth=0)
            panel.plot(days, values, color=colour, linewidth=1.4)
            panel.set_ylim(0, max(values.max() * 1.15, 1.0))
            panel.set_title(f"{words(name)} · {number(values.sum())}")
            panel.yaxis.set_major_locator(_locator(3))
            panel.yaxis.set_major_formatter(lambda value, _: number(value))
            _date_axis(panel, days)
        for panel in panels[len(counts) :]:
            panel.remove()
    return figure_svg(figure, name="months", alt=alt)


def _locator(most: int) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(most, integer=True)


def _date_axis(panel: Any, days: list[dt.date]) -> None:
    """Mark years, or a few months when there are less than two years."""
    is_long = (days[-1] - days[0]).days > 600
    firsts = [day.replace(day=1) for day in days if not is_long or day.month == 1]
    every = max(1, -(-len(firsts) // 6))
    form = "%Y" if is_long else "%b %Y"
    shown = firsts[::every]
    panel.set_xticks(shown, [f"{day:{form}}" for day in shown])
    panel.tick_params(axis="x", labelbottom=True)


def map_figure(incidents: DataFrame, districts: GeoDataFrame) -> Markup:
    """Draw how many incidents each square of the map has, under the outlines of the districts."""
    from matplotlib.collections import LineCollection
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.patches import Patch

    west, south, east, north = districts.total_bounds
    unit_m = CRS.from_user_input(districts.crs).axis_info[0].unit_conversion_factor
    square = _round_up(max(east - west, north - south) * unit_m / _MAP_CELLS) / unit_m
    columns = np.arange(west, east + square, square)
    rows = np.arange(south, north + square, square)
    counts, _, _ = np.histogram2d(incidents["northing"], incidents["easting"], bins=[rows, columns])
    edges = _class_edges(counts)
    outlines = shapely.get_parts(shapely.boundary(shapely.simplify(
        districts.geometry.to_numpy(), square / 3)))  # fmt: skip
    with figure_style():
        figure = new_figure(4.9, float(np.clip(4.9 * (north - south) / (east - west), 2.5, 6.0)))
        panel = figure.subplots()
        colours = DENSITY_COLOURS[1 - len(edges) :]
        panel.imshow(
            np.where(counts > 0, counts, np.nan), origin="lower", interpolation="nearest",
            extent=(columns[0], columns[-1], rows[0], rows[-1]),
            cmap=ListedColormap(colours), norm=BoundaryNorm(edges, len(edges) - 1),
        )  # fmt: skip
        panel.add_collection(
            LineCollection([shapely.get_coordinates(line) for line in outlines],
                           colors=MUTED, linewidths=0.35)
        )  # fmt: skip
        panel.set_axis_off()
        panel.set_aspect("equal")
        labels = [_class_label(low, high) for low, high in pairwise(edges)]
        figure.legend(
            handles=[Patch(color=colour, label=label)
                     for colour, label in zip(colours, labels, strict=True)],
            title=f"incidents in {number(square * unit_m)} m squares", fontsize=8, title_fontsize=8,
            loc="outside lower left", ncols=3, handlelength=1.2, alignment="left",
        )  # fmt: skip
        _scale_bar(panel, west, south, east, unit_m)
        margin = 0.03 * (north - south)
        panel.set_xlim(west - margin, east + margin)
        panel.set_ylim(south - 2 * margin, north + margin)
    densest = int(counts.max()) if counts.size else 0
    alt = (
        f"Map of the jurisdiction with the number of incidents in squares of"
        f" {number(square * unit_m)} m; the densest square has {number(densest)}, and"
        f" {percent(float((counts > 0).mean()))} of the squares of the frame have any."
    )
    return figure_svg(figure, name="map", alt=alt)


def _round_up(metres: float) -> float:
    """Return the next of 100, 150, 200, 250, 500, 1000, ... metres."""
    steps = np.array([100, 150, 200, 250, 500, 1000, 2000, 5000], dtype=float)
    return float(steps[min(int(np.searchsorted(steps, metres)), steps.size - 1)])


def _class_edges(counts: npt.NDArray[np.float64]) -> list[int]:
    """Return whole edges of classes of the squares that have incidents, the last one open."""
    positive = counts[counts > 0]
    if not positive.size:
        return [1, 2]
    inner = np.unique(np.ceil(np.quantile(positive, _CLASS_QUANTILES)).astype(int) + 1)
    top = int(positive.max()) + 1
    return [1, *[int(edge) for edge in inner if 1 < edge < top], top]


def _class_label(low: int, high: int) -> str:
    return number(low) if high - low == 1 else f"{number(low)} to {number(high - 1)}"


def _scale_bar(panel: Any, west: float, south: float, east: float, unit_m: float) -> None:
    longest_m = (east - west) * unit_m / 4
    tens = 10.0 ** np.floor(np.log10(longest_m))
    length_m = tens * max(step for step in (1, 2, 5) if tens * step <= longest_m)
    start, low = east - length_m / unit_m, south - 0.03 * (east - west)
    panel.plot([start, east], [low, low], color=INK, linewidth=1.2, solid_capstyle="butt")
    panel.annotate(f"{length_m / 1000:g} km", ((start + east) / 2, low), (0, 4),
                   textcoords="offset points", ha="center", fontsize=8, color=INK)  # fmt: skip


def week_figure(incidents: DataFrame, timezone: str) -> Markup:
    """Draw the incidents of each hour of the week; times without an hour are left out."""
    from matplotlib.colors import ListedColormap

    exact = incidents[
        incidents["occurred_to"] - incidents["occurred_from"] <= np.timedelta64(2, "h")
    ]
    local = exact["occurred_from"].dt.tz_convert(timezone)
    cells = local.dt.day_of_week.to_numpy(np.int64) * 24 + local.dt.hour.to_numpy(np.int64)
    counts = np.bincount(cells, minlength=168).reshape(7, 24)
    with figure_style():
        figure = new_figure(4.6, 2.2)
        panel = figure.subplots()
        panel.grid(visible=False)
        image = panel.imshow(counts, cmap=ListedColormap(DENSITY_COLOURS), aspect="auto",
                             vmin=0, interpolation="nearest")  # fmt: skip
        panel.set_yticks(range(7), _WEEKDAYS)
        panel.set_xticks([-0.5, 5.5, 11.5, 17.5, 23.5], ["0", "6", "12", "18", "24 h"])
        for spine in panel.spines.values():
            spine.set_visible(False)
        bar = figure.colorbar(image, ax=panel, shrink=0.9, pad=0.02)
        bar.outline.set_visible(False)
        bar.ax.tick_params(labelsize=7.5)
    day, hour = np.unravel_index(int(counts.argmax()), counts.shape)
    alt = (
        f"Incidents by hour of the week, of {number(len(exact))} with a window of up to 2 hours."
        f" Most in one hour: {number(int(counts.max()))}, {_WEEKDAYS[day]} at {hour}:00."
    )
    return figure_svg(figure, name="week", alt=alt)


def heaping_figure(facts: dict[str, Any]) -> Markup:
    """Draw the minutes of the hour and the days of the month, with what chance would give."""
    told = facts["heaping"]["all"]
    minutes, days = np.array(told["by_minute"], float), np.array(told["by_day_of_month"], float)
    with figure_style():
        figure = new_figure(9.6, 1.9)
        left, right = figure.subplots(1, 2, width_ratios=[2, 1])
        for panel, values, expected, title, first in (
            (left, minutes, np.full(60, 1 / 60), "minute of the hour", 0),
            (right, days, _days_of_month(), "day of the month", 1),
        ):
            shares = values / max(values.sum(), 1.0)
            heaped = shares > 1.5 * expected
            panel.bar(np.arange(len(values)) + first, shares * 100, width=0.82,
                      color=np.where(heaped, WARN, ACCENT))  # fmt: skip
            panel.step(np.arange(len(values)) + first, expected * 100, where="mid", color=INK,
                       linewidth=1.0, linestyle=(0, (3, 2)))  # fmt: skip
            panel.set_title(title)
            panel.yaxis.set_major_formatter(lambda value, _: f"{value:g} %")
            panel.yaxis.set_major_locator(_locator(4))
            panel.set_xlim(first - 0.8, len(values) - 1 + first + 0.8)
        left.set_xticks(range(0, 60, 5))
        right.set_xticks([1, 5, 10, 15, 20, 25, 31])
    alt = (
        f"Left: {percent(told['on_the_hour'])} of times are on the hour where chance would give"
        f" {percent(BY_CHANCE['on_the_hour'])}. Right: {percent(told['first_of_month'])} are on the"
        f" first of a month where {percent(BY_CHANCE['first_of_month'])} are expected."
    )
    return figure_svg(figure, name="heaping", alt=alt)


def _days_of_month() -> npt.NDArray[np.float64]:
    """Return the share of a long calendar that each day of the month has."""
    length = np.full(31, 12.0)
    length[28], length[29], length[30] = 11.2425, 11.0, 7.0
    return np.asarray(length / 365.2425)


def windows_figure(facts: dict[str, Any]) -> Markup:
    """Draw how exactly the time of each crime type is known."""
    windows = facts["windows"]
    with figure_style():
        figure = new_figure(9.6, 0.28 * len(windows) + 0.75)
        panel = figure.subplots()
        panel.grid(visible=False)
        left = np.zeros(len(windows))
        for name, colour in zip(WINDOW_CLASSES, _WINDOW_COLOURS, strict=True):
            shares = np.array([100 * (told["shares"][name] or 0) for told in windows.values()])
            panel.barh([words(kind) for kind in windows], shares, left=left, color=colour,
                       label=name, height=0.72)  # fmt: skip
            left += shares
        panel.invert_yaxis()
        panel.set_xlim(0, 100)
        panel.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")
        panel.tick_params(axis="y", labelsize=9, labelcolor=INK)
        panel.spines["left"].set_visible(False)
        panel.spines["bottom"].set_color(RULE)
        figure.legend(loc="outside upper left", ncols=len(WINDOW_CLASSES), fontsize=8,
                      handlelength=1.2, columnspacing=1.4)  # fmt: skip
    alt = "How exactly times are known. " + "; ".join(
        f"{words(kind)}: {percent(told['shares']['exact'])} exact,"
        f" {percent(told['shares']['more than a day'])} wider than a day"
        for kind, told in windows.items()
    )
    return figure_svg(figure, name="windows", alt=alt)
