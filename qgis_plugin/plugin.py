"""The plugin: what it adds to QGIS at its start, and takes away at its end.

Only what shows at once is made here. Everything else is imported when somebody opens it, and the
engine starts with the first request.
"""

from __future__ import annotations

import sys
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QSettings, QTranslator

from evenbeat.engine.client import close_shared_engine, shared_engine
from evenbeat.expressions.functions import register_functions, unregister_functions
from evenbeat.processing.provider import EvenbeatProvider
from evenbeat.workspace.session import close_shared_session

FOLDER = Path(__file__).parent


class EvenbeatPlugin:
    """What QGIS loads."""

    def __init__(self, iface) -> None:
        self.iface = iface
        self.provider: EvenbeatProvider | None = None
        self._translator = _translator()
        self._interface = None

    def initProcessing(self) -> None:
        """Add the algorithms; all that `qgis_process` calls."""
        shared_engine()
        self.provider = EvenbeatProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)
        register_functions()

    def initGui(self) -> None:
        """Add the algorithms, the engine's light, the menu and the options page."""
        self.initProcessing()
        from evenbeat.gui.interface import Interface

        self._interface = Interface(self.iface, shared_engine())

    def unload(self) -> None:
        """Take away all that was added, and stop the engine."""
        if self._interface is not None:
            self._interface.remove()
            self._interface = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        unregister_functions()
        close_shared_session()
        close_shared_engine()
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None
        _forget_modules()


def _forget_modules() -> None:
    """Let the next start import all of the plugin anew.

    QGIS forgets the modules that its own ``import`` saw; panels are imported by their names. One of
    them left beside newer code would miss errors: the classes that it catches are the former ones.
    """
    package = __name__.partition(".")[0]
    for name in list(sys.modules):
        if name.partition(".")[0] == package:
            del sys.modules[name]


def _translator() -> QTranslator | None:
    """Return the translation of QGIS's language in force, where there is one."""
    overridden = QSettings().value("locale/overrideFlag", False, type=bool)
    chosen = str(QSettings().value("locale/userLocale", "") or "") if overridden else ""
    locale = QLocale(chosen) if chosen else QLocale.system()
    translator = QTranslator()
    if not translator.load(locale, "evenbeat", "_", str(FOLDER / "i18n")):
        return None
    QCoreApplication.installTranslator(translator)
    return translator
