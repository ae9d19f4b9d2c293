"""The functions evenbeat_..., against rasters that the engine wrote and gdal reads."""

from __future__ import annotations

import harness
import numpy as np
import patrolled
import pytest
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)

DATE = harness.DEMO_DATE


@pytest.fixture
def project(demo, plugin):
    from evenbeat.project import remember

    project = QgsProject.instance()
    project.clear()
    remember(workspace=str(demo), date=DATE)
    yield project
    project.clear()


@pytest.fixture
def raster(engine, demo):
    """The raster of robbery at night, and its cells."""
    made = engine.run("run-rasters", {"workspace": str(demo), "date": DATE,
                                      "layers": ["robbery"], "shifts": ["night"]})  # fmt: skip
    dataset = gdal.Open(made["rasters"][0]["path"])
    values = dataset.GetRasterBand(1).ReadAsArray().astype(float)
    values[~np.isfinite(values) | (values == dataset.GetRasterBand(1).GetNoDataValue())] = np.nan
    return dataset.GetGeoTransform(), values, dataset.GetProjection()


def evaluate(text, geometry, crs="EPSG:26971"):
    """Return an expression's value for a feature, and its error."""
    layer = QgsVectorLayer(f"Polygon?crs={crs}", "one", "memory")
    feature = QgsFeature()
    feature.setGeometry(geometry)
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(feature)
    expression = QgsExpression(text)
    assert not expression.hasParserError(), expression.parserErrorString()
    expression.prepare(context)
    return expression.evaluate(context), expression.evalErrorString()


def highest(raster):
    """Return row and column of the highest cell, and the point in its middle."""
    (west, width, _, north, _, height), values, _ = raster
    row, column = np.unravel_index(np.nanargmax(values), values.shape)
    return row, column, QgsPointXY(west + (column + 0.5) * width, north + (row + 0.5) * height)


def test_risk__of_a_point_is_its_cell(project, raster):
    row, column, point = highest(raster)
    value, error = evaluate("evenbeat_risk('robbery', 'night')", QgsGeometry.fromPointXY(point))
    assert error == ""
    assert value == pytest.approx(raster[1][row, column])


def test_risk__of_a_polygon_is_the_sum_of_its_cells(project, raster):
    (_, width, _, _, _, _), values, _ = raster
    row, column, point = highest(raster)
    box = QgsGeometry.fromRect(QgsRectangle.fromCenterAndSize(point, 2.9 * width, 2.9 * width))
    truth = np.nansum(values[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2])
    assert evaluate("evenbeat_risk('robbery', 'night')", box)[0] == pytest.approx(truth)


def test_risk__of_the_whole_city_is_what_the_run_expects(project, raster):
    everything = QgsGeometry.fromRect(QgsRectangle(200_000, 200_000, 500_000, 500_000))
    value, _ = evaluate(f"evenbeat_risk('robbery', 'night', '{DATE}')", everything)
    assert value == pytest.approx(np.nansum(raster[1]))


def test_risk__of_another_crs(project, raster):
    row, column, point = highest(raster)
    there = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:26971"), QgsCoordinateReferenceSystem("EPSG:4326"),
        QgsProject.instance(),
    )  # fmt: skip
    degrees = QgsGeometry.fromPointXY(there.transform(point))
    value, _ = evaluate("evenbeat_risk('robbery', 'night')", degrees, "EPSG:4326")
    assert value == pytest.approx(raster[1][row, column])


def test_risk__takes_a_geometry_of_its_own(project, raster):
    row, column, point = highest(raster)
    text = f"evenbeat_risk('robbery', 'night', make_point({point.x()}, {point.y()}))"
    assert evaluate(text, QgsGeometry())[0] == pytest.approx(raster[1][row, column])


def test_percentile__of_the_highest_cell(project, raster):
    _, _, point = highest(raster)
    value, _ = evaluate("evenbeat_percentile('robbery', 'night')", QgsGeometry.fromPointXY(point))
    known = raster[1][np.isfinite(raster[1])]
    assert value == pytest.approx(100.0 * (known < known.max()).mean())
    assert value > 99


def test_priority__needs_a_shift_alone(project, raster):
    _, _, point = highest(raster)
    value, error = evaluate("evenbeat_priority('night')", QgsGeometry.fromPointXY(point))
    assert error == ""
    assert value > 0


def test_outside_of_the_grid_is_null(project):
    far = QgsGeometry.fromPointXY(QgsPointXY(0, 0))
    assert evaluate("evenbeat_risk('robbery', 'night')", far) == (None, "")


def test_minutes__of_the_city_are_those_of_the_hours(project, engine, plugin):
    from evenbeat.project import remember

    city = str(patrolled.patrolled_city())
    remember(workspace=city)
    made = engine.run("dosage-rasters", {"workspace": city, "date": patrolled.DATE})
    total = sum(band["total_minutes"] for band in made["bands"])
    crs = QgsCoordinateReferenceSystem.fromWkt(gdal.Open(made["path"]).GetProjection())
    everything = QgsGeometry.fromRect(QgsRectangle(-1e7, -1e7, 1e7, 1e7))
    value, error = evaluate(f"evenbeat_minutes('{patrolled.DATE}')", everything, crs.authid())
    assert error == ""
    assert value == pytest.approx(total, rel=1e-4)


@pytest.mark.parametrize(("text", "words"), [
    ("evenbeat_risk('arson', 'night')", "There are"),
    ("evenbeat_risk('robbery', 'noon')", "in the shifts"),
    ("evenbeat_risk('robbery', 'night', '1999-01-01')", "1999-01-01"),
    ("evenbeat_risk('robbery')", "takes 2 to 4 values, got 1"),
])  # fmt: skip
def test_mistakes_are_told(project, text, words):
    value, error = evaluate(text, QgsGeometry.fromPointXY(QgsPointXY(315000, 345000)))
    assert value is None
    assert words in error


def test_without_a_workspace_says_what_to_do(project):
    project.clear()
    value, error = evaluate("evenbeat_priority('night')", QgsGeometry())
    assert value is None
    assert "evenbeat_workspace" in error


def test_help__is_in_the_group(plugin):
    for name in ("evenbeat_risk", "evenbeat_priority", "evenbeat_percentile", "evenbeat_minutes"):
        function = QgsExpression.Functions()[QgsExpression.functionIndex(name)]
        assert function.group() == "Evenbeat"
        assert f"<h3>{name}</h3>" in function.helpText()


def test_many_threads__ask_the_engine_once(project, engine, monkeypatch):
    import threading

    from evenbeat.expressions import surfaces

    asked, real = [], surfaces._ask
    monkeypatch.setattr(surfaces, "_ask", lambda *given: asked.append(given[0]) or real(*given))
    shared, day = surfaces.Surfaces(), surfaces.Day(project_workspace(), DATE)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(shared.risk(day, "all", "day")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked == ["run-rasters"]
    assert len({id(one) for one in found}) == 1
    assert len(found) == 8


def project_workspace():
    from evenbeat.project import WORKSPACE, remembered

    return remembered(WORKSPACE)
