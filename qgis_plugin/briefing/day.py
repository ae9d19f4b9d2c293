"""A day as a QGIS project for layouts: its layers, their themes, and what every page says.

The maps of a template follow the themes ``Evenbeat SHIFT``, ``Evenbeat SHIFT detail`` and
``Evenbeat locator``; its labels read the fields of the atlas and the layout's variables
``evenbeat_...``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsFeatureRequest,
    QgsLayerTreeGroup,
    QgsMapLayer,
    QgsMapThemeCollection,
    QgsProcessingException,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from evenbeat.briefing import symbols

LOCATOR = "Evenbeat locator"
PAGES = "pages"


@dataclass
class Day:
    """The layers of a day in a project.

    Parameters
    ----------
    coverage
        A feature a page: a district and a shift.
    boxes
        Shift -> the boxes that stand.
    legend
        Shift -> the layers that the legend of a page explains, in order.
    extent_layer
        The districts, whose bounds the small map shows.
    """

    project: QgsProject
    made: dict[str, Any]
    coverage: QgsVectorLayer
    extent_layer: QgsVectorLayer
    boxes: dict[str, QgsVectorLayer] = field(default_factory=dict)
    legend: dict[str, list[QgsMapLayer]] = field(default_factory=dict)

    @property
    def feet(self) -> bool:
        """Whether scale bars are in feet."""
        return bool(self.made["head"].get("feet"))


def day_of(
    made: dict[str, Any], project: QgsProject, *, grey: bool = False,
    group: QgsLayerTreeGroup | None = None,
) -> Day:  # fmt: skip
    """Put what ``briefing-data`` made into a project.

    Parameters
    ----------
    grey
        For a printer without colours.
    group
        Where its layers stand in the layer tree; by default at the top.

    Raises
    ------
    QgsProcessingException
        A file of it cannot be read.
    """
    ink = symbols.GREY if grey else symbols.COLOUR
    path = Path(made["path"])
    base = {
        name: _vector(path, name, title) for name, title in (
            (PAGES, "Pages"), ("incidents", f"Incidents, last {made['head']['recent_days']} days"),
            ("districts", "Districts"), ("streets", "Streets"), ("places", "Places"),
        )
    }  # fmt: skip
    locator = _vector(path, "districts", "Districts of the small map")
    symbols.style_incidents(base["incidents"], ink)
    symbols.style_districts(base["districts"], ink)
    symbols.style_streets(base["streets"], ink)
    symbols.style_places(base["places"], ink)
    symbols.style_locator(locator, ink)
    day = Day(project, made, base[PAGES], locator)
    project.setCrs(base["districts"].crs())
    if base["districts"].crs().isValid():
        project.setEllipsoid(base["districts"].crs().ellipsoidAcronym())
    project.addMapLayers([*base.values(), locator], False)
    for raster in made["rasters"]:
        _add_shift(day, path, raster, base, ink)
    _order(day, base, locator, group or project.layerTreeRoot())
    return day


def _add_shift(
    day: Day, path: Path, raster: dict[str, Any], base: dict[str, QgsVectorLayer],
    ink: symbols.Ink,
) -> None:  # fmt: skip
    """Add the layers of one shift."""
    shift = raster["shift"]
    priority = QgsRasterLayer(raster["path"], f"Priority of cells, {shift}", "gdal")
    _check(priority, raster["path"])
    symbols.style_priority(priority, day.made["legend"], ink)
    quoted = shift.replace("'", "''")
    boxes = _vector(path, "boxes", f"Boxes, {shift}", f"\"shift\" = '{quoted}'")
    events = _vector(path, "events", f"Events, {shift}", f"\"shift\" = '{quoted}'")
    symbols.style_boxes(boxes, ink)
    symbols.style_events(events, ink)
    day.project.addMapLayers([priority, boxes, events], False)
    day.boxes[shift] = boxes
    day.legend[shift] = [priority, boxes, base["incidents"], events, base["districts"]]


def _order(
    day: Day, base: dict[str, QgsVectorLayer], locator: QgsVectorLayer, group: QgsLayerTreeGroup
) -> None:
    """Put the layers into the tree, the uppermost first, and record the themes."""
    shifts = list(day.legend)
    uppermost = [layer for shift in shifts for layer in (day.boxes[shift], day.legend[shift][3])]
    marks = [base["incidents"], base["places"]]
    below = [base["districts"], base["streets"]]
    rasters = [day.legend[shift][0] for shift in shifts]
    for layer in (*uppermost, *marks, *below, *rasters, locator, day.coverage):
        group.addLayer(layer)
    for shift in shifts:
        priority, boxes, incidents, events, districts = day.legend[shift]
        shown = [boxes, events, incidents, districts, base["streets"], priority]
        _theme(day.project, f"Evenbeat {shift}", shown)
        _theme(day.project, f"Evenbeat {shift} detail", [*shown, base["places"]])
    _theme(day.project, LOCATOR, [locator])


def _vector(path: Path, name: str, title: str, only: str = "") -> QgsVectorLayer:
    """Return a layer of the GeoPackage, held in memory.

    Many layers of one GeoPackage, with filters, lock one another out; so nothing stays open, and
    the file may be replaced while a layout is.
    """
    source = QgsVectorLayer(f"{path}|layername={name}", title, "ogr")
    _check(source, f"{path}, layer {name}")
    request = QgsFeatureRequest()
    if only:
        request.setFilterExpression(only)
    layer = source.materialize(request)
    layer.setName(title)
    layer.setReadOnly(True)
    layer.setCustomProperty("skipMemoryLayersCheck", 1)
    return layer


def _check(layer: QgsMapLayer, source: str) -> None:
    if not layer.isValid():
        raise QgsProcessingException(f"{source} cannot be read. Make the briefing again.")


def _theme(project: QgsProject, name: str, layers: Iterable[QgsMapLayer]) -> None:
    """Record which layers a map shows; the order of drawing is that of the layer tree."""
    record = QgsMapThemeCollection.MapThemeRecord()
    record.setLayerRecords([QgsMapThemeCollection.MapThemeLayerRecord(layer) for layer in layers])
    project.mapThemeCollection().insert(name, record)


def variables(made: dict[str, Any]) -> dict[str, str]:
    """Return what every page says, by the names that templates use after ``evenbeat_``."""
    head = made["head"]
    facts = {
        "agency": head["agency"], "date": head["date"], "weather": head["weather"],
        "freshness": head["freshness"]["text"],
        "stale": int(head["freshness"]["stale"]), "cutoff": head["cutoff"],
        "run": head["run_id"], "log_head": head["log_head"] or "no log",
        "code": head["provenance"].get("code_version", ""), "near": head["near"],
        "recent_days": head["recent_days"], "statement": made["statement"],
    }  # fmt: skip
    return {name: str(value) for name, value in facts.items()}
