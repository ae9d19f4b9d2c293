"""Where units were: lines and positions with times, and by role with or without pseudonyms."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsProject,
    QgsRendererCategory,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from evenbeat.compat import VECTOR_BY_EXPRESSIONS
from evenbeat.patrol.kept import fold, layers_of, replace_layers
from evenbeat.processing.loading import Place

KIND = "tracks"
_STATES = {"stationary": "#7a3b9a", "slow": "#d1478b", "transit": "#e8a33d", "unknown": "#8a8f98"}


def show_tracks(project: QgsProject, made: dict[str, Any], date: str) -> None:
    """Add what the engine's ``tracks`` made, in place of tracks that are there."""
    heading = _tr("Unit tracks, {date}").format(date=date)
    lines = QgsVectorLayer(f"{made['path']}|layername=tracks", _tr("Tracks"), "ogr")
    points = QgsVectorLayer(f"{made['path']}|layername=positions", _tr("Positions"), "ogr")
    _in_time(lines, "local_start", "local_end")
    # A position counts until the next one, which comes within a minute.
    _in_time(points, "local_time", "local_time", " + to_interval('1 minute')")
    for layer in (lines, points):
        _by_state(layer)
        layer.setDisplayExpression(_title_of(layer, named=made["named"]))
        layer.setMapTipTemplate(_tip(layer, named=made["named"]))
    replace_layers(
        project, KIND, [lines, points], [Place(heading, 20), Place(heading, 21, shown=False)]
    )
    fold(project, heading)


def show_unit(project: QgsProject, unit: str) -> None:
    """Show the tracks of one unit alone; "" shows all."""
    quoted = unit.replace("'", "''")
    for layer in layers_of(project, KIND):
        layer.setSubsetString(f"\"unit\" = '{quoted}'" if unit else "")


def units_in(project: QgsProject) -> list[str]:
    """Return the pseudonyms of the tracks in the project; none where the role may not see them."""
    for layer in layers_of(project, KIND):
        found = layer.uniqueValues(layer.fields().indexFromName("unit"))
        return sorted(str(unit) for unit in found if unit)
    return []


def _in_time(layer: QgsVectorLayer, start: str, end: str, later: str = "") -> None:
    times = layer.temporalProperties()
    times.setMode(VECTOR_BY_EXPRESSIONS)
    times.setStartExpression(f'to_datetime("{start}")')
    times.setEndExpression(f'to_datetime("{end}"){later}')
    times.setIsActive(True)


def _by_state(layer: QgsVectorLayer) -> None:
    titles = {
        "stationary": _tr("standing"), "slow": _tr("slow"), "transit": _tr("driving"),
        "unknown": _tr("not known"),
    }  # fmt: skip
    categories = []
    for state, colour in _STATES.items():
        if layer.geometryType() == 0:
            symbol = QgsMarkerSymbol.createSimple(
                {"name": "circle", "size": "1.4", "color": colour, "outline_style": "no"}
            )
        else:
            symbol = QgsLineSymbol.createSimple(
                {"color": colour, "width": "1.1" if state == "stationary" else "0.5",
                 "capstyle": "round", "joinstyle": "round",
                 "line_style": "dot" if state == "unknown" else "solid"}
            )  # fmt: skip
        categories.append(QgsRendererCategory(state, symbol, titles[state]))
    layer.setRenderer(QgsCategorizedSymbolRenderer("state", categories))


def _title_of(layer: QgsVectorLayer, *, named: bool) -> str:
    time = "local_time" if layer.geometryType() == 0 else "local_start"
    clock = f'substr("{time}", 12, 5)'
    return f"\"unit\" || ', ' || {clock}" if named else clock


def _tip(layer: QgsVectorLayer, *, named: bool) -> str:
    unit = '<b>[% "unit" %]</b><br>' if named else ""
    if layer.geometryType() == 0:
        return f'{unit}[% substr("local_time", 12, 5) %]'
    return f'{unit}[% substr("local_start", 12, 5) %] - [% substr("local_end", 12, 5) %]'


def _tr(text: str) -> str:
    return QCoreApplication.translate("Patrol", text)
