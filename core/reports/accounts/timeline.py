"""The timeline of a shift: what each unit did from when to when, on the local clock."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from evenbeat.core.reports.figures import INK, MUTED, figure_style, figure_svg, new_figure

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

MOST_UNITS = 60
WIDTH = 9.6
KINDS = ("in a box", "on an incident", "uncommitted", "unknown")
_LOOKS: dict[str, dict[str, Any]] = {
    "in a box": {"facecolor": "#0f4680", "edgecolor": "#0f4680", "linewidth": 0.3},
    "on an incident": {"facecolor": "#f0b98d", "edgecolor": "#8a3908", "linewidth": 0.3,
                       "hatch": "/////"},
    "uncommitted": {"facecolor": "#9dbbd9", "edgecolor": "none", "linewidth": 0},
    "unknown": {"facecolor": "#ffffff", "edgecolor": MUTED, "linewidth": 0.7},
}  # fmt: skip
_HEIGHTS = {"in a box": 0.8, "on an incident": 0.8, "uncommitted": 0.3, "unknown": 0.3}
"""Different heights, so that a grey print tells them apart."""
_ROW, _LEAST_ROWS = 0.155, 4
_HOUR = 3600.0
_MOST_TICKS = 13


def stretches(timeline: pd.DataFrame) -> pd.DataFrame:
    """Return what each unit did as stretches of one kind, neighbours of a kind joined.

    What is unknown stays unknown; a unit on an incident is on it wherever it stands.

    Parameters
    ----------
    timeline
        In the declared columns.

    Returns
    -------
    Columns ``unit``, ``kind``, ``start_s`` and ``end_s``, by unit and time.
    """
    ordered = timeline.sort_values(["unit", "start_s"], kind="stable")
    ordered = ordered[ordered["end_s"] > ordered["start_s"]]
    kind = np.select(
        [ordered["state"] == "unknown", ordered["committed"], ordered["assignment_id"] != ""],
        ["unknown", "on an incident", "in a box"],
        "uncommitted",
    )
    told = ordered[["unit", "start_s", "end_s"]].assign(kind=kind)
    new = (
        (told["unit"] != told["unit"].shift())
        | (told["kind"] != told["kind"].shift())
        | (told["start_s"] > told["end_s"].shift() + 1)
    )
    joined = told.groupby(new.cumsum().to_numpy(), sort=True).agg(
        unit=("unit", "first"), kind=("kind", "first"), start_s=("start_s", "min"),
        end_s=("end_s", "max"),
    )  # fmt: skip
    return joined.reset_index(drop=True)


def units_shown(units: Sequence[tuple[str, str]], most: int = MOST_UNITS) -> list[tuple[str, str]]:
    """Return which units a timeline draws, by district and name.

    Where there are too many, every district keeps its share of the rows.

    Parameters
    ----------
    units
        District and name of each unit.
    most
        Number of rows.

    Examples
    --------
    >>> units_shown([("b", "3"), ("a", "1"), ("a", "2")], most=2)
    [('a', '1'), ('b', '3')]
    """
    ordered = sorted(set(units))
    sizes = Counter(district for district, _ in ordered)
    places: Counter[str] = Counter()
    shares = []
    for district, _ in ordered:
        shares.append(places[district] / sizes[district])
        places[district] += 1
    kept = sorted(range(len(ordered)), key=lambda index: shares[index])[:most]
    return [ordered[index] for index in sorted(kept)]


def timeline_figure(
    told: pd.DataFrame, *, rows: Sequence[tuple[str, str]], first_s: float, last_s: float,
    edges_s: Sequence[float], zone: ZoneInfo, labels: Mapping[str, str], name: str,
) -> Markup | None:  # fmt: skip
    """Draw one row a unit, with what it did as bars.

    Parameters
    ----------
    told
        As `stretches` gives it.
    rows
        District and name of each unit to draw, from the top.
    first_s, last_s
        Start and end of the axis, seconds since 1970 UTC.
    edges_s
        Where a shift begins within the axis.
    zone
        Of the clock on the axis.
    labels
        Short name of each unit.
    name
        Unique on the page.

    Returns
    -------
    The figure; None without a unit.
    """
    if not rows:
        return None
    place = {unit: row for row, (_, unit) in enumerate(rows)}
    drawn = told[told["unit"].isin(list(place))]
    with figure_style():
        figure = new_figure(WIDTH, _ROW * max(len(rows), _LEAST_ROWS) + 0.55)
        panel = figure.subplots()
        panel.grid(visible=False)
        panel.grid(visible=True, axis="x")
        for edge in edges_s:
            panel.axvline(edge, color=INK, linewidth=0.9)
        for kind in KINDS:
            own = drawn[drawn["kind"] == kind]
            _draw_bars(panel, own, [place[unit] for unit in own["unit"]], kind)
        _draw_rows(panel, rows, labels)
        panel.set_xticks(*clock_ticks(first_s, last_s, zone))
        panel.xaxis.tick_top()
        panel.spines["bottom"].set_visible(False)
        panel.set_xlim(first_s, last_s)
    hours = (drawn["end_s"] - drawn["start_s"]).groupby(drawn["kind"]).sum() / _HOUR
    alt = f"Timeline of {len(rows)} units. Hours in all: " + ", ".join(
        f"{kind} {hours.get(kind, 0.0):.1f}" for kind in KINDS
    )
    return figure_svg(figure, name=name, alt=alt)


def clock_ticks(first_s: float, last_s: float, zone: ZoneInfo) -> tuple[list[float], list[str]]:
    """Return whole local hours between two times, few enough for an axis, with their labels.

    Examples
    --------
    >>> clock_ticks(0.0, 7200.0, ZoneInfo("Europe/Paris"))
    ([0.0, 3600.0, 7200.0], ['01:00', '02:00', '03:00'])
    """
    quarters = np.arange(-(-first_s // 900), last_s // 900 + 1) * 900.0
    whole = [
        (float(second), local.hour) for second in quarters
        if (local := dt.datetime.fromtimestamp(second, zone)).minute == 0
    ]  # fmt: skip
    step = next(step for step in (1, 2, 3, 4, 6, 12, 24 * len(whole) + 1)
                if sum(hour % step == 0 for _, hour in whole) <= _MOST_TICKS)  # fmt: skip
    kept = [(second, hour) for second, hour in whole if hour % step == 0]
    return [second for second, _ in kept], [f"{hour:02d}:00" for _, hour in kept]


def _draw_bars(panel: Any, told: pd.DataFrame, places: list[int], kind: str) -> None:
    """Draw all bars of one kind as one path: a day has thousands."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not len(told):
        return
    half = _HEIGHTS[kind] / 2
    row = np.array(places, dtype=np.float64)
    left, right = told["start_s"].to_numpy(), told["end_s"].to_numpy()
    x = np.stack([left, right, right, left, left], axis=1)
    y = np.stack([row - half, row - half, row + half, row + half, row - half], axis=1)
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(told)
    corners = np.stack([x, y], axis=-1).reshape(-1, 2)
    panel.add_patch(PathPatch(Path(corners, codes), zorder=3, **_LOOKS[kind]))


def _draw_rows(panel: Any, rows: Sequence[tuple[str, str]], labels: Mapping[str, str]) -> None:
    """Name the units on the left and the districts on the right, a line between two of them."""
    panel.set_ylim(max(len(rows), _LEAST_ROWS) - 0.4, -0.6)
    names = [labels.get(unit, unit).replace("$", r"\$") for _, unit in rows]
    panel.set_yticks(range(len(rows)), names)
    panel.tick_params(axis="y", labelsize=7.5, labelcolor=INK)
    panel.spines["left"].set_visible(False)
    districts = [district for district, _ in rows]
    for row, district in enumerate(districts):
        if row and district == districts[row - 1]:
            continue
        if row:
            panel.axhline(row - 0.5, color=MUTED, linewidth=0.7)
        text = (f"district {district}" if district else "no district").replace("$", r"\$")
        panel.text(1.005, row, text, transform=panel.get_yaxis_transform(), va="center",
                   ha="left", fontsize=7.5, color=MUTED)  # fmt: skip
