"""The help beside the parameters, with the picture of the group, and the pages behind the buttons.

The texts are in ``help/LANGUAGE/algorithms/``; the builder makes whole pages of them
in ``help/LANGUAGE/pages/``. Where a language lacks one, the English one is taken.
"""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication

from evenbeat.processing.groups import Group

FOLDER = Path(__file__).parent.parent / "help"


def help_of(identity: str, group: Group) -> str:
    """Return an algorithm's help with its picture; "" where nobody wrote one."""
    page = _first("algorithms", identity)
    if page is None:
        return ""
    picture = (FOLDER / "pictures" / f"{group.identity}.svg").as_uri()
    return f'<p><img src="{picture}" width="240"></p>\n{page.read_text("utf-8")}'


def page_of(name: str) -> Path | None:
    """Return the whole page of a panel or algorithm; None where there is none."""
    return _first("pages", name)


def _first(kind: str, name: str) -> Path | None:
    languages = (QgsApplication.locale()[:2], "en")
    paths = (FOLDER / language / kind / f"{name}.html" for language in languages)
    return next((one for one in paths if one.is_file()), None)
