"""A style for the downloaded raster itself: as QGIS QML, as an Esri renderer, for MapLibre."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import numpy as np

from evenbeat.core.store.tile_levels import REST
from evenbeat.tile_server.publication.published import Found
from evenbeat.tile_server.styles.legend_entries import top_words, with_unit
from evenbeat.tile_server.styles.paints import CLEAR, Rgba
from evenbeat.tile_server.styles.style_models import ClassStyle, RampStyle, Style
from evenbeat.tile_server.styles.value_scale import ValueScale

_PARTS = 8  # bands from one stop to the next


@dataclass(frozen=True, slots=True)
class Band:
    """The values from ``lower`` up to ``upper``, and how they are shown.

    Neither is the value of any cell, so it does not matter to which side a program counts them;
    None stands for no limit.
    """

    label: str
    lower: float | None
    upper: float | None
    rgba: Rgba


def just_below(value: float) -> float:
    """Return a number between a value and the next lower one that a raster can hold.

    A published threshold is the lowest value of its class. Programs differ in whether a class
    holds its lower limit; half-way to the next lower 32-bit number there is nothing to differ on.

    Examples
    --------
    >>> import numpy as np
    >>> threshold = np.float32(0.1)
    >>> float(np.nextafter(threshold, np.float32(0))) < just_below(threshold) < float(threshold)
    True
    """
    held = np.float32(value)
    return (float(held) + float(np.nextafter(held, np.float32(-np.inf)))) / 2


def bands(style: Style, scale: ValueScale) -> list[Band]:
    """Return the colours of a raster as bands of values, the lowest first.

    A class without cells of its own is left out. A ramp whose colours flow has eight bands from
    one stop to the next.

    Parameters
    ----------
    style
        For values, not for differences.
    scale
        Of the raster.
    """
    if isinstance(style, ClassStyle):
        return _class_bands(style, scale)
    assert isinstance(style, RampStyle)
    return _ramp_bands(style, scale)


def _class_bands(style: ClassStyle, scale: ValueScale) -> list[Band]:
    found: list[Band] = []
    upper: float | None = None
    for paint, rgba in zip(reversed(style.classes), style.palette[:1:-1].tolist(), strict=True):
        value = scale.class_value(paint.share)
        if value is None:
            continue
        lower = just_below(value)
        if upper is None or lower < upper:
            found.append(Band(top_words(paint.share), lower, upper, tuple(rgba)))
            upper = lower
    found.append(Band("Rest of the area", None, upper, tuple(style.palette[REST].tolist())))
    return found[::-1]


def _ramp_bands(style: RampStyle, scale: ValueScale) -> list[Band]:
    unit, limit = style.unit_value(scale), style.lowest_shown(scale)
    stops = np.array([stop.at * unit for stop in style.stops])
    if not style.stepped:
        within = np.arange(_PARTS) / _PARTS
        parts = stops[:-1, None] + np.diff(stops)[:, None] * within
        stops = np.append(parts.ravel(), stops[-1])
    edges = np.unique([*stops[stops > 0], *([limit] if 0 < limit < np.inf else [])])
    lows = [None, *map(just_below, edges)]
    ups = [*lows[1:], None]
    middles = np.array([0.0, *edges]) if style.stepped else np.append(
        (np.array([0.0, *edges[:-1]]) + edges) / 2, edges[-1])  # fmt: skip
    colours = style.value_colours(middles, scale)
    colours[np.array([0.0, *edges]) < limit] = CLEAR
    return [
        Band("" if low is None else f"{with_unit(edge, scale.units)} or more", low, up, tuple(rgba))
        for edge, low, up, rgba in zip([0.0, *edges], lows, ups, colours.tolist(), strict=True)
    ]


def qml(found: Found, style: Style) -> bytes:
    """Return a layer style of QGIS 3: a colour ramp by the published thresholds, or by stops."""
    flowing = isinstance(style, RampStyle) and not style.stepped
    root = ElementTree.Element("qgis", version="3.28.0", styleCategories="Symbology")
    pipe = ElementTree.SubElement(root, "pipe")
    highest = repr(found.raster.maximum)
    renderer = ElementTree.SubElement(
        pipe, "rasterrenderer", type="singlebandpseudocolor", band="1", opacity="1",
        alphaBand="-1", nodataColor="", classificationMin="0", classificationMax=highest,
    )  # fmt: skip
    ElementTree.SubElement(renderer, "rasterTransparency")
    shader = ElementTree.SubElement(renderer, "rastershader")
    ramp = ElementTree.SubElement(
        shader, "colorrampshader", colorRampType="INTERPOLATED" if flowing else "DISCRETE",
        classificationMode="1", clip="0",
        minimumValue="0", maximumValue=highest, labelPrecision="6",
    )  # fmt: skip
    for label, value, (red, green, blue, alpha) in _qml_items(style, ValueScale.of(found)):
        ElementTree.SubElement(
            ramp, "item", label=label, color=f"#{red:02x}{green:02x}{blue:02x}", alpha=str(alpha),
            value="inf" if value is None else repr(value),
        )  # fmt: skip
    for name in ("brightnesscontrast", "huesaturation"):
        ElementTree.SubElement(pipe, name)
    # Zoomed out, a mean of cells would be in a class that none of them is in.
    ElementTree.SubElement(pipe, "rasterresampler", maxOversampling="1")
    ElementTree.SubElement(root, "blendMode").text = "0"
    body: bytes = ElementTree.tostring(root, encoding="utf-8")
    return b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + body + b"\n"


def _qml_items(style: Style, scale: ValueScale) -> list[tuple[str, float | None, Rgba]]:
    """Return label, value and colour of each item: where a band ends, or where a stop is."""
    if not isinstance(style, RampStyle) or style.stepped:
        return [(band.label, band.upper, band.rgba) for band in bands(style, scale)]
    unit, limit = style.unit_value(scale), style.lowest_shown(scale)
    if limit == np.inf:
        return [("", 0.0, CLEAR)]
    hidden = [limit] if limit > 0 else []
    values = np.array(
        [*hidden, *(stop.at * unit for stop in style.stops if stop.at * unit > limit)]
    )
    items: list[tuple[str, float | None, Rgba]] = [
        (with_unit(value, scale.units), float(value), tuple(rgba))
        for value, rgba in zip(values, style.value_colours(values, scale).tolist(), strict=True)
    ]
    below: list[tuple[str, float | None, Rgba]] = [("", just_below(limit), CLEAR)]
    return [*(below if hidden else []), *items]


def esri_renderer(found: Found, style: Style) -> dict[str, Any]:
    """Return a class-breaks renderer for an imagery layer of ArcGIS.

    Read by ``rendererJsonUtils.fromJSON`` of the ArcGIS Maps SDK.
    """
    shown = bands(style, ValueScale.of(found))
    highest = 2 * found.raster.maximum + 1
    breaks = [
        (-1.0 if band.lower is None else band.lower,
         max(highest, 2 * (band.lower or 0)) if band.upper is None else band.upper, band)
        for band in shown
    ]  # fmt: skip
    return {
        "type": "classBreaks",
        "field": "Value",
        "classificationMethod": "esriClassifyManual",
        "minValue": -1.0,  # below every value, whichever side a limit counts to
        "classBreakInfos": [
            {
                "classMinValue": lower,
                "classMaxValue": upper,
                "label": band.label,
                "description": style.title,
                "symbol": {
                    "type": "esriSFS", "style": "esriSFSSolid", "color": list(band.rgba),
                },
            }
            for lower, upper, band in breaks
        ],
    }  # fmt: skip


def _zoom_to_fit(span_degrees: float) -> float:
    """Return the zoom of MapLibre at which a span of longitude is 400 pixels wide."""
    return round(max(0.0, math.log2(400 / 512 * 360 / span_degrees)), 1)


def maplibre_style(
    name: str,
    title: str,
    bounds: tuple[float, float, float, float],
    entries: list[dict[str, Any]],
    tilejson: str,
) -> dict[str, Any]:
    """Return a MapLibre style that shows the tiles of a raster.

    Parameters
    ----------
    name, title
        Of the source and layer, and for people.
    bounds
        West, south, east and north in degrees.
    entries
        The legend.
    tilejson
        Address of the raster's TileJSON in this style.
    """
    west, south, east, north = bounds
    return {
        "version": 8,
        "name": title,
        "center": [(west + east) / 2, (south + north) / 2],
        "zoom": _zoom_to_fit(east - west),
        "metadata": {"evenbeat:legend": entries},
        "sources": {name: {"type": "raster", "url": tilejson, "tileSize": 256}},
        "layers": [
            {
                "id": name, "type": "raster", "source": name,
                "paint": {"raster-resampling": "nearest", "raster-fade-duration": 0},
            }
        ],
    }  # fmt: skip
