"""Icons by name: ``icons/`` for light themes, ``icons/dark/`` for dark ones.

The drawings are in ``scripts/icon_drawings.py``; ``scripts/write_icons.py`` writes the files.
"""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtGui import QGuiApplication, QIcon, QPalette

FOLDER = Path(__file__).parent.parent / "icons"
_MIDDLE = 128


def icon(name: str) -> QIcon:
    """Return the icon of a name, without the suffix."""
    return QIcon(icon_path(name))


def icon_path(name: str) -> str:
    """Return the file of an icon in the theme's colours; Evenbeat's own where there is none."""
    themed = FOLDER / "dark" / f"{name}.svg"
    if not (is_dark() and themed.is_file()):
        themed = FOLDER / f"{name}.svg"
    return str(themed if themed.is_file() else FOLDER / "evenbeat.svg")


def is_dark() -> bool:
    """Tell whether the theme in force writes light on dark."""
    ground = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return ground.lightness() < _MIDDLE
