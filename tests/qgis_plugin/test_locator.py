"""The locator's filter with the real engine, and what a click on a result does."""

from __future__ import annotations

import harness
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeedback,
    QgsGeometry,
    QgsLocatorContext,
    QgsProject,
)
from waiting import until


@pytest.fixture
def project(demo, plugin):
    from evenbeat.project import remember

    project = QgsProject.instance()
    project.clear()
    remember(workspace=str(demo))
    yield project
    project.clear()


@pytest.fixture
def went():
    return []


@pytest.fixture
def locator(engine, project, went):
    from evenbeat.locator.filter import EvenbeatLocator
    from evenbeat.locator.index import Index

    return EvenbeatLocator(Index(engine), lambda *where: went.append(where))


def search(locator, text, *, prefix=True):
    """Search as QGIS does: a clone, prepared, then asked."""
    one, found = locator.clone(), []
    context = QgsLocatorContext()
    context.usingPrefix = prefix
    one.prepare(text, context)
    one.resultFetched.connect(found.append)
    one.fetchResults(text, context, QgsFeedback())
    return found


def shown(found):
    return [result.displayString for result in found]


def test_box__is_found_by_its_words(locator, engine, demo):
    listed = engine.run("review-list", {"workspace": str(demo)})["boxes"]
    box = listed[0]
    names = shown(search(locator, f"{box['shift']} {box['assignment_id'][-5:]}"))
    assert any(name.startswith(box["assignment_id"]) for name in names)


def test_district__comes_first(locator):
    found = search(locator, "district 1")
    assert found[0].displayString == "District 1"
    assert found[0].group == "Districts"


def test_run__is_found_by_its_day(locator):
    found = search(locator, f"run {harness.DEMO_DATE}")
    assert f"Run of {harness.DEMO_DATE}" in shown(found)


def test_nothing_fits(locator):
    assert search(locator, "zzz") == []


def test_without_the_prefix__it_asks_nobody(locator, monkeypatch):
    asked = []
    monkeypatch.setattr(locator._index, "_read", lambda *given: asked.append(given) or [])
    assert search(locator, "district", prefix=False) == []
    assert asked == []


def test_without_the_prefix__it_tells_what_it_knows(locator):
    search(locator, "district")
    assert "District 1" in shown(search(locator, "district 1", prefix=False))


def test_without_a_workspace__it_says_so(locator, project):
    project.clear()
    assert "no workspace" in shown(search(locator, "x"))[0]


def test_workspace_that_is_gone__is_told(locator, project, tmp_path):
    from evenbeat.project import remember

    remember(workspace=str(tmp_path))
    assert "evenbeat.toml" in shown(search(locator, "x"))[0]


def test_result__tells_where_to_go(locator, went):
    found = search(locator, "district 1")
    locator.triggerResult(found[0])
    kind, facts = went[0]
    assert kind == "district"
    assert len(facts["bounds"]) == 4


@pytest.fixture
def finder(engine, qgis_iface, project):
    from evenbeat.gui.finding import Finder
    from evenbeat.workspace.session import Session

    session = Session(engine)
    session.follow_project()
    until(lambda: not session.is_reading)
    yield Finder(qgis_iface, session)
    session.close()


def test_box__the_map_goes_there(finder, locator, qgis_iface, went, project):
    canvas = qgis_iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:26971"))
    result = search(locator, "day-01-01")[0]
    locator.triggerResult(result)
    finder.go_to(*went[0])
    box = QgsGeometry.fromWkt(went[0][1]["wkt"]).boundingBox()
    assert canvas.extent().contains(box)
    shown = min(canvas.extent().width(), canvas.extent().height())
    assert shown < 10 * box.width()


def test_run__comes_onto_the_map(finder, locator, went, project):
    from evenbeat.project import DATE, RUN, remembered

    locator.triggerResult(search(locator, f"run of {harness.DEMO_DATE}")[0])
    finder.go_to(*went[0])
    until(project.mapLayers, "the run's rasters")
    names = {layer.name() for layer in project.mapLayers().values()}
    assert names == {"Priority, day", "Priority, evening", "Priority, night"}
    assert remembered(DATE) == harness.DEMO_DATE
    assert remembered(RUN) == went[0][1]["run_id"]


def test_filter__is_registered_and_taken_out(plugin):
    locator = plugin._interface._extras.locator
    assert locator.prefix() == "eb"
    plugin.iface.registerLocatorFilter.assert_any_call(locator)
