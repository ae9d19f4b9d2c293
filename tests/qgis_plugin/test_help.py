"""Icons and help: one of each for every panel and algorithm, up to date, and at hand."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import harness
import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtGui import QColor, QGuiApplication, QPalette
from qgis.PyQt.QtSvg import QSvgRenderer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget, QLineEdit

sys.path.insert(0, str(harness.ROOT / "scripts"))
import write_icons

SMALLEST_CONTRAST = 3.0
LIGHT_GROUND, DARK_GROUND = "#f0f0f0", "#323232"


@pytest.fixture
def opened(monkeypatch):
    """The addresses that a browser would have opened."""
    from evenbeat.gui import help as panel_help

    found = []
    monkeypatch.setattr(panel_help.QDesktopServices, "openUrl", found.append)
    return found


@pytest.fixture
def dark_theme():
    plain = QGuiApplication.palette()
    palette = QPalette(plain)
    palette.setColor(QPalette.ColorRole.Window, QColor(DARK_GROUND))
    QGuiApplication.setPalette(palette)
    yield
    QGuiApplication.setPalette(plain)


def luminance(colour):
    def linear(part):
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    parts = [linear(part) for part in QColor(colour).getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    """Return the contrast of two colours as WCAG 2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_icons__are_as_drawn():
    """The files are written by a script; who edits one by hand loses it."""
    differ = [path.name for path, text in write_icons.icons().items()
              if not path.is_file() or path.read_text("utf-8") != text]  # fmt: skip
    assert differ == [], "run python3 scripts/write_icons.py"


def test_icons__can_be_drawn_and_seen(qgis_app):
    for path in write_icons.icons():
        assert QSvgRenderer(str(path)).isValid(), path
        ground = DARK_GROUND if path.parent.name == "dark" else LIGHT_GROUND
        strokes = {one.get("stroke") for one in ElementTree.parse(path).iter()} - {None}
        strokes |= {one.get("fill") for one in ElementTree.parse(path).iter()} - {None, "none"}
        assert max(contrast(one, ground) for one in strokes) >= SMALLEST_CONTRAST, path


def test_icons__every_panel_and_algorithm_has_one(plugin):
    from evenbeat.gui.icons import icon_path
    from evenbeat.gui.panels import PANELS

    for name in [panel.icon for panel in PANELS] + ["settings", "help"]:
        assert Path(icon_path(name)).stem == name
    provider = QgsApplication.processingRegistry().providerById("evenbeat")
    plain = [one.name() for one in provider.algorithms()
             if Path(one.svgIconPath()).stem == "evenbeat"]  # fmt: skip
    assert plain == []


def test_icons__named_in_the_code_exist(plugin):
    from evenbeat.gui.icons import FOLDER

    sources = (harness.ROOT / "qgis_plugin").rglob("*.py")
    texts = [path.read_text("utf-8") for path in sources]
    named = {name for text in texts for name in re.findall(r'\bicon(?:_path)?\("(\w+)"', text)}
    assert {"help", "run", "briefing"} <= named
    assert {name for name in named if not (FOLDER / f"{name}.svg").is_file()} == set()


def test_icons__follow_the_theme(plugin, dark_theme):
    from evenbeat.gui.icons import icon_path

    assert Path(icon_path("run")).parent.name == "dark"
    provider = QgsApplication.processingRegistry().providerById("evenbeat")
    assert Path(provider.algorithm("plan").svgIconPath()).parent.name == "dark"


def test_pages__lead_nowhere_else(plugin):
    """What a page refers to is in the plugin, so that help works without a network."""
    from evenbeat.processing.help import FOLDER

    pages = sorted(FOLDER.glob("*/pages/*.html"))
    assert {path.parent.parent.name for path in pages} == {"en", "es"}
    for path in pages:
        for target in re.findall(r'(?:href|src|srcset)="([^"]+)"', path.read_text("utf-8")):
            assert (path.parent / target).is_file(), f"{path.name}: {target}"


def test_pages__one_for_every_panel_and_algorithm(plugin):
    from evenbeat.gui.panels import PANELS
    from evenbeat.processing.help import page_of

    assert [panel.icon for panel in PANELS if page_of(panel.icon) is None] == []
    provider = QgsApplication.processingRegistry().providerById("evenbeat")
    for algorithm in provider.algorithms():
        page = Path(QUrl(algorithm.helpUrl()).toLocalFile())
        assert page.stem == algorithm.name()
        assert page.is_file()
        assert "<img" in algorithm.shortHelpString()


def test_panel__f1_and_the_button_open_its_page(plugin, qgis_iface, opened):
    from evenbeat.gui.help import PanelHelp

    dock, line = QDockWidget("Test"), QLineEdit()
    dock.setWidget(line)
    help_of_it = PanelHelp(dock, "review")
    window = qgis_iface.mainWindow()
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.show()
    QTest.keyClick(line, Qt.Key.Key_F1)
    assert [Path(one.toLocalFile()).name for one in opened] == ["review.html"]
    QTest.keyClick(line, Qt.Key.Key_A)
    assert line.text() == "a"
    assert help_of_it.button.isVisible()
    QTest.mouseClick(help_of_it.button, Qt.MouseButton.LeftButton)
    assert len(opened) == 2
    window.removeDockWidget(dock)
    dock.deleteLater()
    window.hide()


def test_open_help__without_a_page_shows_the_first(plugin, opened):
    from evenbeat.gui.help import open_help

    open_help("nothing of that name")
    assert Path(opened[0].toLocalFile()).name == "start.html"
