"""Icons by name, as they are in ``icons/``."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtGui import QIcon

FOLDER = Path(__file__).parent.parent / "icons"


def icon(name: str) -> QIcon:
    """Return the icon of a name, without the suffix."""
    return QIcon(str(FOLDER / f"{name}.svg"))
