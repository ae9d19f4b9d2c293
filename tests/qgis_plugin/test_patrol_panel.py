"""The panel of measured patrol, by clicks and keys, with the real engine."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from contextlib import closing

import panels
import patrolled
import pytest
from qgis.core import QgsProject, QgsVectorLayerTemporalContext
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from waiting import until


@pytest.fixture
def city(tmp_path):
    return shutil.copytree(patrolled.patrolled_city(), tmp_path / "city", symlinks=True)


@pytest.fixture
def project():
    project = QgsProject.instance()
    project.clear()
    yield project
    project.clear()


@pytest.fixture
def open_dock(engine, qgis_iface, project):
    """What opens the panel on a workspace; it is closed afterwards."""
    from evenbeat.gui.dosage.dock import DosageDock
    from evenbeat.workspace.session import Session

    opened = []

    def open_on(workspace=None, other=None):
        session = Session(other or engine)
        dock = DosageDock(qgis_iface, session)
        opened.append((dock, session))
        dock.show()
        if workspace is not None:
            session.open(str(workspace))
            until(lambda: not session.is_reading)
        return dock

    yield open_on
    for dock, session in opened:
        dock.time.leave()
        session.close()
        dock.close()
        dock.deleteLater()


def show(dock):
    dock.show_button.click()
    until(dock.show_button.isEnabled, "patrol is on the map", seconds=120)


def hours(project):
    """Return layer and band of each hour; from QGIS 3.38 on all are of one layer."""
    from evenbeat.patrol.kept import layers_of

    layers = sorted(layers_of(project, "hours"), key=lambda layer: layer.temporalProperties()
                    .fixedTemporalRange().begin().toMSecsSinceEpoch())  # fmt: skip
    return [(layer, band) for layer in layers for band in range(1, layer.bandCount() + 1)]


def bands_seen(layer, frame):
    """Return the bands of a layer that QGIS draws at a time."""
    times = layer.temporalProperties()
    if not times.isVisibleInTemporalRange(frame):
        return []
    if layer.bandCount() == 1:
        return [1]
    return times.filteredBandsForTemporalRange(layer, frame)


def test_dock__without_a_workspace_says_what_to_do(open_dock):
    dock = open_dock()
    assert dock.faces.currentIndex() == 0
    assert "No workspace is open" in dock.message.text()
    assert dock.open.isVisible()
    assert not dock.measure.isVisible()


def test_dock__a_folder_that_is_none_is_explained(open_dock, tmp_path):
    dock = open_dock(tmp_path)
    assert dock.faces.currentIndex() == 0
    assert "evenbeat.toml" in dock.message.text()


def test_dock__nothing_measured_offers_to_measure(open_dock, city):
    shutil.rmtree(city / "dosage")
    dock = open_dock(city)
    assert "No patrol was measured yet" in dock.message.text()
    dock.measure.click()
    until(lambda: dock.faces.currentIndex() == 1, "measured", seconds=180)
    assert dock.day.currentText() == patrolled.DATE


def test_show__each_hour_is_seen_at_its_time_alone(open_dock, city, project):
    dock = open_dock(city)
    show(dock)
    assert len(hours(project)) == 24
    assert panels.legend_rows(hours(project)[0][0]) == [
        "1 to 5 min", "5 to 10 min", "10 to 20 min", "20 to 40 min", "over 40 min"
    ]  # fmt: skip
    layers = {layer.id(): layer for layer, _ in hours(project)}.values()
    labels = dock.time.bars._labels
    for hour in (12, 23, 0, 5):
        frame = dock.time._controller.dateTimeRangeForFrameNumber(labels.index(f"{hour:02}:00"))
        assert frame.begin().time().hour() == hour
        seen = [(layer, band) for layer in layers for band in bands_seen(layer, frame)]
        assert seen == [hours(project)[labels.index(f"{hour:02}:00")]]


def test_show__hours_are_on_the_agencys_clock(open_dock, city, project):
    """The first hour is that of the first shift, whatever the zone of the computer is."""
    dock = open_dock(city)
    show(dock)
    first = dock._session.summary["shifts"]
    begins = next(iter(first.values()))
    assert dock.time.bars._labels[0] == begins
    assert begins in dock.time.hour.text()


def test_show__minutes_are_those_of_the_raster(open_dock, city, project):
    dock = open_dock(city)
    show(dock)
    total = sum(layer.dataProvider().bandStatistics(band).sum for layer, band in hours(project))
    assert total == pytest.approx(sum(dock.time.bars._totals), rel=1e-4)
    assert total > 100


def test_show__an_empty_project_takes_the_workspaces_crs(open_dock, city, project):
    dock = open_dock(city)
    show(dock)
    assert project.crs().authid() == dock._session.summary["crs"]
    assert not project.crs().isGeographic()


def test_tracks__the_controllers_hour_filters_them(open_dock, city, project, qgis_iface):
    dock = open_dock(city)
    show(dock)
    layer = project.mapLayersByName("Tracks")[0]
    context = QgsVectorLayerTemporalContext()
    context.setLayer(layer)
    frame = dock.time._controller.dateTimeRangeForFrameNumber(5)
    shown = layer.temporalProperties().createFilterString(context, frame)
    layer.setSubsetString("")
    texts = {(one["local_start"], one["local_end"]) for one in layer.getFeatures()}
    start, end = (moment.toString("yyyy-MM-ddTHH:mm:ss") for moment in (frame.begin(), frame.end()))
    truth = {pair for pair in texts if pair[0] < end and pair[1] > start}
    layer.selectByExpression(shown)
    found = {(one["local_start"], one["local_end"]) for one in layer.selectedFeatures()}
    assert found == truth
    assert 0 < len(found) < len(texts)


def test_bars__keys_and_clicks_move_the_map(open_dock, city):
    dock = open_dock(city)
    show(dock)
    bars, controller = dock.time.bars, dock.time._controller
    QTest.keyClick(bars, Qt.Key.Key_Right)
    QTest.keyClick(bars, Qt.Key.Key_Right)
    assert controller.currentFrameNumber() == bars.current == 2
    QTest.keyClick(bars, Qt.Key.Key_End)
    assert bars.current == 23
    place = bars.rect().center()
    place.setX(int(bars.width() * 10.5 / 24))
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=place)
    assert controller.currentFrameNumber() == 10
    dock.time.back.click()
    assert bars.current == 9


def test_play__goes_on_by_itself_and_stops(open_dock, city):
    dock = open_dock(city)
    show(dock)
    dock.time.play.click()
    until(lambda: dock.time.bars.current >= 2, "plays")
    dock.time.play.click()
    assert not dock.time.is_playing


def test_roles__an_analyst_sees_no_units(open_dock, city, project):
    dock = open_dock(city)
    show(dock)
    assert "supervisor" in dock.note.text()
    assert not dock.unit.isVisible()
    layer = project.mapLayersByName("Tracks")[0]
    assert {one["unit"] or "" for one in layer.getFeatures()} == {""}
    assert '"unit"' not in layer.mapTipTemplate()


def test_roles__a_supervisor_follows_one_unit(open_dock, city, project):
    patrolled.give_role(city, "supervisor")
    dock = open_dock(city)
    show(dock)
    assert not dock.note.isVisible()
    assert dock.unit.count() > 2
    QTest.keyClick(dock.unit, Qt.Key.Key_Down)
    chosen = dock.unit.currentData()
    layer = project.mapLayersByName("Tracks")[0]
    assert {one["unit"] for one in layer.getFeatures()} == {chosen}


def test_roles__nobody_without_a_role_sees_tracks(open_dock, city, project, qgis_iface):
    patrolled.give_role(city, "")
    dock = open_dock(city)
    show(dock)
    assert project.mapLayersByName("Tracks") == []


def test_delivered__rows_are_those_of_the_geopackage(open_dock, city, project):
    dock = open_dock(city)
    show(dock)
    layer = next(one for one in project.mapLayers().values() if "delivered" in one.name())
    with closing(sqlite3.connect(layer.source().split("|")[0])) as connection:
        truth = {(name, round(minutes), outcome) for name, minutes, outcome in connection.execute(
            "SELECT assignment_id, presence_minutes, outcome FROM delivered")}  # fmt: skip
    table = dock.table.table
    shown = {
        (
            table.item(row, 0).data(Qt.ItemDataRole.UserRole),
            int(table.item(row, 2).text().split()[0]),
        )
        for row in range(table.rowCount())
    }
    assert shown == {(name, minutes) for name, minutes, _ in truth}
    visited = sum(outcome == "visited" for _, _, outcome in truth)
    assert f"{visited} visited" in dock.table.summary.text()


def test_delivered__sorts_by_number(open_dock, city):
    dock = open_dock(city)
    show(dock)
    table = dock.table.table
    table.sortItems(2)
    minutes = [int(table.item(row, 2).text().split()[0]) for row in range(table.rowCount())]
    assert minutes == sorted(minutes)
    assert len(set(minutes)) > 1


def test_delivered__rows_and_shift_choose_boxes_on_the_map(open_dock, city, project, qgis_iface):
    dock = open_dock(city)
    show(dock)
    layer = next(one for one in project.mapLayers().values() if "delivered" in one.name())
    table = dock.table.table
    table.selectRow(1)
    name = table.item(1, 0).data(Qt.ItemDataRole.UserRole)
    assert [one["assignment_id"] for one in layer.selectedFeatures()] == [name]
    table.itemDoubleClicked.emit(table.item(1, 0))
    assert qgis_iface.mapCanvas().extent().intersects(layer.boundingBoxOfSelected())
    dock.table.shift.setCurrentIndex(1)
    shift = dock.table.shift.currentData()
    assert {one["shift"] for one in layer.getFeatures()} == {shift}
    rows = [row for row in range(table.rowCount()) if not table.isRowHidden(row)]
    assert {table.item(row, 1).text() for row in rows} == {shift}


def test_show__again_replaces_the_layers(open_dock, city, project):
    dock = open_dock(city)
    show(dock)
    before = len(project.mapLayers())
    dock.variable.setCurrentIndex(1)
    show(dock)
    assert len(project.mapLayers()) == before


def test_show__only_what_is_ticked(open_dock, city, project):
    dock = open_dock(city)
    QTest.mouseClick(dock.tracks, Qt.MouseButton.LeftButton)
    dock.hours.setChecked(False)
    show(dock)
    assert len(project.mapLayers()) == 1
    dock.delivered.setChecked(False)
    assert not dock.show_button.isEnabled()


def test_engine__crash_in_the_middle_is_told_and_the_next_try_works(
    open_dock, city, engine, project, monkeypatch
):
    from evenbeat.gui.dosage import dock as module

    told = []
    monkeypatch.setattr(
        module, "tell_error", lambda _iface, what, error: told.append((what, error))
    )
    dock = open_dock(city)
    greeting = []
    engine.greeted.connect(greeting.append)
    asked = engine.ask("hello", {"protocol": 1})
    asked.finished.connect(greeting.append)
    until(lambda: greeting, "the engine says which process it is")
    dock.show_button.click()
    os.kill(int(greeting[-1]["process"]), signal.SIGKILL)
    until(dock.show_button.isEnabled, "the failure is told")
    assert told
    assert told[0][0] == "Patrol was not shown"
    assert "unharmed" in str(told[0][1]) or "ended" in str(told[0][1])
    show(dock)
    assert len(hours(project)) == 24


def test_show__a_workspace_that_can_only_be_read(open_dock, city, project, tmp_path):
    from evenbeat.engine.client import Engine

    reading = Engine(lambda: panels.python_that_only_reads(city, tmp_path))
    try:
        dock = open_dock(city, reading)
        show(dock)
        assert dock._session.summary["writable"] is False
        assert len(hours(project)) == 24
    finally:
        reading.close()
        city.chmod(0o755)


def test_show__writes_nothing_into_the_workspace(open_dock, city):
    before = {path: path.stat().st_mtime_ns for path in city.rglob("*") if path.is_file()}
    show(open_dock(city))
    after = {path: path.stat().st_mtime_ns for path in city.rglob("*") if path.is_file()}
    assert after == before
