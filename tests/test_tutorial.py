"""The tutorial names only what is there: menus, buttons, pictures, pages."""

import re
import sys
from pathlib import Path

from evenbeat.core.config.plan import ReviewSettings

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "tutorial.md"
PICTURES = PAGE.parent / "images" / "tutorial"
LARGEST_BYTES = 200_000
sys.path.insert(0, str(ROOT / "scripts"))
import build_plugin  # noqa: E402  (found through the line before)
import plugin_texts  # noqa: E402
import tutorial_steps  # noqa: E402

# Of QGIS itself; the desktop's run of the tutorial clicks them.
QGIS = {
    "Plugins", "Manage and Install Plugins...", "Install from ZIP", "Install Plugin", "Installed",
    "Yes", "Close", "OK", "View", "Zoom Full",
}  # fmt: skip


def test_bold_texts__are_texts_of_the_plugin():
    known = {text for _context, text in plugin_texts.texts()} | QGIS | {"Evenbeat"}
    known |= {words for list_ in ReviewSettings().reasons.values() for words in list_}
    told = tutorial_steps.bold_texts(PAGE.read_text("utf-8"))
    assert len(told) > 30
    assert [text for text in told if text not in known] == []


def test_pictures__are_there_small_and_all_used():
    used = re.findall(r"!\[[^\]]+\]\(images/tutorial/([a-z-]+\.png)\)", PAGE.read_text("utf-8"))
    assert sorted(used) == sorted(path.name for path in PICTURES.iterdir())
    assert [name for name in used if (PICTURES / name).stat().st_size > LARGEST_BYTES] == []


def test_zip__is_named_as_it_is_built():
    (named,) = set(re.findall(r"evenbeat-[0-9.]+\.zip", PAGE.read_text("utf-8")))
    assert named == f"evenbeat-{build_plugin.version()}.zip"


def test_links__lead_somewhere():
    links = re.findall(r"\]\(([a-z-]+\.md)(?:#([a-z-]+))?\)", PAGE.read_text("utf-8"))
    assert len(links) > 8
    for name, anchor in links:
        text = (PAGE.parent / name).read_text("utf-8")
        headings = {
            line.lstrip("# ").lower().replace(" ", "-").replace(",", "")
            for line in text.splitlines() if line.startswith("#")
        }  # fmt: skip
        assert not anchor or anchor in headings, f"{name} has no heading {anchor}"
