"""Reads docs/tutorial.md: what it tells a reader to click, in order."""

from __future__ import annotations

import re

PROSE = {"What a forecast is.", "What it is not.", "You see", "If it does not"}
"""Words in bold that begin a paragraph and name nothing to click."""
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_MARKED = re.compile(r"\*\*(.+?)\*\*|`([^`\n]+)`", re.DOTALL)
_STEP = re.compile(r"^\d+\. .*(?:\n   .*)*", re.MULTILINE)


def bold_texts(page: str) -> list[str]:
    """Return what is in bold, menus part by part."""
    told = [_one_line(text) for text in _BOLD.findall(page)]
    return [part for text in told if text not in PROSE for part in text.split(" > ")]


def steps(page: str) -> list[tuple[str, bool]]:
    """Return what the numbered steps tell to click, in order, and whether each is in bold.

    What is not in bold is data, such as the name of a file.
    """
    found = []
    for step in _STEP.findall(page):
        for match in _MARKED.finditer(step):
            found.append((_one_line(match[1] or match[2]), match[1] is not None))
    return found


def differences(page: str, clicked: list[str]) -> list[str]:
    """Return how what was clicked departs from the numbered steps; empty where it does not."""
    told, at = steps(page), 0
    missed: list[str] = []
    for text in clicked:
        here = next((n for n in range(at, len(told)) if told[n][0] == text), None)
        if here is None:
            return [*missed, f"{text!r} was clicked; the page does not say so at this place"]
        missed += [f"{one!r} was not clicked" for one, bold in told[at:here] if bold]
        at = here + 1
    return missed + [f"{one!r} was not clicked" for one, bold in told[at:] if bold]


def _one_line(text: str) -> str:
    return " ".join(text.split())
