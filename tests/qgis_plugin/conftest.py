"""QGIS with the plugin as it is shipped: the zip is built and installed before any test.

Run these with scripts/run-qgis-tests, which gives them a fresh folder for QGIS's settings.
"""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from pathlib import Path

import harness
import panels
import pytest
from qgis.core import QgsApplication, QgsProject, QgsSettings

SETTINGS = Path(os.environ["QGIS_CUSTOM_CONFIG_PATH"])
PLUGINS = harness.install(SETTINGS)
sys.path.insert(0, str(PLUGINS))
if os.environ.get("QGIS_PREFIX_PATH", QgsApplication.pkgDataPath()):
    sys.path.append(str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins"))
os.environ["EVENBEAT_PYTHON"] = harness.ENGINE


@pytest.fixture(scope="session")
def settings_folder() -> Path:
    """The folder of QGIS's settings and of the profile in which the plugin is installed."""
    return SETTINGS


@pytest.fixture(scope="session")
def plugin(qgis_app, qgis_iface, qgis_processing):
    """The plugin, loaded and started as QGIS does it, with algorithms and window."""
    import qgis.utils

    qgis.utils.plugin_paths = [str(PLUGINS)]
    qgis.utils.updateAvailablePlugins()
    qgis.utils.showException = lambda *about, **_how: traceback.print_exception(*about[:3])
    assert qgis.utils.loadPlugin("evenbeat")
    assert qgis.utils.startPlugin("evenbeat")
    yield qgis.utils.plugins["evenbeat"]
    qgis.utils.unloadPlugin("evenbeat")


@pytest.fixture
def engine(plugin):
    """The engine that panels and algorithms share."""
    from evenbeat.engine.client import shared_engine

    return shared_engine()


@pytest.fixture
def window(plugin):
    """A window with real Qt parts, an empty project, and no workspace that was open before."""
    _forget_all()
    window = panels.Window()
    yield window
    window.close()
    _forget_all()


def _forget_all():
    QgsProject.instance().clear()
    QgsSettings().remove("evenbeat/recent")


@pytest.fixture(scope="session")
def demo() -> Path:
    """The demo workspace; not to be changed."""
    return harness.demo()


@pytest.fixture
def workspace(demo, tmp_path) -> Path:
    """A copy of the demo workspace."""
    return Path(shutil.copytree(demo, tmp_path / "workspace", symlinks=True))
