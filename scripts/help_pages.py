"""The plugin's help: a whole page for each text in ``help/LANGUAGE/{panels,algorithms}/``.

The builder puts them into the zip. The texts are fragments of HTML; QGIS shows those of algorithms
beside the parameters, and a browser shows the pages, with contents at the side. Where a language
lacks a text the English one stands in. Needs the standard library alone.
"""

from __future__ import annotations

import ast
import html
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

SOURCE = Path(__file__).resolve().parent.parent / "qgis_plugin"
FOLDER = SOURCE / "help"
# In the order of the work; the first is the page that opens without a name.
PANELS = ("start", "engine", "workspace", "priorities", "run", "review", "tracks", "tiles",
          "briefing", "search")  # fmt: skip
_ICONS = {"start": "evenbeat", "engine": "settings", "search": "zoom"}
_WORDS = {
    "en": {"panels": "In QGIS's window", "about": "Help of Evenbeat"},
    "es": {"panels": "En la ventana de QGIS", "about": "Ayuda de Evenbeat"},
}


@dataclass(frozen=True)
class Page:
    """A page: its name, what the contents call it, its heading there, its icon and picture."""

    name: str
    title: str
    heading: str
    text: str
    icon: str
    picture: str = ""


def pages(language: str) -> list[Page]:
    """Return all pages of a language in the order of the contents."""
    found = []
    for name in PANELS:
        text = _text(language, "panels", name)
        title = re.search("<h1>(.*?)</h1>", text)
        if text and title:
            heading = _words(language)["panels"]
            found.append(Page(name, title[1], heading, text, _ICONS.get(name, name)))
    translated = _translations(language)
    for name, english, group, group_title in algorithms():
        text = _text(language, "algorithms", name)
        title, heading = (html.escape(translated.get(one, one)) for one in (english, group_title))
        body = f"<h1>{title}</h1>\n{text}"
        own = (SOURCE / "icons" / f"{name}.svg").is_file()
        found.append(Page(name, title, heading, body, name if own else "evenbeat", f"{group}.svg"))
    return found


def algorithms() -> list[tuple[str, str, str, str]]:
    """Return name, title, group and the group's title of each algorithm, in the work's order."""
    groups = _groups()
    order = list(groups)
    found = []
    for path in sorted((SOURCE / "processing").rglob("*.py")):
        inherited = "REPORTS" if path.parent.name == "reports" else ""
        for kind in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(kind, ast.ClassDef):
                continue
            own = {
                line.targets[0].id: line.value
                for line in kind.body
                if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
            }
            if {"identity", "title"} <= set(own):
                group = own["group_of"].id if "group_of" in own else inherited
                identity, title = own["identity"].value, own["title"].value
                found.append((order.index(group), identity, title, *groups[group]))
    return [row[1:] for row in sorted(found, key=lambda row: row[0])]


def render(page: Page, contents: list[Page], language: str) -> str:
    """Return a whole page."""
    about = _words(language)["about"]
    drawing = (
        f'<p><img class="drawing" src="../../pictures/{page.picture}" width="320" alt=""></p>\n'
        if page.picture else ""
    )  # fmt: skip
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{page.title} - Evenbeat</title>\n"
        '<link rel="stylesheet" href="../../style.css">\n</head>\n<body>\n'
        f'<nav aria-label="{about}">\n{_contents(page, contents)}</nav>\n'
        f"<main>\n{drawing}{page.text.rstrip()}\n</main>\n</body>\n</html>\n"
    )


def files() -> dict[Path, str]:
    """Return the pages: where each stands in the plugin's folder, and its text."""
    found = {}
    for folder in sorted(one for one in FOLDER.iterdir() if (one / "algorithms").is_dir()):
        contents = pages(folder.name)
        for page in contents:
            text = render(page, contents, folder.name)
            found[folder / "pages" / f"{page.name}.html"] = text
    return found


def _contents(page: Page, contents: list[Page]) -> str:
    lines = []
    heading = ""
    for one in contents:
        if one.heading != heading:
            heading = one.heading
            lines.append(f"<h2>{heading}</h2>")
        here = ' aria-current="page"' if one.name == page.name else ""
        lines.append(f'<a href="{one.name}.html"{here}>{_icon(one.icon)}{one.title}</a>')
    return "\n".join(lines) + "\n"


def _icon(name: str) -> str:
    image = f'<img src="../../../icons/{name}.svg" alt="">'
    if not (SOURCE / "icons" / "dark" / f"{name}.svg").is_file():
        return image
    dark = f'media="(prefers-color-scheme: dark)" srcset="../../../icons/dark/{name}.svg"'
    return f"<picture><source {dark}>{image}</picture>"


def _text(language: str, kind: str, name: str) -> str:
    for folder in (language, "en"):
        path = FOLDER / folder / kind / f"{name}.html"
        if path.is_file():
            return path.read_text("utf-8")
    return ""


def _groups() -> dict[str, tuple[str, str]]:
    """Return the toolbox's groups: the constant's name, then identity and title."""
    module = ast.parse((SOURCE / "processing" / "groups.py").read_text("utf-8"))
    return {
        line.targets[0].id: (line.value.args[0].value, line.value.args[1].value)
        for line in module.body
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Call)
    }


def _translations(language: str) -> dict[str, str]:
    path = SOURCE / "i18n" / f"evenbeat_{language}.ts"
    if not path.is_file():
        return {}
    return {
        message.findtext("source"): message.findtext("translation") or message.findtext("source")
        for message in ElementTree.parse(path).iter("message")
    }


def _words(language: str) -> dict[str, str]:
    return _WORDS.get(language, _WORDS["en"])
