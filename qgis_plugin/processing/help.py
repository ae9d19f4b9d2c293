"""The help beside the parameters: one HTML file an algorithm, with the picture of its group.

The files are in ``help/LANGUAGE/algorithms/``; where a language lacks one, the English one is read.
"""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication

from evenbeat.processing.groups import Group

FOLDER = Path(__file__).parent.parent / "help"


def help_of(identity: str, group: Group) -> str:
    """Return an algorithm's help with its picture; "" where nobody wrote one."""
    language = QgsApplication.locale()[:2]
    pages = [FOLDER / name / "algorithms" / f"{identity}.html" for name in (language, "en")]
    page = next((one for one in pages if one.is_file()), None)
    if page is None:
        return ""
    picture = (FOLDER / "pictures" / f"{group.identity}.svg").as_uri()
    return f'<p><img src="{picture}" width="240"></p>\n{page.read_text("utf-8")}'
