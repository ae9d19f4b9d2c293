"""What the colours of a raster mean, in words and figures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from evenbeat.tile_server.styles.paints import Paint
from evenbeat.tile_server.styles.style_models import ClassStyle, RampStyle, Style
from evenbeat.tile_server.styles.value_scale import ValueScale


def legend(style: Style, scale: ValueScale) -> list[dict[str, Any]]:
    """Return the legend of a raster in a style, the highest values first.

    What the style does not show is left out. ``words`` is a whole row's text; ``from_value`` is in
    the raster's own unit, None for a class without cells.
    """
    if isinstance(style, ClassStyle):
        return _class_entries(style, scale)
    assert isinstance(style, RampStyle)
    return _ramp_entries(style, scale)


def _class_entries(style: ClassStyle, scale: ValueScale) -> list[dict[str, Any]]:
    published = {entry.share: entry for entry in scale.classes}
    entries = []
    for paint in reversed(style.classes):
        if not style.shows(paint.share):
            continue
        value, label = published[paint.share].value, top_words(paint.share)
        told = "no cells" if value is None else f"{with_unit(value, scale.units)} or more"
        words = f"{label} ({told})" if value is None else f"{label}: {told}"
        entries.append(_entry(label, words, paint, value, share=paint.share,
                              cells=published[paint.share].cells))  # fmt: skip
    if style.shows(1.0):
        entries.append(_entry("Rest of the area", "Rest of the area", style.rest, 0.0, share=1.0))
    return entries


def _ramp_entries(style: RampStyle, scale: ValueScale) -> list[dict[str, Any]]:
    unit, limit = style.unit_value(scale), style.lowest_shown(scale)
    signed = style.kind == "difference"
    share = style.threshold.share if style.threshold is not None else None
    shown = {
        stop.at for stop in style.stops if (abs(stop.at) if signed else stop.at) * unit >= limit
    }
    edges = {limit / unit, -limit / unit} if signed else {limit / unit}
    if style.threshold is not None and math.isfinite(limit):  # where colours begin is told too
        shown |= {edge for edge in edges if not any(math.isclose(edge, at) for at in shown)}
    entries = []
    for at in sorted(shown, reverse=True):
        value = at * unit
        by_share = share is not None and at in edges
        label = f"{top_words(share)}, the lowest" if share and by_share else _stop_words(style, at)
        in_units = with_unit(value, scale.units, signed=signed)
        words = f"{label}: {in_units}" if value and (by_share or style.by != "value") else label
        paint = _paint_at(style, value, scale)
        entries.append(_entry(label, words, paint, value, share=share if by_share else None))
    return entries


def _paint_at(style: RampStyle, value: float, scale: ValueScale) -> Paint:
    red, green, blue, alpha = style.value_colours(np.array([value]), scale)[0].tolist()
    return Paint(colour=f"#{red:02x}{green:02x}{blue:02x}", opacity=round(alpha / 255, 3))


def _stop_words(style: RampStyle, at: float) -> str:
    """Return what a stop stands for, such as "+2 times the average cell"."""
    if style.kind == "difference" and at == 0:
        return "No change"
    sign = "+" if style.kind == "difference" and at > 0 else "−" if at < 0 else ""
    counted = f"{sign}{abs(at):g}"
    words = f"{counted} {style.units}" if style.by == "value" else f"{counted} × the average cell"
    if not style.stepped:
        return words
    return f"{words} or more" if at >= 0 else f"{words} and up"


def _entry(
    label: str, words: str, paint: Paint, value: float | None, *, share: float | None = None,
    cells: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "label": label, "words": words, "share": share, "colour": paint.colour,
        "opacity": paint.opacity, "from_value": value, "cells": cells,
    }  # fmt: skip


def top_words(share: float) -> str:
    """Return what a share of the area is called.

    Examples
    --------
    >>> top_words(0.005)
    'Highest 0.5 % of the area'
    """
    return f"Highest {share * 100:g} % of the area"


def with_unit(value: float, units: str, *, signed: bool = False) -> str:
    """Return a value with three digits and its unit.

    Examples
    --------
    >>> with_unit(12.345, "min"), with_unit(-0.5, "1", signed=True)
    ('12.3 min', '−0.5')
    """
    written = f"{abs(value):.3g}"
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{written}" if units in ("", "1") else f"{sign}{written} {units}"
