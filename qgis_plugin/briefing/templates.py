"""The templates of briefings: those of a workspace first, then those of the plugin."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingException
from qgis.PyQt.QtXml import QDomDocument

FOLDER = Path(__file__).parent.parent / "layouts"
OWN_FOLDER = "layouts"
DEFAULT = "a4-portrait-colour"
DEFAULT_IN_AMERICA = "letter-portrait-colour"
_GREY = "-grey"


@dataclass(frozen=True)
class Template:
    """A layout file that a briefing is made with.

    Parameters
    ----------
    name
        The file's name without its ending.
    own
        Whether it is the workspace's, not the plugin's.
    """

    name: str
    path: Path
    own: bool

    @property
    def grey(self) -> bool:
        """Whether it is for a printer without colours: its name ends in ``-grey``."""
        return self.name.endswith(_GREY)

    def document(self) -> QDomDocument:
        """Return its XML.

        Raises
        ------
        QgsProcessingException
            It cannot be read, or is no layout.
        """
        document = QDomDocument()
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise QgsProcessingException(
                f"{self.path} cannot be read: {error.strerror}."
            ) from error
        # Qt 5 answers with a tuple, Qt 6 with an object; both are true or false.
        answer = document.setContent(content)
        good = answer[0] if isinstance(answer, tuple) else bool(answer)
        if not good or document.documentElement().tagName() != "Layout":
            raise QgsProcessingException(
                f"{self.path} is not a layout template. Save one in QGIS with Layout > Save as "
                "Template."
            )
        return document


def templates(workspace: str | Path | None) -> list[Template]:
    """Return all templates; one of the workspace hides the plugin's of the same name."""
    found: dict[str, Template] = {}
    for path in sorted(FOLDER.glob("*.qpt")):
        found[path.stem] = Template(path.stem, path, own=False)
    if workspace:
        for path in sorted((Path(workspace) / OWN_FOLDER).glob("*.qpt")):
            found[path.stem] = Template(path.stem, path, own=True)
    return sorted(found.values(), key=lambda one: (not one.own, one.name))


def template_named(name: str, workspace: str | Path | None) -> Template:
    """Return a template by its name, or by the path of a file.

    Raises
    ------
    QgsProcessingException
        There is none of that name.
    """
    path = Path(name)
    if path.suffix == ".qpt" and path.is_file():
        return Template(path.stem, path, own=True)
    known = {one.name: one for one in templates(workspace)}
    if name not in known:
        raise QgsProcessingException(
            f"There is no briefing template {name!r}; there are {', '.join(known)}. Your own "
            f"belong into the folder {OWN_FOLDER}/ of the workspace."
        )
    return known[name]


def default_name(made: dict[str, Any]) -> str:
    """Return the template for the paper of the country: Letter where lengths are in feet."""
    return DEFAULT_IN_AMERICA if made["head"].get("feet") else DEFAULT
