"""The panel of tile services against a real service with keys."""

from __future__ import annotations

import json
import shutil
from urllib.parse import parse_qs, urlsplit

import harness
import pytest
import tile_service
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsDataSourceUri,
    QgsDateTimeRange,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsSettings,
)
from qgis.PyQt.QtCore import QDateTime, QEventLoop, QSize, Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtTest import QTest
from waiting import until


@pytest.fixture(scope="module")
def service(demo, tmp_path_factory):
    """A service of the demo's publication, its boxes approved."""
    folder = tmp_path_factory.mktemp("service")
    workspace = shutil.copytree(demo, folder / "workspace", symlinks=True)
    place = ("-w", str(workspace), "--date", harness.DEMO_DATE)
    tile_service.evenbeat("review", "approve-all", *place)
    tile_service.evenbeat("publish", "--force", *place)
    with tile_service.running(workspace, folder / "requests.jsonl") as running:
        yield running


@pytest.fixture
def project(plugin):
    QgsSettings().remove("evenbeat/tile_services")
    project = QgsProject.instance()
    project.clear()
    yield project
    project.clear()
    QgsSettings().remove("evenbeat/tile_services")


@pytest.fixture
def dock(project, qgis_iface):
    from evenbeat.arrivals import shared_watch
    from evenbeat.gui.tiles.dock import TilesDock

    dock = TilesDock(qgis_iface, shared_watch())
    dock.show()
    yield dock
    shared_watch().stop()
    dock.close()
    dock.deleteLater()


def connect(dock, service, *, key=None):
    dock.form.address.setEditText(service.address)
    dock.form.key.setText(service.key if key is None else key)
    QTest.mouseClick(dock.form.button, Qt.MouseButton.LeftButton)
    until(dock.form.button.isEnabled, "the service answers")


def titles(dock):
    return [dock.list.topLevelItem(row).text(0) for row in range(dock.list.topLevelItemCount())]


def choose(dock, title):
    until(lambda: title in titles(dock), f"{title} is listed")
    dock.list.setCurrentItem(dock.list.topLevelItem(titles(dock).index(title)))
    until(lambda: dock.offer._layer.get("title") == title, f"{title} is offered")


def add(dock, project, title, way):
    """Add a layer by clicks and return the new ones."""
    before = set(project.mapLayers())
    choose(dock, title)
    dock.offer.way.setCurrentIndex(dock.offer.way.findData(way))
    QTest.mouseClick(dock.offer.add, Qt.MouseButton.LeftButton)
    until(lambda: set(project.mapLayers()) - before, f"{title} is added")
    return [layer for name, layer in project.mapLayers().items() if name not in before]


def draw(layer, bounds):
    """Draw a layer over an extent in degrees; return the colours and the errors."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(QSize(300, 300))
    transform = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:4326"), settings.destinationCrs(), QgsProject.instance()
    )
    settings.setExtent(transform.transformBoundingBox(QgsRectangle(*bounds)))
    job, loop = QgsMapRendererParallelJob(settings), QEventLoop()
    job.finished.connect(loop.quit)
    job.start()
    loop.exec()
    picture = job.renderedImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, 300, 3) for y in range(0, 300, 3)}
    return colours, [error.message for error in job.errors()]


def bounds_of(dock, title):
    layer = next(dock.list.topLevelItem(row).data(0, Qt.ItemDataRole.UserRole)
                 for row in range(dock.list.topLevelItemCount())
                 if dock.list.topLevelItem(row).text(0) == title)  # fmt: skip
    return dock._days[layer["id"]][0]["shifts"][0]["bounds"]


def test_connect__lists_what_the_key_opens(dock, service):
    connect(dock, service)
    until(lambda: "Approved boxes" in titles(dock), "the boxes are listed")
    assert {"Priority", "Risk: robbery", "Dosage"} <= set(titles(dock))
    assert dock.faces.currentIndex() == 1


def test_connect__with_a_wrong_key_says_so(dock, service):
    connect(dock, service, key="evb_00000000_" + "x" * 32)
    assert "key" in dock.form.note.text()
    assert dock.faces.currentIndex() == 0


def test_connect__where_nothing_answers(dock):
    dock.form.address.setEditText("http://127.0.0.1:9")
    QTest.keyClick(dock.form.address.lineEdit(), Qt.Key.Key_Return)
    until(dock.form.button.isEnabled, "it is told")
    assert "does not answer" in dock.form.note.text()


def test_connect__an_address_that_is_none(dock):
    dock.form.address.setEditText("ftp://example.org")
    QTest.mouseClick(dock.form.button, Qt.MouseButton.LeftButton)
    assert "no web address" in dock.form.note.text()


@pytest.mark.parametrize(("pasted", "address", "key"), [
    ("tiles.example.org", "https://tiles.example.org", ""),
    ("http://h:8765/map#5/1/2", "http://h:8765", ""),
    ("https://h/evenbeat/v1/wmts/1.0.0/WMTSCapabilities.xml?key=abc", "https://h/evenbeat", "abc"),
    ("https://h/evenbeat/v1/", "https://h/evenbeat", ""),
])  # fmt: skip
def test_access__of_what_people_paste(plugin, pasted, address, key):
    from evenbeat.tiles.access import access_of

    found = access_of(pasted)
    assert (found.address, found.key) == (address, key)


def test_xyz__draws_the_colours_of_the_style(dock, service, project):
    connect(dock, service)
    (layer,) = add(dock, project, "Priority", "xyz")
    colours, errors = draw(layer, bounds_of(dock, "Priority"))
    assert errors == []
    assert len(colours) > 3
    assert "#ffffff" in colours
    tiles = [one for one in service.requests() if one.get("layer") == "priority" and "z" in one]
    assert tiles
    assert {one["status"] for one in tiles} <= {200, 304}


def test_xyz__the_version_is_in_the_path(dock, service, project):
    connect(dock, service)
    (layer,) = add(dock, project, "Priority", "xyz")
    uri = QgsDataSourceUri()
    uri.setEncodedUri(layer.source())
    path = urlsplit(uri.param("url"))
    version = dock._days["priority"][0]["shifts"][0]["version"]
    assert f"/v1/tiles/priority/v/{version}/heat/{{z}}/{{x}}/{{y}}.png" in uri.param("url")
    assert parse_qs(path.query)["key"] == [service.key]
    assert service.key not in layer.customProperty("evenbeat/tiles")


def test_wmts__draws(dock, service, project):
    connect(dock, service)
    (layer,) = add(dock, project, "Risk: robbery", "wmts")
    colours, errors = draw(layer, bounds_of(dock, "Risk: robbery"))
    assert errors == []
    assert len(colours) > 3


def test_vector__draws_the_boxes(dock, service, project):
    connect(dock, service)
    choose(dock, "Priority")
    (layer,) = add(dock, project, "Approved boxes", "vector")
    colours, errors = draw(layer, bounds_of(dock, "Priority"))
    assert errors == []
    assert len(colours) > 2


def test_in_time__one_layer_a_shift_each_seen_in_its_own(dock, service, project):
    connect(dock, service)
    layers = add(dock, project, "Priority", "in-time")
    assert len(layers) == 3
    noon = QDateTime.fromString(f"{harness.DEMO_DATE}T12:00:00Z", Qt.DateFormat.ISODate)
    frame = QgsDateTimeRange(noon, noon.addSecs(3600), True, False)
    seen = [
        one.name() for one in layers if one.temporalProperties().isVisibleInTemporalRange(frame)
    ]
    assert seen == [f"Priority, {harness.DEMO_DATE}, day"]


def test_legend__tells_what_the_colours_mean(dock, service, project):
    connect(dock, service)
    choose(dock, "Priority")
    until(lambda: "#67000d" in dock.offer.legend.text(), "the legend is there")
    assert "Highest 0.5 % of the area" in dock.offer.legend.text()


def test_styles__only_those_that_suit(dock, service, project):
    connect(dock, service)

    def offered():
        box = dock.offer.style_box
        return [box.itemData(row) for row in range(box.count())]

    choose(dock, "Priority")
    assert "minutes" not in offered()
    assert "change" not in offered()
    choose(dock, "Dosage")
    assert "minutes" in offered()


def test_key__is_said_to_be_in_the_addresses_and_kept_only_on_request(dock, service):
    from evenbeat.tiles.access import can_send_header
    from evenbeat.tiles.connections import known_services

    connect(dock, service)
    if not can_send_header():
        assert "part of the layers' addresses" in dock.form.note.text()
    assert [one.key for one in known_services()] == [""]
    dock.form.remember.setChecked(True)
    connect(dock, service)
    assert [one.key for one in known_services()] == [service.key]


def test_watch__a_new_publication_changes_the_layer(dock, service, project):
    """The layer stands as an older project has it: with the version of a former publication."""
    connect(dock, service)
    (layer,) = add(dock, project, "Priority", "xyz")
    from evenbeat.tiles.access import Access
    from evenbeat.tiles.layers import renew
    from evenbeat.tiles.recipe import Recipe

    now, bounds = layer.source(), bounds_of(dock, "Priority")
    former = Recipe(**{**json.loads(layer.customProperty("evenbeat/tiles")), "version": "0" * 16})
    renewed, failed = [], []
    dock._watch.renewed.connect(renewed.append)
    dock._watch.failed.connect(failed.append)
    renew(layer, Access(service.address, service.key), former)
    assert layer.source() != now
    QTest.mouseClick(dock.look, Qt.MouseButton.LeftButton)
    until(lambda: renewed or failed, "the new publication is seen", seconds=30)
    assert failed == []
    assert renewed == [["Priority, newest, day"]]
    assert layer.source() == now
    assert draw(layer, bounds)[1] == []


def test_watch__a_saved_project_finds_the_new_version(dock, service, project, tmp_path):
    connect(dock, service)
    add(dock, project, "Priority", "xyz")
    path = str(tmp_path / "project.qgz")
    assert project.write(path)
    project.clear()
    assert project.read(path)
    (layer,) = project.mapLayers().values()
    from evenbeat.tiles.recipe import recipe_of

    assert recipe_of(layer).layer == "priority"
    assert layer.isValid()


def test_tips__boxes_get_theirs_and_nothing_becomes_markup(plugin, project):
    from qgis.core import (
        QgsExpression,
        QgsExpressionContext,
        QgsExpressionContextUtils,
        QgsFeature,
        QgsVectorLayer,
    )

    from evenbeat.tips import tip_of_boxes

    fields = "field=assignment_id:string&field=shift:string&field=reason:string"
    layer = QgsVectorLayer(f"Point?{fields}", "boxes", "memory")
    project.addMapLayer(layer)
    assert layer.mapTipTemplate() == tip_of_boxes(["assignment_id", "shift", "reason"])
    feature = QgsFeature(layer.fields())
    feature.setAttributes(["d-day-01-02", "day", "<b>closed</b> & gone"])
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(feature)
    shown = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
    assert "d-day-01-02" in shown
    assert "&lt;b>closed&lt;/b> &amp; gone" in shown
    other = QgsVectorLayer("Point?field=name:string", "others", "memory")
    project.addMapLayer(other)
    assert other.mapTipTemplate() == ""
