"""The functions ``evenbeat_...``: what a forecast or a measured day says of a geometry.

Workspace, day and run are the project's variables ``evenbeat_workspace``, ``evenbeat_date`` and
``evenbeat_run``, so that a project that shows a day reads the same day.
"""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsExpression,
    QgsExpressionFunction,
    QgsGeometry,
)
from qgis.PyQt.QtCore import QCoreApplication

from evenbeat.engine.protocol import EngineError
from evenbeat.expressions.help import help_of
from evenbeat.expressions.surfaces import Day, Surface, Surfaces
from evenbeat.project import DATE, RUN, WORKSPACE

GROUP = "Evenbeat"


class _Function(QgsExpressionFunction):
    """A function of a geometry: the feature's own, or the last argument."""

    identity = ""
    fewest = 0
    most = 0

    def __init__(self, surfaces: Surfaces) -> None:
        super().__init__(self.identity, -1, GROUP, help_of(self.identity))
        self._surfaces = surfaces

    def usesGeometry(self, node: Any) -> bool:
        """Return that the feature's geometry is needed."""
        return True

    def referencedColumns(self, node: Any) -> set:
        """Return that no column is needed; arguments name their own."""
        return set()

    def func(self, values: Any, context: Any, parent: Any, node: Any) -> Any:
        """Return the value, or None with the reason as the expression's error."""
        values = list(values)
        if not self.fewest <= len(values) <= self.most:
            parent.setEvalErrorString(
                _tr("{name} takes {fewest} to {most} values, got {count}.").format(
                    name=self.identity, fewest=self.fewest, most=self.most, count=len(values)
                )
            )
            return None
        try:
            return self.answer([_plain(value) for value in values], context)
        except KeyError as error:
            parent.setEvalErrorString(str(error.args[0]))
        except (EngineError, OSError, ValueError) as error:
            parent.setEvalErrorString(str(error))
        except QgsCsException as error:
            parent.setEvalErrorString(_tr("The geometry is outside of the CRS: ") + str(error))
        return None

    def answer(self, values: list[Any], context: Any) -> Any:
        """Return the function's value."""
        raise NotImplementedError


class _OfForecast(_Function):
    """A function of a forecast's surface: values are [layer,] shift, date, geometry."""

    def read(self, surface: Surface, geometry: QgsGeometry) -> Any:
        """Return what the surface says of a geometry."""
        return surface.at(geometry)

    def of_layer(self, layer: str, values: list[Any], context: Any) -> Any:
        """Return the value of a layer; ``values`` are shift, date and geometry."""
        shift, date, geometry = (*values, None, None)[:3]
        if isinstance(date, QgsGeometry):
            date, geometry = None, date
        surface = self._surfaces.risk(day_of(context, date), str(layer), str(shift))
        shape = _shape(geometry, context, surface)
        return None if shape is None else self.read(surface, shape)


class Risk(_OfForecast):
    """``evenbeat_risk(crime_type, shift[, date][, geometry])``."""

    identity, fewest, most = "evenbeat_risk", 2, 4

    def answer(self, values: list[Any], context: Any) -> Any:
        """Return expected incidents."""
        return self.of_layer(values[0], values[1:], context)


class Percentile(_OfForecast):
    """``evenbeat_percentile(layer, shift[, date][, geometry])``."""

    identity, fewest, most = "evenbeat_percentile", 2, 4

    def answer(self, values: list[Any], context: Any) -> Any:
        """Return the percent of cells with less."""
        return self.of_layer(values[0], values[1:], context)

    def read(self, surface: Surface, geometry: QgsGeometry) -> Any:
        """Return it for the geometry's middle."""
        return surface.percentile(geometry)


class Priority(_OfForecast):
    """``evenbeat_priority(shift[, date][, geometry])``."""

    identity, fewest, most = "evenbeat_priority", 1, 3

    def answer(self, values: list[Any], context: Any) -> Any:
        """Return the priority."""
        return self.of_layer("priority", values, context)


class Minutes(_Function):
    """``evenbeat_minutes(date[, geometry])``."""

    identity, fewest, most = "evenbeat_minutes", 1, 2

    def answer(self, values: list[Any], context: Any) -> Any:
        """Return minutes with a unit present on a measured day."""
        date, geometry = (*values, None)[:2]
        day = day_of(context, date)
        surface = self._surfaces.minutes(Day(day.workspace, day.date))
        shape = _shape(geometry, context, surface)
        return None if shape is None else surface.at(shape)


FUNCTIONS = (Risk, Priority, Percentile, Minutes)
_registered: list[_Function] = []


def register_functions() -> None:
    """Make the functions known to QGIS."""
    surfaces = Surfaces()
    for kind in FUNCTIONS:
        function = kind(surfaces)
        if QgsExpression.registerFunction(function):
            _registered.append(function)


def unregister_functions() -> None:
    """Take the functions out of QGIS."""
    for function in _registered:
        QgsExpression.unregisterFunction(function.name())
    _registered.clear()  # only now: QGIS looks at all functions to find one


def day_of(context: Any, date: Any) -> Day:
    """Return the day that an expression is about; its run only where it is the project's day.

    Raises
    ------
    ValueError
        The project has no workspace.
    """
    workspace = str(context.variable(WORKSPACE) or "")
    if not workspace:
        raise ValueError(
            _tr("The project has no workspace. Open one in the panel of workspace and layers, or "
                "set the project's variable {name}.").format(name=WORKSPACE)
        )  # fmt: skip
    own, run = str(context.variable(DATE) or ""), str(context.variable(RUN) or "")
    if date is None or str(date) == own:
        return Day(workspace, own, run if own else "")
    return Day(workspace, str(date))


def _shape(geometry: Any, context: Any, surface: Surface) -> QgsGeometry | None:
    """Return the geometry in the surface's CRS; None where there is none."""
    if geometry is None:
        geometry = context.feature().geometry() if context.hasFeature() else None
    if geometry is None or geometry.isNull() or geometry.isEmpty():
        return None
    shape = QgsGeometry(geometry)
    named = str(context.variable("layer_crs") or context.variable("project_crs") or "")
    crs = QgsCoordinateReferenceSystem(named)
    if crs.isValid() and surface.crs.isValid() and crs != surface.crs:
        shape.transform(QgsCoordinateTransform(crs, surface.crs, QgsCoordinateTransformContext()))
    return shape


def _plain(value: Any) -> Any:
    """Return a value of an expression as Python has it: dates as text, NULL as None."""
    if hasattr(value, "isNull") and not isinstance(value, QgsGeometry) and value.isNull():
        return None
    if hasattr(value, "toPyDateTime"):
        return value.date().toString("yyyy-MM-dd")
    if hasattr(value, "toPyDate"):
        return value.toString("yyyy-MM-dd")
    return value


def _tr(text: str) -> str:
    return QCoreApplication.translate("Expressions", text)
