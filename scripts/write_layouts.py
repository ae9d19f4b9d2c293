"""Writes the briefing templates of the QGIS plugin: ``qgis_plugin/layouts/*.qpt``.

All come of one description, so that paper sizes, orientations and inks do not drift apart: the
texts are in ``layout_texts.py``, what stands where in ``layout_pages.py``. Run it with a Python
that has QGIS: ``.venv-qgis/bin/python scripts/write_layouts.py [FOLDER]``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from layout_items import COLOUR, GREY, Writer
from layout_pages import draw
from qgis.core import QgsApplication

FOLDER = Path(__file__).resolve().parent.parent / "qgis_plugin" / "layouts"
PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}


def write(folder: Path) -> None:
    """Write all templates; QGIS must have been started."""
    folder.mkdir(parents=True, exist_ok=True)
    for paper, (width, height) in PAPERS.items():
        for name, across, along in (("portrait", width, height), ("landscape", height, width)):
            for end, ink in (("colour", COLOUR), ("grey", GREY)):
                writer = Writer(across, along, ink)
                draw(writer)
                writer.write(folder / f"{paper}-{name}-{end}.qpt")


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QgsApplication([], False)
    application.initQgis()
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    application.exitQgis()
