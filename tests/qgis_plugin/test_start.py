"""The plugin starts in QGIS and leaves it as it was."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import qgis.utils
from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QDockWidget


def test_plugin__has_its_algorithms(plugin):
    provider = QgsApplication.processingRegistry().providerById("evenbeat")
    assert "forecast" in {algorithm.name() for algorithm in provider.algorithms()}
    assert QgsApplication.processingRegistry().algorithmById("evenbeat:forecast") is not None


def test_plugin__all_modules_can_be_imported(plugin):
    """What is imported late is imported here, with warnings as errors."""
    folder = Path(import_module("evenbeat").__file__).parent
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        import_module(".".join(part for part in parts if part != "__init__"))


def own_modules():
    """Return the loaded modules of the plugin."""
    return {module for name, module in sys.modules.items() if name.split(".")[0] == "evenbeat"}


def test_unload__takes_everything_away(plugin, qgis_iface):
    actions = len(qgis_iface.mainWindow().statusBar().children())
    import_module("evenbeat.gui.panels")  # by its name, as panels are
    former = own_modules()
    assert qgis.utils.unloadPlugin("evenbeat")
    registry = QgsApplication.processingRegistry()
    assert registry.providerById("evenbeat") is None
    assert len(qgis_iface.mainWindow().statusBar().children()) <= actions
    assert qgis.utils.loadPlugin("evenbeat")
    assert qgis.utils.startPlugin("evenbeat")
    assert registry.providerById("evenbeat") is not None
    assert own_modules()
    assert not own_modules() & former  # an update must not run beside the code that it replaces


def test_panel__is_made_when_opened_hidden_and_taken_away(engine, qgis_iface, monkeypatch):
    from evenbeat.gui.interface import Interface
    from evenbeat.gui.panels import Panel

    made = []

    def create(_iface, _engine):
        made.append(QDockWidget("Test"))
        return made[-1]

    monkeypatch.setitem(sys.modules, "panel_of_this_test", SimpleNamespace(create=create))
    panel = Panel("Test", "evenbeat", "panel_of_this_test")
    interface = Interface(qgis_iface, engine)
    qgis_iface.mainWindow().show()
    assert interface.open_panel(panel).isVisible()
    assert made[0].windowTitle() == "Test"
    assert made[0].toggleViewAction().text() == "Test (Evenbeat)"
    assert not interface.open_panel(panel).isVisible()
    assert len(made) == 1
    interface.remove()
    qgis_iface.mainWindow().hide()
