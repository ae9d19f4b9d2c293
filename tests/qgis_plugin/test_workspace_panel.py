"""The panel of the workspace: opened, filled with layers, and what is told; by clicks and keys."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import panels
import pytest
from panels import choose, click, memory_layer, until
from qgis.core import QgsExpressionContextUtils, QgsProject, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QMessageBox

BARS = [
    (f"Point({-88.15 + number / 1000} {39.78 + number / 1000})", [f"b{number}", "bar", "A. Owner"])
    for number in range(4)
]


@pytest.fixture
def make_dock(window, engine):
    """Return a maker of panels, by default with the shared engine."""
    from evenbeat.gui.workspace.dock import WorkspaceDock
    from evenbeat.workspace.session import Session

    made = []

    def make(other=None):
        session = Session(other or engine)
        dock = WorkspaceDock(window, session)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        made.append((dock, session))
        return dock, session

    yield make
    for dock, session in made:
        session.close()
        dock.deleteLater()


@pytest.fixture
def opened(make_dock, workspace):
    """A panel with a copy of the demo workspace."""
    dock, session = make_dock()
    dock.chooser.choose(str(workspace))
    until(lambda: dock.sources.tree.topLevelItemCount() > 0, "the sources are listed")
    return dock, session, workspace


def dialog_of(dock):
    from evenbeat.gui.sources.layer_dialog import LayerDialog

    return [one for one in dock.sources.findChildren(LayerDialog) if one.isVisible()][-1]


def checked(dialog):
    until(lambda: dialog.save_button.isEnabled() or dialog.verdict.told(), "the check has ended")


def sources_of(workspace):
    return tomllib.loads((workspace / "evenbeat.toml").read_text("utf-8"))["sources"]


def role_item(dock, role):
    from evenbeat.gui.sources.tree import ROLE

    tree = dock.sources.tree
    items = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    return next(item for item in items if item.data(0, ROLE) == role)


def add_layer(dock, layer, role):
    """Open the dialog with a layer in front, for a role."""
    QgsProject.instance().addMapLayer(layer)
    dock.iface.layer = layer
    dock.sources.tree.setCurrentItem(role_item(dock, role))
    click(dock.sources.add_button)
    dialog = dialog_of(dock)
    assert dialog.form.layer is layer
    return dialog


def test_panel__without_a_workspace_says_what_to_do(make_dock):
    dock, _ = make_dock()
    assert dock.faces.currentIndex() == 0
    assert "make a new one" in dock.message.text()
    assert dock.start.isVisibleTo(dock)


def test_panel__a_folder_that_is_none_is_refused_in_words(make_dock, window, tmp_path):
    dock, session = make_dock()
    dock.chooser.choose(str(tmp_path))
    assert "has no evenbeat.toml" in window.told()[0]
    assert not session.root


def test_panel__settings_that_cannot_be_read_are_told(make_dock, tmp_path):
    (tmp_path / "evenbeat.toml").write_text("[plan]\ntau = 99\n", "utf-8")
    dock, session = make_dock()
    dock.chooser.choose(str(tmp_path))
    until(lambda: not session.is_reading)
    assert "tau" in dock.message.text()
    assert dock.faces.currentIndex() == 0


def test_panel__shows_what_the_engine_counts(opened, engine):
    dock, _, workspace = opened
    truth = engine.run("workspace-summary", {"workspace": str(workspace)})
    rows = {table["name"]: table["rows"] for table in truth["tables"]}
    for role in ("districts", "incidents", "places", "events"):
        assert role_item(dock, role).text(1) == f"{rows[role]:,}"
    shown = sum(
        dock.sources.tree.topLevelItem(row).childCount()
        for row in range(dock.sources.tree.topLevelItemCount())
    )
    assert shown == len(truth["sources"])
    assert dock.agency.text() == truth["agency"]


def test_panel__what_an_older_version_read_is_not_called_changed(make_dock, workspace):
    state = workspace / "data" / "ingest.json"
    codes = {
        known.split()[1]
        for files in json.loads(state.read_text("utf-8")).values() for known in files.values()
    }  # fmt: skip
    [code] = codes
    state.write_text(state.read_text("utf-8").replace(code, 64 * "0"), "utf-8")
    dock, _ = make_dock()
    dock.chooser.choose(str(workspace))
    until(lambda: dock.sources.tree.topLevelItemCount() > 0, "the sources are listed")
    source = role_item(dock, "incidents").child(0)
    assert source.text(2) == "read by an older version"
    assert "run the day (or Ingest)" in source.toolTip(2)
    assert "older version of Evenbeat" in dock.sources.advice.text()
    click(dock.sources.read_button)
    until(lambda: role_item(dock, "incidents").child(0).text(2) == "read", "it is read again")
    assert not dock.sources.advice.isVisible()


def test_panel__is_remembered_by_the_project_and_in_the_list(opened):
    dock, session, workspace = opened
    scope = QgsExpressionContextUtils.projectScope(QgsProject.instance())
    assert scope.variable("evenbeat_workspace") == str(workspace)
    assert dock.chooser.recent.currentData() == str(workspace)
    QgsProject.instance().clear()
    session.root, session.summary = "", {}
    QgsExpressionContextUtils.setProjectVariable(
        QgsProject.instance(), "evenbeat_workspace", str(workspace)
    )
    until(lambda: session.is_open, "the project's workspace is open again")


def test_add__a_memory_layer_is_kept_as_a_copy_with_the_read_columns_alone(opened):
    dock, session, workspace = opened
    layer = memory_layer("My bars", ("code:string", "kind:string", "owner_name:string"), BARS)
    dialog = add_layer(dock, layer, "places")
    assert not dialog.form.by_file.isEnabled()
    assert dialog.form.by_copy.isChecked()
    choose(dialog.form.pickers.picker("place_id"), "code")
    checked(dialog)
    until(dialog.save_button.isEnabled, "the layer can be added")
    assert "4 of 4 rows" in dialog.verdict.headline.text()
    click(dialog.save_button)
    until(lambda: len(session.summary.get("sources", [])) == len(sources_of(workspace)) == 17)
    entry = sources_of(workspace)[-1]
    assert entry == {
        "role": "places", "path": "sources/places-my-bars.gpkg", "columns": {"place_id": "code"},
    }  # fmt: skip
    copy = QgsVectorLayer(str(workspace / entry["path"]), "copy", "ogr")
    assert [field.name() for field in copy.fields()] == ["fid", "code", "kind"]
    assert copy.featureCount() == len(BARS)


def test_add__a_file_is_named_where_it_is_and_never_twice(opened):
    dock, session, workspace = opened
    layer = QgsVectorLayer(str(workspace / "parks.geojson"), "parks", "ogr")
    dialog = add_layer(dock, layer, "places")
    assert dialog.form.by_file.isChecked()
    until(lambda: dialog.form.category.findData("playground") > 0, "the categories are listed")
    choose(dialog.form.category, "playground")
    until(dialog.save_button.isEnabled)
    before = sources_of(workspace)
    click(dialog.save_button)
    until(lambda: sources_of(workspace) != before, "the settings are changed")
    after = sources_of(workspace)
    assert len(after) == len(before)
    changed = [one for one in after if one["path"] == "parks.geojson"]
    assert [one["category"] for one in changed] == ["playground"]
    until(lambda: session.is_open)


def press(button):
    """Press a button of the next question that opens."""

    def act():
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            next(one for one in box.buttons() if one.text().replace("&", "") == button).click()
        else:
            QTimer.singleShot(50, act)

    QTimer.singleShot(50, act)


def test_add__a_layer_named_like_one_that_is_there_asks(opened):
    dock, session, workspace = opened
    counts = []
    for number, answer in enumerate((None, "Keep both", "Replace", "Cancel")):
        rows = BARS[: number + 1]
        layer = memory_layer("Spots", ("place_id:string", "category:string", "o:string"), rows)
        dialog = add_layer(dock, layer, "places")
        checked(dialog)
        before = (workspace / "evenbeat.toml").stat().st_mtime_ns
        if answer:
            press(answer)
        click(dialog.save_button)
        if answer == "Cancel":
            until(dialog.save_button.isEnabled)
            dialog.reject()
        else:
            until(lambda shown=dialog: sip.isdeleted(shown), "the dialog is closed")
            until(lambda: session.is_open and not session.is_reading)
            if answer != "Replace":
                assert (workspace / "evenbeat.toml").stat().st_mtime_ns != before
        QgsProject.instance().removeMapLayer(layer)
    paths = [one["path"] for one in sources_of(workspace)][-2:]
    assert paths == ["sources/places-spots.gpkg", "sources/places-spots-2.gpkg"]
    for path in paths:
        counts.append(QgsVectorLayer(str(workspace / path), "copy", "ogr").featureCount())
    assert counts == [3, 2]


def test_add__a_workspace_that_went_away_is_told_in_the_dialog(opened, tmp_path):
    dock, _, workspace = opened
    layer = memory_layer("Spots", ("place_id:string", "category:string", "o:string"), BARS)
    dialog = add_layer(dock, layer, "places")
    checked(dialog)
    workspace.rename(tmp_path / "elsewhere")
    click(dialog.save_button)
    until(lambda: any("could not be written" in words for words in dialog.verdict.told()))
    assert not workspace.exists()
    dialog.reject()


def test_panel__a_new_project_knows_the_open_workspace(opened, tmp_path):
    _, session, workspace = opened
    store = QgsProject.instance()
    store.clear()
    scope = QgsExpressionContextUtils.projectScope
    until(lambda: scope(store).variable("evenbeat_workspace") == str(workspace))
    assert not store.isDirty()
    assert session.is_open
    QgsExpressionContextUtils.setProjectVariable(store, "evenbeat_workspace", "")
    assert store.write(str(tmp_path / "other.qgz"))
    store.clear()
    assert store.read(str(tmp_path / "other.qgz"))
    QTest.qWait(50)
    assert not scope(store).variable("evenbeat_workspace")


def test_add__policy_refusals_are_told_before_anything_is_stored(opened):
    dock, _, workspace = opened
    schools = [(text, [name, "school", "x"]) for text, (name, _, _) in BARS]
    layer = memory_layer("learning", ("id:string", "category:string", "note:string"), schools)
    dialog = add_layer(dock, layer, "places")
    checked(dialog)
    assert any("Refused by policy: school" in words for words in dialog.verdict.told())
    assert not dialog.save_button.isEnabled()
    before = sources_of(workspace)
    dialog.reject()
    assert sources_of(workspace) == before
    assert not (workspace / "sources").exists()


def test_add__a_wrong_role_says_what_is_lacking(opened):
    dock, _, _ = opened
    layer = memory_layer("My bars", ("code:string", "kind:string", "x:string"), BARS)
    dialog = add_layer(dock, layer, "incidents")
    checked(dialog)
    assert "occurred_from" in dialog.verdict.told()[0]
    assert not dialog.save_button.isEnabled()


def test_roster__becomes_the_plans_units(opened):
    dock, _, workspace = opened
    rows = [("", ["A1", "01", "day"]), ("", ["A1", "01", "night"]), ("", ["B2", "02", "evening"])]
    layer = memory_layer("units", ("car:string", "beat:string", "watch:string"), rows, kind="None?")
    dialog = add_layer(dock, layer, "roster")
    checked(dialog)
    assert "Unit" in dialog.verdict.told()[0]
    for name, column in (("id", "car"), ("district", "beat"), ("shift", "watch")):
        choose(dialog.form.pickers.picker(name), column)
    until(dialog.save_button.isEnabled, "the roster can be saved")
    assert dialog.verdict.headline.text() == "2 units in 2 districts."
    click(dialog.save_button)
    read = lambda: tomllib.loads((workspace / "evenbeat.toml").read_text("utf-8"))  # noqa: E731
    until(lambda: "units" in read().get("plan", {}), "the units are in the settings")
    assert read()["plan"]["units"] == [
        {"id": "A1", "district": "01", "shifts": ["day", "night"]},
        {"id": "B2", "district": "02", "shifts": ["evening"]},
    ]
    until(lambda: role_item(dock, "roster").text(1) == "2", "the list counts the units")


def test_roster__a_district_that_is_none_is_told(opened):
    dock, _, _ = opened
    layer = memory_layer("units", ("id:string", "d:string"), [("", ["A1", "99"])], kind="None?")
    dialog = add_layer(dock, layer, "roster")
    choose(dialog.form.pickers.picker("id"), "id")
    choose(dialog.form.pickers.picker("district"), "d")
    until(lambda: "no district '99'" in " ".join(dialog.verdict.told()))
    assert not dialog.save_button.isEnabled()


def test_change__keeps_what_the_dialog_does_not_show(opened):
    dock, _, workspace = opened
    before = sources_of(workspace)
    number = next(at for at, one in enumerate(before) if one["path"] == "incidents_legacy.csv")
    parent = role_item(dock, "incidents")
    items = [parent.child(row) for row in range(parent.childCount())]
    dock.sources.tree.setCurrentItem(
        next(item for item in items if item.text(0) == "incidents_legacy.csv")
    )
    click(dock.sources.change_button)
    until(lambda: shown(dock), "the dialog is open")
    dialog = dialog_of(dock)
    until(dialog.save_button.isEnabled, "the source is checked")
    assert dialog.form.pickers.picker("class_code").currentData() == "UCR"
    choose(dialog.form.pickers.picker("arrest"), "")
    until(dialog.save_button.isEnabled, "the source is checked again")
    click(dialog.save_button)
    until(lambda: sources_of(workspace) != before, "the settings are changed")
    after = sources_of(workspace)
    expected = json.loads(json.dumps(before[number]))
    del expected["columns"]["arrest"]
    assert after[number] == expected
    assert [one for one in after if one["path"] != "incidents_legacy.csv"] == [
        one for one in before if one["path"] != "incidents_legacy.csv"
    ]


def shown(dock):
    from evenbeat.gui.sources.layer_dialog import LayerDialog

    return any(one.isVisible() for one in dock.sources.findChildren(LayerDialog))


def test_remove__by_key_asks_and_takes_the_source_out(opened):
    dock, _, workspace = opened
    before = sources_of(workspace)
    tree = dock.sources.tree
    tree.setCurrentItem(role_item(dock, "weather").child(0))

    def agree():
        box = QApplication.activeModalWidget()
        assert "weather.csv" in box.text()
        click(box.button(QMessageBox.StandardButton.Yes))

    QTimer.singleShot(300, agree)
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Delete)
    until(lambda: len(sources_of(workspace)) == len(before) - 1, "the source is out")
    assert "weather" not in {one["role"] for one in sources_of(workspace)}
    assert (workspace / "weather.csv").is_file()


def test_read_only__is_told_and_nothing_can_be_changed(make_dock, workspace, tmp_path):
    from evenbeat.engine.client import Engine

    python = panels.python_that_only_reads(workspace, tmp_path)
    other = Engine(lambda: python)
    try:
        dock, session = make_dock(other)
        dock.chooser.choose(str(workspace))
        until(lambda: dock.sources.tree.topLevelItemCount() > 0)
        assert "can only be read" in dock.sources.advice.text()
        dock.sources.tree.setCurrentItem(role_item(dock, "weather").child(0))
        for button in (dock.sources.add_button, dock.sources.read_button,
                       dock.sources.change_button, dock.sources.remove_button):  # fmt: skip
            assert not button.isEnabled()
        until(lambda: dock.priorities.model.rowCount() > 1)
        model = dock.priorities.model
        assert not model.flags(model.index(1, 0)) & Qt.ItemFlag.ItemIsEditable
        assert not session.writable
    finally:
        other.close()
        workspace.chmod(0o755)


def test_crash__in_the_middle_of_a_check_is_told_and_the_next_check_works(opened, engine):
    dock, _, _ = opened
    layer = memory_layer("My bars", ("code:string", "kind:string", "x:string"), BARS)
    dialog = add_layer(dock, layer, "places")
    until(dialog.save_button.isEnabled, "the layer is checked")
    panels.die_while_asked(engine, dialog.check)
    until(lambda: "did not work" in dialog.verdict.headline.text(), "the crash is told")
    assert "ended from outside" in dialog.verdict.told()[0]
    dialog.check()
    until(dialog.save_button.isEnabled, "the next check works")
    dialog.reject()


def test_new__makes_a_workspace_and_opens_it(make_dock, tmp_path):
    from evenbeat.gui.workspace.new_dialog import NewWorkspaceDialog

    dock, session = make_dock()

    def fill():
        dialog = next(one for one in dock.findChildren(NewWorkspaceDialog) if one.isVisible())
        make = dialog.buttons.button(dialog.buttons.StandardButton.Ok)
        assert not make.isEnabled()
        dialog.folder.setFilePath(str(tmp_path / "Pueblo Nuevo"))
        dialog.agency.setText("Policía de Ñandú")
        dialog.zone.setCurrentText("America/Asuncion")
        click(make)

    QTimer.singleShot(200, fill)
    click(dock.start)
    until(lambda: session.is_open, "the new workspace is open")
    settings = tomllib.loads((tmp_path / "Pueblo Nuevo" / "evenbeat.toml").read_text("utf-8"))
    assert settings["agency"]["name"] == "Policía de Ñandú"
    assert settings["agency"]["timezone"] == "America/Asuncion"
    until(lambda: "Start with the districts" in dock.sources.advice.text())


def test_new__what_the_engine_refuses_is_told_in_the_dialog(make_dock, workspace):
    from evenbeat.gui.workspace.new_dialog import NewWorkspaceDialog

    dock, _ = make_dock()
    dialog = NewWorkspaceDialog(dock._session.engine, dock)
    dialog.show()
    dialog.folder.setFilePath(str(workspace))
    dialog.agency.setText("Again")
    click(dialog.buttons.button(dialog.buttons.StandardButton.Ok))
    until(dialog.complaint.text, "the engine refuses")
    assert dialog.isVisible()
    assert "evenbeat.toml" in dialog.complaint.text()


def test_file_of__is_the_file_only_where_the_layer_shows_it_whole(plugin, tmp_path, workspace):
    from evenbeat.workspace.handing_over import file_of, within

    layer = QgsVectorLayer(str(workspace / "places.geojson"), "places", "ogr")
    assert file_of(layer).path == str(workspace / "places.geojson")
    assert within(str(workspace), file_of(layer).path) == "places.geojson"
    layer.setSubsetString("category = 'bar'")
    assert file_of(layer) is None
    parcels = f"{workspace / 'vacant_parcels.gpkg'}|layername=vacant_parcels"
    assert file_of(QgsVectorLayer(parcels, "x", "ogr")).path == parcels
    stops = Path(workspace / "transit_stops.csv").as_uri()
    text = QgsVectorLayer(
        f"{stops}?xField=longitude&yField=latitude&crs=EPSG:4326", "stops", "delimitedtext"
    )
    assert text.isValid()
    assert file_of(text).columns == (("longitude", "longitude"), ("latitude", "latitude"))
    assert file_of(text).crs == "EPSG:4326"
    assert file_of(memory_layer("m", ("id:string",), [])) is None


def test_roles__offer_only_columns_that_the_engine_reads(engine):
    from evenbeat.workspace.roles import ROSTER, roles

    told = {one["role"]: one for one in engine.run("layer-roles", {})["roles"]}
    assert {role.name for role in roles()} == {*told, ROSTER}
    for role in roles():
        if role.name != ROSTER:
            known = {column["name"] for column in told[role.name]["columns"]}
            assert {column.name for column in role.columns} <= known, role.name
