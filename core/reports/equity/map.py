"""The map of the equity page: neighbourhoods by the minutes that their residents had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from markupsafe import Markup, escape

from evenbeat.core.reports.maps import Frame, north_arrow, path_of, scale_bar, simplify_for
from evenbeat.core.reports.page import number

COLOURS = ("#eef2f7", "#cfdcea", "#9dbbd9", "#5f93c4", "#0f4680")
_WIDTH, _MARGIN_SHARE = 460.0, 0.03
_LIGHT = 3
"""Classes from which a label is white."""
_SMALLEST_LABEL_PX = 30.0


def class_breaks(values: Sequence[float]) -> list[float]:
    """Return the upper edges of the classes but the last: round numbers that part the values.

    Examples
    --------
    >>> class_breaks([1.0, 4.0, 9.0, 20.0, 41.0])
    [10.0, 20.0, 30.0, 40.0]
    """
    top = max(values, default=0.0)
    if not top > 0:
        return []
    rough = top / len(COLOURS)
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(one * power for one in (1.0, 2.0, 2.5, 5.0, 10.0) if one * power >= rough * 0.99)
    return [float(step * at) for at in range(1, len(COLOURS)) if step * at < top]


def neighbourhood_map(
    rows: Sequence[dict[str, Any]], outlines: Mapping[str, Any], *, measure: str,
    metres_per_unit: float, alt: str,
) -> Markup | None:  # fmt: skip
    """Draw neighbourhoods in classes of a rate; what is not told is hatched.

    Parameters
    ----------
    rows
        Facts of the neighbourhoods.
    outlines
        Name -> polygon, in one projected CRS.
    measure
        Key of the rate.
    metres_per_unit
        Of the CRS.
    alt
        What it shows, in words.
    """
    drawn = [row for row in rows if row["name"] in outlines]
    if not drawn:
        return None
    shapes = np.array([outlines[row["name"]] for row in drawn], dtype=object)
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
    frame = Frame.around(
        (west, south, east, north), margin=_MARGIN_SHARE * (east - west), width=_WIDTH
    )
    values = [_value(row, measure) for row in drawn]
    breaks = class_breaks([value for value in values if value is not None])
    areas, texts = [], []
    for row, shape, value in zip(drawn, simplify_for(shapes, frame), values, strict=True):
        at = None if value is None else int(np.searchsorted(breaks, value, side="left"))
        fill = "url(#untold)" if at is None else COLOURS[at]
        told = "not told" if value is None else f"{number(value, 1)}"
        areas.append(
            f'<path d="{path_of(shape, frame, closed=True)}" fill="{fill}" stroke="#fff" '
            f'stroke-width="1.2"><title>{escape(row["label"])}: {told}</title></path>'
        )
        texts.append(_label(shape, frame, told, light=at is not None and at >= _LIGHT))
    hatch = (
        '<defs><pattern id="untold" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="#f4f5f7"/>'
        '<path d="M0 0v6" stroke="#9aa3ad" stroke-width="1.5"/></pattern></defs>'
    )
    feet = not np.isclose(metres_per_unit, 1.0)
    body = (
        f'<svg viewBox="0 0 {frame.width:g} {frame.height:.0f}" class="map" role="img" '
        f'aria-label="{escape(alt)}">{hatch}{"".join(areas)}{"".join(texts)}'
        f"{scale_bar(frame, metres_per_unit, feet=feet)}{north_arrow(frame)}</svg>"
    )
    return Markup(body)  # noqa: S704 - numbers, and texts that were escaped


def map_keys(rows: Sequence[dict[str, Any]], measure: str) -> list[dict[str, str]]:
    """Return the legend: colour and words of each class that a map has."""
    values = [value for row in rows if (value := _value(row, measure)) is not None]
    breaks = class_breaks(values)
    edges = [0.0, *breaks]
    keys = [
        {"colour": COLOURS[at], "words": f"{low:g} to {edges[at + 1]:g}"
         if at + 1 < len(edges) else f"above {low:g}" if at else "0"}
        for at, low in enumerate(edges)
    ]  # fmt: skip
    if any(_value(row, measure) is None for row in rows):
        keys.append({"colour": "", "words": "not told: too few residents"})
    return keys


def _value(row: dict[str, Any], measure: str) -> float | None:
    found = row[measure]
    return None if found is None or not np.isfinite(found["estimate"]) else found["estimate"]


def _label(shape: Any, frame: Frame, text: str, *, light: bool) -> str:
    """Return the value in the middle of an area that has room for it."""
    if shape.is_empty or np.sqrt(shape.area) * frame.scale < _SMALLEST_LABEL_PX:
        return ""
    point = shapely.point_on_surface(shape)
    x, y = (float(one) for one in frame.to_pixels(point.x, point.y))
    colour = ' style="fill:#fff"' if light else ""
    return f'<text x="{x:.1f}" y="{y + 3.5:.1f}" text-anchor="middle"{colour}>{text}</text>'
