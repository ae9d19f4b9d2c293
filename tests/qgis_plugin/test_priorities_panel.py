"""The page of priorities: factors typed by key, their preview on the map, and saving."""

from __future__ import annotations

import tomllib

import harness
import numpy as np
import panels
import pytest
from osgeo import gdal
from panels import choose, click, until
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QItemSelectionModel, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QLineEdit

ROBBERY, THEFT = 3, 6


@pytest.fixture
def session(engine, workspace):
    from evenbeat.workspace.session import Session

    session = Session(engine)
    session.open(str(workspace))
    until(lambda: session.is_open, "the workspace is open")
    yield session
    session.close()


@pytest.fixture
def page(window, session):
    from evenbeat.gui.priorities.page import PrioritiesPage

    page = PrioritiesPage(window, session)
    page.resize(700, 500)
    page.show()
    until(lambda: page.model.rowCount() == 6, "five districts and the weights are there")
    yield page
    page.preview.stop()
    page.close()
    page.deleteLater()


def type_into(page, row, column, text):
    """Type into a cell as people do."""
    index = page.model.index(row, column)
    page.table.setCurrentIndex(index)
    page.table.edit(index)
    field = page.table.findChild(QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def plan_of(workspace):
    return tomllib.loads((workspace / "evenbeat.toml").read_text("utf-8")).get("plan", {})


def values(path):
    raster = gdal.Open(str(path))
    return raster.GetRasterBand(1).ReadAsArray().astype(float)


def test_typing__changes_one_factor_and_save_writes_it_alone(page, session, workspace):
    before = (workspace / "evenbeat.toml").read_text("utf-8")
    assert not page.save_button.isEnabled()
    type_into(page, 2, ROBBERY, "2,5")
    until(page.save_button.isEnabled, "what was typed is taken")
    assert page.model.data(page.model.index(2, ROBBERY), Qt.ItemDataRole.DisplayRole) == "× 2.5"
    assert page.state.text() == "1 change is not saved."
    click(page.save_button)
    until(lambda: plan_of(workspace) == {"district_weights": {"02": {"robbery": 2.5}}})
    after = (workspace / "evenbeat.toml").read_text("utf-8")
    assert before.strip() in after or before.splitlines()[0] in after
    until(lambda: not page.save_button.isEnabled(), "nothing is left to save")
    page.table.setCurrentIndex(page.model.index(2, ROBBERY))
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    click(page.save_button)
    until(lambda: "robbery" not in plan_of(workspace).get("district_weights", {}).get("02", {}))


@pytest.mark.parametrize("text", ["-1", "much", "nan", "inf"])
def test_typing__what_is_no_factor_is_not_taken(page, text):
    index = page.model.index(1, THEFT)
    assert not page.model.setData(index, text)
    assert page.model.data(index, Qt.ItemDataRole.EditRole) == "1"


def test_selected__get_a_factor_at_once_and_revert_takes_it_back(page):
    selection = page.table.selectionModel()
    for row in (1, 2, 3):
        selection.select(page.model.index(row, THEFT), QItemSelectionModel.SelectionFlag.Select)
    page.factor.setValue(0.5)
    click(page.apply_button)
    assert page.state.text() == "3 changes are not saved."
    click(page.revert_button)
    assert page.state.text() == ""
    assert page.model.data(page.model.index(2, THEFT), Qt.ItemDataRole.EditRole) == "1"


def test_preview__shows_the_surface_under_the_factors_on_the_screen(page, session, engine):
    truth = engine.run("run-rasters", {
        "workspace": session.root, "date": harness.DEMO_DATE, "layers": ["priority"],
        "shifts": ["evening"],
    })  # fmt: skip
    plain = values(truth["rasters"][0]["path"])
    choose_shift(page, "evening")
    page.live.setChecked(True)
    until(lambda: page.preview.layer is not None, "the preview is there")
    first = page.preview.layer
    np.testing.assert_allclose(values(first.source()), plain, rtol=1e-6)
    first_id = first.id()
    for column in range(page.model.columnCount()):
        page.model.setData(page.model.index(2, column), "3")
    until(lambda: page.preview.layer is not None and page.preview.layer.id() != first_id)
    layer = page.preview.layer
    weighed = values(layer.source())
    inside = np.isfinite(plain) & (plain > 0)
    ratio = weighed[inside] / plain[inside]
    # Cells at an edge belong to two districts; the others count three times or once.
    assert np.isclose(ratio, 3).any()
    assert np.isclose(ratio, 1).any()
    assert ((ratio > 0.9999) & (ratio < 3.0001)).all()
    items = layer.renderer().shader().rasterShaderFunction().colorRampItemList()
    seen = weighed[np.isfinite(weighed) & (weighed != gdal_nothing(layer))]
    for item, share in zip(items, (0.10, 0.05, 0.02, 0.01), strict=False):
        assert (seen > item.value).mean() == pytest.approx(share, abs=0.01)
    previews = [one for one in QgsProject.instance().mapLayers().values()
                if one.name().startswith("Preview")]  # fmt: skip
    assert previews == [layer]
    page.live.setChecked(False)
    assert not QgsProject.instance().mapLayers()
    assert QgsProject.instance().layerTreeRoot().findGroup("Preview") is None


def gdal_nothing(layer):
    raster = gdal.Open(layer.source())
    nothing = raster.GetRasterBand(1).GetNoDataValue()
    return np.nan if nothing is None else nothing


def choose_shift(page, name):
    page.shift.setCurrentIndex(page.shift.findText(name))


def test_shifts__have_factors_of_their_own(page, workspace):
    choose(page.kind, "shift_weights")
    assert page.model.rowCount() == 4
    names = [page.model.headerData(row, Qt.Orientation.Vertical) for row in range(1, 4)]
    assert names == ["day", "evening", "night"]
    page.model.setData(page.model.index(3, ROBBERY), "1.5")
    click(page.save_button)
    until(lambda: plan_of(workspace).get("shift_weights") == {"night": {"robbery": 1.5}})


def test_save__changed_by_somebody_else_meanwhile_is_told(page, window, session, engine, workspace):
    page.model.setData(page.model.index(1, THEFT), "2")
    engine.run("settings-change", {
        "workspace": session.root, "changes": [{"path": ["plan", "tau"], "value": 2}],
    })  # fmt: skip
    click(page.save_button)
    until(window.told, "it is told")
    assert "changed by somebody else" in window.told()[0]
    assert plan_of(workspace) == {"tau": 2}
    assert page.state.text() == "1 change is not saved."


def test_crash__of_the_engine_ends_the_preview_and_is_told(page, window, engine):
    page.live.setChecked(True)
    until(lambda: page.preview.layer is not None, "the preview is there")
    panels.die_while_asked(engine, lambda: page.model.setData(page.model.index(1, THEFT), "5"))
    until(window.told, "it is told")
    assert "There is no preview" in window.told()[0]
    assert not page.live.isChecked()
    assert page.state.text() == "1 change is not saved."
    page.live.setChecked(True)
    until(lambda: page.preview.layer is not None, "the next preview works")
