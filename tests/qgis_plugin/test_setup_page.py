"""The set-up page and the engine's light, by clicks."""

from __future__ import annotations

import harness
import pytest
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QEventLoop, QTimer
from qgis.PyQt.QtWidgets import QApplication


def until(condition, *, milliseconds=30_000):
    """Let Qt work until a condition holds."""
    loop, timer = QEventLoop(), QTimer()
    timer.setInterval(20)
    timer.timeout.connect(lambda: condition() and loop.quit())
    timer.start()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
    assert condition()


@pytest.fixture
def page(engine):
    from evenbeat.gui.setup.page import SetupPage

    QgsSettings().remove("evenbeat/python")
    page = SetupPage(engine)
    page.show()
    yield page
    page.close()
    QgsSettings().remove("evenbeat/python")


def test_page__finds_and_checks_by_itself(page):
    until(lambda: page.state in {"ready", "warning"})
    assert "Evenbeat 0.1.0" in page.verdict.text()
    names = [page.rows.topLevelItem(row).text(0) for row in range(page.rows.topLevelItemCount())]
    assert any("numpy" in name for name in names)


@pytest.mark.parametrize(
    ("manner", "words"),
    [("dead", "broken installation"), ("liar", "Update the plugin"), ("garbage", "calculator"),
     ("without", "pip install -c constraints.txt .")],
)  # fmt: skip
def test_page__tells_what_is_wrong(page, tmp_path, manner, words):
    page.python.setFilePath(harness.misbehaving_engine(tmp_path, manner))
    until(lambda: page.state == "failed")
    assert words in page.verdict.text()
    assert "Options > Evenbeat" not in page.verdict.text()


def test_page__typing_checks_the_newest_alone(page, tmp_path):
    page.python.setFilePath(str(tmp_path / "one"))
    page.python.setFilePath("")
    until(lambda: page.state in {"ready", "warning"})


def test_page__copies_what_to_type(page):
    for index, system in enumerate(("Windows", "macOS", "Linux")):
        page.system.setCurrentIndex(index)
        assert page.system.currentText() == system
        page.copy.click()
        assert QApplication.clipboard().text() == page.lines.toPlainText()
        assert "pip install -c constraints.txt ." in page.lines.toPlainText()


def test_page__keeps_the_choice(page, tmp_path):
    page.python.setFilePath(str(tmp_path / "python"))
    page.save()
    assert QgsSettings().value("evenbeat/python") == str(tmp_path / "python")


def test_options__have_the_page(plugin, engine):
    from evenbeat.gui.setup.options import SetupPageFactory

    widget = SetupPageFactory(engine).createWidget(None)
    widget.page.python.setFilePath("/somewhere/python")
    widget.apply()
    assert QgsSettings().value("evenbeat/python") == "/somewhere/python"
    QgsSettings().remove("evenbeat/python")
    widget.deleteLater()


def test_light__every_state_has_words_and_a_look(engine):
    from evenbeat.engine import states
    from evenbeat.gui.engine_light import EngineLight

    light, looks = EngineLight(engine), set()
    for state in (states.OFF, states.STARTING, states.READY, states.BUSY, states.FAILED):
        light.show_state(state, "a detail")
        looks.add(light.icon().pixmap(16, 16).toImage().bits().asstring(16 * 16 * 4))
        assert light.toolTip()
    assert len(looks) == 5
    light.deleteLater()
