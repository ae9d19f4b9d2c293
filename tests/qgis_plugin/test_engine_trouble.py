"""Every panel where the engine is missing or another version, or QGIS's variables are poisoned."""

from __future__ import annotations

from importlib import import_module

import harness
import panels
import pytest
from panels import until
from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QLabel

NAMES = ("workspace", "run", "review", "briefing", "tracks", "tiles")
POISON = {
    "PROJ_LIB": "/nowhere", "PROJ_DATA": "/nowhere", "GDAL_DATA": "/nowhere",
    "GDAL_DRIVER_PATH": "/nowhere", "PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere",
    "LD_LIBRARY_PATH": "/nowhere",
}  # fmt: skip


@pytest.fixture
def open_with(window):
    """What opens a panel with an engine and a workspace; all of it is taken away afterwards."""
    from evenbeat.engine.client import Engine
    from evenbeat.gui.panels import PANELS
    from evenbeat.workspace.session import close_shared_session, shared_session

    made = []

    def open_panel(name, python, root):
        engine = Engine(lambda: python)
        module = next(panel.module for panel in PANELS if panel.icon == name)
        dock = import_module(module).create(window, engine)
        made.append((engine, dock))
        dock.show()
        session = shared_session(engine)
        session.open(str(root))
        until(lambda: not session.is_reading, "the engine answered or failed")
        return dock, engine

    yield open_panel
    for engine, dock in made:
        if hasattr(dock, "discard"):
            dock.discard()
        dock.close()
        dock.deleteLater()
        engine.close()
    close_shared_session()


def words_of(dock, window):
    """Return what people can read: in the panel and in the message bar."""
    labels = [label.text() for label in dock.findChildren(QLabel) if label.isVisibleTo(dock)]
    return "\n".join([*labels, *window.told()])


def test_panels__are_all_tried(plugin):
    from evenbeat.gui.panels import PANELS

    assert {panel.icon for panel in PANELS} == set(NAMES)


# Tile services are asked over the network, without the engine.
@pytest.mark.parametrize("name", NAMES[:-1])
@pytest.mark.parametrize(
    ("manner", "words", "advice"),
    [("missing", "The Evenbeat engine was not found", "Options > Evenbeat"),
     ("liar", "speaks protocol 7, this plugin speaks 1", "Update the plugin"),
     ("dead", "ended before it answered", "Options > Evenbeat")],
)  # fmt: skip
def test_panel__says_what_is_wrong_with_the_engine(
    open_with, window, tmp_path, name, manner, words, advice
):
    python = "" if manner == "missing" else harness.misbehaving_engine(tmp_path, manner)
    dock, engine = open_with(name, python, tmp_path)
    until(lambda: engine.state[0] == "failed", "the light is red")
    said = words_of(dock, window)
    assert words in said
    assert advice in said


def test_poisoned_variables__harm_no_panel(open_with, window, workspace, monkeypatch):
    """QGIS of a bundle sets them for itself; to another Python they are poison."""
    for name, value in POISON.items():
        monkeypatch.setenv(name, value)
    dock, _ = open_with("run", harness.ENGINE, workspace)
    until(lambda: dock.history.tree.topLevelItemCount() > 0, "the runs are listed")
    panels.click(dock.show_button)
    until(lambda: not dock.progress.is_busy, "the run is on the map")
    layers = {layer.name(): layer for layer in QgsProject.instance().mapLayers().values()}
    assert layers["Priority, day"].crs().authid() == "EPSG:26971"
    assert not window.told() or "is run" in window.told()[0]
