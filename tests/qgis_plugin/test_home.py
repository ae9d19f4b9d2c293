"""Paths are shown with ~ for the home, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/alex/evenbeat/bin/python", "~/evenbeat/bin/python"),
        ("3.11.7 at /home/alex/evenbeat/bin/python", "3.11.7 at ~/evenbeat/bin/python"),
        ("/home/alex", "~"),
        ("/home/alexandra/evenbeat", "/home/alexandra/evenbeat"),
        ("/home/alex-old/evenbeat", "/home/alex-old/evenbeat"),
        ("/opt/evenbeat", "/opt/evenbeat"),
    ],
)
def test_from_home__shortens_the_own_home_alone(plugin, text, shown):
    from evenbeat.gui.home import from_home

    assert from_home(text, Path("/home/alex")) == shown


def test_from_home__leaves_paths_where_the_home_is_the_root(plugin):
    from evenbeat.gui.home import from_home

    assert from_home("/opt/evenbeat", Path("/")) == "/opt/evenbeat"
