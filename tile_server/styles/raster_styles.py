"""A style for the downloaded raster itself: as QGIS QML, as an Esri renderer, for MapLibre."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import numpy as np

from evenbeat.core.store.manifest import AreaClass
from evenbeat.tile_server.publication.published import Found
from evenbeat.tile_server.styles.style_files import Paint, Style, legend


@dataclass(frozen=True, slots=True)
class Band:
    """The values from ``lower`` up to ``upper``, and how they are shown.

    Neither is the value of any cell, so it does not matter to which side a program counts them;
    None stands for no limit.
    """

    label: str
    lower: float | None
    upper: float | None
    paint: Paint


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


def bands(style: Style, classes: Sequence[AreaClass]) -> list[Band]:
    """Return the classes of a raster as bands of values, the lowest first.

    A class without cells of its own is left out.

    Parameters
    ----------
    style
        Colours by share of the area.
    classes
        The raster's classes from its manifest.
    """
    highest_first = legend(style, classes)
    paints = {paint.share: paint for paint in style.classes}
    found: list[Band] = []
    upper: float | None = None
    for entry in highest_first[:-1]:
        if entry["from_value"] is None:
            continue
        lower = just_below(entry["from_value"])
        if upper is None or lower < upper:
            found.append(Band(entry["label"], lower, upper, paints[entry["share"]]))
            upper = lower
    found.append(Band(highest_first[-1]["label"], None, upper, style.rest))
    return found[::-1]


def qml(found: Found, style: Style) -> bytes:
    """Return a layer style of QGIS 3: one discrete colour ramp by the published thresholds."""
    shown = bands(style, found.raster.classes)
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
        shader, "colorrampshader", colorRampType="DISCRETE", classificationMode="1", clip="0",
        minimumValue="0", maximumValue=highest, labelPrecision="6",
    )  # fmt: skip
    for band in shown:
        _, _, _, alpha = band.paint.rgba
        ElementTree.SubElement(
            ramp, "item", label=band.label, color=band.paint.colour, alpha=str(alpha),
            value="inf" if band.upper is None else repr(band.upper),
        )  # fmt: skip
    for name in ("brightnesscontrast", "huesaturation"):
        ElementTree.SubElement(pipe, name)
    # Zoomed out, a mean of cells would be in a class that none of them is in.
    ElementTree.SubElement(pipe, "rasterresampler", maxOversampling="1")
    ElementTree.SubElement(root, "blendMode").text = "0"
    body: bytes = ElementTree.tostring(root, encoding="utf-8")
    return b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + body + b"\n"


def esri_renderer(found: Found, style: Style) -> dict[str, Any]:
    """Return a class-breaks renderer for an imagery layer of ArcGIS.

    Read by ``rendererJsonUtils.fromJSON`` of the ArcGIS Maps SDK.
    """
    shown = bands(style, found.raster.classes)
    highest = 2 * found.raster.maximum + 1
    return {
        "type": "classBreaks",
        "field": "Value",
        "classificationMethod": "esriClassifyManual",
        "minValue": -1.0,  # below every value, whichever side a limit counts to
        "classBreakInfos": [
            {
                "classMinValue": -1.0 if band.lower is None else band.lower,
                "classMaxValue": highest if band.upper is None else band.upper,
                "label": band.label,
                "description": style.title,
                "symbol": {
                    "type": "esriSFS", "style": "esriSFSSolid", "color": list(band.paint.rgba),
                },
            }
            for band in shown
        ],
    }  # fmt: skip


def _zoom_to_fit(span_degrees: float) -> float:
    """Return the zoom of MapLibre at which a span of longitude is 400 pixels wide."""
    return round(max(0.0, math.log2(400 / 512 * 360 / span_degrees)), 1)


def maplibre_style(found: Found, style: Style, tilejson: str) -> dict[str, Any]:
    """Return a MapLibre style that shows the tiles of a raster.

    Parameters
    ----------
    tilejson
        Address of the raster's TileJSON in this style.
    """
    west, south, east, north = found.grid.bounds_wgs84
    name = f"{found.layer_id}-{found.shift}"
    return {
        "version": 8,
        "name": f"{found.layer.title}, {found.date}, {found.shift}",
        "center": [(west + east) / 2, (south + north) / 2],
        "zoom": _zoom_to_fit(east - west),
        "metadata": {"evenbeat:legend": legend(style, found.raster.classes)},
        "sources": {name: {"type": "raster", "url": tilejson, "tileSize": 256}},
        "layers": [
            {
                "id": name, "type": "raster", "source": name,
                "paint": {"raster-resampling": "nearest", "raster-fade-duration": 0},
            }
        ],
    }  # fmt: skip
