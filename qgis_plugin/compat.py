"""What differs between QGIS 3.22 and 4: one place, so that no other module asks for versions."""

from __future__ import annotations

from qgis.core import Qgis

try:
    from qgis.PyQt.QtGui import QAction
except ImportError:  # Qt 5 keeps it among the widgets
    from qgis.PyQt.QtWidgets import QAction

__all__ = ["QAction", "qgis_version", "short_version"]


def qgis_version() -> int:
    """Return the version of QGIS as one number, 32216 for 3.22.16."""
    return Qgis.QGIS_VERSION_INT if hasattr(Qgis, "QGIS_VERSION_INT") else Qgis.versionInt()


def short_version() -> str:
    """Return the version of QGIS as people write it, "3.22.16"."""
    text = Qgis.QGIS_VERSION if hasattr(Qgis, "QGIS_VERSION") else Qgis.version()
    return text.split("-")[0]
