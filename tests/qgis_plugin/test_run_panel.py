"""The panel that runs the day: one click, progress, cancel, history, difference; by clicks."""

from __future__ import annotations

import json
import shutil
import subprocess
import time

import harness
import numpy as np
import panels
import pytest
from osgeo import gdal
from panels import choose, click, until
from qgis.core import QgsExpressionContextUtils, QgsProject
from qgis.PyQt.QtCore import QDate

LATER = QDate(2017, 1, 5)


@pytest.fixture
def make_dock(window, engine):
    """Return a maker of panels on a workspace."""
    from evenbeat.gui.run.dock import RunDock
    from evenbeat.workspace.session import Session

    made = []

    def make(root, other=None):
        session = Session(other or engine)
        dock = RunDock(window, session)
        made.append((dock, session))
        dock.show()
        session.open(str(root))
        until(lambda: session.is_open, "the workspace is open")
        return dock, session

    yield make
    for dock, session in made:
        session.close()
        dock.close()
        dock.deleteLater()


OTHER_COUNTS = """
import sys, numpy, zarr
counts = zarr.open_group(sys.argv[1], mode="r+")["expected_count"]
random = numpy.random.default_rng(1)
counts[:] = counts[:] * random.uniform(0.2, 2.0, counts.shape).astype("float32")
"""


@pytest.fixture
def two_runs(workspace):
    """A workspace with another run of its day, which was replaced; its counts differ."""
    day = workspace / "runs" / harness.DEMO_DATE
    current = day / json.loads((day / "current.json").read_text("utf-8"))["run_id"]
    for former in day.iterdir():
        if former.is_dir() and former != current:
            shutil.rmtree(former)
    other = day / f"{harness.DEMO_DATE}-0123456789ab"
    shutil.copytree(current, other)
    subprocess.run([harness.ENGINE, "-I", "-c", OTHER_COUNTS, str(other / "risk.zarr")], check=True)
    return workspace


def listed(dock):
    tree = dock.history.tree
    return [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]


def variable(name):
    return QgsExpressionContextUtils.projectScope(QgsProject.instance()).variable(name)


def values(path):
    raster = gdal.Open(str(path))
    return raster.GetRasterBand(1).ReadAsArray().astype(float)


def headings():
    group = QgsProject.instance().layerTreeRoot().findGroup("Evenbeat")
    return {} if group is None else {
        child.name(): [node.name() for node in child.children()] for child in group.children()
    }  # fmt: skip


def test_panel__without_a_workspace_says_what_to_do(window, engine):
    from evenbeat.gui.run.dock import RunDock
    from evenbeat.workspace.session import Session

    session = Session(engine)
    dock = RunDock(window, session)
    assert "Open a workspace first" in dock.empty.text()
    assert not dock.day.run_button.isEnabled()
    assert not dock.show_button.isEnabled()
    session.close()
    dock.deleteLater()


def test_history__tells_what_the_engine_lists(make_dock, demo, engine):
    dock, _ = make_dock(demo)
    until(lambda: listed(dock), "the runs are listed")
    runs = engine.run("runs-list", {"workspace": str(demo)})["runs"]
    assert [item.text(0) for item in listed(dock)] == [run["date"] for run in runs]
    item, run = listed(dock)[0], runs[0]
    assert item.text(1) == "published"
    assert item.text(2) == str(run["boxes"])
    assert item.text(3) == f"{sum(run['totals'].values()):.1f}"
    assert item.text(4) == run["made_by"]
    assert all(note in item.toolTip(0) for note in run["notes"])


def test_show__lays_a_run_on_the_map_and_the_project_remembers_it(make_dock, demo):
    dock, _ = make_dock(demo)
    until(lambda: listed(dock))
    click(dock.show_button)
    until(lambda: headings().get(harness.DEMO_DATE), "the run is on the map")
    shown = ["Priority, day", "Priority, evening", "Priority, night"]
    until(lambda: not dock.progress.is_busy)
    assert headings()[harness.DEMO_DATE] == [f"Assignments {harness.DEMO_DATE}", *shown]
    click(dock.show_button)
    until(lambda: not dock.progress.is_busy)
    assert headings()[harness.DEMO_DATE] == [f"Assignments {harness.DEMO_DATE}", *shown]
    assert variable("evenbeat_date") == harness.DEMO_DATE
    assert variable("evenbeat_run").startswith(harness.DEMO_DATE)
    root = QgsProject.instance().layerTreeRoot()
    visible = [node.name() for node in root.findLayers() if node.isVisible()]
    assert visible == [f"Assignments {harness.DEMO_DATE}", "Priority, day"]
    assert QgsProject.instance().crs().authid() == "EPSG:26971"
    for name in shown:
        [layer] = QgsProject.instance().mapLayersByName(name)
        assert panels.legend_rows(layer) == panels.TOP_SHARES


def test_difference__is_the_newer_minus_the_older(make_dock, two_runs, engine):
    dock, _ = make_dock(two_runs)
    until(lambda: len(listed(dock)) == 2, "two runs are listed")
    assert {item.text(1) for item in listed(dock)} >= {"replaced"}
    dock.history.tree.selectAll()
    choose(dock.layer, "priority")
    choose(dock.shift, "night")
    older, newer = dock.history.chosen()
    click(dock.difference_button)
    until(headings, "the difference is on the map")
    ((heading, names),) = headings().items()
    assert heading == f"{harness.DEMO_DATE} minus {harness.DEMO_DATE} (012345)"
    assert names == ["Priority, night"]
    surfaces = [
        engine.run("run-rasters", {
            "workspace": str(two_runs), "date": run["date"], "run_id": run["run_id"],
            "layers": ["priority"], "shifts": ["night"],
        })["rasters"][0]["path"] for run in (older, newer)
    ]  # fmt: skip
    layer = next(iter(QgsProject.instance().mapLayers().values()))
    np.testing.assert_allclose(
        values(layer.source()), values(surfaces[1]) - values(surfaces[0]), atol=1e-6
    )
    items = layer.renderer().shader().rasterShaderFunction().colorRampItemList()
    uppers = [item.value for item in items[:-1]]
    assert len(items) == 5
    assert uppers == pytest.approx([-upper for upper in reversed(uppers)])
    assert panels.legend_rows(layer) == [
        "falls most", "falls", "little change", "rises", "rises most"
    ]  # fmt: skip


def test_difference__is_drawn_alone_and_so_is_the_run_after_it(make_dock, two_runs):
    def drawn():
        root = QgsProject.instance().layerTreeRoot()
        return {node.parent().name() for node in root.findLayers() if node.isVisible()}

    dock, _ = make_dock(two_runs)
    until(lambda: len(listed(dock)) == 2, "two runs are listed")
    choose(dock.shift, "night")
    dock.history.tree.setCurrentItem(listed(dock)[0])
    click(dock.show_button)
    until(lambda: headings() and not dock.progress.is_busy, "a run is on the map")
    day = drawn()
    dock.history.tree.selectAll()
    click(dock.difference_button)
    until(lambda: len(headings()) == 2 and not dock.progress.is_busy, "the difference is there")
    assert drawn() == set(headings()) - day
    dock.history.tree.clearSelection()
    dock.history.tree.setCurrentItem(listed(dock)[0])
    click(dock.show_button)
    until(lambda: drawn() == day, "the run is drawn again, alone")


def test_run__a_day_that_is_done_says_so_and_is_shown(make_dock, workspace):
    dock, _ = make_dock(workspace)
    dock.day.which.setCurrentIndex(1)
    dock.day.date.setDate(QDate.fromString(harness.DEMO_DATE, "yyyy-MM-dd"))
    click(dock.day.run_button)
    assert dock.day.progress.is_busy
    assert not dock.day.run_button.isVisible()
    until(lambda: not dock.day.progress.is_busy, "the day is run", seconds=240)
    assert dock.day.outcome.text().startswith(f"{harness.DEMO_DATE}: ")
    assert "done" in dock.day.outcome.text().lower()
    assert dock.day.briefing_button.isVisible()
    until(lambda: headings().get(harness.DEMO_DATE), "the day is on the map")


def test_cancel__ends_the_day_and_keeps_what_was_there(make_dock, workspace, capsys):
    dock, _ = make_dock(workspace)
    until(lambda: listed(dock))
    before = [item.text(0) for item in listed(dock)]
    dock.day.which.setCurrentIndex(1)
    dock.day.date.setDate(LATER)
    click(dock.day.run_button)
    until(lambda: dock.day.progress.bar.value() > 0, "it tells how far it is")
    assert "%" in dock.day.progress.stage.text()
    began = time.perf_counter()
    click(dock.day.progress.cancel)
    until(lambda: not dock.day.progress.is_busy, "it has ended", seconds=20)
    with capsys.disabled():
        print(f"\nrun, cancel to its end: {time.perf_counter() - began:.2f} s; bar 3 s")
    assert dock.day.outcome.text().startswith("Cancelled.")
    assert dock.day.run_button.isVisible()
    dock.show_state()
    until(lambda: [item.text(0) for item in listed(dock)] == before, "the history is as before")


def test_crash__in_the_middle_of_the_day_is_told(make_dock, workspace, window, engine):
    dock, _ = make_dock(workspace)
    dock.day.which.setCurrentIndex(1)
    dock.day.date.setDate(LATER)
    click(dock.day.run_button)
    until(lambda: dock.day.progress.bar.value() > 0, "it works")
    panels.kill_engines()
    until(lambda: not dock.day.progress.is_busy, "it has ended", seconds=20)
    assert "The day was not finished" in window.told()[0]
    assert "ended from outside" in dock.day.outcome.text()
    assert dock.day.run_button.isEnabled()
    assert engine.run("runs-list", {"workspace": str(workspace)})["runs"]


def test_empty_workspace__says_what_is_missing(make_dock, engine, window, tmp_path):
    engine.run("init", {"folder": str(tmp_path / "new"), "name": "New"})
    dock, _ = make_dock(tmp_path / "new")
    until(lambda: "No run yet" in dock.empty.text(), "the history is empty")
    assert not dock.difference_button.isEnabled()
    click(dock.day.run_button)
    until(lambda: not dock.day.progress.is_busy, "the engine refused")
    assert dock.day.outcome.text()
    assert "The day was not finished" in window.told()[0]


def test_read_only__cannot_run_but_shows_what_is_there(make_dock, workspace, tmp_path):
    from evenbeat.engine.client import Engine

    other = Engine(lambda: panels.python_that_only_reads(workspace, tmp_path))
    try:
        dock, _ = make_dock(workspace, other)
        until(lambda: listed(dock), "the runs are listed")
        assert not dock.day.run_button.isEnabled()
        assert "can only be read" in dock.day.run_button.toolTip()
        click(dock.show_button)
        until(lambda: headings().get(harness.DEMO_DATE), "the run is on the map")
    finally:
        other.close()
        workspace.chmod(0o755)
